import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kernel_builds import kernels_folder, library  # noqa: F401 - fixtures
from pipewire_desktop import desktop  # noqa: F401 - a fixture
from slow_tests import (  # noqa: F401 - hooks of pytest
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_runtest_logreport,
    pytest_sessionfinish,
)
from studio_client import client, stranger, studio  # noqa: F401 - fixtures
from systems import WINDOWS
from translation_sources import pseudo  # noqa: F401 - a fixture
from tray_host import PrivateBus

from vcam import testing
from vcam.app import App
from vcam.backgrounds.color import Color
from vcam.control.instance import exclusive
from vcam.control.server import Server
from vcam.engine.engine import Engine
from vcam.files import settings_path
from vcam.frames import Size
from vcam.masking.credibility import Credibility
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings, policy_file, save
from vcam.status import State
from vcam.system.autostart import windows as run_key
from vcam.testing import FakeWorld

SMALL = Size(96, 54)
GREEN = Color("#00ff00")
# Only what a test does is trouble, however busy the machine: a producer is not soon
# stuck.
HURRY = replace(testing.HURRY, stuck_s=30, stop_s=1.0)
Eventually = Callable[[Callable[[], object]], None]

# What vcam says is compared in English, whatever the language of this machine is.
os.environ["LANGUAGE"] = "en"
# A suite that is started in the background has Ctrl-C ignored, and so has all it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    deadline_s = time.monotonic() + 3
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert not left, f"threads left behind: {left}"


@pytest.fixture(autouse=True)
def the_users_own_files_are_not_touched(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    if WINDOWS:
        # Where Windows and, since its 4.8, platformdirs look instead.
        monkeypatch.setenv("USERPROFILE", str(home))
        for name in ("LOCAL_APPDATA", "APPDATA"):
            monkeypatch.setenv(f"WIN_PD_OVERRIDE_{name}", str(home / name.lower()))
        # Nor does anything start at the user's next login.
        for name in ("RUN", "APPROVED"):
            monkeypatch.setattr(run_key, name, rf"Software\vcam tests\{home.name}\{name}")
    monkeypatch.setenv("VCAM_RUNTIME_DIR", str(home / "run"))
    # Nor does an administrator decide here, unless a test is about that.
    monkeypatch.setattr(policy_file, "place", lambda: home / "etc" / "policy.toml")
    # No test publishes to the PipeWire of the desktop that it runs on.
    monkeypatch.setenv("PIPEWIRE_REMOTE", "there-is-none")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    if not settings_path().is_relative_to(home):
        pytest.exit(
            "The tests would touch your settings: install platformdirs 4.8 or newer"
        )
    return home


@pytest.fixture
def decide(the_users_own_files_are_not_touched: Path) -> Callable[[str], None]:
    """The administrator writes a policy."""
    place = the_users_own_files_are_not_touched / "etc" / "policy.toml"

    def write(text: str) -> None:
        place.parent.mkdir(exist_ok=True)
        fresh = place.with_suffix(".new")
        fresh.write_text(text, "utf-8")
        fresh.replace(place)

    return write


@pytest.fixture
def whatever_models_say_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is made of masks; whether masks are credible is another matter."""

    def all_of_it(credibility: Credibility, *evidence: Any) -> Any:
        return np.full((36, 64), 255, np.uint8)

    monkeypatch.setattr(Credibility, "limit", all_of_it)


@pytest.fixture
def world() -> Iterator[FakeWorld]:
    world = FakeWorld()
    yield world
    world.let_go.set()


@pytest.fixture
def settings() -> Settings:
    return Settings(background=GREEN, output=OutputOptions(size=SMALL))


@contextmanager
def running(world: FakeWorld, settings: Settings, **timeouts: float) -> Iterator[Engine]:
    engine = Engine(settings, world.devices, replace(HURRY, **timeouts))
    engine.start()
    try:
        yield engine
    finally:
        world.let_go.set()
        engine.stop()


@pytest.fixture
def engine(world: FakeWorld, settings: Settings) -> Iterator[Engine]:
    with running(world, settings) as engine:
        yield engine


@pytest.fixture
def choose(engine: Engine) -> Callable[[Any], None]:
    def apply(background: Any) -> None:
        engine.apply(replace(engine.settings, background=background))

    return apply


@pytest.fixture
def eventually() -> Eventually:
    def wait(condition: Callable[[], object]) -> None:
        deadline_s = time.monotonic() + 8.0
        while not condition():
            assert time.monotonic() < deadline_s, "it never happened"
            time.sleep(0.005)

    return wait


@pytest.fixture
def session_bus(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PrivateBus]:
    """A session bus of the test's own, which is this process's, too."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    bus = PrivateBus(tmp_path_factory.mktemp("bus"))
    bus.start()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
    yield bus
    bus.kill()


@pytest.fixture
def app(world: FakeWorld, eventually: Eventually) -> Iterator[App]:
    """Live before green, with the user's settings file."""
    save(Settings(background=GREEN, output=OutputOptions(size=SMALL)), settings_path())
    app = App(settings_path(), world.devices)
    app.start()
    eventually(lambda: app.status.state is State.LIVE)
    yield app
    world.let_go.set()
    app.close()


@pytest.fixture
def served_app(app: App) -> Iterator[App]:
    """The same, and commands reach it."""
    with exclusive(), Server(app):
        yield app
