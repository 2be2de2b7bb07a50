"""What the menu offers when something is missing: to see what, and to set it up."""

from collections.abc import Iterator, Sequence

from vcam.translation import tr
from vcam.tray.actions import Task
from vcam.tray.menu_items import SEPARATOR, Line, shortened, submenu, task
from vcam.tray.model import Entry


def cures(trouble: bool, not_set_up: bool, steps: Sequence[str]) -> Iterator[Line]:
    """For the top; ``steps``: what ``vcam setup`` would do, asking for root's password."""
    if not_set_up and steps:
        yield _setup(steps)
    elif not_set_up:
        yield task(tr("How to set up the virtual camera…"), Task.SETUP_COMMANDS)
    if trouble:
        yield Line(Entry(tr("What is missing?"), key="missing"), Task.DIAGNOSE)


def upkeep(not_set_up: bool, steps: Sequence[str]) -> Iterator[Line]:
    """For the bottom, where it is not at the top: pictures go out, and still not all is
    set up, for example the driver after a restart."""
    if steps and not not_set_up:
        yield _setup(steps)


def _setup(steps: Sequence[str]) -> Line:
    return submenu("set-up", tr("Set up the virtual camera…"), _steps(steps))


def _steps(steps: Sequence[str]) -> Iterator[Line]:
    """First what will be done, then the entry that does it."""
    for number, step in enumerate(steps, 1):
        label = shortened(f"{number}. {step[:1].upper()}{step[1:]}", 60)
        yield Line(Entry(label, key=f"step {number}", enabled=False))
    yield SEPARATOR
    yield task(tr("Show the commands…"), Task.SETUP_COMMANDS)
    yield task(tr("Do this now, with your password…"), Task.SETUP)
