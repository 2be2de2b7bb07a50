"""What commands are told is in the user's language."""

from collections.abc import Callable
from pathlib import Path

import pytest
from systems import not_on_windows
from translation_sources import untranslated

from vcam.app import App
from vcam.control.client import ask
from vcam.control.instance import exclusive, only_one
from vcam.control.server import Server
from vcam.control.session import too_long
from vcam.errors import ControlError, VcamError
from vcam.local import channel, lock
from vcam.local.lock import locked
from vcam.local.runtime_folder import VARIABLE, check_private, runtime_folder
from vcam.translation import quoted

pytestmark = pytest.mark.usefixtures("pseudo")
posix = not_on_windows("what is in a profile is private")


def english(act: Callable[[], object]) -> list[str]:
    """What is not translated of the error of ``act``: nothing but names and values."""
    with pytest.raises(VcamError) as caught:
        act()
    return untranslated(str(caught.value))


def test_the_running_vcam(served_app: App) -> None:
    assert english(lambda: ask("sing")) == ["'sing'"]
    assert not english(lambda: ask("set"))
    views = ["'sideways'", "result, mask, overlay, split"]
    assert english(lambda: ask("picture", view="sideways")) == views
    assert english(lambda: only_one().__enter__()) == []
    assert not untranslated(" ".join(map(str, too_long().values())))
    assert not english(lambda: ask("set", words=["x" * 99999], folder="/"))
    assert ask("status")["headline"].startswith("⟦Live⟧")


def test_none_runs() -> None:
    assert not english(lambda: ask("status"))


def test_another_one_is_just_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOCK_S", 0.0)
    with exclusive():
        assert not english(lambda: exclusive().__enter__())


@posix
def test_a_place_that_is_not_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, shared = tmp_path / "file", tmp_path / "shared"
    file.touch(0o600)
    shared.mkdir()
    shared.chmod(0o777)
    for place in (file / "below", shared):
        monkeypatch.setenv(VARIABLE, str(place))
        said = english(runtime_folder)
        assert quoted(str(place)) in said
        assert not {*said} - {quoted(str(place)), VARIABLE, "File exists"}
    monkeypatch.setenv(VARIABLE, str(tmp_path / "deep" / ("x" * 99)))
    assert runtime_folder()
    assert english(lambda: check_private(shared)) == [quoted(str(shared))]
    file.chmod(0o644)
    assert english(lambda: check_private(file)) == [quoted(str(file))]


@posix
def test_a_lock_and_a_socket_that_cannot_be(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = runtime_folder()
    (folder / "taken").mkdir()
    busy = ControlError("busy")
    said = english(lambda: locked("taken", busy).__enter__())
    assert said == [quoted(str(folder / "taken"))]
    (folder / channel.NAME).mkdir()
    said = english(Server(app).start)
    assert said == [quoted(str(folder / channel.NAME)), quoted(str(folder)), VARIABLE]
