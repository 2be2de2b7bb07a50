"""``vcam render --alpha``: the person alone, read back by other decoders."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pictures

from vcam.cli import main
from vcam.frames import Alpha, Image, Size
from vcam.imaging.mask_views import spread_cut_out
from vcam.outputs.video import VideoFileOutput
from vcam.sources import frames_of
from vcam.sources.presenter import PresenterSource

SIZE = Size(320, 180)
SKIN = (140, 172, 224)


def decoded(path: Path) -> list[NDArray[np.uint8]]:
    """BGRA pictures."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec = stream.codec_context
        if codec.name == "vp9":  # FFmpeg's own decoder drops alpha
            assert stream.metadata["alpha_mode"] == "1"
            made = av.CodecContext.create("libvpx-vp9", "r")
            assert isinstance(made, av.VideoCodecContext)
            codec = made
        frames = [
            frame
            for packet in container.demux(stream)
            for frame in codec.decode(packet if packet.size else None)
        ]
        return [np.asarray(each.to_ndarray(format="bgra"), np.uint8) for each in frames]


def person_over_black() -> tuple[Image, Alpha]:
    """A disc of one colour with a soft edge."""
    y, x = np.mgrid[: SIZE.height, : SIZE.width]
    away = np.hypot(x - 160, y - 90)
    alpha = np.clip((60 - away) * 32, 0, 255).astype(np.uint8)
    share = alpha[..., np.newaxis] / 255
    return np.round(share * np.array(SKIN)).astype(np.uint8), alpha


@pytest.mark.parametrize("suffix", [".webm", ".mov"])
def test_alpha_and_colours_are_those_that_were_sent(suffix: str, tmp_path: Path) -> None:
    image, alpha = person_over_black()
    path = tmp_path / f"a{suffix}"
    quality = "high" if suffix == ".webm" else None
    output = VideoFileOutput(path, SIZE, 25.0, quality=quality, alpha=True)
    for _ in range(3):
        output.cut_out_by(alpha)
        output.send(image)
    output.complete()
    output.close()
    shown = decoded(path)
    assert len(shown) == 3
    for each in shown:
        assert np.abs(each[..., 3].astype(int) - alpha).mean() < 1
        sure = (alpha == 0) | (alpha == 255)
        assert np.abs(each[..., 3].astype(int) - alpha)[sure].max() <= 16
        inside = alpha == 255
        assert np.abs(each[inside][:, :3].astype(int) - SKIN).max(axis=1).mean() <= 3
        edge = (alpha > 16) & (alpha < 255)
        seen = np.abs(each[edge][:, :3].astype(int) - SKIN).max(axis=1)
        assert seen.mean() < 12, "no dark seam around the person"


def test_what_is_not_the_person_shows_only_her_own_colours() -> None:
    image, alpha = person_over_black()
    cut = spread_cut_out(image, alpha)
    assert np.array_equal(cut[..., 3], alpha)
    beside = cut[alpha == 0][:, :3]
    coloured = beside[beside.any(axis=1)]
    assert len(coloured) and np.abs(coloured.astype(int) - SKIN).max() <= 25
    y, x = np.mgrid[: SIZE.height, : SIZE.width]
    assert not cut[np.hypot(x - 160, y - 90) > 70][:, :3].any(), "far from her it is black"


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talk") / "talk.mp4"
    output = VideoFileOutput(path, SIZE, 25.0)
    for frame in frames_of(PresenterSource(SIZE, 25.0, paced=False, seconds=0.2)):
        output.send(frame.image)  # the presenter is nobody's real room
    output.complete()
    output.close()
    return path


@pytest.mark.parametrize("name", ["me.webm", "me.mov", "%02d.png"])
def test_the_person_is_cut_out_of_a_talk(name: str, talk: Path, tmp_path: Path) -> None:
    assert main(["render", str(talk), str(tmp_path / name), "--alpha"]) == 0
    if name == "%02d.png":
        shown = []
        for path in sorted(tmp_path.iterdir()):
            with Pictures.open(path) as picture:
                assert picture.mode == "RGBA"
                shown.append(np.asarray(picture))
    else:
        shown = decoded(tmp_path / name)
    assert len(shown) == 5
    for each in shown:
        alpha = each[..., 3]
        assert alpha[:40, :40].max() <= 16 and alpha[120:, 150:170].min() >= 239
        assert 0.1 < (alpha > 127).mean() < 0.8
        assert not each[:40, :40, :3].max() > 16, "nothing of the room"


def test_a_picture_is_cut_out_as_well(talk: Path, tmp_path: Path) -> None:
    with av.open(str(talk)) as container:
        frame = next(container.decode(video=0))
        Pictures.fromarray(frame.to_ndarray(format="rgb24")).save(tmp_path / "in.png")
    words = ["render", str(tmp_path / "in.png"), str(tmp_path / "out.png"), "--alpha"]
    assert main(words) == 0
    with Pictures.open(tmp_path / "out.png") as picture:
        assert picture.mode == "RGBA"
        assert picture.getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["me.mp4", "--alpha"], "A .mp4 video cannot be transparent"),
        (["me.gif", "--alpha"], "End the name in .webm"),
        (["%02d.jpg", "--alpha"], "A .jpg file cannot be transparent"),
        (["me.webm", "--alpha", "-b", "beach"], "There is no background with --alpha"),
        (["me.png", "--alpha"], "%06d.png for one picture per frame"),
        (["%02d.png", "--crf", "9"], "Pictures have neither"),
        (["me.mp4", "--crf", "9", "--quality", "low"], "Leave one of them out"),
    ],
)
def test_what_cannot_be_is_explained(
    words: list[str],
    says: str,
    talk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["render", str(talk), *words]) == 2
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1
    assert not list(tmp_path.iterdir())
