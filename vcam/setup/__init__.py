"""The virtual camera, found or made: look, plan, ask, carry out, look again.

Linux only; :mod:`vcam.setup.elsewhere` says what to click on Windows and macOS.
"""

from vcam.setup.carrying_out import carry_out
from vcam.setup.plan import Plan, Step, plan, removal, script
from vcam.setup.situation import Situation, look

__all__ = ["Plan", "Situation", "Step", "carry_out", "look", "plan", "removal", "script"]
