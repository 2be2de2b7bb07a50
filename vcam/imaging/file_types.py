"""What a file is, by its first bytes: a picture, an animated picture, or a video.

Names lie: phones, browsers and messengers save files without an ending or with a wrong one.
A name is asked only where a list must be quick (:func:`kind_by_name`); what is opened is
decided here.  Nothing is decoded, and a camera or a pipe is never opened.
"""

import os
import stat
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO, Literal

from vcam.translation import tr

Kind = Literal["picture", "animation", "video"]
"""``animation`` is a picture file that holds several pictures with times."""

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
"""Endings of the pictures that vcam writes."""
PICTURE_NAMES = PICTURE_SUFFIXES | {
    *(".jfif", ".jpe", ".avif", ".heic", ".heif", ".hif", ".tif", ".tiff", ".bmp"),
    *(".jp2", ".j2k", ".ppm", ".pgm", ".pbm", ".qoi", ".ico"),
}
"""Endings of files that should hold a picture."""
VIDEO_NAMES = frozenset(
    {
        *(".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2", ".mkv", ".webm", ".ogv", ".avi"),
        *(".wmv", ".asf", ".flv", ".mpg", ".mpeg", ".vob", ".ts", ".mts", ".m2ts", ".dv"),
        *(".mxf", ".nut", ".y4m", ".ivf", ".264", ".h264", ".265", ".hevc", ".mjpg"),
        *(".mjpeg", ".gif"),
    }
)
"""Endings of files that should hold moving pictures."""
OPEN_NAMES = frozenset({".webp", ".avif"})
"""Endings of still and of animated pictures alike."""
MOTION_JPEG = frozenset({".mjpg", ".mjpeg"})
"""Endings of a row of JPEG files, which begins like one."""

HEAD = 4096
"""Bytes of a file's beginning that are read."""
PARTS = 64
"""Most parts of a PNG or GIF file that are looked at to find out whether it moves."""
PIECES = 4096
"""Most pieces of a GIF's first picture that are skipped; a longer one counts as moving."""
PACKETS = 5
"""Packets of a transport stream that make it one: each begins with the same byte."""
REMEMBERED = 4096
"""File versions whose kind is remembered."""

HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
"""Brands of pictures in HEVC, as iPhones take them."""
_STILLS = (
    *(b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"qoif"),
    *(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xffO\xffQ", b"\0\0\x01\0"),
)
"""Beginnings of JPEG, TIFF, QOI, JPEG 2000 and ICO files."""
_VIDEOS = (
    b"\x1aE\xdf\xa3",  # Matroska, WebM
    b"0&\xb2u\x8ef\xcf\x11",  # ASF: WMV
    *(b"FLV\x01", b"OggS", b".RMF", b"DKIF", b"YUV4MPEG2 ", b"\x12\0\n"),
    b"nut/multimedia container",
    b"\x06\x0e+4\x02\x05\x01\x01",  # MXF
    b"\xb7\xd8\x00 7I\xdaM\xa6N\x00\x07\xe9^\xad\x8d",  # WTV
    b"\x1f\x07\0",  # DV
    *(b"\0\0\x01\xba", b"\0\0\x01\xb3", b"\0\0\x01\xb0"),  # MPEG-1, -2 and -4
)
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
"""The first boxes of MP4 and MOV files."""
_Version = tuple[str, int, int, int, int]
_kinds: "OrderedDict[_Version, Kind | None]" = OrderedDict()


def kind_by_name(path: Path) -> Kind | None:
    """What a file should be by its ending; ``None`` where that says nothing."""
    suffix = path.suffix.lower()
    if suffix in OPEN_NAMES:
        return None
    if suffix in VIDEO_NAMES:
        return "animation" if suffix == ".gif" else "video"
    return "picture" if suffix in PICTURE_NAMES else None


def named_like_a_file(name: str) -> bool:
    """Whether ``name`` ends like that of a picture or video."""
    return Path(name).suffix.lower() in PICTURE_NAMES | VIDEO_NAMES


def kind_of_content(path: Path) -> Kind | None:
    """What a file is; ``None`` for neither, and for what is missing or may not be read.

    Reads a few kilobytes, and those only once while the file stays as it is.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return None
        changed_ns = about.st_mtime_ns
        # By its name, too: it decides for motion JPEG.
        version = path.name, about.st_dev, about.st_ino, about.st_size, changed_ns
        if version in _kinds:
            return _kinds[version]
        with regular(path) as file:
            kind = _kind(file, path.suffix.lower())
    except (OSError, ValueError):  # ValueError: a name with a NUL in it
        return None
    _kinds[version] = kind
    while len(_kinds) > REMEMBERED:
        _kinds.popitem(last=False)
    return kind


def regular(path: Path) -> BinaryIO:
    """Open a file to read it; raises :class:`OSError` for what is not a regular one."""
    if not stat.S_ISREG(path.stat().st_mode):  # before: opening wakes a camera
        raise OSError(None, tr("it is not a regular file"))
    # It may have been replaced by a pipe meanwhile, whose other end nobody opens.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    file = os.fdopen(os.open(path, flags | getattr(os, "O_CLOEXEC", 0)), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(None, tr("it is not a regular file"))
    return file


def is_heic(head: bytes) -> bool:
    """Whether a file that begins so is a picture in HEVC."""
    brands = _brands(head)
    still = brands[:1] and brands[0] in {b"mif1", b"msf1"}
    return bool(HEIC & set(brands if still else brands[:1]))


def _kind(file: BinaryIO, suffix: str) -> Kind | None:
    head = file.read(HEAD)
    if head.startswith(b"\xff\xd8\xff") and suffix in MOTION_JPEG:
        return "video"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "animation" if _png_moves(file) else "picture"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "animation" if _gif_moves(file, head) else "picture"
    if head.startswith(b"RIFF"):
        return _riff(head)
    if head.startswith(_STILLS) or _is_bitmap(head) or _is_portable(head):
        return "picture"
    if head[4:8] in _BOXES:
        return _boxed(head)
    if head.startswith(_VIDEOS) or _is_stream(head):
        return "video"
    return None


def _riff(head: bytes) -> Kind | None:
    if head[8:12] == b"WEBP":
        # "Extended File Format" of the container specification: the flags' second bit.
        moves = head[12:16] == b"VP8X" and head[20:21] and head[20] & 2
        return "animation" if moves else "picture"
    return "video" if head[8:12] in {b"AVI ", b"AVIX"} else None


def _brands(head: bytes) -> list[bytes]:
    """The brand of an MP4-like file, then those that it is compatible with."""
    if head[4:8] != b"ftyp":
        return []
    length = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, length - 3, 4))]


def _boxed(head: bytes) -> Kind:
    brands = _brands(head)
    if brands[:1] == [b"avis"]:
        return "animation"
    pictures = HEIC | {b"avif", b"mif1", b"msf1"}
    return "picture" if set(brands[:1]) & pictures else "video"


def _is_bitmap(head: bytes) -> bool:
    header = int.from_bytes(head[14:18], "little")
    return head[:2] == b"BM" and header in {12, 40, 52, 56, 64, 108, 124}


def _is_portable(head: bytes) -> bool:
    """PBM, PGM or PPM."""
    return head[:1] == b"P" and head[1:2] in b"123456" and head[2:3] in b" \t\r\n#"


def _is_stream(head: bytes) -> bool:
    """An MPEG transport stream, also with times as camcorders write it; or bare H.26x."""
    for length in (188, 192, 204):
        for start in range(length):
            sync = head[start : start + PACKETS * length : length]
            if sync == b"\x47" * PACKETS:
                return True
    begins = head[1:] if head.startswith(b"\0\0\0\x01") else head
    if not begins.startswith(b"\0\0\x01") or len(begins) < 5:
        return False
    unit = begins[3]
    # H.264: parameters, delimiter; HEVC: the same with another numbering.
    return unit & 0x9F in {7, 9} or (unit >> 1 in {32, 33, 35} and begins[4] == 1)


def _png_moves(file: BinaryIO) -> bool:
    """Whether the part that announces an animation comes before the picture."""
    at = 8
    for _ in range(PARTS):
        file.seek(at)
        part = file.read(8)
        if len(part) < 8 or part[4:] == b"IDAT":
            return False
        if part[4:] == b"acTL":
            return True
        at += 12 + int.from_bytes(part[:4], "big")
    return False


def _gif_moves(file: BinaryIO, head: bytes) -> bool:
    """Whether there is a second picture; yes where it takes long to find out."""
    if len(head) < 13:
        return False
    file.seek(13 + (3 << (head[10] & 7) + 1 if head[10] & 0x80 else 0))
    pictures = pieces = 0
    while pieces < PIECES:
        mark = file.read(1)
        if mark == b"!":
            file.read(1)
        elif mark == b",":
            pictures += 1
            if pictures == 2:
                return True
            about = file.read(9)
            colours = 3 << (about[8] & 7) + 1 if about[8:] and about[8] & 0x80 else 0
            file.seek(colours + 1, os.SEEK_CUR)
        else:
            return False
        while (length := file.read(1)) not in {b"", b"\0"} and pieces < PIECES:
            file.seek(length[0], os.SEEK_CUR)
            pieces += 1
    return True
