"""While the output is missing: says why, and notices when it is back."""

import logging
import time

from vcam.engine.factories import Factories
from vcam.engine.status_reporter import StatusReporter
from vcam.errors import VcamError
from vcam.outputs.options import OutputOptions
from vcam.translation import tr

log = logging.getLogger(__name__)


class MissingOutput:
    """Used by the publisher's thread."""

    def __init__(
        self, factories: Factories, reporter: StatusReporter, every_s: float
    ) -> None:
        self._factories, self._reporter, self._every_s = factories, reporter, every_s
        self._tried_s = float("-inf")

    def because(self, error: Exception) -> None:
        """Report why nothing can be published."""
        self._tried_s = time.monotonic()
        if not isinstance(error, VcamError):
            # A driver that raises what nobody expects is no reason to go off air.
            if self._reporter.status.message != repr(error):
                log.error("the output failed", exc_info=error)
            error = VcamError(repr(error), tr("See the log for details"))
        self._reporter.trouble(error)

    def still(self, options: OutputOptions) -> bool:
        """Whether it is still missing; tried from time to time."""
        if time.monotonic() - self._tried_s < self._every_s:
            return True
        try:
            self._factories.open_output(options).close()
        except Exception as error:
            self.because(error)
            return True
        return False
