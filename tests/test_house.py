"""The architecture: who may import whom, and how big a room may be."""

import ast
from pathlib import Path

import pytest

import vcam

HOUSE = Path(vcam.__file__).parent
LAYERS = [
    ["frames", "errors", "stopwatch", "memory"],
    ["atomic", "pictures"],
    ["v4l2", "framing", "videos", "power", "status"],
    # The stages: none imports another.
    ["sources", "masking", "backgrounds", "outputs", "compositing", "slate", "sheets"],
    ["settings", "privacy", "headline", "following"],
    ["pipeline", "assignments", "governor"],
    ["linethread", "bulletin", "evaluation", "doctor"],
    ["autostart"],
    ["setup"],
    ["publisher"],
    ["worker"],
    ["app", "testing"],
    ["control", "tray", "benchmark"],
    ["cli"],
    ["__main__"],
]
RANK = {room: floor for floor, rooms in enumerate(LAYERS) for room in rooms}
CHANNEL = HOUSE / "control" / "channel.py"
STAGES = {"masking", "backgrounds", "outputs", "compositing", "sources"}


def rooms() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("*.py") if path != HOUSE / "__init__.py")


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Which rooms of vcam a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            package, _, rest = node.module.partition(".")
            if package == "vcam":
                found |= {rest.split(".")[0]} if rest else {a.name for a in node.names}
        elif isinstance(node, ast.Import):
            names = [a.name.split(".") for a in node.names]
            found |= {name[1] for name in names if name[0] == "vcam" and len(name) > 1}
    return {
        room for room in found if (HOUSE / room).is_dir() or (HOUSE / f"{room}.py").exists()
    }


def test_every_room_has_its_floor() -> None:
    assert {room_of(path) for path in rooms()} <= set(RANK)


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_room_imports_only_from_lower_floors(path: Path) -> None:
    room = room_of(path)
    upward = {other for other in imports(path) - {room} if RANK[other] >= RANK[room]}
    assert not upward, f"{room} must not import {upward}"


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_room_outgrows_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 320


def test_heavy_libraries_are_imported_at_one_door_each() -> None:
    doors: dict[str, set[str]] = {}
    for path in rooms():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for name in names:
                doors.setdefault(name.split(".")[0], set()).add(room_of(path))
    assert doors["mediapipe"] <= {"masking", "doctor"}
    assert doors["pyvirtualcam"] <= {"outputs", "doctor"}
    assert doors.get("ai_edge_litert", set()) <= {"masking", "doctor"}
    assert doors["jeepney"] == doors["pystray"] == {"tray"}


@pytest.mark.parametrize("path", rooms(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_vcam_never_starts_the_code_of_the_folder_it_is_in(path: Path) -> None:
    """``python -m`` looks there first; ``-P`` forbids it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Tuple | ast.List):
            words = [ast.unparse(each) for each in node.elts]
            assert "'-m'" not in words or "'-P'" in words[: words.index("'-m'")], words


def test_nothing_in_vcam_can_reach_a_network() -> None:
    forbidden = {
        "socket",
        "http",
        "urllib",
        "requests",
        "ssl",
        "ftplib",
        "smtplib",
        "asyncio",
    }
    for path in rooms():
        allowed = {"socket"} if path == CHANNEL else set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = {alias.name.split(".")[0] for alias in node.names}
                assert not (forbidden - allowed) & names, path
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] not in forbidden, path


def test_the_one_file_with_sockets_knows_this_machine_only() -> None:
    nodes = list(ast.walk(ast.parse(CHANNEL.read_text("utf-8"))))
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "socket"
    }
    assert used <= {
        *("socket", "socketpair", "AddressFamily", "AF_UNIX", "AF_INET", "SOCK_STREAM"),
        *("SO_PEERCRED", "SOL_SOCKET", "SO_EXCLUSIVEADDRUSE"),
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
    assert 'LOOPBACK = "127.0.0.1"' in CHANNEL.read_text("utf-8").splitlines()
