"""What people type, and what they get."""

import ast
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures
from systems import LINUX, WINDOWS, linux_only, not_on_windows

from vcam.app import App
from vcam.backgrounds.choosing import KINDS, user_gallery
from vcam.backgrounds.color import Color
from vcam.backgrounds.folder import made_user_gallery
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.video import Video
from vcam.cli import COMMANDS, SECTIONS, main, signals
from vcam.cli.file_renderer import CARD
from vcam.cli.progress import Progress
from vcam.cli.run import Report
from vcam.cli.streams import overwrite
from vcam.errors import SegmenterError
from vcam.frames import Image, Size
from vcam.local.runtime_folder import runtime_folder
from vcam.outputs.options import OutputOptions
from vcam.outputs.video import VideoFileOutput
from vcam.pipeline.cards import slate
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Gate
from vcam.presenter import Presenter
from vcam.settings import Settings, save
from vcam.settings.words import OPTIONS
from vcam.sources import frames_of
from vcam.sources.presenter import PresenterSource
from vcam.sources.video import VideoFile
from vcam.status import State, Status
from vcam.testing import FakeWorld


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    output = VideoFileOutput(path, Size(320, 180), 25.0)
    for frame in frames_of(PresenterSource(Size(320, 180), 25.0, paced=False, seconds=0.6)):
        output.send(frame.image)  # the presenter is nobody's real room
    output.complete()
    output.close()
    return path


def python_m_vcam(*words: str, env: dict[str, str] | None = None) -> Sequence[str]:
    return [sys.executable, "-m", "vcam", *words]


def test_a_user_without_a_home_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    for words in (["run"], ["set", "mirror=on"], ["setup"], []):
        assert main(words) == 1
        assert "Set HOME" in capsys.readouterr().err


def test_help_names_every_command_once_in_its_section(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert re.findall(r"^(\w.*):$", printed, re.M) == list(SECTIONS)
    assert re.findall(r"^  ([a-z-]+)  ", printed, re.M) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"usage: vcam {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["rnu"], "Did you mean 'vcam run'?"),
        (["demo", "--background", "nosuch.png"], "no such file"),
        (["demo", "--background", "blur:101"], "from 0 to 100"),
        (["demo", "--seconds", "-1"], "out of range"),
        (["demo", "--size", "641x361"], "even numbers"),
        (["demo", "--edge", "1e9"], "edge"),
        (["render", "missing.mp4", "out.mp4"], "There is no video 'missing.mp4'"),
        (["render", "missing.png", "out.png"], "There is no picture 'missing.png'"),
        (["run", "--camera", "./missing.mp4"], "There is no video"),
        (["run", "--camera", "C:\\me\\missing.mp4"], "There is no video"),
        (["run", "--camera", "~nosuch/missing"], "There is no video"),
        (["run", "--camera", __file__], "is not a video"),
        (["run", "--settings", "missing.toml"], "There are no settings"),
        (["render", "", "out.mp4"], "is a folder"),
        (["render", "x" * 300, "out.mp4"], "" if WINDOWS else "name too long"),
        (["demo", "--background", "x" * 300], "There is no background"),
        (["demo", "--background", "~nosuch/x.png"], "no such file"),
        (["demo", "--seconds", "0.001"], "out of range"),
        (["bench", "--size", "0x0"], "cannot be drawn"),
        (["bench", "--size", "3x3"], "cannot be drawn"),
        (["bench", "--size", "99999x99999"], "cannot be drawn"),
        (["run", "--fps", "0"], "Choose 1 to 240"),
        (["run", "--size", "641x361"], "even numbers"),
        (["run", "--background", "nosuch"], "There is no background 'nosuch'"),
        (["run", "--backgroud", "beach"], "Did you mean --background?"),
        (["run", "--size", "large"], "'large' is not a size; write it like 1280x720"),
        (["run", "beach"], "Unrecognized arguments: beach. See `vcam run --help`."),
        (["render", "in.mp4"], "arguments are required: OUT"),
        (["backgrounds", "add"], "See `vcam backgrounds add --help`"),
    ],
)
def test_a_mistake_is_one_clear_line_and_exit_status_2(
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    captured = capsys.readouterr()
    assert says in captured.err and "Traceback" not in captured.err
    assert captured.err.count("\n") == 1
    assert not list(tmp_path.iterdir()), "nothing is left behind"


def test_a_broken_settings_file_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.toml").write_text("[output]\nfsp = 1\n")
    assert main(["run", "--settings", str(tmp_path / "s.toml")]) == 2
    assert "Did you mean 'fps'?" in capsys.readouterr().err


def test_backgrounds_for_people_and_for_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["backgrounds"]) == 0
    assert "blur" in capsys.readouterr().out
    assert main(["backgrounds", "--json"]) == 0
    listing = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in listing["kinds"]] == list(KINDS)
    assert all(Path(each["path"]).is_file() for each in listing["gallery"])


