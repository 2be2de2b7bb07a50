"""``vcam doctor --fix``: does what is safe, and asks before everything else."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable

from vcam.cli.asking import agreed
from vcam.cli.streams import say, tell
from vcam.errors import VcamError
from vcam.reasons import reason
from vcam.system.doctor.finding import Asks, Finding, Fix
from vcam.system.setup.execute import LIMIT_S, elevation
from vcam.translation import tr, tr_count, tr_list, translatable

NOBODY_TO_ASK = translatable(
    "It was not done: nobody can be asked here. Run it in a terminal"
)


def fix(findings: Iterable[Finding]) -> bool:
    """Fix what can be fixed, each thing once; whether there was anything to fix."""
    fixes: dict[Fix, list[str]] = {}
    for each in findings:
        if each.fix is not None and each.ok is not True:
            fixes.setdefault(each.fix, []).append(each.check)
    for each_fix, checks in fixes.items():
        names = tr_list(map(tr, dict.fromkeys(checks)))
        try:
            _do(each_fix, names)
        except VcamError as error:
            say(f"vcam: {error}")
    return bool(fixes)


def _do(fix: Fix, names: str) -> None:
    terminal = sys.stdin is not None and sys.stdin.isatty()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    raised = elevation(os.environ, root=root, terminal=terminal) if fix.as_root else ()
    commands = [[*raised, *each] for each in (fix.command, fix.then) if each]
    shown = " && ".join(map(shlex.join, commands))
    tell("", tr("To fix {names}: {command}", names=names, command=shown))
    if fix.asks is Asks.US and not agreed(tr(NOBODY_TO_ASK)):
        return
    sys.stdout.flush()
    for command in commands:
        _run(command, fix.asks)


def _run(command: list[str], asks: Asks) -> None:
    try:
        status = subprocess.run(command, timeout=LIMIT_S, check=False).returncode
    except subprocess.TimeoutExpired as error:
        minutes = round(LIMIT_S / 60)
        what = tr_count(
            "It did not end within {count} minute",
            "It did not end within {count} minutes",
            minutes,
        )
        raise VcamError(what, tr("See what it waits for, and try again")) from error
    except OSError as error:
        what = tr(
            "{program} cannot be run: {reason}", program=command[0], reason=reason(error)
        )
        raise VcamError(what, tr("Install it first")) from error
    if status and asks is not Asks.ITSELF:  # which has said it
        raise VcamError(
            tr("It ended with status {status}", status=status),
            tr("Read its message above and fix the cause"),
        )
