"""What the steps of *How it works* are made of: HTML of texts, facts, pictures and code.

Pictures are inside the page, so nothing of them is written into a file.
"""

import base64
import re
from html import escape
from typing import Final

import cv2

from vcam.frames import Image
from vcam.imaging.pictures import encoded
from vcam.studio.lesson import Pixel

RING: Final = 1 / 70
"""Radius of the ring around the pixel of the last step, as a share of the width."""


def step(
    number: str, name: str, text: str, pictures: str, *code: str, wide: bool = False
) -> str:
    """One step: what is said, with the code below it, and what is seen."""
    lines = "\n".join(_commented(line) for line in code)
    block = f'<pre tabindex="0"><code>{lines}</code></pre>' if code else ""
    # Without empty lines: Markdown would end the HTML there.
    return (
        f'<section class="step{" across" if wide else ""}"><div class="said">'
        f'<div><h2><span class="number">{number}</span> {escape(name)}</h2>{text}</div>'
        f"{block}</div>"
        f'<div class="seen">{pictures}</div></section>'
    )


def _commented(line: str) -> str:
    return re.sub(r"(# .*)", r"<i>\1</i>", escape(line, quote=False))


def facts(*each: tuple[str, str]) -> str:
    """Names and what they are, side by side."""
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in each)
    return f"<dl>{rows}</dl>"


def figure(image: Image, name: str, said: str, enlarged: bool = False) -> str:
    """A picture with what is to be said of it, which is HTML."""
    pixelated = ' class="enlarged"' if enlarged else ""
    return (
        f'<figure><img{pixelated} src="{data(image, enlarged)}" alt="{escape(name)}">'
        f"<figcaption><b>{escape(name)}</b> <span>{said}</span></figcaption></figure>"
    )


def twofold(light: Image, dark: Image, name: str) -> str:
    """A wide picture that has another version for dark screens."""
    return (
        '<figure class="wide"><picture>'
        f'<source media="(prefers-color-scheme: dark)" srcset="{data(dark)}">'
        f'<img src="{data(light)}" alt="{escape(name)}"></picture></figure>'
    )


def scale(low: str, high: str) -> str:
    """The colours from the lowest value to the highest."""
    return f'{low} <span class="scale"></span> {high}'


def swatch(blue: int, green: int, red: int) -> str:
    """A patch of that colour."""
    return f'<span class="swatch" style="background: rgb({red} {green} {blue})"></span>'


def ringed(image: Image, pixel: Pixel) -> Image:
    """The picture with a ring around the pixel."""
    image = image.copy()
    px = max(4, round(RING * image.shape[1]))
    for color, thickness in ((0, 0, 0), px // 4 + 1), ((255, 255, 255), px // 9 + 1):
        cv2.circle(image, (pixel.x, pixel.y), px, color, thickness, cv2.LINE_AA)
    return image


def data(image: Image, exact: bool = False) -> str:
    """The picture as an address."""
    suffix = ".png" if exact else ".webp"
    content = base64.b64encode(encoded(image, suffix)).decode("ascii")
    return f"data:image/{suffix[1:]};base64,{content}"
