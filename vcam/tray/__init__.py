"""The icon in the tray: switch the background from where every desktop shows programs."""
