"""Rendered recordings keep their sound, and it stays with the picture."""

from pathlib import Path

import av
import flash_and_beep
import numpy as np
import pytest

from vcam.cli import main
from vcam.frames import Size
from vcam.outputs.video import VideoFileOutput

SIZE = Size(64, 36)
FRAME_S = 0.04
"""One frame of the usual rate."""


def rendered(source: Path, path: Path) -> VideoFileOutput:
    """What becomes of a file when its pictures pass unchanged, at their times."""
    output = VideoFileOutput(path, SIZE, 25.0, sound_of=source)
    try:
        for time_s in flash_and_beep.picture_times():
            shade = 255 if flash_and_beep.is_flash(time_s) else 20
            output.show_at(time_s)
            output.send(np.full((SIZE.height, SIZE.width, 3), shade, np.uint8))
        output.complete()
    finally:
        output.close()
    return output


def codecs(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [each.codec_context.codec.canonical_name for each in container.streams]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm", ".avi"])
@pytest.mark.parametrize(("sound", "late_s"), [("aac", 0.0), ("pcm_s16le", 0.5)])
def test_a_flash_and_its_beep_stay_together(
    suffix: str, sound: str, late_s: float, tmp_path: Path
) -> None:
    source = flash_and_beep.write(tmp_path / "talk.mkv", sound, late_s)
    out = tmp_path / f"out{suffix}"
    assert rendered(source, out).sound_trouble == ""
    flashes, beeps = flash_and_beep.flashes(out), flash_and_beep.beeps(out)
    assert len(flashes) == len(beeps) == 2
    assert beeps == pytest.approx(flashes, abs=FRAME_S)
    assert beeps[1] - beeps[0] == pytest.approx(0.9, abs=FRAME_S)
    assert {each.name for each in tmp_path.iterdir()} == {"talk.mkv", out.name}


@pytest.mark.parametrize(
    ("sound", "suffix", "becomes"),
    [
        ("aac", ".mp4", "aac"),
        ("aac", ".webm", "opus"),
        ("libopus", ".webm", "opus"),
        ("pcm_s16le", ".mp4", "aac"),
        ("pcm_s16le", ".mov", "pcm_s16le"),
        ("flac", ".mkv", "flac"),
        ("pcm_s16le", ".webm", "opus"),
    ],
)
def test_sound_is_copied_where_the_file_can_hold_it_and_else_encoded(
    sound: str, suffix: str, becomes: str, tmp_path: Path
) -> None:
    source = flash_and_beep.write(tmp_path / "talk.mkv", sound)
    out = tmp_path / f"out{suffix}"
    rendered(source, out)
    assert codecs(out)[1:] == [becomes]


def test_all_tracks_of_sound_come_along_with_their_languages(tmp_path: Path) -> None:
    source = flash_and_beep.write(tmp_path / "talk.mkv", tracks=2)
    out = tmp_path / "out.mp4"
    rendered(source, out)
    assert codecs(out) == ["h264", "aac", "aac"]
    assert len(flash_and_beep.beeps(out, 1)) == 2
    with av.open(str(out)) as container:
        assert container.streams.audio[0].metadata["language"] == "deu"


def test_nothing_else_that_the_recording_says_comes_along(tmp_path: Path) -> None:
    """A phone writes into a file where it was filmed."""
    source = flash_and_beep.write(tmp_path / "talk.mkv")
    assert b"+52.5200+013.4050/" in source.read_bytes()
    for suffix in (".mp4", ".mov", ".mkv", ".webm"):
        out = tmp_path / f"out{suffix}"
        rendered(source, out)
        content = out.read_bytes()
        assert b"+52.5200+013.4050/" not in content and b"At home" not in content


def test_sound_that_ends_in_the_middle_is_kept_so_far_and_the_pictures_are_whole(
    tmp_path: Path,
) -> None:
    source = flash_and_beep.write(tmp_path / "talk.mkv", "pcm_s16le")
    content = source.read_bytes()
    source.write_bytes(content[: len(content) // 2])
    out = tmp_path / "out.mp4"
    rendered(source, out)
    assert len(flash_and_beep.flashes(out)) == 2
    assert len(flash_and_beep.beeps(out)) == 1


def test_damaged_sound_is_told_and_the_pictures_are_there_all_the_same(
    tmp_path: Path,
) -> None:
    source = flash_and_beep.write(tmp_path / "talk.mkv", "aac")
    content = bytearray(source.read_bytes())
    third = len(content) // 3
    noise = np.random.default_rng(1).integers(0, 256, third, np.uint8)
    content[third : 2 * third] = noise.tobytes()
    source.write_bytes(content)
    for suffix in (".mp4", ".webm"):
        rendered(source, tmp_path / f"out{suffix}")
        assert len(flash_and_beep.flashes(tmp_path / f"out{suffix}")) == 2


def test_a_file_without_sound_stays_silent(tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    VideoFileOutput(silent, SIZE, 25.0).close()
    output = VideoFileOutput(silent, SIZE, 25.0)
    output.send(np.zeros((36, 64, 3), np.uint8))
    output.complete()
    output.close()
    out = tmp_path / "out.mp4"
    assert rendered(silent, out).sound_trouble == ""
    assert codecs(out) == ["h264"]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_a_talk_of_uneven_rate_is_rendered_in_time(suffix: str, tmp_path: Path) -> None:
    talk = flash_and_beep.write(tmp_path / "talk.mp4", late_s=0.3)
    out = tmp_path / f"out{suffix}"
    assert main(["render", str(talk), str(out), "-b", "room"]) == 0
    flashes, beeps = flash_and_beep.flashes(out), flash_and_beep.beeps(out)
    assert flashes == pytest.approx(flash_and_beep.MOMENTS_S, abs=FRAME_S)
    assert beeps == pytest.approx(flash_and_beep.MOMENTS_S, abs=FRAME_S)
