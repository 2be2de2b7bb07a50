"""A private file that leads the browser to the served picture.

The address has a token in it, and other users can read command lines.
"""

import contextlib
import html
from pathlib import Path

from vcam import files
from vcam.errors import VcamError
from vcam.local.runtime_folder import runtime_folder
from vcam.system import browser_page
from vcam.translation import tr

PAGE = "served.html"
"""Its name in the runtime folder."""


def leading_to(address: str) -> Path:
    """The file, written for ``address``; raises :class:`~vcam.errors.VcamError`."""
    path = runtime_folder() / PAGE
    there = html.escape(address)
    page = (
        "<!doctype html><meta charset=utf-8><title>vcam</title>"
        f'<meta http-equiv=refresh content="0;url={there}"><a href="{there}">vcam</a>'
    )
    try:
        files.write(path, page)
    except OSError as error:
        what = tr("The page cannot be shown: {why}", why=error.strerror)
        raise VcamError(what) from error
    return browser_page.readable(path)


def forget() -> None:
    """Remove the file, if there is one."""
    with contextlib.suppress(OSError, VcamError):
        browser_page.forget(runtime_folder() / PAGE)
