"""What a real browser lets other pages do to the studio: nothing."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from studio_client import Client

pytest.importorskip("websockets", reason="the extra `studio` is not installed")

from chromium import Chromium, Tab, needs_chromium

from vcam.studio.handover import PAGE, published

pytestmark = needs_chromium

FETCH = (
    "fetch('{}', {{method: '{}', mode: '{}', credentials: 'include'}})"
    ".then(answer => answer.type, () => 'refused')"
)
LOAD = (
    "new Promise(done => {{ const each = document.createElement('{}');"
    " each.onload = () => done('loaded'); each.onerror = () => done('refused');"
    " each.src = '{}'; document.body.append(each); }})"
)
CONNECT = (
    "new Promise(done => {{ const each = new WebSocket('{}');"
    " each.onopen = () => done('open'); each.onerror = () => done('refused'); }})"
)
"""What a hostile page tries, in its own scripts."""


class Listener:
    """A server of somebody else on this machine, that keeps what browsers send to it."""

    def __init__(self) -> None:
        heard = self.cookies = list[str]()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(self.headers.get("Cookie", ""))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<title>evil</title>")

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chromium]:
    with Chromium(tmp_path / "chromium") as browser:
        yield browser


@pytest.fixture
def page(browser: Chromium, stranger: Client) -> Tab:
    """The studio's page, opened as ``vcam studio`` does: from the private file."""
    from vcam.local.runtime_folder import runtime_folder

    with published(stranger.studio.address):
        tab = browser.tab((runtime_folder() / PAGE).as_uri())
        tab.until("location.pathname == '/' && location.search == ''")
    return tab


def test_the_page_has_a_name_of_its_own_and_may_use_the_camera(page: Tab) -> None:
    assert page.js("location.hostname").startswith("vcam-")
    assert page.js("location.hostname").endswith(".localhost")
    assert page.js("isSecureContext && !!navigator.mediaDevices")
    assert page.js("document.cookie") == ""
    assert page.js("fetch('/api/facts').then(answer => answer.status)") == 200


def test_other_servers_of_this_machine_are_not_sent_the_cookie(
    page: Tab, browser: Chromium, listener: Listener
) -> None:
    for host in ("localhost", "127.0.0.1"):
        tab = browser.tab(f"http://{host}:{listener.port}/")
        tab.until("document.title == 'evil'")
    assert listener.cookies
    assert not any(listener.cookies)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "evil.localhost"])
def test_a_hostile_page_reaches_nothing(
    page: Tab, browser: Chromium, listener: Listener, host: str
) -> None:
    studio = page.js("location.host")
    tab = browser.tab(f"http://{host}:{listener.port}/")
    tab.until("document.title == 'evil'")
    assert tab.js(FETCH.format(f"http://{studio}/api/facts", "GET", "cors")) == "refused"
    # What it may send without reading the answer changes nothing.
    tab.js(FETCH.format(f"http://{studio}/api/end", "POST", "no-cors"))
    assert tab.js(LOAD.format("img", f"http://{studio}/static/icon.svg")) == "refused"
    assert tab.js(LOAD.format("script", f"http://{studio}/static/splash.js")) == "refused"
    assert tab.js(CONNECT.format(f"ws://{studio}/api/presence")) == "refused"
    tab.js(LOAD.format("iframe", f"http://{studio}/"))
    assert tab.js("document.querySelector('iframe').contentDocument") is None
    assert page.js("fetch('/api/facts').then(answer => answer.status)") == 200
