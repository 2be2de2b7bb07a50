"""A logo, a frame and a name plate lie over the picture, and change nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually, running
from numpy.typing import NDArray
from PIL import Image as Pictures

from vcam.cli import main
from vcam.errors import OverlayError, SettingsError, UsageError
from vcam.frames import Frame, Image, Size
from vcam.masking.options import MaskOptions
from vcam.outputs.options import OutputOptions
from vcam.overlay.drawing import Overlay
from vcam.overlay.opening import OverlayChoice
from vcam.overlay.options import CORNERS, NamePlateOptions, OverlayOptions
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Withheld
from vcam.presenter import Presenter
from vcam.settings import Settings
from vcam.settings.edits import edit_of
from vcam.status import Hold, Status
from vcam.testing import FakeWorld, shows_secret
from vcam.tray import menu as tray_menu
from vcam.tray.actions import Change

SIZE = Size(1280, 720)
RED = (0, 0, 255)
MOMENT = tray_menu.Moment.of(Status())


def noise(size: Size = SIZE) -> Image:
    random = np.random.default_rng(1)
    return random.integers(0, 256, (size.height, size.width, 3), np.uint8)


def changed(overlay: Overlay, image: Image) -> NDArray[np.bool_]:
    """Which pixels the overlay changes in ``image``."""
    drawn = image.copy()
    overlay.draw(drawn)
    return np.asarray((drawn != image).any(axis=2))


def logo(folder: Path, opacity: int = 255, size: tuple[int, int] = (100, 50)) -> Path:
    """A red picture, and one transparent, black pixel wide around it."""
    picture = Pictures.new("RGBA", size, (0, 0, 0, 0))
    picture.paste((255, 0, 0, opacity), (1, 1, size[0] - 1, size[1] - 1))
    picture.save(folder / "logo.png")
    return folder / "logo.png"


def with_logo(folder: Path, **options: float) -> Overlay:
    chosen = replace(OverlayOptions(logo(folder)), **options)  # type: ignore[arg-type]
    return OverlayChoice(chosen).open(SIZE)


def with_plate(**options: object) -> Overlay:
    plate = NamePlateOptions(**{"name": "Ada Lovelace", **options})  # type: ignore[arg-type]
    return OverlayChoice(plate=plate).open(SIZE)


def span(there: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """First and last row and column."""
    rows, columns = np.nonzero(there)
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


class TestLogo:
    def test_it_is_as_wide_as_was_said_and_nothing_else_changes(
        self, tmp_path: Path
    ) -> None:
        overlay = with_logo(tmp_path, width=20, x=50, y=50)
        there = changed(overlay, noise())
        top, bottom, left, right = span(there)
        assert right - left + 1 == pytest.approx(256, abs=6)
        assert (left + right) / 2 == pytest.approx(639.5, abs=2)
        assert (top + bottom) / 2 == pytest.approx(359.5, abs=2)
        for box in overlay.boxes:
            there[box] = False
        assert not there.any()

    @pytest.mark.parametrize(("x", "y"), [(0, 0), (100, 0), (0, 100), (100, 100)])
    def test_in_a_corner_it_keeps_a_margin(self, tmp_path: Path, x: int, y: int) -> None:
        top, bottom, left, right = span(changed(with_logo(tmp_path, x=x, y=y), noise()))
        gaps = (left, top) if (x, y) == (0, 0) else None
        assert min(left, 1279 - right) == pytest.approx(32, abs=4)
        assert min(top, 719 - bottom) == pytest.approx(32, abs=4)
        assert (left < 640) == (x == 0) and (top < 360) == (y == 0)
        assert gaps is None or max(gaps) < 40

    def test_a_frame_of_the_whole_width_reaches_the_edges(self, tmp_path: Path) -> None:
        path = logo(tmp_path, size=(1280, 720))
        overlay = OverlayChoice(OverlayOptions(path, width=100)).open(SIZE)
        assert span(changed(overlay, noise())) == (1, 718, 1, 1278)

    def test_what_is_opaque_is_as_in_the_file(self, tmp_path: Path) -> None:
        image = noise()
        with_logo(tmp_path, width=10, x=50, y=50).draw(image)
        assert (image[340:380, 600:680] == RED).all()

    def test_the_colour_of_transparent_pixels_darkens_no_edge(self, tmp_path: Path) -> None:
        image = np.full((720, 1280, 3), RED, np.uint8)
        with_logo(tmp_path, width=30, x=50, y=50).draw(image)
        assert np.abs(image.astype(int) - RED).max() <= 1

    def test_half_opacity_mixes_half_of_it(self, tmp_path: Path) -> None:
        image = np.zeros((720, 1280, 3), np.uint8)
        with_logo(tmp_path, opacity=50, x=50, y=50).draw(image)
        assert image[360, 640].tolist() == pytest.approx([0, 0, 127.5], abs=1)

    def test_one_that_is_too_high_is_shown_whole(self, tmp_path: Path) -> None:
        path = logo(tmp_path, size=(100, 400))
        overlay = OverlayChoice(OverlayOptions(path, width=80, x=50)).open(SIZE)
        top, bottom, left, right = span(changed(overlay, noise()))
        assert bottom - top >= 712 and right - left == pytest.approx(178, abs=4)

    def test_a_broken_file_is_explained(self, tmp_path: Path) -> None:
        (tmp_path / "logo.png").write_text("no picture")
        with pytest.raises(OverlayError, match=r"logo\.png"):
            OverlayChoice(OverlayOptions(tmp_path / "logo.png")).open(SIZE)


class TestNamePlate:
    @pytest.mark.parametrize("corner", CORNERS)
    def test_it_is_in_its_corner(self, corner: str) -> None:
        top, bottom, left, right = span(changed(with_plate(corner=corner), noise()))
        assert (bottom < 360) == corner.startswith("top")
        assert (right < 640) == corner.endswith("left")
        assert min(left, 1279 - right) == 32 and min(top, 719 - bottom) == 32

    @pytest.mark.parametrize("name", ["Zoë Łukasz", "Ада", "Γιώργος", "Ñandú"])
    def test_letters_with_accents_and_of_other_alphabets_are_drawn(self, name: str) -> None:
        image, none = noise(), noise()
        with_plate(name=name).draw(image)
        with_plate(name="\uffff" * len(name)).draw(none)
        assert not np.array_equal(image, none)

    def test_a_long_name_becomes_smaller_and_stays_in_the_picture(self) -> None:
        overlay = with_plate(name="W" * 60, line="x")
        _, _, left, right = span(changed(overlay, noise()))
        assert left >= 32 and right <= 1279

    @pytest.mark.parametrize("size", [Size(32, 32), Size(160, 90), Size(720, 1280)])
    def test_it_fits_into_pictures_of_any_size(self, size: Size) -> None:
        plate = NamePlateOptions("Ada Lovelace", "Analyst", scale=200)
        overlay = OverlayChoice(plate=plate).open(size)
        assert changed(overlay, noise(size)).any()

    def test_the_stripe_has_the_accents_colour(self) -> None:
        image = noise()
        with_plate(accent="#ff8000").draw(image)
        assert (image[600:689, 32:38] == (0, 128, 255)).all(axis=2).sum() > 100


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"width": 0}, "more than 0"),
        ({"width": 101}, "0 to 100"),
        ({"x": -1}, "0 to 100"),
        ({"opacity": 120}, "0 to 100"),
    ],
)
def test_what_is_out_of_range_is_refused(options: dict[str, float], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        OverlayOptions(**options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"corner": "middle"}, "bottom-left"),
        ({"accent": "nothing"}, "as in CSS"),
        ({"accent": "rgb(0 0 0 / 50%)"}, "opaque"),
        ({"name": "x" * 61}, "60 at most"),
        ({"scale": 20.0}, "50 to 200"),
    ],
)
def test_a_plate_that_makes_no_sense_is_refused(options: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        NamePlateOptions(**{"name": "Ada", **options})  # type: ignore[arg-type]


def test_an_overlay_for_another_size_withholds_the_picture(world: FakeWorld) -> None:
    overlay = OverlayChoice(plate=NamePlateOptions("Ada")).open(SIZE)
    frame = Frame(noise(SMALL), 0, 0.0)
    opened = world.devices.open_segmenter
    with FrameProcessor(opened) as processor, pytest.raises(Withheld, match="size"):
        processor.process(
            frame, GREEN, MaskOptions(), options=PictureOptions(overlay=overlay)
        )


class TestLive:
    def settings(self, picture: Path | None, **plate: str) -> Settings:
        return Settings(
            background=GREEN,
            output=OutputOptions(size=SMALL),
            overlay=OverlayOptions(picture, width=40, x=100, y=0),
            name_plate=NamePlateOptions(**plate),  # type: ignore[arg-type]
        )

    def test_the_first_picture_has_the_logo_already(
        self, tmp_path: Path, world: FakeWorld, eventually: Eventually
    ) -> None:
        with running(world, self.settings(logo(tmp_path))) as engine:
            eventually(lambda: engine.status.published > 5)
        assert not any(map(shows_secret, world.published))
        pictures = [
            each for each in world.published if (each[-1, -8:] == (0, 255, 0)).all()
        ]
        assert pictures
        assert all((each[5:12, 70:80] == RED).all() for each in pictures)

    def test_it_changes_and_goes_while_live(
        self, tmp_path: Path, world: FakeWorld, eventually: Eventually
    ) -> None:
        with running(world, self.settings(None)) as engine:
            eventually(lambda: engine.status.published > 2)
            engine.apply(
                replace(engine.settings, overlay=OverlayOptions(logo(tmp_path), 40))
            )
            eventually(lambda: (world.published[-1][5:12, 70:80] == RED).all())
            engine.apply(replace(engine.settings, overlay=OverlayOptions()))
            eventually(lambda: (world.published[-1][:, -8:] == (0, 255, 0)).all())

    def test_one_that_cannot_be_read_is_told_and_the_pictures_go_on(
        self, tmp_path: Path, world: FakeWorld, eventually: Eventually
    ) -> None:
        settings = self.settings(tmp_path / "gone.png", name="Ada")
        with running(world, settings) as engine:
            eventually(lambda: engine.status.published > 2)
            eventually(lambda: "gone.png" in engine.status.overlay_trouble)


class TestChosen:
    def set(self, *words: str, now: Settings | None = None) -> Settings:
        now = now or Settings()
        return edit_of(words, Path("/"), now)(now)

    def test_by_one_word(self, tmp_path: Path) -> None:
        path = logo(tmp_path)
        chosen = self.set(f"overlay={path}", "opacity=50", "name=Ada", "line=Analyst")
        assert chosen.overlay == OverlayOptions(path, opacity=50.0)
        assert chosen.name_plate == NamePlateOptions("Ada", "Analyst")
        assert self.set("name_plate=Ada").name_plate.name == "Ada"

    def test_it_is_left_out_and_comes_back_and_goes(self, tmp_path: Path) -> None:
        chosen = self.set(f"overlay={logo(tmp_path)}", "name=Ada")
        off = self.set("overlay=off", "name_plate=toggle", now=chosen)
        assert not off.over
        assert self.set("overlay=on", "name_plate=on", now=off) == chosen
        assert self.set(f"overlay={logo(tmp_path)}", now=off).overlay.shown
        assert self.set("overlay=default", "name=", now=chosen) == Settings()

    def test_a_file_that_is_no_picture_is_refused_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "logo.png").write_text("no picture")
        with pytest.raises(UsageError, match=r"logo\.png"):
            self.set(f"overlay={tmp_path / 'logo.png'}")

    @pytest.mark.parametrize("word", ["name=日本", "message=Back 🙂", "line=שלום"])
    def test_letters_that_the_font_has_not_are_told(self, word: str) -> None:
        with pytest.raises(UsageError, match="The font has no") as told:
            self.set(word)
        assert set(word) & set(told.value.what) >= {word[-1]}

    def test_the_menu_has_a_check_for_each_that_is_chosen(self, tmp_path: Path) -> None:
        chosen = self.set(f"overlay={logo(tmp_path)}", "name=Ada")
        for settings, wanted in ((Settings(), {}), (chosen, {"overlay", "name-plate"})):
            menu = tray_menu.menu(settings, Hold.NOTHING, MOMENT, tray_menu.Surroundings())
            found = {path[-1]: action for path, action in menu.actions.items()}
            assert {"overlay", "name-plate"} & set(found) == set(wanted)
        change = found["overlay"]
        assert isinstance(change, Change)
        assert not change(chosen).overlay.shown and change(chosen).name_plate.shown

    def test_long_names_do_not_make_the_menu_wide(self, tmp_path: Path) -> None:
        picture = logo(tmp_path).rename(tmp_path / f"{'final' * 30}.png")
        chosen = self.set(f"overlay={picture}", f"name={'Countess ' * 6}")
        menu = tray_menu.menu(chosen, Hold.NOTHING, MOMENT, tray_menu.Surroundings())
        (entry,) = (each for each in menu.look.menu if each.key == "picture")
        labels = [each.label for each in entry.children or ()]
        assert max(map(len, labels)) < 50

    def test_a_recording_gets_it_too(self, tmp_path: Path) -> None:
        photo, out = tmp_path / "me.png", tmp_path / "out.png"
        Pictures.fromarray(Presenter(Size(320, 180)).draw(1.0).image[..., ::-1]).save(photo)
        words = ["render", str(photo), str(out), "-b", "#00ff00"]
        assert main([*words, "--overlay", str(logo(tmp_path)), "--name", "Ada"]) == 0
        image = np.asarray(Pictures.open(out).convert("RGB"))
        assert (image[14:24, 275:305] == (255, 0, 0)).all()
        assert (image[160:170, 10:20] != (0, 255, 0)).any()
        assert main([*words[:2], str(tmp_path / "a.png"), "--alpha", "--name", "A"]) == 2
