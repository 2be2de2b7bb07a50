"""Connections that say nothing do not keep the studio from its pages."""

import socket
import time

import pytest
from studio_client import Client

from vcam.studio import server


def _idle(client: Client) -> socket.socket:
    return socket.create_connection(("127.0.0.1", client.port), timeout=5)


def _is_cut(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_who_sends_no_request_is_cut(
    stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FIRST_S", 0.2)
    with _idle(stranger) as silent, _idle(stranger) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: ")

        assert _is_cut(silent)
        assert _is_cut(slow)


def test_a_page_and_its_sockets_stay(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FIRST_S", 0.2)
    with client.socket("/api/presence") as page, client.live() as live:
        time.sleep(0.6)

        page.ping().wait(5)
        live.send("{}")
        assert "error" in str(live.recv(5))


def test_a_crowd_is_turned_away_and_leaves_room_when_it_goes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    crowd = [_idle(client) for _ in range(3)]
    with _idle(client) as late:
        assert _is_cut(late)
    for each in crowd:
        each.close()
    time.sleep(0.3)

    assert client.get("/").status == 200
