"""What the pictures of a mask show."""

import numpy as np

from vcam.frames import Alpha, Image
from vcam.imaging.mask_views import cut_out, mask_picture, overlay, split


def drawn(seed: int) -> tuple[Image, Alpha]:
    """An image, and an alpha with a clear person, a clear room and everything between."""
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (90, 160, 3), np.uint8)
    alpha = np.tile(np.linspace(0, 255, 160, dtype=np.uint8), (90, 1))
    return image, alpha


def over_black(image: Image, alpha: Alpha) -> Image:
    share = alpha[:, :, np.newaxis] / 255
    return np.asarray((image * share).round(), np.uint8)


def test_the_mask_is_grey_and_white_where_the_person_is() -> None:
    _, alpha = drawn(1)
    picture = mask_picture(alpha)
    assert picture.shape == (90, 160, 3)
    assert all((picture[:, :, channel] == alpha).all() for channel in range(3))


def test_the_overlay_keeps_the_person_and_changes_the_room() -> None:
    image, alpha = drawn(2)
    given = image.copy()
    seen = overlay(image, alpha)
    assert (seen[alpha == 255] == image[alpha == 255]).all()
    room = seen[alpha == 0].astype(int)
    assert (room.max(axis=1) - room.min(axis=1) > 60).all(), "the room is tinted"
    assert (image == given).all()


def test_a_cut_out_shows_the_person_on_any_background_as_the_pipeline_would() -> None:
    image, alpha = drawn(3)
    cut = cut_out(over_black(image, alpha), alpha)
    assert cut.shape == (90, 160, 4)
    assert (cut[:, :, 3] == alpha).all()
    assert (cut[alpha == 255][:, :3] == image[alpha == 255]).all()
    share = alpha[:, :, np.newaxis] / 255
    for level in (0, 90, 255):
        shown = cut[:, :, :3] * share + level * (1 - share)
        wanted = image * share + level * (1 - share)
        assert np.abs(shown - wanted).max() <= 1.01


def test_nothing_of_the_room_is_hidden_in_a_cut_out() -> None:
    image, alpha = drawn(4)
    assert not cut_out(image, alpha)[alpha == 0].any()


def test_before_and_after_meet_at_a_line_in_the_middle() -> None:
    before = np.full((90, 160, 3), 10, np.uint8)
    after = np.full((90, 160, 3), 200, np.uint8)
    both = split(before, after)
    assert (both[:, :80] == 10).all()
    assert (both[:, 80] == 255).all()
    assert (both[:, 81:] == 200).all()
