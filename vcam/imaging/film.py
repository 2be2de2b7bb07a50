"""The picture track of a video file: decoded, deinterlaced, with times."""

import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from vcam.errors import PictureError
from vcam.frames import Image, Size
from vcam.imaging.colour import Colour, Converter
from vcam.imaging.containers import MOST_PIXELS, opened
from vcam.imaging.decoding import Unwritten
from vcam.imaging.deinterlacing import Deinterlacer
from vcam.imaging.display_matrix import orientation_of, square
from vcam.imaging.filters import fraction
from vcam.imaging.orientation import AS_IT_IS
from vcam.imaging.resize import turned
from vcam.imaging.timing import STEADY, Timeline, rate
from vcam.reasons import reason
from vcam.translation import tr, tr_count

if TYPE_CHECKING:
    from av import VideoCodecContext, VideoStream
    from av.packet import Packet
    from av.video.frame import VideoFrame

WORTH = 0.5
"""Scale from which pictures are made smaller while they are converted."""
PATIENCE = 200
"""Packets in a row that cannot be decoded before the rest is given up."""
WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that see transparency; FFmpeg's own of these do not."""


class Timed(NamedTuple):
    """A decoded frame, not converted yet."""

    frame: Any
    at_s: float


class Skipped(NamedTuple):
    """Damaged frames that were left out."""

    frames: int = 0
    first_s: float = 0.0

    def __str__(self) -> str:
        return tr_count(
            "a damaged frame is left out at {seconds} s",
            "{count} damaged frames are left out, the first at {seconds} s",
            self.frames,
            seconds=f"{self.first_s:.1f}",
        )


