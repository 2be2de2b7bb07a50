"""Why the compiled loops are not used is said in the user's language."""

import sys
from pathlib import Path

import pytest
from translation_sources import untranslated

from vcam import kernels
from vcam.kernels.build import BuildError, build

pytestmark = pytest.mark.usefixtures("pseudo")


def test_why_they_are_not_used(tmp_path: Path) -> None:
    for name in kernels.files.builds():
        kernels.files.library(name, tmp_path).write_bytes(b"no library")
    said = [kernels.choose(wanted, tmp_path) for wanted in (kernels.OFF, "nonsense", "")]
    for choice in said:
        outside = " ".join(untranslated(str(choice)))
        assert choice.library is None and outside, outside
        words = set(outside.replace(",", " ").split())
        files = {word for word in words if word.startswith("kernels-")}
        builds = {"off", *kernels.files.builds()}
        assert words - files <= builds | {"VCAM_KERNELS", "'off'", "'nonsense'"}


@pytest.mark.skipif(sys.platform == "win32", reason="quotes are others there")
@pytest.mark.parametrize("given", ["no-such-compiler", "'", "false"])
def test_why_they_cannot_be_built(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", given)
    with pytest.raises(BuildError) as caught:
        build(tmp_path)
    names = {f"CC={given}", "false", "No closing quotation"}
    assert set(untranslated(str(caught.value))) <= names
