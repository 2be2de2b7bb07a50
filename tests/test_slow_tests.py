"""The list of slow tests names tests that exist."""

import ast
from pathlib import Path

from slow_tests import listed

TESTS = Path(__file__).parent


def functions_of(path: Path) -> set[str]:
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{getattr(each, 'name', '')}" for each in node.body}
        found.add(getattr(node, "name", ""))
    return found


def test_every_slow_test_exists() -> None:
    files = {name.partition("::")[0] for name in listed()}
    known = {
        f"{file}::{function}"
        for file in files
        if (TESTS / file).is_file()
        for function in functions_of(TESTS / file)
    }
    gone = sorted(listed() - known)
    assert not gone, "remove or rename them in tests/slow.txt, or run pytest --write-slow"
