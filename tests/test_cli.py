"""What people type, and what they get."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.cli import COMMANDS, main
from vcam.frames import Size
from vcam.outputs.video import VideoFileOutput
from vcam.sources import frames_of
from vcam.sources.presenter import PresenterSource
from vcam.sources.video import VideoFile


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


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in COMMANDS)


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
        (["run", "--camera", "./missing.mp4"], "There is no file"),
        (["run", "--fps", "0"], "Choose 1 to 240"),
        (["run", "--size", "641x361"], "even numbers"),
        (["run", "--background", "nosuch"], "There is no background 'nosuch'"),
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
    assert {each["kind"] for each in listing["kinds"]} == {
        "blur",
        "picture",
        "color",
        "room",
    }
    assert all(Path(each["path"]).is_file() for each in listing["gallery"])


class TestRender:
    def test_size_rate_and_count_stay(
        self, clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out.mp4"
        assert main(["render", str(clip), str(out), "--background", "#00ff00"]) == 0
        before, after = VideoFile(clip), VideoFile(out)
        assert (after.size, after.fps) == (before.size, before.fps)
        rendered = [frame.image for frame in frames_of(after)]
        assert len(rendered) == len(list(frames_of(before))) == 15
        for image in rendered:
            assert np.abs(image[:30, :40].astype(int) - (0, 255, 0)).max() < 20
        printed = capsys.readouterr()
        assert "15 frames of 320x180" in printed.out
        assert "\r" not in printed.err, "no progress bar when piped"
        assert [each.name for each in tmp_path.iterdir()] == ["out.mp4"]

    def test_a_picture_becomes_a_picture_of_the_same_size(
        self, clip: Path, tmp_path: Path
    ) -> None:
        image = next(frames_of(VideoFile(clip))).image[:91, :161]
        cv2.imwrite(str(tmp_path / "in.png"), image)
        arguments = [str(tmp_path / "in.png"), str(tmp_path / "out.png"), "-b", "blur"]
        assert main(["render", *arguments]) == 0
        assert cv2.imread(str(tmp_path / "out.png")).shape == (91, 161, 3)

    def test_a_frame_without_a_mask_becomes_a_card_and_the_count_stays(
        self, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from vcam.errors import SegmenterError
        from vcam.pipeline import Line

        whole = Line.process

        def sometimes(self: Line, frame, *rest, **options):  # type: ignore[no-untyped-def]
            if frame.index == 7:
                raise SegmenterError("planted")
            return whole(self, frame, *rest, **options)

        monkeypatch.setattr(Line, "process", sometimes)
        assert main(["render", str(clip), str(tmp_path / "o.mp4"), "-b", "#00ff00"]) == 0
        rendered = [frame.image for frame in frames_of(VideoFile(tmp_path / "o.mp4"))]
        assert len(rendered) == 15
        assert rendered[7][:8].mean() < 80 and rendered[8][:8].mean() > 80

    @pytest.mark.parametrize(
        ("name", "says"),
        [
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
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--seconds", "0.5", "--size", "320x180", "-b", "#00ff00"]) == 0
    printed = capsys.readouterr().out
    folder = tmp_path / "vcam-demo"
    written = {each.name for each in folder.iterdir()}
    assert written == {"demo.mp4", "contact-sheet.png", "before-after.jpg"}
    assert all(name in printed for name in written)
    assert len(list(frames_of(VideoFile(folder / "demo.mp4")))) == 15


@pytest.mark.skipif(sys.platform == "win32", reason="signals as on Linux and macOS")
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
    assert running.returncode == 0, err
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
