"""A peer on the session bus in pure Python, as small as the tray needs it."""
