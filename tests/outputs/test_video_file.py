"""Video files: every kind is whole, in time and in colour, or it is not there."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from vcam import files
from vcam.cli import main
from vcam.errors import OutputError, UsageError
from vcam.frames import Image, Size
from vcam.outputs.picture_series import PictureSeriesOutput
from vcam.outputs.video import VideoFileOutput
from vcam.outputs.video_kinds import KINDS

SIZE = Size(64, 36)
GREY = np.full((SIZE.height, SIZE.width, 3), 128, np.uint8)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the mechanism is Linux's")
every_kind = pytest.mark.parametrize("suffix", KINDS)


def written(path: Path, count: int = 5, fps: float = 25.0, size: Size = SIZE) -> Path:
    output = VideoFileOutput(path, size, fps)
    try:
        for shade in range(count):
            output.send(np.full((size.height, size.width, 3), 10 * shade % 255, np.uint8))
        output.complete()
    finally:
        output.close()
    return path


def pictures(path: Path) -> list[tuple[Image, float]]:
    """What FFmpeg decodes by the file's own tags, and the times."""
    found = []
    reformatter = VideoReformatter()
    matrices = {1: Colorspace.ITU709, 5: Colorspace.ITU601, 6: Colorspace.ITU601}
    with av.open(f"file:{path}") as container:
        for frame in container.decode(video=0):
            tags = {}
            if not frame.format.is_rgb:
                tags = {
                    "src_colorspace": matrices[frame.colorspace],
                    "src_color_range": ColorRange(frame.color_range),
                }
            image = reformatter.reformat(
                frame, format="bgr24", dst_color_range=ColorRange.JPEG, **tags
            )
            assert frame.time is not None
            found.append((np.asarray(image.to_ndarray(), np.uint8), frame.time))
    return found


def length_s(path: Path) -> float:
    with av.open(str(path)) as container:
        assert container.duration is not None
        return container.duration / 1e6


@every_kind
def test_every_kind_is_whole(suffix: str, tmp_path: Path) -> None:
    found = pictures(written(tmp_path / f"a{suffix}"))
    assert [at_s for _, at_s in found] == pytest.approx(
        [k / 25 for k in range(5)], abs=0.001
    )
    assert [each.name for each in tmp_path.iterdir()] == [f"a{suffix}"]


@every_kind
def test_pictures_are_shown_at_their_times_and_the_last_as_long_as_it_lasts(
    suffix: str, tmp_path: Path
) -> None:
    times = [0.0, 0.04, 0.12, 1.0, 1.04]
    output = VideoFileOutput(tmp_path / f"a{suffix}", SIZE, 25.0)
    for time_s in times:
        output.show_at(time_s)
        output.send(GREY)
    output.complete(2.0)
    output.close()
    *found, end = [at_s for _, at_s in pictures(tmp_path / f"a{suffix}")]
    assert found == pytest.approx(times, abs=0.006)
    assert 1.04 < end < 3.04
    assert length_s(tmp_path / f"a{suffix}") == pytest.approx(3.04, abs=0.02)


