"""Greys what the administrator's policy does not allow, whatever the menu offers."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from vcam.errors import PolicyError
from vcam.settings import Settings
from vcam.settings.policy import Policy
from vcam.translation import tr
from vcam.tray.actions import Change, Task
from vcam.tray.menu_items import Line, said


def limited(lines: Iterable[Line], settings: Settings, policy: Policy) -> Iterator[Line]:
    """``lines``; those that ask for what the policy refuses cannot be clicked."""
    for line in lines:
        if not policy:
            yield line
        elif line.lines is not None:
            yield replace(line, lines=tuple(limited(line.lines, settings, policy)))
        elif _refused(line, settings, policy):
            yield locked(line)
        else:
            yield line


def locked(line: Line) -> Line:
    """``line``, which cannot be clicked."""
    label = tr("{label} (locked)", label=line.entry.label)
    return Line(replace(line.entry, label=label, enabled=False))


def refuses(policy: Policy, before: Settings, after: Settings) -> bool:
    """Whether the policy does not allow that change."""
    try:
        policy.check(before, after)
    except PolicyError:
        return True
    return False


def reasons(policy: Policy) -> Iterator[Line]:
    """Why: a line of its own, since a menu has no room for it on each."""
    if policy and not policy.broken:  # which the headline says
        text = tr("What is locked, your administrator has decided.")
        yield from said("policy", " ".join(filter(None, (text, policy.contact))))


def _refused(line: Line, settings: Settings, policy: Policy) -> bool:
    if line.action is Task.OVERLAY:
        return "overlay" in policy.pinned or bool(policy.broken)
    change = line.action
    return isinstance(change, Change) and refuses(policy, settings, change(settings))
