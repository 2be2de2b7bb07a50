"""Small films of known colours and times, written by PyAV and Pillow, and by nothing else.

Every film and picture of :mod:`files_matrix` shows two rows of four coloured patches.  The
last patch is grey, and its grey is the number of the frame, so that a frame can be told
from its neighbours.
"""

import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, TypeAlias, cast

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet as AnyPacket
from av.stream import Disposition
from av.video.stream import VideoStream

os.environ.setdefault("SVT_LOG", "0")  # the AV1 encoder speaks to standard error by itself

Packet: TypeAlias = "AnyPacket[Any]"
Pixels = npt.NDArray[np.float64]
"""RGB ``(height, width, 3)``, 0 to 255."""

PATCHES = np.array(
    [
        [(60, 170, 70), (200, 60, 50), (50, 70, 190), (210, 190, 60)],
        [(180, 120, 100), (25, 25, 25), (205, 205, 205), (20, 20, 20)],
    ],
    float,
)
"""The patches of frame 0, in RGB."""
STEP = 30
"""Levels of grey from one number to the next."""
KR_KB = {"601": (0.299, 0.114), "709": (0.2126, 0.0722), "2020": (0.2627, 0.0593)}
"""The weights of red and blue in the luma of ITU-R BT.601, BT.709 and BT.2020."""
TAGS = {"601": (6, 6, 6), "709": (1, 1, 1), "2020": (9, 9, 14)}
"""Matrix, primaries and transfer, in the numbers of ITU-T H.273."""
PQ, HLG = 16, 18
DISPLAY_P3 = 12
"""Transfers and primaries, in the same numbers."""
SCREEN_GAMMA = 2.4
"""By ITU-R BT.1886."""
WHITE_NITS = 203
"""Luminance of white paper in PQ and HLG, by ITU-R BT.2408."""
TO_2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)
"""Linear BT.709 to linear BT.2020, by ITU-R BT.2087."""
TO_P3 = np.array([[0.8225, 0.1774, 0], [0.0332, 0.9669, 0], [0.0171, 0.0724, 0.9108]])
"""Linear BT.709 to linear Display P3, by SMPTE EG 432-1."""
SAMPLED = {"410": (4, 4), "411": (4, 1), "420": (2, 2), "422": (2, 1), "444": (1, 1)}
"""Luma columns and rows per chroma value."""