@every_kind
@pytest.mark.parametrize("size", [Size(640, 360), Size(1280, 720)])
def test_colours_are_those_that_were_sent(suffix: str, size: Size, tmp_path: Path) -> None:
    """Every corner of the colours, and skin."""
    patches = [(b, g, r) for b in (0, 255) for g in (0, 255) for r in (0, 255)]
    patches[3:4] = [(140, 172, 224), (40, 90, 160)]
    image = np.zeros((size.height, size.width, 3), np.uint8)
    wide = size.width // len(patches)
    for number, colour in enumerate(patches):
        image[:, number * wide : (number + 1) * wide] = colour
    path = tmp_path / f"a{suffix}"
    output = VideoFileOutput(path, size, 25.0, quality=None if suffix == ".gif" else "high")
    for _ in range(3):
        output.send(image)
    output.complete()
    output.close()
    shown = pictures(path)[-1][0]
    for number, colour in enumerate(patches):
        seen = shown[size.height // 2, number * wide + wide // 2].astype(int)
        assert np.abs(seen - colour).max() <= 3, (colour, seen)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
@pytest.mark.parametrize(("size", "matrix"), [(Size(640, 360), 6), (Size(1280, 720), 1)])
def test_the_file_says_in_which_colours_it_is(
    suffix: str, size: Size, matrix: int, tmp_path: Path
) -> None:
    """BT.709 for HD and BT.601 below, which is also what players without tags assume."""
    with av.open(str(written(tmp_path / f"a{suffix}", 1, size=size))) as container:
        frame = next(container.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (matrix, 1)
        assert frame.format.name == "yuv420p"


def test_an_mp4_can_be_played_while_it_is_loaded(tmp_path: Path) -> None:
    for suffix in (".mp4", ".mov"):
        content = written(tmp_path / f"a{suffix}").read_bytes()
        assert 0 < content.find(b"moov") < content.find(b"mdat")


@every_kind
def test_odd_sizes_are_kept_or_repeat_the_outermost_pixels(
    suffix: str, tmp_path: Path
) -> None:
    size = Size(63, 35)
    output = VideoFileOutput(tmp_path / f"a{suffix}", size, 25.0)
    output.send(np.full((35, 63, 3), 200, np.uint8))
    output.complete()
    output.close()
    (image, _), *_ = pictures(tmp_path / f"a{suffix}")
    assert Size.of(image) == output.written_size
    assert output.written_size in (size, Size(64, 36))
    assert np.abs(image.astype(int) - 200).max() <= 4, "also at the border"


def test_better_quality_makes_a_larger_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (36, 64, 3), np.uint8)
    for suffix in (".mp4", ".webm", ".avi"):
        sizes = []
        for quality in ("low", "medium", "high"):
            output = VideoFileOutput(tmp_path / f"a{suffix}", SIZE, 25.0, quality=quality)
            for turn in range(5):
                output.send(np.roll(noise, turn, axis=1))
            output.complete()
            output.close()
            sizes.append((tmp_path / f"a{suffix}").stat().st_size)
        assert sizes == sorted(set(sizes))


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("a.xyz", {}, r"End the name in one of \.mp4"),
        ("a", {}, "End the name in one of"),
        ("a.mp4", {"crf": 52}, "--crf 52 is out of range"),
        ("a.webm", {"crf": -1}, "to 63"),
        ("a.gif", {"crf": 20}, "has no --crf"),
        ("a.gif", {"quality": "low"}, "only one quality"),
        ("a.mp4", {"alpha": True}, r"cannot be transparent.*\.webm"),
        ("a.mov", {"alpha": True, "crf": 20}, "has no --crf"),
    ],
)
def test_what_a_kind_cannot_be_is_told_before_the_work(
    name: str, options: dict[str, object], says: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=says):
        VideoFileOutput(tmp_path / name, SIZE, 25.0, **options)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_pictures_too_large_for_a_kind_are_told_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"16386x2 is too large for a \.mp4.*\.webm"):
        VideoFileOutput(tmp_path / "a.mp4", Size(16386, 2), 25.0)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="links as on Linux and macOS")
def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")
    with pytest.raises(OutputError, match="cannot be written"):
        VideoFileOutput(tmp_path / "a.mp4", SIZE, 25.0)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name",
    ["12:30.mp4", "100%d %03d.mov", "-o.mkv", "https:.webm", "caf\udce9.mp4", "🎬 'a'.gif"],
)
def test_any_name_can_be_written(name: str, tmp_path: Path) -> None:
    folder = tmp_path / f"in {name}"
    folder.mkdir()
    assert len(pictures(written(folder / name))) == 5
    assert [each.name for each in folder.iterdir()] == [name]


@pytest.mark.skipif(sys.platform == "win32", reason="links as on Linux and macOS")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "a.mp4"
    link.symlink_to(tmp_path / "disk" / "b.mp4")
    written(link)
    assert link.is_symlink() and len(pictures(tmp_path / "disk" / "b.mp4")) == 5


