"""Sets up the virtual camera: read the facts, plan, ask, execute, read them again.

Linux only; :mod:`vcam.system.setup.other_systems` says what to click on Windows and macOS.
"""

from vcam.system.setup.execute import execute
from vcam.system.setup.facts import Facts, facts_of_this_user, read_facts
from vcam.system.setup.plan import (
    Plan,
    Step,
    menu_entry,
    menu_removal,
    plan,
    removal,
    script,
)

__all__ = [
    "Facts",
    "Plan",
    "Step",
    "execute",
    "facts_of_this_user",
    "menu_entry",
    "menu_removal",
    "plan",
    "read_facts",
    "removal",
    "script",
]
