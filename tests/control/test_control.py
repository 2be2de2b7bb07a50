"""Who may speak to the running vcam: me; others are not even heard."""

import contextlib
import errno
import http.client
import json
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Eventually
from systems import linux_only, not_on_windows

from vcam import __version__
from vcam.app import App
from vcam.backgrounds import Background
from vcam.backgrounds.color import Color
from vcam.cli import main
from vcam.control import client, endpoint, server, session
from vcam.control.client import NotRunningError, ask
from vcam.control.endpoint import LONGEST_REQUEST
from vcam.control.instance import exclusive
from vcam.control.server import Server
from vcam.errors import ControlError, UsageError
from vcam.files import settings_path
from vcam.local import channel
from vcam.local.runtime_folder import runtime_folder
from vcam.settings import load
from vcam.status import Hold
from vcam.testing import FakeWorld

posix = not_on_windows("files have no modes, and the address is a port")


@pytest.fixture
def folder() -> Path:
    return runtime_folder()


@pytest.fixture(params=["socket", "port"])
def anywhere(
    request: pytest.FixtureRequest, app: App, monkeypatch: pytest.MonkeyPatch
) -> Iterator[App]:
    """A running vcam, reached in both of the ways that there are."""
    if request.param == "port":
        monkeypatch.setattr(channel, "BY_PORT", True)
    monkeypatch.setattr(session, "TRANSFER_S", 0.3)
    with exclusive(), Server(app):
        yield app


def call(first: bytes = b"") -> channel.Connection:
    """A connection of another program, which sends something."""
    found = endpoint.read(runtime_folder())
    assert found is not None
    connection = channel.connect(runtime_folder(), found.port, 5.0)
    with contextlib.suppress(ConnectionError):  # it may be cut off in the middle of it
        connection.sendall(first)
    return connection


def secret() -> bytes:
    found = endpoint.read(runtime_folder())
    assert found is not None
    return found.secret.encode()


def heard(connection: channel.Connection) -> bytes:
    """All that comes back until the connection ends."""
    answer = b""
    with connection, contextlib.suppress(ConnectionError):
        while piece := connection.recv(1 << 16):
            answer += piece
    return answer


def test_a_friend_is_heard_at_once(
    anywhere: App, world: FakeWorld, eventually: Eventually
) -> None:
    ask("set", words=["background=#ff0000"], folder="/")
    eventually(lambda: (world.published[-1][:, -8:] == (0, 0, 255)).all())
    assert load(settings_path()).background == Color("#ff0000")


def test_a_friend_who_babbles_is_told_so(served_app: App) -> None:
    assert b"does not know" in heard(call(secret() + b'\n{"verb": ["quit"]}\n'))
    assert b"not a JSON object" in heard(call(secret() + b"\n[1]\n"))
    assert b"not a JSON object" in heard(call(secret() + b"\n" + b"[" * 60000 + b"\n"))


def test_a_friend_who_is_slow_is_heard_to_the_end(served_app: App) -> None:
    connection = call(secret()[:20])
    for piece in (secret()[20:], b'\n{"verb"', b': "status"', b"}\n"):
        time.sleep(0.05)
        connection.sendall(piece)
    assert b'"state": "live"' in heard(connection)


@linux_only("it lists the open files")
def test_a_server_that_has_ended_holds_no_file(app: App) -> None:
    def held() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = held()
    for _ in range(5):
        with Server(app):
            ask("status")
    assert held() == before


def test_a_vcam_that_hangs_is_told_in_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.2)
    listener, port = channel.listen(folder)
    with listener, exclusive():
        endpoint.write(endpoint.Endpoint(port, "0" * 64, 4711), folder)
        with pytest.raises(ControlError, match=r"process 4711\) does not answer"):
            ask("status")


@posix
def test_a_vcam_that_cannot_be_reached_is_told(folder: Path) -> None:
    (folder / "control").symlink_to("control")
    with exclusive():
        endpoint.write(endpoint.Endpoint(None, "0" * 64, 4711), folder)
        with pytest.raises(ControlError, match=r"process 4711\) does not answer"):
            ask("status")


