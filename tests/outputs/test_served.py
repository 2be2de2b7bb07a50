"""Programs of the user read what is on air by HTTP: nobody else can, and none disturbs."""

import logging
import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually, running
from served_reader import Answer, Reader
from systems import WINDOWS, not_on_windows

from vcam.app import App
from vcam.backgrounds.room import Room
from vcam.cli import main
from vcam.cli.run import Report
from vcam.control.server import Server as ControlServer
from vcam.errors import OutputError, SettingsError
from vcam.files import settings_path
from vcam.frames import Image, Size
from vcam.local import channel, peers
from vcam.outputs.opening import OUTPUTS, open_output
from vcam.outputs.options import USUAL_PORT, OutputOptions
from vcam.outputs.served import server
from vcam.outputs.served.output import Served
from vcam.outputs.served.server import MOST_CONNECTIONS, MOST_READERS, Server, Visitor
from vcam.outputs.served.token import token_file
from vcam.outputs.viewers import Viewers
from vcam.settings import Settings, load, save
from vcam.settings.edits import edit_of
from vcam.status import State, Status
from vcam.testing import HURRY, FakeWorld, RecordingOutput, shows_secret

LARGE = Size(1920, 1080)
"""Noise of this size is more than systems keep for a program that does not read."""


@pytest.fixture
def output() -> Iterator[Served]:
    with closing(Served(SMALL, 0)) as output:
        yield output


@pytest.fixture
def large() -> Iterator[Served]:
    with closing(Served(LARGE, 0)) as output:
        yield output


def plain(value: int, size: Size = SMALL) -> Image:
    return np.full((size.height, size.width, 3), value, np.uint8)


def noise(value: int) -> Image:
    """Much to send, with a mark in the corner by which it is known again."""
    image = np.random.default_rng(value).integers(0, 256, (1080, 1920, 3), np.uint8)
    image[:64, :64] = value
    return image


def mark(image: Image | None) -> int:
    assert image is not None
    return round(float(image[16:48, 16:48].mean()))


def reading(output: Served, count: int = 1) -> Callable[[], bool]:
    return lambda: len(output._server.readers) == count


def waiting(output: Served) -> Callable[[], bool]:
    return lambda: bool(output._server.takers())


class TestReading:
    def test_a_program_gets_what_is_sent(
        self, output: Served, eventually: Eventually
    ) -> None:
        picture = cv2.GaussianBlur(
            np.random.default_rng(1).integers(0, 256, (54, 96, 3), np.uint8), (0, 0), 3
        ).astype(np.uint8)
        with Reader(output.address) as reader:
            for each in (picture, plain(0), plain(255)):
                eventually(waiting(output))
                output.send(each)
                got = reader.picture()
                assert got is not None
                assert np.abs(got.astype(int) - each).mean() < 3

    def test_nothing_is_encoded_while_nobody_reads(
        self, output: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cv2, "imencode", None)
        output.send(plain(7))
        with Answer(output.address) as page:
            assert page.status == 200
            page.rest()
        output.send(plain(7))
        assert output.viewers() == Viewers(False, ())

    @pytest.mark.parametrize(
        ("agent", "name"),
        [
            ("Mozilla/5.0 (X11) AppleWebKit/537 Chrome/127.0 Safari/537 OBS/31.0", "OBS"),
            ("Lavf/61.7.100", "ffmpeg"),
            ("Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox"),
            ("\x1b[31mevil", ""),
        ],
    )
    def test_who_reads_watches_and_is_named_by_what_is_known(
        self, output: Served, eventually: Eventually, agent: str, name: str
    ) -> None:
        assert output.viewers() == Viewers(False, ())
        request = asked(output, more=f"User-Agent: {agent}\r\n")
        with Answer(output.address, request) as reader:
            assert reader.status == 200
            assert output.viewers() == Viewers(True, (name,) if name else None)
        eventually(lambda: output.viewers() == Viewers(False, ()))

    def test_the_page_asks_whether_it_is_still_sent_its_stream(
        self, output: Served, eventually: Eventually
    ) -> None:
        def alive(name: str) -> int:
            with Answer(f"{output.address}alive?{name}") as answer:
                return answer.status

        with Answer(f"{output.address}stream.mjpg?abc") as reader:
            assert reader.status == 200
            assert (alive("abc"), alive("abd")) == (204, 404)
        eventually(lambda: alive("abc") == 404)

    def test_what_reads_after_the_end_is_told_so(self, output: Served) -> None:
        with Reader(output.address) as reader:
            output.close()
            assert reader.picture() is None
        with pytest.raises(OutputError, match="not served any more"):
            output.send(plain(0))


