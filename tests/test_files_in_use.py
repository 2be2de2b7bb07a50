"""A file that another program reads at this moment can be replaced, on Windows, too."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from systems import WINDOWS

from vcam import files
from vcam.errors import OutputError, SettingsError
from vcam.frames import Size
from vcam.outputs.video import VideoFileOutput
from vcam.settings import Settings, load, save
from vcam.sources.options import SourceOptions

only_windows = pytest.mark.skipif(not WINDOWS, reason="elsewhere nothing is in the way")
MIRRORED = Settings(source=SourceOptions(mirror=True))


@contextmanager
def read_by_another(path: Path, within_s: float) -> Iterator[None]:
    """A backup or a virus scanner has it open, for so long."""
    done = threading.Event()

    def reads() -> None:
        with path.open("rb"):
            has_it.set()
            done.wait(within_s)

    has_it = threading.Event()
    thread = threading.Thread(target=reads, name="a backup")
    thread.start()
    has_it.wait(10.0)
    try:
        yield
    finally:
        done.set()
        thread.join(10.0)


def test_settings_are_saved_when_the_other_program_is_done(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(), path)
    with read_by_another(path, 0.1):
        save(MIRRORED, path)
    assert load(path).source.mirror
    assert list(tmp_path.iterdir()) == [path]


@only_windows
def test_who_never_is_done_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(), path)
    monkeypatch.setattr(files, "BUSY_S", 0.05)
    with (
        read_by_another(path, 10.0),
        pytest.raises(SettingsError, match="cannot be saved"),
    ):
        save(MIRRORED, path)
    assert not load(path).source.mirror
    assert list(tmp_path.iterdir()) == [path]


def written(path: Path) -> None:
    with closing(VideoFileOutput(path, Size(64, 36), 25.0)) as output:
        output.send(np.zeros((36, 64, 3), np.uint8))
        output.complete()


def test_a_video_takes_its_place_when_the_other_program_is_done(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"")
    with read_by_another(path, 0.1):
        written(path)
    assert path.stat().st_size > 0
    assert list(tmp_path.iterdir()) == [path]


@only_windows
def test_a_player_that_shows_the_old_video_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"")
    monkeypatch.setattr(files, "BUSY_S", 0.05)
    with (
        read_by_another(path, 10.0),
        pytest.raises(OutputError, match=r"Close the program that has it open"),
    ):
        written(path)
    assert list(tmp_path.iterdir()) == [path]
