"""Settings that no page sends get an answer, and do not end its connection."""

import pytest

from vcam.errors import UsageError
from vcam.studio.trial import Side


@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), float("nan"), 2])
def test_a_threshold_that_is_out_of_range_is_refused(number: float) -> None:
    with pytest.raises(UsageError, match="threshold"):
        _ = Side.of({"threshold": number}).mask
