"""Rendered recordings keep their sound where ffmpeg is installed, and say so where not."""

import shutil
import subprocess
from pathlib import Path

import pytest

from vcam.cli import main
from vcam.errors import OutputError
from vcam.frames import Size
from vcam.outputs.sound import add_sound
from vcam.outputs.video import VideoFileOutput
from vcam.sources import frames_of
from vcam.sources.presenter import PresenterSource

SIZE = Size(160, 90)
FFMPEG = shutil.which("ffmpeg")
needs_ffmpeg = pytest.mark.skipif(FFMPEG is None, reason="not installed: ffmpeg")


def silent(path: Path) -> Path:
    output = VideoFileOutput(path, SIZE, 25.0)
    for frame in frames_of(PresenterSource(SIZE, 25.0, paced=False, seconds=0.4)):
        output.send(frame.image)  # the presenter is nobody's real room
    output.complete()
    output.close()
    return path


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    """A recording with a sound that not every kind of file can hold as it is."""
    pictures, talk = silent(tmp_path / "silent.mkv"), tmp_path / "talk.mkv"
    tone = ("-f", "lavfi", "-i", "sine=d=0.4")
    ffmpeg("-i", str(pictures), *tone, "-c:v", "copy", "-c:a", "pcm_s16le", str(talk))
    pictures.unlink()
    return talk


def ffmpeg(*words: str) -> None:
    assert FFMPEG is not None
    subprocess.run([FFMPEG, "-nostdin", "-v", "error", *words], check=True, timeout=30)


def can_be_heard(path: Path) -> None:
    ffmpeg("-i", str(path), "-map", "0:v:0", "-map", "0:a:0", "-f", "null", "-")


@needs_ffmpeg
@pytest.mark.parametrize("name", ["out.mkv", "out.mp4", "out.webm"])
def test_a_talk_can_still_be_heard(name: str, talk: Path, tmp_path: Path) -> None:
    assert main(["render", str(talk), str(tmp_path / name), "-b", "teal"]) == 0
    can_be_heard(tmp_path / name)
    assert {each.name for each in tmp_path.iterdir()} == {"talk.mkv", name}


@needs_ffmpeg
def test_a_silent_video_stays_as_it_is(tmp_path: Path) -> None:
    video = silent(tmp_path / "a.mp4")
    before = video.read_bytes()
    add_sound(video, silent(tmp_path / "b.mp4"))
    assert video.read_bytes() == before


def test_without_ffmpeg_it_is_said_that_the_sound_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    given = silent(tmp_path / "in.mp4")
    assert main(["render", str(given), str(tmp_path / "out.mp4"), "-b", "teal"]) == 0
    assert "that needs ffmpeg. Install it." in capsys.readouterr().err
    assert (tmp_path / "out.mp4").exists()


def test_when_ffmpeg_fails_the_pictures_are_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "ffmpeg"
    program.write_text(
        '#!/bin/sh\ncase "$*" in *null*) exit 0;; esac\n'
        "echo 'No space left on device' >&2; echo >&2; exit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    video = silent(tmp_path / "a.mp4")
    before = video.read_bytes()
    with pytest.raises(OutputError, match="No space left on device"):
        add_sound(video, tmp_path / "talk.mp4")
    assert video.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} == {"ffmpeg", "a.mp4"}


def test_a_program_in_the_folder_that_one_is_in_is_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PATH may name it, and Windows looks there first."""
    (tmp_path / "ffmpeg").write_text(f"#!/bin/sh\n: > '{tmp_path}/started'\n")
    (tmp_path / "ffmpeg").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(OutputError, match="needs ffmpeg"):
        add_sound(tmp_path / "a.mp4", tmp_path / "b.mp4")
    assert not (tmp_path / "started").exists()
