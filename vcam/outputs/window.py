"""A preview window.  Opened, shown and closed on the main thread, as desktops require."""

import subprocess
import sys

if sys.platform.startswith("linux"):
    from vcam.outputs.x11_window import X11Window as Window
else:
    from vcam.outputs.opencv_window import OpenCVWindow as Window

__all__ = ["Window", "window_opens"]

PROBE = "from vcam.outputs.x11 import X11; X11().close()"
PROBE_S = 20.0


def window_opens() -> bool:
    """Whether a window can be expected to open here."""
    if not sys.platform.startswith("linux"):
        return True
    # A display that does not answer is waited for without end: let it be another process.
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", PROBE],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
