"""The files people give vcam, and the files it writes for them."""

import os
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from systems import WINDOWS, linux_only, needs_links, not_on_windows

from vcam import files
from vcam.engine.occupancy import Occupancy
from vcam.errors import OutputError, SourceError, UsageError, VcamError
from vcam.frames import Size
from vcam.imaging.pictures import write_atomically
from vcam.outputs.picture import PictureFileOutput
from vcam.outputs.video import VideoFileOutput
from vcam.sources import frames_of
from vcam.sources.opening import file_meant
from vcam.sources.picture import PictureFile
from vcam.sources.video import VideoFile

SIZE = Size(64, 36)
TOO_LONG = "There is no video" if WINDOWS else "name too long"
"""What is said of a name that no file can have: Windows itself says no more."""
GREY = np.full((36, 64, 3), 128, np.uint8)


def write(path: Path, count: int = 5, fps: float = 25.0) -> Path:
    output = VideoFileOutput(path, SIZE, fps)
    try:
        for shade in range(count):
            output.send(np.full_like(GREY, 10 * shade % 255))
        output.complete()
    finally:
        output.close()
    return path


def recorded(path: Path, jitter: str) -> Path:
    """Eleven pictures as a browser records them, ever lighter, with a pause of 0.5 s."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("ffmpeg is not installed")
    source = "color=black:size=64x36:rate=50,geq=lum='20*N+10':cb=128:cr=128"
    times = f"settb=1/1000,setpts=20*N+480*gte(N\\,6)+{jitter}"
    words = ["-v", "error", "-f", "lavfi", "-i", source, "-vf", times, "-fps_mode", "vfr"]
    words += ["-enc_time_base", "1/1000", "-frames:v", "11", "-c:v", "libvpx"]
    words += ["-deadline", "realtime", "-f", "webm", "-live", "1", "pipe:1"]
    # To a pipe, where nobody can go back to the head.
    done = subprocess.run([ffmpeg, *words], capture_output=True, check=True, timeout=30)
    head, duration, rest = done.stdout.partition(b"\x23\xe3\x83\x84")  # of every picture
    assert duration
    path.write_bytes(head + b"\xec\x86\0\0" + rest)  # browsers leave it out
    return path


def closed_here(path: Path) -> bool:
    """Whether this process does not hold the file open, as far as the system tells."""
    if WINDOWS:  # where no file can be renamed while it is open
        try:
            path.rename(path.with_suffix(".other")).rename(path)
        except PermissionError:
            return False
        return True
    if not Path("/proc/self/fd").exists():
        return True
    links = [each.readlink() for each in Path("/proc/self/fd").iterdir() if each.exists()]
    return path not in links


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("clips") / "clip.avi", 30, 120.0)


class TestVideoFile:
    def test_a_video_that_takes_long_to_decode_still_plays_and_never_hangs(
        self, clip: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = VideoFile(clip, paced=True, loop=True)
        advance = video._advance

        def slowly() -> None:
            time.sleep(0.02)  # fifty a second, and it plays at a hundred and twenty
            advance()

        monkeypatch.setattr(video, "_advance", slowly)
        for _ in range(8):
            begun_s = time.monotonic()
            frame = video.read(0.05)
            assert time.monotonic() - begun_s < 0.05 + 0.1
        assert frame is not None and time.monotonic() - frame.captured_s < 0.3
        video.close()

    def test_decoding_is_work_and_no_waiting_for_the_next_frame(
        self, clip: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = VideoFile(clip, paced=True, loop=True)
        advance = video._advance

        def slowly() -> None:
            time.sleep(0.02)
            advance()

        monkeypatch.setattr(video, "_advance", slowly)
        occupancy = Occupancy()
        for _ in range(8):
            occupancy.free()
            occupancy.taken(video.read(0.5))
        busy_s, came = occupancy.finished()
        assert busy_s >= 8 * 0.02
        assert came > 8, "a camera would have sent more"
        video.close()

    def test_a_video_is_in_step_again_after_the_machine_was_asleep(
        self, clip: Path
    ) -> None:
        video = VideoFile(clip, paced=True, loop=True)
        video._due_s -= 3600
        video._until_s -= 3600
        video.read(0.02)
        frame = video.read(0.02)
        assert frame is not None and abs(time.monotonic() - frame.captured_s) < 0.3
        video.close()

    def test_a_video_can_be_closed_while_another_thread_reads_it(self, clip: Path) -> None:
        for turn in range(10):
            video = VideoFile(clip, loop=True)
            said: list[Exception] = []

            def read(video: VideoFile = video, said: list[Exception] = said) -> None:
                try:
                    while True:
                        video.read(1.0)
                except SourceError as error:
                    said.append(error)

            reader = threading.Thread(target=read)
            reader.start()
            time.sleep(0.001 * turn)
            video.close()
            reader.join(5)
            assert said and "is closed" in str(said[0])
            assert closed_here(clip)

    def test_a_slideshow_of_one_picture_in_four_seconds_keeps_its_pace(
        self, tmp_path: Path
    ) -> None:
        with closing(VideoFile(write(tmp_path / "slow.mp4", 3, 0.25))) as video:
            assert video.fps == 0.25
            frames = list(frames_of(video))
        assert [frame.captured_s for frame in frames] == [0, 4, 8]
        assert [frame.lasts_s for frame in frames] == [4, 4, 4]

    @pytest.mark.parametrize(("jitter", "fps"), [("0", 50), ("mod(N*N*7\\,13)", 30)])
    def test_what_a_browser_has_recorded_keeps_its_time(
        self, tmp_path: Path, jitter: str, fps: float
    ) -> None:
        """It states no length, instead of a rate perhaps the tick of its clock."""
        film = VideoFile(recorded(tmp_path / "talk.webm", jitter))
        frames = list(frames_of(film))
        film.close()
        assert film.fps == fps and film.frame_count == 0
        late_ms = [n * n * 7 % 13 * bool(jitter != "0") for n in range(11)]
        true_s = [(20 * n + 480 * (n >= 6) + late_ms[n]) / 1000 for n in range(11)]
        assert [frame.captured_s for frame in frames] == pytest.approx(true_s)
        lasts_s = [after - before for before, after in pairwise(true_s)]
        assert [frame.lasts_s for frame in frames[:-1]] == pytest.approx(lasts_s)
        shades = [int(frame.image[18, 32, 0]) for frame in frames]
        assert shades == sorted(shades) and shades[0] < 30 and shades[-1] > 200

    def test_a_pause_of_a_recording_is_a_pause_of_the_camera_that_goes_on_sending(
        self, tmp_path: Path
    ) -> None:
        shades = []
        with closing(VideoFile(recorded(tmp_path / "talk.webm", "0"), paced=True)) as film:
            begun_s = time.monotonic()
            for frame in frames_of(film):
                shades.append(int(frame.image[18, 32, 0]))
                if frame.index == 0:
                    begun_s = frame.captured_s
                last_s = frame.captured_s - begun_s
        assert last_s == pytest.approx(0.68, abs=0.03)
        assert shades == sorted(shades) and len(set(shades)) > 3
        assert max(map(shades.count, shades)) > 5, "about 24 times in half a second"

    def test_a_slideshow_as_a_camera_is_never_silent_until_it_counts_as_lost(
        self, tmp_path: Path
    ) -> None:
        path = write(tmp_path / "slow.mp4", 2, 0.1)
        with closing(VideoFile(path, paced=True, loop=True)) as film:
            first, second = film.read(1.0), film.read(1.0)
        assert first is not None and second is not None
        assert np.array_equal(first.image, second.image)
        assert second.captured_s - first.captured_s <= 0.5

    def test_what_is_no_video_file_is_told_in_its_own_words(
        self, tmp_path: Path, clip: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for path, says in {
            tmp_path: "is a folder",
            tmp_path / "none.mp4": "There is no video",
            tmp_path / ("x" * 300): TOO_LONG,
        }.items():
            with pytest.raises(SourceError, match=says):
                VideoFile(path)

        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        with pytest.raises(SourceError, match="may not be read: Permission denied"):
            VideoFile(clip)


def test_a_picture_as_a_camera_leaves_out_what_comes_too_late() -> None:
    source = PictureFile(GREY, Path("x.png"), fps=30, paced=True)
    source._begun_s -= 2
    assert source.read(0.5) is not None
    begun_s = time.monotonic()
    frame = source.read(0.5)
    assert frame is not None and abs(begun_s - frame.captured_s) < 0.1


@pytest.mark.parametrize(
    ("said", "is_file"),
    [
        ("", False),
        ("0", False),
        ("presenter", False),
        ("/dev/video0", False),
        ("HD Webcam C525/B990", False),
        ("usb:046d:0825::00.0@1-2", False),
        ("./none.mp4", True),
        ("/home/none", True),
        ("~nosuch/x", True),
        ("videos/none.mp4", True),
        ("none.ogv", True),
        ("none.3gp", True),
        ("none.gif", True),
        ("C:\\Users\\me\\clip.mp4", True),
        ("..\\clip.mp4", True),
        ("me.png", True),
    ],
)
def test_a_path_is_told_from_the_name_of_a_camera(said: str, is_file: bool) -> None:
    assert (file_meant(said) is not None) == is_file


def test_a_picture_comes_at_the_pace_of_a_camera() -> None:
    source = PictureFile(GREY, Path("sea.png"), fps=5, paced=True)
    assert source.name == "sea.png"
    first = source.read(1.0)
    assert source.read(0.01) is None, "it is not due yet"
    second = source.read(1.0)
    assert first is not None and second is not None
    assert second.captured_s - first.captured_s >= 0.19


def test_a_video_that_is_closed_is_let_go(tmp_path: Path) -> None:
    source = VideoFile(write(tmp_path / "a.avi"))
    source.close()
    assert closed_here(tmp_path / "a.avi")


class TestWhatAKilledProcessLeaves:
    @pytest.fixture
    def left(self, tmp_path: Path) -> Path:
        code = (
            "import os, signal, sys; from pathlib import Path; from vcam import files\n"
            "with files.replacing(Path(sys.argv[1])) as file:\n"
            "    file.write(b'half'); file.flush(); os.kill(os.getpid(), 9)"
        )
        words = [sys.executable, "-c", code, str(tmp_path / "sea.png")]
        subprocess.run(words, check=False, timeout=60)
        (left,) = tmp_path.iterdir()
        return left

    def test_it_is_gone_at_the_next_start(self, left: Path) -> None:
        assert left.read_bytes() == b"half"
        files.sweep(left.parent)
        assert not left.exists()

    def test_what_another_process_is_writing_stays(self, tmp_path: Path) -> None:
        with files.replacing(tmp_path / "sea.png") as file:
            file.write(b"whole")
            (fresh,) = tmp_path.iterdir()
            os.utime(fresh, (0, 0))
            files.sweep(tmp_path)
        assert (tmp_path / "sea.png").read_bytes() == b"whole"

    def test_where_the_name_does_not_tell_the_process_age_decides(
        self, tmp_path: Path
    ) -> None:
        old, young = (tmp_path / f".vcam-{digit * 16}.new" for digit in "ab")
        for each in (old, young):
            each.touch()
        os.utime(old, (0, 0))
        files.sweep(tmp_path)
        assert [*tmp_path.iterdir()] == [young]

    def test_a_video_half_rendered_is_gone_when_the_next_one_is_made(
        self, tmp_path: Path
    ) -> None:
        half = tmp_path / f".vcam-{dead_process()}.part.mp4"
        half.write_bytes(b"half")
        write(tmp_path / "clip.avi")
        assert [*tmp_path.iterdir()] == [tmp_path / "clip.avi"]

    @needs_links
    def test_nothing_else_is_touched(self, tmp_path: Path) -> None:
        dead, inside = dead_process(), tmp_path / "inside"
        ours = f".vcam-{dead}.{'0' * 16}.new"
        (inside / f".vcam-{dead}.{'1' * 16}.new").mkdir(parents=True)
        mine = tmp_path / ours
        mine.write_text("mine")
        (inside / ours).symlink_to(mine)
        for name in (
            f"{ours}.png",
            f"x{ours}",
            f"{ours}\n",
            f".vcam-{dead}.{'0' * 15}.new",
            f".vcam-{dead}.{'A' * 16}.new",
            f".vcam-{dead}.new",
            ".vcam-1.png",
        ):
            (inside / name).touch()
        before = sorted(inside.iterdir())
        for each in before:
            os.utime(each, (0, 0), follow_symlinks=False)
        files.sweep(inside)
        files.sweep(tmp_path / "missing")
        assert sorted(inside.iterdir()) == before and mine.read_text() == "mine"


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait(60)
    return ended.pid


class TestWriting:
    def test_a_video_that_another_program_holds_open_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "replace", refuse)
        with pytest.raises(OutputError, match="cannot be replaced: Permission denied"):
            write(tmp_path / "a.mp4")
        with pytest.raises(OutputError, match="cannot be written: Permission denied"):
            picture = PictureFileOutput(tmp_path / "a.png", SIZE)
            picture.send(GREY)
            picture.complete()
        assert not list(tmp_path.iterdir())

    @not_on_windows("its files have no modes")
    def test_a_picture_is_as_other_programs_write_theirs(self, tmp_path: Path) -> None:
        link, usual = tmp_path / "link.png", tmp_path / "usual"
        link.symlink_to(tmp_path / "a.png")
        usual.touch()
        write_atomically(link, b"a picture")
        assert link.is_symlink() and link.read_bytes() == b"a picture"
        assert (tmp_path / "a.png").stat().st_mode == usual.stat().st_mode
        files.write(tmp_path / "secret", "the user's own")
        assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600

    def test_a_place_where_no_file_can_be_is_told_before_the_work(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "folder.mp4").mkdir()
        (tmp_path / "folder.png").mkdir()
        for path in (tmp_path / "folder.mp4", tmp_path / "none" / "a.mp4"):
            with pytest.raises(UsageError, match=r"is a folder|There is no folder"):
                VideoFileOutput(path, SIZE, 25.0)
            with pytest.raises(UsageError, match=r"is a folder|There is no folder"):
                PictureFileOutput(path.with_suffix(".png"), SIZE)

    def test_a_picture_too_wide_for_its_kind_is_told(self, tmp_path: Path) -> None:
        output = PictureFileOutput(tmp_path / "a.webp", Size(20000, 8))
        with pytest.raises(VcamError, match=r"20000x8 does not fit into a \.webp file"):
            output.send(np.zeros((8, 20000, 3), np.uint8))


@linux_only("X11 and Wayland")
def test_a_display_that_is_dead_does_not_take_the_program_along() -> None:
    code = "from vcam.outputs.window import window_opens; print(window_opens())"
    for display in ({"DISPLAY": ":987"}, {"WAYLAND_DISPLAY": "wayland-987"}, {}):
        told = subprocess.run(
            [sys.executable, "-c", code], env=display, capture_output=True, text=True
        )
        assert (told.returncode, told.stdout) == (0, "False\n"), told.stderr
