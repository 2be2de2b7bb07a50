"""Video for Linux: the few questions vcam asks the kernel about a ``/dev/videoN``.

Everything goes through one :class:`~vcam.v4l2.system.System`, so that tests answer from a
folder and a few tables instead of a kernel.  Nothing here starts a stream or switches a
camera's light on.  Numbers and layouts are those of ``linux/videodev2.h`` on 64-bit x86,
ARM and RISC-V; a few other machines number their requests otherwise.
"""
