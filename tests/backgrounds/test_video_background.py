"""A video behind the person."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count, pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures
from systems import not_on_windows

from vcam.backgrounds import Painter, video
from vcam.backgrounds.choosing import choose
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.video import Video
from vcam.cli import main
from vcam.engine.engine import Engine
from vcam.errors import BackgroundError, PictureError, SettingsError, UsageError
from vcam.frames import Frame, Image, Size
from vcam.imaging import resize
from vcam.imaging.pictures import animation
from vcam.imaging.resize import fitted
from vcam.settings import Settings, from_table, to_table
from vcam.testing import FakeWorld, shows_secret

SIZE = Size(64, 36)
STEP = 25
"""Grey levels from one frame of a film to the next."""


def write(path: Path, frames: int = 8, fps: float = 10.0) -> Path:
    """A film whose frames can be told by their brightness."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), fps, (64, 36))
    assert writer.isOpened()
    for n in range(frames):
        writer.write(np.full((36, 64, 3), 20 + n * STEP, np.uint8))
    writer.release()
    return path


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write(tmp_path / "film.avi")


def shown(painter: Painter, at_s: float, *, live: bool = False) -> int:
    """The number of the frame that is behind the person at that time."""
    room = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    painted = painter.paint(Frame(room, 0, at_s, live), room[..., 0])
    assert painted.shape == room.shape and painted.dtype == np.uint8
    return round((float(painted.mean()) - 20) / STEP)


def played(path: Path, fps: float, seconds: float, begin_s: float = 0.0) -> list[int]:
    painter = Video(path).open(SIZE)
    try:
        return [shown(painter, begin_s + n / fps) for n in range(round(seconds * fps))]
    finally:
        painter.close()


