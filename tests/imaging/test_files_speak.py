"""What is wrong with files, backgrounds and masks is said in the user's language."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from translation_sources import untranslated

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY, KINDS, choose, gallery
from vcam.backgrounds.color import Color
from vcam.backgrounds.folder import add
from vcam.backgrounds.unknown import Unknown
from vcam.errors import VcamError
from vcam.frames import Size
from vcam.imaging.containers import opened
from vcam.imaging.film import Skipped
from vcam.imaging.options import FITS
from vcam.imaging.pictures import encoded, load_picture
from vcam.imaging.videos import VideoReader
from vcam.masking.inference import checked
from vcam.masking.names import ENGINE_NAMES, PRESET_NAMES
from vcam.masking.options import MaskOptions
from vcam.translation import tr

SMALL = Size(64, 36)
WRONG: dict[str, Callable[[], object]] = {
    "'nowhere.png'": lambda: load_picture(Path("nowhere.png")),
    "'nowhere.mp4'": lambda: VideoReader(Path("nowhere.mp4")),
    "'.'": lambda: load_picture(Path()),
    "'empty.mp4'": lambda: opened(Path("empty.mp4")),
    "'text.png'": lambda: load_picture(Path("text.png")),
    "'text.mp4'": lambda: opened(Path("text.mp4")),
    "'text.txt'": lambda: add([Path("text.txt")]),
    "70x1": lambda: encoded(np.zeros((1, 70, 7), np.uint8), ".jpg"),
    "'mauve-ish'": lambda: choose("mauve-ish"),
    "'#12'": lambda: choose("#12"),
    "'x/y.png'": lambda: choose("x/y.png"),
    "'blurr'": lambda: choose("blurr"),
    "'hard'": lambda: choose("blur:hard"),
    "101": lambda: Blur(101),
    "'nocolour'": lambda: Color("nocolour"),
    "'#00000080'": lambda: Color("#00000080"),
    "'hologram'": lambda: Unknown("hologram").open(SMALL),
    "'fill'": lambda: choose("beach", fit="fill"),
    "mask.preset": lambda: MaskOptions(preset="lihgt"),
    "mask.engine": lambda: MaskOptions(engine="abc"),
    "mask.edge": lambda: MaskOptions(edge=99.0),
    "mask.smoothing": lambda: MaskOptions(smoothing=True),
    "mask.guide_radius": lambda: MaskOptions(guide_radius=1.5),  # type: ignore[arg-type]
    "mask.foreground": lambda: MaskOptions(foreground=1),  # type: ignore[arg-type]
    "": lambda: checked(None, SMALL),
    "float64": lambda: checked(np.zeros((36, 64)), SMALL),  # type: ignore[arg-type]
    "inf": lambda: checked(np.full((36, 64), np.inf, np.float32), SMALL),
}
"""What goes wrong, by what is said of it in no language."""
VALUES = {*KINDS, *PRESET_NAMES, *ENGINE_NAMES, *FITS}
VALUES |= {path.stem for path in GALLERY.iterdir()}
VALUES |= {"abc", "lihgt", "jpg", "float", "none", "True"}
"""What else may stand there: what can be chosen, and was."""


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("text.png", "text.mp4", "text.txt"):
        Path(name).write_text("neither the one nor the other")
    Path("empty.mp4").touch()


@pytest.mark.parametrize("value", WRONG)
def test_what_is_wrong_is_said_in_the_users_language(value: str, pseudo: None) -> None:
    with pytest.raises(VcamError) as raised:
        WRONG[value]()
    said = str(raised.value)
    assert said.count("⟦") and value in said
    left = " ".join(untranslated(said)).replace(value, "")
    assert not set(re.findall(r"[A-Za-z]{3,}", left)) - VALUES, said


def test_what_is_chosen_is_called_in_the_users_language(pseudo: None) -> None:
    for kind in KINDS.values():
        assert not untranslated(tr(kind.summary)) and not untranslated(tr(kind.usage))
        for each in kind.offers():
            assert not untranslated(each.label)
    titles = [each.title for each in (Blur(33), choose("room"), choose("beach"))]
    titles += [each.title for each in gallery()]
    assert not [part for title in titles for part in untranslated(title)]
    assert untranslated(Unknown("hologram").label) == ["hologram"]
    assert choose("beach.jpg").title == "⟦beach⟧"


def test_a_file_of_the_users_own_keeps_its_name(tmp_path: Path, pseudo: None) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "beach.jpg").touch()
    (entry,) = gallery(folder)
    assert entry.title == "beach" and entry.background().title == "beach"


def test_damage_is_told_in_the_users_language(pseudo: None) -> None:
    assert not untranslated(str(Skipped(1, 2.0))) + untranslated(str(Skipped(3, 2.0)))
