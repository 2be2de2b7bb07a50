"""The studio, running, and a client that speaks to it as a browser does."""

import http.client
import json
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from vcam.studio.server import Studio

PAGE = "0123456789abcdef01234567"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Speaks to the studio as a browser does, or as whoever is not one."""

    studio: "Studio"
    cookie: str = ""
    host: str = ""
    port: int = 0
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = int(self.studio.address.split(":")[2].partition("/")[0])
        self.host = self.host or f"127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return self.studio.address.partition("token=")[2]

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str | None] | None = None,
    ) -> Answer:
        """``None`` as a header's value leaves the header out."""
        given: dict[str, str | None] = {"Host": self.host, "Cookie": self.cookie or None}
        if method != "GET":
            given["Origin"] = f"http://{self.host}"
        given |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in given.items():
                if value is not None:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            found = connection.getresponse()
            names = {name.lower(): value for name, value in found.getheaders()}
            return Answer(found.status, names, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str | None) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, headers=named)

    def enter(self) -> None:
        """Come with the token, and keep the cookie."""
        answer = self.get(f"/?token={self.token}")
        assert answer.status == 200
        self.cookie = answer.headers["set-cookie"].partition(";")[0]

    def live(self, page: str = PAGE) -> AbstractContextManager["ClientConnection"]:
        return self.socket(f"/api/live?page={page}")

    def socket(
        self, path: str, **headers: str
    ) -> AbstractContextManager["ClientConnection"]:
        from websockets.sync.client import connect

        given = {"Origin": f"http://{self.host}", "Cookie": self.cookie} | headers
        return connect(
            f"ws://127.0.0.1:{self.port}{path}",
            additional_headers={name: value for name, value in given.items() if value},
            compression=None,
            max_size=32 << 20,
            open_timeout=10,
            close_timeout=2,
        )


@pytest.fixture
def studio(tmp_path: Path) -> Iterator["Studio"]:
    for package in ("uvicorn", "websockets"):
        pytest.importorskip(package, reason="the extra `studio` is not installed")
    from vcam.studio.server import Studio

    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    studio = Studio(folder, dict(os.environ))
    thread = threading.Thread(target=studio.run, name="studio", daemon=True)
    thread.start()
    yield studio
    studio.end()
    thread.join(10)
    assert not thread.is_alive()


@pytest.fixture
def stranger(studio: "Studio") -> Client:
    return Client(studio)


@pytest.fixture
def client(stranger: Client) -> Client:
    stranger.enter()
    return stranger
