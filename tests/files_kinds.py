"""The films of :mod:`files_matrix`: every kind of file that people have."""

from fractions import Fraction
from itertools import product

from files_films import HLG, PQ, Film

TWELFTHS = tuple(Fraction(n, 1000) for n in (0, 40, 140, 150, 400, 480))
"""Times of no steady rate."""
TURN = 65536
"""One, in a display matrix."""

CONTAINERS = (
    Film("h264.mp4", about="H.264"),
    Film("h264_b.mp4", options={"preset": "veryfast", "bf": "2"}, about="H.264, B-frames"),
    Film("h264.mov", about="H.264"),
    Film("h264.mkv", about="H.264"),
    Film("h264.flv", about="H.264"),
    Film("h264.ts", about="H.264"),
    Film("h264.mts", container="mpegts", about="H.264"),
    Film("raw.h264", about="H.264 without a container"),
    Film("hevc.mp4", "libx265", about="HEVC"),
    Film("hevc.mkv", "libx265", about="HEVC"),
    Film("hevc_10.mov", "libx265", "yuv420p10le", about="HEVC, 10 bit"),
    Film("hevc_12.mp4", "libx265", "yuv420p12le", about="HEVC, 12 bit"),
    Film("hevc_422.mkv", "libx265", "yuv422p10le", about="HEVC, 10 bit 4:2:2"),
    Film("av1.mp4", "libsvtav1", about="AV1"),
    Film("av1_10.webm", "libsvtav1", "yuv420p10le", about="AV1, 10 bit"),
    Film("vp8.webm", "libvpx", tagged=False, about="VP8"),
    Film("vp9.webm", "libvpx-vp9", about="VP9"),
    Film("vp9_444.webm", "libvpx-vp9", "yuv444p", about="VP9, 4:4:4"),
    Film("vp9.ivf", "libvpx-vp9", about="VP9"),
    Film("vp8.ogv", "libvpx", container="ogg", tagged=False, about="VP8"),
    Film("prores.mov", "prores_ks", "yuv422p10le", about="ProRes 422 HQ"),
    Film("dnxhr.mov", "dnxhd", "yuv422p", 256, 160, matrix="709", about="DNxHR"),
    Film("cineform.mov", "cfhd", "yuv422p10le", about="CineForm"),
    Film("mjpeg.avi", "mjpeg", "yuvj420p", full=True, about="MJPEG"),
    Film("mjpeg.mov", "mjpeg", "yuvj420p", full=True, about="MJPEG"),
    Film("mpeg1.mpg", "mpeg1video", container="mpeg", tagged=False, about="MPEG-1"),
    Film("mpeg2.mpg", "mpeg2video", container="vob", about="MPEG-2"),
    Film("mpeg2.ts", "mpeg2video", about="MPEG-2"),
    Film("mpeg2.mxf", "mpeg2video", about="MPEG-2"),
    Film("mpeg4.avi", "mpeg4", tagged=False, about="MPEG-4"),
    Film("mpeg4.mp4", "mpeg4", about="MPEG-4"),
    Film("msmpeg4.avi", "msmpeg4", tagged=False, about="Microsoft's MPEG-4"),
    Film("wmv2.wmv", "wmv2", container="asf", tagged=False, about="WMV"),
    Film("flv.flv", "flv", tagged=False, about="Sorenson Spark"),
    Film(
        "h263.3gp",
        "h263",
        "yuv420p",
        176,
        144,
        tagged=False,
        aspect=Fraction(12, 11),
        about="H.263",
    ),
    Film("cinepak.avi", "cinepak", "rgb24", about="Cinepak"),
    Film("svq1.mov", "svq1", "yuv410p", within=5, about="Sorenson Video"),
    Film("qtrle.mov", "qtrle", "rgb24", about="QuickTime Animation"),
    Film("ffv1.mkv", "ffv1", about="FFV1"),
    Film("ffv1.nut", "ffv1", about="FFV1"),
    Film("huffyuv.avi", "huffyuv", "yuv422p", tagged=False, about="HuffYUV"),
    Film("utvideo.avi", "utvideo", tagged=False, about="Ut Video"),
    Film("raw.avi", "rawvideo", "bgr24", about="not compressed"),
    Film("raw.y4m", "rawvideo", tagged=False, about="not compressed"),
    Film("jpeg2000.mov", "jpeg2000", "rgb24", about="JPEG 2000"),
)
_HD = {"width": 1280, "height": 720, "times": tuple(Fraction(n, 25) for n in range(3))}
COLOURS = (
    *(
        Film(
            f"{matrix}_{'full' if full else 'limited'}_{bits}.mp4",
            "libx264" if bits == 8 else "libx265",
            "yuv420p" if bits == 8 else "yuv420p10le",
            matrix=matrix,
            full=full,
            about=f"BT.{matrix}, {'full' if full else 'limited'} range, {bits} bit",
        )
        for matrix, full, bits in product(("601", "709", "2020"), (False, True), (8, 10))
    ),
    Film("p3.mov", matrix="709", p3=True, about="Display P3 primaries"),
    Film("untagged_sd.mp4", tagged=False, about="not tagged, below 720 lines: BT.601"),
    Film(
        "untagged_hd.mp4",
        matrix="709",
        tagged=False,
        **_HD,  # type: ignore
        about="not tagged, from 720 lines: BT.709",
    ),
    Film(
        "hlg.mp4",
        "libx265",
        "yuv420p10le",
        matrix="2020",
        transfer=HLG,
        within=12,
        about="HLG",
    ),
    Film(
        "pq.mkv",
        "libx265",
        "yuv420p10le",
        matrix="2020",
        transfer=PQ,
        within=12,
        about="PQ",
    ),
    Film(
        "pq_av1.mp4",
        "libsvtav1",
        "yuv420p10le",
        matrix="2020",
        transfer=PQ,
        within=12,
        about="PQ, AV1",
    ),
)


