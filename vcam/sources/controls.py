"""Keeps what the user has set on a camera: exposure, white balance, focus, zoom …

Cameras forget their controls when they are unplugged, and browsers reset them all when
they open a camera.  So vcam remembers the values of a camera it uses, by the camera's
identity, and sets them again when it opens the camera next.  Only controls at the driver's
default count as forgotten; other values were set in the meantime and are left alone.  If
several controls go back to their defaults at once while the camera is used, a browser has
reset them, and they count as forgotten, too.

Linux only: elsewhere the system or the maker's program keeps them.  A failure here never
prevents a camera from being used.
"""

import json
import logging
import time
from pathlib import Path
from typing import Protocol

from vcam import files
from vcam.sources.camera_info import CameraInfo
from vcam.v4l2.controls import Control, controls, set_control
from vcam.v4l2.system import System, opened

log = logging.getLogger(__name__)

EVERY_S = 20.0
"""Seconds between two readings of a camera in use, as an unplugged one cannot be read."""
PASSES = 3
"""Passes over the controls, as one may enable another: manual exposure its time."""

Values = dict[int, int]
"""Values by the number of the control."""


class Controls(Protocol):
    """The calls that a camera makes for its controls, all on the camera's thread."""

    def restore(self) -> None:
        """Called after opening."""

    def poll(self) -> None:
        """Called for every frame while it is used."""

    def remember(self) -> None:
        """Called before closing."""


class UserControls:
    """The controls of one opened camera."""

    def __init__(
        self, info: CameraInfo, system: System | None = None, state: Path | None = None
    ) -> None:
        """``state`` is the file with the values of all cameras."""
        self._info = info
        self._system = system or System()
        self._state = state
        self._polled_s = time.monotonic()
        self._refused: Values = {}
        # On other systems paths are numbers; a virtual camera's controls are its driver's.
        self._on = info.path.startswith("/") and not info.virtual

    def restore(self) -> None:
        """Set the values again that the camera has forgotten."""
        try:
            wanted = _load(self._path()).get(self._info.identity, {}) if self._on else {}
            if wanted:
                self._set(wanted)
        except OSError as error:
            # What is set is not known, so nothing is remembered later either.
            self._on = False
            log.info("the controls of %s cannot be set: %s", self._info.name, error)

    def poll(self) -> None:
        """Remember the values if it is time to."""
        if time.monotonic() - self._polled_s >= EVERY_S:
            self.remember()

    def remember(self) -> None:
        """Store the values, if any differs from the driver's default."""
        self._polled_s = time.monotonic()
        if not self._on:
            return
        try:
            with opened(self._system, self._info.path) as ask:
                found = [control for control in controls(ask) if control.settable]
            if found:
                self._save(found)
        except OSError as error:
            log.info("the controls of %s are not remembered: %s", self._info.name, error)

    def _set(self, wanted: Values) -> None:
        with opened(self._system, self._info.path) as ask:
            newer = {
                control.id
                for control in controls(ask)
                if control.settable and control.value != control.default
            }
            for _ in range(PASSES):
                left = [
                    control
                    for control in controls(ask)
                    if control.id not in newer
                    and control.settable
                    and wanted.get(control.id, control.value) != control.value
                ]
                self._refused = {}
                for control in left:
                    value = wanted[control.id]
                    try:
                        set_control(ask, control.id, value)
                        log.info("%s: %s is %d again", self._info.name, control.name, value)
                    except OSError as error:
                        self._refused[control.id] = value
                        log.info("%s: %s: %s", self._info.name, control.name, error)
                if len(left) == len(self._refused):
                    return

    def _save(self, found: list[Control]) -> None:
        cameras = _load(self._path())
        values: Values = {}
        # All are stored: values that an automatic mode has left are not defaults either.
        if any(control.value != control.default for control in found):
            values = {control.id: control.value for control in found}
        elif self._reset_at_once(found, cameras.get(self._info.identity, {})):
            return
        values |= self._refused
        if values == cameras.get(self._info.identity, {}):
            return
        cameras.pop(self._info.identity, None)
        if values:
            cameras[self._info.identity] = values
        _store(self._path(), cameras)

    def _reset_at_once(self, found: list[Control], kept: Values) -> bool:
        """Whether a program has reset all controls; people reset one after the other."""
        changed = [
            each for each in found if kept.get(each.id, each.default) != each.default
        ]
        return len(changed) > 1

    def _path(self) -> Path:
        return self._state or state_path()


def state_path() -> Path:
    """The file with the values, in the platform's folder for state."""
    from platformdirs import user_state_path

    return user_state_path("vcam", appauthor=False) / "controls.json"


def _load(path: Path) -> dict[str, Values]:
    """The values by identity; none if the file is missing or not ours."""
    try:
        cameras = json.loads(path.read_text("utf-8"))
        return {
            str(identity): {int(key, 16): int(value) for key, value in values.items()}
            for identity, values in cameras.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _store(path: Path, cameras: dict[str, Values]) -> None:
    table = {
        identity: {f"{key:#010x}": value for key, value in sorted(values.items())}
        for identity, values in cameras.items()
    }
    files.write(path, json.dumps(table, indent=1))