class TestSlowReaders:
    def test_one_that_does_not_read_keeps_nobody_waiting_and_is_disconnected(
        self, large: Served, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "LATE_S", 0.2)
        picture = noise(90)
        with Reader(large.address, receives=4096), Reader(large.address) as other:
            for _ in range(4):
                eventually(waiting(large))
                large.send(picture)
                assert mark(other.picture()) in range(85, 96)
            eventually(reading(large, 1))

    @pytest.mark.parametrize("known", [True, False])
    def test_one_that_is_behind_misses_pictures_and_gets_no_old_one(
        self,
        large: Served,
        eventually: Eventually,
        monkeypatch: pytest.MonkeyPatch,
        known: bool,
    ) -> None:
        """Whether the system says what has been read or not."""
        monkeypatch.setattr(peers, "KNOWN", known and peers.KNOWN)
        monkeypatch.setattr(server, "LATE_S", 60)
        pictures = [noise(value) for value in (40, 120, 200)]
        with Reader(large.address, receives=4096) as slow:
            large.send(pictures[0])
            assert not large._server.takers(), "the first is still on its way"
            large.send(pictures[1])
            assert mark(slow.picture()) in range(35, 46)
            eventually(waiting(large))
            large.send(pictures[2])
            assert mark(slow.picture()) in range(195, 206)

    @pytest.mark.skipif(not peers.KNOWN, reason="the system does not say what is read")
    def test_nobody_is_sent_a_picture_before_the_last_one_was_read(
        self, output: Served, eventually: Eventually
    ) -> None:
        pictures = [np.random.default_rng(n).integers(0, 256, (54, 96, 3)) for n in (1, 2)]
        first, second = (each.astype(np.uint8) for each in pictures)
        with Reader(output.address) as slow:
            output.send(first)
            for _ in range(50):
                output.send(second)
            assert close_to(slow.picture(), first)
            eventually(waiting(output))
            output.send(first)
            assert close_to(slow.picture(), first), "none of the fifty is in between"

    @pytest.mark.skipif(not peers.KNOWN, reason="the system does not say what is read")
    def test_one_that_hangs_with_a_picture_does_not_keep_the_camera_on(
        self, output: Served, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(server, "HANGS_S", 0.1)
        picture = np.random.default_rng(1).integers(0, 256, (54, 96, 3), np.uint8)

        def given_up() -> bool:
            output.send(picture)
            return not output.viewers().watched

        with Reader(output.address):
            eventually(given_up)


def close_to(image: Image | None, wanted: Image) -> bool:
    """As far as noise survives in a JPEG: other noise is as far away as can be."""
    assert image is not None
    return bool(np.abs(image.astype(int) - wanted).mean() < 60)


def asked(
    output: Served,
    path: str = "stream.mjpg",
    *,
    method: str = "GET",
    host: str = "",
    token: str = "",
    more: str = "",
) -> bytes:
    """A request, right but for what is given."""
    where = urlsplit(output.address)
    base = f"/{token}/" if token else where.path
    return (
        f"{method} {base}{path} HTTP/1.1\r\nHost: {host or where.netloc}\r\n{more}\r\n"
    ).encode()


class TestStrangers:
    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"host": "evil.example"}, 403),
            ({"host": "evil.example:8226"}, 403),
            ({"host": "127.0.0.1"}, 403),
            ({"more": "Host: evil.example\r\n"}, 400),
            ({"token": "0" * 32}, 404),
            ({"token": "0"}, 404),
            ({"path": ""}, 200),
            ({"path": "../"}, 404),
            ({"path": "stream.mjpg/"}, 404),
            ({"path": "settings"}, 404),
            ({"path": "alive?<script>"}, 404),
            ({"method": "POST"}, 400),
            ({"method": "OPTIONS"}, 400),
            ({"more": "Origin: https://evil.example\r\n"}, 403),
            ({"more": "Origin: null\r\n"}, 403),
            ({"more": "Sec-Fetch-Site: cross-site\r\n"}, 403),
            ({"more": "Sec-Fetch-Site: same-site\r\n"}, 403),
            ({"more": "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n"}, 403),
            ({"more": "a b: c\r\n"}, 400),
        ],
        ids=str,
    )
    def test_a_request_that_is_not_the_users_own_gets_no_picture(
        self, output: Served, wrong: dict[str, str], status: int
    ) -> None:
        with Answer(output.address, asked(output, **wrong)) as answer:
            head = answer.head
            assert int(head.split()[1]) == status
            assert "access-control" not in head.lower()
            assert "Cross-Origin-Resource-Policy: same-origin" in head
            assert "Cache-Control: no-store" in head
            assert b"JFIF" not in answer.rest()
        assert output.viewers() == Viewers(False, ())

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", 200),
            ("Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n", 403),
            ("Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n", 403),
        ],
    )
    def test_a_link_elsewhere_opens_the_page_and_nothing_embeds_it(
        self, output: Served, more: str, status: int
    ) -> None:
        request = asked(output, "", more=f"Sec-Fetch-Site: cross-site\r\n{more}")
        with Answer(output.address, request) as answer:
            assert answer.status == status

    @pytest.mark.parametrize("path", ["/", "/index.html", "//", "/favicon.ico"])
    def test_without_the_token_nothing_is_listed(self, output: Served, path: str) -> None:
        where = urlsplit(output.address)
        with Answer(f"http://{where.netloc}{path}") as answer:
            assert answer.status == 404
            assert answer.rest() == b"Not Found\n"

    def test_what_is_no_request_is_cut_off(self, output: Served) -> None:
        for request in (b"\x16\x03\x01" * 8192, asked(output) + b"more"):
            with Answer(output.address, request) as answer:
                assert answer.status == 0

    def test_one_that_reads_and_goes_on_to_talk_is_cut_off(
        self, output: Served, eventually: Eventually
    ) -> None:
        with Reader(output.address) as reader:
            reader._socket.sendall(b"GET / HTTP/1.1\r\n\r\n")
            eventually(reading(output, 0))

    def test_a_flood_of_connections_leaves_the_readers_alone(
        self, output: Served, eventually: Eventually
    ) -> None:
        with Reader(output.address) as reader, ExitStack() as flood:
            for _ in range(2 * MOST_CONNECTIONS):
                flood.enter_context(Answer(output.address, b"GET /"))
            eventually(waiting(output))
            output.send(plain(200))
            assert reader.picture() is not None
            with Answer(output.address) as page:
                assert page.status == 200

    def test_more_readers_than_it_takes_are_told_so(self, output: Served) -> None:
        with ExitStack() as readers:
            for _ in range(MOST_READERS):
                readers.enter_context(Reader(output.address))
            with Answer(f"{output.address}stream.mjpg") as one_more:
                assert one_more.status == 503

    @pytest.mark.skipif(not peers.KNOWN, reason="the system does not say whose it is")
    def test_a_program_of_another_user_is_disconnected(
        self, output: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        user = os.geteuid()
        monkeypatch.setattr(os, "geteuid", lambda: user + 1)
        with Answer(output.address) as answer:
            assert answer.status == 0

    @pytest.mark.skipif(not peers.KNOWN, reason="the system does not say whose it is")
    def test_thousands_of_connections_on_the_machine_delay_nobody(
        self, output: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked_about = []

        def slow(*ends: peers.Address) -> int:
            asked_about.append(ends)
            return os.geteuid()

        monkeypatch.setattr(peers, "user_of", slow)
        with Answer(output.address) as answer:
            assert answer.status == 200
        assert not asked_about, "reads a line for each of them"

    @pytest.mark.skipif(not peers.KNOWN, reason="the system does not say whose it is")
    @pytest.mark.parametrize("told", [OSError(), b"", bytes(96)])
    def test_a_kernel_that_tells_of_no_single_connection_is_asked_about_all(
        self, output: Served, monkeypatch: pytest.MonkeyPatch, told: OSError | bytes
    ) -> None:
        monkeypatch.setattr(channel, "_told", Mock(side_effect=[told] * 2))
        with Answer(output.address) as answer:
            assert answer.status == 200
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        with Answer(output.address) as answer:
            assert answer.status == 0

    @pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="only root can be others"
    )
    def test_another_user_who_knows_the_address_gets_nothing(self, output: Served) -> None:
        code = (
            "import sys, socket; s = socket.create_connection(('127.0.0.1', "
            "int(sys.argv[1])), 10); s.sendall(sys.argv[2].encode())\n"
            "try: print(s.recv(10))\nexcept ConnectionResetError: print(b'')"
        )
        where = urlsplit(output.address)
        words = ["/usr/bin/env", "python3", "-c", code, str(where.port)]
        for user, got in ((0, "b'HTTP/1.1 2'"), (65534, "b''")):
            done = subprocess.run(
                [*words, asked(output, "").decode()],
                user=user,
                capture_output=True,
                text=True,
                timeout=30,
                cwd="/",
            )
            assert done.stdout.strip() == got, done.stderr
        assert output.viewers() == Viewers(False, ())


class TestPeers:
    HEAD = (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid\n"
    )

    def table(self, folder: Path, peer: str, here: str) -> Path:
        path = folder / "tcp"
        others = "   1: 0100007F:1111 0100007F:2022 01 0:0 00:0 0     0        0 5\n"
        row = (
            f"   0: {peer} {here} 01 00000000:00000000 00:00000000 00000000  1001 0 77 1\n"
        )
        path.write_text(self.HEAD + others + row)
        return path

    @pytest.mark.skipif(sys.byteorder != "little", reason="written for little endian")
    @pytest.mark.parametrize(
        ("address", "written"),
        [
            ("127.0.0.1", "0100007F"),
            ("127.0.0.1", "0000000000000000FFFF00000100007F"),
            ("::1", "00000000000000000000000001000000"),
        ],
    )
    def test_the_user_of_the_other_end_is_found(
        self, tmp_path: Path, address: str, written: str
    ) -> None:
        table = self.table(tmp_path, f"{written}:C000", f"{written}:2022")
        tables = tmp_path / "missing", table
        peer, here = (address, 0xC000), (address, 0x2022)
        assert peers.user_of(peer, here, tables) == 1001
        assert peers.user_of(here, peer, tables) is None
        assert peers.user_of((address, 0xC001), here, tables) is None

    def test_an_end_that_was_closed_or_is_another_one_is_nobodys(self) -> None:
        def answer(user: int, file: int, *ports: int) -> bytes:
            head = struct.pack("=IHHII4x", 88, peers.BY_FAMILY, 0, 1, 0)
            head += struct.pack("!HH", *ports)
            return head.ljust(peers.USER_AT, b"\0") + struct.pack("=II", user, file)

        peer, here = ("127.0.0.1", 50000), ("127.0.0.1", 8226)
        assert peers.user_in(answer(1001, 7, 50000, 8226), peer, here) == 1001
        assert peers.user_in(answer(0, 0, 50000, 8226), peer, here) is None
        assert peers.user_in(answer(1001, 7, 50000, 0), peer, here) is None, "it listens"
        assert not peers.is_answer(answer(1001, 7, 50000, 8226)[:-1])


class TestTheAddress:
    def test_it_is_a_secret_that_stays_the_same_and_only_the_user_can_read(self) -> None:
        addresses = set()
        for _ in range(2):
            with closing(Served(SMALL, 0)) as output:
                addresses.add(urlsplit(output.address).path)
        (path,) = addresses
        assert len(path.strip("/")) == 32, "128 bits"
        # On Windows it is its folder that keeps others away.
        assert WINDOWS or token_file().stat().st_mode & 0o777 == 0o600
        token_file().unlink()
        with closing(Served(SMALL, 0)) as output:
            assert urlsplit(output.address).path != path

    @not_on_windows("modes of files")
    def test_a_token_that_others_can_read_is_not_used(self) -> None:
        Served(SMALL, 0).close()
        token_file().chmod(0o644)
        with pytest.raises(OutputError, match=r"can be used by others\. Remove it"):
            Served(SMALL, 0)

    def test_a_damaged_one_is_replaced(self) -> None:
        token_file().parent.mkdir(parents=True)
        token_file().touch(0o600)
        with closing(Served(SMALL, 0)) as output:
            assert len(urlsplit(output.address).path) == 34

    def test_a_port_that_is_taken_is_said(
        self, output: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = urlsplit(output.address).port
        assert port is not None
        monkeypatch.setattr(peers, "KNOWN", True)
        token = token_file().read_text()
        with pytest.raises(OutputError, match=rf"port {port}.*vcam set serve=PORT"):
            Served(SMALL, port)
        assert token_file().read_text() == token
        # Where the system does not say whose a program is, another user may have taken
        # the port to be told the token.
        monkeypatch.setattr(peers, "KNOWN", False)
        with pytest.raises(OutputError):
            Served(SMALL, port)
        assert not token_file().exists()

    def test_neither_the_log_nor_the_name_has_the_token(
        self, output: Served, eventually: Eventually, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        token = token_file().read_text().strip()
        with Reader(output.address) as reader:
            eventually(waiting(output))
            output.send(plain(1))
            assert reader.picture() is not None
        with Answer(output.address, asked(output, host="evil")) as stranger:
            stranger.rest()
        assert token not in caplog.text and token not in output.name
        assert output.name == f"the picture at {urlsplit(output.address).netloc}"

    def test_a_log_of_vcam_run_says_where_and_not_the_token(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Report().on(Status(State.RESTING, served="http://127.0.0.1:8226/5ec2e7/"))
        said = capsys.readouterr().out
        assert "127.0.0.1:8226: see `vcam status`" in said and "5ec2e7" not in said


class TestOptions:
    @pytest.mark.parametrize(
        ("word", "port"),
        [("on", USUAL_PORT), ("off", 0), ("9000", 9000), ("0", 0), ("default", 0)],
    )
    def test_it_is_set_like_every_other_option(self, word: str, port: int) -> None:
        edit = edit_of([f"serve={word}"], Path(), Settings())
        save(edit(Settings()), settings_path())
        assert load(settings_path()).output.serve == port

    @pytest.mark.parametrize("port", [-1, 80, 70000])
    def test_a_port_that_is_none_is_a_mistake(self, port: int) -> None:
        with pytest.raises(SettingsError, match=str(port)):
            OutputOptions(serve=port)

    def test_it_is_off_unless_it_is_wanted(self) -> None:
        assert OutputOptions().serve == 0


class Unwatched(RecordingOutput):
    """A virtual camera that nobody watches."""

    def __init__(self, size: Size, fps: float, device: str) -> None:
        world = FakeWorld()
        world.watchers = ()
        super().__init__(world, size)


def free_port() -> int:
    with closing(Served(SMALL, 0)) as output:
        return urlsplit(output.address).port or 0


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> OutputOptions:
    """Beside a virtual camera that nobody watches."""
    monkeypatch.setitem(OUTPUTS, "unwatched", Unwatched)
    return OutputOptions("unwatched", SMALL, serve=free_port())


class TestOnAir:
    def test_both_get_what_is_sent_and_one_that_fails_leaves_the_other(
        self, serving: OutputOptions
    ) -> None:
        with closing(open_output(serving)) as first:
            assert first.name.startswith("fake virtual camera and the picture at 127.")
            # The port is taken now: that is told, and the camera works.
            with closing(open_output(serving)) as second:
                assert second.name.startswith("fake virtual camera; The picture cannot")
                second.send(plain(3))

    def test_a_reader_wakes_the_camera_and_lets_it_rest(
        self, world: FakeWorld, eventually: Eventually, serving: OutputOptions
    ) -> None:
        save(Settings(background=GREEN, output=serving), settings_path())
        devices = replace(world.devices, open_output=open_output)
        app = App(settings_path(), devices, timeouts=HURRY)
        app.start()
        try:
            eventually(lambda: app.status.state is State.RESTING)
            with Reader(app.status.served) as reader:
                eventually(lambda: app.status.state is State.LIVE)
                assert app.status.watchers is None, "it did not say what it is"
                while not is_green(reader.picture()):
                    pass
            eventually(lambda: app.status.state is State.RESTING)
        finally:
            world.let_go.set()
            app.close()

    def test_the_status_says_the_whole_address_and_the_studio_does_not(
        self,
        world: FakeWorld,
        eventually: Eventually,
        serving: OutputOptions,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        save(Settings(background=GREEN, output=serving), settings_path())
        devices = replace(world.devices, open_output=open_output)
        app = App(settings_path(), devices, timeouts=HURRY)
        app.start()
        try:
            eventually(lambda: app.status.state is State.RESTING)
            with ControlServer(app):
                assert main(["status"]) == 0
                assert f"  served     {app.status.served}\n" in capsys.readouterr().out
                studio = pytest.importorskip("vcam.studio.camera")
                status, _ = studio.MyCamera(Path(), {})._status()
                assert status["running"]
                assert token_file().read_text().strip() not in repr(status)
        finally:
            world.let_go.set()
            app.close()

    def test_a_call_goes_on_while_it_is_switched_on_and_off(
        self, world: FakeWorld, eventually: Eventually, serving: OutputOptions
    ) -> None:
        """What programs have open, a node of PipeWire for example, is not taken away."""
        opened: list[Unwatched] = []

        def noted(size: Size, fps: float, device: str) -> Unwatched:
            opened.append(Unwatched(size, fps, device))
            return opened[-1]

        OUTPUTS["unwatched"] = noted
        save(Settings(background=GREEN, output=replace(serving, serve=0)), settings_path())
        devices = replace(world.devices, open_output=open_output)
        app = App(settings_path(), devices, timeouts=HURRY)
        app.start()
        try:
            eventually(lambda: app.status.output == "fake virtual camera")
            for _ in range(2):
                app.change(edit_of([f"serve={serving.serve}"], Path(), app.settings))
                eventually(lambda: app.status.served)
                with Reader(app.status.served) as reader:
                    assert reader.picture() is not None
                app.change(edit_of(["serve=off"], Path(), app.settings))
                eventually(lambda: not app.status.served)
                assert app.status.output == "fake virtual camera"
            assert len(opened) == 1 and not opened[0].closed
        finally:
            world.let_go.set()
            app.close()

    def test_no_picture_of_the_room_begins_to_leave_after_it_was_switched_off(
        self,
        world: FakeWorld,
        eventually: Eventually,
        serving: OutputOptions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        shown: list[Image] = []
        show = Server.show

        def noted(server: Server, jpeg: bytes, takers: list[Visitor]) -> None:
            image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
            shown.append(image.astype(np.uint8))  # type: ignore[union-attr]
            show(server, jpeg, takers)

        monkeypatch.setattr(Server, "show", noted)
        world.devices = replace(world.devices, open_output=open_output)
        settings = Settings(background=Room(), output=serving)
        with running(world, settings) as engine:
            eventually(lambda: engine.status.served)
            with Reader(engine.status.served) as reader:
                done = threading.Event()

                def read() -> None:
                    while not done.is_set() and reader.picture() is not None:
                        pass

                thread = threading.Thread(target=read)
                thread.start()
                try:
                    for _ in range(3):
                        engine.apply(settings)
                        eventually(lambda: shown and shows_secret(shown[-1], 40))
                        engine.apply(replace(settings, background=GREEN))
                        since = len(shown)
                        eventually(lambda since=since: len(shown) > since + 3)  # type: ignore[misc]
                        assert not any(shows_secret(each, 40) for each in shown[since:])
                finally:
                    done.set()
                    thread.join(5)


def is_green(image: Image | None) -> bool:
    assert image is not None
    return bool(image[:, -8:].mean(axis=(0, 1)).round()[1] > 200)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_ffmpeg_reads_it_as_obs_media_source_does(
    output: Served, eventually: Eventually, tmp_path: Path
) -> None:
    words = ["ffmpeg", "-v", "error", "-i", f"{output.address}stream.mjpg"]
    words += ["-frames:v", "5", "-pix_fmt", "bgr24", "-f", "rawvideo", "out"]
    process = subprocess.Popen(words, cwd=tmp_path, stdin=subprocess.DEVNULL)

    def read_all() -> bool:
        output.send(plain(180))
        return process.poll() is not None

    try:
        eventually(lambda: output.viewers() == Viewers(True, ("ffmpeg",)))
        eventually(read_all)
    finally:
        process.kill()
        process.wait()
    pixels = np.frombuffer((tmp_path / "out").read_bytes(), np.uint8)
    assert len(pixels) == 5 * SMALL.width * SMALL.height * 3
    assert abs(pixels.astype(int) - 180).max() < 4
