"""Who may speak to the studio: checked for every request before anything else sees it.

The server listens on the loopback interface, where every program of this machine and, by
way of the browser, every page of the internet can reach it.  So a request must come from a
page of ours, in a browser that was given the address with the token:

* ``Host`` is one of ours, against names of others that lead here (DNS rebinding).
* ``Origin`` and ``Sec-Fetch-Site``, where the browser sends them, name this page.
* The cookie is there.  It is given for the token, is ``HttpOnly`` and ``SameSite=Strict``.
* The path is one that the page needs: of Gradio's routes only some.

Cookies know no port: another server on ``localhost`` is sent ours.  So browsers that find
``NAME.localhost`` by themselves are sent to a random one of these names.
"""

import hmac
import re
import secrets
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, Final

from vcam.translation import tr

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]

MOST_BYTES: Final = 32 << 20
"""Most bytes of a request's body, except for clips."""
CLIPS, CLIP_BYTES = "/api/clips", 256 << 20
"""Where clips are sent, and most bytes of one."""
OWN: Final = re.compile(
    r"/|/static/[\w.-]+|/api/[^\x00-\x1f\\]+|/api/(thumb|gallery)/[^/\x00]+"
    r"|/how-state|/favicon\.ico"
)
"""The paths of our own page.  A name of the gallery may be anything; it is looked up in a
list."""
GRADIO: Final = re.compile(
    r"/how/|/how/(config|theme\.css|(assets|static|svelte)/.+)"
    r"|/how/gradio_api/(run/predict|upload|upload_progress|startup-events|reset|cancel"
    r"|heartbeat/\w+|file=(?!\s*[\w+.-]{2,}:).+)/?"
)
"""The paths of Gradio that its page needs.  Of an address as a file, it would look up the
host, which asks the network."""
FINDS_NAMES: Final = re.compile(rb"Chrom(e|ium)/|Firefox/")
"""Browsers that find every name below ``localhost`` without asking anybody; by their
User-Agent.  Safari asks the system, which may not know."""
REMOVED: Final = (b"access-control-", b"server", b"content-security-policy")
"""Beginnings of the answers' headers that are not passed on."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'{inline}; style-src 'self'{inline}; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' {sockets}; worker-src 'self' blob:; manifest-src 'self'; "
    "frame-src 'self'; frame-ancestors {ancestors}; base-uri 'self'; form-action 'self'"
)
"""The Content-Security-Policy.  Gradio's page has scripts and styles of its own inline."""
ENTERED: Final = (
    b'<!doctype html><meta charset="utf-8"><title>vcam studio</title>'
    b'<meta name="referrer" content="no-referrer">'
    b'<meta http-equiv="refresh" content="0;url=/">'
)
"""The answer to the right token.  A redirect would not do: the browser sends no strict
cookie while it follows one that began at a page of somebody else, such as a file.  The
page after it is not told where it came from, which has the token in it."""


