"""The table of outputs, and how the options open one of them."""

import sys
from typing import TYPE_CHECKING, Protocol

from vcam.frames import Size
from vcam.outputs.nothing import Nothing

if TYPE_CHECKING:
    from vcam.outputs import WatchedOutput
    from vcam.outputs.options import OutputOptions


class OpenOutput(Protocol):
    """Opens an output for pictures of ``size``; usually the class itself.

    ``fps`` is a hint, ``device`` what follows the colon in ``--device KIND:DEVICE``, or
    empty.  Raises :class:`~vcam.errors.OutputError` with a remedy; native libraries are
    loaded here and not when the module is imported.
    """

    def __call__(self, size: Size, fps: float, device: str) -> "WatchedOutput":
        """The open output."""


def _pipewire(size: Size, fps: float, device: str) -> "WatchedOutput":
    from vcam.outputs.pipewire import PipeWire  # here: every command loads this file

    return PipeWire(size, fps, device)


OUTPUTS: dict[str, OpenOutput] = {
    "nothing": Nothing,
    "pipewire": _pipewire,
}
"""The outputs besides the virtual camera, by their kinds: add yours here.

A kind is what ``output.device`` and ``--device`` begin with; everything else that is
written there means a virtual camera of the system's driver.  Without anything, Linux has
:class:`~vcam.outputs.automatic.Automatic`.
"""


def open_output(options: "OutputOptions") -> "WatchedOutput":
    """Open what ``options.device`` names, and what serves the picture if that is wanted.

    Raises :class:`~vcam.errors.OutputError`.
    """
    from vcam.outputs.automatic import PARTS, Automatic, Part

    def device(size: Size, fps: float) -> "WatchedOutput":
        return _open_device(options)

    parts = {"device": Part(device, lambda: True)}
    if sys.platform == "linux" and not options.device:
        parts = dict(PARTS)
    return Automatic(options.size, options.fps, parts, options.serve)


def _open_device(options: "OutputOptions") -> "WatchedOutput":
    kind, _, device = options.device.partition(":")
    if kind.lower() in OUTPUTS:
        return OUTPUTS[kind.lower()](options.size, options.fps, device)
    from vcam.outputs.virtual_camera import VirtualCamera

    return VirtualCamera(options.size, options.fps, options.device)
