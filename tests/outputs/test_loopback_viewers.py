"""Who watches the virtual camera: who streams, not who looks what it can do."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_video import Video
from systems import linux_only

from vcam.outputs.loopback_viewers import EventMonitor, Monitor, open_monitor
from vcam.outputs.viewers import UNKNOWN, Viewers

pytestmark = linux_only("v4l2loopback, and what /proc tells")
NOBODY = Viewers(False, ())
WRITE = os.O_WRONLY


class Desk:
    """A machine with our virtual camera, which we publish to, and a clock."""

    def __init__(self, root: Path, readers: int | None) -> None:
        self.video = Video(root)
        self.path = self.video.loopback(10, "vcam")
        self.video.devices[self.path].readers = readers
        self.video.plug(0, type(self.video.devices[self.path])())
        self.video.hold(os.getpid(), "vcam", self.path)
        self.video.uses(1)
        self.now_s = 100.0
        self.monitor: Monitor = open_monitor(
            self.video.system, self.path, lambda: self.now_s
        )

    def look(self, after_s: float = 0.2) -> Viewers:
        self.now_s += after_s
        return self.monitor.viewers()


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Desk]:
    """With v4l2loopback 0.12, which tells nothing."""
    desk = Desk(tmp_path, None)
    assert desk.look() == NOBODY
    yield desk
    desk.monitor.close()
    assert not desk.video.fds


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Desk]:
    """With v4l2loopback 0.13, which tells how many read."""
    desk = Desk(tmp_path, 0)
    assert desk.look() == NOBODY
    yield desk
    desk.monitor.close()
    assert not desk.video.fds


def test_a_program_that_streams_is_seen_at_once_and_named(old: Desk) -> None:
    old.video.hold(4711, "zoom", old.path, maps=True)
    old.video.uses(2)
    assert old.look() == Viewers(True, ("zoom",))
    old.video.release(4711)
    old.video.uses(1)
    assert old.look() == NOBODY


def test_a_program_that_opens_first_and_streams_a_moment_later_is_seen(old: Desk) -> None:
    old.video.hold(4711, "zoom", old.path)
    old.video.uses(2)
    assert old.look() == NOBODY
    old.video.hold(4711, "zoom", old.path, maps=True)
    assert old.look() == Viewers(True, ("zoom",))


def test_probes_do_not_count_however_often(old: Desk) -> None:
    for _ in range(20):
        old.video.hold(5, "Discord", old.path)
        old.video.uses(2)
        assert old.look() == NOBODY
        old.video.release(5)
        old.video.uses(1)
        assert old.look(2.8) == NOBODY


def test_who_has_it_open_for_long_reads_it(old: Desk) -> None:
    old.video.hold(5, "motion", old.path)
    old.video.uses(2)
    seen = [old.look(0.5) for _ in range(8)]
    assert seen[0] == NOBODY and seen[-1] == Viewers(True, ("motion",))


def test_who_only_writes_does_not_watch(old: Desk) -> None:
    old.video.hold(5, "ffmpeg", old.path, flags=WRITE)
    old.video.uses(2)
    assert {old.look() for _ in range(30)} == {NOBODY}


def test_who_stops_streaming_and_keeps_it_open_watches_no_more(old: Desk) -> None:
    old.video.hold(4711, "chrome", old.path, maps=True)
    old.video.uses(2)
    assert old.look().watched
    old.video.hold(4711, "chrome", old.path)
    assert not old.look(1.2).watched
    assert not old.look(30).watched
    old.video.hold(4711, "chrome", old.path, maps=True)
    assert old.look(1.2).watched


def test_two_viewers_are_both_named_and_one_may_leave(old: Desk) -> None:
    old.video.hold(4711, "zoom", old.path, maps=True)
    old.video.hold(4712, "obs", old.path, maps=True)
    old.video.uses(3)
    assert old.look() == Viewers(True, ("obs", "zoom"))
    old.video.release(4711)
    old.video.uses(2)
    assert old.look() == Viewers(True, ("obs",))


def test_a_viewer_nobody_may_look_into_counts_after_a_while(old: Desk) -> None:
    """Another user's program; the camera must work for it, too."""
    old.video.uses(2)
    assert old.look() == NOBODY
    seen = [old.look(0.5) for _ in range(8)]
    assert seen[-1] == Viewers(True, None)
    old.video.uses(1)
    assert old.look() == NOBODY


def test_programs_that_use_another_virtual_camera_do_not_count(old: Desk) -> None:
    other = old.video.loopback(9, "OBS Virtual Camera")
    old.video.hold(7, "obs", other)
    old.video.hold(8, "zoom", other, maps=True)
    old.video.uses(3)
    assert {old.look() for _ in range(30)} == {NOBODY}


def test_one_who_comes_as_another_goes_is_seen_although_the_count_stays(old: Desk) -> None:
    other = old.video.loopback(9, "OBS Virtual Camera")
    old.video.hold(7, "obs", other)
    old.video.uses(2)
    assert old.look() == NOBODY
    old.video.release(7)
    old.video.hold(4711, "zoom", old.path, maps=True)
    assert [old.look(0.5) for _ in range(4)][-1] == Viewers(True, ("zoom",))
    old.video.release(4711)
    old.video.hold(4712, "teams", old.path, maps=True)
    assert [old.look(0.5) for _ in range(4)][-1] == Viewers(True, ("teams",))


def test_a_driver_that_cannot_be_asked_at_all_means_always_on(old: Desk) -> None:
    (old.video.root / "sys/module/v4l2loopback/refcnt").unlink()
    assert old.look() == UNKNOWN


def test_who_streams_from_another_camera_whose_name_begins_alike_does_not_count(
    old: Desk,
) -> None:
    """Chrome streams from ``video100`` and only has ours, ``video10``, open."""
    old.video.hold(4711, "chrome", old.path)
    maps = old.video.root / "proc" / "4711" / "maps"
    maps.write_text(f"7f00-7f10 rw-s 0 00:05 511 {old.path}0\n")
    old.video.uses(2)
    assert old.look() == NOBODY


def test_while_the_use_count_stays_no_process_is_looked_at(old: Desk) -> None:
    old.video.hold(4711, "zoom", old.path, maps=True)
    assert {old.look() for _ in range(30)} == {NOBODY}
    old.video.uses(2)
    assert old.look().watched


def test_the_driver_tells_who_begins_and_who_ends_to_read(new: Desk) -> None:
    assert isinstance(new.monitor, EventMonitor)
    new.video.hold(4711, "zoom", new.path, maps=True)
    new.video.hold(5, "settings", new.path)
    new.video.reads(new.path, 1)
    assert new.look() == Viewers(True, ("zoom",))
    new.video.reads(new.path, 0)
    assert new.look() == NOBODY


def test_a_program_that_calls_read_is_told_like_any_other(new: Desk) -> None:
    new.video.hold(5, "motion", new.path)
    new.video.reads(new.path, 1)
    assert new.look() == Viewers(True, ("motion",))


def test_what_the_driver_has_told_last_is_what_counts(new: Desk) -> None:
    for readers in (1, 0, 1, 0):
        new.video.reads(new.path, readers)
    assert new.look() == NOBODY


def test_a_viewer_that_cannot_be_named_is_still_one(new: Desk) -> None:
    new.video.reads(new.path, 1)
    assert new.look() == Viewers(True, None)


def test_open_for_whatever_reason_is_not_reading_where_the_driver_tells(new: Desk) -> None:
    new.video.hold(5, "Discord", new.path)
    assert {new.look() for _ in range(30)} == {NOBODY}
