"""*Try it*: pictures go up, and come back with another background."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from studio_client import PAGE, Client

from vcam.frames import Image, Size
from vcam.presenter.stage import Presenter

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

STILL, FIRST = 1, 2
SIZE = Size(640, 360)
BLACK = {"background": "black", "preset": "light"}


@pytest.fixture(scope="module")
def presenter() -> tuple[Image, Any]:
    """A drawn person in an office, and the exact alpha."""
    drawing = Presenter(SIZE).draw(1.0)
    return drawing.image, drawing.alpha


def jpeg(image: Image, suffix: str = ".png") -> bytes:
    return bytes(cv2.imencode(suffix, image)[1])


def sent(
    socket: ClientConnection, content: bytes, flags: int = STILL, number: int = 7
) -> Any:
    socket.send(struct.pack("<II", number, flags) + content)
    return received(socket)


def received(socket: ClientConnection) -> Any:
    """The next picture, BGR, or the next error; figures are passed over."""
    while True:
        answer = socket.recv(timeout=20)
        if isinstance(answer, bytes):
            return cv2.imdecode(np.frombuffer(answer[8:], np.uint8), cv2.IMREAD_COLOR)
        told = json.loads(answer)
        if "error" in told:
            return told


def asked(socket: ClientConnection, view: str = "result", **sides: Any) -> None:
    socket.send(json.dumps({"view": view, "a": BLACK, "b": None} | sides))


def test_the_person_stays_and_the_room_becomes_black(
    client: Client, presenter: tuple[Image, Any]
) -> None:
    image, alpha = presenter
    with client.live() as socket:
        asked(socket)
        result = sent(socket, jpeg(image))
    assert result.shape == image.shape
    room, person = cv2.erode((alpha == 0).astype(np.uint8), np.ones((25, 25))), alpha == 255
    assert np.abs(result[room > 0].astype(int)).mean() < 3
    inside = cv2.erode(person.astype(np.uint8), np.ones((25, 25))) > 0
    assert np.abs(result[inside].astype(int) - image[inside]).mean() < 8


def test_a_live_picture_is_shown_as_in_a_call(
    client: Client, presenter: tuple[Image, Any]
) -> None:
    image, alpha = presenter
    with client.live() as socket:
        asked(socket)
        for number in range(6):
            result = sent(socket, jpeg(image, ".jpg"), FIRST * (number == 0), number)
            time.sleep(0.03)
    inside = cv2.erode((alpha == 255).astype(np.uint8), np.ones((25, 25))) > 0
    assert np.abs(result[inside].astype(int) - image[inside]).mean() < 12
    assert result[:20, :20].max() < 60


def test_mask_and_overlay_can_be_seen(client: Client, presenter: tuple[Image, Any]) -> None:
    image, alpha = presenter
    inside = cv2.erode((alpha == 255).astype(np.uint8), np.ones((25, 25))) > 0
    with client.live() as socket:
        asked(socket, "mask")
        mask = sent(socket, jpeg(image))
        asked(socket, "overlay")
        overlay = sent(socket, jpeg(image))
    assert mask[inside].mean() > 240
    assert mask[:20, :20].mean() < 10
    assert np.abs(overlay[inside].astype(int) - image[inside]).mean() < 8
    assert np.abs(overlay[:20, :20].astype(int) - image[:20, :20]).mean() > 20


def test_two_settings_are_compared_in_one_picture(
    client: Client, presenter: tuple[Image, Any]
) -> None:
    with client.live() as socket:
        asked(socket, b={"background": "white", "preset": "light"})
        both = sent(socket, jpeg(presenter[0]))
    assert both.shape == (2 * SIZE.height, SIZE.width, 3)
    assert both[:20, :20].mean() < 10
    assert both[SIZE.height : SIZE.height + 20, :20].mean() > 245


def test_the_dials_change_the_mask(client: Client, presenter: tuple[Image, Any]) -> None:
    shares = []
    with client.live() as socket:
        for edge in (-12, 0, 12):
            asked(socket, "mask", a={**BLACK, "edge": edge, "threshold": 0.5})
            shares.append(sent(socket, jpeg(presenter[0])).mean())
    assert shares == sorted(shares)
    assert shares[2] > shares[0] + 3


def test_what_is_on_the_stage_can_be_saved(
    client: Client, presenter: tuple[Image, Any]
) -> None:
    image, alpha = presenter
    with client.live() as socket:
        asked(socket)
        result = sent(socket, jpeg(image))
    saved: dict[str, Any] = {}
    for what in ("result", "mask", "cutout"):
        answer = client.get(f"/api/save/{what}.png?page={PAGE}")
        assert answer.status == 200
        assert answer.headers["content-disposition"].startswith("attachment")
        content = np.frombuffer(answer.body, np.uint8)
        saved[what] = cv2.imdecode(content, cv2.IMREAD_UNCHANGED)
    assert np.abs(saved["result"].astype(int) - result).mean() < 4, "JPEG"
    cut = saved["cutout"]
    assert cut.shape == (*alpha.shape, 4)
    assert not cut[cut[..., 3] == 0].any(), "no room is hidden where nothing is seen"
    assert np.abs(saved["mask"].astype(int) - alpha).mean() < 12


def test_before_the_first_picture_there_is_nothing_to_save(client: Client) -> None:
    answer = client.get(f"/api/save/result.png?page={PAGE}")
    assert answer.status == 400
    assert "Start the webcam" in answer.json["remedy"]
    assert client.get("/api/save/result.png?page=../../x").status == 400
    assert client.get(f"/api/save/room.png?page={PAGE}").status == 404


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nothing",
        "[" * 9999,
        '{"view": "room", "a": {}}',
        '{"view": "result"}',
        '{"view": "result", "a": {"background": 7}}',
        '{"view": "result", "a": {"background": "upload:1"}}',
        '{"view": "result", "a": {"background": "/etc/passwd"}}',
        '{"view": "result", "a": {"preset": "perfect"}}',
        '{"view": "result", "a": {"edge": 1e9}}',
        '{"view": "result", "a": {"edge": NaN}}',
        '{"view": "result", "a": {"threshold": 0.9}}',
        '{"view": "result", "a": {"smoothing": true}}',
        '{"view": "result", "a": {"background": "blur"}, "b": 5}',
    ],
)
def test_settings_that_make_no_sense_are_explained_and_change_nothing(
    client: Client, text: str, presenter: tuple[Image, Any]
) -> None:
    with client.live() as socket:
        asked(socket)
        socket.send(text)
        answer = received(socket)
        assert answer["error"]
        assert sent(socket, jpeg(presenter[0]))[:20, :20].mean() < 10


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a picture",
        b"\xff\xd8\xff\xe0 and then nothing",
        jpeg(np.zeros((8, 8, 3), np.uint8)),
        jpeg(np.zeros((1200, 4000, 3), np.uint8)),
        jpeg(np.zeros((64, 64, 3), np.uint8))[:60],
    ],
    ids=["empty", "text", "cut", "tiny", "huge", "broken"],
)
def test_what_is_no_picture_is_explained(
    client: Client, content: bytes, presenter: tuple[Image, Any]
) -> None:
    with client.live() as socket:
        asked(socket)
        answer = sent(socket, content)
        assert answer["error"]
        assert answer["id"] == 7
        assert sent(socket, jpeg(presenter[0])).shape == presenter[0].shape


def test_a_message_of_megabytes_ends_the_connection_and_nothing_else(
    client: Client,
) -> None:
    from websockets.exceptions import ConnectionClosed

    with client.live() as socket, pytest.raises(ConnectionClosed):
        socket.send(b"x" * (9 << 20))
        socket.recv(timeout=10)
    assert client.get("/api/facts").status == 200


def test_live_pictures_are_written_nowhere(
    client: Client, tmp_path: Path, presenter: tuple[Image, Any]
) -> None:
    with client.live() as socket:
        asked(socket)
        for number in range(3):
            sent(socket, jpeg(presenter[0]), 0, number)
    assert not list((tmp_path / "private").iterdir())


def test_a_fifth_page_takes_the_place_of_the_oldest(
    client: Client, presenter: tuple[Image, Any]
) -> None:
    pages = [f"{number:024x}" for number in range(5)]
    for page in pages:
        with client.live(page) as socket:
            asked(socket)
            sent(socket, jpeg(presenter[0]))
    found = [client.get(f"/api/save/mask.png?page={page}").status for page in pages[1:]]
    assert found == [200] * 4
    assert client.get(f"/api/save/mask.png?page={pages[0]}").status == 400
