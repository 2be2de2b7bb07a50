"""docs/api.md and the code agree: names, signatures, fields; and the examples run."""

import ast
import dataclasses
import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import vcam
from vcam import errors
from vcam.frames import Frame, Size
from vcam.sources.presenter import PresenterSource

TEXT = (Path(__file__).parents[1] / "docs" / "api.md").read_text("utf-8")
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.S)
SIGNATURES = re.findall(r"`(vcam[\w.]*)\(([^`]*)\)`", TEXT)
FURTHER = "…"
"""Stands for parameters that are not described."""


def found(name: str) -> Any:
    """What a dotted name means: a module, or something in one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            value = getattr(value, part)
        return value
    raise AssertionError(name)


def test_every_name_exists() -> None:
    names = set(re.findall(r"`(vcam(?:\.\w+)+)[`(]", TEXT))
    assert len(names) > 40
    for name in names:
        assert found(name) is not None, name


@pytest.mark.parametrize(("name", "written"), SIGNATURES, ids=[s[0] for s in SIGNATURES])
def test_every_signature_is_the_real_one(name: str, written: str) -> None:
    words = written.removesuffix(FURTHER).rstrip(", *")
    stated = ast.parse(f"def f({words}): ...").body[0]
    assert isinstance(stated, ast.FunctionDef)
    code = compile(ast.Module([stated], []), "docs/api.md", "exec")
    scope: dict[str, Any] = {"Size": Size, "Path": Path}
    exec(code, scope)
    expected = list(inspect.signature(scope["f"]).parameters.values())
    real = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(found(name)).parameters.values()
        if each.name != "self"
    ]
    assert expected == (real[: len(expected)] if written.endswith(FURTHER) else real)


@pytest.mark.parametrize(
    ("name", "kind"), [("vcam.Result", vcam.Result), ("vcam.frames.Frame", Frame)]
)
def test_every_field_is_described(name: str, kind: Any) -> None:
    section = TEXT.partition(f"### `{name}")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.M)
    assert rows == [field.name for field in dataclasses.fields(kind)]


def test_every_error_is_described() -> None:
    for kind in vars(errors).values():
        if inspect.isclass(kind):
            assert f"`{kind.__module__}.{kind.__name__}" in TEXT


@pytest.mark.parametrize("code", CODE, ids=[str(number) for number in range(len(CODE))])
def test_the_examples_run(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frame = PresenterSource(Size(320, 180), paced=False).read(1.0)
    assert frame is not None
    shown: list[Any] = []
    exec(code, {"image_bgr": frame.image, "show": shown.append})
    assert all(image.shape == (180, 320, 3) for image in shown)
