"""Browsers show vcam's camera in PipeWire, which they get from the desktop's portal.

PipeWire, portal and browsers are real.  ``VCAM_DESKTOP_TESTS=1`` adds Firefox.
"""

import http.server
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import firefox
import pytest
from conftest import GREEN, SMALL, Eventually, running
from firefox import Firefox
from pipewire_desktop import Desktop
from pipewire_portal import Portal, missing

pytest.importorskip("websockets", reason="the extra `studio` is not installed")

import chromium
from chromium import PIPEWIRE_WEBCAMS, Chromium

from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings
from vcam.status import State
from vcam.testing import FakeWorld

pytestmark = pytest.mark.slow
CALL = """
(async () => {
    const stream = await navigator.mediaDevices.getUserMedia({video: true});
    window.track = stream.getVideoTracks()[0];
    window.video = document.createElement("video");
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    return [track.label, video.videoWidth, video.videoHeight];
})().catch(String)
"""
COLOUR = """
(() => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    const [x, y] = [canvas.width - 4, canvas.height / 2];
    return Array.from(context.getImageData(x, y, 1, 1).data).slice(0, 3);
})()
"""
"""The colour at the right border, where the room has its secret."""
Script = Callable[[str], Any]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A page; cameras are only given to pages of a server."""
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>call</title>")
    handler = partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


@contextmanager
def in_chromium(folder: Path, url: str) -> Iterator[Script]:
    if chromium.PROGRAM is None:
        pytest.skip("no Chromium is installed")
    with Chromium(folder / "chromium", webcams=PIPEWIRE_WEBCAMS) as browser:
        tab = browser.tab(url)
        tab.until("document.title == 'call'")
        yield tab.js


@contextmanager
def in_firefox(folder: Path, url: str) -> Iterator[Script]:
    if firefox.PROGRAM is None or not os.environ.get("VCAM_DESKTOP_TESTS"):
        pytest.skip("on demand: VCAM_DESKTOP_TESTS=1, with Firefox (250 MB)")
    with Firefox(folder / "firefox") as browser:
        browser.go(url)
        yield browser.js


@pytest.mark.parametrize(
    ("browser", "name"), [(in_chromium, "chrom"), (in_firefox, "firefox")]
)
def test_a_call_in_a_browser_shows_the_virtual_background_and_ends(
    desktop: Desktop,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    tmp_path: Path,
    url: str,
    browser: Any,
    name: str,
) -> None:
    if lacking := missing():
        pytest.skip(f"not installed: {lacking}")
    Portal(desktop).start()
    world.devices = replace(world.devices, open_output=open_output)
    output = OutputOptions("pipewire", SMALL, 30)
    with (
        running(world, replace(settings, output=output), silence_s=5) as engine,
        browser(tmp_path, url) as js,
    ):
        assert engine.status.state is State.RESTING
        eventually(lambda: js(CALL) == ["vcam", *SMALL])  # Chromium lists it a moment later
        eventually(lambda: engine.status.state is State.LIVE)
        (program,) = engine.status.watchers or ()
        assert name in program.casefold()
        assert engine.status.background == str(GREEN)
        eventually(lambda: max(map(abs, difference(js(COLOUR), (0, 255, 0)))) < 12)
        js("track.stop()")
        eventually(lambda: engine.status.state is State.RESTING)


def difference(seen: list[int], expected: tuple[int, ...]) -> list[int]:
    return [one - other for one, other in zip(seen, expected, strict=True)]