class TestRender:
    def test_size_rate_and_count_stay(
        self, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out.mp4"
        assert main(["render", str(clip), str(out), "--background", "#00ff00"]) == 0
        with closing(VideoFile(clip)) as before, closing(VideoFile(out)) as after:
            assert (after.size, after.fps) == (before.size, before.fps)
            rendered = [frame.image for frame in frames_of(after)]
            assert len(rendered) == len(list(frames_of(before))) == 15
        for image in rendered:
            assert np.abs(image[:30, :40].astype(int) - (0, 255, 0)).max() < 20
        printed = capsys.readouterr()
        assert "15 frames of 320x180" in printed.out
        assert "\r" not in printed.err, "no progress bar when piped"
        assert [each.name for each in tmp_path.iterdir()] == ["out.mp4"]

    def test_programs_are_told_how_far_it_is_and_what_was_written(
        self, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out.mp4"
        assert main(["render", str(clip), str(out), "-b", "teal", "--json"]) == 0
        printed = capsys.readouterr()
        *progress, done = map(json.loads, printed.out.splitlines())
        assert progress[0] == {"frames": 1, "of": 15, "rate": 25.0, "at": 0.0}
        assert done["output"] == str(out)
        assert done["frames"] == 15
        assert not printed.err

    def test_any_option_of_the_mask_can_be_given(
        self, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        options = {}
        for feather in ("0", "24"):
            out = tmp_path / f"{feather}.mp4"
            words = ["render", str(clip), str(out), "-b", "#00ff00"]
            assert main([*words, "--mask-option", f"feather={feather}"]) == 0
            with closing(VideoFile(out)) as video:
                options[feather] = next(frames_of(video)).image
        assert (options["0"] != options["24"]).any()
        assert main([*words, "--mask-option", "feathre=1"]) == 2
        assert "Did you mean 'mask.feather'?" in capsys.readouterr().err

    def test_a_picture_becomes_a_picture_of_the_same_size(
        self, clip: Path, tmp_path: Path
    ) -> None:
        with closing(VideoFile(clip)) as video:
            image = next(frames_of(video)).image[:91, :161]
        cv2.imwrite(str(tmp_path / "in.png"), image)
        arguments = [str(tmp_path / "in.png"), str(tmp_path / "out.png"), "-b", "blur"]
        assert main(["render", *arguments]) == 0
        rendered = cv2.imread(str(tmp_path / "out.png"))
        assert rendered is not None and rendered.shape == (91, 161, 3)

    @pytest.mark.parametrize("name", ["wave.gif", "wave.webp", "wave.png"])
    def test_of_an_animated_picture_all_is_rendered_in_its_time(
        self, name: str, tmp_path: Path
    ) -> None:
        shades = [0, 90, 180, 250]
        first, *rest = [Pictures.new("RGB", (64, 36), (shade,) * 3) for shade in shades]
        lasts_ms = [100, 300, 200, 500]
        first.save(
            tmp_path / name, save_all=True, append_images=rest, duration=lasts_ms, loop=0
        )
        for out in (tmp_path / "out.mp4", tmp_path / "out.gif"):
            assert main(["render", str(tmp_path / name), str(out), "-b", "room"]) == 0
            with closing(VideoFile(out)) as video:
                frames = list(frames_of(video))
            seen = [int(frame.image[18, 32, 0]) for frame in frames[:4]]
            assert seen == pytest.approx(shades, abs=4)
            times = [frame.captured_s for frame in frames[:4]]
            assert times == pytest.approx([0, 0.1, 0.4, 0.6], abs=0.006)
            ends_s = frames[-1].captured_s + frames[-1].lasts_s
            assert ends_s == pytest.approx(1.1, abs=0.02)

    def test_auto_framing_shows_you_larger(self, tmp_path: Path) -> None:
        # She sits lowest then: the higher a head, the more is cut off below.
        image = Presenter(Size(640, 360), 30.0).draw(3.0).image
        cv2.imwrite(str(tmp_path / "in.png"), image)
        persons = {}
        for framing in ("off", "auto"):
            out = tmp_path / f"{framing}.png"
            words = ["render", str(tmp_path / "in.png"), str(out), "-b", "#00ff00"]
            assert main([*words, "--framing", framing]) == 0
            rendered = cv2.imread(str(out))
            assert rendered is not None
            persons[framing] = (rendered != (0, 255, 0)).any(axis=2).mean()
        assert persons["auto"] > 1.2 * persons["off"]

    def test_a_frame_without_a_mask_becomes_a_card_and_the_count_stays(
        self,
        clip: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        whole = FrameProcessor.process

        def sometimes(self: FrameProcessor, frame, *rest, **options):  # type: ignore[no-untyped-def]
            if frame.index in (7, 9):
                raise SegmenterError("/home/me/model is missing")
            return whole(self, frame, *rest, **options)

        said: list[str] = []
        card = Gate.card

        def listening(self: Gate, message: str, detail: str = "") -> None:
            said.append(message + detail)
            card(self, message, detail)

        monkeypatch.setattr(FrameProcessor, "process", sometimes)
        monkeypatch.setattr(Gate, "card", listening)
        assert main(["render", str(clip), str(tmp_path / "o.mp4"), "-b", "#00ff00"]) == 0
        assert said == ["One moment, please"] * 2, "no path for those who get the file"
        told = capsys.readouterr().err
        assert told.count("/home/me/model is missing") == 1 and "2 of 15 frames" in told
        rendered = [frame.image for frame in frames_of(VideoFile(tmp_path / "o.mp4"))]
        assert len(rendered) == 15
        assert rendered[7][:8].mean() < 80 and rendered[8][:8].mean() > 80

    def test_without_a_model_there_is_no_file_but_an_explanation(
        self,
        clip: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        tried: list[int] = []

        def never(self: FrameProcessor, *_: object, **__: object) -> None:
            tried.append(1)
            raise SegmenterError("The model is missing", "Install vcam again")

        monkeypatch.setattr(FrameProcessor, "process", never)
        cv2.imwrite(str(tmp_path / "in.png"), np.zeros((90, 160, 3), np.uint8))
        for given, wanted in ((clip, "o.mp4"), (tmp_path / "in.png", "o.png")):
            assert main(["render", str(given), str(tmp_path / wanted)]) == 1
            told = capsys.readouterr().err
            assert told == "vcam: The model is missing. Install vcam again.\n"
        assert main(["demo", "-o", str(tmp_path / "demo"), "--size", "320x180"]) == 1
        assert len(tried) < 10, "not once for every frame"
        assert {each.name for each in tmp_path.iterdir()} == {"in.png", "demo"}
        assert not list((tmp_path / "demo").iterdir())

    def test_a_video_that_was_cut_off_is_rendered_as_far_as_it_goes_and_told(
        self, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        whole = VideoFileOutput(tmp_path / "cut.avi", Size(320, 180), 25.0)
        for frame in frames_of(VideoFile(clip)):
            whole.send(frame.image)
        whole.complete()
        content = (tmp_path / "cut.avi").read_bytes()
        (tmp_path / "cut.avi").write_bytes(content[: len(content) // 2])
        arguments = [str(tmp_path / "cut.avi"), str(tmp_path / "o.mp4"), "-b", "teal"]
        assert main(["render", *arguments]) == 0
        assert "cut.avi' is damaged: a damaged frame is left out" in capsys.readouterr().err

    @linux_only("/proc takes no files of ours")
    def test_a_place_that_cannot_be_written_to_is_no_wrong_use(
        self, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cv2.imwrite(str(tmp_path / "in.png"), np.zeros((90, 160, 3), np.uint8))
        assert main(["render", str(clip), "/proc/o.mp4"]) == 1
        assert main(["render", str(tmp_path / "in.png"), "/proc/o.png", "-b", "teal"]) == 1
        assert main(["demo", "-o", "/proc/nosuch/demo"]) == 1
        assert "Traceback" not in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("name", "says"),
        [
            ("", "is a folder"),
            ("out.xyz", ".mp4"),
            ("out.png", "does not fit into the picture"),
            ("no/such/folder/out.mp4", "There is no folder"),
        ],
    )
    def test_an_output_that_cannot_be_is_explained(
        self,
        name: str,
        says: str,
        clip: Path,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        assert main(["render", str(clip), str(tmp_path / name)]) == 2
        assert says in capsys.readouterr().err

    def test_the_input_is_never_overwritten(
        self, clip: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = clip.read_bytes()
        assert main(["render", str(clip), str(clip)]) == 2
        assert "is the input itself" in capsys.readouterr().err
        assert clip.read_bytes() == before

    def test_a_file_that_is_no_video_is_explained(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "a.mp4").write_text("not a video")
        assert main(["render", str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4")]) == 2
        assert "not a video" in capsys.readouterr().err


def test_demo_without_a_display_writes_a_video_and_pictures_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if not LINUX:  # where there is always a display
        monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: False)
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--seconds", "0.5", "--size", "320x180", "-b", "#00ff00"]) == 0
    printed = capsys.readouterr().out
    folder = tmp_path / "vcam-demo"
    written = {each.name for each in folder.iterdir()}
    assert written == {"demo.mp4", "contact-sheet.png", "before-after.jpg"}
    assert all(name in printed for name in written)
    assert len(list(frames_of(VideoFile(folder / "demo.mp4")))) == 15


@pytest.mark.parametrize("name", ["demo.mp4", "contact-sheet.png", "before-after.jpg"])
def test_demo_says_at_once_that_a_folder_is_where_a_file_belongs(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).mkdir()
    assert main(["demo", "-o", str(tmp_path), "--size", "320x180"]) == 2
    assert "is a folder" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_demo_goes_on_when_a_picture_of_mine_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Image] = []

    class Impatient:
        """Somebody who presses B all the time."""

        key, closed = "b", False

        def __init__(self, size: Size, title: str) -> None:
            self.name, self.size = title, size

        def send(self, image: Image) -> None:
            seen.append(image)
            self.closed = len(seen) > 12

        def close(self) -> None:
            pass

    user_gallery().mkdir(parents=True)
    (user_gallery() / "aa.png").write_text("broken")
    monkeypatch.setattr("vcam.outputs.window.Window", Impatient)
    monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: True)
    assert main(["demo", "--size", "320x180", "-b", "teal"]) == 0
    assert len(seen) == 13
    said = capsys.readouterr()
    assert "aa.png' is not a picture" in said.err
    first = slate(Size(320, 180), CARD, said.out.strip())
    assert np.array_equal(seen[0], first), "a window is never empty"


@not_on_windows("a process cannot send another one a signal")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_run_ends_cleanly_when_told_to(how: signal.Signals, tmp_path: Path) -> None:
    """Without a virtual camera it says what is missing, waits, and ends on the signal."""
    running = subprocess.Popen(
        python_m_vcam("run", "--camera", "presenter", "--device", "/dev/video98"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert running.stderr is not None
    said = running.stderr.readline()
    assert "Trying again" in said and "Traceback" not in said
    begun_s = time.monotonic()
    running.send_signal(how)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 1, f"it was never live: {err}"
    assert time.monotonic() - begun_s < 10


@pytest.mark.parametrize("words", [["--help"], ["backgrounds", "--json"], ["--version"]])
def test_asking_costs_no_heavy_library(words: list[str]) -> None:
    code = (
        "import sys; from vcam.cli import main; main(sys.argv[1:]);"
        "print([m for m in ('mediapipe', 'pyvirtualcam', 'pystray') if m in sys.modules])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert printed.stdout.splitlines()[-1] == "[]"


def test_the_help_of_set_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["set", "--help"])
    shown = capsys.readouterr().out.partition("section:\n")[2]
    assert {name.rpartition(".")[2] for name in OPTIONS} <= set(shown.split())
    assert max(map(len, shown.splitlines())) < 80


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_loads_no_pictures(command: str) -> None:
    """Twice the time of ``vcam --help`` is the limit; OpenCV alone takes three times."""
    assert loaded(command, "--help") == []


@pytest.mark.parametrize("change", ["mirror=on", "size=640x360", "preset=best"])
def test_a_change_for_the_next_start_loads_no_pictures(change: str) -> None:
    assert loaded("set", change) == []


def loaded(*words: str) -> list[str]:
    """The heavy libraries that a command line has imported at its end."""
    code = (
        "import sys; from vcam.cli import main\n"
        "try: status = main(sys.argv[1:])\n"
        "except SystemExit as ended: status = ended.code\n"
        "heavy = 'cv2', 'numpy', 'PIL.Image', 'PIL.ImageColor', 'mediapipe';"
        "print([status, *(name for name in heavy if name in sys.modules)])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    status: int
    names: list[str]
    status, *names = ast.literal_eval(printed.stdout.splitlines()[-1])
    assert status == 0, printed.stderr
    return names


class Audience(App):
    """Looks on until ``enough``, then ends the program."""

    world: FakeWorld
    enough: Callable[["Audience"], bool]
    last: "Audience"

    def __init__(self, path: Path, **options: object) -> None:
        super().__init__(path, self.world.devices, **options)  # type: ignore[arg-type]
        Audience.last = self

    def wait(self, timeout_s: float) -> bool:
        time.sleep(0.01)
        return Audience.enough(self)


@pytest.fixture
def audience(world: FakeWorld, monkeypatch: pytest.MonkeyPatch) -> type[Audience]:
    monkeypatch.setattr("vcam.app.App", Audience)
    Audience.world = world
    Audience.enough = lambda app: app.status.state is State.LIVE
    return Audience


@pytest.fixture
def my_settings(tmp_path: Path) -> Callable[[Settings], list[str]]:
    def write(settings: Settings) -> list[str]:
        save(settings, tmp_path / "s.toml")
        return ["--settings", str(tmp_path / "s.toml")]

    return write


SMALL = OutputOptions(size=Size(96, 54))
Written = Callable[[Settings], list[str]]


class TestRun:
    def test_what_a_killed_one_has_left_is_removed_first(
        self, audience: type[Audience], my_settings: Callable[[Settings], list[str]]
    ) -> None:
        words = ["run", *my_settings(Settings(background=Color(), output=SMALL))]
        left = [
            folder / f".vcam-{999_999_999}.{'0' * 16}.new"
            for folder in (Path(words[-1]).parent, made_user_gallery(), runtime_folder())
        ]
        for each in left:
            each.touch()
        assert main(words) == 0
        assert not [each for each in left if each.exists()]

    def test_a_call_that_took_place_is_a_success(
        self, audience: type[Audience], my_settings: Written
    ) -> None:
        assert main(["run", *my_settings(Settings(background=Color(), output=SMALL))]) == 0

    def test_a_picture_that_was_moved_is_told_and_vcam_runs(
        self,
        audience: type[Audience],
        my_settings: Written,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        audience.enough = lambda app: bool(app.world.published)
        path = tmp_path / "moved.png"
        moved = Settings(background=Picture(path), output=SMALL)
        assert main(["run", *my_settings(moved)]) == 1, "nobody saw a picture"
        assert f"There is no picture '{path}'" in capsys.readouterr().err

    def test_a_background_of_a_newer_vcam_is_told_and_vcam_runs(
        self,
        audience: type[Audience],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        audience.enough = lambda app: bool(app.world.published)
        path = tmp_path / "newer.toml"
        path.write_text("[background]\nkind = 'hologram'\n")
        assert main(["run", "--settings", str(path)]) == 1, "nobody saw a picture"
        said = capsys.readouterr().err
        assert "does not know the background 'hologram'" in said
        assert "vcam set background=blur" in said

    @pytest.mark.parametrize("kind", [Picture, Video])
    def test_fit_alone_is_for_the_picture_or_video_in_the_settings(
        self,
        kind: type[Picture] | type[Video],
        audience: type[Audience],
        my_settings: Written,
        tmp_path: Path,
    ) -> None:
        cv2.imwrite(str(tmp_path / "a.png"), np.zeros((8, 8, 3), np.uint8))
        given = my_settings(Settings(background=kind(tmp_path / "a.png"), output=SMALL))
        assert main(["run", "--fit", "tile", *given]) == 0
        assert audience.last.settings.background == kind(tmp_path / "a.png", "tile")

    @pytest.mark.parametrize(
        ("camera", "asked"), [("presenter", 0), ("0", 1), ("Logitech C525/B990", 1)]
    )
    def test_the_system_asks_about_the_camera_only_when_there_is_one(
        self,
        camera: str,
        asked: int,
        audience: type[Audience],
        my_settings: Written,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        questions: list[int] = []
        monkeypatch.setattr(
            "vcam.sources.capture.ask_permission", lambda: questions.append(1)
        )
        given = my_settings(Settings(background=Color(), output=SMALL))
        assert main(["run", "--camera", camera, *given]) == 0
        assert len(questions) == asked


def buffered() -> dict[str, str]:
    """The environment as users have it: what is buffered fails only at the end."""
    return {name: it for name, it in os.environ.items() if name != "PYTHONUNBUFFERED"}


class TestStreams:
    def vcam(
        self, *words: str, stdout: int | IO[str] = subprocess.PIPE, **more: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            python_m_vcam(*words),
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
            env={**buffered(), **more},
            timeout=60,
        )

    def test_a_reader_that_has_seen_enough_is_no_trouble(self) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        done = self.vcam("backgrounds", stdout=writing)
        os.close(writing)
        assert (done.returncode, done.stderr) == (0, "")

    @linux_only("/dev/full")
    def test_output_to_a_full_disk_is_told_in_one_line(self) -> None:
        for words in (["backgrounds"], ["--help"], ["backgrounds", "--help"]):
            with Path("/dev/full").open("w") as full:
                done = self.vcam(*words, stdout=full)
            assert done.returncode == 1
            assert done.stderr == (
                "vcam: The output cannot be written: No space left on device.\n"
            )

    @linux_only("/dev/full")
    def test_a_log_on_a_full_disk_ends_no_video(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        report = Report()
        with io.FileIO("/dev/full", "w") as full:
            unbuffered = io.TextIOWrapper(full, write_through=True)
            monkeypatch.setattr(sys, "stdout", unbuffered)
            monkeypatch.setattr(sys, "stderr", unbuffered)
            for state in (State.LIVE, State.WAITING, State.PAUSED):
                report.on(Status(state, "There is no camera"))
            report.end()
            monkeypatch.undo()

    @linux_only("/dev/full")
    def test_an_error_keeps_its_status_whatever_the_output_is(self) -> None:
        code = """
from vcam.errors import OutputError
def fail(arguments):
    print("so far so good")
    raise OutputError("planted")
import vcam.cli.backgrounds as command
command.run = fail
from vcam.__main__ import entry
entry()"""
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [sys.executable, "-c", code, "backgrounds"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                env=buffered(),
            )
        assert (done.returncode, done.stderr) == (1, "vcam: planted.\n")

    def test_after_installing_the_other_vcam_of_the_index_one_line_says_the_way_back(
        self,
    ) -> None:
        code = """\
import sys, vcam
del vcam.__version__  # as that one has none
sys.argv = ["vcam", "--version"]
from vcam.__main__ import entry
entry()"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        (line,) = done.stderr.splitlines()
        assert (done.returncode, done.stdout) == (1, "")
        assert "uninstall -y vcam vcam-background`, then `" in line

    @linux_only("/dev/full")
    def test_an_error_that_nobody_can_be_told_keeps_its_status(self) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                python_m_vcam("nosuch"),
                stdout=full,
                stderr=full,
                env=buffered(),
                timeout=60,
            )
        assert done.returncode == 2

    def test_any_name_can_be_listed_on_any_terminal(self) -> None:
        user_gallery().mkdir(parents=True)
        names = {"Café-été.png", *(() if WINDOWS else ("caf\udce9.png",))}
        for name in names:
            (user_gallery() / name).write_text("")
        for encoding in ("ascii", "latin-1", "utf-8"):
            assert self.vcam("backgrounds", PYTHONIOENCODING=encoding).returncode == 0
            told = self.vcam("backgrounds", "--json", PYTHONIOENCODING=encoding)
            paths = {Path(each["path"]).name for each in json.loads(told.stdout)["gallery"]}
            assert names <= paths

    def test_without_any_terminal_it_works(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdout", None)
        monkeypatch.setattr(sys, "stderr", None)
        assert main(["--version"]) == 0 and main(["nosuch"]) == 2
        sys.stdout.close()
        sys.stderr.close()

    def test_the_progress_bar_is_gone_before_an_error_is_told(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        with pytest.raises(ZeroDivisionError), Progress("working", 10) as progress:
            progress.at(3)
            raise ZeroDivisionError
        drawn, wiped = capsys.readouterr().err.removesuffix("\r").rsplit("\r", 1)
        assert drawn.rstrip().endswith("3/10  0 s left") and not wiped.strip()

    @not_on_windows("pseudo-terminals")
    def test_in_a_narrow_terminal_nothing_wraps_and_scrolls(self) -> None:
        import fcntl
        import pty
        import struct
        import termios

        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 30, 0, 0))
        long, fits = (
            "30.0 frames/s   33 ms behind the camera",
            "30.0 frames/s   33 ms behind ",
        )
        with os.fdopen(ours, "rb") as screen, os.fdopen(theirs, "w") as terminal:
            for text, seen in ((long, fits), ("9", f"{9:<29}")):
                overwrite(terminal, text)
                assert screen.read(30).decode() == f"\r{seen}"

    @pytest.mark.parametrize("words", [["-v"], ["--verbose"], ["--verb", "--json"]])
    def test_verbose_leaves_native_code_its_voice(self, words: list[str]) -> None:
        silenced: list[int] = []
        assert main(["backgrounds", *words], lambda: silenced.append(1)) == 0
        assert not silenced
        assert main(["backgrounds"], lambda: silenced.append(1)) == 0
        assert silenced


class TestSignals:
    @not_on_windows("a process cannot send another one a signal")
    def test_a_demo_that_is_ended_leaves_nothing_half_done(self, tmp_path: Path) -> None:
        running = subprocess.Popen(
            python_m_vcam("demo", "-o", str(tmp_path), "--seconds", "600"),
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline_s = time.monotonic() + 20
        while not list(tmp_path.iterdir()) and time.monotonic() < deadline_s:
            time.sleep(0.01)
        running.terminate()
        _, err = running.communicate(timeout=20)
        assert (running.returncode, err) == (128 + signal.SIGTERM, "")
        assert not list(tmp_path.iterdir())

    @not_on_windows("SIGHUP, and a process that a signal has ended")
    @pytest.mark.parametrize(
        ("words", "module"),
        [
            (["status"], "vcam.cli"),
            (["status"], "vcam.control.client"),
            (["run"], "argparse"),
            (["run"], "vcam.settings"),
            (["run"], "vcam.engine.engine"),
            (["demo"], "numpy"),
            (["demo"], "vcam.presenter"),
            ([], "vcam.cli.tray"),
        ],
    )
    @pytest.mark.parametrize("how", ["SIGINT", "SIGTERM", "SIGHUP"])
    def test_one_that_is_ended_while_it_loads_is_quiet(
        self, how: str, words: list[str], module: str
    ) -> None:
        """``python tests/early_signals.py`` tries it at many moments."""
        code = f"""
import os, signal, sys
class Now:
    def find_spec(self, name, *_):
        if name == {module!r}: os.kill(os.getpid(), signal.{how})
for name in ("SIGTERM", "SIGHUP"): signal.signal(getattr(signal, name), signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, Now())
sys.argv = ["vcam", *{words!r}]
from vcam.__main__ import entry
entry()"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        number = getattr(signal, how)  # what a shell makes 128 + number of
        assert (done.returncode, done.stdout, done.stderr) == (-number, "", "")

    def test_a_second_signal_ends_it_as_it_is(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        with signals.handled(signals.leave, "SIGTERM"):
            with pytest.raises(SystemExit):
                signal.raise_signal(signal.SIGTERM)
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) is before

    @not_on_windows("SIGHUP")
    def test_nohup_means_what_it_says(self) -> None:
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with signals.handled(signals.leave, "SIGHUP", "SIGTERM"):
                signal.raise_signal(signal.SIGHUP)
                with pytest.raises(SystemExit):
                    signal.raise_signal(signal.SIGTERM)
        finally:
            signal.signal(signal.SIGHUP, before)


def test_mirroring_the_picture_changes_nothing_about_the_mask() -> None:
    import argparse

    from vcam.cli import arguments as shared
    from vcam.cli import run
    from vcam.masking.options import MaskOptions

    parser = argparse.ArgumentParser()
    run.configure(parser)
    assert shared.mask(parser.parse_args(["--mirror", "--fps", "30"])) == MaskOptions()


def test_verbose_may_be_said_before_the_command_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["backgrounds", "-v"]) == 0
    listed = capsys.readouterr().out
    assert main(["-v", "backgrounds"]) == 0
    assert capsys.readouterr().out == listed
