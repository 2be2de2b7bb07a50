"""The gallery, filled and emptied from a page."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from PIL import Image as Pictures
from studio_client import Client

from vcam.app import App
from vcam.backgrounds.choosing import GALLERY, gallery, user_gallery
from vcam.backgrounds.picture import Picture
from vcam.control.client import ask
from vcam.files import settings_path
from vcam.settings import Settings, save

pytest.importorskip("starlette", reason="the extra `studio` is not installed")

from vcam.studio.uploads import safe_name


def png(colour: str = "teal", size: tuple[int, int] = (640, 480)) -> bytes:
    file = io.BytesIO()
    Pictures.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def add(client: Client, name: str, content: bytes) -> tuple[int, Any]:
    answer = client.ask("POST", f"/api/gallery?name={quote(name)}", content)
    return answer.status, answer.json


def remove(client: Client, name: str) -> tuple[int, Any]:
    answer = client.ask("DELETE", f"/api/gallery/{quote(os.fsencode(name), safe='')}")
    return answer.status, answer.json if answer.body.startswith(b"{") else None


def tiles(client: Client) -> dict[str, dict[str, Any]]:
    return {tile["name"]: tile for tile in client.get("/api/facts").json["gallery"]}


def files() -> list[str]:
    return sorted(path.name for path in user_gallery().iterdir())


def nothing_is_left(client: Client) -> bool:
    return not list(client.studio._gallery._private.iterdir())


def test_a_picture_is_added_shown_and_removed(client: Client) -> None:
    status, tile = add(client, "My Beach.PNG", png())
    assert status == 200
    thumb = tile.pop("thumb")
    assert tile == {"name": "my beach", "title": "My Beach", "kind": "picture", "own": True}
    answer = client.get(thumb)
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/jpeg"
    with Pictures.open(io.BytesIO(answer.body)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (320, 180))
        assert shown.getpixel((160, 90)) == pytest.approx((0, 128, 128), abs=4)
    assert nothing_is_left(client)
    assert tiles(client)["my beach"]["thumb"] == thumb
    assert remove(client, "my beach") == (200, {})
    assert "my beach" not in tiles(client)
    assert files() == []


def test_a_picture_that_was_changed_has_another_thumbnail(client: Client) -> None:
    add(client, "wall.png", png())
    before = tiles(client)["wall"]["thumb"]
    place = user_gallery() / "wall.png"
    place.write_bytes(png("red"))
    os.utime(place, ns=(1, 1))
    after = tiles(client)["wall"]["thumb"]
    assert after != before
    assert client.get(after).body != client.get("/api/thumb/beach").body


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/cron.d/x.png", "x.png"),
        ("C:\\Users\\me\\x.png", "x.png"),
        ("/x.png", "x.png"),
        ("..", "file"),
        ("", "file"),
        ("a\0b.png", "a b.png"),
        (".hidden.png", "hidden.png"),
        ("a\nb.png", "a b.png"),
        ("%2e%2e%2fx.png", "2e 2e 2fx.png"),
        ("con.png", "_con.png"),
        ("ä" * 300 + ".png", "ä" * 60 + ".png"),
        ("http://evil.example/x.png?a=b", "x.png a=b"),
        ("-x.png", "-x.png"),
    ],
)
def test_a_file_gets_a_name_that_is_safe_everywhere(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_a_name_leads_into_no_other_folder(client: Client, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    assert add(client, "../../../../x/..\\..\\y.png", png())[0] == 200
    assert files() == ["y.png"]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.html", b"<script>", "neither a picture nor a video"),
        ("fake.png", b"<script>", "'fake.png' is not a picture"),
        ("fake.mp4", b"no film", "'fake.mp4' is not a video"),
        ("half.png", png()[:100], "'half.png' is broken"),
        ("none.png", b"", "empty"),
    ],
)
def test_what_cannot_be_shown_is_not_added(
    client: Client, name: str, content: bytes, said: str
) -> None:
    status, answer = add(client, name, content)
    assert status == 400
    assert said in answer["error"]
    assert "/" not in answer["error"], "whose folder it was does not matter"
    assert not user_gallery().exists()
    assert nothing_is_left(client)


def test_what_is_too_large_is_refused_while_it_comes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.studio.gallery.MOST_BYTES", 1 << 20)
    status, answer = add(client, "large.png", bytes(3 << 20))
    assert (status, answer["error"]) == (413, "The file is larger than 1 MB")
    assert nothing_is_left(client)


def test_two_pictures_of_one_name_are_both_kept(client: Client) -> None:
    add(client, "wall.png", png())
    status, tile = add(client, "wall.png", png("red"))
    assert (status, tile["name"]) == (200, "wall 2")
    assert files() == ["wall 2.png", "wall.png"]


@pytest.mark.parametrize(
    "name", ["../settings", "..", "", "nothing", "\0", "x" * 5000, "wall.png", "%2e%2e"]
)
def test_only_what_is_listed_can_be_removed(client: Client, name: str) -> None:
    add(client, "wall.png", png())
    assert remove(client, name)[0] in (307, 400, 403, 404, 405)
    assert files() == ["wall.png"]


def test_what_came_with_vcam_stays(client: Client) -> None:
    for tile in tiles(client).values():
        assert not tile["own"]
    status, answer = remove(client, "beach")
    assert status == 400
    assert "came with vcam" in answer["error"]
    assert any(path.stem == "beach" for path in GALLERY.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")
def test_of_a_link_only_the_link_is_removed(client: Client, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    photo.write_bytes(png())
    user_gallery().mkdir(parents=True)
    (user_gallery() / "linked.png").symlink_to(photo)
    assert remove(client, "linked")[0] == 200
    assert photo.exists()


def test_the_background_that_is_chosen_is_not_removed(
    client: Client, served_app: App
) -> None:
    add(client, "wall.png", png())
    ask("set", words=["background=wall"], folder="/")
    status, answer = remove(client, "wall")
    assert status == 409
    assert "Choose another one" in answer["remedy"]
    ask("set", words=["background=white"], folder="/")
    assert remove(client, "wall")[0] == 200


def test_the_background_of_the_next_start_is_not_removed(client: Client) -> None:
    add(client, "wall.png", png())
    save(Settings(background=Picture(user_gallery() / "wall.png")), settings_path())
    assert remove(client, "wall")[0] == 409


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_name_that_is_no_text_is_shown_and_can_be_removed(client: Client) -> None:
    user_gallery().mkdir(parents=True)
    place = user_gallery() / os.fsdecode(b"caf\xe9.png")
    place.write_bytes(png())
    (name,) = (entry.name for entry in gallery() if entry.path == place)
    assert client.get(tiles(client)[name]["thumb"]).status == 200
    assert remove(client, name)[0] == 200
    assert not place.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_a_title_steers_no_page(client: Client) -> None:
    user_gallery().mkdir(parents=True)
    (user_gallery() / "a\u202egpj\x1b.png").write_bytes(png())
    (tile,) = (each for each in tiles(client).values() if each["own"])
    assert tile["title"] == r"A\u202egpj\x1b"


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
@pytest.mark.parametrize(
    "stem",
    [
        *(
            "12:30",
            "my holiday",
            'it\'s "me" `1`',
            "100%d %2f",
            "--help",
            "👨‍👩‍👧",
            "חופשה",
        ),
        *(
            "a\u202egpj\x1b",
            "two\nlines",
            "back\\slash",
            "a?b=c&d#e",
            "caf\udce9",
            "ä" * 125,
        ),
    ],
)
def test_any_name_has_a_thumbnail_and_can_be_removed(stem: str, client: Client) -> None:
    user_gallery().mkdir(parents=True)
    (user_gallery() / f"{stem}.png").write_bytes(png())
    (tile,) = (each for each in tiles(client).values() if each["own"])
    assert tile["name"] == stem
    assert client.get(tile["thumb"]).status == 200
    assert remove(client, tile["name"]) == (200, {})
    assert not files()


@pytest.mark.parametrize("name", ["IMG 1", "IMG 1.txt", "IMG 1.mp4"])
def test_a_file_is_what_its_content_says(name: str, client: Client) -> None:
    assert add(client, name, png())[0] == 200
    page = "0" * 24
    sent = client.ask("POST", f"/api/upload?name={quote(name)}&page={page}", png())
    assert (sent.status, sent.json["kind"]) == (200, "picture")
    assert client.get(sent.json["thumb"]).status == 200
    sent = client.ask("POST", f"/api/upload?name={quote(name)}&page={page}", b"text")
    assert sent.status == 400 and "is not a" in sent.json["error"]


@pytest.mark.parametrize("name", ["nothing", "..%2f..%2fetc%2fpasswd", "%00", "x" * 3000])
def test_there_is_no_thumbnail_of_anything_else(client: Client, name: str) -> None:
    assert client.get(f"/api/thumb/{name}").status in (403, 404)


def test_a_broken_file_has_no_thumbnail(client: Client) -> None:
    user_gallery().mkdir(parents=True)
    (user_gallery() / "broken.png").write_bytes(b"no picture")
    assert client.get(tiles(client)["broken"]["thumb"]).status == 409
