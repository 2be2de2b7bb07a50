"""``vcam report``: the figure of a file's mask."""

import re
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.backgrounds.color import Color
from vcam.cli import main
from vcam.cli.report_figure import KEPT, MOMENTS, Moments
from vcam.errors import SegmenterError
from vcam.frames import Frame, Size
from vcam.masking.options import MaskOptions
from vcam.outputs.video import VideoFileOutput
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Cleared
from vcam.presenter import Presenter
from vcam.sources import frames_of
from vcam.sources.presenter import PresenterSource

pytest.importorskip("matplotlib", reason="Matplotlib is not installed (extra studio)")
SIZE = Size(320, 180)
GREEN = (0, 255, 0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "talk.mp4"
    output = VideoFileOutput(path, SIZE, 25.0)
    for frame in frames_of(PresenterSource(SIZE, 25.0, paced=False, seconds=0.6)):
        output.send(frame.image)
    output.complete()
    output.close()
    return path


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "me.png"
    cv2.imwrite(str(path), Presenter(SIZE).draw(1.0).image)
    return path


def green(path: Path) -> float:
    image = cv2.imread(str(path))
    assert image is not None
    return float((np.abs(image.astype(int) - GREEN).max(axis=2) < 16).mean())


def test_a_picture_becomes_a_figure(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figure.png"
    assert main(["report", str(photo), "--output", str(out), "-b", "#00ff00"]) == 0
    assert green(out) > 0.05, "the result, in front of what was chosen"
    said = capsys.readouterr().out
    assert str(out) in said and "Person: 2" in said and "#00ff00" in said


def test_a_video_becomes_a_strip_with_curves(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figure.png"
    assert main(["report", str(clip), "-o", str(out), "-b", "#00ff00", "--dark"]) == 0
    assert green(out) > 0.02
    said = capsys.readouterr().out
    assert "15 frames, 0.6 s" in said and "Flicker: 0." in said


def test_a_document_is_written(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "figure.pdf"
    assert main(["report", str(photo), "-o", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            if name in ("src", "srcset", "href"):
                self.links.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_is_one_file_that_loads_and_runs_nothing(
    photo: Path, tmp_path: Path
) -> None:
    if sys.platform != "win32":  # whose names cannot hold this
        photo = Path(shutil.copy(photo, tmp_path / "<script>alert(1)<b>&amp;.png"))
    out = tmp_path / "page.html"
    assert main(["report", str(photo), "-o", str(out)]) == 0
    page = out.read_text("utf-8")
    tags = Tags()
    tags.feed(page)
    assert photo.name in tags.text and "preset standard" in tags.text
    assert not {"script", "iframe", "link", "object", "b"} & set(tags.tags)
    assert len(tags.links) == 2 and len(set(tags.links)) == 2, "for light and for dark"
    assert all(link.startswith("data:image/png;base64,iVBOR") for link in tags.links)
    assert not re.search(r"url\(|@import|https?:", page)
    assert "default-src 'none'" in page and "prefers-color-scheme: dark" in page


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["IN", "-o", "figure.gif"], "does not end in .png, .pdf or .html"),
        (["IN", "-o", "figure"], "does not end in"),
        (["IN", "-o", "nowhere/figure.png"], "There is no folder 'nowhere'"),
        (["missing.png", "-o", "figure.png"], "There is no picture 'missing.png'"),
        (["missing.mp4", "-o", "figure.png"], "There is no video 'missing.mp4'"),
        (["IN", "-o", "IN"], "is the input itself"),
        (["IN", "-o", "figure.png", "-b", "room"], "has no mask"),
        (["IN", "-o", "figure.png", "-b", "no such"], "There is no background"),
        (["IN"], "arguments are required: -o/--output"),
    ],
)
def test_what_cannot_be_done_is_explained_and_leaves_no_file(
    words: list[str],
    said: str,
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = photo.read_bytes()
    words = [str(photo) if word == "IN" else word for word in words]
    assert main(["report", *words]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [] and photo.read_bytes() == before


def test_without_matplotlib_it_says_what_to_install(
    photo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["report", str(photo), "-o", str(tmp_path / "figure.png")]) == 2
    assert 'pip install "vcam-background[studio]"' in capsys.readouterr().err


def test_frames_without_a_mask_are_counted_and_left_out(
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    process = FrameProcessor.process

    def now_and_then(
        self: FrameProcessor, frame: Frame, *given: object, **named: object
    ) -> Cleared:
        if frame.index == 5:
            raise SegmenterError("no mask")
        return process(self, frame, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(FrameProcessor, "process", now_and_then)
    out = tmp_path / "figure.png"
    assert main(["report", str(clip), "-o", str(out)]) == 0
    written = capsys.readouterr()
    assert "1 of 15 frames" in written.err and "15 frames" in written.out and out.exists()


def test_of_a_long_video_few_moments_are_kept_evenly_spread() -> None:
    moments = Moments()
    image = Presenter(SIZE).draw(0).image
    with FrameProcessor() as processor:
        frame = Frame(image, 0, 0.0, live=False)
        picture = processor.process(frame, Color("#00ff00"), MaskOptions())
        for index in range(1000):
            moments.add(index / 30, picture)
            assert len(moments._kept) <= KEPT
        chosen = [moment.seconds for moment in moments.chosen]
    assert len(chosen) == MOMENTS and chosen[0] == 0 and chosen[-1] > 0.9 * 1000 / 30
    gaps = np.diff(chosen)
    assert gaps.max() < 1.5 * gaps.min()
