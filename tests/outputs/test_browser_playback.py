"""What vcam renders plays in a browser: the right pictures at the right times."""

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import flash_and_beep
import numpy as np
import pytest

pytest.importorskip("websockets", reason="the extra `studio` is not installed")

from chromium import Chromium, Tab, needs_chromium

from vcam.frames import Alpha, Size
from vcam.outputs.video import VideoFileOutput

pytestmark = [needs_chromium, pytest.mark.slow]

SIZE = Size(320, 180)
COLOURS = [(40, 90, 160), (140, 172, 224), (30, 160, 60), (200, 60, 40)]
"""Of four patches, BGR."""
SEEK = """
(async () => {
    const video = document.createElement("video");
    video.muted = true;
    // From memory: the server of this test cannot be asked for a part of a file.
    video.src = URL.createObjectURL(await (await fetch("NAME")).blob());
    document.body.append(video);
    await new Promise((done, failed) => {
        video.onloadeddata = done;
        video.onerror = () => failed(new Error(video.error.message));
    });
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    const context = canvas.getContext("2d");
    const shown = [];
    for (const time of TIMES) {
        await new Promise((done) => { video.onseeked = done; video.currentTime = time; });
        // What was sought is drawn by now, not only known.
        await new Promise((done) =>
            requestAnimationFrame(() => requestAnimationFrame(done)));
        context.clearRect(0, 0, canvas.width, canvas.height);
        context.drawImage(video, 0, 0);
        const row = [1, 3, 5, 7].map((eighth) => Array.from(context.getImageData(
            Math.floor(eighth * canvas.width / 8), canvas.height / 2, 1, 1).data));
        shown.push({at: video.currentTime, row});
    }
    video.currentTime = 0;
    await video.play();
    await new Promise((done) => {
        video.ontimeupdate = () => { if (video.currentTime > 0.2) done(); };
    });
    const found = {size: [video.videoWidth, video.videoHeight], length: video.duration,
                   played: video.currentTime, shown};
    video.remove();
    return found;
})()
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    (folder / "blank.html").write_text("<!doctype html><title>Films</title>")
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def tab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    handler = partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="films", daemon=True)
        thread.start()
        try:
            with Chromium(tmp_path_factory.mktemp("profile")) as browser:
                page = f"http://127.0.0.1:{server.server_address[1]}/blank.html"
                tab = browser.tab(page)
                tab.until("document.title === 'Films'")
                yield tab
        finally:
            server.shutdown()
            thread.join(5)


def film(path: Path, alpha: Alpha | None = None) -> None:
    """Four patches, and white instead while :mod:`flash_and_beep` flashes."""
    image = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    for number, colour in enumerate(COLOURS):
        image[:, number * 80 : number * 80 + 80] = colour
    source = flash_and_beep.write(path.with_suffix(".source.mkv"), "pcm_s16le")
    quality = None if path.suffix == ".gif" else "high"
    output = VideoFileOutput(
        path, SIZE, 25.0, sound_of=source, quality=quality, alpha=alpha is not None
    )
    for time_s in flash_and_beep.picture_times():
        output.show_at(time_s)
        output.cut_out_by(alpha)
        output.send(np.full_like(image, 255) if flash_and_beep.is_flash(time_s) else image)
    output.complete(1.0)
    output.close()


def watched(tab: Tab, name: str, times: list[float]) -> Any:
    return tab.js(SEEK.replace("NAME", name).replace("TIMES", str(times)))


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_it_plays_with_its_colours_at_its_times(
    suffix: str, tab: Tab, folder: Path
) -> None:
    film(folder / f"film{suffix}")
    first, second = flash_and_beep.MOMENTS_S
    times = [0.3, first + 0.06, 1.0, second + 0.06, 2.5]
    seen = watched(tab, f"film{suffix}", times)
    assert seen["size"] == list(SIZE)
    assert seen["length"] == pytest.approx(3.05, abs=0.1)
    assert seen["played"] > 0.2
    assert [each["at"] for each in seen["shown"]] == pytest.approx(times, abs=0.01)
    for flash, each in zip((0, 1, 0, 1, 0), seen["shown"], strict=True):
        for (blue, green, red), pixel in zip(COLOURS, each["row"], strict=True):
            wanted = [255, 255, 255] if flash else [red, green, blue]
            assert pixel[:3] == pytest.approx(wanted, abs=6)  # the browser's own rounding


def test_a_cut_out_is_transparent_in_a_page(tab: Tab, folder: Path) -> None:
    alpha = np.zeros((SIZE.height, SIZE.width), np.uint8)
    alpha[:, 80:] = 255
    film(folder / "cut.webm", alpha)
    (shown,) = watched(tab, "cut.webm", [0.3])["shown"]
    assert [pixel[3] for pixel in shown["row"]] == pytest.approx([0, 255, 255, 255], abs=3)


def test_a_gif_is_shown(tab: Tab, folder: Path) -> None:
    film(folder / "film.gif")
    code = """
    (async () => {
        const picture = new Image();
        picture.src = "film.gif";
        await picture.decode();
        const canvas = document.createElement("canvas");
        canvas.width = picture.width;
        canvas.height = picture.height;
        canvas.getContext("2d").drawImage(picture, 0, 0);
        return Array.from(canvas.getContext("2d").getImageData(40, 90, 1, 1).data);
    })()
    """
    blue, green, red = COLOURS[0]
    assert tab.js(code) == pytest.approx([red, green, blue, 255], abs=3)
