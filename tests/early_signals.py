"""Ends many vcams at random moments after their start, and tells which ones complained.

Run by hand, as ``python tests/early_signals.py``: it takes a second for three of them.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
ENDS = ("SIGINT", "SIGTERM", "SIGHUP")
BEGUN = "import os, vcam.__main__ as it\nos.write(1, b'!')\nit.entry()"
"""What installers make the ``vcam`` command of, which tells when our code begins."""


def ended(words: list[str], how: str, after_s: float, home: Path) -> tuple[int, str]:
    """The exit status of a vcam that got the signal, and what it said about it."""
    quiet = {"HOME": str(home), "VCAM_RUNTIME_DIR": str(home / "run")}
    with subprocess.Popen(
        [sys.executable, "-c", BEGUN, *words],
        cwd=ROOT,
        env=os.environ | quiet,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as vcam:
        assert vcam.stdout is not None
        vcam.stdout.read(1)
        time.sleep(after_s)
        vcam.send_signal(getattr(signal, how))
        try:
            _, said = vcam.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            vcam.kill()
            return vcam.wait(), "it does not end"
    return vcam.returncode, said


def main() -> int:
    """Try it; 1 when one complained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--within-ms", type=float, default=150.0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what they inherit
    chance, statuses, complaints = random.Random(1), Counter[str](), 0
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        video = ["demo", "-o", str(home / "demo"), "--seconds", "100"]
        for _ in range(arguments.runs):
            words = chance.choice((["status"], ["run"], video, []))
            how, after_ms = chance.choice(ENDS), chance.uniform(0, arguments.within_ms)
            status, said = ended(words, how, after_ms / 1e3, home)
            statuses[f"{' '.join(words[:1]) or 'vcam':<8}{how:<8}{status}"] += 1
            if "Traceback" in said or "rror" in said or "does not end" in said:
                complaints += 1
                print(f"{words} {how} after {after_ms:.1f} ms: {status}\n{said}")
    for what, count in sorted(statuses.items()):
        print(f"{count:5} {what}")
    print(f"{complaints} of {arguments.runs} complained")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
