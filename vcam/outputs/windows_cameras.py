"""Windows: the virtual cameras that are installed, and how one of them is opened.

OBS Studio brings one, for one program at a time.  UnityCapture brings one or more, which
have the names that whoever installed them gave.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from vcam.errors import NotSetUpError, OutputError
from vcam.printable import printable
from vcam.registry import registry_value
from vcam.translation import quoted, tr, tr_list, translatable

log = logging.getLogger(__name__)

OBS_NAME = "OBS Virtual Camera"
"""What OBS calls its camera, on Windows and macOS."""
OBS = r"HKCR\CLSID\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}"
"""The registry key of OBS's DirectShow filter."""
UNITY_CAPTURE = r"HKCR\CLSID\{{5C2CD55C-92AD-4999-8666-912BD3E700{number:02X}}}"
"""The registry keys of UnityCapture's, for 64-bit programs."""
UNITY_CAPTURES = (0x10, *range(0x12, 0x20))
"""Their numbers; 0x11 is the properties page of the filters."""
LIBRARY = "InprocServer32"
"""The key below that names the file of a filter: who is without it is not installed."""
RETRY_S, LET_GO_S = 0.05, 0.6
"""A program that shows OBS's camera keeps the memory of who fed it until it reads again:
after a change of size vcam has to try for a moment to have it anew."""
DUPLICATES = 10
"""After as many equal pictures OBS's filter takes its source for dead, and shows for one
picture what happens to be in its memory (``video_queue_read`` in OBS's source)."""

INSTALL = translatable(
    "Install OBS Studio: run `winget install OBSProject.OBSStudio`, or download it "
    "from https://obsproject.com; start it once, click 'Start Virtual Camera', "
    "then 'Stop Virtual Camera', and close it"
)
INSTALL_UNITY = translatable(
    "Install UnityCapture from https://github.com/schellingb/UnityCapture: run "
    "Install.bat in its Install folder as administrator"
)
STOP_OBS = translatable(
    "If OBS runs, click 'Stop Virtual Camera' in it; if not, choose another camera in your "
    "call for a moment, then this one again"
)
VISUAL_CPP = translatable(
    "Install Microsoft's Visual C++ runtime: run `winget install "
    "Microsoft.VCRedist.2015+.x64`, or get it from "
    "https://aka.ms/vs/17/release/vc_redist.x64.exe"
)
"""What Windows comes without, and pyvirtualcam and the engines need."""
NOT_FOUND = "DLL load failed"
"""What Python says when a library that a package needs is missing, on every Windows."""

T = TypeVar("T")

_closed_s: dict[str, float] = {}
"""When this process last closed a camera, by its backend."""


class Installed(NamedTuple):
    """A virtual camera that call programs list."""

    name: str
    """As they list it."""
    backend: str
    """pyvirtualcam's word for its kind: ``obs`` or ``unitycapture``."""


def installed(
    value: Callable[[str, str], str | None] = registry_value,
) -> tuple[Installed, ...]:
    """What is installed, OBS's first.  ``value`` reads the registry."""
    keys = [UNITY_CAPTURE.format(number=number) for number in UNITY_CAPTURES]
    there = [key for key in keys if value(rf"{key}\{LIBRARY}", "")]
    unity = [(value(key, "") or "").strip() for key in there]
    obs = [OBS_NAME] if value(rf"{OBS}\{LIBRARY}", "") else []
    return (
        *(Installed(name, "obs") for name in obs),
        *(Installed(name, "unitycapture") for name in unity if name),
    )


def usual_name(device: str = "", found: Sequence[Installed] | None = None) -> str:
    """The name of the camera that vcam publishes to if ``device`` is chosen.

    OBS's if nothing is installed.
    """
    known = installed() if found is None else found
    chosen = [each for each in known if device.casefold() in _words(each)] or known
    return chosen[0].name if chosen else OBS_NAME


def longest_pause_s(camera: Installed, fps: float) -> float:
    """How long programs bear without a picture from ``camera``, opened for ``fps``.

    OBS's filter reads as often as it was told that pictures come.  The clock of Windows
    may let a wait last 16 ms longer.
    """
    return 0.7 * DUPLICATES / fps if camera.backend == "obs" else float("inf")


def opened(
    device: str,
    open_camera: Callable[[Installed], T],
    found: Sequence[Installed],
) -> tuple[Installed, T]:
    """Open the one that ``device`` names, or the first that opens, and say which.

    ``open_camera`` raises what pyvirtualcam raises.  It is tried for ``LET_GO_S`` where
    vcam itself has just let the camera go.
    Raises :class:`~vcam.errors.OutputError` with a remedy.
    """
    refusals: list[OutputError] = []
    for camera in _wanted(device, found):
        try:
            driver = _patiently(camera, open_camera)
        except ImportError as error:
            raise _not_loaded(error) from error
        except (RuntimeError, ValueError, KeyError) as error:
            refusals.append(_refused(camera, error))
            continue
        for refusal in refusals:
            log.warning("%s; publishing to %s instead", refusal.what, camera.name)
        return camera, driver
    raise refusals[0]


def closed(camera: Installed) -> None:
    """``camera`` has been closed by this process."""
    _closed_s[camera.backend] = time.monotonic()


def _patiently(camera: Installed, open_camera: Callable[[Installed], T]) -> T:
    until_s = _closed_s.get(camera.backend, float("-inf")) + LET_GO_S
    while True:
        try:
            return open_camera(camera)
        except RuntimeError as error:
            if not _in_use(error) or time.monotonic() >= until_s:
                raise
            time.sleep(RETRY_S)


def _wanted(device: str, found: Sequence[Installed]) -> list[Installed]:
    """Those that ``device`` may mean; raises if none is there."""
    if not device and found:
        return list(found)
    word = device.casefold()
    if named := [each for each in found if word in _words(each)]:
        return named[:1]
    if word in ("obs", OBS_NAME.casefold()):
        raise NotSetUpError(tr("{name} is not installed", name=OBS_NAME), tr(INSTALL))
    if word == "unitycapture":
        raise NotSetUpError(
            tr("{name} is not installed", name="UnityCapture"), tr(INSTALL_UNITY)
        )
    if not found:
        raise NotSetUpError(
            tr("neither OBS Virtual Camera nor UnityCapture is installed"), tr(INSTALL)
        )
    raise OutputError(
        tr("There is no virtual camera {name}", name=quoted(device)),
        tr("There is: {cameras}", cameras=tr_list(printable(each.name) for each in found)),
    )


def _words(camera: Installed) -> tuple[str, str]:
    """What ``--device`` calls it."""
    return camera.name.casefold(), camera.backend


def _in_use(error: Exception) -> bool:
    # All that pyvirtualcam says of it; it comes of the memory being there already.
    return "could not be started" in str(error)


def _refused(camera: Installed, error: Exception) -> OutputError:
    if camera.backend == "obs" and _in_use(error):
        return OutputError(
            tr("{name} is in use by another program", name=camera.name), tr(STOP_OBS)
        )
    return not_opened(error, tr("Restart the computer"))


def not_opened(error: Exception, remedy: str) -> OutputError:
    """What pyvirtualcam says on opening, in one line."""
    said = " / ".join(line.strip() for line in str(error).splitlines())
    return OutputError(
        tr("The virtual camera does not open: {reason}", reason=said), remedy
    )


def _not_loaded(error: ImportError) -> OutputError:
    if NOT_FOUND in str(error):
        return not_opened(error, tr(VISUAL_CPP))
    return not_opened(error, tr("Run `{command}`", command="vcam doctor"))
