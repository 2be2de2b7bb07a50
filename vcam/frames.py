"""What passes through the pipeline: sizes, images, masks, frames.

Two rules for arrays and time that hold in every module.

**Pixels.** An :data:`Image` is ``uint8``, shape ``(height, width, 3)``, C-contiguous, in
BGR order, 0..255, from the source to the output.  A :data:`Mask` is ``float32``, shape
``(height, width)``, 0.0 room .. 1.0 person, at whatever resolution its maker works.  An
:data:`Alpha` is ``uint8``, shape ``(height, width)``, 0 room .. 255 person, at the frame's
size.  No stage writes into an array it was given; what a stage returns may be its own
buffer, valid until its next call.  Only segmenters, drivers and files convert.

**Time.** ``captured_s`` travels with the frame; whatever moves is a function of it.  Of a
live frame it is on the :func:`time.monotonic` clock, and nothing waits.  Of a recorded one
it is the position in the recording, and what moves waits for it, so that a run can be
repeated.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image: TypeAlias = NDArray[np.uint8]
    Mask: TypeAlias = NDArray[np.float32]
    Alpha: TypeAlias = NDArray[np.uint8]
else:

    def __getattr__(name: str) -> Any:
        # Made when first imported: what only needs a Size does not load NumPy.
        kind = {"Image": "uint8", "Mask": "float32", "Alpha": "uint8"}.get(name)
        if kind is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import numpy as np
        from numpy.typing import NDArray

        return globals().setdefault(name, NDArray[getattr(np, kind)])


class Size(NamedTuple):
    """Width and height in pixels, in that order, everywhere."""

    width: int
    height: int

    @classmethod
    def of(cls, array: "NDArray[np.generic]") -> Self:
        """The size of an image, mask or alpha."""
        return cls(int(array.shape[1]), int(array.shape[0]))

    def __str__(self) -> str:
        """As people write it: ``1280x720``."""
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture from a source and the moment it was taken."""

    image: "Image"
    index: int
    """Counts up by one per picture of a source; strictly increasing, gaps allowed."""
    captured_s: float
    """When the driver handed the picture over, in seconds; see **Time** above."""
    live: bool = True
    """Whether somebody waits for it now; ``False`` for a recording, read frame by frame."""
    small: "Image | None" = None
    """The same picture at about 640x360, averaged over areas, once it has been made."""
    lasts_s: float = 0.0
    """For how many seconds it is shown, of a recording; 0 where that is not known."""
    begun_s: float | None = None
    """When reading a live frame became work, such as decoding, after waiting for its
    time; ``None`` if that was when it was captured."""