class TestAHangingDrive:
    """``slow.mp4`` lies on it."""

    @pytest.fixture(autouse=True)
    def drive(self, monkeypatch: pytest.MonkeyPatch, world: FakeWorld) -> None:
        def named(text: str, *_: object) -> Background:
            if text == "slow.mp4":
                world.hang(None)
            return Color("#0000ff")

        monkeypatch.setattr("vcam.settings.edits.named_background", named)
        monkeypatch.setattr(server, "FINISH_S", 0.05)

    @pytest.fixture
    def asked(self, anywhere: App) -> channel.Connection:
        request = {"verb": "set", "words": ["background=slow.mp4"], "folder": "/"}
        connection = call(secret() + b"\n" + json.dumps(request).encode() + b"\n")
        connection.settimeout(5.0)
        return connection

    def test_other_commands_are_answered_meanwhile(
        self, anywhere: App, asked: channel.Connection, world: FakeWorld
    ) -> None:
        ask("pause")
        assert anywhere.held is Hold.PAUSE
        ask("set", words=["background=teal"], folder="/")
        world.let_go.set()
        assert json.loads(heard(asked)) == {"version": __version__}
        assert anywhere.settings.background == Color("#0000ff")

    def test_what_takes_too_long_is_told_and_never_done(
        self,
        anywhere: App,
        asked: channel.Connection,
        world: FakeWorld,
        monkeypatch: pytest.MonkeyPatch,
        eventually: Eventually,
    ) -> None:
        before = anywhere.settings
        monkeypatch.setattr(server, "FILES_S", 0.1)
        assert b"takes too long" in heard(asked)
        world.let_go.set()
        eventually(lambda: "vcam-command" not in names_of_threads())
        ask("resume")
        assert anywhere.settings == before

    def test_what_has_begun_is_never_said_not_to_be_done(
        self, anywhere: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slowly(hold: Hold, minutes: float | None) -> None:
            time.sleep(0.5)
            at_once(hold)

        at_once = anywhere.hold
        monkeypatch.setattr(anywhere, "hold", slowly)
        monkeypatch.setattr(server, "FILES_S", 0.1)
        assert ask("pause") == {}
        assert anywhere.held is Hold.PAUSE

    def test_who_goes_away_changes_nothing(
        self,
        anywhere: App,
        asked: channel.Connection,
        world: FakeWorld,
        eventually: Eventually,
    ) -> None:
        before = anywhere.settings
        eventually(lambda: "vcam-command" in names_of_threads())
        ask("status")
        asked.close()
        ask("status")
        world.let_go.set()
        eventually(lambda: "vcam-command" not in names_of_threads())
        ask("resume")
        assert anywhere.settings == before

    def test_so_many_hang_and_no_more(
        self, anywhere: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "HANGING_AT_MOST", 2)
        monkeypatch.setattr(server, "FILES_S", 0.05)
        for _ in range(2):
            with pytest.raises(ControlError, match="takes too long"):
                ask("set", words=["background=slow.mp4"], folder="/")
        with pytest.raises(ControlError, match=r"Earlier commands.*a drive that hangs"):
            ask("set", words=["background=slow.mp4"], folder="/")


def names_of_threads() -> set[str]:
    return {each.name for each in threading.enumerate()}


def threads_of_commands() -> int:
    return [each.name for each in threading.enumerate()].count("vcam-command")


def flood(hold: contextlib.ExitStack) -> None:
    for _ in range(60):
        hold.enter_context(call())


def half_a_line(hold: contextlib.ExitStack) -> None:
    hold.enter_context(call(secret()[:20]))
    hold.enter_context(call(secret() + b'\n{"verb": "qu'))


def a_megabyte_of_garbage(hold: contextlib.ExitStack) -> None:
    for first in (b"", secret() + b"\n"):
        assert heard(call(first + b"x" * (1 << 20))) == b""


def a_wrong_secret(hold: contextlib.ExitStack) -> None:
    for wrong in (b"0" * 64, b"", secret()[:-1], secret().upper() + b"0", b"\xff" * 64):
        assert heard(call(wrong + b'\n{"verb": "quit"}\n')) == b""


def a_web_page(hold: contextlib.ExitStack) -> None:
    body = secret() + b'\n{"verb": "quit"}\n'
    request = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
    assert heard(call(request % len(body) + body)) == b""
    found = endpoint.read(runtime_folder())
    if found is not None and found.port is not None:
        browser = http.client.HTTPConnection("127.0.0.1", found.port, timeout=5)
        refused = pytest.raises((OSError, http.client.HTTPException))
        with contextlib.closing(browser), refused:
            browser.request("POST", "/", body)
            browser.getresponse()


def half_a_reader(hold: contextlib.ExitStack) -> None:
    """Asks and asks, and never reads the answer."""
    for _ in range(20):
        hold.enter_context(call(secret() + b'\n{"verb": "status"}\n'))


@pytest.mark.parametrize(
    "attack",
    [flood, half_a_line, a_megabyte_of_garbage, a_wrong_secret, a_web_page, half_a_reader],
    ids=lambda attack: attack.__name__,
)
def test_an_attack_is_neither_answered_nor_noticed(
    attack: Callable[[contextlib.ExitStack], None],
    anywhere: App,
    world: FakeWorld,
    eventually: Eventually,
) -> None:
    with contextlib.ExitStack() as hold:
        attack(hold)
        seen = len(world.published)
        assert ask("status")["state"] == "live", "a friend is answered meanwhile"
        eventually(lambda: len(world.published) > seen + 5)
    assert not anywhere.wait(0.0), "nobody could end it"
    assert ask("status")["state"] == "live"


def test_a_flood_never_takes_more_than_eight_threads(
    anywhere: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "TRANSFER_S", 60.0)
    with contextlib.ExitStack() as hold:
        for _ in range(60):
            hold.enter_context(call())
            assert threads_of_commands() <= server.AT_MOST == 8
        assert ask("status")["state"] == "live", "all others have been accepted before"
        assert 1 < threads_of_commands() <= server.AT_MOST


def test_who_sends_a_byte_now_and_then_is_cut_off_all_the_same(
    anywhere: App, caplog: pytest.LogCaptureFixture
) -> None:
    connection = call(secret() + b"\n")
    began_s = time.monotonic()
    with connection, pytest.raises(OSError):
        while time.monotonic() - began_s < 5:
            connection.sendall(b"x")
            time.sleep(0.001)
    assert time.monotonic() - began_s < 3
    assert not caplog.records


def test_who_dawdles_is_cut_off(anywhere: App) -> None:
    assert heard(call(b"abc")) == b""
    assert heard(call(secret() + b"\n{")) == b""


def test_who_never_ends_is_cut_off_long_before_the_time_is_up(
    served_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "TRANSFER_S", 60.0)
    assert heard(call(b"x" * 100)) == b""
    assert heard(call(secret() + b"\n" + b"x" * (LONGEST_REQUEST + 1))) == b""


def test_a_request_may_be_long_but_not_too_long(served_app: App) -> None:
    with pytest.raises(UsageError):
        ask("set", words=["edge=" + "1" * (LONGEST_REQUEST - 200)], folder="/")
    with pytest.raises(UsageError, match="too long for a command"):
        ask("set", words=["edge=" + "1" * LONGEST_REQUEST], folder="/")
    assert heard(call(secret() + b'\n"' + b"x" * LONGEST_REQUEST + b'"\n')) in (
        b"",
        b'{"error": "The request is too long", "mistake": true}\n',
    )


def test_nothing_is_left_but_the_lock(app: App, folder: Path) -> None:
    Server(app).start().close()
    assert [each.name for each in folder.iterdir() if each.name != "lock"] == []


@posix
class TestPlace:
    def test_nobody_else_can_look_or_knock(self, served_app: App, folder: Path) -> None:
        assert folder.stat().st_mode & 0o777 == 0o700
        modes = {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}
        assert modes == {"control": 0o600, "endpoint.json": 0o600, "lock": 0o600}

    def test_a_folder_that_others_can_use_is_refused(self, folder: Path) -> None:
        folder.chmod(0o755)
        with pytest.raises(ControlError, match="can be used by others"):
            runtime_folder()

    def test_a_link_to_a_folder_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "real").mkdir(0o700)
        (tmp_path / "link").symlink_to(tmp_path / "real")
        monkeypatch.setenv("VCAM_RUNTIME_DIR", str(tmp_path / "link"))
        with pytest.raises(ControlError, match="is something else"):
            runtime_folder()

    @linux_only("elsewhere it is refused")
    @pytest.mark.parametrize("named", ["by a variable", "by the home"])
    def test_however_long_the_path_is_it_is_a_socket_for_me_alone(
        self, named: str, tmp_path: Path, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = tmp_path / ("long" * 40)
        home.mkdir()
        if named == "by the home":
            monkeypatch.setattr(os, "getuid", lambda: 999_999)  # it has no session
            monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
            monkeypatch.delenv("VCAM_RUNTIME_DIR")
            monkeypatch.setenv("HOME", str(home))
        else:
            monkeypatch.setenv("VCAM_RUNTIME_DIR", str(home / "run"))
        folder = runtime_folder()
        assert home in folder.parents
        with Server(app):
            found = endpoint.read(folder)
            assert found is not None and found.port is None
            assert stat.S_ISSOCK((folder / "control").stat().st_mode)
            assert (folder / "control").stat().st_mode & 0o777 == 0o600
            assert main(["status"]) == 0
            assert main(["set", "mirror=on"]) == 0
            assert app.settings.source.mirror
        assert not list(folder.iterdir())

    def test_a_path_that_is_too_long_without_proc_is_told_and_no_port_is_opened(
        self, tmp_path: Path, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VCAM_RUNTIME_DIR", str(tmp_path / ("long" * 40)))
        monkeypatch.setattr(channel.sys, "platform", "darwin")  # type: ignore[attr-defined]
        with pytest.raises(ControlError, match=r"too long.*shorter path"):
            Server(app).start()
        assert not list(runtime_folder().iterdir())

    def test_a_folder_without_sockets_is_told_and_no_port_is_opened(
        self, app: App, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(channel, "_bound", refuse)
        with pytest.raises(ControlError, match="Operation not permitted"):
            Server(app).start()
        assert endpoint.read(folder) is None

    def test_what_is_no_socket_is_not_removed(self, app: App, folder: Path) -> None:
        (folder / "control").mkdir()
        with pytest.raises(ControlError, match="is in the way"):
            Server(app).start()
        (folder / "control").rmdir()
        (folder / "control").write_text("mine")
        with pytest.raises(ControlError, match="is in the way"):
            Server(app).start()
        assert (folder / "control").read_text() == "mine"

    def test_an_endpoint_that_names_a_port_is_not_believed(self, folder: Path) -> None:
        endpoint.write(endpoint.Endpoint(8080, "0" * 64, 1), folder)
        assert endpoint.read(folder) is None
        with pytest.raises(NotRunningError):
            ask("status")

    def test_somebody_elses_folder_is_refused(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        with pytest.raises(ControlError, match="belongs to somebody else"):
            runtime_folder()

    def test_an_endpoint_that_others_could_have_written_is_refused(
        self, served_app: App, folder: Path
    ) -> None:
        endpoint.endpoint_file(folder).chmod(0o666)
        with pytest.raises(ControlError, match="can be used by others"):
            ask("status")

    @linux_only("it says whose process is on the other side")
    def test_another_user_is_not_heard(
        self, served_app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = os.geteuid()

        def seen_by_the_server() -> int:
            return 12345 if threading.current_thread().name == "vcam-control" else mine

        monkeypatch.setattr(channel.os, "geteuid", seen_by_the_server)  # type: ignore[attr-defined]
        assert heard(call(secret() + b'\n{"verb": "status"}\n')) == b""

    @linux_only("it says whose process is on the other side")
    def test_another_user_who_listens_is_not_told_the_secret(
        self, served_app: App, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(channel.os, "geteuid", lambda: 12345)  # type: ignore[attr-defined]
        with pytest.raises(ControlError, match="Another user listens"):
            channel.connect(folder, None, 5.0)

    def test_the_session_has_a_folder_or_the_home_has(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("VCAM_RUNTIME_DIR")
        session = tmp_path / "session"
        session.mkdir(0o700)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(session))
        assert runtime_folder() == session / "vcam"
        session.chmod(0o755)
        assert session not in runtime_folder().parents, "others might put a trap there"
