"""*My camera*: a page that shows what is on air, and drives the running vcam."""

from __future__ import annotations

import base64
import http.client
import itertools
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import cv2
import numpy as np
import psutil
import pytest
from conftest import SMALL, Eventually
from studio_client import Client

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.control.client import NotRunningError, ask
from vcam.control.endpoint import LOCK, SECRET_CHARS, Endpoint, endpoint_file, write
from vcam.control.server import Server
from vcam.errors import ControlError
from vcam.files import settings_path
from vcam.frames import Image, Size
from vcam.local.channel import listen, remove_socket
from vcam.local.lock import locked
from vcam.local.runtime_folder import runtime_folder
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings, save
from vcam.sources.camera_info import CameraInfo
from vcam.sources.options import SourceOptions
from vcam.status import Hold, State
from vcam.testing import shows_secret

pytest.importorskip("starlette", reason="the extra `studio` is not installed")

from vcam.studio import camera

DESK = CameraInfo("Desk Cam", "/dev/video0", 0, "usb:1:2::00.0@1-1")
TWIN = CameraInfo("Desk Cam", "/dev/video4", 4, "usb:1:2::00.0@1-3")


@contextmanager
def streamed(client: Client, path: str) -> Iterator[http.client.HTTPResponse]:
    """An answer that does not end by itself."""
    connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=20)
    connection.request("GET", path, headers={"Host": client.host, "Cookie": client.cookie})
    answer = connection.getresponse()
    try:
        yield answer
    finally:
        answer.close()
        connection.close()


def pictures(answer: http.client.HTTPResponse) -> Iterator[Image]:
    """What a browser shows of a preview."""
    assert answer.status == 200
    head = b"--vcam\r\nContent-Type: image/jpeg\r\n\r\n"
    assert answer.read(len(head)) == head
    received = b""
    while line := answer.readline():
        received += line
        if received.endswith(head):  # a browser shows a picture when the next one begins
            jpeg, received = received.removesuffix(b"\r\n" + head), b""
            image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
            assert image is not None
            yield np.asarray(image, np.uint8)


