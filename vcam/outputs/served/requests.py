"""What a program that asks by HTTP is answered: pure functions of bytes.

Every program of the machine, and by way of the user's browser every page of the internet,
can send requests to the loopback interface.  So what is served has these conditions:

* ``Host`` is ours, against names of others that lead here (DNS rebinding).
* The path begins with the token, which only this user can read.
* ``Origin`` and ``Sec-Fetch-Site``, where a browser sends them, name our own page; only the
  page itself may be opened from elsewhere, which shows it to the user and to nobody else.

No answer may be read, embedded or kept by a page of somebody else.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from vcam.outputs.served.page import PAGE, POLICY

BOUNDARY = b"vcam"
"""Stands between two pictures."""
LONGEST = 16 << 10
"""Most bytes of a request."""
END = b"\r\n\r\n"
LINE = re.compile(rb"GET (/[!-~]*) HTTP/1\.[01]")
NAME = re.compile(rb"[a-z0-9]{0,32}")
"""How a page names its stream."""
PROGRAMS = {
    b"OBS/": "OBS",
    b"Lavf/": "ffmpeg",
    b"VLC/": "VLC",
    b"Edg/": "Edge",
    b"Firefox/": "Firefox",
    b"Chrome/": "Chrome",
    b"Safari/": "Safari",
}
"""What the User-Agent contains, by which a program is known, the most telling first."""
KEPT_OUT = (
    b"Cache-Control: no-store\r\n"
    b"Content-Security-Policy: %b\r\n"
    b"Cross-Origin-Opener-Policy: same-origin\r\n"
    b"Cross-Origin-Resource-Policy: same-origin\r\n"
    b"Referrer-Policy: no-referrer\r\n"
    b"X-Content-Type-Options: nosniff\r\n"
    b"X-Frame-Options: DENY\r\n"
    b"Connection: close\r\n\r\n" % POLICY.encode()
)
"""The end of the head of every answer."""


class Kind(Enum):
    """What is asked for."""

    PAGE = "page"
    STREAM = "stream"
    ALIVE = "alive"
    """Whether the stream of a page is still sent."""
    NOTHING = "nothing"


@dataclass(frozen=True)
class Wish:
    """A request that was understood, or the answer to one that is refused."""

    kind: Kind
    refusal: bytes = b""
    name: bytes = b""
    """How the page calls its stream; empty for other programs."""
    program: str = ""
    """Who asks, by its own words; empty when it does not say."""


def answer(status: str, kind: str = "", body: bytes = b"") -> bytes:
    """A whole answer."""
    head = f"HTTP/1.1 {status}\r\n"
    if kind:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + KEPT_OUT + body


def refusal(status: str) -> bytes:
    """The answer to who gets nothing else; it says no more than this."""
    return answer(status, "text/plain; charset=utf-8", f"{status[4:]}\n".encode())


WEB_PAGE = answer("200 OK", "text/html; charset=utf-8", PAGE)
YES, NO = answer("204 No Content"), refusal("404 Not Found")
TOO_MANY = refusal("503 Too many programs read it")
STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=%b\r\n%b--%b\r\n"
) % (BOUNDARY, KEPT_OUT, BOUNDARY)
"""The beginning of the pictures."""


def part(jpeg: bytes) -> bytes:
    """A picture in the stream.

    The boundary after it comes at once: browsers show a picture when they have read it.
    """
    head = b"Content-Type: image/jpeg\r\nContent-Length: %d" % len(jpeg)
    return b"%b%b%b\r\n--%b\r\n" % (head, END, jpeg, BOUNDARY)


def understood(head: bytes, port: int, token: str) -> Wish:
    """What the request wants whose head, without the empty line, is ``head``."""
    first, *lines = head.split(b"\r\n")
    line, headers = LINE.fullmatch(first), _headers(lines)
    if line is None or headers is None:
        return _refused("400 Bad Request")
    host = headers.get(b"host", b"").lower()
    if host not in (b"127.0.0.1:%d" % port, b"localhost:%d" % port):
        return _refused("403 Forbidden")
    if headers.get(b"origin", b"http://" + host) != b"http://" + host:
        return _refused("403 Forbidden")
    path, _, name = line[1].partition(b"?")
    given, _, rest = path[1:].partition(b"/")
    if not hmac.compare_digest(given, token.encode()):
        return _refused("404 Not Found")
    kind = {
        b"": Kind.PAGE,
        b"stream.mjpg": Kind.STREAM,
        b"alive": Kind.ALIVE,
    }.get(rest, Kind.NOTHING)
    if kind is Kind.NOTHING or path.count(b"/") != 2 or not NAME.fullmatch(name):
        return _refused("404 Not Found")
    site = headers.get(b"sec-fetch-site", b"none")
    opened = headers.get(b"sec-fetch-mode", b"navigate") == b"navigate"
    alone = headers.get(b"sec-fetch-dest", b"document") == b"document"
    if site not in (b"none", b"same-origin") and not (
        kind is Kind.PAGE and opened and alone
    ):
        return _refused("403 Forbidden")
    return Wish(kind, name=name, program=_program(headers.get(b"user-agent", b"")))


def _refused(status: str) -> Wish:
    return Wish(Kind.NOTHING, refusal(status))


def _headers(lines: list[bytes]) -> Mapping[bytes, bytes] | None:
    """The headers by their names in small letters; ``None`` where one is given twice.

    What decides is given once by every program; which of two would count is a matter of
    taste.
    """
    found: dict[bytes, bytes] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        name = name.lower()
        if not colon or name in found or not re.fullmatch(rb"[!-9;-~]+", name):
            return None
        found[name] = value.strip()
    return found


def _program(agent: bytes) -> str:
    return next((name for sign, name in PROGRAMS.items() if sign in agent), "")
