"""A video file that is open: its threads, processes, damage and sizes."""

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from vcam.backgrounds.video import Video
from vcam.errors import PictureError
from vcam.frames import Frame, Size
from vcam.imaging.containers import opened
from vcam.imaging.film import tagged_s
from vcam.imaging.videos import VideoReader

SIZE = Size(64, 36)
LENGTH = 12


def write(path: Path, size: Size = SIZE, damaged: tuple[int, ...] = ()) -> Path:
    """A film of 10 frames a second, each brighter than the one before."""
    with av.open(path, "w") as file:
        track: Any = file.add_stream("png", rate=10)
        track.width, track.height, track.pix_fmt = *size, "rgb24"
        for n in range(LENGTH):
            image = np.full((size.height, size.width, 3), 20 + 10 * n, np.uint8)
            for packet in track.encode(av.VideoFrame.from_ndarray(image, "bgr24")):
                if n in damaged:
                    content = bytearray(bytes(packet))
                    content[20:60] = bytes(40)
                    broken: Any = av.Packet(bytes(content))
                    broken.pts, broken.dts = packet.pts, packet.dts
                    broken.time_base, broken.stream = packet.time_base, track
                    broken.is_keyframe = True
                    file.mux(broken)
                else:
                    file.mux(packet)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "film.mov")


