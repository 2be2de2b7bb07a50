"""A webcam's decoder that claims a picture it did not write shows nobody what lay there."""

from typing import Any

import cv2
import numpy as np
import pytest
from conftest import SMALL
from numpy.typing import NDArray

from vcam.frames import Image, Size
from vcam.imaging.decoding import Checked, Unwritten
from vcam.sources.capture import OpenCvCapture
from vcam.testing import SECRET

SIZE = SMALL


def secret(shape: tuple[int, ...]) -> Image:
    return np.full(shape, SECRET, np.uint8)


def shade(at: int) -> int:
    """Of a picture, by its number."""
    return 20 + 25 * at


class Webcam:
    """``cv2.VideoCapture`` of a webcam that goes wrong at one picture and all after it."""

    fault, begins = "", 0

    def __init__(self, *_: object) -> None:
        self.at = -1

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def grab(self) -> bool:
        self.at += 1
        return True

    def retrieve(self, image: Image | None = None) -> tuple[bool, Any]:
        fault = self.fault if self.at >= self.begins else ""
        shape = SIZE.height, SIZE.width, 3
        if image is None or image.shape != shape:
            image = secret(shape)
        if fault == "an array of its own":
            return True, secret(shape)
        if fault == "half":
            image[: SIZE.height // 2] = shade(self.at)
        elif fault == "a column":
            image[:, SIZE.width // 8 :] = shade(self.at)
        elif not fault:
            image[:] = shade(self.at)
        return True, image

    def release(self) -> None:
        pass


@pytest.mark.parametrize("fault", ["nothing", "half", "a column", "an array of its own"])
def test_a_webcam_that_claims_a_picture_it_did_not_write_sends_none(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(cv2, "VideoCapture", Webcam)
    camera = OpenCvCapture(0)
    assert camera.read()[0]
    monkeypatch.setattr(Webcam, "fault", fault)
    assert camera.read() == (False, None)
    monkeypatch.setattr(Webcam, "fault", "")
    assert (camera.read()[1] == shade(2)).all()


class Noise:
    """A decoder of pictures of any content and kind."""

    def __init__(self, *pictures: NDArray[Any], skips: Any = np.s_[:0]) -> None:
        self.pictures, self.skips = list(pictures), skips

    def retrieve(self, image: NDArray[Any] | None = None) -> tuple[bool, Any]:
        picture = self.pictures[0]
        if image is None or (image.shape, image.dtype) != (picture.shape, picture.dtype):
            return True, picture.copy()
        before = image.copy()
        image[:] = picture
        image[self.skips] = before[self.skips]
        return True, image


class TestEveryPictureIsBelieved:
    @pytest.mark.parametrize("shape", [(9, 7, 3), (54, 96, 3), (721, 1283, 3), (36, 64)])
    @pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
    def test_whatever_is_in_it(self, shape: tuple[int, ...], dtype: type[Any]) -> None:
        rng = np.random.default_rng(7)
        for level in (0, 85, 170, 255, None):
            picture = np.full(shape, level or 0, dtype)
            if level is None:
                picture = rng.integers(0, 256, shape, dtype)
            decoder = Checked(Noise(picture))
            for _ in range(5):
                seen = decoder.retrieve()
                assert seen is not None and (seen == picture).all()

    def test_of_a_camera_that_changes_its_size_but_the_first(self) -> None:
        small, large = (np.full((n, n, 3), n, np.uint8) for n in (36, 72))
        noise = Noise(small)
        decoder = Checked(noise)
        assert decoder.retrieve() is not None
        noise.pictures = [large]
        with pytest.raises(Unwritten) as raised:
            decoder.retrieve()
        assert raised.value.size == Size(72, 72)
        seen = decoder.retrieve()
        assert seen is not None and (seen == large).all()

    @pytest.mark.parametrize(
        "skips", [np.s_[700:703], np.s_[:, 40:44], np.s_[350:351, 600:640]]
    )
    def test_but_not_where_a_few_rows_or_columns_were_left_out_again_and_again(
        self, skips: Any
    ) -> None:
        """The marks move: in a second or two they have been everywhere."""
        decoder = Checked(Noise(np.full((720, 1280, 3), 99, np.uint8), skips=skips))

        def watched() -> None:
            for _ in range(400):
                decoder.retrieve()

        with pytest.raises(Unwritten):
            watched()