CAREFUL: dict[str, dict[str, str]] = {
    "libx264": {"crf": "6", "preset": "ultrafast"},
    "libx265": {"crf": "6", "preset": "ultrafast"},
    "libsvtav1": {"crf": "4", "preset": "12"},
    "libvpx": {"crf": "4", "b": "6M", "deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"crf": "8", "b": "0", "deadline": "realtime", "cpu-used": "8"},
    "prores_ks": {"profile": "3"},
    "dnxhd": {"profile": "dnxhr_hq"},
}
"""Options that keep flat colours within a level, and are fast."""
FINE = {"qmin": "1", "qmax": "2", "b": "20M"}
"""The same for the others."""


class Good(Protocol):
    """A good file, and how it is to be seen."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def within(self) -> float:
        """Levels by which a patch may differ."""

    def patches(self, number: int = 0) -> Pixels:
        """The patches of a frame as they are shown, in RGB."""

    def write(self, folder: Path) -> Path:
        """Write it into ``folder``: the same bytes every time."""


@dataclass(frozen=True)
class Film:
    """A film file, and how it is to be seen."""

    name: str
    codec: str = "libx264"
    pixels: str = "yuv420p"
    width: int = 192
    height: int = 128
    matrix: str = "601"
    full: bool = False
    tagged: bool = True
    transfer: int = 0
    p3: bool = False
    """Its primaries are those of Display P3."""
    options: dict[str, str] = field(default_factory=dict)
    container: str = ""
    """FFmpeg's name of the container; empty: by the file's ending."""
    times: tuple[Fraction, ...] = tuple(Fraction(n, 25) for n in range(6))
    """Where each frame begins on the clock of the container."""
    fps: int = 25
    offset: int = 0
    """The number of the first frame."""
    first: int = 0
    """The first frame that is shown; an edit list leaves out those before it."""
    sound_s: float | None = None
    """Where the sound begins; ``None``: there is none."""
    display: tuple[int, ...] = ()
    """The display matrix: column and row on the screen are a*x + c*y and b*x + d*y."""
    turned: int = 0
    """Quarters of a turn, clockwise, from what is stored to what is shown."""
    mirrored: bool = False
    """After turning, left and right are exchanged."""
    aspect: Fraction = Fraction(1)
    interlaced: str = ""
    """``tff`` or ``bff``: which field is first."""
    see_through: bool = False
    """Nothing covers the second patch of the first row, and half covers the third."""
    streamed: bool = False
    """Written as a browser records, to where nothing can be corrected later."""
    resized: tuple[int, int] | None = None
    """The size of the second half of the film; it is shown in that of the first."""
    cover: bool = False
    """The first track is a cover picture."""
    within: float = 3.0
    """Levels by which a patch may differ."""
    about: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """As shown: square pixels, upright."""
        wide = round(self.width * self.aspect)
        return (self.height, wide) if self.turned % 2 else (wide, self.height)

    @property
    def shown_s(self) -> list[float]:
        """When each frame is shown, after the beginning of the file."""
        times = [float(each) for each in self.times[self.first :]]
        begins_s = times[0] if self.sound_s is None else min(times[0], self.sound_s)
        return [each - begins_s for each in times]

    def patches(self, number: int = 0) -> Pixels:
        return upright(covered(numbered(number), self.see_through), self)

    def write(self, folder: Path) -> Path:
        return write_film(folder, self)


def numbered(number: int) -> Pixels:
    patches = PATCHES.copy()
    patches[1, 3] += number * STEP
    return patches


def covered(patches: Pixels, see_through: bool) -> Pixels:
    """What is seen before black."""
    if not see_through:
        return patches
    patches = patches.copy()
    patches[0, 1] = 0
    patches[0, 2] *= 128 / 255
    return patches


def upright(patches: Pixels, film: Film) -> Pixels:
    patches = np.rot90(patches, -film.turned)
    return patches[:, ::-1] if film.mirrored else patches


def measured(image: npt.NDArray[np.uint8], rows: int, columns: int) -> Pixels:
    """The mean RGB of the middle of each patch of a BGR picture."""
    height, width = image.shape[0] / rows, image.shape[1] / columns
    found = np.empty((rows, columns, 3))
    for row in range(rows):
        for column in range(columns):
            y, x = int((row + 0.5) * height), int((column + 0.5) * width)
            middle = image[y - 4 : y + 4, x - 4 : x + 4].reshape(-1, 3)
            found[row, column] = middle.mean(0)[::-1]
    return found


def spread(patches: Pixels, width: int, height: int) -> Pixels:
    rows = np.arange(height) * patches.shape[0] // height
    columns = np.arange(width) * patches.shape[1] // width
    return cast(Pixels, patches[rows][:, columns])


def linear(rgb: Pixels) -> Pixels:
    part = rgb / 255
    curved = ((part + 0.055) / 1.055) ** 2.4
    return cast(Pixels, np.where(part <= 0.04045, part / 12.92, curved))


def high_dynamic_range(rgb: Pixels, transfer: int) -> Pixels:
    """The signal that shows ``rgb``, with white as bright as paper."""
    nits = np.clip(linear(rgb) @ TO_2020.T, 0, None) * WHITE_NITS
    if transfer == PQ:
        power = (nits / 10_000) ** 0.1593017578125
        signal = ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375
        return cast(Pixels, 255 * signal)
    part = nits / 1000  # of a display of 1000 nits, whose system gamma is 1.2
    luminance = np.maximum(part @ [0.2627, 0.6780, 0.0593], 1e-9)
    scene = part * (luminance ** (1 / 1.2 - 1))[..., None]
    upper = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return cast(Pixels, 255 * np.where(scene <= 1 / 12, np.sqrt(3 * scene), upper))


def planes(film: Film, rgb: Pixels, bits: int) -> list[Pixels]:
    """Luma and both chroma planes of the whole picture, not subsampled yet."""
    kr, kb = KR_KB[film.matrix]
    red, green, blue = np.moveaxis(rgb / 255, 2, 0)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    differences = (blue - luma) / (2 * (1 - kb)), (red - luma) / (2 * (1 - kr))
    whole = 1 << bits - 8
    if film.full:
        most = (1 << bits) - 1
        return [luma * most, *(each * most + 128 * whole for each in differences)]
    chroma = [(128 + 224 * each) * whole for each in differences]
    return [(16 + 219 * luma) * whole, *chroma]


def opacity(film: Film) -> Pixels:
    alpha = np.full((2, 4), 255.0)
    if film.see_through:
        alpha[0, 1:3] = 0, 128
    return spread(alpha, film.width, film.height)


def frame_of(film: Film, number: int) -> av.VideoFrame:
    rgb = spread(numbered(number), film.width, film.height)
    if film.interlaced:  # the field that comes later is half a number further
        later = slice(int(film.interlaced == "tff"), None, 2)
        patches = numbered(number)
        patches[1, 3] += STEP / 2
        rgb[later] = spread(patches, film.width, film.height)[later]
    return frame_from(film, rgb)


def frame_from(film: Film, rgb: Pixels) -> av.VideoFrame:
    if "yuv" not in film.pixels:
        return rgb_frame(film, rgb)
    if film.transfer:
        rgb = high_dynamic_range(rgb, film.transfer)
    elif film.matrix == "2020" or film.p3:
        light = (rgb / 255) ** SCREEN_GAMMA @ (TO_P3 if film.p3 else TO_2020).T
        rgb = 255 * np.clip(light, 0, 1) ** (1 / SCREEN_GAMMA)
    bits = next((bits for bits in (10, 12) if f"p{bits}le" in film.pixels), 8)
    across, down = next(SAMPLED[each] for each in SAMPLED if each in film.pixels)
    luma, *chroma = planes(film, rgb, bits)
    wanted = [luma, *(each[::down, ::across] for each in chroma)]
    frame = av.VideoFrame(film.width, film.height, film.pixels)
    if "yuva" in film.pixels:
        wanted.append(opacity(film) * ((1 << bits) - 1) / 255)
    for plane, values in zip(frame.planes, wanted, strict=True):
        kind = np.dtype("<u2" if bits > 8 else np.uint8)
        rows = np.frombuffer(cast(Any, plane), np.uint8).reshape(-1, plane.line_size)
        whole = np.ascontiguousarray(np.round(values).astype(kind))
        rows[: len(whole), : whole.shape[1] * kind.itemsize] = whole.view(np.uint8)
    return frame


def rgb_frame(film: Film, rgb: Pixels) -> av.VideoFrame:
    channels = np.round(rgb).astype(np.uint8)
    if film.pixels in ("bgra", "argb", "bgr0"):
        channels = np.dstack([channels, np.round(opacity(film)).astype(np.uint8)])
        return av.VideoFrame.from_ndarray(channels, format="rgba").reformat(
            format=film.pixels
        )
    return av.VideoFrame.from_ndarray(channels, format="rgb24").reformat(format=film.pixels)


class _Pipe:
    """Takes bytes in order only, as a browser's recorder does."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, some: bytes) -> int:
        return self._file.write(some)

    def close(self) -> None:
        self._file.close()


@contextmanager
def _priority_kept() -> Iterator[None]:
    """Undo what SVT-AV1 does as root (``switch_to_real_time`` in its source).

    The thread that opens the encoder is real-time from then on, and so is whatever it
    starts: nothing else has its turn while that computes.
    """
    if sys.platform != "linux":
        yield
        return
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


@_priority_kept()
def write_film(folder: Path, film: Film) -> Path:
    """Write it into ``folder``; the same bytes every time."""
    path = folder / film.name
    options = {"fflags": "+bitexact"}
    kind = film.container or None
    if film.streamed:
        pipe = _Pipe(path)
        try:
            live = options | {"live": "1"}
            with av.open(pipe, "w", format=kind or "webm", options=live) as out:
                _fill(out, film)
        finally:
            pipe.close()
    else:
        with av.open(f"file:{path.absolute()}", "w", format=kind, options=options) as out:
            _fill(out, film)
    if film.first:
        _cut(path, film)
    if film.resized:
        _go_on_in_another_size(path, film)
    return path


def _cut(path: Path, film: Film) -> None:
    """Let the edit list begin at ``film.first``, as a phone's gallery cuts."""
    content = bytearray(path.read_bytes())
    at = content.index(b"elst") + 16
    (length, begins) = struct.unpack_from(">Ii", content, at - 4)
    head = content.index(b"mvhd")
    (clock,) = struct.unpack_from(">I", content, head + 16)
    (ticks,) = struct.unpack_from(">I", content, content.index(b"mdhd") + 16)
    left_out_s = film.times[film.first] - film.times[0]
    length -= round(left_out_s * clock)
    struct.pack_into(">Ii", content, at - 4, length, begins + round(left_out_s * ticks))
    path.write_bytes(content)


def _go_on_in_another_size(path: Path, film: Film) -> None:
    """Append a second film; transport streams and plain H.264 can simply be joined."""
    half = len(film.times) // 2
    begins = replace(film, resized=None, times=film.times[:half])
    width, height = film.resized or (0, 0)
    goes_on = replace(begins, width=width, height=height, times=film.times[half:])
    content = write_film(path.parent, begins).read_bytes()
    content += write_film(path.parent, replace(goes_on, offset=half)).read_bytes()
    path.write_bytes(content)


def _fill(out: OutputContainer, film: Film) -> None:
    cover = _add_cover(out) if film.cover else None
    video = _add_video(out, film)
    sound: AudioStream | None = None
    if film.sound_s is not None:
        coder = "libopus" if out.format.name == "webm" else "aac"
        added = out.add_stream(coder, rate=48000, layout="mono")
        assert isinstance(added, AudioStream)
        sound = added
    if cover is not None:
        out.mux(cover[1].encode(cover[0]))
        out.mux(cover[1].encode(None))
    packets: list[Packet] = []
    for number, at_s in enumerate(film.times):
        frame = frame_of(film, film.offset + number)
        frame.time_base = video.codec_context.time_base
        frame.pts = round(at_s / Fraction(frame.time_base))
        _tag_frame(frame, film)
        packets += video.encode(_with_fields(frame, film) if film.interlaced else frame)
    packets += video.encode(None)
    if sound is not None:
        packets += _silence(sound, film)
    out.mux(sorted(packets, key=lambda each: (each.dts or 0) * each.time_base))


def _add_video(out: OutputContainer, film: Film) -> VideoStream:
    options = CAREFUL.get(film.codec, FINE) | {"flags": "+bitexact"} | film.options
    if film.codec == "libx265":
        options["x265-params"] = "log-level=none:pools=1:frame-threads=1"
    video = out.add_stream(film.codec, rate=film.fps, options=options)
    assert isinstance(video, VideoStream)
    video.width, video.height, video.pix_fmt = film.width, film.height, film.pixels
    context = video.codec_context
    context.thread_count = 1
    steps = {Fraction(each) * film.fps for each in film.times}
    exact = all(each.denominator == 1 for each in steps)
    context.time_base = Fraction(1, film.fps if exact else 1000)
    if film.aspect != 1:
        context.sample_aspect_ratio = film.aspect
    if film.display:
        video.set_display_matrix(film.display)
    if film.tagged and "yuv" in film.pixels:
        matrix, primaries, transfer = TAGS[film.matrix]
        context.colorspace = matrix
        context.color_primaries = DISPLAY_P3 if film.p3 else primaries
        context.color_trc = film.transfer or transfer
        context.color_range = 2 if film.full else 1
    return video


def _tag_frame(frame: av.VideoFrame, film: Film) -> None:
    if film.tagged and "yuv" in film.pixels:
        matrix, primaries, transfer = TAGS[film.matrix]
        frame.colorspace = matrix
        frame.color_primaries = DISPLAY_P3 if film.p3 else primaries
        frame.color_trc = film.transfer or transfer
        frame.color_range = 2 if film.full else 1


def _with_fields(frame: av.VideoFrame, film: Film) -> av.VideoFrame:
    """Say which field of the frame is first, which only a filter can."""
    graph = av.filter.Graph()
    assert frame.time_base is not None
    begin = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=frame.time_base,
    )
    graph.link_nodes(begin, graph.add("setfield", film.interlaced), graph.add("buffersink"))
    graph.configure()
    graph.push(frame)
    marked = graph.pull()
    assert isinstance(marked, av.VideoFrame)
    _tag_frame(marked, film)
    return marked


