"""The folder of the user's own backgrounds."""

import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures
from systems import links_can_be_made

from vcam.backgrounds import thumbnails
from vcam.backgrounds.choosing import choose, gallery, user_gallery
from vcam.backgrounds.folder import Watch, add, made_user_gallery
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.thumbnails import Thumbnails, thumbnail
from vcam.cli import main
from vcam.cli.progress import Progress
from vcam.errors import BackgroundError, UsageError
from vcam.translation import quoted

Eventually = Callable[[Callable[[], object]], None]


def picture(path: Path, color: str = "red", size: tuple[int, int] = (64, 36)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Pictures.new("RGB", size, color).save(path)
    return path


def video(path: Path) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 36))
    writer.write(np.full((36, 64, 3), (0, 255, 0), np.uint8))
    writer.write(np.full((36, 64, 3), (0, 0, 255), np.uint8))
    writer.release()
    return path


def pixels(png: bytes | None) -> np.ndarray:
    assert png is not None and png.startswith(b"\x89PNG")
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR))


class TestThumbnail:
    def test_of_a_picture_is_its_middle(self, tmp_path: Path) -> None:
        wide = Pictures.new("RGB", (300, 100), "red")
        wide.paste("blue", (100, 0, 200, 100))
        wide.save(tmp_path / "a.png")
        small = pixels(thumbnail(tmp_path / "a.png"))
        assert small.shape == (32, 32, 3) and (small == (255, 0, 0)).all()

    def test_of_a_video_is_its_first_frame(self, tmp_path: Path) -> None:
        small = pixels(thumbnail(video(tmp_path / "a.avi"), 16))
        assert small.shape == (16, 16, 3) and (small.mean((0, 1)).argmax() == 1)

    def test_of_an_animation_is_its_first_picture(self, tmp_path: Path) -> None:
        first = Pictures.new("RGB", (64, 36), "lime")
        first.save(
            tmp_path / "a.gif",
            save_all=True,
            append_images=[Pictures.new("RGB", (64, 36), "red")],
        )
        assert (pixels(thumbnail(tmp_path / "a.gif")) == (0, 255, 0)).all()

    def test_of_what_cannot_be_read_there_is_none(self, tmp_path: Path) -> None:
        for name in ("a.png", "a.mp4", "a.gif"):
            (tmp_path / name).write_text("broken")
            assert thumbnail(tmp_path / name) is None
        assert thumbnail(tmp_path / "missing.png") is None


