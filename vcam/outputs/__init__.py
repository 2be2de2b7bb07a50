"""Where finished pictures go: the virtual camera, a window, a file, an address, nowhere.

One kind per file.  An output is opened by its constructor at a fixed size and rate, which
hold for its life.  Nothing but the privacy gate calls :meth:`Output.send`.

The live camera publishes to a :class:`WatchedOutput`.  To add a kind, write a class in a
file of its own that is made from size, rate and device, and add a row to
:data:`vcam.outputs.opening.OUTPUTS`: options, ``--device``, its help and the tests of the
contract go through that table, and nothing else needs a change.
"""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from vcam.errors import OutputError
from vcam.frames import Size
from vcam.outputs.viewers import Viewers
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image


class Output(Protocol):
    """Takes finished pictures of exactly :attr:`size`.

    ``send`` raises :class:`~vcam.errors.OutputError` when the output is gone or refuses
    the picture; it does not keep ``image``.  ``close`` is called exactly once, last.
    """

    @property
    def name(self) -> str:
        """What the user calls it, for example ``vcam (/dev/video10)``."""

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""

    def send(self, image: "Image") -> None:
        """Publish one picture."""

    def close(self) -> None:
        """Release the device, window or file."""


class FileOutput(Output, Protocol):
    """An output that becomes a file when it is complete, and otherwise leaves nothing."""

    @property
    def written_size(self) -> Size:
        """The size of the file: for some kinds the outermost pixels are repeated."""

    @property
    def sound_trouble(self) -> str:
        """What part of the sound is left out, and why; empty if nothing is."""

    def show_at(self, time_s: float) -> None:
        """The next picture is shown at that time."""

    def cut_out_by(self, alpha: "Alpha | None") -> None:
        """The next picture, of a person over black, is transparent where ``alpha`` is 0."""

    def complete(self, lasts_s: float = 0.0) -> None:
        """All is there, and the last picture is shown that long: make the file."""


class WatchedOutput(Output, Protocol):
    """An output that other programs read, and that may know which."""

    def viewers(self) -> Viewers:
        """Who watches now; cheap enough to be asked several times a second.

        :data:`~vcam.outputs.viewers.UNKNOWN` where it cannot be known: the camera then
        runs all the time.
        """


@runtime_checkable
class Addressed(Protocol):
    """An output that programs of this user read at an address."""

    @property
    def address(self) -> str:
        """The address, a secret; empty while there is none."""


@runtime_checkable
class Serving(Protocol):
    """An output beside which the pictures can be served at an address."""

    def serve(self, port: int) -> None:
        """Serve the pictures at ``port`` of this machine from now on; 0: no longer."""


@runtime_checkable
class Impatient(Protocol):
    """An output whose readers take a short silence for its end."""

    @property
    def longest_pause_s(self) -> float:
        """How long they bear without a picture; infinite if what vcam does suffices."""


def longest_pause_s(output: Output) -> float:
    """How long the readers of ``output`` bear without a picture."""
    return output.longest_pause_s if isinstance(output, Impatient) else float("inf")


def address_of(output: Output) -> str:
    """The address at which programs of this user read the pictures, where there is one."""
    return output.address if isinstance(output, Addressed) else ""


def serve(output: Output, port: int) -> None:
    """Have the pictures served at ``port``, where the output can; nothing if it is so."""
    if isinstance(output, Serving):
        output.serve(port)


def check_picture(output: Output, image: "Image") -> None:
    """Raise :class:`~vcam.errors.OutputError` unless ``output`` takes such a picture."""
    size = output.size
    if image.dtype != "uint8" or image.shape != (size.height, size.width, 3):
        raise OutputError(
            tr(
                "{output} takes BGR pictures of {size}, not an array of {type} and shape "
                "{shape}",
                output=output.name,
                size=size,
                type=image.dtype,
                shape=image.shape,
            )
        )
