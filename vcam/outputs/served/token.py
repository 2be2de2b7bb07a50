"""The part of the address that nobody can guess, kept in a private file of the user.

It stays the same from start to start: a scene of OBS has the address in it.
"""

import re
import secrets
from pathlib import Path

from vcam import files
from vcam.errors import OutputError, VcamError
from vcam.local.runtime_folder import check_private
from vcam.translation import quoted, tr

TOKEN = re.compile(r"[0-9a-f]{32}")
"""128 random bits."""


def token_file() -> Path:
    """Where it is kept.  Without the file, the next start has another address."""
    from platformdirs import user_state_path

    return user_state_path("vcam", appauthor=False) / "served-token"


def kept_token() -> str:
    """The user's token; a new one when there is none.

    Raises :class:`~vcam.errors.OutputError` when others can read it, or when it cannot be
    kept.
    """
    file = token_file()
    try:
        check_private(file)
        found = file.read_text("ascii", "replace").strip()
        if TOKEN.fullmatch(found):
            return found
    except FileNotFoundError:
        pass
    except VcamError as error:
        what = tr("The picture is not served. {why}", why=error.what)
        raise OutputError(what, error.remedy) from error
    except OSError as error:
        raise _unusable(file, error) from error
    fresh = secrets.token_hex(16)
    try:
        files.write(file, f"{fresh}\n")
    except (OSError, RuntimeError) as error:
        raise _unusable(file, error) from error
    return fresh


def forget_token() -> None:
    """Have the next start make another one."""
    token_file().unlink(missing_ok=True)


def _unusable(file: Path, error: Exception) -> OutputError:
    why = getattr(error, "strerror", None) or error
    return OutputError(
        tr(
            "The picture is not served: its token cannot be kept in {file}: {why}",
            file=quoted(str(file)),
            why=why,
        ),
        tr("Check the folder's permissions and space"),
    )
