"""The architecture: which part may import which, and how long a file may be."""

import ast
import itertools
import re
from pathlib import Path

import vcam

ROOT = Path(__file__).parents[1]
PACKAGE = Path(vcam.__file__).parent
LAYERS = [
    ["installing", "printable", "registry", "translation"],
    ["frames", "errors", "reasons", "stopwatch", "memory", "priority", "status"],
    ["files", "checking", "kernels", "local", "pipewire", "presenter", "v4l2"],
    ["imaging"],
    ["regions"],
    # The stages: none imports another.
    ["sources", "masking", "backgrounds", "outputs", "overlay", "appearance"],
    ["pipeline", "figures"],
    ["settings", "status_text"],
    ["engine", "system"],
    ["app", "testing", "measure"],
    ["verbs"],
    ["control", "tray"],
    ["studio"],
    ["cli"],
    ["__main__"],
]
RANK = {part: rank for rank, parts in enumerate(LAYERS) for part in parts}
FILES = {
    path.relative_to(PACKAGE): list(ast.walk(ast.parse(path.read_text("utf-8"))))
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}
"""The syntax nodes of each file, by its path."""
CHANNEL = Path("local/channel.py")


def part_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def names_imported(nodes: list[ast.AST]) -> set[str]:
    """Full names; relative imports are not allowed in vcam."""
    found = {
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    }
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.module and not node.level
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parts_imported(nodes: list[ast.AST]) -> set[str]:
    """The parts of vcam that a file imports, at its top or inside a function."""
    names = [name.split(".") for name in names_imported(nodes)]
    return {name[1] for name in names if name[0] == "vcam" and name[1:]} & set(RANK)


def test_every_part_has_its_layer() -> None:
    assert {part_of(path) for path in FILES} == set(RANK)


def test_the_architecture_page_shows_every_part_in_its_layer() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    (tree,) = re.findall(r"```\n(__main__.*?)```", text, re.S)
    layers = [re.findall(r"^\S+", layer, re.M) for layer in tree.split("\n\n")]
    ranks = [[RANK[part] for part in row] for row in layers]
    assert all(min(upper) >= max(lower) for upper, lower in itertools.pairwise(ranks))
    shown = [part for row in layers for part in row]
    assert sorted(shown) == sorted(RANK)


def test_a_part_imports_only_from_lower_layers() -> None:
    for path, nodes in FILES.items():
        part = part_of(path)
        others = parts_imported(nodes) - {part}
        upward = {other for other in others if RANK[other] >= RANK[part]}
        assert not upward, f"{path} must not import {upward}"


def test_no_file_is_longer_than_320_lines() -> None:
    lines = {path: len((PACKAGE / path).read_text("utf-8").splitlines()) for path in FILES}
    assert not {path: count for path, count in lines.items() if count > 320}


def test_heavy_libraries_are_imported_in_one_folder_each() -> None:
    folders: dict[str, set[str]] = {}
    for path, nodes in FILES.items():
        for name in names_imported(nodes):
            folders.setdefault(name.split(".")[0], set()).add(part_of(path))
    assert folders["mediapipe"] <= {"masking", "doctor"}
    assert folders["av"] <= {"imaging", "outputs"}
    assert folders["pyvirtualcam"] <= {"outputs", "doctor"}
    assert folders["ai_edge_litert"] <= {"masking", "doctor"}
    assert folders["matplotlib"] == {"figures"}
    assert folders["jeepney"] == {"tray", "priority"}
    assert folders["pystray"] == {"tray"}


def test_vcam_never_starts_the_code_of_the_folder_it_is_in() -> None:
    """``python -m`` searches that folder first; ``-P`` forbids it."""
    for path, nodes in FILES.items():
        for node in nodes:
            if isinstance(node, ast.Tuple | ast.List):
                words = [ast.unparse(each) for each in node.elts]
                if "'-m'" in words:
                    assert "'-P'" in words[: words.index("'-m'")], f"{path}: {words}"


def test_nothing_in_vcam_can_reach_a_network() -> None:
    forbidden = {"socket", "http", "urllib", "requests", "ssl", "ftplib", "smtplib"}
    forbidden |= {"asyncio", "httpx", "aiohttp", "websockets", "gradio_client"}
    for path, nodes in FILES.items():
        names = {name for name in names_imported(nodes) if name[:13] != "urllib.parse."}
        libraries = {name.split(".")[0] for name in names}
        allowed = {"socket"} if path == CHANNEL else set()
        if part_of(path) == "studio":
            allowed = {"asyncio"}  # it serves the sockets that the channel has made
        assert not libraries & forbidden - allowed, path


def test_the_one_file_with_sockets_connects_to_this_machine_only() -> None:
    nodes = FILES[CHANNEL]
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "socket"
    }
    assert used <= {
        *("socket", "AddressFamily", "AF_UNIX", "AF_INET", "SOCK_STREAM"),
        *("SHUT_RDWR", "SO_PEERCRED", "SOL_SOCKET", "SO_EXCLUSIVEADDRUSE"),
        *("AF_INET6", "SO_REUSEADDR", "socketpair"),
        *("SO_SNDBUF", "IPPROTO_TCP", "TCP_NODELAY"),
        *("AF_NETLINK", "SOCK_RAW"),  # to the kernel, which knows who is connected
    }, "no name is looked up, no other family is used"
    addresses = {
        ast.unparse(node.elts[0])
        for call in nodes
        if isinstance(call, ast.Call)
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Tuple)
    }
    assert addresses == {"LOOPBACK", "LOOPBACK_6"}
    lines = (PACKAGE / CHANNEL).read_text("utf-8").splitlines()
    assert {'LOOPBACK = "127.0.0.1"', 'LOOPBACK_6 = "::1"'} <= set(lines)
