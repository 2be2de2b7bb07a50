"""Files that are damaged, disguised or no files at all."""

import io
import math
import os
import random
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from files_films import Good, quiet
from files_kinds import FILMS
from files_stills import ANIMATIONS, STILLS

ANY, TOLD, RIGHT = "any", "told", "right"
"""What may become of a file: a picture or a clear line; only a line; a line, or a picture
with the right colours."""


@dataclass(frozen=True)
class Bad:
    """A bad file."""

    path: Path
    damage: str
    allowed: str = ANY
    original: str = ""
    """The good file that it was made of."""


VICTIMS = (
    *(
        "h264.mp4",
        "h264_b.mp4",
        "h264.mkv",
        "h264.flv",
        "h264.ts",
        "raw.h264",
        "hevc_10.mov",
    ),
    *(
        "av1.mp4",
        "vp8.webm",
        "vp9.webm",
        "prores.mov",
        "mjpeg.avi",
        "mpeg2.mpg",
        "mpeg4.avi",
    ),
    *("wmv2.wmv", "ffv1.mkv", "huffyuv.avi", "tff.mpg", "pq.mkv", "recorder_sound.webm"),
    *("film.gif", "film.png", "film.webp", "film.avif"),
    *("deep.png", "palette.png", "rgb.jpg", "progressive.jpg", "cmyk.jpg", "lossy.webp"),
    *("rgb.avif", "lzw.tiff", "rgb.bmp", "rgb.jp2"),
)
"""The good files that are damaged in every way."""
FILES: tuple[Good, ...] = (*FILMS, *ANIMATIONS, *STILLS)
GOOD = {each.name: each for each in FILES}
OTHER_ENDINGS = {
    "h264.mp4": (".png", ".gif", ".mts", ".txt", "", ".jfif", ".m3u8", ".webp"),
    "vp9.webm": (".mp4", ".jpg", ".3gp"),
    "h264.ts": (".mts", ".mp4", ".avi"),
    "raw.h264": (".mp4", ".bin"),
    "film.gif": (".png", ".mp4", ""),
    "film.webp": (".gif", ".jpg", ".mp4"),
    "film.png": (".apng", ".mp4", ".jpeg"),
    "rgb.jpg": (".png", ".mp4", ".jfif", ".gif", ""),
    "rgb.png": (".jpg", ".webm", ".webp"),
    "rgb.avif": (".jpg", ".mp4"),
    "lossy.webp": (".png", ".mkv"),
}
"""Endings that say something else than the content."""


def good(name: str, folder: Path) -> bytes:
    """The bytes of a good file; it is written into ``folder`` once."""
    path = folder / name
    if not path.exists():
        GOOD[name].write(folder)
    return path.read_bytes()


