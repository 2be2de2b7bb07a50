"""A part of a picture is enlarged by the kernels as by OpenCV."""

import cv2
import numpy as np
import pytest

from vcam import kernels
from vcam.frames import Frame, Image, Size
from vcam.imaging.options import FramingOptions
from vcam.kernels import Choice, Library
from vcam.kernels.windows import EnlargedPart, Span
from vcam.masking.matting import Matte
from vcam.pipeline.framing import Framing

SIZES = [Size(2, 2), Size(7, 5), Size(16, 9), Size(161, 97), Size(320, 180), Size(641, 7)]
PARTS = [(0.0, 1.0), (0.0, 0.5), (0.5, 0.5), (0.13, 0.71), (0.999, 0.001)]
"""Where a part begins and how long it is, in shares."""


def noise(size: Size, *more: int) -> Image:
    random = np.random.default_rng(size.width)
    return random.integers(0, 256, (size.height, size.width, *more), np.uint8)


def expected(whole: Image, across: Span, down: Span) -> Image:
    """By definition, in floating point."""
    height, width = whole.shape[:2]
    x = across.begin + (np.arange(width) + 0.5) * across.length / width - 0.5
    y = down.begin + (np.arange(height) + 0.5) * down.length / height - 0.5
    x = np.clip(x, across.begin, max(across.begin, across.begin + across.length - 1))
    y = np.clip(y, down.begin, max(down.begin, down.begin + down.length - 1))
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    left, top = x.astype(int), y.astype(int)
    right, bottom = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    tail = (1,) * (whole.ndim - 2)
    to_right = (x - left).reshape(1, -1, *tail)
    to_bottom = (y - top).reshape(-1, 1, *tail)
    values = whole.astype(float)
    upper = values[top][:, left] * (1 - to_right) + values[top][:, right] * to_right
    lower = values[bottom][:, left] * (1 - to_right) + values[bottom][:, right] * to_right
    return np.asarray(upper * (1 - to_bottom) + lower * to_bottom)


@pytest.mark.parametrize("part", PARTS, ids=str)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_part_of_a_picture_fills_the_whole(
    library: Library, size: Size, part: tuple[float, float]
) -> None:
    begin, length = part
    across = Span(begin * size.width, length * size.width)
    down = Span(begin * size.height, length * size.height)
    enlarged = EnlargedPart(size, across, down)
    picture, alpha = noise(size, 3), noise(size)
    found = np.full_like(picture, 99)
    enlarged.image(library, picture, found)
    # Two roundings to whole levels, and places to a 256th of a pixel.
    assert np.abs(found - expected(picture, across, down)).max() <= 2.5
    found = np.full_like(alpha, 99)
    enlarged.alpha(library, alpha, found)
    assert np.abs(found - expected(alpha, across, down)).max() <= 2.5


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_only_soft_pixels_are_made_and_the_others_are_copied(
    library: Library, size: Size
) -> None:
    part = EnlargedPart(
        size, Span(0, size.width / 2), Span(size.height / 2, size.height / 2)
    )
    foreground, other = noise(size, 3), 255 - noise(size, 3)
    alpha = np.asarray(cv2.resize(noise(Size(3, 2)) // 128 * 255, size), np.uint8)
    made, found = np.zeros_like(other), np.full_like(other, 99)
    part.image(library, foreground, made)
    part.soft(library, foreground, alpha, other, found)
    soft = (alpha > 0) & (alpha < 255)
    assert (found[soft] == made[soft]).all()
    assert (found[~soft] == other[~soft]).all()


def test_the_whole_picture_stays_as_it_is(library: Library) -> None:
    size = Size(50, 30)
    picture = noise(size, 3)
    found = np.zeros_like(picture)
    EnlargedPart(size, Span(0, 50), Span(0, 30)).image(library, picture, found)
    assert (found == picture).all()


def test_a_matte_is_framed_as_without_kernels(library: Library) -> None:
    size = Size(640, 360)
    image, foreground = cv2.blur(noise(size, 3), (3, 3)), cv2.blur(noise(size, 3), (5, 5))
    alpha = np.zeros((360, 640), np.uint8)
    cv2.circle(alpha, (320, 180), 140, 255, -1)
    alpha = np.asarray(cv2.blur(alpha, (9, 9)), np.uint8)
    foreground[alpha == 255] = image[alpha == 255]
    mask = np.asarray(alpha[::5, ::5] / np.float32(255), np.float32)
    frame = Frame(np.asarray(image, np.uint8), 0, 0.0)
    matte = Matte(0, alpha, np.asarray(foreground, np.uint8), mask, mask, alpha, None)
    results = []
    for choice in (Choice(None, ""), Choice(library, "")):
        with kernels.using(choice):
            framed, cut = Framing().framed(frame, matte, FramingOptions(zoom=150, pan=40))
        results.append((framed.image, cut.alpha, cut.foreground))
    (image_one, alpha_one, person_one), (image_two, alpha_two, person_two) = results
    assert np.abs(image_one.astype(int) - image_two).max() <= 1
    assert np.abs(alpha_one.astype(int) - alpha_two).max() <= 1
    # Where one has 254 and the other 255, they are another picture.
    same = alpha_one == alpha_two
    assert same.mean() > 0.9
    assert np.abs(person_one[same].astype(int) - person_two[same]).max() <= 1


def test_what_has_another_size_is_refused(library: Library) -> None:
    part = EnlargedPart(Size(16, 8), Span(0, 8), Span(0, 4))
    good, small = np.zeros((8, 16, 3), np.uint8), np.zeros((7, 16, 3), np.uint8)
    alpha = np.zeros((8, 16), np.uint8)
    for given in ((small, good), (good, small), (good, alpha)):
        with pytest.raises(ValueError, match="a kernel needs"):
            part.image(library, *given)
    for wrong in ((small, alpha, good), (good, alpha[1:], good), (good, alpha, small)):
        with pytest.raises(ValueError, match="a kernel needs"):
            part.soft(library, *wrong, good.copy())
    with pytest.raises(ValueError, match="its own input"):
        part.image(library, good, good)
