"""The pictures of a video, encoded into an open file."""

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Size
from vcam.imaging.mask_views import spread_cut_out
from vcam.outputs.video_kinds import EXACT, HD, VideoKind

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import OutputContainer
    from av.filter import Graph
    from av.video.codeccontext import VideoCodecContext

THREADS = 2
"""Threads of the encoder.  With any number of them a file is the same every time, but not
with another number."""
GIF_CLOCK = Fraction(1, 100)
"""Seconds of a GIF's unit of time."""
COARSE = {"gif": 2, "avi": 1}
"""Containers whose times are coarse, and the fewest ticks between two pictures.  What comes
sooner is left out.  A browser shows a picture of a GIF that lasts one tick for ten."""
FELT_S = Fraction(1, 50)
"""Seconds by which a video may end too early."""
BT709, BT601 = 1, 6
"""Colour tags as H.273 numbers them."""
LIMITED, FULL = 1, 2
"""Ranges as FFmpeg numbers them."""


class PictureTrack:
    """The track of pictures in a file of that ``kind``.

    ``size`` is that of the pictures it is given; :attr:`written_size` that of the file.
    Its methods raise what FFmpeg raises.
    """

    def __init__(
        self,
        container: "OutputContainer",
        kind: VideoKind,
        options: Mapping[str, str],
        size: Size,
        fps: float,
    ) -> None:
        from av import VideoStream
        from av.codec.context import Flags
        from av.video.reformatter import VideoReformatter

        rate = Fraction(fps).limit_denominator(1001000)
        self._container, self._kind, self._size = container, kind, size
        self.written_size = written_size(size, kind)
        self.clock = {"gif": GIF_CLOCK, "avi": 1 / rate}.get(kind.container, EXACT)
        """Seconds of one tick, the unit of times in the file."""
        self._least = COARSE.get(kind.container, 1)
        self._step = max(1, round(1 / rate / self.clock))
        """Ticks that a picture is shown when no other follows."""
        self._last: VideoFrame | None = None
        self._last_tick = -1
        self._graph: Graph | None = None
        """For GIF only."""
        stream = container.add_stream(kind.codec, rate=rate, options=dict(options))
        assert isinstance(stream, VideoStream)
        self._stream: VideoStream = stream
        stream.width, stream.height = self.written_size
        stream.pix_fmt = kind.pixels
        codec = stream.codec_context
        stream.time_base = codec.time_base = self.clock
        codec.thread_count = THREADS
        codec.flags |= Flags.frame_duration
        hd = self.written_size.height >= HD and not kind.full_range
        self._matrix = BT709 if hd else BT601
        if kind.codec != "gif":
            self._tag(codec)
        self._reformatter = VideoReformatter()

    def add(self, image: Image, alpha: Alpha | None, time_s: float) -> None:
        """Encode one picture that is shown at ``time_s``, after the one before."""
        tick = max(0, round(time_s / self.clock))
        if self._last is not None and tick < self._last_tick + self._least:
            if self._kind.container in COARSE:
                return
            tick = self._last_tick + 1
        self._last = self._converted(self._whole(image, alpha))
        self._encode(self._last, tick)

    def end(self, lasts_s: float) -> None:
        """Encode what is left; the last picture is shown for ``lasts_s`` seconds."""
        steps = round(lasts_s / self.clock) - self._step
        felt = max(self._least, round(FELT_S / self.clock))
        if self._last is not None and steps >= felt:
            # Once more at its end: no container keeps how long the last one lasts.
            self._encode(self._last, self._last_tick + steps)
        if self._graph is not None:
            self._graph.push(None)
            self._mux_from(self._graph)
        self._container.mux(self._stream.encode(None))

    def _whole(self, image: Image, alpha: Alpha | None) -> NDArray[np.uint8]:
        """The picture as it is encoded: with its alpha, in the file's size."""
        whole: NDArray[np.uint8] = image
        if self._kind.alpha:
            opaque = np.full(image.shape[:2], 255, np.uint8)
            whole = spread_cut_out(image, opaque if alpha is None else alpha)
        right = self.written_size.width - self._size.width
        below = self.written_size.height - self._size.height
        if right or below:
            repeat = cv2.BORDER_REPLICATE
            padded = cv2.copyMakeBorder(whole, 0, below, 0, right, repeat)
            whole = np.asarray(padded, np.uint8)
        return whole

    def _converted(self, image: NDArray[np.uint8]) -> "VideoFrame":
        import av
        from av.video.reformatter import Colorspace, Interpolation

        kind = self._kind
        given = av.VideoFrame.from_ndarray(image, "bgra" if kind.alpha else "bgr24")
        if kind.codec == "gif":
            return given
        frame = self._reformatter.reformat(
            given,
            format=kind.pixels,
            src_color_range=FULL,
            dst_color_range=FULL if kind.full_range else LIMITED,
            dst_colorspace=(
                Colorspace.ITU709 if self._matrix == BT709 else Colorspace.ITU601
            ),
            interpolation=Interpolation.BILINEAR | Interpolation.ACCURATE_RND,
            threads=1,
        )
        self._tag(frame)
        return frame

    def _tag(self, tagged: "VideoFrame | VideoCodecContext") -> None:
        """Say in which colours it is; primaries and curve are those of screens."""
        tagged.colorspace = self._matrix
        tagged.color_primaries = tagged.color_trc = BT709
        tagged.color_range = FULL if self._kind.full_range else LIMITED

    def _encode(self, frame: "VideoFrame", tick: int) -> None:
        self._last_tick = tick
        frame.pts, frame.time_base, frame.duration = tick, self.clock, self._step
        if self._kind.codec != "gif":
            self._container.mux(self._stream.encode(frame))
            return
        if self._graph is None:
            self._graph = _palettes(frame)
        self._graph.push(frame)
        self._mux_from(self._graph)

    def _mux_from(self, graph: "Graph") -> None:
        import av

        while True:
            try:
                frame = graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
            assert isinstance(frame, av.VideoFrame)
            self._container.mux(self._stream.encode(frame))


def written_size(size: Size, kind: VideoKind) -> Size:
    """The size of a file of pictures of ``size``: that, or even where the kind needs it."""
    if not kind.even:
        return size
    return Size(size.width + size.width % 2, size.height + size.height % 2)


def _palettes(frame: "VideoFrame") -> "Graph":
    """A filter that gives each picture a palette of its own."""
    import av

    graph = av.filter.Graph()
    graph.threads = 1  # before a filter is added
    given = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=GIF_CLOCK
    )
    copies = graph.add("split")
    palette = graph.add("palettegen", "stats_mode=single")
    # An ordered pattern stays where it is from picture to picture.
    used = graph.add("paletteuse", "new=1:dither=bayer:bayer_scale=3:diff_mode=rectangle")
    taken = graph.add("buffersink")
    given.link_to(copies)
    copies.link_to(used, 0, 0)
    copies.link_to(palette, 1, 0)
    palette.link_to(used, 0, 1)
    used.link_to(taken)
    graph.configure()
    return graph