def _cut(percent: int) -> Callable[[bytes], bytes]:
    return lambda content: content[: max(1, len(content) * percent // 100)]


def _zero_head(content: bytes) -> bytes:
    return bytes(64) + content[64:]


def _zero_block(content: bytes) -> bytes:
    length = max(16, len(content) // 10)
    begins = len(content) // 2
    return content[:begins] + bytes(length) + content[begins + length :]


def _flip(seed: int) -> Callable[[bytes], bytes]:
    def flipped(content: bytes) -> bytes:
        chance, some = random.Random(seed), bytearray(content)
        for _ in range(20):
            some[chance.randrange(len(some))] ^= 1 << chance.randrange(8)
        return bytes(some)

    return flipped


def _doubled(content: bytes) -> bytes:
    return content + content


def _tail(content: bytes) -> bytes:
    return content + random.Random(5).randbytes(3000)


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut at 10 %": (_cut(10), RIGHT),
    "cut at 50 %": (_cut(50), RIGHT),
    "cut at 90 %": (_cut(90), RIGHT),
    "cut at 99 %": (_cut(99), RIGHT),
    "beginning zeroed": (_zero_head, ANY),
    "block zeroed": (_zero_block, ANY),
    "bits flipped": (_flip(1), ANY),
    "other bits flipped": (_flip(2), ANY),
    "twice in one file": (_doubled, ANY),
    "something appended": (_tail, RIGHT),
}


def bad_files(folder: Path, port: int) -> list[Bad]:
    """Write every bad file into ``folder``.

    Those that name an address name ``port`` of this machine, where the caller can see
    whether somebody comes.
    """
    originals = folder / "originals"
    originals.mkdir(parents=True)
    made: list[Bad] = []
    for name in VICTIMS:
        content = good(name, originals)
        for damage, (spoil, allowed) in DAMAGES.items():
            path = folder / f"{damage.replace(' %', '').replace(' ', '_')}-{name}"
            path.write_bytes(spoil(content))
            made.append(Bad(path, damage, allowed, name))
    for name, endings in OTHER_ENDINGS.items():
        for ending in endings:
            path = folder / f"ending-{name.replace('.', '_')}{ending}"
            path.write_bytes(good(name, originals))
            made.append(Bad(path, "wrong ending", RIGHT, name))
    for damage, allowed, make in (
        ("empty", TOLD, _empty),
        ("no picture or video", TOLD, _foreign),
        ("names another file or an address", TOLD, _references),
        ("states a huge size", ANY, _huge),
        ("no frames", TOLD, _frameless),
        ("only sound", TOLD, _sound),
        ("unknown codec", TOLD, _unknown),
        ("encrypted", ANY, _encrypted),
        ("absurd rates and times", ANY, _rates),
    ):
        for name, content in make(folder, originals, port):
            path = folder / f"{damage.split()[0]}-{name}"
            path.write_bytes(content)
            made.append(Bad(path, damage, allowed))
    made += _no_files(folder, originals)
    return made + _names(folder / "names", originals)


Made = Iterator[tuple[str, bytes]]


def _empty(folder: Path, originals: Path, port: int) -> Made:
    for name in ("a.mp4", "a.png", "a.jpg", "a.gif", "a.webp", "a.ts", "a"):
        yield name, b""
        yield f"one_byte_{name}", b"\0"


def _foreign(folder: Path, originals: Path, port: int) -> Made:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo("inside.mp4"), good("h264.mp4", originals))
    contents = {
        "text": b"It was a bright cold day in April.\n" * 40,
        "html": b"<!DOCTYPE html><html><body>404 Not Found</body></html>\n",
        "zip": archive.getvalue(),
        "elf": b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\x3e\x00" + bytes(500),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
        "pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n",
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(x) run\n",
        "subtitles": b"1\n00:00:00,000 --> 00:00:01,000\nHello\n",
        "zeroes": bytes(5000),
        "ones": b"\xff" * 5000,
    }
    for what, content in contents.items():
        for ending in ("mp4", "jpg", "gif"):
            yield f"{what}.{ending}", content


def _references(folder: Path, originals: Path, port: int) -> Made:
    good("h264.ts", originals)
    near, far = "originals/h264.ts", (originals / "h264.ts").absolute()
    address = f"http://127.0.0.1:{port}/film.ts"
    head = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n"
    track = (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" '
        'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
        '<Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation>'
        "</AdaptationSet></Period></MPD>"
    )
    session = (
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    )
    texts = {
        "hls_near": f"{head}{near}\n#EXT-X-ENDLIST\n",
        "hls_far": f"{head}{far}\n#EXT-X-ENDLIST\n",
        "hls_http": f"{head}{address}\n#EXT-X-ENDLIST\n",
        "hls_concat": f"{head}concat:{near}|{near}\n#EXT-X-ENDLIST\n",
        "concat_near": f"ffconcat version 1.0\nfile {near}\n",
        "concat_far": f"ffconcat version 1.0\nfile {far}\n",
        "concat_http": f"ffconcat version 1.0\nfile {address}\n",
        "sdp": session,
        "mpd_near": track.format(near),
        "mpd_http": track.format(address),
        "asx": f"[Reference]\nRef1={address}\n",
        "rtsp": f"rtsp://127.0.0.1:{port}/film\n",
        "pls": f"[playlist]\nFile1={address}\nNumberOfEntries=1\n",
        "ffmetadata": f";FFMETADATA1\ntitle={address}\n",
    }
    endings = {"hls": "m3u8", "sdp": "sdp", "mpd": "mpd"}
    for what, text in texts.items():
        for ending in {"mp4", "webp", endings.get(what.split("_")[0], "mkv")}:
            yield f"{what}.{ending}", text.encode()


def _huge(folder: Path, originals: Path, port: int) -> Made:
    content = bytearray(good("rgb.png", originals))
    struct.pack_into(">II", content, 16, 60_000, 60_000)
    struct.pack_into(">I", content, 29, zlib.crc32(content[12:29]))
    yield "png.png", bytes(content)
    content = bytearray(good("film.png", originals))
    struct.pack_into(">II", content, 16, 30_000, 30_000)
    struct.pack_into(">I", content, 29, zlib.crc32(content[12:29]))
    yield "apng.png", bytes(content)
    content = bytearray(good("film.gif", originals))
    struct.pack_into("<HH", content, 6, 65_535, 65_535)
    yield "gif.gif", bytes(content)
    for name in ("rgb.jpg", "progressive.jpg"):
        content = bytearray(good(name, originals))
        marker = b"\xff\xc2" if name.startswith("p") else b"\xff\xc0"
        struct.pack_into(">HH", content, content.index(marker) + 5, 65_500, 65_500)
        yield name, bytes(content)
    content = bytearray(good("rgb.bmp", originals))
    struct.pack_into("<ii", content, 18, 100_000, 100_000)
    yield "bmp.bmp", bytes(content)
    content = bytearray(good("mjpeg.avi", originals))
    struct.pack_into("<ii", content, content.index(b"strf") + 12, 65_000, 65_000)
    yield "header.avi", bytes(content)
    at = content.index(b"\xff\xc0")
    while at >= 0:
        struct.pack_into(">HH", content, at + 5, 65_500, 65_500)
        at = content.find(b"\xff\xc0", at + 1)
    yield "frames.avi", bytes(content)
    content = bytearray(good("raw.avi", originals))
    struct.pack_into("<ii", content, content.index(b"strf") + 12, 50_000, 50_000)
    yield "raw.avi", bytes(content)
    yield "raw.y4m", b"YUV4MPEG2 W60000 H60000 F25:1 Ip A1:1 C420jpeg\nFRAME\n" + bytes(999)
    content = bytearray(good("vp8.webm", originals))
    at = content.index(b"\x9d\x01\x2a")
    struct.pack_into("<HH", content, at + 3, 16_383, 16_383)
    yield "vp8.webm", bytes(content)
    content = bytearray(good("ffv1.mkv", originals))
    at = content.index(b"\xb0\x81\xc0")  # PixelWidth, one byte: 192
    content[at : at + 3] = b"\xb0\x81\xff"
    yield "wider.mkv", bytes(content)
    content = bytearray(good("h264.mp4", originals))
    at = content.index(b"stsz")
    struct.pack_into(">II", content, at + 8, 0x7FFFFFFF, 0x0FFFFFFF)
    yield "samples.mp4", bytes(content)
    content = bytearray(good("h264.mp4", originals))
    struct.pack_into(">I", content, content.index(b"moov") - 4, 0x7FFFFFF0)
    yield "moov.mp4", bytes(content)


def _frameless(folder: Path, originals: Path, port: int) -> Made:
    for ending, codec in (
        *(("mp4", "mpeg4"), ("mov", "mpeg4"), ("mkv", "mpeg4"), ("webm", "libvpx-vp9")),
        *(("avi", "mpeg4"), ("ts", "mpeg2video"), ("flv", "flv")),
    ):
        path = originals / f"none.{ending}"
        with av.open(str(path), "w") as out:
            video = out.add_stream(codec, rate=25)
            assert isinstance(video, VideoStream)
            video.width, video.height, video.pix_fmt = 192, 128, "yuv420p"
            out.start_encoding()
        yield path.name, path.read_bytes()
    content = good("film.gif", originals)
    colours = 3 * 2 ** ((content[10] & 7) + 1) if content[10] & 128 else 0
    yield "none.gif", content[: 13 + colours] + b";"
    content = good("rgb.png", originals)
    yield "none.png", content[:33] + content[-12:]
    yield "head.y4m", good("raw.y4m", originals).split(b"FRAME")[0]


def _sound(folder: Path, originals: Path, port: int) -> Made:
    for ending, codec in (
        *(("m4a", "aac"), ("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("mka", "libopus")),
        *(("webm", "libopus"), ("flac", "flac"), ("ts", "aac"), ("ogg", "libopus")),
    ):
        path = originals / f"sound.{ending}"
        with av.open(str(path), "w", format="matroska" if ending == "mka" else None) as out:
            sound = out.add_stream(codec, rate=48000, layout="mono")
            assert isinstance(sound, AudioStream)
            kind = sound.codec_context.format.name
            for number in range(20):
                frame = quiet(kind)
                frame.pts = number * 1024
                out.mux(sound.encode(frame))
            out.mux(sound.encode(None))
        yield path.name, path.read_bytes()
        if ending == "m4a":
            yield "as_video.mp4", path.read_bytes()
            yield "as_picture.png", path.read_bytes()


def _unknown(folder: Path, originals: Path, port: int) -> Made:
    for name, tag, other in (
        ("h264.mp4", b"avc1", b"zzzz"),
        ("hevc_10.mov", b"hev1", b"qqqq"),
        ("h264.mkv", b"V_MPEG4/ISO/AVC", b"V_SOMETHING/NEW"),
        ("vp9.webm", b"V_VP9", b"V_VP0"),
        ("mjpeg.avi", b"MJPG", b"ZZZZ"),
        ("mpeg4.avi", b"FMP4", b"ABCD"),
        ("flv.flv", b"\x09\x00", b"\x09\x00"),
    ):
        content = good(name, originals)
        if name == "flv.flv":  # the codec is the lower half of each picture's first byte
            some = bytearray(content)
            at = 13
            while at < len(some) - 15:
                length = int.from_bytes(some[at + 1 : at + 4], "big")
                if some[at] == 9:
                    some[at + 11] = some[at + 11] & 0xF0 | 0xB
                at += length + 15
            yield name, bytes(some)
            continue
        assert tag in content, name
        yield name, content.replace(tag, other).replace(tag.lower(), other.lower())


def _encrypted(folder: Path, originals: Path, port: int) -> Made:
    chance = random.Random(11)
    for ending in ("mp4", "mkv", "ts", "jpg", "gif", "avi", "h264", "mpg"):
        yield f"noise.{ending}", chance.randbytes(20_000)
    content = good("h264.mp4", originals)
    yield "encv.mp4", content.replace(b"avc1", b"encv")
    for name in ("h264.mp4", "hevc.mp4", "av1.mp4", "prores.mov"):
        some = bytearray(good(name, originals))
        at = some.index(b"mdat")
        length = struct.unpack_from(">I", some, at - 4)[0] - 8
        some[at + 4 : at + 4 + length] = chance.randbytes(length)
        yield f"samples_{name}", bytes(some)


def _rates(folder: Path, originals: Path, port: int) -> Made:
    content = good("mpeg4.avi", originals)
    for scale, rate in ((0, 0), (0, 25), (1, 0), (1, 0xFFFFFFFF), (0xFFFFFFFF, 1)):
        some = bytearray(content)
        struct.pack_into("<II", some, some.index(b"vids") + 20, scale, rate)
        struct.pack_into("<I", some, some.index(b"avih") + 8, 0)
        yield f"{rate}_over_{scale}.avi", bytes(some)
    content = good("h264.mp4", originals)
    for box, offset, value in (
        *(("mdhd", 16, 0), ("mdhd", 16, 1), ("mdhd", 16, 0xFFFFFFFF), ("mvhd", 16, 0)),
        *(("stts", 16, 0), ("stts", 16, 0x7FFFFFFF), ("stts", 12, 0), ("stts", 8, 0)),
        *(("mdhd", 20, 0xFFFFFFFF), ("tkhd", 24, 0xFFFFFFFF)),
        *(("elst", 8, 0), ("elst", 12, 0x7FFFFFFF), ("tkhd", 44, 0)),
    ):
        some = bytearray(content)
        struct.pack_into(">I", some, some.index(box.encode()) + offset, value)
        yield f"{box}_{offset}_{value:x}.mp4", bytes(some)
    content = good("h264.mkv", originals)
    at = content.index(b"\x44\x89\x88")  # Duration, a double
    for number in (math.nan, math.inf, -1.0, 1e300):
        yield (
            f"lasts_{number}.mkv",
            content[: at + 3] + struct.pack(">d", number) + content[at + 11 :],
        )
    for text in ("0:0", "1:0", "0:1", "1000000:1", "-25:1", "4294967295:1"):
        yield (
            f"{text.replace(':', '_')}.y4m",
            good("raw.y4m", originals).replace(b"F25:1", b"F" + text.encode(), 1),
        )
    content = good("h264.flv", originals)
    at = content.find(b"framerate\0")
    for number in (math.nan, math.inf, 0.0, 1e9):
        yield (
            f"rate_{number}.flv",
            content[: at + 10] + struct.pack(">d", number) + content[at + 18 :],
        )
    content = good("film.png", originals)
    some = bytearray(content)
    at = some.find(b"fcTL")
    while at >= 0:
        struct.pack_into(">HH", some, at + 24, 0, 0)
        struct.pack_into(">I", some, at + 30, zlib.crc32(some[at : at + 30]))
        at = some.find(b"fcTL", at + 4)
    yield "no_delay.png", bytes(some)
    some = bytearray(good("film.gif", originals))
    at = some.find(b"\x21\xf9\x04")
    while at >= 0:
        struct.pack_into("<H", some, at + 4, 0)
        at = some.find(b"\x21\xf9\x04", at + 3)
    yield "no_delay.gif", bytes(some)


def _no_files(folder: Path, originals: Path) -> list[Bad]:
    """What has a path, and is no file."""
    made = []

    def add(name: str, damage: str, allowed: str = TOLD) -> Path:
        made.append(Bad(folder / name, damage, allowed))
        return folder / name

    for ending in ("mp4", "png", "gif"):
        add(f"folder.{ending}", "a folder").mkdir()
        os.mkfifo(add(f"pipe.{ending}", "a pipe"))
        add(f"zero.{ending}", "a device").symlink_to("/dev/zero")
        add(f"loop.{ending}", "links in a circle").symlink_to(folder / f"loop.{ending}")
        add(f"nowhere.{ending}", "a link to nothing").symlink_to(folder / "nothing")
        add(f"missing.{ending}", "nothing there")
        path = add(f"locked.{ending}", "no permission", ANY)
        path.write_bytes(good("h264.mp4", originals))
        path.chmod(0)
    add("null.mp4", "a device").symlink_to("/dev/null")
    add("terminal.mp4", "a device").symlink_to("/dev/ptmx")
    add("under/h264.mp4/film.mp4", "nothing there")
    add("n" * 300 + ".mp4", "nothing there")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(add("socket.mp4", "a socket")))
    return made


def _names(folder: Path, originals: Path) -> list[Bad]:
    """Good files with names that are hard to pass on, print and open."""
    folder.mkdir()
    made = []
    for number, name in enumerate(
        (
            *(b"2024-01-01-10:30.mp4", b"a \"b\" 'c'.mp4", b"100%.mp4", b"film%03d.mp4"),
            *(b"-o.mp4", "😀.mp4".encode(), "שלום.mp4".encode(), b"\xff\xfe.mp4"),
            *(b"n" * 251 + b".mp4", b"http:", b"file:x.mp4", b"line\nbreak.mp4", b"pipe:0"),
            *(
                b"\x1b[31mred.mp4",
                b"concat:a|b.mp4",
                b".mp4",
                b" .mp4",
                b"a\\b.mp4",
                b"~.mp4",
            ),
        )
    ):
        original = "h264.mp4" if number % 2 else "film.gif"
        path = folder / os.fsdecode(name)
        path.write_bytes(good(original, originals))
        made.append(Bad(path, "a name of an unusual kind", RIGHT, original))
    return made
