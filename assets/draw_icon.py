"""Draws the icon: a person in the eye of a camera.

``icons/`` beside this file, in every size that desktops ask for;
``vcam/system/autostart/vcam.svg``, which launchers show; ``vcam/system/setup/vcam.ico`` for
the Start menu of Windows; and ``vcam/system/macos_app/vcam.icns``, which macOS shows.
Also the pictures of the tray's icons, which vcam draws anew whenever it runs: one of each
state for the documentation, and ``tray.png`` with all of them on light and dark panels.
Run it from the repository: ``python assets/draw_icon.py``.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vcam.tray.icon import SIZES, draw
from vcam.tray.model import Mood

_SIDE, _FINER = 512, 4
_SIDES = (16, 22, 24, 32, 48, 64, 128, 256, 512)  # of the hicolor theme
_WINDOWS = (16, 20, 24, 32, 40, 48, 64, 128)  # at scales of 100 to 200 %
_TOP, _BOTTOM = (44, 182, 190), (28, 78, 148)  # RGB, the square
_DAWN, _DUSK = (255, 214, 142), (250, 138, 110)  # the other place behind the person
_WHITE, _NAVY = (255, 255, 255), (22, 44, 84)
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">
  <!-- Drawn for vcam. -->
  <defs>
    <linearGradient id="square" x1="0" y1="0" x2="0.4" y2="1">
      <stop offset="0" stop-color="#2cb6be"/><stop offset="1" stop-color="#1c4e94"/>
    </linearGradient>
    <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#ffd68e"/><stop offset="1" stop-color="#fa8a6e"/>
    </linearGradient>
    <clipPath id="lens"><circle cx="256" cy="256" r="168"/></clipPath>
  </defs>
  <rect x="16" y="16" width="480" height="480" rx="112" fill="url(#square)"/>
  <circle cx="256" cy="256" r="200" fill="#ffffff"/>
  <circle cx="256" cy="256" r="168" fill="url(#sky)"/>
  <g clip-path="url(#lens)" fill="#162c54">
    <circle cx="256" cy="222" r="70"/>
    <ellipse cx="256" cy="428" rx="134" ry="116"/>
  </g>
  <circle cx="420" cy="92" r="30" fill="#ff5a54" stroke="#ffffff" stroke-width="12"/>
</svg>
"""

_Plane = NDArray[np.float64]


_PANELS = (255, 128, 43)
_GAP = 8


def main() -> None:
    """Draw all files."""
    here = Path(__file__).parent
    for folder in ("icons", "tray"):
        (here / folder).mkdir(exist_ok=True)
    for name, picture in pictures().items():
        Image.fromarray(picture).save(here / name, optimize=True)
    (here.parent / "vcam/system/setup/vcam.ico").write_bytes(ico())
    svg = here.parent / "vcam/system/autostart/vcam.svg"
    svg.write_text(_SVG, encoding="utf-8")
    (here.parent / "vcam/system/macos_app/vcam.icns").write_bytes(icns())


def icns() -> bytes:
    """The icons as macOS wants them: PNG files, each with its kind and its length."""
    here = Path(__file__).parent / "icons"
    parts = {b"ic07": here / "128.png", b"ic08": here / "256.png"}
    body = b"".join(_part(kind, file.read_bytes()) for kind, file in parts.items())
    return _part(b"icns", body)


def _part(kind: bytes, content: bytes) -> bytes:
    return kind + (len(content) + 8).to_bytes(4, "big") + content


def pictures() -> dict[str, NDArray[np.uint8]]:
    """File name -> what it shows, RGBA or RGB."""
    tray = {f"tray/{mood.value}.png": draw(mood, max(SIZES)) for mood in Mood}
    largest = Image.fromarray(_icon())
    icons = {
        f"icons/{side}.png": np.asarray(
            largest.resize((side, side), Image.Resampling.LANCZOS)
        )
        for side in _SIDES
    }
    return {**icons, **tray, "tray.png": _sheet()}


def ico() -> bytes:
    """The icon in the sizes of Windows, as a file of one for all."""
    file = BytesIO()
    Image.fromarray(_icon()).save(file, "ICO", sizes=[(side, side) for side in _WINDOWS])
    return file.getvalue()


def _sheet() -> NDArray[np.uint8]:
    """Every state at every size, on panels from white to black."""
    return np.vstack([_panel(grey) for grey in _PANELS])


def _panel(grey: int) -> NDArray[np.uint8]:
    tall = max(SIZES) + 2 * _GAP
    parts = [np.full((tall, _GAP, 3), grey, np.uint8)]
    for mood in Mood:
        for side in SIZES:
            cell = np.full((tall, side + _GAP, 3), grey, np.uint8)
            icon = draw(mood, side) / 255.0
            place = cell[(tall - side) // 2 :][:side, :side]
            seen = icon[..., 3:]
            place[:] = np.rint(255 * icon[..., :3] * seen + place * (1 - seen))
            parts.append(cell)
    return np.hstack(parts)


def _icon() -> NDArray[np.uint8]:
    n = _SIDE * _FINER
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / _FINER
    paint = _gradient(_TOP, _BOTTOM, (0.3 * x + y) / (1.3 * _SIDE))
    corner = np.hypot(
        np.maximum(np.abs(x - 256) - 128, 0), np.maximum(np.abs(y - 256) - 128, 0)
    )
    square = corner <= 112
    far = np.hypot(x - 256, y - 256)
    shadow = np.clip(1 - (np.hypot(x - 256, y - 268) - 196) / 26, 0, 1) * 0.30
    paint *= (1 - shadow)[..., None]
    paint[far <= 200] = _WHITE
    lens = far <= 168
    paint[lens] = _gradient(_DAWN, _DUSK, (y - 88) / 336)[lens]
    head = np.hypot(x - 256, y - 222) <= 70
    shoulders = np.hypot((x - 256) / 134, (y - 428) / 116) <= 1
    paint[lens & (head | shoulders)] = _NAVY
    # Glass over the lens.
    glass = np.clip(1 - np.hypot((x - 206) / 190, (y - 150) / 120), 0, 1) * 0.32
    paint += ((255 - paint) * glass[..., None]) * lens[..., None]
    dot = np.hypot(x - 420, y - 92)
    paint[dot <= 36] = _WHITE
    paint[dot <= 24] = (255, 90, 84)
    both = np.dstack([paint, square * 255.0])
    small = both.reshape(_SIDE, _FINER, _SIDE, _FINER, 4).mean(axis=(1, 3))
    return np.asarray(np.clip(np.rint(small), 0, 255), np.uint8)


def _gradient(top: tuple[int, int, int], bottom: tuple[int, int, int], u: _Plane) -> _Plane:
    u = np.clip(u, 0, 1)[..., None]
    return np.asarray(np.array(top) * (1 - u) + np.array(bottom) * u, np.float64)


if __name__ == "__main__":
    main()
