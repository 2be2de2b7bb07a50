import os

import pytest

said = pytest.StashKey[list[str]]()
"""One line for each run under the Windows Python."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[said] = []


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Minutes, and a download of 300 MB, are only spent when asked for, as CI does."""
    if "wine" in str(config.getoption("markexpr")) or os.environ.get("VCAM_WINE_TESTS"):
        return
    for item in items:
        if item.get_closest_marker("wine"):
            item.add_marker(
                pytest.mark.skip(reason="runs the suite under wine: set VCAM_WINE_TESTS=1")
            )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    for line in config.stash[said]:
        terminalreporter.write_line(line)
