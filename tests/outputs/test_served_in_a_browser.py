"""What a real browser shows of the served picture: to web pages nothing."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from conftest import SMALL

pytest.importorskip("websockets", reason="the extra `studio` is not installed")

from chromium import Chromium, needs_chromium

from vcam.frames import Image
from vcam.outputs.served.output import Served
from vcam.outputs.viewers import Viewers

pytestmark = needs_chromium

SIZE = (480, 270)
TRIES = """
  const told = {};
  const load = (kind, where, how) => new Promise(done => {
    const each = document.createElement(kind);
    each.onload = () => done("loaded"); each.onerror = () => done("refused");
    if (how) each.crossOrigin = how;
    each[kind === "object" ? "data" : "src"] = where;
    document.body.append(each);
  });
  const get = async (where, mode) => {
    try {
      const answer = await fetch(where, {mode});
      return answer.type + (await answer.text()).length;
    } catch { return "refused" }
  };
  for (const path of ["", "stream.mjpg", "alive"])
    for (const mode of ["cors", "no-cors"])
      told[path + mode] = await get(BASE + path, mode);
  told.image = await load("img", BASE + "stream.mjpg");
  told.anonymous = await load("img", BASE + "stream.mjpg", "anonymous");
  told.script = await load("script", BASE + "stream.mjpg");
  told.port = await get(new URL("/", BASE).href, "cors");
  return told;
"""
"""What a hostile page tries, even if it knew the address."""


class Shown:
    """Sends one picture again and again, as vcam does."""

    def __init__(self, output: Served, picture: Image) -> None:
        self._output, self.picture = output, picture
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(0.03):
            self._output.send(self.picture)

    def close(self) -> None:
        self._ended.set()
        self._thread.join()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>evil</title><body></body>")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """A page of somebody else, of another port of this machine: the next of kin."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def plain(colour: tuple[int, int, int]) -> Image:
    return np.full((SMALL.height, SMALL.width, 3), colour, np.uint8)


def test_the_page_shows_what_is_on_air_and_comes_back_with_vcam(tmp_path: Path) -> None:
    def centre() -> list[int]:
        return [int(each) for each in tab.screenshot()[135, 240]]

    def becomes(colour: tuple[int, int, int]) -> None:
        tab.until("true")
        for _ in range(200):
            if np.abs(np.subtract(centre(), colour)).max() < 12:
                return
            tab.js("new Promise(done => setTimeout(done, 50))")
        pytest.fail(f"it shows {centre()}, not {colour}")

    with Chromium(tmp_path / "browser") as browser:
        with (
            closing(Served(SMALL, 0)) as output,
            closing(Shown(output, plain((0, 200, 0)))),
        ):
            port = urlsplit(output.address).port or 0
            tab = browser.tab(output.address, SIZE)
            becomes((0, 200, 0))
            assert output.viewers() == Viewers(True, ("Chrome",))
            assert tab.js("document.title") == "vcam"
        becomes((0, 0, 0))
        with (
            closing(Served(SMALL, port)) as output,
            closing(Shown(output, plain((200, 0, 0)))),
        ):
            becomes((200, 0, 0))
        refused = [line for line in tab.said() if "Content Security Policy" in line]
        assert not refused


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "evil.localhost"])
def test_a_web_page_gets_nothing_even_if_it_knew_the_address(
    tmp_path: Path, elsewhere: str, name: str
) -> None:
    with (
        closing(Served(SMALL, 0)) as output,
        closing(Shown(output, plain((0, 200, 0)))),
        Chromium(tmp_path / "browser") as browser,
    ):
        tab = browser.tab(f"http://{elsewhere.replace('127.0.0.1', name)}/", SIZE)
        tab.until("document.title === 'evil'")
        told = tab.js(f"(async () => {{ const BASE = {output.address!r}; {TRIES} }})()")
        assert set(told.values()) == {"refused"}, told
        tab.js(
            f"const f = document.createElement('iframe'); f.src = {output.address!r};"
            "document.body.append(f)"
        )
        tab.js("new Promise(done => setTimeout(done, 300))")
        distance = np.abs(tab.screenshot().astype(int) - (0, 200, 0)).max(axis=2)
        assert distance.min() > 30, "nothing of the picture in the frame"
        assert output.viewers() == Viewers(False, ())


def test_a_name_that_leads_here_gets_nothing(tmp_path: Path) -> None:
    with closing(Served(SMALL, 0)) as output, Chromium(tmp_path / "browser") as browser:
        address = output.address.replace("127.0.0.1", "evil.localhost")
        tab = browser.tab(address, SIZE)
        tab.until("document.body.innerText.includes('Forbidden')")
        assert not tab.js("document.querySelector('img')")
