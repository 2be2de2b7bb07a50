"""What the user painted, as a value and as a file."""

import os
import sys
from pathlib import Path

import pytest
from systems import needs_links

from vcam.errors import SettingsError, UsageError
from vcam.regions import COLUMNS, NO_REGIONS, ROWS, Region, Regions
from vcam.regions.files import folder_beside, load, save

CAMERA = "usb:046d:0825:AF12:00.0@1-2"


def painted(kept: str = "", dropped: str = "", camera: str = CAMERA) -> Region:
    """Kept and dropped in the first row, as ``"0-9"`` says."""
    row = ["."] * COLUMNS
    for text, letter in ((kept, "k"), (dropped, "d")):
        if text:
            first, last = map(int, text.split("-"))
            row[first : last + 1] = letter * (last - first + 1)
    return Region.of_rows(camera, ["".join(row), *["." * COLUMNS] * (ROWS - 1)])


def test_what_was_painted_reads_as_it_looks() -> None:
    region = painted("0-3", "10-11")
    rows = region.rows()
    assert rows[0].startswith("kkkk......dd....") and set("".join(rows[1:])) == {"."}
    assert Region.of_rows(CAMERA, rows) == region
    assert region.kept_share == pytest.approx(4 / 14400)
    assert region.dropped_share == pytest.approx(2 / 14400)


@pytest.mark.parametrize(
    ("shown", "chosen", "more"),
    [
        (painted("0-9"), painted("0-9"), False),
        (painted("0-9"), painted("0-8"), True),
        (painted("0-9"), painted("0-20"), False),
        (painted("0-9"), Region(CAMERA), True),
        (Region(CAMERA), painted("0-9"), False),
        (Region(CAMERA), painted("", "5-6"), True),
        (painted("", "5-6"), Region(CAMERA), False),
        (painted("", "5-6"), painted("", "5-7"), True),
        (painted("0-3"), painted("", "0-3"), True),
        (painted("", "0-3"), painted("0-3"), False),
    ],
)
def test_a_picture_shows_more_if_it_keeps_or_does_not_drop_what_is_chosen(
    shown: Region, chosen: Region, more: bool
) -> None:
    assert shown.shows_more_than(chosen) is more
    assert Regions.holding([chosen]).allow(shown) is not more


def test_what_was_painted_for_one_camera_is_nothing_for_another() -> None:
    regions = Regions.holding([painted("0-9"), painted("0-9", camera="other")])
    assert regions.of("third") == Region("third") and not regions.of("third")
    assert not regions.allow(painted("0-9", camera="third"))
    without = regions.with_region(Region(CAMERA))
    assert [each.camera for each in without] == ["other"]