class TestThumbnails:
    @pytest.fixture
    def small(self) -> Iterator[Thumbnails]:
        small = Thumbnails()
        yield small
        small.close()

    def test_a_menu_gets_them_as_soon_as_they_are_made(
        self, small: Thumbnails, tmp_path: Path, eventually: Eventually
    ) -> None:
        paths = [picture(tmp_path / f"{n}.png") for n in range(5)]
        assert small.get(paths[0]) is None, "nobody waits for the first one"
        eventually(lambda: all(map(small.get, paths)))

    def test_one_is_made_once_until_its_file_changes(
        self,
        small: Thumbnails,
        tmp_path: Path,
        eventually: Eventually,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        made = []

        def counted(path: Path) -> bytes | None:
            made.append(path)
            assert small.get(path) is None, "somebody asks again meanwhile"
            return thumbnail(path)

        monkeypatch.setattr(thumbnails, "thumbnail", counted)
        path = picture(tmp_path / "a.png", "red")
        broken = tmp_path / "b.png"
        broken.write_text("broken")
        eventually(lambda: small.get(path))
        small.get(broken)
        eventually(lambda: broken in made)
        for _ in range(3):
            assert small.get(path) and small.get(broken) is None
        assert made == [path, broken]
        picture(path, "blue")
        os.utime(path, ns=(1, 1))
        eventually(lambda: small.get(path))
        assert (pixels(small.get(path)) == (255, 0, 0)).all()

    def test_only_so_many_are_remembered(
        self,
        small: Thumbnails,
        tmp_path: Path,
        eventually: Eventually,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(thumbnails, "KEPT", 2)
        paths = [picture(tmp_path / f"{n}.png") for n in range(3)]
        for each in paths:
            eventually(lambda each=each: small.get(each))  # type: ignore[misc]
        assert small.get(paths[2]) and small.get(paths[1]) and not small.get(paths[0])

    def test_after_closing_none_is_made(self, small: Thumbnails, tmp_path: Path) -> None:
        small.close()
        assert small.get(picture(tmp_path / "a.png")) is None

    def test_a_file_that_is_gone_has_none(self, small: Thumbnails, tmp_path: Path) -> None:
        assert small.get(tmp_path / "gone.png") is None


class TestWatch:
    def test_it_tells_once_of_every_change(self) -> None:
        folder = user_gallery()
        watch = Watch()
        assert not watch.changed(), "there is no folder yet"

        first = picture(folder / "a.png")
        assert watch.changed() and not watch.changed()
        first = first.rename(folder / "b.png")
        assert watch.changed() and not watch.changed()
        os.utime(first, ns=(1, 1))
        assert watch.changed() and not watch.changed()
        if links_can_be_made():
            (folder / "gone").symlink_to("nowhere")
        first.unlink()
        assert watch.changed() and not watch.changed()
        (folder / "gone").unlink(missing_ok=True)
        folder.rmdir()
        assert not watch.changed(), "a folder without files is as good as none"


class TestAdding:
    def test_what_is_added_can_be_chosen_by_its_name(self, tmp_path: Path) -> None:
        added = add([picture(tmp_path / "My Cat.png"), video(tmp_path / "waves.avi")])
        assert added == (user_gallery() / "My Cat.png", user_gallery() / "waves.avi")
        assert [str(choose(name)) for name in ("my cat", "waves")] == [*map(str, added)]
        assert sorted(each.name for each in user_gallery().iterdir()) == [
            "My Cat.png",
            "waves.avi",
        ], "and nothing else is left there"

    def test_a_name_that_is_taken_gets_a_number(self, tmp_path: Path) -> None:
        for color, name in (("red", "a.png"), ("blue", "a 2.png"), ("lime", "a 3.png")):
            (added,) = add([picture(tmp_path / "a.png", color)])
            assert added == user_gallery() / name
        assert [each.name for each in gallery(user_gallery())] == ["a", "a 2", "a 3"]
        assert add([added]) == (added,), "it is there already"

    @pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
    @pytest.mark.parametrize(
        ("name", "found"),
        [
            (".hidden.png", "hidden"),
            ("Blur:70.png", "blur 70"),
            ("room.png", "room.png"),
            ("#fff.png", "#fff.png"),
            (f"{'海' * 83}.png", "海" * 83),
        ],
    )
    def test_whatever_it_is_called_it_is_listed_then(
        self, name: str, found: str, tmp_path: Path
    ) -> None:
        (added,) = add([picture(tmp_path / "a.png").rename(tmp_path / name)])
        assert [each.name for each in gallery(user_gallery())] == [found]
        assert choose(found) == Picture(added)
        assert add([added]) == (added,)

    def test_a_full_disk_is_told_and_leaves_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(BackgroundError, match=r"copied.*No space left"):
            add([picture(tmp_path / "sea.png")])
        assert not list(user_gallery().iterdir())

    def test_a_disk_without_room_for_all_of_them_is_told_before_anything_is_copied(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        large = video(tmp_path / "large.avi")
        with large.open("ab") as file:
            file.truncate(3_210_000)
        usage = shutil.disk_usage(tmp_path)._replace(free=2000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(BackgroundError, match=r"no room for 3 MB in .*: 2 kB are free"):
            add([picture(tmp_path / "sea.png"), large])
        assert not list(user_gallery().iterdir())

    def test_what_is_no_background_is_refused_however_large_before_it_is_copied(
        self, tmp_path: Path
    ) -> None:
        huge = tmp_path / "huge.mp4"
        with huge.open("wb") as file:
            file.truncate(1_000_000_000)
        with pytest.raises(UsageError, match="not a video"):
            add([huge])
        assert not user_gallery().exists()

    def test_a_large_one_is_said_to_be_copied_and_how_far_it_is(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        large = video(tmp_path / "sea.avi")
        with large.open("ab") as file:
            file.truncate(60_000_000)
        monkeypatch.setattr(Progress, "EVERY_S", 0.0)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
        assert main(["backgrounds", "add", str(large)]) == 0
        out, err = capsys.readouterr()
        assert out == f"{user_gallery() / 'sea.avi'}\n"
        said, *drawn = err.split("\r")
        folder = quoted(str(user_gallery()))
        assert said == f"vcam: 'sea.avi', 60 MB, is copied to {folder}\n"
        assert any("50%  30/60 MB" in each for each in drawn) and not drawn[-1].strip()
        assert (user_gallery() / "sea.avi").stat().st_size == 60_000_000

    def test_half_a_copy_that_was_killed_is_gone_when_the_next_one_is_added(
        self, tmp_path: Path
    ) -> None:
        half = made_user_gallery() / f".vcam-{999_999_999}.{'0' * 16}.new"
        half.touch()
        add([picture(tmp_path / "sea.png")])
        assert [each.name for each in user_gallery().iterdir()] == ["sea.png"]

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("notes.txt", "neither a picture nor a video"),
            ("broken.png", "not a picture"),
            ("broken.mp4", "not a video"),
            ("missing.jpg", "There is no picture"),
            ("missing", "There is no picture"),
            ("folder", "is a folder"),
        ],
    )
    def test_what_cannot_be_shown_is_refused_and_nothing_is_copied(
        self, name: str, says: str, tmp_path: Path
    ) -> None:
        (tmp_path / "folder").mkdir()
        for each in ("notes.txt", "broken.png", "broken.mp4"):
            (tmp_path / each).write_text("text")
        with pytest.raises(UsageError, match=says):
            add([picture(tmp_path / "good.png"), tmp_path / name])
        assert not user_gallery().exists()

    def test_a_folder_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        user_gallery().parent.mkdir(parents=True)
        user_gallery().write_text("a file where the folder should be")
        with pytest.raises(BackgroundError, match="cannot be made"):
            add([picture(tmp_path / "a.png")])

    def test_from_the_command_line(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["backgrounds", "add", str(picture(tmp_path / "sea.png"))]) == 0
        assert capsys.readouterr().out == f"{user_gallery() / 'sea.png'}\n"
        assert main(["backgrounds"]) == 0
        assert "  sea  " in capsys.readouterr().out
        assert main(["backgrounds", "add", str(tmp_path / "nothing.png")]) == 2
        assert "There is no picture" in capsys.readouterr().err

    def test_the_command_line_tells_the_folder_and_makes_it(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["backgrounds", "--folder"]) == 0
        assert Path(capsys.readouterr().out.strip()).is_dir()
        assert made_user_gallery() == user_gallery()
