"""``vcam snap``: one picture in, one picture out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from vcam.app import App
from vcam.cli import main
from vcam.errors import SegmenterError, SourceError
from vcam.frames import Frame, Image, Size
from vcam.outputs.video import VideoFileOutput
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Withheld
from vcam.presenter import Presenter

SIZE = Size(320, 180)
Text = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with nothing in it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera needs a moment."""
    monkeypatch.setattr("vcam.cli.snap.SETTLE_S", 0.0)


@pytest.fixture
def photo(here: Path) -> Image:
    """``me.png``: the drawn presenter in their office."""
    drawn = Presenter(SIZE, 30.0, noise=False).draw(1.0)
    assert cv2.imwrite("me.png", drawn.image)
    return drawn.image


def names(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def read(name: str) -> Image:
    image = cv2.imread(name, cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image, np.uint8)


def test_a_photo_gets_another_background_under_a_name_of_its_own(
    photo: Image, here: Path, capsys: Text
) -> None:
    assert main(["snap", "me.png", "-b", "#00ff00"]) == 0
    assert capsys.readouterr().out == "me-vcam.png: 320x180\n"
    result = read("me-vcam.png")
    assert (result[:20, :40] == (0, 255, 0)).all(), "the room is gone"
    chest = np.s_[150:170, 150:170]
    assert (result[chest] == photo[chest]).all(), "the person is as they were"
    assert names(here) == {"me.png", "me-vcam.png"}
    assert (read("me.png") == photo).all()


def test_the_mask_is_white_where_i_am_and_black_elsewhere(photo: Image) -> None:
    assert main(["snap", "me.png", "--mask"]) == 0
    mask = read("me-mask.png")
    assert mask.shape == (180, 320, 3) and (np.ptp(mask, axis=2) == 0).all()
    assert (mask[150:170, 150:170] == 255).all() and not mask[:20, :40].any()


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_a_cut_out_is_me_and_nothing_of_the_room(photo: Image, suffix: str) -> None:
    assert main(["snap", "me.png", f"out{suffix}", "--cutout", "--preset", "best"]) == 0
    cut = read(f"out{suffix}")
    assert cut.shape == (180, 320, 4)
    chest = np.s_[150:170, 150:170]
    assert (cut[chest][..., :3] == photo[chest]).all() and (cut[chest][..., 3] == 255).all()
    assert not cut[:20, :40, 3].any()
    hidden = cut[cut[..., 3] == 0][:, :3]
    room = photo[cut[..., 3] == 0]
    assert (hidden != room).any(axis=1).mean() > 0.95
    if suffix == ".png":  # WebP chooses colours below nothing that compress well
        assert not hidden.any()


def test_a_second_one_does_not_replace_the_first(photo: Image, here: Path) -> None:
    for _ in range(3):
        assert main(["snap", "me.png", "-b", "teal"]) == 0
    made = {"me-vcam.png", "me-vcam-2.png", "me-vcam-3.png"}
    assert names(here) == {"me.png", *made}


def test_an_option_may_stand_between_the_two_files(photo: Image, here: Path) -> None:
    assert main(["snap", "me.png", "--mask", "white.png"]) == 0
    assert main(["snap", "me.png", "--edge", "1", "grown.png"]) == 0
    (here / "-me.png").write_bytes((here / "me.png").read_bytes())
    assert main(["snap", "--mask", "--", "-me.png", "-white.png"]) == 0
    assert names(here) == {"me.png", "-me.png", "white.png", "grown.png", "-white.png"}


def test_a_name_that_is_as_long_as_names_can_be_is_shortened(
    photo: Image, here: Path
) -> None:
    long = "é" * 125 + ".png"
    (here / "me.png").rename(here / long)
    for _ in range(2):
        assert main(["snap", long, "--mask"]) == 0
    made = {"é" * 100 + "-mask.png", "é" * 100 + "-mask-2.png"}
    assert names(here) == {long, *made}


def test_a_video_gives_its_first_picture_or_the_one_at_a_time(
    here: Path, capsys: Text
) -> None:
    output = VideoFileOutput(here / "film.mp4", SIZE, 10.0)
    presenter = Presenter(SIZE, 30.0, noise=False)
    drawn = [presenter.draw(time_s).image for time_s in (0.0, 3.0)]
    for at in range(10):
        output.send(drawn[at // 5])
    output.complete()
    output.close()
    for words, wanted in ([], 0), (["--at", "0.49"], 0), (["--at", "0.51"], 1):
        assert main(["snap", "film.mp4", "o.png", "-b", "room", *words]) == 0
        far = [np.abs(read("o.png").astype(int) - each).mean() for each in drawn]
        assert far.index(min(far)) == wanted
    capsys.readouterr()
    for wrong in ("1.01", "nan", "inf", "-1"):
        assert main(["snap", "film.mp4", "no.png", f"--at={wrong}"]) == 2
        assert f"--at {wrong} is not a time of this video" in capsys.readouterr().err
    assert not Path("no.png").exists()


@pytest.mark.usefixtures("quickly")
def test_the_drawn_presenter_is_a_camera_like_any_other(here: Path, capsys: Text) -> None:
    assert main(["snap", "presenter", "--mask"]) == 0
    assert capsys.readouterr().out == "drawn-presenter-mask.png: 1280x720\n"
    assert read("drawn-presenter-mask.png").any()


class Webcam:
    """Numbers its pictures; :meth:`read` gives one every hundredth of a second of time."""

    name, fps, size = "HD Webcam: USB/2.0", 30.0, SIZE

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock, self.index, self.closed = clock, -1, False
        self.image = Presenter(SIZE, 30.0, noise=False).draw(1.0).image

    def read(self, timeout_s: float) -> Frame | None:
        self.index += 1
        return Frame(self.image, self.index, self.clock())

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def webcam(monkeypatch: pytest.MonkeyPatch) -> Webcam:
    """The only camera, and time that passes by 0.1 s each time somebody looks."""
    now_s = [100.0]

    def clock() -> float:
        now_s[0] += 0.1
        return now_s[0]

    camera = Webcam(lambda: now_s[0])
    monkeypatch.setattr("vcam.cli.snap.time.monotonic", clock)
    monkeypatch.setattr("vcam.sources.opening.open_source", lambda *_: camera)
    return camera


def test_a_webcam_gets_a_second_to_settle(webcam: Webcam, here: Path) -> None:
    assert main(["snap"]) == 0
    assert names(here) == {"HD-Webcam-USB-2-0-vcam.png"}
    assert 8 <= webcam.index <= 11 and webcam.closed


def test_pictures_that_are_withheld_at_first_are_waited_for(
    webcam: Webcam, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = FrameProcessor.process

    def late(self: FrameProcessor, frame: Frame, *rest: Any, **options: Any) -> Any:
        if frame.index < 20:
            raise Withheld("Not yet")
        return whole(self, frame, *rest, **options)

    monkeypatch.setattr(FrameProcessor, "process", late)
    assert main(["snap", "", "o.png"]) == 0
    assert webcam.index == 20


@pytest.mark.parametrize("kind", ["--mask", "--cutout", "--background=teal"])
def test_a_picture_that_may_not_be_shown_is_an_error_and_no_file(
    kind: str,
    photo: Image,
    here: Path,
    webcam: Webcam,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Text,
) -> None:
    def never(self: FrameProcessor, *_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(FrameProcessor, "process", never)
    for error in Withheld("The whole picture is a person"), SegmenterError("No model"):
        for given in ("me.png", "0"):
            assert main(["snap", given, kind]) == 1
            assert capsys.readouterr().err == f"vcam: {error.what}.\n"
    assert webcam.index < 2 * 60, "a camera is given up"
    assert names(here) == {"me.png"}


def test_a_camera_that_the_running_vcam_uses_is_explained(
    served_app: App, here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Text
) -> None:
    def busy(*_: object) -> None:
        raise SourceError(f"{camera} is in use by python (process 1)", "Close it there")

    monkeypatch.setattr("vcam.sources.opening.open_source", busy)
    camera = "fake camera"
    assert main(["snap"]) == 1
    told = capsys.readouterr().err
    assert "The running vcam uses fake camera" in told
    assert "vcam preview --output" in told and "vcam quit" in told
    camera = "another camera"
    assert main(["snap"]) == 1
    assert "Close it there" in capsys.readouterr().err
    assert not names(here)


def test_a_picture_without_anybody_is_told(here: Path, capsys: Text) -> None:
    cv2.imwrite("empty.png", np.full((180, 320, 3), 128, np.uint8))
    assert main(["snap", "empty.png", "--cutout"]) == 0
    assert "Nobody is seen" in capsys.readouterr().err
    assert not read("empty-cutout.png").any()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["me.png", "o.jpg", "--cutout"], "A .jpg file cannot be transparent"),
        (["me.png", "o.gif"], "End it in .png"),
        (["me.png", "me.png"], "is the input itself"),
        (["me.png", "no/o.png"], "There is no folder 'no'"),
        (["me.png", "."], "is a folder"),
        (["."], "'.' is a folder"),
        (["me.png", "--mask", "o.png", "p.png"], "Unrecognized arguments: p.png"),
        (["me.png", "--mask", "-b", "teal"], "no background in a mask"),
        (["me.png", "--cutout", "--fit", "tile"], "no background in a cutout"),
        (["me.png", "--cutout", "--mask"], "not allowed with"),
        (["me.png", "--at", "1"], "Only a video has a time"),
        (["presenter", "--at", "1"], "Only a video has a time"),
        (["me.png", "--background", "nosuch.png"], "no such file"),
        (["gone.png"], "There is no picture 'gone.png'"),
        (["gone.mp4"], "There is no video 'gone.mp4'"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    words: list[str], says: str, photo: Image, here: Path, capsys: Text
) -> None:
    assert main(["snap", *words]) == 2
    assert says in capsys.readouterr().err
    assert names(here) == {"me.png"}
    assert (read("me.png") == photo).all()
