"""The architecture: who may import whom, and how big a room may be."""

import ast
import itertools
import re
from pathlib import Path

import vcam

HOUSE = Path(vcam.__file__).parent
LAYERS = [
    ["printable"],
    ["frames", "errors", "stopwatch", "memory", "status"],
    ["files", "presenter", "v4l2"],
    ["imaging"],
    # The stages: none imports another.
    ["sources", "masking", "backgrounds", "outputs"],
    ["pipeline"],
    ["settings", "status_text"],
    ["engine", "system"],
    ["app", "testing", "measure"],
    ["verbs"],
    ["control", "tray"],
    ["cli"],
    ["__main__"],
]
RANK = {room: floor for floor, rooms in enumerate(LAYERS) for room in rooms}
FILES = {
    path.relative_to(HOUSE): list(ast.walk(ast.parse(path.read_text("utf-8"))))
    for path in sorted(HOUSE.rglob("*.py"))
    if path != HOUSE / "__init__.py"
}
"""By their paths, what each of them says."""
CHANNEL = Path("control/channel.py")


def room_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def names_imported(nodes: list[ast.AST]) -> set[str]:
    """With their dots; a relative import has no place in vcam."""
    found = {
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.module and not node.level
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_imported(nodes: list[ast.AST]) -> set[str]:
    """Which rooms of vcam a file imports, at its top or inside a function."""
    names = [name.split(".") for name in names_imported(nodes)]
    return {name[1] for name in names if name[0] == "vcam" and name[1:]} & set(RANK)


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in FILES} == set(RANK)


def test_the_drawing_for_newcomers_shows_every_room_on_its_floor() -> None:
    text = (HOUSE.parent / "CONTRIBUTING.md").read_text("utf-8")
    (drawing,) = re.findall(r"```\n(__main__.*?)```", text, re.S)
    drawn = [re.split(r" · |   .*", line) for line in drawing.splitlines()]
    floors = [[RANK[room] for room in row if room] for row in drawn]
    assert all(min(upper) >= max(lower) for upper, lower in itertools.pairwise(floors))
    assert {room for row in drawn for room in row if room} == set(RANK)


def test_a_room_imports_only_from_lower_floors() -> None:
    for path, nodes in FILES.items():
        room = room_of(path)
        others = rooms_imported(nodes) - {room}
        upward = {other for other in others if RANK[other] >= RANK[room]}
        assert not upward, f"{path} must not import {upward}"


def test_no_room_outgrows_one_sitting() -> None:
    lines = {path: len((HOUSE / path).read_text("utf-8").splitlines()) for path in FILES}
    assert not {path: count for path, count in lines.items() if count > 320}


def test_heavy_libraries_are_imported_at_one_door_each() -> None:
    doors: dict[str, set[str]] = {}
    for path, nodes in FILES.items():
        for name in names_imported(nodes):
            doors.setdefault(name.split(".")[0], set()).add(room_of(path))
    assert doors["mediapipe"] <= {"masking", "doctor"}
    assert doors["pyvirtualcam"] <= {"outputs", "doctor"}
    assert doors["ai_edge_litert"] <= {"masking", "doctor"}
    assert doors["jeepney"] == doors["pystray"] == {"tray"}


def test_vcam_never_starts_the_code_of_the_folder_it_is_in() -> None:
    """``python -m`` looks there first; ``-P`` forbids it."""
    for path, nodes in FILES.items():
        for node in nodes:
            if isinstance(node, ast.Tuple | ast.List):
                words = [ast.unparse(each) for each in node.elts]
                if "'-m'" in words:
                    assert "'-P'" in words[: words.index("'-m'")], f"{path}: {words}"


def test_nothing_in_vcam_can_reach_a_network() -> None:
    forbidden = {"socket", "http", "urllib", "requests", "ssl", "ftplib", "smtplib"}
    forbidden |= {"asyncio"}
    for path, nodes in FILES.items():
        libraries = {name.split(".")[0] for name in names_imported(nodes)}
        allowed = {"socket"} if path == CHANNEL else set()
        assert not libraries & forbidden - allowed, path


def test_the_one_file_with_sockets_knows_this_machine_only() -> None:
    nodes = FILES[CHANNEL]
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "socket"
    }
    assert used <= {
        *("socket", "AddressFamily", "AF_UNIX", "AF_INET", "SOCK_STREAM"),
        *("SHUT_RDWR", "SO_PEERCRED", "SOL_SOCKET", "SO_EXCLUSIVEADDRUSE"),
    }, "no name is looked up, no other family is used"
    addresses = {
        ast.unparse(node.elts[0])
        for call in nodes
        if isinstance(call, ast.Call)
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Tuple)
    }
    assert addresses == {"LOOPBACK"}
    assert 'LOOPBACK = "127.0.0.1"' in (HOUSE / CHANNEL).read_text("utf-8").splitlines()
