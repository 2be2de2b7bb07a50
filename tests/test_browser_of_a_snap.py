"""Ubuntu's Firefox is a Snap, which may not read the session's runtime folder."""

from pathlib import Path

import pytest
from systems import linux_only

from vcam.local.runtime_folder import runtime_folder
from vcam.studio import handover
from vcam.tray import served_page

ADDRESS = "http://127.0.0.1:8226/?token=secret"

pytestmark = linux_only("snaps")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the browser was told to open."""
    opened: list[str] = []

    def opens(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("webbrowser.open", opens)
    monkeypatch.setenv("DISPLAY", ":7")
    return opened


def browser(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make this the user's browser; the folder that the Snap of Firefox can read."""
    programs, home = tmp_path / "bin", tmp_path / "home of Jürgen"
    programs.mkdir()
    asked = programs / "xdg-settings"
    asked.write_text(f"#!/bin/sh\necho {name}\n")
    asked.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(home))
    folder = home / "snap" / "firefox" / "common"
    folder.mkdir(parents=True)
    return folder


def test_it_is_given_a_private_page_that_it_can_read_until_the_studio_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    folder = browser("firefox_firefox.desktop", tmp_path, monkeypatch)
    with handover.only_one(), handover.published(ADDRESS):
        assert handover.open_browser()
        (page,) = folder.iterdir()
        assert opened == [page.as_uri()]
        assert ADDRESS in page.read_text()
        assert page.stat().st_mode & 0o777 == 0o600
    assert not list(folder.iterdir())
    assert not (runtime_folder() / handover.PAGE).exists()


def test_so_is_the_page_of_the_served_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = browser("firefox_firefox.desktop", tmp_path, monkeypatch)
    page = served_page.leading_to(ADDRESS)
    assert page.parent == folder and ADDRESS in page.read_text()
    served_page.forget()
    assert not list(folder.iterdir())


@pytest.mark.parametrize(
    "name", ["firefox.desktop", "chromium_chromium.desktop", "../x_y.desktop", ""]
)
def test_every_other_browser_reads_the_runtime_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: list[str]
) -> None:
    """Chromium's Snap has never been started here: it has no folder yet."""
    folder = browser(f"'{name}'", tmp_path, monkeypatch)
    with handover.only_one(), handover.published(ADDRESS):
        assert handover.open_browser()
        assert opened == [(runtime_folder() / handover.PAGE).as_uri()]
    assert not list(folder.iterdir())
