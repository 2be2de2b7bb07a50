"""What people choose to be seen in front of."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import (
    GALLERY,
    KINDS,
    GalleryEntry,
    choose,
    gallery,
    neighbour,
    user_gallery,
)
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.backgrounds.video import Video
from vcam.engine.background_loader import BackgroundLoader
from vcam.errors import BackgroundError, SettingsError, UsageError
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.resize import fitted
from vcam.settings import Settings, from_table, to_table

SIZE = Size(320, 180)


def room_of(color: tuple[int, int, int], size: Size = SIZE) -> Image:
    return np.full((size.height, size.width, 3), color, np.uint8)


def seen(image: Image, captured_s: float = 0.0, live: bool = False) -> Frame:
    return Frame(image, 0, captured_s, live)


def nobody(size: Size = SIZE) -> Alpha:
    return np.zeros((size.height, size.width), np.uint8)


class TestChoosing:
    @pytest.mark.parametrize(
        ("text", "chosen"),
        [
            ("room", Room()),
            ("Room", Room()),
            ("blur", Blur()),
            ("blur:0", Blur(0)),
            ("BLUR:70", Blur(70)),
            ("blur:70%", Blur(70)),
            ("blur:Light", Blur(20)),
            ("blur:medium", Blur()),
            ("#00b140", Color("#00b140")),
            ("teal", Color("teal")),
            ("color:teal", Color("teal")),
            ("rgb(0 177 64)", Color("rgb(0 177 64)")),
        ],
    )
    def test_words_on_the_command_line(self, text: str, chosen: object) -> None:
        assert choose(text) == chosen

    def test_a_new_kind_is_one_row_of_the_table(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        @dataclass(frozen=True)
        class Striped(Color):
            kind: ClassVar[str] = "stripes"
            width: int = 20

            @classmethod
            def named(cls, value: str) -> Self:
                return cls(width=int(value or 20))

        monkeypatch.setitem(KINDS, "stripes", Striped)
        assert choose("stripes") == Striped()
        chosen = choose("stripes:30")
        assert chosen == Striped(width=30)
        assert from_table(to_table(Settings(background=chosen))).background == chosen
        with pytest.raises(UsageError, match="'stripes'"):
            choose("stripe")

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("blurr", "Did you mean 'blur'?"),
            ("", "Choose a picture or video file"),
            ("holiday.jpg", "no such file"),
            ("#00b14", "as in CSS"),
            ("blur:lots", "is not a number"),
            ("x" * 300, "Choose a picture or video file"),
            ("~nosuch/x.png", "no such file"),
        ],
    )
    def test_a_mistake_gets_a_suggestion(self, text: str, says: str) -> None:
        with pytest.raises(UsageError) as caught:
            choose(text)
        assert says in str(caught.value)

    def test_of_two_hundred_pictures_a_mistake_is_told_a_few(self) -> None:
        user_gallery().mkdir(parents=True)
        for number in range(200):
            (user_gallery() / f"holiday {number}.jpg").touch()
        with pytest.raises(UsageError) as caught:
            choose("holliday 77")
        assert "Did you mean 'holiday 77'?" in str(caught.value)
        assert "`vcam backgrounds` lists" in str(caught.value)
        assert len(str(caught.value)) < 320

    @pytest.mark.parametrize("text", ["blur:101", "blur:-1"])
    def test_a_strength_out_of_range_is_told(self, text: str) -> None:
        with pytest.raises(SettingsError, match="0 to 100"):
            choose(text)

    def test_a_picture_dropped_into_the_users_folder_has_a_name(self) -> None:
        user_gallery().mkdir(parents=True)
        Pictures.new("RGB", (4, 4), "red").save(user_gallery() / "Holiday.png")
        assert choose("holiday") == Picture(user_gallery() / "Holiday.png")

    @pytest.mark.parametrize("word", ["Room", "blur", "picture", "color", "teal"])
    def test_a_picture_in_my_folder_cannot_pass_for_a_word_that_means_something(
        self, word: str, tmp_path: Path
    ) -> None:
        Pictures.new("RGB", (4, 4)).save(tmp_path / f"{word}.png")
        (entry,) = gallery(tmp_path)
        assert (entry.name, entry.title) == (f"{word.lower()}.png", word)

    def test_a_name_that_could_never_be_chosen_is_not_offered(self, tmp_path: Path) -> None:
        Pictures.new("RGB", (4, 4)).save(tmp_path / "blur:9.png")
        assert gallery(tmp_path) == ()

    def test_the_gallery_is_in_the_order_of_the_folder_and_mine_comes_first(
        self, tmp_path: Path
    ) -> None:
        names = ["Room 10.jpg", "room 2.PNG", "Beach.mp4", "beach.jpg", "studio.webm"]
        for name in [*names, ".hidden.png", "notes.txt", "sound.mp3"]:
            (tmp_path / name).write_bytes(b"")
        (tmp_path / "folder.png").mkdir()
        found = gallery(tmp_path, GALLERY)
        assert [each.path.name for each in found][:5] == [
            *("beach.jpg", "Beach.mp4", "room 2.PNG", "Room 10.jpg", "studio.webm")
        ]
        assert [each.name for each in found][:6] == [
            *("beach", "beach.mp4", "room 2", "room 10", "studio", "bookshelf")
        ]
        assert [each.name for each in found][6:8] == ["bright", "dusk"]
        assert [each.kind for each in found[:3]] == ["picture", "video", "picture"]

    def test_a_file_of_the_gallery_can_be_named_with_its_ending(self) -> None:
        assert choose("beach.jpg") == choose("beach") == Picture(GALLERY / "beach.jpg")

    def test_next_goes_round_and_round_and_never_to_the_room(self, tmp_path: Path) -> None:
        entries = (
            GalleryEntry("a", tmp_path / "a.png", "picture"),
            GalleryEntry("b", tmp_path / "b.mp4", "video"),
        )
        first, last = Picture(tmp_path / "a.png"), Video(tmp_path / "b.mp4")
        for start in (Room(), Color("teal"), Picture(tmp_path / "elsewhere.png")):
            assert neighbour(start, 1, entries) == Blur()
            assert neighbour(start, -1, entries) == last
        there = Blur(80)
        assert neighbour(there, 1, entries) == first
        assert neighbour(first, 1, entries) == last
        assert neighbour(last, 1, entries) == Blur()
        assert neighbour(there, -1, entries) == last
        assert neighbour(Room(), 1, ()) == neighbour(Blur(3), -1, ()) == Blur()
        wide = Picture(tmp_path / "a.png", "contain")
        assert neighbour(wide, 1, entries) == Video(tmp_path / "b.mp4", "contain")

    def test_a_folder_of_pictures_that_may_not_be_read_is_passed_over(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(folder: Path) -> None:
            raise PermissionError(13, "Permission denied", str(folder))

        monkeypatch.setattr(Path, "iterdir", refuse)
        assert gallery(tmp_path) == ()

    def test_a_picture_in_a_folder_that_may_not_be_entered_is_told_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "stat", refuse)
        monkeypatch.setattr("PIL.Image.open", refuse)
        with pytest.raises(BackgroundError, match="may not be read"):
            choose("/root/locked/x.png").open(SIZE)

    def test_the_pictures_that_come_along_all_open(self) -> None:
        shipped = gallery()
        assert len(shipped) >= 3
        for each in shipped:
            painted = (
                Picture(each.path).open(SIZE).paint(seen(room_of((1, 2, 3))), nobody())
            )
            assert painted.shape == (180, 320, 3) and painted.std() > 5


class TestColor:
    @pytest.mark.parametrize(
        ("text", "bgr"),
        [
            ("#00b140", (64, 177, 0)),
            ("#0f8", (136, 255, 0)),
            ("RebeccaPurple", (153, 51, 102)),
            ("rgb(1, 2, 3)", (3, 2, 1)),
            ("rgb(1 2 3 / 100%)", (3, 2, 1)),
            ("rgba(1,2,3,1.0)", (3, 2, 1)),
            ("hsl(120deg 100% 50%)", (0, 255, 0)),
            ("rgb(100% 0% 0%)", (0, 0, 255)),
        ],
    )
    def test_colours_as_in_css(self, text: str, bgr: tuple[int, int, int]) -> None:
        painted = Color(text).open(SIZE).paint(seen(room_of((9, 9, 9))), nobody())
        assert (painted == bgr).all()

    @pytest.mark.parametrize(
        "text", ["", "grean", "#12", "rgb(1,2)", "rgb(300,0,0)", "rgb()"]
    )
    def test_what_is_no_colour_is_told(self, text: str) -> None:
        with pytest.raises(SettingsError, match="not a colour"):
            Color(text)

    @pytest.mark.parametrize("text", ["#00b14080", "rgb(0 177 64 / 50%)", "rgba(0,0,0,0)"])
    def test_a_see_through_colour_is_refused(self, text: str) -> None:
        with pytest.raises(SettingsError, match="see-through"):
            Color(text)


class TestBlur:
    def test_the_person_does_not_bleed_into_the_blurred_room(self) -> None:
        room = room_of((200, 200, 200))
        alpha = nobody()
        cv2.circle(alpha, (160, 90), 50, 255, -1)
        before = room.copy()
        before[alpha == 255] = (0, 0, 255)
        for strength in (0, 30, 60, 100):
            painted = Blur(strength).open(SIZE).paint(seen(before), alpha)
            outside = painted[alpha == 0].astype(int)
            assert np.abs(outside - 200).max() <= 2, "a halo of the person's colour"

    def test_a_pattern_in_the_room_cannot_be_read_at_any_strength(self) -> None:
        size = Size(1280, 720)
        rng = np.random.default_rng(1)
        # Letters of a page or a screen at the far wall: strokes of three pixels.
        strokes = rng.integers(0, 2, (240, 427, 1), np.uint8) * 255
        large = cv2.resize(strokes, size, interpolation=cv2.INTER_NEAREST)
        room = np.asarray(np.dstack([large] * 3), np.uint8)
        for strength, left in ((0, 0.35), (50, 0.12), (100, 0.05)):
            painted = Blur(strength).open(size).paint(seen(room), nobody(size))
            assert painted.std() < left * room.std()

    def test_a_stronger_blur_is_blurrier(self) -> None:
        room = np.random.default_rng(0).integers(0, 256, (180, 320, 3), np.uint8)
        spread = [
            Blur(s).open(SIZE).paint(seen(room), nobody()).std()
            for s in (0, 25, 50, 75, 100)
        ]
        assert spread == sorted(spread, reverse=True)

    def test_a_plain_room_keeps_its_colour(self) -> None:
        painted = Blur(80).open(SIZE).paint(seen(room_of((10, 128, 250))), nobody())
        assert np.abs(painted.astype(int) - (10, 128, 250)).max() <= 1

    @pytest.mark.parametrize(
        "size", [Size(32, 18), Size(33, 19), Size(90, 160), Size(641, 361)]
    )
    def test_any_size_and_shape(self, size: Size) -> None:
        alpha = np.full((size.height, size.width), 255, np.uint8)
        painted = Blur().open(size).paint(seen(room_of((5, 6, 7), size)), alpha)
        assert Size.of(painted) == size


class TestPicture:
    @pytest.mark.parametrize("name", ["phone.jpg", "phone.png", "phone.webp"])
    @pytest.mark.parametrize("larger", [1, 11])
    def test_a_picture_from_a_phone_is_upright(
        self, larger: int, name: str, tmp_path: Path
    ) -> None:
        image = Pictures.new("RGB", (40 * larger, 20 * larger), "red")
        image.paste("blue", (0, 0, 20 * larger, 20 * larger))
        exif = Pictures.Exif()
        exif[0x0112] = 6  # turned by a quarter: the left side is shown on top
        image.save(tmp_path / name, exif=exif, quality=95)
        painted = (
            Picture(tmp_path / name)
            .open(Size(20, 40))
            .paint(seen(room_of((0, 0, 0), Size(20, 40))), nobody(Size(20, 40)))
        )
        assert painted[5, 10].argmax() == 0 and painted[35, 10].argmax() == 2

    @pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
    def test_a_photograph_of_a_hundred_megapixels_is_a_background(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The limit is for what has to be decoded, an eighth of which is enough here."""
        monkeypatch.setattr(Pictures, "MAX_IMAGE_PIXELS", 2 * SIZE.width * SIZE.height)
        size = SIZE.width * 3 // 2, SIZE.height * 2
        Pictures.new("RGB", size, (200, 100, 50)).save(tmp_path / "a.jpg")
        with pytest.raises(BackgroundError, match="too large"):
            Picture(tmp_path / "a.jpg", "tile").open(SIZE)
        size = Size(SIZE.width // 4, SIZE.height // 4)
        painted = (
            Picture(tmp_path / "a.jpg").open(size).paint(seen(room_of((0,) * 3)), nobody())
        )
        assert np.abs(painted.astype(int) - (50, 100, 200)).max() <= 3

    @pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
    def test_the_usual_kinds(self, suffix: str, tmp_path: Path) -> None:
        Pictures.new("RGB", (64, 64), (200, 100, 50)).save(tmp_path / f"a{suffix}")
        painted = (
            Picture(tmp_path / f"a{suffix}")
            .open(SIZE)
            .paint(seen(room_of((0,) * 3)), nobody())
        )
        assert np.abs(painted.astype(int) - (50, 100, 200)).max() <= 3

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
    def test_every_colour_mode(self, mode: str, tmp_path: Path) -> None:
        suffix = ".jpg" if mode == "CMYK" else ".png"
        if mode == "I;16":
            deep = Pictures.fromarray(np.full((8, 8), 128 * 257, np.uint16))
        else:
            deep = Pictures.new("L", (8, 8), 128).convert(mode)
        deep.save(tmp_path / f"a{suffix}")
        painted = (
            Picture(tmp_path / f"a{suffix}")
            .open(SIZE)
            .paint(seen(room_of((0,) * 3)), nobody())
        )
        assert abs(float(painted.mean()) - 128) < 4 or mode == "1"

    def test_what_is_see_through_never_shows_the_room(self, tmp_path: Path) -> None:
        Pictures.new("RGBA", (8, 8), (255, 255, 255, 0)).save(tmp_path / "a.png")
        painted = (
            Picture(tmp_path / "a.png").open(SIZE).paint(seen(room_of((9, 9, 9))), nobody())
        )
        assert (painted == 0).all()

    def test_broken_huge_missing_and_foreign_files_are_explained(
        self, tmp_path: Path
    ) -> None:
        Pictures.new("RGB", (64, 64), "red").save(tmp_path / "half.png")
        half = (tmp_path / "half.png").read_bytes()
        (tmp_path / "half.png").write_bytes(half[: len(half) // 2])
        (tmp_path / "text.png").write_text("not a picture")
        (tmp_path / "empty.jpg").write_bytes(b"")
        Pictures.new("1", (12000, 9000)).save(tmp_path / "huge.png")
        (tmp_path / "a.tiff").write_bytes(b"%PDF-1.7\n")
        (tmp_path / "folder.png").mkdir()
        for name, says in {
            "half.png": "is broken",
            "text.png": "not a picture",
            "empty.jpg": "not a picture",
            "huge.png": "too large",
            "a.tiff": "PNG, JPEG, WebP, AVIF or TIFF file, or convert it",
            "folder.png": "is a folder",
            "missing.png": "There is no picture",
        }.items():
            with pytest.raises(BackgroundError) as caught:
                Picture(tmp_path / name).open(SIZE)
            assert says in str(caught.value) and name in str(caught.value)


def test_a_background_given_up_while_it_loads_is_closed_once() -> None:
    closed, given_up = [], threading.Event()

    class Slow:
        def open(self, size: Size) -> "Slow":
            assert given_up.wait(5)
            return self

        def close(self) -> None:
            closed.append(1)

    loading = BackgroundLoader()
    assert not loading.ready(Slow(), SIZE)  # type: ignore[arg-type]
    threading.Timer(0.05, given_up.set).start()
    loading.close()
    assert closed == [1]


class TestFits:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:, :50] = 255

    def test_cover_shows_the_middle_and_keeps_the_proportions(self) -> None:
        rows = np.repeat(np.arange(200, dtype=np.uint8), 2)
        tall = np.broadcast_to(rows[:, None, None], (400, 200, 3)).copy()
        for picture in (tall, tall.transpose(1, 0, 2).copy()):
            square = fitted(picture, Size(100, 100), "cover")
            least, most = int(square.min()), int(square.max())
            assert (least, most) == pytest.approx((50, 149), abs=2)

    def test_cover_fills_and_crops(self) -> None:
        assert (fitted(self.picture, SIZE, "cover")[:, :150] == 255).all()

    def test_contain_shows_everything_on_bars(self) -> None:
        contained = fitted(self.picture, SIZE, "contain")
        assert (contained[:, :70] == 0).all() and (contained[:, 75:155] == 255).all()

    def test_stretch_ignores_the_proportions(self) -> None:
        assert (fitted(self.picture, SIZE, "stretch")[:, 5:155] == 255).all()

    def test_tile_repeats_the_picture_as_it_is(self) -> None:
        tiled = fitted(self.picture, SIZE, "tile")
        assert (tiled[:, 100:150] == 255).all() and (tiled[:, 150:200] == 0).all()

    def test_nothing_to_do_costs_nothing(self) -> None:
        assert fitted(self.picture, Size(100, 100)) is self.picture


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("blur:50", "Blur"),
        ("rgb(0 177 64 / 100%)", "rgb(0 177 64 / 100%)"),
        ("#00b140", "#00b140"),
        ("beach", "beach"),
    ],
)
def test_a_background_has_a_short_name(text: str, title: str) -> None:
    assert choose(text).title == title


def test_a_file_is_called_by_its_name_without_the_ending() -> None:
    assert Picture(Path("/pictures/.hidden")).title == ".hidden"
    assert Video(Path("/videos/sea.side.mp4")).title == "sea.side"