class Film:
    """An open video file.  Used and closed under one lock: see ``OpenedFile``."""

    def __init__(
        self, path: Path, threads: int, at_most: Size | None, over: Colour
    ) -> None:
        """Open it and decode its first frame.

        Raises :class:`~vcam.errors.PictureError` for what is not a video, or one of which
        nothing can be decoded.
        """
        self._path, self.skipped = path, Skipped()
        self._closed = False
        self._file = opened(path)
        try:
            self._track = self._file.pictures()
            self._codec = self._decoder(threads)
            self._describe()
            self._frames = self._timed()
            first = self._first()
            self.first: Timed | None = first
            self._orientation = orientation_of(first.frame)
            self.size = self._upright_size(at_most)
            unturned = self._orientation.size(self.size)
            self._converter = Converter(unturned, over)
        except BaseException:
            self.close()
            raise

    @property
    def step_s(self) -> float:
        """How long a frame lasts whose end is not known otherwise."""
        return self._timeline.step_s

    def next(self) -> Timed | None:
        """The frame after the last one; ``None`` at the end."""
        return next(self._frames, None)

    def picture(self, frame: "VideoFrame") -> Image:
        """The upright picture of a frame.

        Raises :class:`~vcam.errors.PictureError`.
        """
        import av

        if (frame.width, frame.height) != self._decoded and self._codec.name[:3] == "lib":
            # The memory of these decoders is not cleared when it is new.
            raise PictureError(
                tr(
                    "The video {path!r} changes its size to {size} in the middle",
                    path=str(self._path),
                    size=f"{frame.width}x{frame.height}",
                ),
                tr("Convert it to one size"),
            )
        try:
            return self._converter.convert(frame, self._upright)
        except (Unwritten, av.FFmpegError) as error:
            raise not_converted(self._path) from error

    def close(self) -> None:
        """Close it; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        # The generators first: going on with them after the file is closed would crash.
        for generator in (getattr(self, "_frames", None), getattr(self, "_packets", None)):
            if generator is not None:
                generator.close()
        self._file.close()

    def _decoder(self, threads: int) -> "VideoCodecContext":
        import av

        codec = self._track.codec_context
        other = WITH_ALPHA.get(codec.name)
        if other and self._track.metadata.get("alpha_mode") == "1":
            codec = cast("VideoCodecContext", av.CodecContext.create(other, "r"))
        codec.options = {"max_pixels": str(MOST_PIXELS)}
        codec.thread_type = "NONE" if threads == 1 else "AUTO"
        codec.thread_count = threads
        return codec

    def _describe(self) -> None:
        track, container = self._track, self._file.container
        unit = fraction(track.time_base)
        assert unit is not None
        stated = rate(fraction(track.average_rate)) or rate(fraction(track.guessed_rate))
        self.steady = stated > 0
        self.fps = stated or STEADY
        self.duration_s: float | None = None
        if track.duration:
            self.duration_s = float(track.duration * unit)
        elif stated_s := tagged_s(track.metadata):
            self.duration_s = stated_s
        elif container.duration:
            self.duration_s = container.duration / 1e6
        self.count = max(0, track.frames or round((self.duration_s or 0) * self.fps))
        self.has_sound = bool(container.streams.audio)
        start = container.start_time
        begins_s = None if start is None else start / 1e6
        self._timeline = Timeline(begins_s, 1 / self.fps, unit)

    def _first(self) -> Timed:
        first = self.next()
        if first is None:
            raise PictureError(
                tr(
                    "No frame of the video {path!r} can be decoded: it is damaged or "
                    "encrypted",
                    path=str(self._path),
                ),
                tr("Copy it again, or choose another file"),
            )
        self._decoded = first.frame.width, first.frame.height
        return first

    def _upright(self, image: Image) -> Image:
        """The picture turned upright, in memory of its own."""
        if self._orientation == AS_IT_IS:
            return image.copy()
        return turned(image, self._orientation)

    def _upright_size(self, at_most: Size | None) -> Size:
        aspect = fraction(self._track.sample_aspect_ratio) or fraction(
            self._codec.sample_aspect_ratio
        )
        size = self._orientation.size(square(Size(*self._decoded), aspect))
        if at_most is None:
            return size
        scale = max(at_most.width / size.width, at_most.height / size.height)
        # OpenCV is faster than FFmpeg where it is less.
        if scale > WORTH:
            return size
        return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))

    def _timed(self) -> Generator[Timed]:
        # Nothing keeps a frame while the next is decoded, so that the decoder uses its
        # memory again: this saves some percent of the time.
        deinterlacer = Deinterlacer()
        for frame in self._intact():
            for whole in deinterlacer.frames(frame):
                yield Timed(whole, self._timeline.at_s(whole))
                del whole
            del frame
        for whole in deinterlacer.rest():
            yield Timed(whole, self._timeline.at_s(whole))

    def _intact(self) -> Iterator["VideoFrame"]:
        """The frames that were decoded without an error."""
        failures = 0
        for packet in self._demuxed():
            frames = self._decode(packet)
            if frames is None:
                failures += 1
                self._skip()
                if failures > PATIENCE:
                    return
                continue
            while frames:
                frame = frames.pop(0)
                # A decoder conceals damage with grey, or with what was there before.
                if frame.is_corrupt:
                    self._skip()
                else:
                    failures = 0
                    yield frame
                del frame

    def _demuxed(self) -> Iterator["Packet[VideoStream] | None"]:
        """The track's packets; ``None`` at the end, for what the decoder still has."""
        import av

        self._packets = self._file.container.demux(self._track)
        while True:
            try:
                packet = next(self._packets, None)
            except av.FFmpegError:  # whatever it is called, the file is damaged there
                self._skip()
                packet = None
            except OSError as error:  # of the disk
                why = reason(error)
                raise PictureError(
                    tr(
                        "The video {path!r} cannot be read any further: {why}",
                        path=str(self._path),
                        why=why,
                    ),
                    tr("Copy it again, or choose another file"),
                ) from error
            if packet is None or not packet.size:
                yield None
                return
            yield packet

    def _decode(self, packet: "Packet[VideoStream] | None") -> "list[VideoFrame] | None":
        """The frames that are complete with it; ``None`` if it is damaged."""
        import av

        try:
            frames = self._codec.decode(packet)
        except av.error.EOFError:
            return []
        except av.FFmpegError:
            return None
        # The file ends within this packet.  Decoders whose frames do not need each other
        # return the part that is there as if it were whole.
        cut = packet is not None and packet.is_corrupt and self._codec.codec.intra_only
        return None if cut else frames

    def _skip(self) -> None:
        frames, first_s = self.skipped
        self.skipped = Skipped(frames + 1, first_s if frames else self._timeline.next_s)


def tagged_s(tags: Mapping[str, str]) -> float:
    """The length of a track by its tags, or 0.

    Matroska files state only that of the longest track otherwise: often of the sound.
    """
    found = re.match(r"(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)", tags.get("DURATION", ""))
    if found is None:
        return 0.0
    hours, minutes, seconds = map(float, found.groups())
    return 3600 * hours + 60 * minutes + seconds


def not_converted(path: Path) -> PictureError:
    """What is told when a decoder claims a picture that it did not write."""
    return PictureError(
        tr(
            "The video {path!r} cannot be shown: its decoder writes no pictures",
            path=str(path),
        ),
        tr("Convert it to MP4 with H.264"),
    )