def _add_cover(out: OutputContainer) -> tuple[av.VideoFrame, VideoStream]:
    cover = out.add_stream("mjpeg", rate=1)
    assert isinstance(cover, VideoStream)
    cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
    cover.disposition = Disposition.attached_pic
    frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 255, np.uint8), format="rgb24")
    frame = frame.reformat(format="yuvj420p")
    frame.pts = 0
    return frame, cover


def _silence(sound: AudioStream, film: Film) -> list[Packet]:
    assert film.sound_s is not None
    until = float(film.times[-1]) + 0.04
    kind = sound.codec_context.format.name
    packets: list[Packet] = []
    for number in range(max(1, round((until - film.sound_s) * 48000 / 1024))):
        frame = quiet(kind)
        frame.pts = round(film.sound_s * 48000) + number * 1024
        packets += sound.encode(frame)
    return [*packets, *sound.encode(None)]


def quiet(kind: str) -> av.AudioFrame:
    """A frame of silence, of 1024 samples."""
    sample = {"f": np.float32, "s16": np.int16, "s32": np.int32}
    wanted = next(sample[each] for each in sample if kind.startswith(each))
    silent = np.zeros((1, 1024), wanted)
    frame = av.AudioFrame.from_ndarray(silent, format=kind, layout="mono")
    frame.sample_rate, frame.time_base = 48000, Fraction(1, 48000)
    return frame
