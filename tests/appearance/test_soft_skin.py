"""Softer skin, of every tone alike, and nothing else."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam import kernels
from vcam.appearance.soft_skin import MOST, SoftSkin
from vcam.frames import Image, Size
from vcam.kernels import Choice, Library
from vcam.presenter.stage import Drawing, Presenter

TONES = {
    "1": (246, 237, 228), "2": (243, 231, 219), "3": (247, 234, 208), "4": (234, 218, 186),
    "5": (215, 189, 150), "6": (160, 126, 86), "7": (130, 92, 67), "8": (96, 65, 52),
    "9": (58, 49, 42), "10": (41, 36, 32),
}  # fmt: skip
"""Red, green and blue of the Monk Skin Tone scale, light to dark."""
SIZE = Size(1280, 720)
FOREHEAD = np.s_[205:250, 610:670]
EYES = np.s_[262:310, 580:730]


@pytest.fixture(scope="module")
def drawn() -> Drawing:
    return Presenter(SIZE, noise=False).draw(0.0)


def in_tone(drawn: Drawing, tone: tuple[int, int, int], light: float = 1.0) -> Image:
    """The drawn presenter with skin of this colour, uneven, through a noisy camera."""
    random = np.random.default_rng(1)
    linear = (drawn.image / 255.0) ** 2.2
    skin = np.median(linear[FOREHEAD].reshape(-1, 3), axis=0)
    wanted = (np.array(tone[::-1]) / 255) ** 2.2
    spots = np.asarray(
        cv2.GaussianBlur(random.normal(0, 1, (SIZE.height, SIZE.width)), (0, 0), 4)
    )
    uneven = 1 + 0.05 * spots / spots.std()
    linear = linear * (0.9 * light * wanted / skin) * uneven[..., np.newaxis]
    levels = np.clip(linear, 0, 1) ** (1 / 2.2) * 255 + random.normal(0, 1, linear.shape)
    return np.asarray(np.clip(levels + 0.5, 0, 255), np.uint8)


def softened(image: Image, drawn: Drawing, strength: float = 1.0) -> Image:
    picture = image.copy()
    SoftSkin(SIZE).apply(picture, drawn.alpha, strength)
    return picture


def structure(image: Image) -> NDArray[np.float32]:
    """What is neither finer nor larger than unevenness of skin."""
    luma = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return np.asarray(
        cv2.GaussianBlur(luma, (0, 0), 3) - cv2.GaussianBlur(luma, (0, 0), 10)
    )


@pytest.mark.parametrize("light", [1.0, 0.4])
@pytest.mark.parametrize("tone", TONES)
def test_skin_of_every_tone_becomes_smoother_and_eyes_and_brows_stay(
    drawn: Drawing, tone: str, light: float
) -> None:
    image = in_tone(drawn, TONES[tone], light)
    pictures = image, softened(image, drawn)
    before, after = (structure(each)[FOREHEAD].std() for each in pictures)
    assert 0.84 < after / before < 0.94
    # In dark skin and little light they differ from it by fewer grey levels.
    before, after = (np.percentile(np.abs(structure(each)[EYES]), 95) for each in pictures)
    assert after / before > 0.88


def test_clothes_hair_and_what_is_not_the_person_stay(drawn: Drawing) -> None:
    result = softened(drawn.image, drawn)
    change = cv2.absdiff(result, drawn.image)
    assert change[FOREHEAD].max() > 2
    assert change[560:].max() <= 1  # the jumper
    assert change[drawn.alpha == 0].max() == 0
    hair = np.s_[190:420, 530:560]  # brown, like skin
    before, after = (structure(each)[hair].std() for each in (drawn.image, result))
    assert after / before > 0.97


def test_colours_stay(drawn: Drawing) -> None:
    image = in_tone(drawn, TONES["8"])
    change = softened(image, drawn)[FOREHEAD].astype(int) - image[FOREHEAD]
    assert np.abs(change).max() > 0
    assert (change == change[..., :1]).all()


def test_half_as_strong_changes_half_as_much(drawn: Drawing) -> None:
    image = in_tone(drawn, TONES["5"])
    changes = [
        softened(image, drawn, strength)[FOREHEAD].astype(int) - image[FOREHEAD]
        for strength in (0.3, 0.6)
    ]
    ratio = np.abs(changes[1]).mean() / np.abs(changes[0]).mean()
    assert ratio == pytest.approx(2.0, abs=0.2)


def test_somebody_who_sits_still_does_not_flicker(drawn: Drawing) -> None:
    """What is added may not tremble with the camera's noise."""
    random = np.random.default_rng(2)
    skin = SoftSkin(SIZE)
    frames, added = [], []
    for _ in range(6):
        noisy = np.clip(drawn.image + random.normal(0, 3, drawn.image.shape), 0, 255)
        frames.append(noisy.astype(np.uint8))
        picture = frames[-1].copy()
        skin.apply(picture, drawn.alpha, 1.0)
        added.append(picture)
    before, after = (np.std(each, axis=0)[FOREHEAD].mean() for each in (frames, added))
    assert after <= before


def test_with_nobody_there_nothing_is_done(drawn: Drawing) -> None:
    picture = drawn.image.copy()
    SoftSkin(SIZE).apply(picture, np.zeros_like(drawn.alpha), 1.0)
    assert np.array_equal(picture, drawn.image)


@pytest.mark.parametrize("size", [Size(40, 30), Size(333, 187), Size(720, 1280)], ids=str)
def test_no_pixel_changes_by_more_than_the_law_is_told(
    size: Size, library: Library
) -> None:
    random = np.random.default_rng(size.width)
    shape = size.height, size.width
    person = np.full((*shape, 3), (90, 120, 180), np.uint8)
    person = np.clip(person + random.normal(0, 30, person.shape), 0, 255).astype(np.uint8)
    alpha = np.full(shape, 255, np.uint8)
    alpha[:, : size.width // 4] = 0
    found = []
    for choice in (Choice(library, ""), Choice(None, "")):
        picture = person.copy()
        with kernels.using(choice):
            SoftSkin(size).apply(picture, alpha, 1.0)
        found.append(picture.astype(int))
        change = np.abs(found[-1] - person)[alpha > 0]
        assert 0 < change.max() <= MOST
    assert np.abs(found[0] - found[1])[alpha > 0].max() <= 1
