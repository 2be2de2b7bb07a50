"""Who may speak to the studio."""

import socket

import pytest
from studio_client import Client

from vcam.studio.guard import MOST_BYTES

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36"


def test_the_address_gives_a_cookie_that_no_script_and_no_other_site_can_use(
    stranger: Client,
) -> None:
    answer = stranger.get(f"/?token={stranger.token}")
    assert answer.status == 200
    kept = answer.headers["set-cookie"]
    assert kept.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert stranger.get("/", Cookie=kept.partition(";")[0]).status == 200


def test_the_address_works_from_a_file_of_the_user(stranger: Client) -> None:
    answer = stranger.get(f"/?token={stranger.token}", Sec_Fetch_Site="cross-site")
    assert answer.status == 200
    assert "location" not in answer.headers, "a strict cookie is not sent on a redirect"


def test_browsers_that_find_the_name_are_sent_to_one_of_the_studio_alone(
    stranger: Client,
) -> None:
    answer = stranger.get(f"/?token={stranger.token}", User_Agent=CHROME)
    assert answer.status == 303
    assert "set-cookie" not in answer.headers
    there = answer.headers["location"]
    host = there.removeprefix("http://").partition("/")[0]
    assert host.startswith("vcam-")
    assert host.endswith(f".localhost:{stranger.port}")
    entered = stranger.get(f"/?token={stranger.token}", Host=host, User_Agent=CHROME)
    assert entered.status == 200
    assert "set-cookie" in entered.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": None},
        {"Cookie": "vcam_studio=x"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1.nip.io:{port}"},
        {"Host": None},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://{host}"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
def test_a_request_that_is_not_of_the_page_is_refused(
    client: Client, headers: dict[str, str | None]
) -> None:
    filled = {
        name: value and value.format(port=client.port, host=client.host)
        for name, value in headers.items()
    }
    for path in ("/", "/api/facts", "/how/"):
        answer = client.ask("GET", path, headers=filled)
        assert answer.status == (400 if headers == {"Host": None} else 403)
        assert "set-cookie" not in answer.headers
    assert client.get("/api/facts").status == 200


def test_a_wrong_token_opens_nothing(client: Client) -> None:
    for token in ("", "x", client.token[:-1], client.token + "x"):
        answer = client.get(f"/?token={token}", Cookie=None)
        assert answer.status == 403
        assert "set-cookie" not in answer.headers


def test_the_right_token_opens_nothing_under_the_name_of_somebody_else(
    stranger: Client,
) -> None:
    answer = stranger.get(f"/?token={stranger.token}", Host="evil.example")
    assert answer.status == 403


@pytest.mark.parametrize(
    "path", ["/api/live?page=0123456789abcdef01234567", "/api/presence"]
)
def test_a_socket_of_another_page_is_refused(client: Client, path: str) -> None:
    from websockets.exceptions import InvalidStatus

    wrong: list[dict[str, str]] = [
        {"Origin": ""},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Cookie": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ]
    for headers in wrong:
        with pytest.raises(InvalidStatus), client.socket(path, **headers):
            pass
    with client.socket(path) as open_one:
        open_one.ping()


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2fserver.py",
        "/static/%252e%252e/server.py",
        "/static//etc/passwd",
        "/api/save/../../../etc/passwd",
        "/how/gradio_api/file=/etc/passwd/../../etc/passwd",
        "/how/gradio_api/file=..%2f..%2fetc%2fpasswd",
        "/etc/passwd",
        "/how/gradio_api/proxy=http://evil.example/",
        "/how/docs",
        "/how/openapi.json",
        "/how/gradio_api/queue/join",
        "/how/login",
        "/api/\x00",
    ],
)
def test_paths_that_the_page_does_not_need_lead_nowhere(client: Client, path: str) -> None:
    line = f"GET {path} HTTP/1.1\r\nHost: {client.host}\r\nCookie: {client.cookie}\r\n"
    with socket.create_connection(("127.0.0.1", client.port), 10) as raw:
        raw.sendall(f"{line}Connection: close\r\n\r\n".encode())
        received = b""
        while piece := raw.recv(1 << 16):
            received += piece
    status = int(received.split()[1])
    assert status in (400, 403, 404, 405)
    assert b"root:" not in received
    assert b"import " not in received


def test_what_is_too_large_is_refused_before_it_is_read(client: Client) -> None:
    headers: dict[str, str | None] = {"Content-Length": str(MOST_BYTES + 1)}
    assert client.ask("POST", "/api/end", b"", headers).status == 413
    assert client.get("/api/facts").status == 200


def test_every_answer_forbids_what_the_page_does_not_need(client: Client) -> None:
    for path in ("/", "/api/facts", "/static/splash.js", "/nothing", "/how-state"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert not any(name.startswith("access-control") for name in headers)
        assert "server" not in headers
    policy = client.get("/how/", Cookie=None).headers["content-security-policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'self'" in policy