class TestNoHalfFile:
    """However it ends, under the name is the whole new file or what was there before."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "out"
        folder.mkdir()
        return folder

    @every_kind
    def test_left_before_its_end(self, suffix: str, folder: Path) -> None:
        before = written(folder / f"a{suffix}").read_bytes()
        output = VideoFileOutput(folder / f"a{suffix}", SIZE, 25.0)
        for _ in range(60):
            output.send(GREY)
        output.close()
        assert [each.read_bytes() for each in folder.iterdir()] == [before]

    @every_kind
    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
    def test_no_room_for_it(self, suffix: str, folder: Path) -> None:
        """A limit of the process stands for the disk, whose end only root can choose."""
        before = written(folder / f"a{suffix}").read_bytes()
        code = (
            "import resource, sys, numpy as np; from pathlib import Path\n"
            "from vcam.outputs.video import VideoFileOutput; from vcam.frames import Size\n"
            "import vcam.errors\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))\n"
            "noise = np.random.default_rng(1)\n"
            "output = VideoFileOutput(Path(sys.argv[1]), Size(64, 36), 25.0)\n"
            "try:\n"
            "    for _ in range(300):\n"
            "        output.send(noise.integers(0, 256, (36, 64, 3), np.uint8))\n"
            "    output.complete()\n"
            "except vcam.errors.OutputError as error: print(error)\n"
            "finally: output.close()"
        )
        words = [sys.executable, "-c", code, str(folder / f"a{suffix}")]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        assert "It is too large for this disk" in done.stdout, done.stderr
        assert [each.read_bytes() for each in folder.iterdir()] == [before]

    @LINUX
    @every_kind
    def test_a_full_disk(self, suffix: str, folder: Path) -> None:
        written(folder / f"in{suffix}", 5)
        talk = folder / "talk.mp4"
        output = VideoFileOutput(talk, Size(320, 180), 25.0)
        noise = np.random.default_rng(1)
        for _ in range(40):
            output.send(noise.integers(0, 256, (180, 320, 3), np.uint8))
        output.complete()
        output.close()
        disk = folder / "disk"
        disk.mkdir()
        old, out = f"in{suffix}", f"disk/a{suffix}"
        script = (
            f"mount -t tmpfs -o size=100k none disk || exit 77; cp {old} {out}\n"
            f'"{sys.executable}" -m vcam render talk.mp4 {out} -b room; echo status $?\n'
            f"ls -A disk; cmp {old} {out} && echo same"
        )
        unshare = shutil.which("unshare")
        if unshare is None:
            pytest.skip("unshare is not installed")
        done = subprocess.run(
            [unshare, "--map-root-user", "--mount", "sh", "-c", script],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])},
            capture_output=True,
            text=True,
            timeout=120,
        )
        if done.returncode == 77 or "unshare" in done.stderr:
            pytest.skip("no disk of its own can be made here")
        assert done.stdout.splitlines()[-3:] == ["status 1", f"a{suffix}", "same"], done
        assert "The disk is full. Make room" in done.stderr
        assert "Traceback" not in done.stderr

    @LINUX
    def test_a_folder_that_cannot_be_written_to(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        talk = written(folder / "talk.mp4")
        for suffix in KINDS:
            assert main(["render", str(talk), f"/proc/a{suffix}", "-b", "room"]) == 1
            told = capsys.readouterr().err
            assert told.startswith(f"vcam: The video '/proc/a{suffix}' cannot be written: ")
            assert told.count("\n") == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    @pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.gif", "%04d.png"])
    def test_ctrl_c(self, number: int, name: str, folder: Path) -> None:
        talk = written(folder.parent / "talk.mp4", 400, size=Size(640, 360))
        words = [sys.executable, "-m", "vcam", "render", str(talk), str(folder / name)]
        render = subprocess.Popen(
            [*words, "-b", "room", "--json"], stdout=subprocess.PIPE, text=True
        )
        assert render.stdout is not None
        assert '"frames": 1,' in render.stdout.readline()
        render.send_signal(number)
        render.stdout.close()
        assert render.wait(30) == (130 if number == signal.SIGINT else 143)
        assert not list(folder.iterdir())

    def test_killed_it_leaves_what_the_next_one_removes(self, folder: Path) -> None:
        code = (
            "import os, sys, numpy as np; from pathlib import Path\n"
            "from vcam.outputs.video import VideoFileOutput; from vcam.frames import Size\n"
            "from vcam.outputs.picture_series import PictureSeriesOutput\n"
            "folder, size = Path(sys.argv[1]), Size(64, 36)\n"
            "outputs = (VideoFileOutput(folder / 'a.mp4', size, 25.0),\n"
            "           PictureSeriesOutput(folder / '%03d.png', size))\n"
            "for each in outputs: each.send(np.zeros((36, 64, 3), np.uint8))\n"
            "os._exit(9)"
        )
        words = [sys.executable, "-c", code, str(folder)]
        assert subprocess.run(words, check=False, timeout=60).returncode == 9
        assert len(list(folder.iterdir())) == 2
        assert not [each for each in folder.iterdir() if not each.name.startswith(".")]
        written(folder / "b.mp4")
        assert [each.name for each in folder.iterdir()] == ["b.mp4"]

    def test_another_size_in_the_middle(self, folder: Path) -> None:
        output = VideoFileOutput(folder / "a.mp4", SIZE, 25.0)
        output.send(GREY)
        with pytest.raises(OutputError, match="32x36 in a video of 64x36"):
            output.send(GREY[:, :32])
        output.close()
        assert not list(folder.iterdir())


class TestNumberedPictures:
    def test_each_frame_becomes_a_file(self, tmp_path: Path) -> None:
        talk = written(tmp_path / "talk.mp4", 12)
        out = tmp_path / "frames"
        out.mkdir()
        assert main(["render", str(talk), str(out / "me %03d.png"), "-b", "room"]) == 0
        names = [f"me {number:03d}.png" for number in range(1, 13)]
        assert sorted(each.name for each in out.iterdir()) == names

    def test_those_that_are_there_are_not_replaced(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        talk = written(tmp_path / "talk.mp4")
        there = tmp_path / "0004.png"
        there.write_bytes(b"mine")
        assert main(["render", str(talk), str(tmp_path / "%04d.png"), "-b", "room"]) == 2
        assert "There are such pictures already" in capsys.readouterr().err
        assert there.read_bytes() == b"mine"
        assert len(list(tmp_path.iterdir())) == 2

    def test_one_that_comes_meanwhile_is_not_replaced_either(self, tmp_path: Path) -> None:
        output = PictureSeriesOutput(tmp_path / "%d.png", SIZE)
        for _ in range(3):
            output.send(GREY)
        (tmp_path / "2.png").write_bytes(b"mine")
        with pytest.raises(UsageError, match="already"):
            output.complete()
        output.close()
        assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"mine"]
