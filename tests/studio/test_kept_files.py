"""A logo and a font are sent from *My camera*, kept, and used."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image as Pictures
from PIL import ImageFont
from studio_client import Client

from vcam.app import App
from vcam.control.client import ask

pytest.importorskip("starlette", reason="the extra `studio` is not installed")


def png(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Pictures.new("RGBA", (40, 20), colour).save(file, "PNG")
    return file.getvalue()


def font() -> bytes:
    usual: Any = ImageFont.load_default(20)
    content: bytes = usual.path.getvalue()
    return content


def keep(client: Client, kind: str, name: str, content: bytes) -> tuple[int, Any]:
    answer = client.ask("POST", f"/api/keep/{kind}?name={quote(name)}", content)
    return answer.status, answer.json


@pytest.mark.parametrize(
    ("kind", "name", "content", "option"),
    [
        ("overlay", "My Logo.png", png(), "overlay.picture"),
        ("font", "Ä.ttf", font(), "lettering.font"),
    ],
)
def test_what_is_sent_is_kept_and_can_be_chosen(
    client: Client, served_app: App, kind: str, name: str, content: bytes, option: str
) -> None:
    status, answer = keep(client, kind, name, content)
    assert status == 200
    path = Path(answer["path"])
    assert path.name == name and path.read_bytes() == content
    ask("set", words=[f"{kind}={path}"], folder="/")
    section, _, field = option.partition(".")
    assert getattr(getattr(served_app.settings, section), field) == path


def test_a_name_that_is_taken_gets_a_number_and_the_same_file_is_kept_once(
    client: Client,
) -> None:
    first = keep(client, "overlay", "logo.png", png())[1]["path"]
    assert keep(client, "overlay", "logo.png", png())[1]["path"] == first
    other = keep(client, "overlay", "logo.png", png("blue"))[1]["path"]
    assert Path(other).name == "logo 2.png" and Path(other).parent == Path(first).parent


@pytest.mark.parametrize("kind", ["overlay", "font"])
def test_what_cannot_be_used_is_refused_and_nothing_of_it_is_left(
    client: Client, kind: str
) -> None:
    status, answer = keep(client, kind, "../../odd.png", b"neither of both")
    assert status == 400
    assert "odd.png" in answer["error"] and "kept-" not in answer["error"]
    assert not list(client.studio._gallery._private.iterdir())


def test_only_a_logo_and_a_font_can_be_sent(client: Client) -> None:
    assert keep(client, "settings", "a.png", png())[0] == 404
    assert client.get("/api/keep/overlay").status == 405
