"""A camera in PipeWire may send anything: what is no picture is left out, and quickly."""

import cv2
import numpy as np
import pytest

from vcam.frames import Size
from vcam.pipewire.camera_stream import Picture, Plane
from vcam.pipewire.formats import KINDS
from vcam.sources.pipewire_pictures import image_of

SIZE = Size(96, 54)
IMAGE = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
JPEG = bytes(cv2.imencode(".jpg", IMAGE)[1])
SIZE_AT = JPEG.index(b"\xff\xc0") + 5


def sent(kind: str, size: Size, data: bytes) -> Picture:
    return Picture(kind, size, (Plane(data, 0),), full_range=False, transform=0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [Size(0, 0), Size(0, 5), Size(1, 1), Size(97, 55)])
def test_a_size_that_no_camera_has_ends_nothing(kind: str, size: Size) -> None:
    image = image_of(sent(kind, size, bytes(97 * 55 * 8)))
    assert image is None or Size.of(image) == size


def test_a_picture_whose_damaged_start_claims_to_be_huge_is_not_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    huge = JPEG[:SIZE_AT] + (30_000).to_bytes(2, "big") * 2 + JPEG[SIZE_AT + 4 :]
    with monkeypatch.context() as without:
        without.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
        assert image_of(sent("MJPG", SIZE, huge)) is None
    image = image_of(sent("MJPG", SIZE, JPEG))
    assert image is not None and (image == 90).all()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"\xff\xd8",
        b"\xff\xd8" + b"\xff" * 50,
        b"\xff\xd8\xff\xe0\0\0" * 20,
        JPEG[: SIZE_AT + 2],
        JPEG[:-20],
        bytes(cv2.imencode(".png", IMAGE)[1]),
        bytes(1000),
    ],
)
def test_what_is_no_whole_jpeg_picture_is_left_out(data: bytes) -> None:
    assert image_of(sent("MJPG", SIZE, data)) is None


def test_a_jpeg_picture_may_be_filled_up_to_whole_blocks() -> None:
    filled = cv2.copyMakeBorder(IMAGE, 0, 10, 0, 0, cv2.BORDER_REPLICATE)
    image = image_of(sent("MJPG", SIZE, bytes(cv2.imencode(".jpg", filled)[1])))
    assert image is not None and Size.of(image) == Size(96, 64)
