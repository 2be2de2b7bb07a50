"""Pictures as phones, cameras, scanners and browsers save them have the right colours."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from icc import ADOBE, P3, cmyk, grey, rgb
from PIL import Image as Pictures
from PIL import ImageCms

from vcam.errors import PictureError
from vcam.frames import Image
from vcam.imaging.file_types import kind_of_content
from vcam.imaging.pictures import animation, load_picture

GREEN = (93, 168, 83)
V16 = 128 * 257
"""A grey of 16 bits that is 128 in 8."""


def flat(mode: str, colour: tuple[int, ...] | int, size: int = 16) -> Pictures.Image:
    return Pictures.new(mode, (size, size), colour)


def rgb_of(path: Path, over: tuple[int, int, int] = (0, 0, 0)) -> tuple[int, ...]:
    """The one colour of a picture, in RGB."""
    image = load_picture(path, over=over)
    assert (image == image[0, 0]).all()
    return tuple(image[0, 0, ::-1].tolist())


def png(path: Path, depth: int, kind: int, row: bytes, *parts: tuple[bytes, bytes]) -> Path:
    """A PNG file of 8x8 pixels, written part by part."""

    def part(name: bytes, content: bytes) -> bytes:
        check = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", 8, 8, depth, kind, 0, 0, 0)
    pixels = zlib.compress((b"\0" + row) * 8)
    content = b"".join(
        part(*each) for each in ((b"IHDR", head), *parts, (b"IDAT", pixels), (b"IEND", b""))
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + content)
    return path


def to_srgb(linear: np.ndarray) -> tuple[int, ...]:
    high = 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055
    coded = np.where(linear <= 0.0031308, 12.92 * linear, high)
    return tuple(np.rint(coded.clip(0, 1) * 255).astype(int).tolist())


SRGB = np.array(
    [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.7141]]
)
"""sRGB's red, green and blue in XYZ, adapted to D50."""


def expected(colour: tuple[int, ...], primaries: object, gamma: float | None) -> np.ndarray:
    given = np.array(colour) / 255
    if gamma:
        linear = given**gamma
    else:
        linear = np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)
    return np.array(to_srgb(linear @ np.array(primaries) @ np.linalg.inv(SRGB)))


