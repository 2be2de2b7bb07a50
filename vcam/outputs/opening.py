"""From the options to the open virtual camera."""

from vcam.outputs import WatchedOutput
from vcam.outputs.options import OutputOptions


def open_output(options: OutputOptions) -> WatchedOutput:
    """Open the virtual camera; raises :class:`~vcam.errors.OutputError`."""
    from vcam.outputs.virtual_camera import VirtualCamera

    return VirtualCamera(options.size, options.fps, options.device)
