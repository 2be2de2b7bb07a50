"""The steps of *How it works* as HTML, each with the numbers of the picture."""

from html import escape
from typing import Final

from vcam.figures import picture_figure
from vcam.figures.canvas import pixels
from vcam.figures.panels import shares
from vcam.frames import Size
from vcam.imaging.mask_views import mask_picture
from vcam.studio import lesson_code as code
from vcam.studio.lesson import Lesson, Steadiness, heat
from vcam.studio.lesson_parts import facts, figure, ringed, scale, step, swatch, twofold
from vcam.translation import tr, translatable

FIGURE_DPI: Final = 110
"""Pixels for each inch of the figure: 1320 across."""
NAMES: Final = {
    "light": translatable("Light"),
    "standard": translatable("Standard"),
    "best": translatable("Best"),
}
"""The presets, as the page calls them."""
STEPS: Final = 6
"""The number of steps."""


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
    blue, green, red = (int(each) for each in frame[size.height // 2, size.width // 2])
    text = tr(
        "To a program a picture is a block of numbers: {rows} rows, {columns} columns, and "
        "three numbers for each pixel, from 0 to 255. They say how much blue, green and "
        "red it has, in this order, which OpenCV calls BGR.",
        rows=size.height,
        columns=size.width,
    )
    if lesson.given != size:
        scaled = tr(
            "Yours has {given}; here it is scaled to {size}.", given=lesson.given, size=size
        )
        text = f"{text} {scaled}"
    return step(
        "1",
        tr("The frame"),
        f"<p>{text}</p>"
        + facts(
            (tr("Pixels"), f"{size.width * size.height:,}"),
            (
                tr("Numbers"),
                tr(
                    "{count}, each a <code>uint8</code>, one byte",
                    count=f"{frame.size:,}",
                ),
            ),
            (
                tr("A second of video"),
                tr("{count} million numbers", count=f"{30 * frame.size / 1e6:.0f}"),
            ),
            (tr("The middle pixel"), f"{swatch(blue, green, red)} {blue}, {green}, {red}"),
        ),
        figure(frame, tr("The frame"), tr("what the camera sees")),
        *code.of_the_frame(frame),
    )


def the_probabilities(lesson: Lesson) -> str:
    """What the model says."""
    values = lesson.probabilities
    doubt = float(((values > 0.1) & (values < 0.9)).mean())
    text = tr(
        "A small neural network, MediaPipe's selfie model, looks at the frame in {size} "
        "pixels. For each of them it says how probable it is that a person is seen there: "
        "0 is surely room, 1 is surely person. It is sure almost everywhere, and in doubt "
        "along the edge.",
        size=Size.of(values),
    )
    extremes = tr(
        "{least} and {most}", least=f"{values.min():.2f}", most=f"{values.max():.2f}"
    )
    return step(
        "2",
        tr("The probabilities"),
        f"<p>{text}</p>"
        + facts(
            (tr("Shape"), f"{values.shape}, <code>{values.dtype}</code>"),
            (tr("Least and most"), extremes),
            (tr("Mean"), f"{values.mean():.3f}"),
            (
                tr("In doubt, 0.1 to 0.9"),
                tr("{percent} % of the pixels", percent=f"{100 * doubt:.1f}"),
            ),
        ),
        figure(
            heat(values),
            tr("The probabilities"),
            scale(tr("0, room"), tr("1, person")),
            enlarged=True,
        ),
        *code.of_the_probabilities(lesson),
    )


def the_mask(lesson: Lesson) -> str:
    """The frame and its mask, side by side."""
    room, edge, person = shares(lesson.alpha)
    light, dark = (
        pixels(
            picture_figure(lesson.frame, lesson.alpha, lesson.result, "", dark=dark),
            FIGURE_DPI,
        )
        for dark in (False, True)
    )
    text = tr(
        "vcam makes a mask of the frame's own size from it: alpha. White is person, black "
        "is room, and grey is both, as in hair. Here {person} % of the pixels are person, "
        "{room} % room and {edge} % edge.",
        person=f"{100 * person:.1f}",
        room=f"{100 * room:.1f}",
        edge=f"{100 * edge:.1f}",
    )
    return step(
        "3",
        tr("The mask beside the frame"),
        f"<p>{text}</p>",
        twofold(
            light, dark, tr("Frame, mask, overlay, result, and the histogram of alpha")
        ),
        *code.of_the_mask(lesson),
        wide=True,
    )


def the_threshold(lesson: Lesson) -> str:
    """Above a threshold, against the presets."""
    at = f"{lesson.threshold:.2f}"
    said = {
        "": tr("all or nothing"),
        "light": tr("a soft edge"),
        "standard": tr("a close-up, and edges that follow the picture"),
        "best": tr("and the person's own colours"),
    }
    pictures = "".join(
        figure(
            image,
            tr(NAMES[name]) if name else tr("Above {threshold}", threshold=at),
            said[name],
            enlarged=True,
        )
        for name, image in lesson.edges.items()
    )
    text = tr(
        "The simplest mask takes every pixel above a threshold for the person: "
        "<code>probabilities &gt; {threshold}</code> holds for {percent} % of this frame. "
        "The edge has steps, because the model sees few pixels. The presets do more with "
        "the same model. This is the same part of the picture, enlarged.",
        threshold=at,
        percent=f"{100 * float((lesson.hard > 0).mean()):.1f}",
    )
    return step(
        "4",
        tr("Above {threshold}, or better", threshold=at),
        f"<p>{text}</p>",
        f'<div class="four">{pictures}</div>',
        *code.of_the_threshold(lesson),
        wide=True,
    )


def the_smoothing(lesson: Lesson, steadiness: Steadiness) -> str:
    """What smoothing and refined edges add."""
    flickers = [
        tr("flicker {level} grey levels", level=f"{each:.2f}")
        for each in steadiness.flicker
    ]
    loose, close = steadiness.error
    rough, refined = (mask_picture(each) for each in lesson.refined)
    pictures = "".join(
        figure(image, name, said, enlarged=True)
        for image, name, said in (
            (steadiness.spread[0], tr("Without smoothing"), flickers[0]),
            (steadiness.spread[1], tr("With smoothing"), flickers[1]),
            (rough, tr("Only the mask"), tr("your picture, enlarged")),
            (refined, tr("Refined edges"), tr("the same part")),
        )
    )
    smoothing = tr(
        "A camera's noise differs in every frame, and the mask would shimmer with it. "
        "<b>Smoothing</b> keeps a share of the last mask where nothing moves. Measured on "
        "a drawn person who does not move at all: bright is where the mask changes."
    )
    edges = tr(
        "<b>Edges</b> are then aligned with the colours of the picture, by a guided "
        "filter. Where the true mask is known, the error along the edge falls from "
        "{before} % to {after} %.",
        before=f"{100 * loose:.1f}",
        after=f"{100 * close:.1f}",
    )
    return step(
        "5",
        tr("Calm and sharp"),
        f"<p>{smoothing}</p><p>{edges}</p>",
        f'<div class="four row">{pictures}</div>',
        *code.of_the_smoothing(),
        wide=True,
    )


def the_composite(lesson: Lesson) -> str:
    """Person over background, with the numbers of one pixel."""
    mixed = tr(
        "The result is mixed pixel by pixel: <code>alpha · person + (1 − alpha) · "
        "background</code>. Where alpha is 1 it is the person, where it is 0 the "
        "background, and at the edge a bit of both."
    )
    text = f"<p>{mixed}</p>"
    pixel = lesson.pixel
    title = escape(lesson.background.title)
    if pixel is None:
        nobody = tr("Nobody is seen in this picture: there is no edge to look at.")
        seen = figure(lesson.result, tr("The result"), title)
        return step("6", tr("The composite"), f"{text}<p>{nobody}</p>", seen)
    title = tr("{background}, and a ring around the pixel", background=title)
    seen = figure(ringed(lesson.result, pixel), tr("The result"), title)
    colours = (pixel.person, pixel.background, pixel.result)
    person, behind, result = (f"{swatch(*each)} {code.listed(each)}" for each in colours)
    text += facts(
        (
            tr("A pixel at the edge"),
            tr("row {row}, column {column}", row=pixel.y, column=pixel.x),
        ),
        (
            tr("Alpha"),
            tr(
                "{alpha} of 255 = {share}",
                alpha=pixel.alpha,
                share=f"{pixel.alpha / 255:.3f}",
            ),
        ),
        (tr("Person"), person),
        (tr("Background"), behind),
        (tr("Result"), result),
    )
    if lesson.preset == "best":
        colour = tr("The preset Best took the old room out of the person's colour first.")
    else:
        colour = tr(
            "The person's colour is the frame's own pixel. At an edge it has some of the "
            "old room in it, which the preset Best takes out."
        )
    text += f"<p>{colour}</p>"
    return step("6", tr("The composite"), text, seen, *code.of_the_composite(pixel))