def events(answer: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    assert answer.status == 200
    for line in answer:
        if line.startswith(b"data: "):
            yield json.loads(line.removeprefix(b"data: "))


def do(client: Client, verb: object, words: object = ()) -> tuple[int, Any]:
    body = json.dumps({"verb": verb, "words": words}).encode()
    answer = client.ask("POST", "/api/camera/do", body)
    return answer.status, answer.json


@pytest.fixture
def asked(served_app: App, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the running vcam was asked for something, in seconds."""
    asked: list[float] = []

    def noted(verb: str) -> dict[str, Any]:
        asked.append(time.monotonic())
        return ask(verb)

    monkeypatch.setattr(camera, "ask", noted)
    return asked


class TestPreview:
    def test_what_is_on_air_is_shown_as_it_changes(
        self, client: Client, served_app: App
    ) -> None:
        with streamed(client, "/api/camera/picture?fps=15") as answer:
            shown = pictures(answer)
            before = next(shown)
            assert Size.of(before) == SMALL
            assert before[5, -3].tolist() == pytest.approx([0, 255, 0], abs=12), "green"
            assert not shows_secret(before)
            served_app.hold(Hold.PAUSE)
            card = next(shown)
            assert card[5, -3, 1] < 60

    def test_a_card_says_that_no_vcam_runs_until_one_does(
        self, client: Client, app: App
    ) -> None:
        with streamed(client, "/api/camera/picture") as answer:
            shown = pictures(answer)
            assert Size.of(next(shown)) == camera.CARD
            with Server(app):
                assert Size.of(next(shown)) == SMALL

    def test_the_running_vcam_is_asked_only_while_somebody_looks(
        self, client: Client, asked: list[float], eventually: Eventually
    ) -> None:
        with streamed(client, "/api/camera/picture") as answer:
            next(pictures(answer))
            eventually(lambda: len(asked) > 3)
        eventually(lambda: not client.studio._camera._pictures._listeners)
        time.sleep(0.1)
        before = len(asked)
        time.sleep(0.3)
        assert len(asked) == before

    def test_many_previews_cost_the_running_vcam_as_much_as_one(
        self, client: Client, asked: list[float], eventually: Eventually
    ) -> None:
        path = "/api/camera/picture"
        with streamed(client, path) as one, streamed(client, path) as two:
            for each in one, two:
                next(pictures(each))
            eventually(lambda: len(asked) > 8)
        spans = [b - a for a, b in itertools.pairwise(asked)]
        assert np.median(spans) > 0.9 / camera.FPS

    def test_there_are_only_a_few(self, client: Client, eventually: Eventually) -> None:
        path = "/api/camera/picture"
        opened = [streamed(client, path) for _ in range(camera.PREVIEWS)]
        for each in opened:
            next(pictures(each.__enter__()))
        refused = client.get(path)
        assert refused.status == 409
        assert "Close some" in refused.json["remedy"]
        for each in opened:
            each.__exit__(None, None, None)
        eventually(lambda: not client.studio._camera._pictures._listeners)
        with streamed(client, path) as answer:
            next(pictures(answer))

    @pytest.mark.parametrize("fps", ["0", "-1", "nan", "inf", "1e9", "x", ""])
    def test_a_rate_that_makes_no_sense_is_refused(self, client: Client, fps: str) -> None:
        assert client.get(f"/api/camera/picture?fps={fps}").status == 400


class TestStatus:
    def test_it_follows_whoever_changes_it(self, client: Client, app: App) -> None:
        with streamed(client, "/api/camera/events") as answer:
            told = events(answer)
            first = next(told)
            assert first["running"] is False
            assert first["status"] == {}
            assert "vcam run" in first["remedy"]
            with Server(app):
                now = next(each for each in told if each["running"])
                assert now["error"] == ""
                assert now["status"]["settings"]["background"]["kind"] == "color"
                ask("set", words=["background=blur:30"], folder="/")
                now = next(
                    each
                    for each in told
                    if each["status"]["settings"]["background"]["kind"] == "blur"
                )
                assert now["status"]["settings"]["background"]["strength"] == 30
            assert next(each for each in told if not each["running"])["error"]

    def test_a_change_from_the_page_is_seen_at_once(
        self, client: Client, served_app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(camera, "ABSENT_S", 60.0)
        with streamed(client, "/api/camera/events") as answer:
            told = events(answer)
            next(told)
            assert do(client, "set", ["background=white"])[0] == 200
            now = next(told)
            assert now["status"]["settings"]["background"]["color"] == "white"

    def test_nothing_is_said_while_nothing_changes(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(camera, "KEEP_S", 0.3)
        with streamed(client, "/api/camera/events") as answer:
            assert answer.readline().startswith(b"data: ")
            assert answer.readline() == b"\n"
            assert answer.readline() == b":\n", "so that a browser that has gone is noticed"


def test_an_open_page_does_not_hold_up_the_end_of_the_studio(client: Client) -> None:
    with (
        streamed(client, "/api/camera/events") as told,
        streamed(client, "/api/camera/picture") as shown,
    ):
        next(events(told))
        next(pictures(shown))
        client.studio._server.config.timeout_graceful_shutdown = 60
        client.studio.end()
        told.read()
        shown.read()


def busy_s() -> float:
    """Processor seconds that the threads of the studio have used."""
    mine = psutil.Process()
    names = ("studio", "vcam-studio", "asyncio")
    ours = {t.native_id for t in threading.enumerate() if t.name.startswith(names)}
    return sum(t.user_time + t.system_time for t in mine.threads() if t.id in ours)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted otherwise there")
def test_a_page_that_waits_for_a_vcam_costs_next_to_nothing(client: Client) -> None:
    with (
        streamed(client, "/api/camera/events") as told,
        streamed(client, "/api/camera/picture") as shown,
    ):
        next(events(told))
        next(pictures(shown))
        before_s = busy_s()
        time.sleep(2.0)
        assert busy_s() - before_s < 0.1, "a twentieth of a core; it is a two-hundredth"


class TestChanges:
    def test_the_page_can_do_what_hotkeys_can(
        self, client: Client, served_app: App, eventually: Eventually
    ) -> None:
        assert do(client, "set", ["background=blur:60", "mirror=on"])[0] == 200
        assert served_app.settings.background == Blur(60)
        assert served_app.settings.source.mirror
        for verb, state in (("pause", "PAUSED"), ("freeze", "FROZEN"), ("resume", "LIVE")):
            assert do(client, verb)[0] == 200
            eventually(lambda state=state: served_app.status.state is State[state])  # type: ignore[misc]
        status, answer = do(client, "next")
        assert status == 200
        assert answer["background"]
        assert do(client, "quit")[0] == 200
        assert served_app.wait(5)

    @pytest.mark.parametrize(
        ("verb", "words"),
        [
            ("picture", []),
            ("show", []),
            ("", []),
            (None, []),
            ({"a": 1}, []),
            ("set", "background=blur"),
            ("set", [1]),
            ("set", {"background": "blur"}),
            ("set", ["x" * 5000]),
            ("set", ["background=blur"] * 40),
        ],
        ids=str,
    )
    def test_what_a_page_does_not_need_is_refused(
        self, client: Client, served_app: App, verb: object, words: object
    ) -> None:
        before = served_app.settings
        status, answer = do(client, verb, words)
        assert status == 400
        assert answer["error"]
        assert served_app.settings == before

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 5000])
    def test_what_is_no_json_object_is_refused(self, client: Client, body: bytes) -> None:
        assert client.ask("POST", "/api/camera/do", body).status == 400

    def test_a_mistake_is_explained_in_the_words_of_vcam(
        self, client: Client, served_app: App
    ) -> None:
        status, answer = do(client, "set", ["background=blurr"])
        assert status == 400
        assert "blurr" in answer["error"]
        assert "blur" in answer["remedy"]

    def test_without_a_vcam_the_page_says_so(self, client: Client) -> None:
        status, answer = do(client, "pause")
        assert status == 409
        assert answer == {
            "error": "vcam is not running",
            "remedy": "Start it with: vcam run",
        }


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A vcam that takes connections and never answers."""
    monkeypatch.setattr("vcam.control.client.ANSWER_S", 1.0)
    folder = runtime_folder()
    listener, port = listen(folder)
    write(Endpoint(port, "0" * SECRET_CHARS, os.getpid()), folder)
    with locked(LOCK, ControlError("held already")):
        yield
    listener.close()
    remove_socket(folder)
    endpoint_file(folder).unlink()


@pytest.mark.usefixtures("hanging")
def test_a_vcam_that_hangs_is_told_and_holds_up_nothing_else(client: Client) -> None:
    with (
        streamed(client, "/api/camera/events") as told,
        streamed(client, "/api/camera/picture") as shown,
    ):
        waiting = [
            threading.Thread(target=client.get, args=("/api/camera/list",), daemon=True)
            for _ in range(8)
        ]
        for each in waiting:
            each.start()
        begun_s = time.monotonic()
        assert client.get("/api/facts").status == 200
        assert time.monotonic() - begun_s < 1.0
        for each in waiting:
            each.join()
        said = next(events(told))
        assert said["running"] is True
        assert "does not answer" in said["error"]
        assert Size.of(next(pictures(shown))) == camera.CARD
        assert do(client, "pause")[0] == 409


class TestCameras:
    def list(self, client: Client) -> list[dict[str, Any]]:
        answer = client.get("/api/camera/list")
        assert answer.status == 200
        found: list[dict[str, Any]] = answer.json["cameras"]
        return found

    def test_they_have_names_that_tell_them_apart(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vcam.studio.cameras.list_cameras", lambda: (DESK, TWIN))
        assert self.list(client) == [
            {"name": "Desk Cam (/dev/video0)", "value": DESK.identity, "chosen": False},
            {"name": "Desk Cam (/dev/video4)", "value": TWIN.identity, "chosen": False},
        ]

    def test_the_chosen_one_has_the_value_of_the_settings(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save(Settings(source=SourceOptions(camera="desk")), settings_path())
        monkeypatch.setattr("vcam.studio.cameras.list_cameras", lambda: (DESK,))
        assert self.list(client) == [{"name": "Desk Cam", "value": "desk", "chosen": True}]


class TestStart:
    def start(self, client: Client) -> tuple[int, Any]:
        answer = client.ask("POST", "/api/camera/start", b"{}")
        return answer.status, answer.json

    def test_vcam_is_started_once_and_outlives_the_page(
        self, client: Client, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = SourceOptions(camera="presenter")
        output = OutputOptions(device="nothing", size=Size(320, 180))
        save(Settings(source=source, output=output), settings_path())
        status, answer = self.start(client)
        assert status == 200
        try:
            assert self.start(client) == (200, answer)
            pid = ask("status")["pid"]
            assert answer == {"pid": pid}
            if os.name == "posix":
                assert os.getsid(pid) == pid, "what ends the studio does not end it"
            eventually(lambda: ask("status")["state"] == State.LIVE.value)
            with streamed(client, "/api/camera/picture") as shown:
                for image in pictures(shown):
                    if Size.of(image) == output.size and image.std() > 20:
                        break
        finally:
            ask("quit")
        vcam = client.studio._camera._starter._vcam
        assert vcam is not None
        assert vcam.wait(20) == 0

    def test_what_keeps_it_from_starting_is_told(self, client: Client) -> None:
        settings_path().parent.mkdir(parents=True)
        settings_path().write_text("[mask]\npreste = 'best'\n")
        status, answer = self.start(client)
        assert status == 409
        assert "preste" in answer["error"]
        with pytest.raises(NotRunningError):
            ask("status")


class TestPainting:
    def test_the_page_paints_on_the_cameras_picture(
        self, client: Client, served_app: App, eventually: Eventually
    ) -> None:
        eventually(lambda: client.get("/api/camera/canvas").json["jpeg"])
        canvas = client.get("/api/camera/canvas").json
        jpeg = np.frombuffer(base64.b64decode(canvas["jpeg"]), np.uint8)
        seen = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        assert seen is not None and shows_secret(np.asarray(seen, np.uint8), 40)
        rows = ["d" * 40 + "." * 120, *canvas["rows"][1:]]
        body = json.dumps({"camera": canvas["camera"], "rows": rows}).encode()
        answer = client.ask("POST", "/api/camera/paint", body)
        assert answer.status == 200 and answer.json["kept"] == 0
        assert served_app.regions.of(canvas["camera"]).rows() == rows
        assert client.get("/api/camera/canvas").json["rows"] == rows

    @pytest.mark.parametrize("body", [b"{}", b'{"camera": "x", "rows": "k"}', b"[]"])
    def test_what_makes_no_sense_is_explained(
        self, client: Client, served_app: App, body: bytes
    ) -> None:
        answer = client.ask("POST", "/api/camera/paint", body)
        assert answer.status in (400, 422) and answer.json["error"]
        assert not list(served_app.regions)

    def test_without_a_running_vcam_there_is_nothing_to_paint_on(
        self, client: Client
    ) -> None:
        answer = client.get("/api/camera/canvas")
        assert answer.status != 200 and "not running" in answer.json["error"]


class TestProfiles:
    def keep(self, client: Client, what: str, name: object) -> Any:
        body = json.dumps({"do": what, "name": name}).encode()
        return client.ask("POST", "/api/profiles", body).json

    def test_a_look_is_saved_chosen_and_removed(
        self, client: Client, served_app: App
    ) -> None:
        assert client.get("/api/profiles").json == {"names": [], "chosen": ""}
        shown = self.keep(client, "save", "green")
        assert shown == {"names": ["green"], "chosen": "green"}
        ask("set", words=["background=teal"], folder="/")
        assert client.get("/api/profiles").json == {"names": ["green"], "chosen": ""}
        body = json.dumps({"verb": "profile", "name": "green"}).encode()
        assert client.ask("POST", "/api/camera/do", body).status == 200
        assert str(served_app.settings.background) == "#00ff00"
        assert self.keep(client, "remove", "green") == {"names": [], "chosen": ""}

    def test_a_name_that_makes_no_sense_is_explained(
        self, client: Client, served_app: App
    ) -> None:
        assert "cannot be called" in self.keep(client, "save", "../x")["error"]
        assert "no profile" in self.keep(client, "remove", "x")["error"]
        for what, name in (("save", 3), ("steal", "x")):
            assert self.keep(client, what, name)["error"] == "The request has no name"
        body = json.dumps({"verb": "profile"}).encode()
        answer = client.ask("POST", "/api/camera/do", body)
        assert answer.json["error"] == "The request has no name"

    def test_without_a_running_vcam_it_keeps_what_the_next_one_starts_with(
        self, client: Client
    ) -> None:
        save(Settings(background=Blur(70)), settings_path())
        assert self.keep(client, "save", "soft") == {"names": ["soft"], "chosen": "soft"}


def test_what_an_administrator_has_decided_is_told_to_the_page(
    client: Client, served_app: App, decide: Any
) -> None:
    decide('room = false\ncontact = "Ask IT"\n[pin]\nsource.mirror = true')
    served_app.change(lambda settings: settings)
    with streamed(client, "/api/camera/events") as answer:
        told = json.loads(answer.readline().decode().removeprefix("data: "))
    policy = told["status"]["policy"]
    assert policy["locked"] == ["source.mirror", "background.room"]
    assert policy["rules"] == ["your plain room is not shown", "set: source.mirror"]
    assert policy["contact"] == "Ask IT"
