"""The page that a browser shows: the picture, as large as the window, and nothing else."""

import base64
import hashlib

STYLE = (
    "html,body{margin:0;height:100%;background:#000;overflow:hidden}"
    "img{position:fixed;width:100%;height:100%;object-fit:contain}"
    "[hidden]{display:none}"
)
SCRIPT = """
const picture = document.getElementById("picture");
let name = "";
function show() {
  name = Math.random().toString(36).slice(2, 12);
  picture.src = "stream.mjpg?" + name;
}
async function check() {
  let state = 0;
  try {
    state = (await fetch("alive?" + name)).status;
  } catch {}
  picture.hidden = state === 0;
  if (state !== 204) show();
}
show();
setInterval(check, 2000);
"""
"""A browser does not say when a stream of pictures has ended, and goes on to show the last
one.  So the page asks whether it is still sent the stream that it has begun."""
PAGE = (
    '<!doctype html><meta charset="utf-8"><title>vcam</title>'
    f"<style>{STYLE}</style>"
    f'<img id="picture" alt="vcam"><script>{SCRIPT}</script>'
).encode()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; script-src {_hash(SCRIPT)}; style-src {_hash(STYLE)}; "
    "img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""The Content-Security-Policy: the page loads what this server has, and nothing else."""
