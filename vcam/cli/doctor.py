"""Say what this machine lacks for the main job, and how to fix it."""

import argparse
import subprocess
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vcam.cli.streams import tell, tell_json
from vcam.errors import VcamError
from vcam.translation import english, tr, tr_count

if TYPE_CHECKING:
    from vcam.system.doctor.finding import Finding

AGAIN = (sys.executable, "-P", "-m", "vcam", "doctor")
"""The command that looks once more."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help=tr("print it for programs"))
    how.add_argument(
        "--fix",
        action="store_true",
        help=tr(
            "fix what can be fixed: what is safe at once, everything else after asking"
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each finding; 1 when the main job cannot run."""
    from dataclasses import asdict

    from vcam.system.doctor import diagnose, healthy
    from vcam.system.doctor.host import Host

    with english() if arguments.json else nullcontext():
        findings = diagnose(Host(served_at=served_at))
    if arguments.json:
        report = {
            "healthy": healthy(findings),
            "findings": [asdict(finding) for finding in findings],
        }
        tell_json(report, indent=1)
    else:
        marks = _marks()
        tell(*(as_text(finding, marks) for finding in findings), "", _verdict(findings))
    if arguments.fix:
        return _fix(findings)
    return 0 if healthy(findings) else 1


def served_at() -> str | None:
    """Where the vcam that runs serves the picture, without the secret part of the address.

    Empty when it does not, or does not answer; ``None`` when no vcam of this user runs.
    """
    from vcam.control.client import NotRunningError, ask

    try:
        address = ask("status").get("served")
    except NotRunningError:
        return None
    except VcamError:
        return ""
    return urlsplit(address).netloc if isinstance(address, str) else ""


def _fix(findings: "tuple[Finding, ...]") -> int:
    """Fix them, and look again: in another process, which sees what was installed."""
    from vcam.cli.fixing import fix
    from vcam.system.doctor import healthy

    if not fix(findings):
        if any(finding.mark != "✓" for finding in findings):
            tell("", tr("Nothing of this can be fixed by vcam itself."))
        return 0 if healthy(findings) else 1
    tell("", tr("This is how it looks now:"), "")
    sys.stdout.flush()
    return subprocess.run(AGAIN, check=False).returncode


def as_text(finding: "Finding", marks: dict[str, str]) -> str:
    """One line: mark, what was checked, what was found, and the remedy."""
    stop = "" if finding.what.endswith(("?", "!", "…")) else "."
    remedy = f"{stop} {finding.remedy}" if finding.remedy else ""
    return f"{marks[finding.mark]} {tr(finding.check)}: {finding.what}{remedy}"


def _marks() -> dict[str, str]:
    """Letters where the terminal has no such signs."""
    try:
        "✓✗".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        words = {"✓": tr("ok"), "✗": tr("FAIL"), "!": tr("note")}
        width = max(map(len, words.values()))
        return {mark: word.ljust(width) for mark, word in words.items()}
    return {mark: mark for mark in "✓✗!"}


def _verdict(findings: "tuple[Finding, ...]") -> str:
    from vcam.system.doctor import healthy

    if healthy(findings):
        return tr("vcam can run here: `vcam run --background blur`")
    failing = [finding.check for finding in findings if finding.mark == "✗"]
    if {"OpenCV", "engine"} & {*failing}:  # the demo would not run, either
        return tr_count(
            "One thing stops vcam here.", "{count} things stop vcam here.", len(failing)
        )
    return tr_count(
        "One thing stops vcam here. `vcam demo` needs neither camera nor driver.",
        "{count} things stop vcam here. `vcam demo` needs neither camera nor driver.",
        len(failing),
    )
