"""docs/architecture.md and the code agree."""

import ast
import re
from functools import cache
from pathlib import Path

import vcam

PACKAGE = Path(vcam.__file__).parent
ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
STARTS_A_THREAD = {"threading.Thread", "threading.Timer", "Thread", "Timer"}
STARTS_A_THREAD |= {"ThreadPoolExecutor"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(tree_of(path)))


def names_in(path: Path) -> set[str]:
    """Classes, functions and constants of a file, and the methods of its classes."""
    found: set[str] = set()
    for node in tree_of(path).body:
        name = getattr(node, "name", "")
        found.add(name)
        for inner in node.body if isinstance(node, ast.ClassDef) else ():
            found.add(f"{name}.{getattr(inner, 'name', '')}")
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        found |= {ast.unparse(each) for each in targets if isinstance(each, ast.Name)}
        if isinstance(node, ast.AnnAssign):
            found.add(ast.unparse(node.target))
    return found


def test_every_file_and_name_that_is_mentioned_exists() -> None:
    references = re.findall(r"`([\w/]+\.py)(?::([\w.]+))?`", TEXT)
    references = [each for each in references if "NAME" not in each[0]]
    assert len(references) > 40
    wrong = []
    for file, name in references:
        path = (ROOT if file.startswith("tests/") else PACKAGE) / file
        if not path.is_file() or (name and name not in names_in(path)):
            wrong.append(f"{file}:{name}")
    assert not wrong


def test_every_folder_that_is_mentioned_exists() -> None:
    folders = set(re.findall(r"`([\w/]+)/`", TEXT)) - {"vcam"}
    assert folders
    assert not [name for name in folders if not (PACKAGE / name).is_dir()]


def test_every_constant_that_rows_are_added_to_exists() -> None:
    for constant, file in re.findall(r"`([A-Z_]+)` in `([\w/]+\.py)`", TEXT):
        assert constant in names_in(PACKAGE / file), f"{file}:{constant}"


def threads_in_the_code() -> set[tuple[str, str]]:
    """The names of all threads, each with the file that starts it."""
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        started = [
            node
            for node in nodes_of(path)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in STARTS_A_THREAD
        ]
        named = {
            node.value
            for node in nodes_of(path)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"vcam-[a-z-]+", node.value)
        }
        file = path.relative_to(PACKAGE).as_posix()
        if started:
            assert len(named) == len(started), f"{file}: one name for each thread"
            found |= {(name, file) for name in named}
    return found


def test_the_table_of_threads_is_complete() -> None:
    rows = re.findall(r"^\| `(vcam-[a-z-]+)` \| `([\w/]+\.py)` \|", TEXT, re.M)
    assert set(rows) == threads_in_the_code()
    assert len(rows) == len(set(rows))


def test_nothing_starts_a_thread_by_another_way() -> None:
    forbidden = {"concurrent.futures.ProcessPoolExecutor", "_thread", "multiprocessing"}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in nodes_of(path):
            if isinstance(node, ast.Import):
                imported = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported = {node.module or ""}
                imported |= {f"{node.module}.{alias.name}" for alias in node.names}
            else:
                continue
            assert not imported & forbidden, path
            if path.relative_to(PACKAGE).parts[0] != "studio":
                assert "concurrent.futures.ThreadPoolExecutor" not in imported, path
            assert not imported & {"threading.Thread", "threading.Timer"}, path