def shades(reader: VideoReader) -> list[int]:
    seen = []
    while (moment := reader.read()) is not None:
        seen.append((int(moment.image[0, 0, 0]) - 20) // 10)
    return seen


def test_every_frame_comes_once_at_its_time(path: Path) -> None:
    with VideoReader(path) as reader:
        assert (reader.size, reader.fps, reader.has_sound) == (SIZE, 10, False)
        moments = []
        while (moment := reader.read()) is not None:
            moments.append(moment)
        assert reader.read() is None and not reader.damage
    assert [moment.at_s for moment in moments] == pytest.approx(np.arange(LENGTH) / 10)
    assert [moment.lasts_s for moment in moments] == pytest.approx([0.1] * LENGTH)
    assert all(moment.image.flags.c_contiguous for moment in moments)


def test_a_picture_that_was_read_stays_as_it_is(path: Path) -> None:
    with VideoReader(path) as reader:
        images = [moment.image for moment in iter(reader.read, None) if moment]
    assert [int(image.max()) for image in images] == [20 + 10 * n for n in range(LENGTH)]
    assert [int(image.min()) for image in images] == [20 + 10 * n for n in range(LENGTH)]


def test_frames_that_nobody_could_see_are_left_out(path: Path) -> None:
    with VideoReader(path, shortest_s=0.25) as reader:
        assert shades(reader) == [0, 3, 6, 9]


def test_it_begins_again_with_the_file_as_it_is_then(path: Path) -> None:
    with VideoReader(path) as reader:
        first = shades(reader)
        reader.restart()
        assert shades(reader) == first
        write(path, Size(32, 18))
        with pytest.raises(PictureError, match="was replaced by one of another size"):
            reader.restart()


def test_a_large_one_is_made_smaller_but_covers_what_is_needed(tmp_path: Path) -> None:
    large = write(tmp_path / "large.mov", Size(256, 128))
    for needed, size in {
        Size(64, 36): Size(72, 36),
        Size(64, 8): Size(64, 32),
        Size(200, 90): Size(256, 128),
        Size(900, 900): Size(256, 128),
    }.items():
        with VideoReader(large, needed) as reader:
            moment = reader.read()
            assert moment is not None and Size.of(moment.image) == reader.size == size


def test_it_can_be_closed_by_another_thread_at_any_time(path: Path) -> None:
    for turn in range(30):
        reader = VideoReader(path)
        closer = threading.Timer(0.0003 * turn, reader.close)
        closer.start()
        with pytest.raises(PictureError, match="is closed"):
            while True:
                reader.read()
                reader.restart()
        closer.join(5)
        reader.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_a_child_is_told_to_open_its_own(path: Path) -> None:
    def child(reader: VideoReader, say: "multiprocessing.Queue[str]") -> None:
        for use in (reader.read, reader.restart):
            try:
                use()
            except PictureError as error:
                say.put(str(error))
        reader.close()
        with VideoReader(path) as own:
            say.put(str(len(shades(own))))

    context: Any = multiprocessing.get_context("fork")
    with VideoReader(path) as reader:
        reader.read()
        with reader._using:  # as if another thread were reading
            said = context.Queue()
            forked = context.Process(target=child, args=(reader, said))
            forked.start()
            words = [said.get(timeout=30) for _ in range(3)]
            forked.join(30)
        assert forked.exitcode == 0
        assert all("Open it in this process" in word for word in words[:2])
        assert words[2] == str(LENGTH)
        assert len(shades(reader)) == LENGTH - 1, "the parent's goes on"


def test_sound_that_goes_on_for_longer_is_no_damage(tmp_path: Path) -> None:
    """A Matroska file states the length of its longest track, and the others' in tags."""
    path = tmp_path / "film.mkv"
    with av.open(path, "w") as file:
        track, sound = file.add_stream("ffv1", rate=10), file.add_stream("pcm_s16le", 8000)
        track.width, track.height, track.pix_fmt = *SIZE, "bgr0"
        silence = av.AudioFrame.from_ndarray(np.zeros((1, 40000), np.int16), "s16", "mono")
        silence.sample_rate = 8000
        file.mux(sound.encode(silence))
        image = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
        for _ in range(LENGTH):
            file.mux(track.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        file.mux(track.encode(None))
    with VideoReader(path) as reader:
        while reader.read() is not None:
            pass
        assert reader.damage == ""
        assert reader.duration_s == pytest.approx(1.2, abs=0.05)
        assert reader.count == LENGTH


@pytest.mark.parametrize(
    ("tag", "seconds"),
    [("01:00:02.5", 3602.5), ("00:00:02.023000000", 2.023), ("", 0), ("soon", 0)],
)
def test_the_length_in_a_tag(tag: str, seconds: float) -> None:
    assert tagged_s({"DURATION": tag}) == seconds


class TestDamage:
    @pytest.fixture
    def damaged(self, tmp_path: Path) -> Path:
        return write(tmp_path / "damaged.mov", damaged=(3, 4, 8))

    def test_damaged_frames_are_left_out_and_the_others_keep_their_times(
        self, damaged: Path
    ) -> None:
        with VideoReader(damaged) as reader:
            moments = [moment for moment in iter(reader.read, None) if moment]
            assert reader.skipped.frames == 3
            assert reader.damage == ("3 damaged frames are left out, the first at 0.3 s")
        at = [round(moment.at_s * 10) for moment in moments]
        assert at == [0, 1, 2, 5, 6, 7, 9, 10, 11]
        assert moments[2].lasts_s == pytest.approx(0.3)

    def test_a_background_tells_it_once(
        self, damaged: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        room = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
        with caplog.at_level(logging.WARNING), closing(Video(damaged).open(SIZE)) as film:
            for n in range(5 * LENGTH):
                film.paint(Frame(room, n, n / 10, live=False), room[..., 0])
        assert caplog.text.count("3 damaged frames are left out") == 1

    def test_one_of_which_nothing_can_be_decoded_is_no_video(self, tmp_path: Path) -> None:
        broken = write(tmp_path / "broken.mov", damaged=tuple(range(LENGTH)))
        with pytest.raises(PictureError, match=r"No frame .* can be decoded"):
            VideoReader(broken)


@pytest.mark.parametrize(
    "text",
    [
        lambda other: f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{other}\n",
        lambda other: f"ffconcat version 1.0\nfile '{other}'\n",
        lambda other: f"ffconcat version 1.0\nfile '{other.name}'\n",
    ],
    ids=["HLS", "concat", "concat, relative"],
)
def test_a_file_that_names_another_one_does_not_show_it(
    path: Path, tmp_path: Path, text: Callable[[Path], str]
) -> None:
    for suffix in (".mp4", ".m3u8", ".ffconcat"):
        (tmp_path / f"list{suffix}").write_text(text(path))
        with pytest.raises(PictureError, match="is not a video"):
            opened(tmp_path / f"list{suffix}")
