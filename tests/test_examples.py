"""The examples run as their first lines say."""

import ast
import json
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from vcam.backgrounds.choosing import KINDS
from vcam.errors import SettingsError, SourceError
from vcam.frames import Image, Size
from vcam.outputs import window
from vcam.sources import camera
from vcam.sources.presenter import PresenterSource

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(monkeypatch: pytest.MonkeyPatch, name: str, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


def presenter(size: Size) -> Image:
    frame = PresenterSource(size, paced=False).read(1.0)
    assert frame is not None
    return frame.image


class ShortWindow:
    """The user closes it after three pictures."""

    def __init__(self, size: Size, title: str) -> None:
        self.shown.clear()

    shown: list[Image] = []  # noqa: RUF012 - read by the test

    @property
    def closed(self) -> bool:
        return len(self.shown) == 3

    def send(self, image: Image) -> None:
        self.shown.append(image.copy())

    def close(self) -> None:
        pass


@pytest.mark.parametrize("words", [["presenter"], []], ids=["presenter", "no camera"])
def test_a_webcam_is_filtered_in_twenty_lines(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_camera(*_: Any) -> None:
        raise SourceError("There is no camera")

    monkeypatch.setattr(window, "Window", ShortWindow)
    monkeypatch.setattr(camera, "Camera", no_camera)
    run(monkeypatch, "webcam_filter.py", *words)
    first, *_, last = ShortWindow.shown
    assert first.shape == (720, 1280, 3) and np.ptp(last) > 100
    lines = (EXAMPLES / "webcam_filter.py").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 20


def test_a_person_is_cut_out_of_a_photograph(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    me, out = tmp_path / "me.png", tmp_path / "out.png"
    image = presenter(Size(640, 360))
    cv2.imwrite(str(me), image)
    run(monkeypatch, "picture_to_composite.py", str(me), "#00b140", str(out))
    mask = cv2.imread(str(tmp_path / "out-mask.png"), cv2.IMREAD_GRAYSCALE)
    result = cv2.imread(str(out))
    assert mask is not None and result is not None
    assert (mask == 255).mean() > 0.1
    assert (result[mask == 0] == (64, 177, 0)).all()
    assert str(out) in capsys.readouterr().out


def displayed(cell: str, names: dict[str, Any]) -> Any:
    """Run a cell of a notebook; returns what it displays, as Jupyter would."""
    parsed = ast.parse(cell)
    last = parsed.body[-1]
    if not isinstance(last, ast.Expr):
        exec(cell, names)
        return None
    exec(compile(ast.Module(parsed.body[:-1], []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


def test_the_notebook_goes_from_a_picture_to_a_mask_to_a_composite(
    capsys: pytest.CaptureFixture[str],
) -> None:
    notebook = json.loads((EXAMPLES / "picture_to_mask.ipynb").read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {"__name__": "__main__"}
    pictures: list[Image] = []
    for cell in cells:
        assert not cell["outputs"] and cell["execution_count"] is None, "it is stored small"
        value = displayed("".join(cell["source"]), names)
        if value is not None:
            png = np.frombuffer(value._repr_png_(), np.uint8)
            pictures.append(np.asarray(cv2.imdecode(png, cv2.IMREAD_UNCHANGED), np.uint8))
    photo, composite, mask, overlay, gold, cut = pictures
    person = np.s_[250:350, 280:360]
    for shown in (composite, overlay, gold, cut[:, :, :3]):
        assert (shown[person] == photo[person]).all()
        assert (shown[:40, :40] != photo[:40, :40]).any(axis=2).mean() > 0.9
    assert (mask[person] == 255).all() and not mask[:40, :40].any()
    assert (gold[:40, :40] == (0, 215, 255)).all() and not cut[:40, :40].any()
    told = capsys.readouterr().out
    assert "mask: float32 (360, 640), from 0.0 to 1.0" in told
    assert re.search(r"largest difference: [01]\n", told)


def test_a_background_that_is_not_there_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = tmp_path / "me.png"
    cv2.imwrite(str(me), presenter(Size(320, 180)))
    with pytest.raises(SystemExit, match="There is no background 'beech'"):
        run(monkeypatch, "picture_to_composite.py", str(me), "beech", "out.png")


def test_a_background_of_ones_own_is_chosen_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "sky", KINDS["color"])  # as it was before, afterwards
    out = tmp_path / "sky.png"
    run(monkeypatch, "own_background.py", "gold", str(out))
    picture = cv2.imread(str(out))
    assert picture is not None
    top, bottom = picture[0, 0], picture[-1, 0]
    assert tuple(top) == (92, 46, 20) and tuple(bottom) == (0, 215, 255)
    with pytest.raises(SettingsError, match="'gould' is not a colour"):
        run(monkeypatch, "own_background.py", "gould", str(out))
