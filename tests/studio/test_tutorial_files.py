"""*How it works* reads, copies, downloads and removes nothing but what was sent to it."""

import asyncio
from pathlib import Path

import pytest
from systems import links_can_be_made

pytest.importorskip("gradio", reason="the extra `studio` is not installed")

import gradio as gr
from gradio.data_classes import ImageData
from gradio.utils import get_upload_folder

from vcam.studio import tutorial


@pytest.fixture(autouse=True)
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    place = Path(get_upload_folder()) / "0a1b"
    place.mkdir(parents=True)
    return place


def test_what_was_sent_is_read_where_it_is(uploads: Path) -> None:
    sent = uploads / "me.png"
    sent.touch()

    assert tutorial._path_of(ImageData(path=str(sent))) == str(sent)


@pytest.mark.parametrize(
    "path",
    [
        "/dev/zero",
        "http://example.com/me.png",
        "file:///etc/passwd",
        "../../private.png",
        "a\0b",
        "a" * 5000,
        "",
        None,
    ],
)
def test_another_file_is_refused(path: str | None) -> None:
    with pytest.raises(gr.Error, match="not sent here"):
        tutorial._path_of(ImageData(path=path))
    with pytest.raises(gr.Error, match="not sent here"):
        asyncio.run(tutorial._sent(path))


def test_a_way_out_of_the_folder_is_refused(uploads: Path, tmp_path: Path) -> None:
    private = tmp_path / "private.png"
    private.touch()
    ways = [uploads / ".." / ".." / ".." / private.name]
    if links_can_be_made():
        ways.append(uploads / "link.png")
        ways[-1].symlink_to(private)
    for path in ways:
        with pytest.raises(gr.Error, match="not sent here"):
            tutorial._path_of(ImageData(path=str(path)))


def test_no_input_takes_a_file_of_somebody_else() -> None:
    async def check() -> int:
        inputs = [each for fn in tutorial.build().fns.values() for each in fn.inputs]
        for each in inputs:
            moved = getattr(each, "async_move_resource_to_block_cache")  # noqa: B009
            with pytest.raises(gr.Error, match="not sent here"):
                await moved("/dev/zero")
        return len(inputs)

    assert asyncio.run(check())