def test_more_than_half_of_the_picture_is_a_room() -> None:
    half = ["k" * COLUMNS] * (ROWS // 2) + ["." * COLUMNS] * (ROWS // 2)
    assert Region.of_rows(CAMERA, half).kept_share == 0.5
    half[-1] = "k" + half[-1][1:]
    with pytest.raises(UsageError, match="50 % of the picture would be kept"):
        Region.of_rows(CAMERA, half)


@pytest.mark.parametrize(
    "rows",
    [[], ["." * COLUMNS] * 89, ["." * 159] * ROWS, ["x" * COLUMNS] * ROWS],
    ids=["nothing", "rows", "columns", "letters"],
)
def test_other_texts_are_no_region(rows: list[str]) -> None:
    with pytest.raises(ValueError, match=r"not 90 lines|a letter other"):
        Region.of_rows(CAMERA, rows)


def test_a_cell_is_not_kept_and_dropped() -> None:
    with pytest.raises(ValueError, match="kept and dropped"):
        Region(CAMERA, 3, 1)
    with pytest.raises(ValueError, match="outside"):
        Region(CAMERA, 1 << COLUMNS * ROWS)


# On disk.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_beside(tmp_path / "settings.toml")


NAMES = [CAMERA, 'a "quoted" \\ name', "Kamera für ☕", "pci-0000:00:14.0 \x7f\n"]


@pytest.mark.parametrize("name", NAMES)
def test_the_next_start_finds_it(folder: Path, name: str) -> None:
    assert load(folder) == NO_REGIONS
    save(painted("0-9", "20-29", name), folder)
    save(painted("3-4", camera="other"), folder)
    found = load(folder)
    assert [each.rows() for each in found if each.camera != "other"] == [
        painted("0-9", "20-29", name).rows()
    ]
    assert found.of("other") == painted("3-4", camera="other")
    save(Region(name), folder)
    assert [each.camera for each in load(folder)] == ["other"]
    save(Region(name), folder)


def test_a_person_can_read_the_file(folder: Path) -> None:
    save(painted("0-9"), folder)
    (file,) = folder.iterdir()
    lines = file.read_text().splitlines()
    assert lines[0].startswith("# Painted in the studio of vcam")
    assert lines[1] == f'camera = "{CAMERA}"'
    assert lines[3].startswith("kkkkkkkkkk.......")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("camera = ", "Invalid value"),
        ('camera = "x"', "'cells' is missing"),
        ('camera = 1\ncells = ""', "more in it"),
        ('camera = "x"\ncells = "kk"', "not 90 lines"),
        ('camera = "x"\ncells = ""\nmore = 1', "more in it"),
        ("#" * (1 << 17), "more than 65536 bytes"),
        (f'camera = "x"\ncells = """\n{chr(10).join(["k" * 160] * 90)}\n"""', "100 %"),
    ],
)
def test_a_damaged_file_is_not_passed_over(folder: Path, text: str, says: str) -> None:
    """It may say what must not be shown."""
    folder.mkdir()
    (folder / "x.toml").write_text(text)
    with pytest.raises(SettingsError, match=says) as refused:
        load(folder)
    assert "x.toml" in refused.value.what and "Remove the file" in refused.value.remedy


def test_a_crowd_of_files_is_refused(folder: Path) -> None:
    folder.mkdir()
    for index in range(257):
        (folder / f"{index}.toml").touch()
    with pytest.raises(SettingsError, match="more than 256 files"):
        load(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "x.toml")
    with pytest.raises(SettingsError, match="it is a device"):
        load(folder)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "regions").write_text("in the way")
    with pytest.raises(SettingsError, match="cannot be saved"):
        save(painted("0-9"), tmp_path / "regions")


@pytest.mark.parametrize(
    "there",
    [
        "a file",
        pytest.param("a link to nowhere", marks=needs_links),
        pytest.param("a link to itself", marks=needs_links),
    ],
)
def test_a_folder_that_cannot_be_looked_into_is_no_empty_one(
    folder: Path, there: str
) -> None:
    """It may say what must not be shown."""
    if there == "a file":
        folder.touch()
    else:
        folder.symlink_to(folder if "itself" in there else folder.parent / "nowhere")
    with pytest.raises(SettingsError, match="cannot be read") as refused:
        load(folder)
    assert "permissions" in refused.value.remedy


def test_a_copy_of_the_file_does_not_bring_back_what_was_kept(folder: Path) -> None:
    """As programs that keep files the same on two computers make them."""
    save(painted("0-9"), folder)
    save(painted("0-9", camera="other"), folder)
    for file in list(folder.iterdir()):
        (folder / f"{file.stem} (copy).toml").write_bytes(file.read_bytes())
    save(Region(CAMERA), folder)
    assert [each.camera for each in load(folder)] == ["other"]
    save(painted("3-4", camera="other"), folder)
    assert load(folder).of("other") == painted("3-4", camera="other")


def test_of_two_files_for_one_camera_none_shows_more_than_the_other(folder: Path) -> None:
    save(painted("0-9", "30-39"), folder)
    (file,) = folder.iterdir()
    older = file.rename(folder / "older.toml").read_bytes()
    save(painted("5-14", "20-24"), folder)
    (folder / "older.toml").write_bytes(older)
    found = load(folder).of(CAMERA)
    assert found.kept == painted("5-9").kept
    assert found.dropped == painted("", "20-24").dropped | painted("", "30-39").dropped