class Guard:
    """An ASGI application around another one, which sees only what may pass."""

    def __init__(self, app: App, port: int) -> None:
        self._app = app
        self._token, self._session = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._cookie = f"vcam_studio_{port}".encode()
        named = f"vcam-{secrets.token_hex(8)}.localhost:{port}"
        self.address = f"http://127.0.0.1:{port}/?token={self._token}"
        """Where the browser is sent first."""
        self._named = named.encode()
        hosts = (f"127.0.0.1:{port}", f"localhost:{port}", named)
        self._hosts = {host.encode() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            return
        if (why := self._objection(scope)) is not None:
            status, reason = why
            await self._refuse(scope, receive, send, status, reason)
        elif self._is_entrance(scope):
            await self._let_in(scope, send)
        else:
            await self._app(scope, _limited(scope, receive), self._headed(scope, send))

    def _objection(self, scope: Scope) -> tuple[int, str] | None:
        """Status and reason of a refusal; ``None`` for what may pass."""
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        websocket = scope["type"] == "websocket"
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 403, "host"
        if origins != [b"http://" + hosts[0]] and (origins or websocket):
            return 403, "origin"
        if self._is_entrance(scope):
            given = scope["query_string"][len(b"token=") :]
            return None if hmac.compare_digest(given, self._token.encode()) else TOKEN
        sites = _values(scope, b"sec-fetch-site")
        if sites and sites[0] not in (b"same-origin", b"none"):
            return 403, "site"
        if not self._has_cookie(scope):
            return 403, "cookie"
        path = scope["path"]
        known = OWN.fullmatch(path) or GRADIO.fullmatch(path)
        if not known or ".." in path.split("/"):
            return 403, "path"
        (length,) = _values(scope, b"content-length")[:1] or (b"0",)
        if not length.isdigit() or int(length) > _most(scope):
            return 413, "size"
        return None

    @staticmethod
    def _is_entrance(scope: Scope) -> bool:
        """Whether somebody comes with a token."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] != "/":
            return False
        query: bytes = scope["query_string"]
        return query.startswith(b"token=")

    def _has_cookie(self, scope: Scope) -> bool:
        for line in _values(scope, b"cookie"):
            for pair in line.split(b";"):
                name, _, value = pair.strip().partition(b"=")
                if name == self._cookie and hmac.compare_digest(
                    value, self._session.encode()
                ):
                    return True
        return False

    async def _let_in(self, scope: Scope, send: Send) -> None:
        """Give the cookie, under a name that is only ours where the browser finds it."""
        agent = b" ".join(_values(scope, b"user-agent"))
        if FINDS_NAMES.search(agent) and _values(scope, b"host") != [self._named]:
            there = b"http://" + self._named + b"/?" + scope["query_string"]
            await self._answer(send, scope, 303, b"", [(b"location", there)])
            return
        cookie = self._cookie + b"=" + self._session.encode()
        await self._answer(
            send,
            scope,
            200,
            ENTERED,
            [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"set-cookie", cookie + b"; Path=/; HttpOnly; SameSite=Strict"),
            ],
        )

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, status: int, reason: str
    ) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["path"] == "/" and reason in ("cookie", "token", "site"):
            said = tr(
                "this page needs the address that `vcam studio` prints, with its token. "
                "Run `vcam studio` again: it opens the page."
            )
        else:
            said = tr("refused ({reason})", reason=reason)
        kind = (b"content-type", b"text/plain; charset=utf-8")
        # What is still on its way is not read: the connection ends here.
        headers = [kind, (b"connection", b"close")]
        await self._answer(send, scope, status, f"vcam studio: {said}\n".encode(), headers)

    async def _answer(
        self, send: Send, scope: Scope, status: int, body: bytes, headers: list[Header]
    ) -> None:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
        start = {"type": "http.response.start", "status": status, "headers": headers}
        headed = self._headed(scope, send)
        await headed(start)
        await headed({"type": "http.response.body", "body": body})

    def _headed(self, scope: Scope, send: Send) -> Send:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message.get("headers", ())
                    if not name.lower().startswith(REMOVED)
                ]
                message = {**message, "headers": [*kept, *self._added(scope, kept)]}
            await send(message)

        return headed

    def _added(self, scope: Scope, given: Iterable[Header]) -> list[Header]:
        how = scope["path"].startswith("/how/")
        # Only the name that was asked for: who is refused must not learn the random one.
        asked = [host for host in _values(scope, b"host") if host.lower() in self._hosts]
        policy = POLICY.format(
            inline=" 'unsafe-inline'" if how else "",
            ancestors="'self'" if how else "'none'",
            sockets=" ".join(f"ws://{host.decode()}" for host in asked),
        )
        added = [
            (b"content-security-policy", policy.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
        ]
        if not any(name.lower() == b"cache-control" for name, _ in given):
            added.append((b"cache-control", b"no-store"))
        return added


TOKEN: Final = (403, "token")


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def _most(scope: Scope) -> int:
    return CLIP_BYTES if scope["path"] == CLIPS else MOST_BYTES


def _limited(scope: Scope, receive: Receive) -> Receive:
    """``receive`` for a body that may be longer than it said, or not have said it."""
    left = _most(scope)

    async def limited() -> Message:
        nonlocal left
        message = await receive()
        if message["type"] == "http.request":
            left -= len(message.get("body", b""))
            if left < 0:
                return {"type": "http.disconnect"}
        return message

    return limited
