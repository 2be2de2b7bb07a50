"""Makes wine as slow as Windows at one thing.  Python runs this when it starts.

Windows tries a closed port of this machine again for two seconds before it says that
nobody listens (measured there: 2002 ms at best); wine says it at once.
"""

import socket
import time
from typing import Any

REFUSAL_S = 2.002


class _Socket(socket.socket):
    def connect(self, address: Any) -> None:
        begun_s = time.perf_counter()
        try:
            super().connect(address)
        except ConnectionRefusedError:
            limit_s = self.gettimeout()
            if limit_s == 0:
                raise
            waits_s = REFUSAL_S if limit_s is None else min(limit_s, REFUSAL_S)
            time.sleep(max(0.0, begun_s + waits_s - time.perf_counter()))
            if limit_s is not None and limit_s < REFUSAL_S:
                raise TimeoutError("timed out") from None
            raise


socket.socket = _Socket  # type: ignore[misc]
