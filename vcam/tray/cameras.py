"""The submenu of cameras: the first one found, each by name, one that is missing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from vcam.imaging.file_types import named_like_a_file
from vcam.sources.camera_info import CameraInfo
from vcam.sources.listing import matching
from vcam.sources.opening import PATH, PRESENTER
from vcam.translation import tr, tr_count
from vcam.tray.actions import Change
from vcam.tray.menu_items import LONGEST, SEPARATOR, Line, marked, radio, shortened, submenu
from vcam.tray.model import Entry


def cameras(wanted: str, here: Sequence[CameraInfo], gone: Sequence[CameraInfo]) -> Line:
    """The submenu.  The chosen one is marked, even when it is not plugged in.

    ``gone`` are cameras that were plugged in earlier, kept for their names.
    """
    lines = tuple(_cameras(wanted, here, gone))
    return submenu("camera", tr("Camera"), lines, marked(lines))


def _cameras(
    wanted: str, here: Sequence[CameraInfo], gone: Sequence[CameraInfo]
) -> Iterator[Line]:
    found = matching(wanted, here) if wanted else []
    meant = found[0] if len(found) == 1 else None
    yield _camera("", tr("First camera found"), wanted == "")
    yield SEPARATOR
    names = Counter(camera.name for camera in here)
    for camera in here:
        notes = [camera.path] * (names[camera.name] > 1)
        notes += [tr("infrared")] * camera.infrared + [tr("virtual")] * camera.virtual
        label = _with_notes(camera.name, notes)
        # As the settings have it, so that a click on the marked one changes nothing.
        value = wanted if camera is meant else camera.identity
        yield _camera(value, label, camera is meant, key=camera.identity)
    if not here:
        yield Line(Entry(tr("No camera found"), key="none", enabled=False))
    if wanted and meant is None:
        yield _camera(wanted, _absent(wanted, len(found), gone), True)


def _camera(value: str, label: str, on: bool, key: str = "") -> Line:
    change = Change("source", value, "camera")
    return radio(key or value or "automatic", label, on, change)


def _absent(wanted: str, fitting_now: int, gone: Sequence[CameraInfo]) -> str:
    """What to call a chosen source that is not one of the cameras listed."""
    if wanted == PRESENTER:
        return tr("The drawn presenter")
    known = matching(wanted, gone)
    if known:
        return _with_notes(known[0].name, [tr("not plugged in")])
    is_file = PATH.match(wanted) or named_like_a_file(wanted)
    if is_file and not wanted.startswith("/dev/"):
        return Path(wanted).stem
    if fitting_now:
        return _with_notes(
            wanted, [tr_count("fits {count} camera", "fits {count} cameras", fitting_now)]
        )
    name = tr("The chosen camera") if ":" in wanted else wanted
    return _with_notes(name, [tr("not plugged in")])


def _with_notes(name: str, notes: Sequence[str]) -> str:
    if not notes:
        return name
    noted = f" ({', '.join(notes)})"
    return shortened(name, max(12, LONGEST - len(noted))) + noted
