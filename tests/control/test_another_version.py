"""vcam was upgraded while it ran: the next command says that the old one still runs."""

from collections.abc import Iterator

import pytest

import vcam.control.client
import vcam.control.session
from vcam import __version__
from vcam.app import App
from vcam.cli import main
from vcam.control.instance import AlreadyRunningError, only_one


@pytest.fixture(autouse=True)
def a_process_of_its_own() -> Iterator[None]:
    yield
    vcam.control.client.others.clear()


@pytest.fixture
def upgraded(served_app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setattr(vcam.control.session, "__version__", "0.0.9")
    return served_app


def test_the_same_version_is_not_worth_a_word(
    served_app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "status"),
    [(["status", "--json"], 0), (["set", "mirror=on"], 0), (["set", "mirror=maybe"], 2)],
)
def test_after_an_upgrade_every_command_says_in_one_line_to_restart_it(
    upgraded: App, capsys: pytest.CaptureFixture[str], words: list[str], status: int
) -> None:
    assert main(words) == status
    said = [line for line in capsys.readouterr().err.splitlines() if "version" in line]
    assert said == [
        f"vcam: The running vcam is another one: version 0.0.9, and this command is "
        f"version {__version__}. To use this one, run `vcam quit` and start vcam again."
    ]


def test_one_that_is_too_old_to_say_its_version_is_told_of_as_well(
    served_app: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vcam.control.session, "__version__", "")
    assert main(["status"]) == 0
    assert "another one: version ?," in capsys.readouterr().err


def test_who_starts_vcam_again_is_told_too(
    upgraded: App, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AlreadyRunningError), only_one():
        pass
    assert main(["tray"]) == 0  # there is no terminal here
    assert "version 0.0.9" in capsys.readouterr().err


def test_the_command_that_ends_it_says_nothing_more(
    upgraded: App, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # It would wait for the process, which is that of this test.
    monkeypatch.setattr("vcam.cli.remote._wait_for_the_end", lambda pid: None)
    assert main(["quit"]) == 0
    assert upgraded.wait(5)
    assert "version" not in capsys.readouterr().err
