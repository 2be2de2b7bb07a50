"""The code beside each step of *How it works*: it runs, and gives the page's numbers."""

import json
from collections.abc import Iterable

import numpy as np

from vcam.frames import Image, Size
from vcam.studio.lesson import Lesson, Pixel
from vcam.translation import tr


def of_the_frame(frame: Image) -> tuple[str, ...]:
    """Reads a picture and looks at it."""
    size = Size.of(frame)
    y, x = size.height // 2, size.width // 2
    return (
        "import cv2",
        "import numpy as np",
        'image = cv2.imread("me.png")',
        f"image.shape  # {frame.shape}",
        "image.dtype  # uint8",
        f"image[{y}, {x}]  # {listed(frame[y, x])}: {tr('blue, green, red')}",
    )


def of_the_probabilities(lesson: Lesson) -> tuple[str, ...]:
    """Asks the model."""
    values = lesson.probabilities
    return (
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


def of_the_mask(lesson: Lesson) -> tuple[str, ...]:
    """Runs vcam's pipeline."""
    alpha, background = lesson.alpha, _typed(lesson)
    return (
        "from vcam import Pipeline",
        f'with Pipeline(background={background}, preset="{lesson.preset}") as pipeline:',
        "    result = pipeline.process(image)",
        f"result.alpha.shape  # {alpha.shape}: {tr('one number for each pixel')}",
        f"(result.alpha / 255).mean()  # {alpha.mean() / 255:.3f}",
    )


def of_the_threshold(lesson: Lesson) -> tuple[str, ...]:
    """Cuts the probabilities."""
    return (
        f"large = cv2.resize(probabilities, {tuple(Size.of(lesson.frame))})",
        f"person = large > {lesson.threshold:.2f}",
        f"person.mean()  # {(lesson.hard > 0).mean():.3f}",
        "white = np.full_like(image, 255)",
        "picture = np.where(person[:, :, np.newaxis], image, white)",
    )


def of_the_smoothing() -> tuple[str, ...]:
    """Leaves out smoothing, and the alignment of edges."""
    return (
        "from vcam.masking.options import MaskOptions",
        "rough = MaskOptions(smoothing=0.0, smoothing_after=0.0)",
        'loose = MaskOptions(guide="none")',
        'with Pipeline("black", mask=loose) as pipeline:',
        "    unrefined = pipeline.process(image).alpha",
    )


def of_the_composite(pixel: Pixel) -> tuple[str, ...]:
    """Mixes one pixel."""
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
        f"result.image[{pixel.y}, {pixel.x}]  # {listed(pixel.result)}",
    )


def listed(color: Iterable[int] | np.ndarray) -> str:
    """Its three numbers as NumPy prints them."""
    return f"[{' '.join(map(str, color))}]"


def _typed(lesson: Lesson) -> str:
    """The background as it is written in a program: by its name, not its path."""
    background, path = lesson.background, lesson.background.path
    return json.dumps(str(background) if path is None else path.stem)
