"""The list of slow tests names tests that exist."""

from slow_tests import exists, listed


def test_every_slow_test_exists() -> None:
    gone = [name for name in sorted(listed()) if not exists(name)]
    assert not gone, "rename them in tests/slow.txt, or run pytest --write-slow"


def test_a_test_that_is_gone_is_noticed() -> None:
    assert exists("test_slow_tests.py::test_every_slow_test_exists")
    assert not exists("test_slow_tests.py::test_something_else")
    assert not exists("no_folder/test_slow_tests.py::test_every_slow_test_exists")
