"""A decoder that claims a picture it did not write shows nobody what lay in memory."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
from conftest import SMALL, Eventually, running
from numpy.typing import NDArray

import vcam
from vcam.backgrounds.thumbnails import thumbnail
from vcam.backgrounds.video import Video
from vcam.errors import BackgroundError, SourceError, VcamError
from vcam.frames import Frame, Image, Size
from vcam.imaging.decoding import Checked, Unwritten
from vcam.imaging.pictures import load_picture
from vcam.masking.options import MaskOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.settings import Settings
from vcam.sources.capture import OpenCvCapture
from vcam.sources.video import VideoFile
from vcam.status import State
from vcam.testing import SECRET, FakeWorld, secret_room, shows_secret

SIZE = SMALL
LIGHT = MaskOptions(preset="light")
FAULTS = ["nothing", "half", "a column", "an array of its own", "another size"]
LENGTH = 8
"""Pictures in a film."""


def secret(shape: tuple[int, ...]) -> Image:
    return np.full(shape, SECRET, np.uint8)


def shade(at: int) -> int:
    """Of a film's picture."""
    return 20 + 25 * at


class Film:
    """``cv2.VideoCapture`` for a film that goes wrong at one picture and all after it."""

    opened = 0
    fault, begins = "", 0
    lay_there: ClassVar[dict[int, tuple[int, int, int]]] = {}
    """In the buffer of the first, the second, … that is opened, if it matters."""

    def __init__(self, *_: object) -> None:
        self.at = -1
        self.released = False
        type(self).opened += 1
        # FFmpeg's wrapper has such a buffer; what is in it is anything, but not twice.
        chance = SECRET if self.opened % 2 else (1, 2, 3)
        found = self.lay_there.get(self.opened, chance)
        self.buffer = np.full((SIZE.height, SIZE.width, 3), found, np.uint8)

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return not self.released

    def get(self, what: int) -> float:
        return {
            cv2.CAP_PROP_FRAME_WIDTH: SIZE.width,
            cv2.CAP_PROP_FRAME_HEIGHT: SIZE.height,
            cv2.CAP_PROP_FPS: 10,
            cv2.CAP_PROP_POS_MSEC: 100 * self.at,
        }.get(what, 0)

    def grab(self) -> bool:
        self.at += 1
        return self.at < LENGTH

    def retrieve(self, image: Image | None = None) -> tuple[bool, Any]:
        fault = self.fault if self.at >= self.begins else ""
        if fault == "another size":
            return True, secret((SIZE.height * 2, SIZE.width * 2, 3))
        if image is None or image.shape != self.buffer.shape:
            image = secret(self.buffer.shape)
        if fault == "an array of its own":
            return True, secret(self.buffer.shape)
        if fault == "its buffer":
            image[:] = self.buffer
        elif fault == "half":
            image[: SIZE.height // 2] = shade(self.at)
        elif fault == "a column":
            image[:, SIZE.width // 8 :] = shade(self.at)
        elif not fault:
            image[:] = self.buffer[:] = shade(self.at)
        return True, image

    def release(self) -> None:
        self.released = True


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A film's; all memory that is free holds the secret."""
    empty = np.empty

    def dirty(shape: Any, dtype: Any = float) -> NDArray[Any]:
        array = empty(shape, dtype)
        if array.ndim == 3 and array.dtype == np.uint8:
            array[:] = SECRET
        return array

    monkeypatch.setattr(np, "empty", dirty)
    monkeypatch.setattr(cv2, "VideoCapture", Film)
    monkeypatch.setattr(Film, "opened", 0)
    path = tmp_path / "film.mp4"
    path.write_bytes(b"a film")
    return path


def goes_wrong(monkeypatch: pytest.MonkeyPatch, fault: str, begins: int = 0) -> None:
    monkeypatch.setattr(Film, "fault", fault)
    monkeypatch.setattr(Film, "begins", begins)


def published(path: Path, count: int = 20) -> Iterator[Image]:
    """What leaves the pipeline with this film behind the person."""
    world = FakeWorld()
    with FrameProcessor(world.devices.open_segmenter) as line:
        for n in range(count):
            frame = Frame(secret_room(SIZE), n, n / 10, live=False)
            yield line.process(frame, Video(path), LIGHT).image


def behind(image: Image) -> float:
    return (float(image[:, 3 * SIZE.width // 4 :].mean()) - 20) / 25


class TestADecoderThatLies:
    def test_control_without_a_fault_the_film_plays(self, path: Path) -> None:
        assert [behind(image) for image in published(path)] == [n % 8 for n in range(20)]

    @pytest.mark.parametrize("fault", ["nothing", "half", "an array of its own"])
    def test_control_a_decoder_that_is_believed_shows_the_secret(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        def believed(self: Checked) -> Any:
            into, _, _ = self._marked()
            assert into is not None
            into[:] = SECRET
            return self._decoder.retrieve(into)[1]

        monkeypatch.setattr(Checked, "retrieve", believed)
        goes_wrong(monkeypatch, fault)
        with closing(Video(path).open(SIZE)) as painter:
            room = secret_room(SIZE)
            assert shows_secret(painter.paint(Frame(room, 0, 0.0), room[..., 0]))

    @pytest.mark.parametrize("fault", [*FAULTS, "its buffer"])
    def test_from_the_start_is_no_background(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        goes_wrong(monkeypatch, fault)
        with pytest.raises(BackgroundError, match=r"film\.mp4.* cannot be shown"):
            next(published(path))
        with pytest.raises(SourceError, match="Convert it to MP4 without interlacing"):
            VideoFile(path)
        assert thumbnail(path) is None

    @pytest.mark.parametrize("fault", FAULTS)
    def test_in_the_middle_leaves_the_last_good_picture(
        self,
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
        fault: str,
    ) -> None:
        goes_wrong(monkeypatch, fault, begins=3)
        images = list(published(path))
        assert [behind(image) for image in images] == [0, 1, 2] + 17 * [2]
        assert not any(shows_secret(image) for image in images)
        assert "the last frame stays: The video" in caplog.text

    @pytest.mark.parametrize("fault", FAULTS)
    def test_in_the_middle_is_the_end_of_a_recording(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        goes_wrong(monkeypatch, fault, begins=3)
        seen: list[float] = []

        def read() -> None:
            with closing(VideoFile(path)) as video:
                while frame := video.read(1.0):
                    assert not shows_secret(frame.image)
                    seen.append(behind(frame.image))

        with pytest.raises(SourceError, match="Convert it to"):
            read()
        assert seen == [0, 1]

    @pytest.mark.parametrize("fault", [*FAULTS, "its buffer"])
    def test_in_a_call_a_card_comes_instead(
        self,
        path: Path,
        monkeypatch: pytest.MonkeyPatch,
        world: FakeWorld,
        settings: Settings,
        eventually: Eventually,
        fault: str,
    ) -> None:
        goes_wrong(monkeypatch, fault)
        with running(world, replace(settings, background=Video(path))) as engine:
            eventually(lambda: len(world.published) > 5)
            assert engine.status.state is not State.LIVE
            assert "Convert it to MP4" in engine.status.remedy
        assert not any(shows_secret(image) for image in world.published)

    @pytest.mark.parametrize("fault", FAULTS[:-1])
    def test_of_a_webcam_sends_no_picture(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
    ) -> None:
        camera = OpenCvCapture(0)
        assert camera.read()[0]
        goes_wrong(monkeypatch, fault)
        assert camera.read() == (False, None)
        goes_wrong(monkeypatch, "")
        assert behind(camera.read()[1]) == 2

    def test_that_was_black_by_chance_is_not_believed_the_next_time(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        goes_wrong(monkeypatch, "its buffer")
        monkeypatch.setattr(Film, "lay_there", {1: (0, 0, 0), 2: (0, 0, 0)})
        with closing(VideoFile(path)) as video:
            frame = video.read(1.0)
            assert frame is not None and not frame.image.any()
        with pytest.raises(SourceError, match="cannot be shown"):
            VideoFile(path)

    def test_every_film_that_was_opened_is_closed(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        films: list[Film] = []

        def opened(*_: object) -> Film:
            films.append(Film())
            return films[-1]

        monkeypatch.setattr(cv2, "VideoCapture", opened)
        for _ in range(3):
            VideoFile(path).close()
        assert len(films) == 2 + 1 + 1, "what is known to play is opened once"
        path.write_bytes(b"another film")
        goes_wrong(monkeypatch, "its buffer")
        for _ in range(2):
            with pytest.raises(SourceError):
                VideoFile(path)
        assert len(films) == 4 + 2 + 2 and all(film.released for film in films)


class Noise:
    """A decoder of pictures of any content and kind."""

    def __init__(self, *pictures: NDArray[Any], skips: Any = np.s_[:0]) -> None:
        self.pictures, self.skips = list(pictures), skips

    def retrieve(self, image: NDArray[Any] | None = None) -> tuple[bool, Any]:
        picture = self.pictures[0]
        if image is None or (image.shape, image.dtype) != (picture.shape, picture.dtype):
            return True, picture.copy()
        before = image.copy()
        image[:] = picture
        image[self.skips] = before[self.skips]
        return True, image


class TestEveryPictureIsBelieved:
    @pytest.mark.parametrize("shape", [(9, 7, 3), (54, 96, 3), (721, 1283, 3), (36, 64)])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_whatever_is_in_it(self, shape: tuple[int, ...], dtype: type[Any]) -> None:
        rng = np.random.default_rng(7)
        for level in (0, 85, 170, 255, None):
            picture = np.full(shape, level or 0, dtype)
            if level is None:
                picture = rng.integers(0, 256, shape, dtype)
            decoder = Checked(Noise(picture))
            for _ in range(5):
                seen = decoder.retrieve()
                assert seen is not None and (seen == picture).all()

    def test_of_a_camera_that_changes_its_size_but_the_first(self) -> None:
        small, large = (np.full((n, n, 3), n, np.uint8) for n in (36, 72))
        noise = Noise(small)
        decoder = Checked(noise)
        assert decoder.retrieve() is not None
        noise.pictures = [large]
        with pytest.raises(Unwritten) as raised:
            decoder.retrieve()
        assert raised.value.size == Size(72, 72)
        seen = decoder.retrieve()
        assert seen is not None and (seen == large).all()

    @pytest.mark.parametrize(
        "skips", [np.s_[700:703], np.s_[:, 40:44], np.s_[350:351, 600:640]]
    )
    def test_but_not_where_a_few_rows_or_columns_were_left_out_again_and_again(
        self, skips: Any
    ) -> None:
        """The marks move: in a second or two they have been everywhere."""
        decoder = Checked(Noise(np.full((720, 1280, 3), 99, np.uint8), skips=skips))

        def watched() -> None:
            for _ in range(400):
                decoder.retrieve()

        with pytest.raises(Unwritten):
            watched()


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
def test_a_real_file_of_an_odd_kind_plays_right_or_is_refused(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    path = make(tmp_path)
    for _ in range(5):
        room = [secret((height, 1280, 3)) for height in (180, 360, 720) for _ in range(3)]
        del room
        try:
            video = VideoFile(path)
        except SourceError as error:
            assert "Convert it to MP4 without interlacing" in str(error)
            continue
        with closing(video):
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
    command = [sys.executable, "-P", "-m", "vcam", "render", str(path), "out.png", "-b"]
    done = subprocess.run(
        [*command, "room"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(vcam.__file__).parents[1])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if done.returncode:
        assert "Convert it to MP4 without interlacing" in done.stderr
        assert "Traceback" not in done.stderr
    else:
        image = load_picture(tmp_path / "out.png")
        assert np.abs(image.astype(int) - truly(path, Size.of(image))).mean() < 12


def test_a_real_file_that_becomes_interlaced_shows_its_own_pictures(tmp_path: Path) -> None:
    path = turns_interlaced(tmp_path)
    seen = 0
    with closing(VideoFile(path)) as video:
        first = truly(path, video.size).astype(int)
        try:
            while (frame := video.read(1.0)) and seen < 25:
                assert not shows_secret(frame.image, tolerance=2)
                # The picture moves, but most of a test card stays.
                assert np.abs(frame.image - first).mean() < 60
                seen += 1
        except VcamError as error:
            assert "Convert it" in str(error)
    assert seen > 10
