"""A file is what its content says: phones, browsers and messengers name files wrongly."""

import errno
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest
from files_kinds import FILMS
from files_stills import ANIMATIONS, STILLS
from PIL import Image as Pictures

from vcam.backgrounds.choosing import choose, gallery, kind_of
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.thumbnails import thumbnail
from vcam.backgrounds.video import Video
from vcam.cli import main
from vcam.errors import BackgroundError
from vcam.frames import Size
from vcam.imaging import file_types
from vcam.imaging.file_types import kind_of_content
from vcam.sources.opening import file_meant, open_file

SMALL = Size(64, 36)
FILM = next(each for each in FILMS if each.name == "h264.mp4")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return FILM.write(tmp_path)


@pytest.mark.parametrize(
    ("good", "kind"),
    [
        *((each, "video") for each in FILMS),
        *((each, "animation") for each in ANIMATIONS),
        *((each, "picture") for each in STILLS if not each.name.endswith(".heic")),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_every_kind_is_told_without_its_name(
    good: object, kind: str, tmp_path: Path
) -> None:
    path = good.write(tmp_path)  # type: ignore[attr-defined]
    assert kind_of_content(path.rename(tmp_path / "file")) == kind


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"text\n", b"%PDF-1.7\n", b"<svg/>", b"#EXTM3U\nhttp://127.0.0.1/\n"),
        *(b"PK\x03\x04" + bytes(99), b"\x7fELF" + bytes(99), b"RIFF\x24\0\0\0WAVEfmt "),
        *(b"ID3\x04" + bytes(999), bytes(9999), b"\xff" * 9999, b"P7 no picture"),
        *(b"GIF89a", b"BM", b"RIFF", b"ffconcat version 1.0\nfile 'a.mp4'\n"),
    ],
)
def test_what_is_neither_is_neither(content: bytes, tmp_path: Path) -> None:
    for name in ("a", "a.mp4", "a.png"):
        (tmp_path / name).write_bytes(content)
        kind = kind_of_content(tmp_path / name)
        assert kind is None or content == b"GIF89a"


def test_motion_jpeg_is_a_video_by_its_name_alone(tmp_path: Path) -> None:
    Pictures.new("RGB", (8, 8)).save(tmp_path / "a.jpg")
    assert kind_of_content(tmp_path / "a.jpg") == "picture"
    assert kind_of_content((tmp_path / "a.jpg").rename(tmp_path / "a.mjpeg")) == "video"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_a_pipe_or_a_device_is_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "a.png")

    def opened(*_: object) -> int:
        raise AssertionError("it was opened")

    monkeypatch.setattr(os, "open", opened)
    for path in (tmp_path / "a.png", Path("/dev/zero"), tmp_path, tmp_path / "missing"):
        assert kind_of_content(path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    os.mkfifo(path)

    class Replaced(Path):
        _flavour = type(path)._flavour  # type: ignore[attr-defined]

        def stat(self, **_: object) -> os.stat_result:
            return Path(__file__).stat()

    with pytest.raises(OSError, match="not a regular file"):
        file_types.regular(Replaced(path))


def test_a_file_is_read_again_only_when_it_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []
    real = file_types.regular

    def noted(at: Path) -> BinaryIO:
        reads.append(at)
        return real(at)

    monkeypatch.setattr(file_types, "regular", noted)
    path = tmp_path / "file"
    path.write_text("nothing")
    for _ in range(3):
        assert kind_of_content(path) is None
    Pictures.new("RGB", (8, 8)).save(path, "PNG")
    for _ in range(3):
        assert kind_of_content(path) == "picture"
    assert len(reads) == 2


def test_a_gallery_of_hundreds_is_listed_without_reading_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(path: Path) -> None:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(file_types, "regular", read)
    for number in range(500):
        (tmp_path / f"{number}{('.jpg', '.PNG', '.mp4', '.MTS')[number % 4]}").touch()
    kinds = [each.kind for each in gallery(tmp_path)]
    assert len(kinds) == 500 and kinds[:4] == ["picture", "picture", "video", "video"]


def test_a_drive_that_fails_has_no_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "a").touch()
    monkeypatch.setattr(file_types, "regular", failing)
    assert kind_of_content(tmp_path / "a") is None


@pytest.mark.parametrize("name", ["clip", "clip.txt", "clip.jpg", "clip.png", "clip.webp"])
def test_a_video_with_a_wrong_name_is_played(name: str, film: Path, tmp_path: Path) -> None:
    path = film.rename(tmp_path / name)
    assert isinstance(choose(str(path)), Video)
    with closing(open_file(path)) as source:
        assert source.frame_count > 1
    for background in (Video(path), Picture(path)):  # as it was saved earlier
        painter = background.open(SMALL)
        assert type(painter).__name__ == "_VideoPainter"
        painter.close()
    assert thumbnail(path)


@pytest.mark.parametrize("name", ["photo", "photo.txt", "photo.mp4", "photo.gif"])
def test_a_picture_with_a_wrong_name_is_shown(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    Pictures.new("RGB", (64, 36), "red").save(path, "PNG")
    assert isinstance(choose(str(path)), Picture)
    with closing(open_file(path)) as source:
        assert source.frame_count == 1
    for background in (Video(path), Picture(path)):
        painter = background.open(SMALL)
        assert type(painter).__name__ == "_PicturePainter"
        painter.close()
    assert thumbnail(path)


@pytest.mark.parametrize(
    "name", ["tape.mts", "tape.mpg", "tape.ts", "tape.3gp", "tape.m2ts"]
)
def test_the_names_of_camcorders_and_phones_mean_a_video(name: str) -> None:
    assert kind_of(Path(name)) == "video" and file_meant(name) == Path(name)


def test_files_without_an_ending_are_listed_by_what_they_are(
    film: Path, tmp_path: Path
) -> None:
    film.rename(tmp_path / "sea")
    Pictures.new("RGB", (8, 8)).save(tmp_path / "hill", "JPEG")
    (tmp_path / "notes").write_text("nothing")
    assert [(each.name, each.kind) for each in gallery(tmp_path)] == [
        ("hill", "picture"),
        ("sea", "video"),
    ]


def test_a_recording_without_an_ending_is_rendered(film: Path, tmp_path: Path) -> None:
    path = film.rename(tmp_path / "recording")
    out = tmp_path / "out.mp4"
    assert main(["render", str(path), str(out), "-b", "teal", "--preset", "light"]) == 0
    with closing(open_file(path)) as before, closing(open_file(out)) as after:
        assert after.frame_count == before.frame_count > 1


def test_a_time_is_for_what_moves_whatever_it_is_called(
    film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = film.rename(tmp_path / "clip.jpg")
    out = str(tmp_path / "out.png")
    assert main(["snap", str(path), out, "--at", "0.05", "--preset", "light"]) == 0
    Pictures.new("RGB", (64, 36)).save(tmp_path / "photo.mp4", "PNG")
    assert main(["snap", str(tmp_path / "photo.mp4"), out, "--at", "0"]) == 2
    assert "Only a video has a time" in capsys.readouterr().err


def test_what_is_neither_is_told_when_it_is_chosen(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("nothing")
    with pytest.raises(BackgroundError, match="is not a picture"):
        choose(str(tmp_path / "notes")).open(SMALL)
