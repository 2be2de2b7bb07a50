"""What can go wrong, in the user's words.

::

    VcamError
    ├── UsageError        a command or an argument makes no sense (exit status 2)
    ├── SettingsError     the settings file makes no sense (exit status 2)
    │   └── PolicyError   the administrator does not allow it (exit status 2)
    ├── SourceError       no camera, camera busy, camera unplugged, unreadable file
    ├── SegmenterError    the model is missing, will not load, or gave no valid mask
    ├── PictureError      a picture or video file is missing or broken
    ├── BackgroundError   the chosen one cannot be shown
    ├── OverlayError      what lies over the picture cannot be shown
    ├── OutputError       no virtual camera to publish to, or it went away
    │   └── NotSetUpError what `vcam setup` mends
    └── ControlError      no vcam runs, another one does, or it does not answer

A :class:`VcamError` is an expected failure: it is shown to the user, with a remedy, and
tried again.  Any other exception is a bug: the log gets the traceback, and vcam gives up
after several.
"""

from vcam.printable import message


class VcamError(Exception):
    """A failure with a remedy: ``what`` happened, with the value, and what to do.

    Both become one printable line of bounded length, whatever the value is.
    """

    def __init__(self, what: str, remedy: str = "") -> None:
        what, remedy = message(what), message(remedy)
        super().__init__(" ".join(map(_sentence, filter(None, (what, remedy)))))
        self.what = what
        self.remedy = remedy


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."


class UsageError(VcamError):
    """A command or an argument makes no sense."""


class SettingsError(VcamError):
    """The settings file makes no sense."""


class PolicyError(SettingsError):
    """The administrator's policy does not allow it."""


class SourceError(VcamError):
    """No camera, camera busy, camera unplugged, unreadable file."""


class SegmenterError(VcamError):
    """The model is missing, will not load, or gave no valid mask."""


class PictureError(VcamError):
    """A picture or video file is missing, broken, too large or of another kind."""


class BackgroundError(VcamError):
    """The chosen background cannot be shown."""


class OverlayError(VcamError):
    """What lies over the picture cannot be shown."""


class FontError(VcamError):
    """The chosen font cannot be read."""


class OutputError(VcamError):
    """No virtual camera to publish to, or it went away."""


class NotSetUpError(OutputError):
    """The virtual camera is missing, or may not be used: ``vcam setup`` mends it."""


class ControlError(VcamError):
    """No vcam runs, another one does, or the running one does not answer."""
