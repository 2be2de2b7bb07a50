"""A broken file ends in the right picture or in one clear line, and leaves nothing behind.

Every file is opened as a recording, as a camera, as a background and for a menu, by a
process of its own: see ``files_look.py``.
"""

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from files_bad import GOOD, RIGHT, TOLD, Bad, bad_files
from files_kinds import FILMS
from files_looker import environment, looked_at
from files_matrix import counted
from files_stills import ANIMATIONS, STILLS

from vcam.cli import main
from vcam.imaging.videos import VideoReader

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="counts what is left over in /proc"
)
DAMAGES = (
    *("cut at 10 %", "cut at 50 %", "cut at 90 %", "cut at 99 %", "beginning zeroed"),
    *("block zeroed", "bits flipped", "other bits flipped", "twice in one file"),
    *("something appended", "wrong ending", "empty", "no picture or video"),
    *("names another file or an address", "states a huge size", "no frames", "only sound"),
    *("unknown codec", "encrypted", "absurd rates and times", "a folder", "a pipe"),
    *("a device", "links in a circle", "a link to nothing", "nothing there"),
    *("no permission", "a socket", "a name of an unusual kind"),
)


JARGON = re.compile(
    "codec can't decode|patches welcome|Input/output error|Device or resource busy"
    "|End of file|Invalid data|Errno|Traceback"
)
"""What libraries say, which tells a user no cause."""


@dataclass
class Looks:
    """What became of every bad file."""

    found: list[tuple[Bad, dict[str, Any]]]
    visitors: int
    """Connections to the address that some of the files name."""


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looks]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        folder = tmp_path_factory.mktemp("files") / "bad"
        bad = bad_files(folder, server.getsockname()[1])
        found = looked_at([each.path for each in bad])
        visitors = 0
        try:
            while True:
                server.accept()[0].close()
                visitors += 1
        except BlockingIOError:
            pass
    yield Looks(list(zip(bad, found, strict=True)), visitors)


def wrong(bad: Bad, found: dict[str, Any]) -> list[str]:
    """What must not have happened to it."""
    problems = list(found["problems"])
    shown = "first" in found
    if not problems and not shown and not found["told"]:
        problems.append("neither shown nor told")
    problems += [told for told in found["told"] if JARGON.search(told)]
    if shown and bad.allowed == TOLD:
        problems.append("it is shown")
    if shown and bad.allowed == RIGHT:
        good = GOOD[bad.original]
        wanted = good.patches()
        if np.shape(found["first"]) != wanted.shape:
            problems.append(f"its size is {found['size']}")
        elif np.abs(wanted - found["first"]).max() > max(good.within, 3):
            problems.append(f"its colours are {np.round(found['first']).tolist()}")
    return problems


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_file_is_shown_right_or_explained(looks: Looks, damage: str) -> None:
    ours = [(bad, found) for bad, found in looks.found if bad.damage == damage]
    assert ours
    problems = {bad.path.name: wrong(bad, found) for bad, found in ours}
    assert not {name: each for name, each in problems.items() if each}


def test_nothing_is_fetched_from_an_address_in_a_file(looks: Looks) -> None:
    assert looks.visitors == 0


def test_the_page_on_files_counts_them(looks: Looks) -> None:
    text = (Path(__file__).parents[2] / "docs" / "files.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| ([^|]+) \|", text, re.M)
    counts = counted([bad for bad, _ in looks.found])
    assert {damage: int(count) for count, damage in rows} == counts
    assert f"{len(looks.found)} broken and odd files" in text
    good = f"{len(FILMS)} films, {len(ANIMATIONS)} animations and {len(STILLS)} pictures"
    assert good in text


def test_every_damage_has_its_test(looks: Looks) -> None:
    assert sorted({bad.damage for bad, _ in looks.found}) == sorted(DAMAGES)
    assert len(looks.found) >= 500


UNWRITTEN = """
import sys, av, files_look
for _ in range(9):
    pictures = []
    for value in files_look.LEFT:
        files_look.left_in_memory(value)
        frame = av.VideoFrame(192, 128, sys.argv[1])
        pictures.append(frame.to_ndarray(format="bgr24").copy())
    if files_look.remembered(*pictures):
        print("noticed")
        break
"""


@pytest.mark.parametrize("pixels", ["bgr24", "yuv420p", "yuv444p"])
def test_control_a_picture_that_nobody_wrote_would_be_noticed(pixels: str) -> None:
    """For what ``files_look.py`` compares."""
    ended = subprocess.run(
        [sys.executable, "-c", UNWRITTEN, pixels],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ended.stdout == "noticed\n"


SAMPLE = (
    *("cut_at_50-h264.mp4", "cut_at_50-rgb.jpg", "beginning_zeroed-vp9.webm"),
    *("empty-a.mp4", "no-html.jpg", "no-elf.mp4", "names-hls_http.mp4", "names-sdp.mp4"),
    *("states-png.png", "no-none.mp4", "only-sound.m4a", "unknown-h264.mp4"),
    *("encrypted-noise.mp4", "folder.mp4", "pipe.mp4", "zero.png", "loop.mp4"),
    *("missing.png", "socket.mp4"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files") / "bad"
    bad_files(folder, 9)
    return folder


@pytest.mark.parametrize("name", SAMPLE)
def test_a_command_says_it_in_one_line(
    name: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", str(folder / name), str(tmp_path / "out.mp4")]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1 and name in said.err
    assert not list(tmp_path.iterdir())


def test_a_recording_with_absurd_times_becomes_one_with_possible_times(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rendered = 0
    for path in sorted(folder.glob("absurd-*")):
        out = tmp_path / f"{path.stem}.mkv"
        status = main(["render", str(path), str(out), "--background", "green"])
        said = capsys.readouterr().err
        assert status in (0, 2), f"{path.name}: {said}"
        assert out.exists() == (status == 0)
        if out.exists():
            rendered += 1
            reader = VideoReader(out)
            lasts_s = reader.duration_s
            reader.close()
            assert lasts_s is not None and 0 < lasts_s < 1e6, f"{path.name}: {lasts_s}"
    assert rendered > 20


def test_a_program_of_its_own_says_it_in_one_line_too(folder: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "vcam",
            "render",
            folder / "cut_at_50-h264.mp4",
            tmp_path / "out.mp4",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1 and not ended.stdout
    assert "cut_at_50-h264.mp4" in ended.stderr
