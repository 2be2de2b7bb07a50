"""The virtual camera, found or made: look, plan, ask, carry out, look again.

Linux only; :mod:`vcam.system.setup.other_systems` says what to click on Windows and macOS.
"""

from vcam.system.setup.execute import carry_out
from vcam.system.setup.facts import Situation, look
from vcam.system.setup.plan import Plan, Step, plan, removal, script

__all__ = ["Plan", "Situation", "Step", "carry_out", "look", "plan", "removal", "script"]
