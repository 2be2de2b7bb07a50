"""The steps of *How it works* as HTML, each with the numbers of the picture.

Pictures are inside the page, so nothing of them is written into a file.
"""

import base64
import json
import re
from collections.abc import Iterable
from html import escape
from typing import Final

import cv2

from vcam.figures import picture_figure
from vcam.figures.canvas import pixels
from vcam.figures.panels import shares
from vcam.frames import Image, Size
from vcam.imaging.mask_views import mask_picture
from vcam.imaging.pictures import encoded
from vcam.studio.lesson import Lesson, Pixel, Steadiness, heat

FIGURE_DPI: Final = 110
"""Pixels for each inch of the figure: 1320 across."""
NAMES: Final = {"light": "Light", "standard": "Standard", "best": "Best"}
"""The presets, as the page calls them."""
STEPS: Final = 6
"""The number of steps."""
RING: Final = 1 / 70
"""Radius of the ring around the pixel of the last step, as a share of the width."""


def steps(lesson: Lesson, steadiness: Steadiness) -> tuple[str, ...]:
    """The HTML of each step."""
    return (
        the_frame(lesson),
        the_probabilities(lesson),
        the_mask(lesson),
        the_threshold(lesson),
        the_smoothing(lesson, steadiness),
        the_composite(lesson),
    )


def the_frame(lesson: Lesson) -> str:
    """What a picture is to a program."""
    frame, size = lesson.frame, Size.of(lesson.frame)
    y, x = size.height // 2, size.width // 2
    blue, green, red = _numbers(frame[y, x])
    scaled = ""
    if lesson.given != size:
        scaled = f" Yours has {lesson.given}; here it is scaled to {size}."
    return _step(
        "1",
        "The frame",
        f"<p>To a program a picture is a block of numbers: {size.height} rows, "
        f"{size.width} columns, and three numbers for each pixel, from 0 to 255. They say "
        f"how much blue, green and red it has, in this order, which OpenCV calls BGR."
        f"{scaled}</p>"
        + _facts(
            ("Pixels", f"{size.width * size.height:,}"),
            ("Numbers", f"{frame.size:,}, each a <code>uint8</code>, one byte"),
            ("A second of video", f"{30 * frame.size / 1e6:.0f} million numbers"),
            ("The middle pixel", f"{_swatch(blue, green, red)} {blue}, {green}, {red}"),
        ),
        _picture(frame, "The frame", "what the camera sees"),
        "import cv2",
        "import numpy as np",
        'image = cv2.imread("me.png")',
        f"image.shape  # {frame.shape}",
        "image.dtype  # uint8",
        f"image[{y}, {x}]  # [{blue} {green} {red}]: blue, green, red",
    )


def the_probabilities(lesson: Lesson) -> str:
    """What the model says."""
    values = lesson.probabilities
    size = Size.of(values)
    doubt = float(((values > 0.1) & (values < 0.9)).mean())
    return _step(
        "2",
        "The probabilities",
        f"<p>A small neural network, MediaPipe's selfie model, looks at the frame in "
        f"{size} pixels. For each of them it says how probable it is that a person is "
        f"seen there: 0 is surely room, 1 is surely person. It is sure almost "
        f"everywhere, and in doubt along the edge.</p>"
        + _facts(
            ("Shape", f"{values.shape}, <code>{values.dtype}</code>"),
            ("Least and most", f"{values.min():.2f} and {values.max():.2f}"),
            ("Mean", f"{values.mean():.3f}"),
            ("In doubt, 0.1 to 0.9", f"{100 * doubt:.1f} % of the pixels"),
        ),
        _picture(heat(values), "The probabilities", _scale("0, room", "1, person"), True),
        "from vcam.masking.segmenters import open_segmenter",
        'model = open_segmenter("auto", "landscape")',
        "small = cv2.resize(",
        "    image, model.input_size,",
        "    interpolation=cv2.INTER_AREA)",
        "probabilities = model.segment(small).copy()",
        "model.close()",
        f"probabilities.shape  # {values.shape}",
        f"probabilities.mean()  # {values.mean():.3f}",
    )


