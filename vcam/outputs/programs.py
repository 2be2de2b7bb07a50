"""Where call programs list the virtual camera, for people who have just set it up."""

import sys
from typing import NamedTuple

from vcam.outputs.nothing import is_nowhere
from vcam.outputs.windows_cameras import usual_name
from vcam.translation import tr, translatable

FIREFOX_SWITCH = "media.webrtc.camera.allow-pipewire"
"""Makes Firefox list PipeWire's cameras; to be set to ``true`` in ``about:config``."""
CHROME_SWITCH = "chrome://flags/#enable-webrtc-pipewire-camera"
"""The same for Chrome, Chromium, Edge and Brave."""


class Place(NamedTuple):
    """Where something is to be chosen."""

    program: str
    where: str


class Places(NamedTuple):
    """What to choose where."""

    camera: str
    """What programs call the virtual camera."""
    places: tuple[Place, ...]
    switches: tuple[Place, ...] = ()
    """What must be switched on before."""
    note: str = ""
    """What else there is to know."""


CALLS = (
    Place("Zoom", translatable("Settings > Video > Camera")),
    Place("Google Meet", translatable("More options > Settings > Video")),
    Place("Microsoft Teams", translatable("Settings > Devices > Camera")),
)


def places(output: str, system: str = sys.platform) -> Places:
    """What to choose where while vcam publishes to ``output``, as the status names it."""
    calls = tuple(Place(program, tr(where)) for program, where in CALLS)
    if not system.startswith("linux"):
        # Named by the driver that is installed; OBS's where none is yet.
        known = usual_name() if not output or is_nowhere(output) else output
        return Places(known, calls)
    if is_nowhere(output):
        note = tr("Nothing is published yet: start `vcam`, and choose it while it runs.")
        return Places("vcam", calls, note=note)
    if not output:
        note = tr("There is no virtual camera yet: the menu of vcam's icon has the cure.")
        return Places("vcam", calls, note=note)
    if "/dev/" in output:
        note = tr("A program that was open before vcam may have to be started again.")
        return Places("vcam", calls, note=note)
    switches = (
        Place(
            "Firefox",
            tr(
                "in about:config, {switch}: true; then start Firefox again",
                switch=FIREFOX_SWITCH,
            ),
        ),
        Place(
            "Chrome, Edge, Brave",
            tr("{switch}: Enabled, then Relaunch", switch=CHROME_SWITCH),
        ),
    )
    return Places(
        "vcam",
        calls,
        switches,
        tr(
            "OBS and GNOME's programs list it at once. Zoom's own program, Discord and "
            "most others need the driver: 'Set up the virtual camera…' in the menu of "
            "vcam's icon."
        ),
    )
