"""What every source can be asked, whichever it is."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.frames import Size
from vcam.sources import Source, frames_of
from vcam.sources.opening import open_file, open_source
from vcam.sources.presenter import PresenterSource
from vcam.testing import FakeSource, FakeWorld

SIZE = Size(160, 90)


def picture(folder: Path) -> Path:
    path = folder / "still.png"
    cv2.imwrite(str(path), np.zeros((90, 160, 3), np.uint8))
    return path


def film(folder: Path) -> Path:
    path = folder / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, SIZE)
    for _ in range(5):
        writer.write(np.zeros((90, 160, 3), np.uint8))
    writer.release()
    return path


OPENED: dict[str, tuple[Callable[[Path], Source], int]] = {
    "picture": (lambda folder: open_file(picture(folder)), 1),
    "video": (lambda folder: open_file(film(folder)), 5),
    "presenter": (
        lambda _: PresenterSource(SIZE, 10, paced=False, seconds=0.5),
        5,
    ),
    "picture as a camera": (lambda folder: open_source(str(picture(folder)), SIZE, 30), 0),
    "video as a camera": (lambda folder: open_source(str(film(folder)), SIZE, 30), 0),
    "presenter as a camera": (lambda _: open_source("presenter", SIZE, 30), 0),
    "fake": (lambda _: FakeSource(FakeWorld(), SIZE), 0),
}


@pytest.mark.parametrize("name", OPENED)
def test_a_source_says_what_it_is_before_it_is_read(name: str, tmp_path: Path) -> None:
    opened, count = OPENED[name]
    source = opened(tmp_path)
    try:
        assert source.name
        assert source.size == SIZE
        assert source.fps > 0
        assert (source.identity, source.negotiated) == ("", "")
        assert source.frame_count == count
        frame = source.read(5.0)
        assert frame is not None and Size.of(frame.image) == SIZE
        if count:
            assert len(list(frames_of(source))) == count - 1
    finally:
        source.close()
