"""Video files, opened by FFmpeg so that they cannot reach anything but themselves.

A file decides by its content which of FFmpeg's readers is used, and some readers open what
a file names: playlists (HLS, DASH, ffconcat) open other files or addresses, and a session
description (SDP) opens sockets.  Only formats that hold their own pictures are allowed, and
whatever one of them still wants to open is refused.  The file is handed over without its
name, because FFmpeg takes names with a colon for addresses.
"""

import os
import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, Self

from vcam.errors import PictureError
from vcam.imaging.file_types import regular
from vcam.imaging.filters import fraction
from vcam.imaging.pictures import check_readable
from vcam.reasons import reason
from vcam.translation import tr

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import InputContainer

FORMATS = (
    *("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts"),
    *("mpeg", "mpegvideo", "asf", "flv", "ogg", "gif", "apng", "dv", "h264", "hevc"),
    *("m4v", "mjpeg", "mxf", "nut", "rm", "ivf", "obu", "av1", "wtv", "yuv4mpegpipe"),
    # Only so that a file of sound is told to have no picture.
    *("mp3", "wav", "flac", "aac"),
)
"""The formats that are opened, as FFmpeg calls them."""
MOST_PIXELS = 8192 * 8192
"""Most pixels of a picture: a larger one would fill the memory."""
HEAD_BYTES = 1 << 20
"""Bytes at both ends of a file in which the name of an unknown codec is looked for."""


class OpenedFile:
    """An open file of pictures and sound; a context manager that closes it.

    FFmpeg crashes if a file is closed while another thread reads it: whoever has one uses
    and closes it under one lock.
    """

    def __init__(self, path: Path, file: BinaryIO, container: "InputContainer") -> None:
        self._path, self._file = path, file
        self.container = container

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def pictures(self) -> "VideoStream":
        """The track with the moving pictures.

        Raises :class:`~vcam.errors.PictureError` if there is none, or none that FFmpeg can
        decode.
        """
        from av.stream import Disposition

        still = (
            Disposition.attached_pic
            | Disposition.timed_thumbnails
            | Disposition.still_image
        )
        tracks = [
            track for track in self.container.streams.video if not track.disposition & still
        ]
        path = str(self._path)
        if not tracks:
            raise PictureError(
                tr("{path!r} has no moving picture, only sound or a cover", path=path),
                tr("Choose a video"),
            )
        track = max(tracks, key=lambda one: bool(one.disposition & Disposition.default))
        codec = track.codec_context
        # Without a decoder it is None, whatever its declaration says.
        if codec is None:
            raise PictureError(
                tr(
                    "The video {path!r} is coded in {codec}, which cannot be decoded",
                    path=path,
                    codec=self._codec_name(),
                ),
                tr("Convert it to MP4 with H.264"),
            )
        if codec.width * codec.height > MOST_PIXELS:
            raise PictureError(
                tr(
                    "The video {path!r} is too large: {size}",
                    path=path,
                    size=f"{codec.width}x{codec.height}",
                ),
                tr("Scale it to 8192x8192 at most"),
            )
        if not codec.width or not codec.height:
            raise PictureError(
                tr("The video {path!r} is damaged, or larger than 8192x8192", path=path),
                tr("Copy it again, or scale it down"),
            )
        return track

    def close(self) -> None:
        """Close it; a second time does nothing."""
        try:
            self.container.close()
        finally:
            self._file.close()

    def _codec_name(self) -> str:
        """FFmpeg does not tell what it does not know, so it is looked up in the file."""
        try:
            size = self._file.seek(0, os.SEEK_END)
            self._file.seek(0)
            content = self._file.read(HEAD_BYTES)
            self._file.seek(max(0, size - HEAD_BYTES))
            content += self._file.read(HEAD_BYTES)
        except OSError:
            return tr("an unknown codec")
        # MP4 and MOV: the sample description of the track with a video handler.
        found = re.search(rb"vide.{0,400}?stsd.{12}([ -~]{4})", content, re.DOTALL)
        # Matroska: the codec's identifier.
        found = found or re.search(rb"\x86.(V_[A-Z0-9/_]+)", content, re.DOTALL)
        # AVI: the stream header of the video.
        found = found or re.search(rb"vids([ -~]{4})", content)
        return repr(found[1].decode("ascii")) if found else tr("an unknown codec")


def beginning(path: Path) -> Fraction:
    """The time in a file that counts as 0, in seconds, for pictures and sound.

    Some files state another than that of their first picture.  Raises
    :class:`~vcam.errors.PictureError` like :func:`opened`.
    """
    with opened(path) as file:
        track, container = file.pictures(), file.container
        stated = Fraction(container.start_time or 0, 1_000_000)
        unit = fraction(track.time_base)
        packet = next(container.demux(track), None)
        if packet is None or packet.pts is None or unit is None:
            return stated
        return min(stated, packet.pts * unit)


def opened(path: Path) -> OpenedFile:
    """Open a video file, of any name, by its content.

    Raises :class:`~vcam.errors.PictureError` for a file that is missing, is not a regular
    one, is empty, or has no format that can be read.
    """
    import av

    file = _whole(path)
    try:
        container = av.open(
            file,
            "r",
            options={
                "format_whitelist": ",".join(FORMATS),
                "protocol_whitelist": "file",
                # While a format is probed, pictures are decoded.
                "max_pixels": str(MOST_PIXELS),
            },
            io_open=_refuse,
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        file.close()
        raise _explained(path, error) from error
    except BaseException:
        file.close()
        raise
    return OpenedFile(path, file, container)


def _whole(path: Path) -> BinaryIO:
    check_readable(path, "video")
    try:
        file = regular(path)
    except OSError as error:
        raise PictureError(
            tr(
                "The video {path!r} may not be read: {why}",
                path=str(path),
                why=reason(error),
            ),
            tr("Check its permissions and its folder's"),
        ) from error
    if not os.fstat(file.fileno()).st_size:
        file.close()
        raise PictureError(
            tr("The video {path!r} is empty", path=str(path)), tr("Copy it again")
        )
    return file


def _refuse(url: str, flags: int, options: dict[str, str]) -> NoReturn:
    raise PermissionError(tr("a video file wants to open {address!r}", address=url))


def _explained(path: Path, error: Exception) -> PictureError:
    import av

    if isinstance(error, av.error.ArgumentError):  # a format that is not in the list
        return PictureError(
            tr("{path!r} is not a video that vcam can read", path=str(path)),
            tr("Choose another file, or convert it to MP4"),
        )
    # Also other errors of FFmpeg mean what is in the file, whatever they are called, and
    # so does text in it that is not UTF-8.  The disk's come from the file object.
    if isinstance(error, av.FFmpegError | UnicodeError):
        return PictureError(
            tr("{path!r} is not a video, or a part of it is missing", path=str(path)),
            tr("Copy it again, or choose another file"),
        )
    why = reason(error)
    return PictureError(
        tr("The video {path!r} cannot be read: {why}", path=str(path), why=why),
        tr("Copy it again, or choose another file"),
    )
