"""Which tests are slow, measured: ``python -m pytest -m "not slow"`` leaves them out.

``tests/slow.txt`` lists the test functions whose cases took :data:`SLOW_S` or longer
together.  ``python -m pytest --write-slow`` corrects the list for the tests that it runs.
A test can be marked by hand, too, with ``@pytest.mark.slow``.
"""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LIST = TESTS / "slow.txt"
SLOW_S = 0.2
"""Seconds from which a test function is slow, all its cases and fixtures together."""

_took_s: defaultdict[str, float] = defaultdict(float)


def listed() -> set[str]:
    """The slow test functions, as ``folder/file.py::Class::function``."""
    return set(LIST.read_text("utf-8").split())


@cache
def _body_of(file: str) -> list[ast.stmt]:
    path = TESTS / file
    return ast.parse(path.read_text("utf-8")).body if path.is_file() else []


def exists(name: str) -> bool:
    """Whether there is a test function of that name."""
    file, *names = name.split("::")
    nodes = _body_of(file)
    for each in names:
        found = [node for node in nodes if getattr(node, "name", "") == each]
        if not found:
            return False
        nodes = getattr(found[-1], "body", [])
    return True


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-slow", action="store_true", help="correct tests/slow.txt")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    slow = listed()
    for item in items:
        if _function(item.nodeid) in slow:
            item.add_marker(pytest.mark.slow)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _took_s[_function(report.nodeid)] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--write-slow"):
        not_run = {name for name in listed() - _took_s.keys() if exists(name)}
        slow = not_run | {name for name, took_s in _took_s.items() if took_s >= SLOW_S}
        LIST.write_text("".join(f"{name}\n" for name in sorted(slow)), "utf-8")


def _function(nodeid: str) -> str:
    return nodeid.partition("[")[0].removeprefix("tests/")