class TestProfiles:
    @pytest.mark.parametrize("suffix", ["png", "tiff", "webp", "jpg", "avif"])
    def test_a_picture_of_an_iphone_has_the_colours_that_it_shows(
        self, suffix: str, tmp_path: Path
    ) -> None:
        path = tmp_path / f"a.{suffix}"
        flat("RGB", GREEN).save(
            path, icc_profile=rgb(P3), quality=100, subsampling="4:4:4", lossless=True
        )
        within = {"jpg": 2, "avif": 3}.get(suffix, 1)  # a level of the file is up to 3
        wanted = expected(GREEN, P3, None)
        assert np.abs(np.array(rgb_of(path)) - wanted).max() <= within
        assert np.abs(wanted - GREEN).max() > 20

    def test_adobe_rgb(self, tmp_path: Path) -> None:
        flat("RGB", GREEN).save(tmp_path / "a.png", icc_profile=rgb(ADOBE, (2.19921875,)))
        wanted = expected(GREEN, ADOBE, 2.19921875)
        assert np.abs(np.array(rgb_of(tmp_path / "a.png")) - wanted).max() <= 1

    def test_with_transparency_the_colour_behind_stays(self, tmp_path: Path) -> None:
        picture = flat("RGBA", (*GREEN, 0))
        picture.paste((*GREEN, 255), (0, 0, 16, 8))
        picture.save(tmp_path / "a.png", icc_profile=rgb(P3))
        image = load_picture(tmp_path / "a.png", over=(1, 2, 3)).astype(int)
        assert np.abs(image[0, 0, ::-1] - expected(GREEN, P3, None)).max() <= 1
        assert image[-1, 0].tolist() == [1, 2, 3]

    def test_with_a_palette(self, tmp_path: Path) -> None:
        flat("RGB", GREEN).quantize(4).save(tmp_path / "a.png", icc_profile=rgb(P3))
        wanted = expected(GREEN, P3, None)
        assert np.abs(np.array(rgb_of(tmp_path / "a.png")) - wanted).max() <= 1

    def test_grey_with_a_gamma(self, tmp_path: Path) -> None:
        flat("L", 128).save(tmp_path / "a.png", icc_profile=grey(1.0))
        assert rgb_of(tmp_path / "a.png") == to_srgb(np.full(3, 128 / 255))
        flat("LA", (128, 255)).save(tmp_path / "b.png", icc_profile=grey(1.0))
        assert rgb_of(tmp_path / "b.png") == rgb_of(tmp_path / "a.png")

    @pytest.mark.parametrize(("kind", "channels"), [(0, 1), (2, 3), (6, 4)])
    def test_a_png_that_states_its_gamma(
        self, kind: int, channels: int, tmp_path: Path
    ) -> None:
        row = bytes((128,) * min(channels, 3) + (255,) * (channels == 4)) * 8
        for gamma, wanted in (
            (100_000, to_srgb(np.full(3, 128 / 255))),
            (45_455, (128,) * 3),
        ):
            part = (b"gAMA", struct.pack(">I", gamma))
            path = png(tmp_path / f"{gamma}.png", 8, kind, row, part)
            assert rgb_of(path) == wanted
        both = (b"gAMA", struct.pack(">I", 100_000)), (b"sRGB", b"\0")
        assert rgb_of(png(tmp_path / "a.png", 8, kind, row, *both)) == (128,) * 3

    def test_grey_with_the_profile_of_a_screen(self, tmp_path: Path) -> None:
        flat("L", 128).save(tmp_path / "a.jpg", icc_profile=rgb(P3))
        assert rgb_of(tmp_path / "a.jpg") == (128, 128, 128)

    @pytest.mark.parametrize("suffix", ["jpg", "tiff"])
    def test_inks_with_the_profile_of_their_printer(
        self, suffix: str, tmp_path: Path
    ) -> None:
        """This printer prints grey, and only its cyan counts."""
        path = tmp_path / f"a.{suffix}"
        flat("CMYK", (128, 200, 10, 90)).save(path, icc_profile=cmyk(), quality=100)
        lightness = 100 * (1 - 128 / 255)
        luminance = ((lightness + 16) / 116) ** 3
        wanted = to_srgb(np.full(3, luminance))
        # Half the 255 levels of the table's lightness, and the coding of the file.
        assert np.abs(np.array(rgb_of(path)) - wanted).max() <= 2

    def test_inks_without_a_profile(self, tmp_path: Path) -> None:
        flat("CMYK", (0, 255, 255, 0)).save(tmp_path / "a.tiff")
        assert rgb_of(tmp_path / "a.tiff") == (255, 0, 0)

    @pytest.mark.parametrize("profile", [b"x", b"junk" * 99, rgb(P3)[:200], grey(2.2)])
    def test_a_broken_or_foreign_profile_counts_as_none(
        self, profile: bytes, tmp_path: Path
    ) -> None:
        flat("RGB", GREEN).save(tmp_path / "a.png", icc_profile=profile)
        assert rgb_of(tmp_path / "a.png") == GREEN

    def test_the_profile_that_most_have_changes_nothing(self, tmp_path: Path) -> None:
        ramp = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        Pictures.fromarray(ramp).save(tmp_path / "a.png", icc_profile=profile)
        assert (load_picture(tmp_path / "a.png")[..., ::-1] == ramp).all()


