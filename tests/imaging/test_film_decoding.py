"""What FFmpeg did not write is never shown: files with decoders that lie, and real ones."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
import pytest
from conftest import SMALL, Eventually, running

import vcam
from vcam.backgrounds.thumbnails import thumbnail
from vcam.backgrounds.video import Video
from vcam.errors import BackgroundError, SourceError
from vcam.frames import Frame, Image, Size
from vcam.imaging import colour, containers, film, videos
from vcam.imaging.containers import OpenedFile
from vcam.imaging.decoding import Overwritten
from vcam.imaging.filters import passed
from vcam.imaging.pictures import load_picture
from vcam.masking.options import MaskOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.settings import Settings
from vcam.sources import frames_of
from vcam.sources.video import VideoFile
from vcam.status import State
from vcam.testing import SECRET, FakeWorld, secret_room, shows_secret

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame

SIZE = SMALL
LIGHT = MaskOptions(preset="light")
FAULTS = ["nothing", "half", "a column", "new memory each time", "another size"]
LENGTH = 8
"""Pictures in a film."""


def secret(shape: tuple[int, ...]) -> Image:
    return np.full(shape, SECRET, np.uint8)


def shade(at: int) -> int:
    """Of a film's picture."""
    return 20 + 25 * at


def filled(frame: "VideoFrame", colour: tuple[int, int, int] = SECRET) -> "VideoFrame":
    pixels(frame)[:] = np.array(colour, np.uint8)
    return frame


def pixels(frame: "VideoFrame") -> Any:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[:, : 3 * frame.width].reshape(frame.height, frame.width, 3)


