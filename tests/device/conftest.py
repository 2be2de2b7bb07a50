import os

import pytest

# These need root on a machine with real drivers; test_device.py boots one for them.
collect_ignore_glob = [] if os.environ.get("VCAM_DEVICE_GUEST") else ["guest/*"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Minutes of an emulated machine are only spent when asked for, as CI does."""
    if "device" in str(config.getoption("markexpr")) or os.environ.get("VCAM_DEVICE_TESTS"):
        return
    for item in items:
        if item.get_closest_marker("device"):
            item.add_marker(
                pytest.mark.skip(
                    reason="boots a machine for minutes: set VCAM_DEVICE_TESTS=1"
                )
            )