class TestPlaying:
    def test_it_plays_at_its_own_speed_and_begins_again(self, film: Path) -> None:
        assert played(film, 10, 2.0) == [n % 8 for n in range(20)]

    @pytest.mark.parametrize("fps", [5, 20, 30, 60])
    def test_it_keeps_its_speed_whatever_the_rate_of_the_camera(
        self, film: Path, fps: int
    ) -> None:
        steps = [(b - a) % 8 for a, b in pairwise(played(film, fps, 3.0))]
        # Ten frames a second, each for as long as the others.
        assert abs(sum(steps) - len(steps) * 10 / fps) <= 1
        assert set(steps) <= {10 // fps, -(-10 // fps)}

    def test_the_same_recording_gives_the_same_pictures_every_time(
        self, film: Path
    ) -> None:
        assert played(film, 24, 2.0) == played(film, 24, 2.0, begin_s=1234.5)

    def test_faster_than_anybody_sees_is_thinned_out(self, tmp_path: Path) -> None:
        fast = write(tmp_path / "fast.avi", frames=8, fps=60)
        assert set(played(fast, 60, 1.0)) == {0, 2, 4, 6}

    def test_a_laptop_that_slept_does_not_fast_forward_the_night(self, film: Path) -> None:
        with closing(Video(film).open(SIZE)) as painter:
            assert shown(painter, 0.0) == 0
            assert shown(painter, 40_000.0) == int(10 * video.GAP_S) % 8

    def test_an_animation_keeps_its_own_times(self, tmp_path: Path) -> None:
        for name in ("a.gif", "a.webp"):
            pictures = [
                Pictures.new("RGB", (64, 36), (20 + n * STEP,) * 3) for n in (0, 4, 8)
            ]
            pictures[0].save(
                *(tmp_path / name,),
                save_all=True,
                append_images=pictures[1:],
                duration=[100, 200, 400],
                loop=0,
            )
            assert choose(str(tmp_path / name)) == Video(tmp_path / name)
            frames = played(tmp_path / name, 10, 1.4)
            assert frames == [0, 4, 4, 8, 8, 8, 8] * 2

    def test_an_animation_of_one_picture_stands_still(self, tmp_path: Path) -> None:
        Pictures.new("RGB", (64, 36), (20 + 3 * STEP,) * 3).save(tmp_path / "still.gif")
        assert played(tmp_path / "still.gif", 10, 1.0) == [3] * 10

    def test_it_is_fitted_to_the_size_of_the_picture(self, film: Path) -> None:
        tall = Size(36, 36)
        room = np.zeros((36, 36, 3), np.uint8)
        for fit, corner in (("cover", 20), ("contain", 0), ("stretch", 20), ("tile", 20)):
            painter = Video(film, fit).open(tall)
            painted = painter.paint(Frame(room, 0, 0.0), room[..., 0])
            painter.close()
            assert Size.of(painted) == tall and abs(int(painted[0, 0, 0]) - corner) < 4


class TestInACall:
    def test_no_frame_waits_for_the_file(
        self, film: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, let_go = threading.Event(), threading.Event()

        def slow(image: Image, size: Size, fit: str) -> Image:
            assert not first.is_set() or let_go.wait(10)
            first.set()
            return fitted(image, size, fit)

        monkeypatch.setattr(resize, "fitted", slow)
        with closing(Video(film).open(SIZE)) as painter:
            assert [shown(painter, n / 10, live=True) for n in range(30)] == [0] * 30
            let_go.set()
            now = count(30)
            while (seen := shown(painter, next(now) / 10, live=True)) == 0:
                time.sleep(0.001)
            assert seen == 1, "it goes on from where it was"

    def test_it_moves_and_nothing_of_the_room_is_seen(
        self,
        film: Path,
        engine: Engine,
        world: FakeWorld,
        choose: Callable[[Video], None],
        eventually: Callable[[Callable[[], object]], None],
    ) -> None:
        choose(Video(film))

        def behind() -> set[int]:
            rooms = (image[:, 64:].mean() for image in world.published)
            return {round(float((level - 20) / STEP)) for level in rooms}

        eventually(lambda: behind() >= {1, 2, 3})
        assert not any(shows_secret(image) for image in world.published)

    @not_on_windows("a file that is open cannot be moved")
    def test_a_file_that_vanishes_leaves_its_last_frame_and_comes_back(
        self, film: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(video, "RETRY_S", 0.02)
        with closing(Video(film).open(SIZE)) as painter:
            away = film.rename(film.with_suffix(".away"))
            seen = [shown(painter, n / 10) for n in range(12)]
            assert seen == [0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7]
            time.sleep(0.1)
            assert caplog.text.count("the last frame stays: There is no video") == 1
            away.rename(film)
            now = count(12)
            while shown(painter, next(now) / 10) == 7:
                time.sleep(0.01)

    def test_closing_gives_the_file_and_the_thread_back(self, film: Path) -> None:
        before = threading.active_count()
        painter = Video(film).open(SIZE)
        assert "vcam-video" in {each.name for each in threading.enumerate()}
        painter.close()
        assert threading.active_count() == before


class TestChoosing:
    def test_by_path_with_a_fit_and_in_the_settings_file(self, film: Path) -> None:
        chosen = choose(str(film), "contain")
        assert chosen == Video(film, "contain") and choose(str(chosen)) == Video(film)
        settings = Settings(background=chosen)
        assert from_table(to_table(settings)) == settings
        with pytest.raises(SettingsError, match="no fit 'wide'"):
            Video(film, "wide")

    def test_a_still_webp_stays_a_picture(self, tmp_path: Path) -> None:
        Pictures.new("RGB", (4, 4)).save(tmp_path / "still.webp", lossless=True)
        assert choose(str(tmp_path / "still.webp")) == Picture(tmp_path / "still.webp")

    def test_what_cannot_be_played_is_explained(self, tmp_path: Path) -> None:
        (tmp_path / "text.mp4").write_text("not a video")
        (tmp_path / "text.gif").write_text("not a video")
        (tmp_path / "folder.mp4").mkdir()
        for name, says in {
            "text.mp4": "is not a video",
            "text.gif": "is not a video",
            "folder.mp4": "is a folder",
            "missing.mp4": "There is no video",
        }.items():
            with pytest.raises(BackgroundError, match=says):
                Video(tmp_path / name).open(SIZE)

    def test_an_animation_that_was_cut_off_anywhere_is_explained(
        self, tmp_path: Path
    ) -> None:
        pictures = [Pictures.new("RGB", (16, 16), (n * 60, 9, 9)) for n in range(4)]
        for name in ("a.gif", "a.webp"):
            path = tmp_path / name
            pictures[0].save(path, save_all=True, append_images=pictures[1:])
            whole = path.read_bytes()
            explained = 0
            for length in range(len(whole) - 1):
                path.write_bytes(whole[:length])
                try:
                    assert len(list(animation(path))) <= 4
                except PictureError:
                    explained += 1
            assert explained > len(whole) / 2

    @not_on_windows("devices are no files")
    def test_a_camera_is_no_background(self, film: Path, tmp_path: Path) -> None:
        (tmp_path / "webcam.mp4").symlink_to("/dev/null")  # a device, as /dev/video0 is
        for path in (Path("/dev/null"), tmp_path / "webcam.mp4"):
            with pytest.raises(UsageError, match="is a device, not a file"):
                choose(str(path))
            for kind in (Video, Picture):
                with pytest.raises(BackgroundError, match="is a device, not a file"):
                    kind(path).open(SIZE)


def test_a_recording_is_rendered_the_same_every_time(film: Path, tmp_path: Path) -> None:
    clip = write(tmp_path / "clip.avi", frames=6)
    for name in ("one.mp4", "two.mp4"):
        arguments = ["render", str(clip), str(tmp_path / name), "-b", str(film)]
        assert main(arguments) == 0
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