class Liar:
    """FFmpeg's conversion, going wrong at one picture and all after it.

    What it hands out when it writes nothing holds the secret.
    """

    def __init__(self) -> None:
        self.fault, self.begins = "", 0
        self.buffer = filled(av.VideoFrame(*SIZE, "bgr24"))
        self.used: list[VideoFrame] = []

    def __call__(self, graph: "Graph", frame: "VideoFrame | None") -> "list[VideoFrame]":
        assert frame is not None and frame.time is not None
        at = round(frame.time * 10)
        fault = self.fault if at >= self.begins else ""
        if not fault:
            return list(passed(graph, frame))
        if fault == "another size":
            return [filled(av.VideoFrame(SIZE.width * 2, SIZE.height * 2, "bgr24"))]
        if fault == "new memory each time":
            self.used.append(filled(av.VideoFrame(*SIZE, "bgr24")))
            return [self.used[-1]]
        if fault == "half":
            pixels(self.buffer)[: SIZE.height // 2] = shade(at)
        elif fault == "a column":
            pixels(self.buffer)[:, SIZE.width // 8 :] = shade(at)
        return [self.buffer]


@pytest.fixture
def liar(monkeypatch: pytest.MonkeyPatch) -> Liar:
    liar = Liar()
    monkeypatch.setattr(colour, "passed", liar)
    return liar


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A film without loss."""
    path = tmp_path / "film.mkv"
    with av.open(path, "w") as file:
        track = file.add_stream("ffv1", rate=10)
        track.width, track.height, track.pix_fmt = *SIZE, "bgr0"
        for at in range(LENGTH):
            image = np.full((SIZE.height, SIZE.width, 3), shade(at), np.uint8)
            file.mux(track.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        file.mux(track.encode(None))
    return path


def published(path: Path, count: int = 20) -> Iterator[Image]:
    """What leaves the pipeline with this film behind the person."""
    world = FakeWorld()
    with FrameProcessor(world.devices.open_segmenter) as line:
        for n in range(count):
            frame = Frame(secret_room(SIZE), n, n / 10, live=False)
            yield line.process(frame, Video(path), LIGHT).image


def behind(image: Image) -> float:
    return (float(image[:, 3 * SIZE.width // 4 :].mean()) - 20) / 25


class TestAConversionThatLies:
    def test_control_without_a_fault_the_film_plays(self, path: Path, liar: Liar) -> None:
        assert [behind(image) for image in published(path)] == [n % 8 for n in range(20)]

    @pytest.mark.parametrize("fault", ["nothing", "half", "new memory each time"])
    def test_control_one_that_is_believed_shows_the_secret(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, liar: Liar, fault: str
    ) -> None:
        monkeypatch.setattr(Overwritten, "is_proved", lambda *_: True)
        monkeypatch.setattr(Overwritten, "mark", lambda *_: None)
        liar.fault = fault
        with closing(Video(path).open(SIZE)) as painter:
            room = secret_room(SIZE)
            assert shows_secret(painter.paint(Frame(room, 0, 0.0), room[..., 0]))

    @pytest.mark.parametrize("fault", FAULTS)
    def test_from_the_start_is_no_background(
        self, path: Path, liar: Liar, fault: str
    ) -> None:
        liar.fault = fault
        with pytest.raises(BackgroundError, match=r"film\.mkv.* cannot be shown"):
            next(published(path))
        with pytest.raises(SourceError, match="Convert it to MP4 with"):
            VideoFile(path)
        assert thumbnail(path) is None

    @pytest.mark.parametrize("fault", FAULTS)
    def test_in_the_middle_leaves_the_last_good_picture(
        self, path: Path, liar: Liar, caplog: pytest.LogCaptureFixture, fault: str
    ) -> None:
        liar.fault, liar.begins = fault, 3
        images = list(published(path))
        assert [behind(image) for image in images] == [0, 1, 2] + 17 * [2]
        assert not any(shows_secret(image) for image in images)
        assert "the last frame stays: The video" in caplog.text

    @pytest.mark.parametrize("fault", FAULTS)
    def test_in_the_middle_is_the_end_of_a_recording(
        self, path: Path, liar: Liar, fault: str
    ) -> None:
        liar.fault, liar.begins = fault, 3
        seen: list[float] = []

        def read() -> None:
            with closing(VideoFile(path)) as video:
                while frame := video.read(1.0):
                    assert not shows_secret(frame.image)
                    seen.append(behind(frame.image))

        with pytest.raises(SourceError, match="Convert it to"):
            read()
        assert seen == [0, 1, 2]

    @pytest.mark.parametrize("fault", FAULTS)
    def test_in_a_call_a_card_comes_instead(
        self,
        path: Path,
        liar: Liar,
        world: FakeWorld,
        settings: Settings,
        eventually: Eventually,
        fault: str,
    ) -> None:
        liar.fault = fault
        with running(world, replace(settings, background=Video(path))) as engine:
            eventually(lambda: len(world.published) > 5 and engine.status.remedy)
            assert engine.status.state is not State.LIVE
            assert "Convert it to MP4" in engine.status.remedy
        assert not any(shows_secret(image) for image in world.published)

    def test_that_writes_all_but_a_few_bytes_is_found_out_in_a_second_or_two(self) -> None:
        """The marks move: in that time they have been everywhere."""
        words = np.zeros((720, 960), np.uint32)
        check = Overwritten()
        check.mark(1, words)
        for _ in range(400):
            before = words[350, 400:440].copy()
            words[:] = 99
            words[350, 400:440] = before
            if not check.is_proved(1, words):
                return
            check.mark(1, words)
        raise AssertionError

    def test_of_which_nothing_is_known_is_not_believed(self) -> None:
        assert not Overwritten().is_proved(1, np.zeros((9, 9), np.uint32))


class Forgetful:
    """A decoder whose frames are memory that nobody wrote: never the same twice."""

    def __init__(self, *found: tuple[int, int, int]) -> None:
        self.found, self.opened = found, 0
        self.decoders: list[object] = []

    def decode(self, film: film.Film, packet: Any) -> "list[VideoFrame]":
        if film not in self.decoders:
            self.decoders.append(film)
        found = self.found[self.decoders.index(film) % len(self.found)]
        frame = filled(av.VideoFrame(*SIZE, "bgr24"), found)
        frame.pts, frame.time_base = packet.pts, packet.time_base
        return [frame]


class TestADecoderThatWritesNothing:
    @pytest.fixture(autouse=True)
    def unknown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(videos, "_converted", set())

    def writes_nothing(
        self, monkeypatch: pytest.MonkeyPatch, *found: tuple[int, int, int]
    ) -> None:
        forgetful = Forgetful(*found)
        monkeypatch.setattr(film.Film, "_decode", lambda *args: forgetful.decode(*args))

    def test_shows_nobody_what_lay_in_its_memory(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.writes_nothing(monkeypatch, SECRET, (1, 2, 3))
        with pytest.raises(BackgroundError, match="its decoder writes no pictures"):
            Video(path).open(SIZE)
        with pytest.raises(SourceError, match="Convert it to MP4"):
            VideoFile(path)
        assert thumbnail(path) is None

    def test_control_two_decoders_with_the_same_in_it_would_be_believed(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.writes_nothing(monkeypatch, SECRET)
        with closing(VideoFile(path)) as video:
            frame = video.read(1.0)
            assert frame is not None and shows_secret(frame.image)

    def test_that_was_black_by_chance_is_not_believed_the_next_time(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.writes_nothing(monkeypatch, (0, 0, 0), (0, 0, 0), SECRET, (1, 2, 3))
        with closing(VideoFile(path)) as video:
            frame = video.read(1.0)
            assert frame is not None and not frame.image.any()
        with pytest.raises(SourceError, match="cannot be shown"):
            VideoFile(path)

    def test_every_film_that_was_opened_is_closed(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        files: list[OpenedFile] = []
        real = containers.opened

        def opened(path: Path) -> OpenedFile:
            files.append(real(path))
            return files[-1]

        monkeypatch.setattr(film, "opened", opened)
        for _ in range(3):
            VideoFile(path).close()
        assert len(files) == 2 + 1 + 1, "what is known to play is opened once"
        monkeypatch.setattr(videos, "_converted", set())
        self.writes_nothing(monkeypatch, SECRET, (1, 2, 3))
        for _ in range(2):
            with pytest.raises(SourceError):
                VideoFile(path)
        assert len(files) == 4 + 2 + 2 and all(file._file.closed for file in files)


@pytest.mark.parametrize("codec", ["libx264", "libvpx", "libvpx-vp9", "mpeg4", "mjpeg"])
def test_a_damaged_film_gives_the_same_pictures_whatever_lay_in_memory(
    codec: str, tmp_path: Path
) -> None:
    path = tmp_path / "film.mkv"
    rng = np.random.default_rng(5)
    with av.open(path, "w") as file:
        track: Any = file.add_stream(codec, rate=10)
        track.width, track.height = SIZE
        track.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for at in range(LENGTH):
            image = rng.integers(0, 256, (SIZE.height, SIZE.width, 3), np.uint8)
            image[:, : SIZE.width // 2] = shade(at)
            file.mux(track.encode(av.VideoFrame.from_ndarray(image, "bgr24")))
        file.mux(track.encode(None))
    content = bytearray(path.read_bytes())
    for place in rng.integers(len(content) // 3, len(content), 12):
        content[place] ^= 0x5A
    path.write_bytes(content)
    seen = []
    for noise in (0xAA, 0x55):
        rooms = [np.full((n * SIZE.height, SIZE.width), noise, np.uint8) for n in range(20)]
        del rooms
        with videos.VideoReader(path) as reader:
            images = []
            while (moment := reader.read()) is not None:
                images.append(moment.image.tobytes())
        seen.append(images)
    assert seen[0] == seen[1] and seen[0]


def made(path: Path, *arguments: str) -> Path:
    """A file made by ffmpeg, if there is one that can."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("ffmpeg is not installed")
    command = [ffmpeg, "-v", "error", "-y", *arguments, str(path)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    )
    if done.returncode:
        pytest.skip(f"this ffmpeg does not make {path.name}: {done.stderr.decode()[-200:]}")
    return path


def source(size: str, rate: int, seconds: float, *more: str) -> list[str]:
    graph = ",".join([f"testsrc2=s={size}:r={rate}:d={seconds}", *more])
    return ["-f", "lavfi", "-i", graph, "-pix_fmt", "yuv420p"]


H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "10"]


def interlaced(folder: Path) -> Path:
    fields = source("640x360", 50, 0.6, "interlace=lowpass=0")
    return made(folder / "camcorder.mp4", *fields, *H264, "-x264opts", "tff=1")


def television(folder: Path) -> Path:
    fields = source("720x576", 50, 0.6, "interlace=lowpass=0")
    flags = ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-b:v", "4M"]
    return made(folder / "television.mpg", *fields, *flags)


def tagged(folder: Path) -> Path:
    plain = made(folder / "plain.mp4", *source("640x360", 25, 0.6), *H264)
    tags = ["-c", "copy", "-bsf:v", "h264_metadata=matrix_coefficients=8"]
    return made(folder / "tagged.mp4", "-i", str(plain), *tags)


def turns_interlaced(folder: Path) -> Path:
    plain = made(folder / "plain.ts", *source("640x360", 25, 0.6), *H264)
    fields = source("640x360", 50, 0.6, "interlace=lowpass=0")
    other = made(folder / "other.ts", *fields, *H264, "-x264opts", "tff=1")
    return made(folder / "both.ts", "-i", f"concat:{plain}|{other}", "-c", "copy")


def truly(path: Path, size: Size) -> Image:
    """The first picture as ffmpeg itself sees it."""
    raw = path.with_suffix(".bgr")
    made(raw, "-i", str(path), "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "bgr24")
    return np.fromfile(raw, np.uint8).reshape(size.height, size.width, 3)


@pytest.mark.parametrize("make", [interlaced, television, tagged])
def test_a_real_file_of_an_odd_kind_plays_right(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = make(tmp_path)
    for _ in range(5):
        room = [secret((height, 1280, 3)) for height in (180, 360, 720) for _ in range(3)]
        del room
        with closing(VideoFile(path)) as video:
            frame = video.read(1.0)
            assert frame is not None
            true = truly(path, video.size)
            assert np.abs(frame.image.astype(int) - true).mean() < 12


@pytest.mark.parametrize("make", [interlaced, television, tagged])
def test_a_real_file_of_an_odd_kind_is_not_simply_black_in_a_fresh_process(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    """Memory fresh from the system is black in every decoder."""
    path = make(tmp_path)
    command = [sys.executable, "-P", "-m", "vcam", "snap", str(path), "out.png"]
    done = subprocess.run(
        [*command, "-b", "room"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(vcam.__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert not done.returncode, done.stderr
    image = load_picture(tmp_path / "out.png")
    assert np.abs(image.astype(int) - truly(path, Size.of(image))).mean() < 12


def test_a_real_file_that_becomes_interlaced_shows_its_own_pictures(tmp_path: Path) -> None:
    path = turns_interlaced(tmp_path)
    seen = 0
    with closing(VideoFile(path)) as video:
        first = truly(path, video.size).astype(int)
        for frame in frames_of(video):
            assert not shows_secret(frame.image, tolerance=2)
            # The picture moves, but most of a test card stays.
            assert np.abs(frame.image - first).mean() < 60
            seen += 1
    assert seen > 25
