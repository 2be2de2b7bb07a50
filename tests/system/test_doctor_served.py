"""The doctor says where the picture is served, and when it cannot be."""

from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from conftest import SMALL

from vcam.app import App
from vcam.files import settings_path
from vcam.outputs.options import OutputOptions
from vcam.outputs.served.output import Served
from vcam.settings import Settings, save
from vcam.system.doctor.host import Host
from vcam.system.doctor.served import served


def free_port() -> int:
    with closing(Served(SMALL, 0)) as output:
        return urlsplit(output.address).port or 0


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
        (found,) = served(Host(served_port=lambda: port))
        assert found.mark == "!" and "another program uses that port" in found.what
        assert "vcam set serve=" in found.remedy


def test_a_vcam_that_runs_is_no_other_program(served_app: App) -> None:
    with closing(Served(SMALL, 0)) as ours:
        port = urlsplit(ours.address).port or 0
        (found,) = served(Host(served_port=lambda: port))
        assert found.ok and "`vcam status` says the whole address" in found.what
        assert urlsplit(ours.address).path.strip("/") not in found.what
