import contextlib
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import numpy as np
import pytest

from vcam.outputs.viewers import Viewers
from vcam.outputs.virtual_camera import VirtualCamera

from .conftest import SIZE, Publishing, becomes, chart, middles, watched_by

BROWSER = shutil.which("chromium-headless-shell")
PATIENCE_S = 150

PAGE = b"""<!doctype html><video id=video autoplay muted playsinline></video><script>
async function look() {
  const cameras = async () => (await navigator.mediaDevices.enumerateDevices())
    .filter(device => device.kind == "videoinput");
  const deadline = performance.now() + 60000;
  let ours;
  while (!(ours = (await cameras()).find(device => device.label.startsWith("vcam"))))
    if (performance.now() > deadline)
      return {labels: (await cameras()).map(device => device.label)};
    else await new Promise(done => setTimeout(done, 500));
  for (let count = 0; count < 8; count++) {
    await cameras();
    await new Promise(done => setTimeout(done, 500));
  }
  await fetch("/answer", {method: "POST", body: JSON.stringify({listed: ours.label})});
  const stream = await navigator.mediaDevices.getUserMedia(
    {video: {deviceId: {exact: ours.deviceId}}});
  video.srcObject = stream;
  for (let count = 0; count < 5; count++)
    await new Promise(done => video.requestVideoFrameCallback(done));
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const paper = canvas.getContext("2d");
  paper.drawImage(video, 0, 0);
  const colours = [];
  for (let y = 18; y < canvas.height; y += 36)
    for (let x = 20; x < canvas.width; x += 40)
      colours.push(Array.from(paper.getImageData(x, y, 1, 1).data.slice(0, 3)).reverse());
  return {label: ours.label, size: [canvas.width, canvas.height],
          colours,
          state: stream.getVideoTracks()[0].readyState};
}
look().catch(error => ({error: String(error)}))
  .then(answer => fetch("/answer", {method: "POST", body: JSON.stringify(answer)}));
</script>"""


@contextmanager
def served() -> Iterator[tuple[str, "SimpleQueue[dict[str, Any]]"]]:
    """The page, and what it answers."""
    answers: SimpleQueue[dict[str, Any]] = SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(PAGE if self.path == "/" else b"")

        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self._reply(b"")

        def _reply(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="test-server", daemon=True)
    thread.start()
    try:
        # On localhost, because only a secure page may ask for a camera.
        yield f"http://localhost:{server.server_port}/", answers
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def waited(
    answers: "SimpleQueue[dict[str, Any]]", camera: VirtualCamera
) -> tuple[dict[str, Any], set[Viewers]]:
    """The page's next answer, and who watched meanwhile."""
    deadline_s, audiences = time.monotonic() + PATIENCE_S, set()
    while time.monotonic() < deadline_s:
        audiences.add(camera.viewers())
        with contextlib.suppress(Empty):
            return answers.get(timeout=0.05), audiences
    raise AssertionError(f"the page does not answer; who watched: {audiences}")


@pytest.mark.skipif(BROWSER is None, reason="there is no chromium-headless-shell")
def test_a_browser_lists_the_camera_and_shows_the_picture(
    publishing: Publishing, tmp_path: Path
) -> None:
    assert BROWSER is not None
    camera = VirtualCamera(SIZE, 30)
    camera.send(chart())
    with publishing(camera, chart()), served() as (url, answers):
        browser = subprocess.Popen(
            [
                *(BROWSER, "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                *("--use-fake-ui-for-media-stream", "--remote-debugging-port=0"),
                *(f"--user-data-dir={tmp_path}", "--no-zygote", url),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            # Listing cameras is not watching: the webcam's light stays off.
            answer, audiences = waited(answers, camera)
            assert answer.get("listed", "").startswith("vcam"), answer
            assert audiences == {Viewers(False, ())}
            answer, audiences = waited(answers, camera)
            assert answer.get("label", "").startswith("vcam"), (answer, audiences)
            # The page keeps watching.  Who it is may be known only now: on a slow machine
            # looking for it takes long, and is put off for ten times as long.
            # The kernel cuts names after fifteen letters.
            becomes(camera, watched_by(Path(BROWSER).name[:15]), limit_s=PATIENCE_S)
        finally:
            browser.kill()
            browser.wait(10)
    camera.close()
    assert answer["state"] == "live"
    assert answer["size"] == list(SIZE)
    wanted = middles(chart()).reshape(-1, 3).astype(int)
    assert np.abs(np.array(answer["colours"]) - wanted).max() <= 8, answer["colours"]
