"""The doctor reads the user's settings, and says what comes of them."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from conftest import SMALL

from vcam.app import App
from vcam.cli import main
from vcam.cli.doctor import served_at
from vcam.files import settings_path
from vcam.outputs.options import OutputOptions
from vcam.outputs.served.output import Served
from vcam.settings import Settings, save
from vcam.system.doctor.choices import policy, served, settings
from vcam.system.doctor.finding import Asks
from vcam.system.doctor.host import Host


def free_port() -> int:
    with closing(Served(SMALL, 0)) as output:
        return urlsplit(output.address).port or 0


def serving(port: int) -> Host:
    return Host(settings=lambda: Settings(output=OutputOptions(serve=port)))


def test_settings_with_which_vcam_does_not_start_are_found() -> None:
    assert not list(settings(Host()))
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("[output]\nfsp = 30\n")
    (found,) = settings(Host())
    assert found.mark == "✗" and str(settings_path()) in found.what
    assert found.remedy == "Did you mean 'fps'?"


def test_an_engine_that_an_older_version_wrote_down_is_told_and_mended_when_asked() -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text('[mask]\nengine = "mediapipe" # so it was\n')
    host = Host(platform="linux", machine="x86_64")
    (found,) = settings(host)
    assert found.mark == "!" and "older versions wrote that" in found.what
    assert found.fix and found.fix.asks is Asks.US, "it may have been chosen"
    assert main(list(found.fix.command[4:])) == 0
    assert settings_path().read_text() == '[mask]\nengine = "auto" # so it was\n'
    assert not list(settings(host))
    elsewhere = replace(host, machine="riscv64")
    settings_path().write_text('[mask]\nengine = "mediapipe"\n')
    assert not list(settings(elsewhere)), "LiteRT is not made for it"


def test_nothing_is_said_while_it_is_off_or_the_settings_make_no_sense() -> None:
    assert not list(served(Host()))
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("[output]\nserve = 'there'\n")
    assert not list(served(Host()))


def test_it_says_where_the_picture_will_be(tmp_path: Path) -> None:
    port = free_port()
    save(Settings(output=OutputOptions(serve=port)), settings_path())
    (found,) = served(Host())
    assert found.ok and found.what == f"will be at 127.0.0.1:{port} when vcam runs"


def test_a_port_that_another_program_uses_is_found_before_the_call() -> None:
    with closing(Served(SMALL, 0)) as other:
        port = urlsplit(other.address).port or 0
        (found,) = served(serving(port))
        assert found.mark == "!" and "another program uses that port" in found.what
        assert "vcam set serve=" in found.remedy


def test_a_vcam_that_runs_says_where_it_is(
    served_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where its command named another port than the settings."""
    with closing(Served(SMALL, 0)) as output:
        there = replace(served_app.status, served=output.address)
        monkeypatch.setattr(App, "status", there)
        (found,) = served(replace(serving(free_port()), served_at=served_at))
        where = urlsplit(output.address)
        assert found.ok and f"is at {where.netloc}; `vcam status` says" in found.what
        assert where.path.strip("/") not in found.what


def test_a_vcam_that_could_not_serve_it_is_told_from_one_that_does(served_app: App) -> None:
    port = free_port()
    with closing(Served(SMALL, port)):
        (found,) = served(replace(serving(port), served_at=served_at))
    assert (
        found.mark == "!"
        and found.what == f"is not at 127.0.0.1:{port}, although vcam runs"
    )
    assert "vcam status" in found.remedy


def test_what_the_administrator_has_decided_is_said(decide: Callable[[str], None]) -> None:
    assert not list(policy(Host()))
    decide("room = false")
    said, *more = policy(Host())
    assert said.mark == "✓" and "is kept: your plain room is not shown" in said.what
    assert all("can be changed by you" in each.what for each in more), "not by root"
    decide("rooom = false")
    (broken,) = policy(Host())
    assert broken.mark == "✗" and "there is no option 'rooom'" in broken.what
    assert "only a card" in broken.remedy