class TestDepths:
    def test_16_bits_of_grey_and_colour(self, tmp_path: Path) -> None:
        levels = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
        colours = np.dstack([levels, levels.T, levels[::-1]])
        opaque = np.full_like(levels, 65535)
        for name, deep in {
            "g.png": levels,
            "g.tiff": levels,
            "g.pgm": levels,
            "c.png": colours,
            "c.tiff": colours,
            "c.ppm": colours,
            "a.png": np.dstack([colours, opaque]),
        }.items():
            cv2.imwrite(str(tmp_path / name), deep)
            wanted = (deep // 257).astype(np.uint8)
            if deep.ndim == 2:
                wanted = np.dstack([wanted] * 3)
            assert (load_picture(tmp_path / name) == wanted[..., :3]).all(), name

    @pytest.mark.parametrize("order", ["<", ">"])
    def test_16_bits_of_either_byte_order(self, order: str, tmp_path: Path) -> None:
        pixels = struct.pack(f"{order}H", V16) * 64
        tags = {256: 8, 257: 8, 258: 16, 259: 1, 262: 1, 273: 8, 277: 1, 278: 8, 279: 128}
        table = b"".join(struct.pack(f"{order}HHII", k, 4, 1, v) for k, v in tags.items())
        head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", 136)
        count = struct.pack(f"{order}H", len(tags))
        (tmp_path / "a.tif").write_bytes(head + pixels + count + table + bytes(4))
        assert rgb_of(tmp_path / "a.tif") == (128, 128, 128)

    def test_numbers_with_a_point(self, tmp_path: Path) -> None:
        Pictures.fromarray(np.full((8, 8), 0.5, np.float32)).save(tmp_path / "a.tiff")
        assert rgb_of(tmp_path / "a.tiff") == (128, 128, 128)
        odd = np.full((8, 8), np.nan, np.float32)
        Pictures.fromarray(odd).save(tmp_path / "b.tiff")
        assert rgb_of(tmp_path / "b.tiff") == (0, 0, 0)

    @pytest.mark.parametrize(("depth", "level"), [(1, 255), (2, 170), (4, 136)])
    def test_a_few_bits(self, depth: int, level: int, tmp_path: Path) -> None:
        row = bytes((level,)) * depth
        assert rgb_of(png(tmp_path / "a.png", depth, 0, row)) == (level,) * 3


class TestTransparency:
    OVER = (10, 20, 30)

    @pytest.mark.parametrize(
        ("depth", "kind", "row", "parts"),
        [
            (8, 3, bytes(8), ((b"PLTE", bytes((200, 100, 50))), (b"tRNS", b"\0"))),
            (8, 0, bytes((9,)) * 8, ((b"tRNS", struct.pack(">H", 9)),)),
            (1, 0, b"\xff", ((b"tRNS", struct.pack(">H", 1)),)),
            (16, 0, struct.pack(">H", V16) * 8, ((b"tRNS", struct.pack(">H", V16)),)),
            (8, 2, bytes((9, 8, 7)) * 8, ((b"tRNS", struct.pack(">HHH", 9, 8, 7)),)),
            (
                16,
                2,
                struct.pack(">HHH", V16, 0, 257) * 8,
                ((b"tRNS", struct.pack(">HHH", V16, 0, 257)),),
            ),
            (8, 4, bytes((9, 0)) * 8, ()),
            (16, 4, struct.pack(">HH", V16, 0) * 8, ()),
            (8, 6, bytes((9, 8, 7, 0)) * 8, ()),
            (16, 6, struct.pack(">HHHH", V16, V16, V16, 0) * 8, ()),
        ],
    )
    def test_through_what_is_transparent_is_black_or_the_chosen_colour(
        self,
        depth: int,
        kind: int,
        row: bytes,
        parts: tuple[tuple[bytes, bytes], ...],
        tmp_path: Path,
    ) -> None:
        path = png(tmp_path / "a.png", depth, kind, row, *parts)
        assert rgb_of(path) == (0, 0, 0)
        assert rgb_of(path, over=self.OVER) == self.OVER[::-1]

    def test_what_is_half_transparent_is_mixed(self, tmp_path: Path) -> None:
        flat("RGBA", (200, 100, 50, 51)).save(tmp_path / "a.png")
        assert rgb_of(tmp_path / "a.png") == (40, 20, 10)
        assert rgb_of(tmp_path / "a.png", over=(100, 100, 100)) == (120, 100, 90)
        flat("LA", (200, 51)).save(tmp_path / "b.png")
        assert rgb_of(tmp_path / "b.png", over=(100, 100, 100)) == (120, 120, 120)

    @pytest.mark.parametrize("suffix", ["gif", "webp", "png", "tiff"])
    def test_the_other_kinds(self, suffix: str, tmp_path: Path) -> None:
        path = tmp_path / f"a.{suffix}"
        flat("RGBA", (9, 8, 7, 0)).save(path, lossless=True)
        assert rgb_of(path, over=self.OVER) == self.OVER[::-1]


class TestFormats:
    @pytest.mark.parametrize(
        "suffix", ["png", "webp", "gif", "tiff", "bmp", "ppm", "ico", "qoi", "jp2"]
    )
    def test_exact_ones(self, suffix: str, tmp_path: Path) -> None:
        flat("RGB", GREEN).save(tmp_path / f"a.{suffix}", lossless=True)
        assert rgb_of(tmp_path / f"a.{suffix}") == GREEN

    @pytest.mark.parametrize("suffix", ["jpg", "jfif", "avif"])
    def test_those_that_round(self, suffix: str, tmp_path: Path) -> None:
        path = tmp_path / f"a.{suffix}"
        flat("RGB", GREEN).save(path, quality=100)
        assert np.abs(np.array(rgb_of(path)) - GREEN).max() <= 1

    def test_a_name_without_an_ending_or_with_a_wrong_one(self, tmp_path: Path) -> None:
        flat("RGB", GREEN).save(tmp_path / "a.png")
        for name in ("a", "a.jpg", "a.mp4", "a.txt", "a.eps"):
            (tmp_path / name).write_bytes((tmp_path / "a.png").read_bytes())
            assert rgb_of(tmp_path / name) == GREEN, name

    def test_a_picture_of_two_phone_lenses_is_the_first(self, tmp_path: Path) -> None:
        flat("RGB", GREEN).save(
            tmp_path / "a.jpg", "MPO", save_all=True, append_images=[flat("RGB", 0)]
        )
        assert np.abs(np.array(rgb_of(tmp_path / "a.jpg")) - GREEN).max() <= 2

    @pytest.mark.parametrize(
        "content", [b"%!PS-Adobe-3.0 EPSF-3.0\n", b"%PDF-1.7\n", b"<svg/>"]
    )
    def test_what_could_run_programs_is_refused(
        self, content: bytes, tmp_path: Path
    ) -> None:
        for name in ("a.eps", "a.png"):
            (tmp_path / name).write_bytes(content)
            with pytest.raises(PictureError, match="not a picture that vcam can read"):
                load_picture(tmp_path / name)

    def test_no_reader_that_runs_programs_is_even_loaded(self, tmp_path: Path) -> None:
        flat("RGB", GREEN).save(tmp_path / "a.webp")
        (tmp_path / "b.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
        program = (
            "import sys, pathlib, contextlib\n"
            "from vcam.errors import PictureError\n"
            "from vcam.imaging.pictures import load_picture\n"
            "for name in sys.argv[1:]:\n"
            "    with contextlib.suppress(PictureError):\n"
            "        load_picture(pathlib.Path(name))\n"
            "print(*(name for name in sys.modules if name.startswith('PIL.')))"
        )
        names = [str(tmp_path / "a.webp"), str(tmp_path / "b.eps")]
        command = [sys.executable, "-c", program, *names]
        loaded = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "PIL.WebPImagePlugin" in loaded
        assert not {"PIL.EpsImagePlugin", "PIL.WmfImagePlugin"} & set(loaded.split())


def noise(path: Path, progressive: bool) -> Image:
    coarse = np.random.default_rng(1).integers(0, 255, (16, 16, 3))
    image = np.kron(coarse, np.ones((10, 10, 1))).astype(np.uint8)
    Pictures.fromarray(image).save(path, quality=90, progressive=progressive)
    return load_picture(path)


@pytest.mark.parametrize("progressive", [False, True])
class TestUnfinishedJpeg:
    @pytest.mark.parametrize("missing", [1, 2])
    def test_without_its_end_marker_it_is_whole(
        self, missing: int, progressive: bool, tmp_path: Path
    ) -> None:
        path = tmp_path / "a.jpg"
        whole = noise(path, progressive)
        path.write_bytes(path.read_bytes()[:-missing])
        assert (load_picture(path) == whole).all()

    def test_one_that_was_cut_is_broken(self, progressive: bool, tmp_path: Path) -> None:
        path = tmp_path / "a.jpg"
        noise(path, progressive)
        content = path.read_bytes()
        for missing in (3, 4, 5, 8, 20, 100, len(content) // 2, len(content) - 700):
            path.write_bytes(content[:-missing])
            with pytest.raises(PictureError, match="a part of it is missing"):
                load_picture(path)


class TestAnimations:
    COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255))

    @pytest.mark.parametrize("suffix", ["gif", "png", "webp", "avif"])
    def test_each_picture_is_shown_for_its_time(self, suffix: str, tmp_path: Path) -> None:
        path = tmp_path / "a"
        first, *others = (flat("RGB", each) for each in self.COLOURS)
        first.save(
            path,
            suffix,
            save_all=True,
            append_images=others,
            duration=[100, 200, 300],
            lossless=True,
        )
        assert kind_of_content(path) == "animation"
        shown = list(animation(path))
        assert [lasts_s for _, lasts_s in shown] == [0.1, 0.2, 0.3]
        for (image, _), colour in zip(shown, self.COLOURS, strict=True):
            within = 3 if suffix == "avif" else 0
            assert np.abs(image[0, 0, ::-1].astype(int) - colour).max() <= within

    def test_a_picture_for_old_programs_is_no_part_of_it(self, tmp_path: Path) -> None:
        path = tmp_path / "a.png"
        first, *others = (flat("RGB", each) for each in self.COLOURS)
        first.save(
            path, save_all=True, append_images=others, duration=100, default_image=True
        )
        assert [image[0, 0, ::-1].tolist() for image, _ in animation(path)] == [
            list(each) for each in self.COLOURS[1:]
        ]

    def test_the_chosen_colour_shows_through(self, tmp_path: Path) -> None:
        frames = [flat("RGBA", (*each, 0)) for each in self.COLOURS]
        frames[0].save(
            tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True
        )
        for image, _ in animation(tmp_path / "a.webp", over=(10, 20, 30)):
            assert (image == (10, 20, 30)).all()


class TestHeic:
    def test_a_picture_of_an_iphone(self, tmp_path: Path) -> None:
        pillow_heif = pytest.importorskip("pillow_heif")
        picture = flat("RGB", GREEN, 64)
        picture.info["icc_profile"] = rgb(P3)
        heif = pillow_heif.from_pillow(picture)
        heif.save(tmp_path / "a", quality=100)
        assert kind_of_content(tmp_path / "a") == "picture"
        wanted = expected(GREEN, P3, None)
        assert np.abs(np.array(rgb_of(tmp_path / "a")) - wanted).max() <= 2

    def test_without_the_library_the_command_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "pillow_heif", None)  # as if it were not there
        brands = b"heicmif1MiHEheic"
        head = struct.pack(">I", 8 + len(brands) + 4)
        (tmp_path / "IMG_1.HEIC").write_bytes(
            head + b"ftyp" + brands[:4] + bytes(4) + brands
        )
        with pytest.raises(PictureError) as caught:
            load_picture(tmp_path / "IMG_1.HEIC")
        assert "HEIC" in caught.value.what
        assert "pip install pillow-heif" in caught.value.remedy


def test_no_name_means_anything_to_the_reader(tmp_path: Path) -> None:
    content = io.BytesIO()
    flat("RGB", GREEN).save(content, "PNG")
    odd = tmp_path / "http:%03d -x.eps"
    odd.write_bytes(content.getvalue())
    assert rgb_of(odd) == GREEN
