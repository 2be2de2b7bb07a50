"""Clips: sent from a page, rendered on this machine, fetched by the page."""

from __future__ import annotations

import argparse
import json
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import cv2
import numpy as np
import psutil
import pytest
from conftest import Eventually
from PIL import Image as Pictures
from studio_client import PAGE, Client

from vcam.cli import arguments
from vcam.frames import Size
from vcam.masking.options import MaskOptions
from vcam.outputs.video import VideoFileOutput

pytest.importorskip("starlette", reason="the extra `studio` is not installed")

from vcam.studio import clips
from vcam.studio.rendering import STOP_S, mask_words, share_done
from vcam.studio.trial import Side

SIZE = Size(160, 90)


def film(path: Path, count: int = 20, size: Size = SIZE) -> bytes:
    output = VideoFileOutput(path, size, 25.0)
    image = np.full((size.height, size.width, 3), 90, np.uint8)
    for _ in range(count):
        output.send(image)
    output.complete()
    output.close()
    return path.read_bytes()


def send(client: Client, content: bytes, name: str, **settings: object) -> tuple[int, Any]:
    query = urlencode({"page": PAGE, "name": name, "settings": json.dumps(settings)})
    answer = client.ask("POST", f"/api/clips?{query}", content)
    return answer.status, answer.json


def told(client: Client, clip: str) -> dict[str, Any]:
    answer = client.get(f"/api/clips/{clip}?page={PAGE}")
    return answer.json if answer.status == 200 else {"state": answer.status}


def until_over(client: Client, clip: str) -> dict[str, Any]:
    deadline_s = time.monotonic() + 60
    while (now := told(client, clip))["state"] == "rendering":
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    return now


def nothing_is_left(client: Client) -> bool:
    return not list(client.studio._gallery._private.iterdir())


def process(client: Client) -> Any:
    """The rendering that runs."""
    for clip in list(client.studio._clips._clips.values()):
        if clip.process is not None and clip.process.returncode is None:
            return clip.process
    return None


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid)


def test_a_clip_is_rendered_fetched_and_removed(client: Client, tmp_path: Path) -> None:
    content = film(tmp_path / "talk.avi")
    status, answer = send(client, content, "-Grüße 1.avi", background="#204060")
    assert status == 200
    clip = answer["id"]
    assert client.get(f"/api/clips/{clip}/file").status in (200, 409), (
        "409 until it is done"
    )
    done = until_over(client, clip)
    assert done == {
        "state": "done",
        "progress": 1.0,
        "error": "",
        "remedy": "",
        "name": "-Grüße 1-vcam.mp4",
    }
    (folder,) = client.studio._gallery._private.iterdir()
    assert not (folder / "-Grüße 1.avi").exists(), "what was sent is not kept"
    fetched = client.get(f"/api/clips/{clip}/file")
    assert fetched.headers["content-disposition"].startswith("attachment; filename")
    assert "-Gr%C3%BC%C3%9Fe%201-vcam.mp4" in fetched.headers["content-disposition"]
    video = tmp_path / "fetched.mp4"
    video.write_bytes(fetched.body)
    capture = cv2.VideoCapture(str(video))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 20
    _, image = capture.read()
    capture.release()
    assert image[45, 80].tolist() == pytest.approx([0x60, 0x40, 0x20], abs=16)
    assert client.ask("DELETE", f"/api/clips/{clip}").status == 200
    assert told(client, clip)["state"] == 404
    assert nothing_is_left(client)


def test_what_cannot_be_rendered_is_told_in_the_words_of_render(client: Client) -> None:
    status, answer = send(client, b"no video at all", "talk.webm")
    assert status == 200
    failed = until_over(client, answer["id"])
    assert failed["state"] == "failed"
    assert failed["error"].startswith("'talk.webm' is not a video")


@pytest.mark.parametrize(
    "settings",
    [
        {"background": "nowhere"},
        {"background": "upload:7"},
        {"background": 1},
        {"preset": "finest"},
        {"edge": 1000},
        {"threshold": "0.5"},
    ],
    ids=str,
)
def test_settings_that_make_no_sense_are_told_before_anything_is_kept(
    client: Client, settings: dict[str, object]
) -> None:
    status, answer = send(client, b"any", "talk.webm", **settings)
    assert status == 400
    assert answer["error"]
    assert nothing_is_left(client)