def the_mask(lesson: Lesson) -> str:
    """The frame and its mask, side by side."""
    room, edge, person = shares(lesson.alpha)
    background = _typed(lesson)
    figures = [
        pixels(
            picture_figure(lesson.frame, lesson.alpha, lesson.result, "", dark=dark),
            FIGURE_DPI,
        )
        for dark in (False, True)
    ]
    alt = "Frame, mask, overlay, result, and the histogram of alpha"
    return _step(
        "3",
        "The mask beside the frame",
        f"<p>vcam makes a mask of the frame's own size from it: alpha. White is person, "
        f"black is room, and grey is both, as in hair. Here {100 * person:.1f} % of the "
        f"pixels are person, {100 * room:.1f} % room and {100 * edge:.1f} % edge.</p>",
        '<figure class="wide"><picture>'
        f'<source media="(prefers-color-scheme: dark)" srcset="{_data(figures[1])}">'
        f'<img src="{_data(figures[0])}" alt="{alt}"></picture></figure>',
        "from vcam import Pipeline",
        f'with Pipeline(background={background}, preset="{lesson.preset}") as pipeline:',
        "    result = pipeline.process(image)",
        f"result.alpha.shape  # {lesson.alpha.shape}: one number for each pixel",
        f"(result.alpha / 255).mean()  # {lesson.alpha.mean() / 255:.3f}",
        wide=True,
    )


def the_threshold(lesson: Lesson) -> str:
    """Above a threshold, against the presets."""
    share = float((lesson.hard > 0).mean())
    at = f"{lesson.threshold:.2f}"
    said = {
        "": "all or nothing",
        "light": "a soft edge",
        "standard": "a close-up, and edges that follow the picture",
        "best": "and the person's own colours",
    }
    pictures = "".join(
        _picture(image, NAMES.get(name, f"Above {at}"), said[name], True)
        for name, image in lesson.edges.items()
    )
    size = Size.of(lesson.frame)
    return _step(
        "4",
        f"Above {at}, or better",
        f"<p>The simplest mask takes every pixel above a threshold for the person: "
        f"<code>probabilities &gt; {at}</code> holds for {100 * share:.1f} % of this "
        f"frame. The edge has steps, because the model sees few pixels. The presets do "
        f"more with the same model. This is the same part of the picture, enlarged.</p>",
        f'<div class="four">{pictures}</div>',
        f"large = cv2.resize(probabilities, {tuple(size)})",
        f"person = large > {at}",
        f"person.mean()  # {share:.3f}",
        "white = np.full_like(image, 255)",
        "picture = np.where(person[:, :, np.newaxis], image, white)",
        wide=True,
    )


def the_smoothing(lesson: Lesson, steadiness: Steadiness) -> str:
    """What smoothing and refined edges add."""
    before, after = steadiness.flicker
    loose, close = steadiness.error
    pictures = "".join(
        _picture(image, name, said, True)
        for image, name, said in (
            (
                steadiness.spread[0],
                "Without smoothing",
                f"flicker {before:.2f} grey levels",
            ),
            (steadiness.spread[1], "With smoothing", f"flicker {after:.2f} grey levels"),
            (mask_picture(lesson.refined[0]), "Only the mask", "your picture, enlarged"),
            (mask_picture(lesson.refined[1]), "Refined edges", "the same part"),
        )
    )
    return _step(
        "5",
        "Calm and sharp",
        "<p>A camera's noise differs in every frame, and the mask would shimmer with it. "
        "<b>Smoothing</b> keeps a share of the last mask where nothing moves. Measured on "
        "a drawn person who does not move at all: bright is where the mask changes.</p>"
        "<p><b>Edges</b> are then aligned with the colours of the picture, by a guided "
        f"filter. Where the true mask is known, the error along the edge falls from "
        f"{100 * loose:.1f} % to {100 * close:.1f} %.</p>",
        f'<div class="four row">{pictures}</div>',
        "from vcam.masking.options import MaskOptions",
        "rough = MaskOptions(smoothing=0.0, smoothing_after=0.0)",
        'loose = MaskOptions(guide="none")',
        'with Pipeline("black", mask=loose) as pipeline:',
        "    unrefined = pipeline.process(image).alpha",
        wide=True,
    )


