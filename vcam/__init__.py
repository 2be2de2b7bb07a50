"""vcam."""