def test_a_clip_that_is_too_large_is_refused_while_it_comes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clips, "CLIP_BYTES", 1 << 20)
    assert send(client, bytes(3 << 20), "talk.webm")[0] == 413
    assert nothing_is_left(client)


def test_a_clip_is_rendered_before_a_picture_that_was_sent(
    client: Client, tmp_path: Path
) -> None:
    picture = client.studio._gallery._private / "sent.png"
    Pictures.new("RGB", (64, 36), (10, 200, 30)).save(picture)
    client.studio._trials.of(PAGE).uploads["upload:1"] = picture
    content = film(tmp_path / "talk.avi", 3)
    _, answer = send(client, content, "talk.avi", background="upload:1", preset="light")
    assert until_over(client, answer["id"])["state"] == "done"
    video = tmp_path / "fetched.mp4"
    video.write_bytes(client.get(f"/api/clips/{answer['id']}/file").body)
    capture = cv2.VideoCapture(str(video))
    _, image = capture.read()
    capture.release()
    assert image[45, 80].tolist() == pytest.approx([30, 200, 10], abs=20)


def test_one_is_rendered_at_a_time_and_any_can_be_cancelled(
    client: Client, tmp_path: Path, eventually: Eventually
) -> None:
    long = film(tmp_path / "long.avi", 500, Size(640, 360))
    short = film(tmp_path / "short.avi", 3)
    sent = [send(client, long, "a.avi"), send(client, long, "b.avi")]
    first, second = (answer["id"] for _, answer in sent)
    third = send(client, short, "c.avi")[1]["id"]
    eventually(lambda: process(client))
    pid = process(client).pid
    eventually(lambda: told(client, first)["progress"] > 0)
    assert told(client, second)["progress"] == 0
    for clip in second, first:
        begun_s = time.monotonic()
        assert client.ask("DELETE", f"/api/clips/{clip}").status == 200
        assert time.monotonic() - begun_s < 2 * STOP_S
    assert gone(pid)
    assert until_over(client, third)["state"] == "done"
    assert len(list(client.studio._gallery._private.iterdir())) == 1


def test_there_are_never_many(client: Client, tmp_path: Path) -> None:
    content = film(tmp_path / "talk.avi", 2)
    ids = [send(client, content, f"{n}.avi")[1].get("id") for n in range(clips.MOST)]
    for each in ids:
        until_over(client, each)
    assert send(client, content, "more.avi")[0] == 200
    assert told(client, ids[0])["state"] == 404, "the oldest has made room"
    assert told(client, ids[1])["state"] == "done"


def test_clips_that_nobody_asks_for_are_removed(
    client: Client, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    monkeypatch.setattr(clips, "KEPT_S", 0.2)
    send(client, b"no video", "talk.webm")
    eventually(lambda: nothing_is_left(client))


def test_the_end_of_the_studio_ends_the_rendering(
    client: Client, tmp_path: Path, eventually: Eventually
) -> None:
    send(client, film(tmp_path / "long.avi", 500, Size(640, 360)), "a.avi")
    eventually(lambda: process(client))
    pid = process(client).pid
    begun_s = time.monotonic()
    client.studio.end()
    eventually(lambda: not any(each.name == "studio" for each in threading.enumerate()))
    assert time.monotonic() - begun_s < 6
    assert gone(pid)


@pytest.mark.parametrize(
    "side",
    [
        Side(),
        Side(preset="best", threshold=0.4, edge=-2, feather=3.5, smoothing=0.25),
        Side(preset="light", threshold=0.7),
        Side(threshold=0.3, edge=0, feather=0, smoothing=0),
    ],
    ids=str,
)
def test_render_is_told_exactly_what_the_page_shows(side: Side) -> None:
    parser = argparse.ArgumentParser()
    arguments.add_mask(parser)
    given = parser.parse_args(mask_words(side.mask))
    assert arguments.mask(given) == side.mask
    assert mask_words(MaskOptions()) == []


def test_a_recording_that_states_no_length_is_measured_by_the_page() -> None:
    line = json.dumps({"frames": 20, "of": 0, "rate": 30.0, "at": 1.5})
    assert share_done(line, 3.0) == 0.5
    assert share_done(line, 0.0) == 0
    assert share_done(line, 1.0) == 0.99
    assert (
        share_done(json.dumps({"frames": 45, "of": 60, "rate": 30.0, "at": 1.5}), 3.0)
        == 0.75
    )
    for other in ("", "[]", "{}", "null", "x"):
        assert share_done(other, 3.0) == 0