def _turned(
    name: str, display: tuple[int, int, int, int], turned: int, mirrored: bool
) -> Film:
    a, b, c, d = (each * TURN for each in display)
    matrix = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    how = f"turned by {turned * 90}°" + (" and mirrored" if mirrored else "")
    return Film(name, display=matrix, turned=turned, mirrored=mirrored, about=how)


SHAPES = (
    _turned("turned_90.mp4", (0, 1, -1, 0), 1, False),
    _turned("turned_180.mov", (-1, 0, 0, -1), 2, False),
    _turned("turned_270.mp4", (0, -1, 1, 0), 3, False),
    _turned("mirrored.mp4", (-1, 0, 0, 1), 0, True),
    _turned("mirrored_180.mp4", (1, 0, 0, -1), 2, True),
    _turned("transposed.mp4", (0, 1, 1, 0), 1, True),
    _turned("transversed.mov", (0, -1, -1, 0), 3, True),
    _turned("turned_90.mkv", (0, 1, -1, 0), 1, False),
    Film(
        "wide.mp4", width=180, height=144, aspect=Fraction(64, 45), about="pixels of 64:45"
    ),
    Film(
        "wide.mpg",
        "mpeg2video",
        width=720,
        height=576,
        aspect=Fraction(64, 45),
        container="vob",
        times=tuple(Fraction(n, 25) for n in range(3)),
        about="pixels of 64:45",
    ),
    Film(
        "wide.mkv",
        "libx265",
        width=180,
        height=144,
        aspect=Fraction(64, 45),
        about="pixels of 64:45",
    ),
    Film("odd.webm", "libvpx-vp9", width=161, height=121, about="odd size"),
    Film("cropped.mp4", width=162, height=122, about="no multiple of 16"),
    Film("resized.h264", resized=(96, 64), about="another size from the middle on"),
    Film("resized.ts", resized=(256, 144), about="another size from the middle on"),
    Film("alpha.webm", "libvpx-vp9", "yuva420p", see_through=True, about="VP9 over black"),
    Film(
        "alpha_vp8.webm",
        "libvpx",
        "yuva420p",
        see_through=True,
        tagged=False,
        options={"auto-alt-ref": "0"},
        about="VP8 over black",
    ),
    Film(
        "alpha.mov",
        "prores_ks",
        "yuva444p10le",
        see_through=True,
        options={"profile": "4444", "alpha_bits": "16"},
        about="ProRes 4444 over black",
    ),
    Film("alpha.mkv", "ffv1", "bgra", see_through=True, about="FFV1 over black"),
    Film(
        "alpha_rle.mov",
        "qtrle",
        "argb",
        see_through=True,
        about="QuickTime Animation over black",
    ),
    Film("tff.mp4", interlaced="tff", options={"x264-params": "tff=1"}, about="interlaced"),
    Film(
        "bff.mts",
        interlaced="bff",
        container="mpegts",
        options={"x264-params": "bff=1"},
        about="interlaced",
    ),
    Film(
        "tff.mpg",
        "mpeg2video",
        container="vob",
        interlaced="tff",
        options={"flags": "+ildct+ilme", "field_order": "tt"},
        about="interlaced",
    ),
    Film(
        "dv.avi",
        "dvvideo",
        "yuv420p",
        720,
        576,
        interlaced="bff",
        tagged=False,
        aspect=Fraction(16, 15),
        times=tuple(Fraction(n, 25) for n in range(4)),
        about="interlaced",
    ),
)
TIMES = (
    *(
        Film(f"varying.{end}", times=TWELFTHS, about="no steady rate")
        for end in ("mp4", "mkv", "mov")
    ),
    Film("varying.webm", "libvpx-vp9", times=TWELFTHS, about="no steady rate"),
    Film("sound_later.mkv", sound_s=0.1, about="sound begins after the picture"),
    Film(
        "sound_later.webm",
        "libvpx-vp9",
        sound_s=0.1,
        about="sound begins after the picture",
    ),
    Film("sound_later.mp4", sound_s=0.1, about="sound begins after the picture"),
    Film(
        "sound_first.mkv",
        times=tuple(Fraction(n + 10, 25) for n in range(6)),
        sound_s=0.0,
        about="the picture begins after the sound",
    ),
    Film(
        "sound_first.mp4",
        times=tuple(Fraction(n + 10, 25) for n in range(6)),
        sound_s=0.0,
        about="the picture begins after the sound",
    ),
    Film(
        "late.ts",
        times=tuple(Fraction(n + 100, 25) for n in range(6)),
        about="begins at 4 s",
    ),
    Film("cut.mp4", first=2, about="cut by an edit list"),
    Film("cut.mov", first=3, about="cut by an edit list"),
    Film(
        "recorder.webm",
        "libvpx",
        streamed=True,
        tagged=False,
        times=TWELFTHS,
        about="recorded by a browser: without rate and length",
    ),
    Film(
        "recorder_sound.webm",
        "libvpx",
        streamed=True,
        tagged=False,
        times=TWELFTHS,
        sound_s=0.0,
        about="recorded by a browser: without rate and length",
    ),
    Film(
        "recorder.mkv",
        streamed=True,
        container="matroska",
        times=TWELFTHS,
        about="recorded by a browser: without rate and length",
    ),
    Film(
        "slow.mp4",
        times=tuple(Fraction(n * 15) for n in range(4)),
        fps=1,
        about="a slide for 15 s",
    ),
    Film(
        "fast.mkv",
        times=tuple(Fraction(n, 120) for n in range(7)),
        fps=120,
        about="120 frames/s",
    ),
    Film("sound.mp4", sound_s=0.0, about="with sound"),
    Film("cover.mp4", sound_s=0.0, cover=True, about="with a cover picture"),
)
FILMS = CONTAINERS + COLOURS + SHAPES + TIMES
