"""The kinds of video files: what each holds, and how good it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from vcam.errors import UsageError
from vcam.frames import Size
from vcam.translation import quoted, tr

QUALITIES = ("low", "medium", "high")
USUAL = "medium"
EXACT = Fraction(1, 90000)
"""Seconds that a time is rounded to, where the file can hold them."""
HD = 720
"""Height from which on players that ignore a file's tags expect BT.709."""


@dataclass(frozen=True)
class VideoKind:
    """A container with its codecs, as FFmpeg calls them."""

    container: str
    codec: str
    pixels: str
    """How pictures are stored."""
    levels: tuple[int, int, int]
    """What :data:`QUALITIES` mean to the codec; the same number thrice: it has one."""
    options: Mapping[str, str] = field(default_factory=dict)
    worst_crf: int = 0
    """The largest constant rate factor; 0 if the codec has none."""
    even: bool = False
    """Whether width and height must be even: colour is stored at half the size."""
    longest_side: int = 65535
    """Most pixels in a row or column."""
    alpha: bool = False
    """Whether it can be transparent."""
    full_range: bool = False
    sound_kept: frozenset[str] = frozenset()
    """Codecs of sound that are copied as they are."""
    sound: str = ""
    """The codec of any other sound; empty: it holds none."""


_H264 = {"preset": "veryfast", "bf": "0"}
# Without B-frames: at uneven times MP4 would be too short by those that are moved.
_VP9 = {"b": "0", "deadline": "realtime", "cpu-used": "6", "row-mt": "1"}
_MP4_SOUND = frozenset({"aac", "mp3", "opus", "flac", "alac"})
_MOV_SOUND = frozenset({"aac", "mp3", "alac", "pcm_s16le", "pcm_s24le"})
_MKV_SOUND = _MP4_SOUND | _MOV_SOUND | {"ac3", "eac3", "dts", "mp2", "vorbis", "truehd"}
_WEBM_SOUND = frozenset({"opus", "vorbis"})

KINDS = {
    ".mp4": VideoKind(
        *("mp4", "libx264", "yuv420p", (28, 21, 16), _H264, 51),
        even=True,
        longest_side=16384,
        sound_kept=_MP4_SOUND,
        sound="aac",
    ),
    ".mov": VideoKind(
        *("mov", "libx264", "yuv420p", (28, 21, 16), _H264, 51),
        even=True,
        longest_side=16384,
        sound_kept=_MOV_SOUND,
        sound="aac",
    ),
    ".mkv": VideoKind(
        *("matroska", "libx264", "yuv420p", (28, 21, 16), _H264, 51),
        even=True,
        longest_side=16384,
        sound_kept=_MKV_SOUND,
        sound="aac",
    ),
    ".webm": VideoKind(
        *("webm", "libvpx-vp9", "yuv420p", (42, 31, 20), _VP9, 63),
        sound_kept=_WEBM_SOUND,
        sound="libopus",
    ),
    ".avi": VideoKind(
        *("avi", "mjpeg", "yuvj420p", (9, 4, 2)),
        even=True,
        full_range=True,
        sound="pcm_s16le",
    ),
    ".gif": VideoKind("gif", "gif", "pal8", (0, 0, 0)),
}
"""What becomes of the pictures, by the suffix of the file's name."""

TRANSPARENT = {
    ".webm": VideoKind(
        *("webm", "libvpx-vp9", "yuva420p", (42, 31, 20)),
        {**_VP9, "auto-alt-ref": "0"},
        worst_crf=63,
        alpha=True,
        sound_kept=_WEBM_SOUND,
        sound="libopus",
    ),
    ".mov": VideoKind(
        *("mov", "prores_ks", "yuva444p10le", (0, 0, 0)),
        {"profile": "4444", "vendor": "apl0", "alpha_bits": "16"},
        alpha=True,
        sound_kept=_MOV_SOUND,
        sound="aac",
    ),
}
"""The same for files that are transparent around the person."""


def kind_of(path: Path, *, alpha: bool = False) -> VideoKind:
    """The kind that the suffix of ``path`` names; raises UsageError if there is none."""
    suffix = path.suffix.lower()
    if alpha and suffix in KINDS and suffix not in TRANSPARENT:
        raise UsageError(
            tr("A {kind} video cannot be transparent", kind=suffix),
            tr(
                "End the name in .webm for browsers, in .mov for video editors, or in "
                "%06d.png for one picture per frame"
            ),
        )
    kind = (TRANSPARENT if alpha else KINDS).get(suffix)
    if kind is None:
        raise UsageError(
            tr("A video cannot be written to {file}", file=quoted(str(path))),
            tr(
                "End the name in one of {endings}",
                endings=", ".join(TRANSPARENT if alpha else KINDS),
            ),
        )
    return kind


def check_size(kind: VideoKind, path: Path, size: Size) -> None:
    """Raise UsageError when pictures of ``size`` are too large for that kind."""
    if max(size) > kind.longest_side:
        raise UsageError(
            tr(
                "{size} is too large for a {kind} video, whose sides are {most} pixels at "
                "most",
                size=size,
                kind=path.suffix.lower(),
                most=kind.longest_side,
            ),
            tr("Scale the input down, or end the name of OUT in .webm"),
        )


def options_for(
    kind: VideoKind, path: Path, quality: str | None, crf: int | None
) -> dict[str, str]:
    """The codec's options at that quality; raises UsageError where it has no choice."""
    low, medium, high = kind.levels
    name = path.suffix.lower()
    if quality is not None and low == high:
        raise UsageError(
            tr("A {kind} video of this kind has only one quality", kind=name),
            tr("Leave --quality out"),
        )
    if crf is not None and not kind.worst_crf:
        raise UsageError(
            tr("A {kind} video of this kind has no --crf", kind=name), tr("Leave it out")
        )
    if crf is not None and not 0 <= crf <= kind.worst_crf:
        raise UsageError(
            tr("--crf {number} is out of range for {kind}", number=crf, kind=name),
            tr("Choose 0, the best, to {most}, the smallest file", most=kind.worst_crf),
        )
    level = dict(zip(QUALITIES, (low, medium, high), strict=True))[quality or USUAL]
    options = dict(kind.options)
    if kind.worst_crf:
        options["crf"] = str(level if crf is None else crf)
    elif low != high:
        options |= {"qmin": str(level), "qmax": str(level)}
    return options