def the_composite(lesson: Lesson) -> str:
    """Person over background, with the numbers of one pixel."""
    text = (
        "<p>The result is mixed pixel by pixel: <code>alpha · person + (1 − alpha) · "
        "background</code>. Where alpha is 1 it is the person, where it is 0 the "
        "background, and at the edge a bit of both.</p>"
    )
    pixel = lesson.pixel
    title = escape(lesson.background.title)
    if pixel is not None:
        title += ", and a ring around the pixel"
    picture = _picture(_ringed(lesson.result, pixel), "The result", title)
    if pixel is None:
        text += "<p>Nobody is seen in this picture: there is no edge to look at.</p>"
        return _step("6", "The composite", text, picture)
    share = pixel.alpha / 255
    text += _facts(
        ("A pixel at the edge", f"row {pixel.y}, column {pixel.x}"),
        ("Alpha", f"{pixel.alpha} of 255 = {share:.3f}"),
        ("Person", f"{_swatch(*pixel.person)} {_listed(pixel.person)}"),
        ("Background", f"{_swatch(*pixel.background)} {_listed(pixel.background)}"),
        ("Result", f"{_swatch(*pixel.result)} {_listed(pixel.result)}"),
    )
    text += (
        "<p>The preset Best took the old room out of the person's colour first.</p>"
        if lesson.preset == "best"
        else "<p>The person's colour is the frame's own pixel. At an edge it has some of "
        "the old room in it, which the preset Best takes out.</p>"
    )
    return _step("6", "The composite", text, picture, *_mixing(pixel))


def _mixing(pixel: Pixel) -> Iterable[str]:
    share = pixel.alpha / 255
    mixed = [
        share * one + (1 - share) * other
        for one, other in zip(pixel.person, pixel.background, strict=True)
    ]
    return (
        f"alpha = result.alpha[{pixel.y}, {pixel.x}] / 255  # {share:.3f}",
        f"person = np.array({list(pixel.person)})",
        f"background = np.array({list(pixel.background)})",
        "alpha * person + (1 - alpha) * background",
        f"# [{' '.join(f'{value:.1f}' for value in mixed)}]",
        f"result.image[{pixel.y}, {pixel.x}]  # {_listed(pixel.result)}",
    )


def _step(
    number: str, name: str, text: str, pictures: str, *code: str, wide: bool = False
) -> str:
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


def _facts(*facts: tuple[str, str]) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return f"<dl>{rows}</dl>"


def _picture(image: Image, name: str, said: str, enlarged: bool = False) -> str:
    pixelated = ' class="enlarged"' if enlarged else ""
    return (
        f'<figure><img{pixelated} src="{_data(image, enlarged)}" alt="{escape(name)}">'
        f"<figcaption><b>{escape(name)}</b> <span>{said}</span></figcaption></figure>"
    )


def _scale(low: str, high: str) -> str:
    return f'{low} <span class="scale"></span> {high}'


def _swatch(blue: int, green: int, red: int) -> str:
    return f'<span class="swatch" style="background: rgb({red} {green} {blue})"></span>'


def _numbers(pixel: Image) -> tuple[int, int, int]:
    blue, green, red = (int(value) for value in pixel)
    return blue, green, red


def _listed(color: tuple[int, int, int]) -> str:
    return f"[{' '.join(map(str, color))}]"


def _typed(lesson: Lesson) -> str:
    """The background as it is written in a program: by its name, not its path."""
    background = lesson.background
    return json.dumps(str(background) if background.path is None else background.title)


def _ringed(image: Image, pixel: Pixel | None) -> Image:
    if pixel is None:
        return image
    image = image.copy()
    px = max(4, round(RING * image.shape[1]))
    for color, thickness in ((0, 0, 0), px // 4 + 1), ((255, 255, 255), px // 9 + 1):
        cv2.circle(image, (pixel.x, pixel.y), px, color, thickness, cv2.LINE_AA)
    return image


def _data(image: Image, exact: bool = False) -> str:
    suffix = ".png" if exact else ".webp"
    content = base64.b64encode(encoded(image, suffix)).decode("ascii")
    return f"data:image/{suffix[1:]};base64,{content}"
