"""Whether the user has chosen anything yet, and has seen the welcome."""

import logging
from pathlib import Path

from vcam import files

log = logging.getLogger(__name__)


def is_first_start() -> bool:
    """Whether there are no settings, and the welcome was never seen."""
    return not files.there(files.settings_path()) and not files.there(_seen())


def note_welcome() -> None:
    """Remember that the welcome was seen, whatever the user did there."""
    try:
        files.write(_seen(), "The welcome was seen: `vcam welcome` opens it again.\n")
    except (OSError, RuntimeError) as error:
        log.warning("the welcome will be shown again: %s", error)


def _seen() -> Path:
    from platformdirs import user_state_path

    return user_state_path("vcam", appauthor=False) / "welcome-seen"
