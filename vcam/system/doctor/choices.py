"""Every system: what the user's settings choose, and what comes of it."""

import os
from collections.abc import Iterator

from vcam.errors import SettingsError
from vcam.local.channel import LOOPBACK, listen_for_browser
from vcam.masking.names import PREFERRED
from vcam.outputs.options import USUAL_PORT
from vcam.system.doctor.finding import Finding, Fix
from vcam.system.doctor.host import Host
from vcam.system.doctor.program import LITERT
from vcam.translation import tr, translatable

_, SLOWER = PREFERRED
"""The engine that takes more processor time for the same mask."""


def settings(host: Host) -> Iterator[Finding]:
    """vcam starts with them, and they do not keep what an older version has chosen."""
    try:
        mask = host.settings().mask
    except SettingsError as error:
        yield Finding("settings", False, error.what, error.remedy)
        return
    here = host.platform, host.machine
    if mask.engine == SLOWER and here in LITERT.systems:
        yield Finding(
            "settings",
            None,
            tr(
                "they choose the engine MediaPipe, which takes nearly twice the processor "
                "time; older versions wrote that by themselves"
            ),
            tr("Run `{command}`", command="vcam set engine=auto"),
            needed_for_main_job=False,
            fix=Fix((host.python, "-P", "-m", "vcam", "set", "engine=auto")),
        )


def served(host: Host) -> Iterator[Finding]:
    """Where programs of the user read what is on air; not the secret part of it."""
    try:
        port = host.settings().output.serve
    except SettingsError:  # the check of the settings says it
        return
    if not port:
        return
    now = host.served_at()
    where = f"{LOOPBACK}:{port}"
    if now:  # perhaps at another port than that of the settings
        what = tr("is at {where}; `vcam status` says the whole address", where=now)
        yield Finding(translatable("served picture"), True, what, needed_for_main_job=False)
    elif now is not None:
        yield Finding(
            translatable("served picture"),
            False,
            tr("is not at {where}, although vcam runs", where=where),
            tr("Run `{command}`, which says why", command="vcam status"),
            needed_for_main_job=False,
        )
    elif _is_free(port):
        what = tr("will be at {where} when vcam runs", where=where)
        yield Finding(translatable("served picture"), True, what, needed_for_main_job=False)
    else:
        yield Finding(
            translatable("served picture"),
            False,
            tr("cannot be at {where}: another program uses that port", where=where),
            tr(
                "End that program, or choose another port: `vcam set serve={port}`",
                port=port + 1 if port == USUAL_PORT else USUAL_PORT,
            ),
            needed_for_main_job=False,
        )


def policy(host: Host) -> Iterator[Finding]:
    """What the administrator has decided is understood, and is not the user's to change."""
    found = host.policy()
    if not found:
        return
    name = translatable("policy")
    if found.broken:
        remedy = tr("Tell your administrator: until it is mended, only a card is shown")
        yield Finding(name, False, found.broken, remedy)
        return
    rules = "; ".join(found.rules()) or tr("it says nothing")
    what = tr("{file} is kept: {rules}", file=found.file, rules=rules)
    yield Finding(name, True, what, needed_for_main_job=False)
    if host.platform != "win32" and os.access(found.file, os.W_OK) and os.geteuid() != 0:
        yield Finding(
            name,
            None,
            tr("{file} can be changed by you", file=found.file),
            tr(
                "It should be the administrator's: `sudo chown root {file}`",
                file=found.file,
            ),
            needed_for_main_job=False,
        )


def _is_free(port: int) -> bool:
    try:
        for listener in listen_for_browser(port):
            listener.close()
    except OSError:
        return False
    return True


CHECKS = (settings, policy, served)
