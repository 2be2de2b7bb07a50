"""Commands for the running vcam, from a terminal or a hotkey."""

import base64
import errno
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually
from systems import WINDOWS, linux_only, not_on_windows

from vcam.app import App
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import gallery
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.cli import COMMANDS, main
from vcam.cli.preview import TITLES, lines
from vcam.control import endpoint
from vcam.control.client import NotRunningError, ask
from vcam.control.instance import AlreadyRunningError, exclusive, only_one
from vcam.control.server import Server
from vcam.errors import ControlError, OutputError, UsageError
from vcam.files import settings_path
from vcam.frames import Image, Size
from vcam.local import channel
from vcam.local.runtime_folder import runtime_folder
from vcam.outputs.options import OutputOptions
from vcam.pipeline import loop, recording
from vcam.settings import Settings, load, save
from vcam.sources.options import SourceOptions
from vcam.status import Hold, State, Status
from vcam.testing import PERSON, FakeWorld, shows_secret
from vcam.tray.menu import Moment, Surroundings, menu
from vcam.verbs import PAUSE, VERBS, Verb


@pytest.fixture
def folder() -> Path:
    return runtime_folder()


@pytest.fixture
def display() -> Iterator[str]:
    """A screen that nobody sees."""
    if not (shutil.which("Xvfb") and shutil.which("xwininfo")):
        pytest.skip("Xvfb or xwininfo is not installed")
    words = ["Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as x:
        assert x.stdout is not None
        yield f":{x.stdout.readline().decode().strip()}"
        x.terminate()


def vcam(*words: str, **more: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "vcam", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def until(condition: Callable[[], bool]) -> None:
    """Wait for another process, which has much to load on a busy machine."""
    deadline_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline_s, "it never happened"
        time.sleep(0.1)


class TestVerbs:
    def test_a_picture_is_seen_from_where_the_caller_stands(
        self, served_app: App, tmp_path: Path
    ) -> None:
        from PIL import Image as Pictures

        Pictures.new("RGB", (64, 36), (1, 2, 3)).save(tmp_path / "mine.png")
        ask("set", words=["background=mine.png"], folder=str(tmp_path))
        assert served_app.settings.background == Picture(tmp_path / "mine.png")

    def test_several_changes_are_made_together_or_not_at_all(self, served_app: App) -> None:
        before = served_app.settings
        with pytest.raises(UsageError, match="Choose 1 to 240"):
            ask("set", words=["background=teal", "fps=0"], folder="/")
        assert served_app.settings == before == load(settings_path())
        ask("set", words=["background=teal", "fps=24", "mirror=on"], folder="/")
        settings = served_app.settings
        assert settings.background == Color("teal")
        assert settings.output.fps == 24.0 and settings.source.mirror

    def test_one_key_pauses_and_goes_on(
        self, served_app: App, eventually: Eventually
    ) -> None:
        for verb, state in (("pause", State.PAUSED), ("freeze", State.FROZEN)):
            assert main([verb, "--toggle"]) == 0
            eventually(lambda state=state: served_app.status.state is state)  # type: ignore[misc]
            assert main([verb, "--toggle"]) == 0
            eventually(lambda: served_app.status.state is State.LIVE)

    def test_a_key_that_is_hit_twice_in_haste_is_back_where_it_was(
        self, served_app: App
    ) -> None:
        for hold in (Hold.NOTHING, Hold.PAUSE):
            served_app.hold(hold)
            for _ in range(10):
                ask("pause", toggle=True)
                ask("pause", toggle=True)
                assert served_app.held is hold

    def test_keys_that_are_hit_at_once_count_one_by_one(
        self, served_app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slowly(hold: Hold, minutes: float | None) -> None:
            time.sleep(0.01)
            at_once(hold, minutes)

        at_once = served_app.hold
        monkeypatch.setattr(served_app, "hold", slowly)
        keys = [
            threading.Thread(target=ask, args=("pause",), kwargs={"toggle": True})
            for _ in range(6)
        ]
        for key in keys:
            key.start()
        for key in keys:
            key.join(10.0)
        assert served_app.held is Hold.NOTHING

    def test_a_pause_can_be_ended_while_the_virtual_camera_is_missing(
        self, served_app: App, world: FakeWorld, eventually: Eventually
    ) -> None:
        def missing(opened: object) -> object:
            raise OutputError("There is no virtual camera")

        world.faults["output"] = missing
        ask("set", words=["fps=24"], folder="/")
        eventually(lambda: served_app.status.state is State.WAITING)
        ask("pause", toggle=True)
        ask("pause", toggle=True)
        assert served_app.held is Hold.NOTHING

    def test_next_and_previous_go_through_the_gallery(
        self, served_app: App, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first = gallery()[0]
        ask("set", words=["background=blur"], folder="/")
        assert main(["next"]) == 0
        assert served_app.settings.background == first.background()
        assert load(settings_path()).background == first.background()
        assert capsys.readouterr().out == f"{first.name}\n"
        assert main(["previous"]) == main(["previous"]) == 0
        assert served_app.settings.background == gallery()[-1].background()

    def test_hold_and_go_on(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        held: list[Hold] = []
        monkeypatch.setattr(app, "hold", lambda hold, minutes: held.append(hold))
        with Server(app):
            for verb in ("pause", "freeze", "resume"):
                assert main([verb]) == 0
        assert held == [Hold.PAUSE, Hold.FREEZE, Hold.NOTHING]

    def test_a_loop_needs_what_is_to_be_looped(
        self, served_app: App, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["loop"]) == 1
        assert "The last seconds are not kept" in capsys.readouterr().err
        assert main(["set", "loop=on"]) == 0
        assert served_app.settings.loop.ready
        assert main(["loop"]) == 1
        assert "not yet three seconds" in capsys.readouterr().err
        assert served_app.held is Hold.NOTHING

    def test_one_key_loops_and_goes_on(
        self, served_app: App, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recording, "LEAST_S", 0.1)
        monkeypatch.setattr(loop, "LEAST_S", 0.1)
        ask("set", words=["loop=on"], folder="/")
        eventually(lambda: served_app.status.can_loop)
        assert main(["loop", "--toggle"]) == 0
        eventually(lambda: served_app.status.state is State.LOOPING)
        assert main(["loop", "--toggle"]) == 0
        eventually(lambda: served_app.status.state is State.LIVE)

    def test_a_break_may_be_given_its_minutes(
        self, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[float | None] = []
        monkeypatch.setattr(app, "hold", lambda hold, minutes: asked.append(minutes))
        with Server(app):
            assert main(["pause", "10"]) == main(["pause", "0.5", "--toggle"]) == 0
            assert main(["pause"]) == 0
            PAUSE.do(app, minutes=5.0)
        assert asked == [10.0, 0.5, None, 5.0]

    @pytest.mark.parametrize(
        ("words", "error"),
        [
            (["pause", "soon"], "'soon' is not a number of minutes"),
            (["pause", "-5"], "A break of -5 minutes is out of range"),
            (["pause", "1441"], "A break of 1441 minutes is out of range"),
            (["pause", "nan"], "A break of nan minutes is out of range"),
        ],
    )
    def test_minutes_that_make_no_sense_are_told(
        self, words: list[str], error: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(words) == 2
        assert error in capsys.readouterr().err

    def test_a_request_with_odd_minutes_changes_nothing(self, served_app: App) -> None:
        odd: tuple[object, ...] = ("soon", [], {}, True, 1e9)
        for minutes in odd:
            with pytest.raises(UsageError):
                ask("pause", minutes=minutes)
        assert served_app.held is Hold.NOTHING

    def test_quit_ends_it_and_waits_until_it_has_ended(self, app: App) -> None:
        def front_end() -> None:
            with Server(app):
                ready.set()
                app.wait(20.0)
                app.close()
                ended.set()

        ready, ended = threading.Event(), threading.Event()
        threading.Thread(target=front_end, name="vcam-front").start()
        ready.wait(10.0)
        assert main(["quit"]) == 0
        assert ended.is_set()

    def test_quit_is_answered_however_quickly_vcam_ends(
        self, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def end_at_once() -> None:
            ending.start()
            time.sleep(0.2)  # the front end is quicker than the answer

        with Server(app) as serving:
            ending = threading.Thread(target=serving.close, name="vcam-front")
            monkeypatch.setattr(app, "quit", end_at_once)
            assert ask("quit") == {"pid": os.getpid()}
            ending.join(10.0)

    def test_one_that_does_not_end_is_told(
        self,
        served_app: App,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr("vcam.cli.remote.ENDING_S", 0.1)
        assert main(["quit"]) == 1
        assert f"(process {os.getpid()}) does not end" in capsys.readouterr().err

    def test_status_for_people(
        self, served_app: App, capsys: pytest.CaptureFixture[str], eventually: Eventually
    ) -> None:
        eventually(lambda: served_app.status.costs_ms)
        assert main(["status"]) == 0
        first, *rest = capsys.readouterr().out.splitlines()
        assert first.startswith("Live")
        told = "\n".join(rest)
        assert "camera     fake camera" in told and "output     fake virtual" in told
        assert "ms a frame (" in told and str(os.getpid()) in told
        assert "engine     LiteRT" in told

    def test_status_says_how_the_picture_is_turned(
        self, served_app: App, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def told() -> str:
            assert main(["status"]) == 0
            return capsys.readouterr().out

        assert "picture" not in told()
        assert main(["set", "rotate=180", "flip=on", "mirror=on"]) == 0
        assert "picture    rotated by 180°, flipped, mirrored" in told()
        assert main(["set", "rotate=0", "mirror=off"]) == 0
        assert "picture    flipped" in told()

    def test_status_for_programs(
        self, served_app: App, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["status", "--json"]) == 0
        status = json.loads(capsys.readouterr().out)
        assert (status["state"], status["shows_room"]) == ("live", False)
        assert status["settings"]["background"] == {"kind": "color", "color": "#00ff00"}

    def test_what_it_does_not_know_is_said(self, served_app: App) -> None:
        for verb in ("dance", "", "set"):
            with pytest.raises(UsageError):
                ask(verb)

    def test_a_bug_in_one_command_is_told_and_the_next_one_works(
        self, app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def bug(hold: Hold, minutes: float | None) -> None:
            raise ZeroDivisionError("planted")

        monkeypatch.setattr(app, "hold", bug)
        with Server(app):
            with pytest.raises(ControlError, match="Something broke"):
                ask("pause")
            assert "planted" in caplog.text
            assert ask("status")["state"] == "live"

    def test_two_front_ends_lose_nothing_of_each_other(self, served_app: App) -> None:
        def tray() -> None:
            for strength in range(20):
                served_app.change(lambda s, n=strength: replace(s, background=Blur(n)))  # type: ignore[misc]

        def terminal(key: str) -> None:
            for value in range(10):
                ask("set", words=[f"{key}={value}"], folder="/")

        fronts = [threading.Thread(target=tray, name="vcam-tray")]
        fronts += [
            threading.Thread(target=terminal, args=(key,), name=f"vcam-{key}")
            for key in ("edge", "feather")
        ]
        for each in fronts:
            each.start()
        for each in fronts:
            each.join(20)
        for settings in (served_app.settings, load(settings_path())):
            assert settings.background == Blur(19)
            assert (settings.mask.edge, settings.mask.feather) == (9.0, 9.0)


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_what_the_menu_offers_is_a_command_and_a_request_of_the_same_name(
    verb: Verb, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def noting(name: str) -> Callable[..., Background]:
        def note(*_: object) -> Background:
            done.append(name)
            return app.settings.background

        return note

    for name in ("hold", "quit"):
        monkeypatch.setattr(app, name, noting(name))
    monkeypatch.setattr(app, "step", lambda *_: (noting("step"), []))
    recorded = Status(State.LIVE, can_loop=True)
    monkeypatch.setattr(App, "status", property(lambda _: recorded))
    shown = menu(app.settings, Hold.NOTHING, Moment.of(app.status), Surroundings())
    clicks = [action for action in shown.actions.values() if action is verb]
    assert len(clicks) == bool(verb.label)
    verb.do(app)
    with Server(app):
        ask(verb.name)
    assert len(done) == 2 and done[0] == done[1]
    assert COMMANDS[verb.name] == verb.summary


class TestOneInstance:
    @pytest.mark.parametrize(
        ("visible", "remedy"), [(True, "icon is in the tray"), (False, "vcam quit")]
    )
    def test_a_second_one_is_told_who_runs_and_the_first_shows_its_tray(
        self, app: App, visible: bool, remedy: str
    ) -> None:
        shown: list[int] = []

        def show_tray() -> bool:
            shown.append(1)
            return visible

        told = f"process {os.getpid()}.*{remedy}"
        with (
            only_one(),
            Server(app, show_tray),
            pytest.raises(AlreadyRunningError, match=told),
            only_one(),
        ):
            pass
        assert shown == [1]

    @pytest.mark.parametrize(("terminal", "status"), [(True, 1), (False, 0)])
    def test_it_is_a_failure_only_where_somebody_reads_it(
        self,
        served_app: App,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        terminal: bool,
        status: int,
    ) -> None:
        """Launchd and systemd start again what has failed."""
        monkeypatch.setattr("vcam.cli.tray.at_terminal", lambda: terminal)
        assert main(["tray"]) == status
        assert "vcam is already running" in capsys.readouterr().err

    def test_one_that_has_only_just_begun_is_respected_too(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vcam.local.lock.LOCK_S", 0.1)
        refused = pytest.raises(AlreadyRunningError, match="starting or ending")
        with only_one(), refused, only_one():
            pass

    @not_on_windows("there it is another call")
    def test_a_drive_without_locks_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr("fcntl.flock", refuse)
        with pytest.raises(ControlError, match=r"cannot be locked: No locks.*own disk"):
            exclusive().__enter__()

    def test_what_a_crash_leaves_is_no_obstacle(self, app: App, folder: Path) -> None:
        (folder / "lock").write_text("")
        listener, port = channel.listen(folder)
        listener.close()
        dead = endpoint.Endpoint(port, "0" * 64, 1)
        endpoint.write(dead, folder)
        with pytest.raises(NotRunningError):
            ask("status")
        with only_one(), Server(app):
            assert ask("status")["state"] == "live"

    def test_nonsense_in_the_folder_is_no_obstacle(self, folder: Path) -> None:
        for text in (
            "",
            "[]",
            "{}",
            "[" * 100_000,
            "9" * 100_000,
            "x" * 10_000_000,
            '{"port": {}, "secret": 1, "pid": 1}',
            '{"port": "here", "secret": 1, "pid": 1}',
            *(
                f'{{"port": {port}, "secret": "{secret}", "pid": {pid}}}'
                for port, secret, pid in (
                    ("99999999", "0" * 64, "1"),
                    ("-1", "0" * 64, "1"),
                    ("true", "0" * 64, "1"),
                    ("null", "\\ud800" * 64, "1"),
                    ("null", "0" * 63, "1"),
                    ("null", "0" * 64, "[]"),
                )
            ),
        ):
            path = endpoint.endpoint_file(folder)
            path.write_text(text)
            path.chmod(0o600)
            assert endpoint.read(folder) is None
            with pytest.raises(NotRunningError):
                ask("status")
        os.truncate(path, 1 << 40)
        assert endpoint.read(folder) is None


class TestPreview:
    def test_one_picture_is_saved_as_the_others_see_it(
        self, served_app: App, tmp_path: Path
    ) -> None:
        assert main(["preview", "--output", str(tmp_path / "now.png")]) == 0
        image = cv2.imread(str(tmp_path / "now.png"))
        assert image is not None and image.shape == (*SMALL[::-1], 3)
        assert not shows_secret(np.asarray(image, np.uint8))
        assert np.abs(image[:, -8:].astype(int) - (0, 255, 0)).max() < 20

    @pytest.mark.parametrize("name", ["now", "now.txt", "now.gif", "now.bmp"])
    def test_a_name_that_is_no_pictures_is_refused_before_anything_is_asked(
        self, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["preview", "--output", str(tmp_path / name)]) == 2
        assert "is not the name of a picture. End it in .png." in capsys.readouterr().err
        assert not list(tmp_path.iterdir())

    def test_a_large_picture_is_made_smaller(self, app: App) -> None:
        class Cinema(App):
            """Four times as wide as a preview."""

            picture = np.zeros((2160, 3840, 3), np.uint8)

        cinema = Cinema(settings_path())
        with Server(cinema):
            jpeg = np.frombuffer(base64.b64decode(ask("picture")["jpeg"]), np.uint8)
        image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        assert image is not None and image.shape == (540, 960, 3)

    def test_the_window_follows_until_it_is_closed_or_vcam_ends(
        self, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Screen:
            """Ends that vcam, or is closed, after some pictures."""

            shown: ClassVar[list[Image]] = []
            ends: ClassVar[Callable[["Screen"], None]]
            closed, key = False, ""

            def __init__(self, size: Size, title: str) -> None:
                assert size == SMALL and "vcam" in title
                Screen.shown.clear()

            def send(self, image: Image) -> None:
                Screen.shown.append(image)
                if len(Screen.shown) == 3:
                    Screen.ends(self)

            def close(self) -> None:
                pass

        monkeypatch.setattr("vcam.outputs.window.Window", Screen)
        monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: True)
        with Server(app) as serving:
            for ends in (
                lambda screen: setattr(screen, "closed", True),
                lambda screen: serving.close(),
            ):
                Screen.ends = ends
                assert main(["preview"]) == 0
                assert len(Screen.shown) == 3
                assert not any(shows_secret(image) for image in Screen.shown)

    def test_a_key_shows_the_mask_or_the_room_to_me_alone(
        self,
        served_app: App,
        world: FakeWorld,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        class Screen:
            """Presses the next key once it shows what the one before was to show."""

            title, key, closed = "", "", False
            seen: ClassVar[list[str]] = []

            def __init__(self, size: Size, title: str) -> None:
                self.rename(title)
                self.keys = iter("mobbmr")

            def rename(self, title: str) -> None:
                self.title = title
                self.titled = True

            def send(self, image: Image) -> None:
                self.key = ""
                if self.titled:
                    self.titled = False
                    grey = not np.ptp(image, axis=2).max() > 20
                    secret = shows_secret(image, 40)
                    Screen.seen.append(f"{self.title}, {grey=}, {secret=}")
                    self.key = next(self.keys, "")
                    self.closed = not self.key

            def close(self) -> None:
                pass

        assert main(["set", "mirror=on"]) == 0  # the left half is the secret one now
        monkeypatch.setattr("vcam.outputs.window.Window", Screen)
        monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: True)
        assert main(["preview"]) == 0
        grey, coloured = "grey=True, secret=False", "grey=False, secret=False"
        assert Screen.seen == [
            f"{TITLES['result']}, {coloured}",
            f"{TITLES['mask']}, {grey}",
            f"{TITLES['overlay']}, {coloured}",
            f"{TITLES['split']}, grey=False, secret=True",
            f"{TITLES['result']}, {coloured}",
            f"{TITLES['mask']}, {grey}",
            f"{TITLES['result']}, {coloured}",
        ]
        alone = [view for view in TITLES if "only you see this" in TITLES[view]]
        assert alone == ["mask", "overlay", "split"]
        assert not any(shows_secret(image) for image in world.published)

    @pytest.mark.parametrize("view", ["mask", "overlay", "split"])
    def test_one_picture_of_another_view_is_saved(
        self, view: str, served_app: App, tmp_path: Path
    ) -> None:
        assert main(["preview", "--view", view, "-o", str(tmp_path / "o.png")]) == 0
        image = cv2.imread(str(tmp_path / "o.png"))
        assert image is not None
        person = image[10:-10, 8 : SMALL.width // 2 - 8].astype(int)
        wanted = 255 if view == "mask" else PERSON
        assert np.abs(person - wanted).max() < 20

    def test_a_break_is_shown_as_it_is_whatever_is_asked_for(
        self,
        served_app: App,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert main(["set", "mirror=on"]) == 0
        until(lambda: ask("picture", view="split")["view"] == "split")
        for words in (["pause"], ["freeze"]):
            assert main(words) == 0
            answer = ask("picture", view="split")
            assert answer["view"] == "result"
            jpeg = np.frombuffer(base64.b64decode(answer["jpeg"]), np.uint8)
            image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
            assert image is not None
            assert not shows_secret(np.asarray(image, np.uint8), 40)
        monkeypatch.setattr("vcam.cli.on_air.FIRST_S", 0.3)
        assert main(["preview", "--view", "split", "-o", str(tmp_path / "o.png")]) == 1
        assert "What is on air cannot be shown as 'split'" in capsys.readouterr().err
        assert not list(tmp_path.iterdir())

    def test_a_key_shows_figures_until_it_is_pressed_again(
        self, served_app: App, world: FakeWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Screen:
            """Presses F, and again once the figures darken the corner."""

            key, closed = "", False
            dark: ClassVar[list[bool]] = []

            def __init__(self, size: Size, title: str) -> None:
                pass

            def send(self, image: Image) -> None:
                corner = bool(image[2, 2].max() < 100)
                if not Screen.dark or corner is not Screen.dark[-1]:
                    Screen.dark.append(corner)
                    self.key = "f"
                else:
                    self.key = ""
                self.closed = len(Screen.dark) == 3

            def close(self) -> None:
                pass

        monkeypatch.setattr("vcam.outputs.window.Window", Screen)
        monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: True)
        before = len(world.published)
        assert main(["preview"]) == 0
        assert Screen.dark == [False, True, False]
        assert not any(image[2, 2].max() < 100 for image in world.published[before:])

    def test_the_figures_say_how_fast_it_is_and_how_much_of_the_picture_is_me(
        self, served_app: App
    ) -> None:
        assert ask("picture")["figures"] is None
        until(lambda: ask("picture", figures=True)["figures"]["person"])
        until(lambda: ask("picture", figures=True)["figures"]["fps"])
        figures = ask("picture", figures=True)["figures"]
        live, speed, cost, person, mask = lines(figures)
        assert live.startswith("Live · ")
        assert re.fullmatch(r"\d+ frames a second, \d+ ms behind the camera", speed)
        assert re.fullmatch(r"[\d.]+ ms of processor a frame: \d+ % of one core", cost)
        assert re.fullmatch(r"You: \d+ % of the picture", person)
        assert mask.startswith(f"Mask: {figures['quality']}, ")
        assert "Nobody is found" in lines(figures | {"person": 0.0})
        assert main(["pause"]) == 0
        until(lambda: ask("picture", figures=True)["state"] == "paused")
        (paused,) = lines(ask("picture", figures=True)["figures"])
        assert paused.startswith("Paused")

    def test_a_view_that_there_is_not_is_told(self, served_app: App) -> None:
        for view in ("nosuch", 1, None, ["mask"]):
            with pytest.raises(UsageError, match="There is no view"):
                ask("picture", view=view)

    def test_without_a_display_it_says_what_to_do(
        self,
        served_app: App,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: False)
        assert main(["preview"]) == 1
        assert "--output FILE.png" in capsys.readouterr().err

    def test_without_a_vcam_there_is_no_picture_of_what_is_on_air(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["preview", "--output", str(tmp_path / "now.png")]) == 1
        assert "vcam is not running" in capsys.readouterr().err

    @linux_only("elsewhere there is always a display")
    def test_without_a_vcam_and_a_display_it_says_that_no_window_opens(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delenv("DISPLAY", raising=False)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        assert main(["preview"]) == 1
        assert "does not open here" in capsys.readouterr().err

    def test_without_a_vcam_it_shows_what_others_would_see_until_it_is_ended(
        self, display: str
    ) -> None:
        presenter = SourceOptions(camera="presenter")
        size = OutputOptions(size=Size(320, 180))
        save(Settings(source=presenter, background=GREEN, output=size), settings_path())
        tree = f"xwininfo -root -tree -display {display}"
        preview = vcam("preview", env={**os.environ, "DISPLAY": display})
        until(lambda: "vcam: only you see this" in subprocess.getoutput(tree))
        until(lambda: ask("status")["state"] == "live")
        assert ask("picture")["on_air"] is False
        assert main(["set", "background=#0000ff"]) == 0
        until(lambda: ask("status")["background"] == "#0000ff")
        assert main(["quit"]) == 0
        assert preview.communicate(timeout=20)[1] == ""
        assert preview.returncode == 0

    def test_a_real_window_opens_and_ends_with_vcam(
        self, app: App, display: str, eventually: Eventually
    ) -> None:
        tree = f"xwininfo -root -tree -display {display}"
        with Server(app):
            preview = vcam("preview", env={**os.environ, "DISPLAY": display})
            until(lambda: "what the others see" in subprocess.getoutput(tree))
        assert preview.communicate(timeout=20)[1] == ""
        assert preview.returncode == 0


class TestWithoutARunningOne:
    def test_set_edits_the_file_and_says_so(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["set", "background=teal", "mirror=on"]) == 0
        assert str(settings_path()) in capsys.readouterr().out
        settings = load(settings_path())
        assert settings.background == Color("teal") and settings.source.mirror

    def test_a_mistake_leaves_the_file_alone(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["set", "background=teal", "backgruond=teal"]) == 2
        assert "Did you mean 'background'?" in capsys.readouterr().err
        assert not settings_path().exists()

    def test_next_edits_the_file_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["next"]) == 0
        assert load(settings_path()).background == gallery()[0].background()

    @pytest.mark.parametrize("words", [["set", "background=beach"], ["next"]])
    def test_the_settings_of_the_second_one_can_be_edited_too(
        self, words: list[str], tmp_path: Path
    ) -> None:
        second = tmp_path / "second.toml"
        assert main([*words, "--settings", str(second)]) == 0
        assert isinstance(load(second).background, Picture)
        assert not settings_path().exists()

    def test_what_could_not_be_saved_is_not_announced(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        assert main(["next"]) == 2
        assert capsys.readouterr().out == ""

    def test_one_that_is_just_starting_is_waited_for(
        self, app: App, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("vcam.local.lock.LOCK_S", 0.05)

        def starts_slowly() -> None:
            with only_one():
                starting.set()
                time.sleep(0.3)
                with Server(app):
                    done.wait(10.0)

        starting, done = threading.Event(), threading.Event()
        thread = threading.Thread(target=starts_slowly, name="vcam-second")
        thread.start()
        starting.wait(10.0)
        status = main(["set", "background=teal"])
        done.set()
        thread.join(10.0)
        assert status == 0 and app.settings.background == Color("teal")

    @pytest.mark.parametrize("verb", ["pause", "resume", "freeze", "quit"])
    def test_there_is_nothing_to_command(
        self, verb: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main([verb]) == 1
        assert "vcam is not running" in capsys.readouterr().err

    @pytest.mark.parametrize("words", [[], ["--follow"]])
    def test_status_says_so(
        self, words: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["status", *words]) == 1
        assert capsys.readouterr().out.startswith("Not running\n")
        assert main(["status", "--json", *words]) == 1
        assert json.loads(capsys.readouterr().out)["state"] == "stopped"


@pytest.mark.parametrize(
    "words", [["status"], ["set", "background=teal", "mirror=on"], ["pause"], ["next"]]
)
def test_a_hotkey_costs_no_heavy_library(words: list[str], served_app: App) -> None:
    code = (
        "import sys; from vcam.cli import main; status = main(sys.argv[1:]);"
        "heavy = 'cv2', 'numpy', 'PIL', 'dataclasses', 'platformdirs';"
        "print(status, [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=30
    )
    assert done.stdout.splitlines()[-1] == "0 []", done.stderr


def test_following_tells_what_changes_until_it_ends(
    app: App, world: FakeWorld, eventually: Eventually
) -> None:
    with Server(app):
        following = vcam("status", "--follow")
        assert following.stdout is not None
        assert following.stdout.readline().startswith("Live")
        world.unplug()
        assert following.stdout.readline() == "Waiting: The fake camera is gone\n"
    said, complaints = following.communicate(timeout=20)
    assert said.splitlines()[-1] == "Not running" and not complaints
    assert following.returncode == 0


def test_a_whole_day_from_the_terminal() -> None:
    """Start, a second start, a change, a crash, a new start, the end."""
    words = ["run", "--camera", "presenter", "--device", "/dev/video98"]
    first = vcam(*words)
    assert first.stderr is not None
    until(lambda: main(["status"]) == 0)
    second = vcam("run")
    found = endpoint.read(runtime_folder())
    # In a virtual environment of Windows the one that was started starts another one.
    assert found is not None and (found.pid == first.pid or WINDOWS)
    assert f"already running (process {found.pid})" in second.communicate(timeout=30)[1]
    assert second.returncode == 1
    assert main(["set", "background=teal"]) == 0
    first.kill()
    first.communicate(timeout=20)
    assert main(["status"]) == 1
    third = vcam(*words)
    until(lambda: main(["status"]) == 0)
    assert ask("status")["settings"]["background"] == {"kind": "color", "color": "teal"}
    assert main(["quit"]) == 0
    third.communicate(timeout=20)
    assert main(["status"]) == 1
