"""Executes a plan, as root where needed, after asking once for the password."""

import os
import shutil
import subprocess
from collections.abc import Mapping

from vcam.errors import VcamError
from vcam.reasons import reason
from vcam.system.setup.plan import Plan, script
from vcam.translation import tr

LIMIT_S = 1800.0
"""Seconds that the commands may take: building a driver takes minutes, and so may typing a
password."""


def elevation(environ: Mapping[str, str], *, root: bool, terminal: bool) -> tuple[str, ...]:
    """The command prefix to become root: none for root, else ``sudo`` or ``pkexec``.

    ``sudo`` asks in the terminal, ``pkexec`` in a window of the desktop.  Raises
    :class:`~vcam.errors.VcamError` when neither can ask.
    """
    if root:
        return ()
    path = environ.get("PATH", os.defpath)
    desktop = bool(environ.get("WAYLAND_DISPLAY") or environ.get("DISPLAY"))
    if terminal and (sudo := shutil.which("sudo", path=path)):
        return (sudo, "--")
    if (desktop or terminal) and (pkexec := shutil.which("pkexec", path=path)):
        return (pkexec,)
    raise VcamError(
        tr("Root's permission is needed, and neither sudo nor pkexec can ask for it here"),
        tr("Run the commands above as root"),
    )


def execute(plan: Plan, environ: Mapping[str, str], *, root: bool, terminal: bool) -> None:
    """Run the steps, those of root first; each command is printed before it runs.

    Raises :class:`~vcam.errors.VcamError` if one fails; those after it are not run.
    """
    for as_root in (True, False):
        text = script(plan.steps, as_root=as_root)
        if text:
            raised = elevation(environ, root=root, terminal=terminal) if as_root else ()
            _run([*raised, "/bin/sh", "-exc", text], environ)


def _run(command: list[str], environ: Mapping[str, str]) -> None:
    try:
        status = subprocess.run(
            command, env=dict(environ), timeout=LIMIT_S, check=False
        ).returncode
    except subprocess.TimeoutExpired as error:
        raise VcamError(
            tr(
                "The commands did not end within {minutes} minutes",
                minutes=f"{LIMIT_S / 60:.0f}",
            ),
            tr("See what the last one waits for, and run `vcam setup` again"),
        ) from error
    except OSError as error:
        raise VcamError(
            tr(
                "{command} cannot be run: {reason}",
                command=command[0],
                reason=reason(error),
            )
        ) from error
    if status in (126, 127) and command[0].endswith("pkexec"):
        raise VcamError(
            tr("Root's permission was not given"), tr("Nothing has been changed")
        )
    if status:
        raise VcamError(
            tr(
                "A command failed (status {status}); those after it were not run",
                status=status,
            ),
            tr("Read its message above, fix the cause, and run `vcam setup` again"),
        )
