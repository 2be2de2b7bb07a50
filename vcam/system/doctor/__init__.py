"""What this machine lacks for the main job, and how exactly to fix it.

The main job is to show a person in front of the webcam on another background, in a virtual
camera.  Each check is a function of a :class:`~vcam.system.doctor.host.Host` that yields
findings.  To add one, write it in the file of its system and add it to its ``CHECKS``.
"""

import logging

from vcam.system.doctor import choices, linux, macos, program, windows
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.system.libraries import explained
from vcam.translation import tr, translatable

log = logging.getLogger(__name__)

SYSTEMS = {"linux": linux.CHECKS, "win32": windows.CHECKS, "darwin": macos.CHECKS}
"""The checks of each system."""


def diagnose(host: Host | None = None) -> tuple[Finding, ...]:
    """Run every check of this system; takes about two seconds and never raises."""
    host = host or Host()
    findings: list[Finding] = []
    for check in (*program.CHECKS, *SYSTEMS.get(host.platform, ()), *choices.CHECKS):
        try:
            findings.extend(check(host))
        except Exception as error:
            if isinstance(error, AttributeError | ImportError) and explained(error):
                continue  # the check of OpenCV says it
            # Machines with problems are expected here: one check must not hide the others.
            log.exception("the check %s failed", check.__name__)
            what = tr("could not be checked: {error}", error=error)
            findings.append(Finding(check.__name__, None, what, needed_for_main_job=False))
    if host.platform not in SYSTEMS:
        what = tr("vcam does not support the system {name}", name=repr(host.platform))
        remedy = tr("Use Linux, Windows or macOS")
        findings.append(Finding(translatable("system"), False, what, remedy))
    return tuple(findings)


def healthy(findings: tuple[Finding, ...]) -> bool:
    """Whether the main job can run."""
    return not any(each.ok is False and each.needed_for_main_job for each in findings)


__all__ = ["Finding", "Host", "diagnose", "healthy"]
