"""On Linux vcam publishes to the driver's device and to PipeWire, whichever there is."""

import numpy as np
import pytest

from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.outputs.automatic import FIRST_PAUSE_S, Automatic, Part
from vcam.outputs.viewers import UNKNOWN, Viewers

SIZE = Size(64, 36)
CARD = np.zeros((36, 64, 3), np.uint8)


class Camera:
    """An output that can be missing, refuse and fail."""

    def __init__(self, name: str) -> None:
        self.name, self.size = name, SIZE
        self.watched = Viewers(False, ())
        self.trouble: OutputError | None = None
        self.sent: list[Image] = []
        self.opened = self.closed = 0

    def open(self, size: Size, fps: float) -> "Camera":
        if self.trouble:
            raise self.trouble
        self.opened += 1
        return self

    def send(self, image: Image) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append(image)

    def viewers(self) -> Viewers:
        return self.watched

    def close(self) -> None:
        self.closed += 1


class Machine:
    def __init__(self) -> None:
        self.device, self.pipewire = (
            Camera("vcam (/dev/video10)"),
            Camera("vcam (PipeWire)"),
        )
        self.loaded = True
        """Whether the driver is, so that its device should open."""
        self.now_s = 0.0

    def opened(self) -> Automatic:
        parts = {
            "device": Part(self.device.open, lambda: self.loaded),
            "pipewire": Part(self.pipewire.open, lambda: False),
        }
        return Automatic(SIZE, 30, parts, clock=lambda: self.now_s)


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_both_show_the_same_pictures(machine: Machine) -> None:
    output = machine.opened()
    assert output.name == "vcam (/dev/video10) and vcam (PipeWire)"
    output.send(CARD)
    assert machine.device.sent[0] is machine.pipewire.sent[0] is CARD
    output.close()
    assert machine.device.closed == machine.pipewire.closed == 1


def test_the_most_impatient_readers_decide_how_often_a_picture_comes(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = machine.opened()
    assert output.longest_pause_s == float("inf")
    monkeypatch.setattr(machine.pipewire, "longest_pause_s", 0.25, raising=False)
    assert output.longest_pause_s == 0.25


@pytest.mark.parametrize("there", ["device", "pipewire"])
def test_one_is_enough(machine: Machine, there: str) -> None:
    other = machine.device if there == "pipewire" else machine.pipewire
    other.trouble = OutputError("There is none")
    machine.loaded = there == "device"
    output = machine.opened()
    assert output.name == getattr(machine, there).name
    output.send(CARD)
    output.close()
    assert other.closed == 0


def test_without_any_the_remedy_is_that_of_the_driver(machine: Machine) -> None:
    machine.device.trouble = OutputError("The driver is not loaded", "Run `vcam setup`")
    machine.pipewire.trouble = OutputError("There is no PipeWire")
    with pytest.raises(OutputError, match=r"driver is not loaded\. Run `vcam setup`"):
        machine.opened()


def test_a_device_that_refuses_is_told_beside_the_one_that_works(machine: Machine) -> None:
    machine.device.trouble = OutputError("vcam (/dev/video10) is already fed by obs")
    output = machine.opened()
    assert output.name == "vcam (PipeWire); vcam (/dev/video10) is already fed by obs"


def test_one_that_fails_during_a_call_leaves_the_other_on_air_and_comes_back(
    machine: Machine,
) -> None:
    output = machine.opened()
    machine.pipewire.trouble = OutputError("PipeWire has ended")
    output.send(CARD)
    assert (len(machine.device.sent), machine.pipewire.closed) == (1, 1)
    machine.pipewire.trouble = None
    output.send(CARD)
    assert machine.pipewire.opened == 1, "it is not looked for at every picture"
    machine.now_s += FIRST_PAUSE_S
    output.send(CARD)
    output.send(CARD)
    assert (len(machine.device.sent), len(machine.pipewire.sent)) == (4, 1)
    assert output.name == "vcam (/dev/video10) and vcam (PipeWire)"


def test_a_driver_that_is_loaded_later_is_found(machine: Machine) -> None:
    machine.device.trouble = OutputError("The driver is not loaded")
    output = machine.opened()
    machine.device.trouble = None
    machine.now_s += FIRST_PAUSE_S
    output.send(CARD)
    output.send(CARD)
    assert len(machine.device.sent) == 1


def test_when_both_fail_the_output_is_gone_and_nothing_is_closed_twice(
    machine: Machine,
) -> None:
    output = machine.opened()
    machine.pipewire.trouble = OutputError("PipeWire has ended")
    output.send(CARD)
    machine.device.trouble = OutputError("vcam (/dev/video10) is gone")
    with pytest.raises(OutputError, match="video10"):
        output.send(CARD)
    output.close()
    assert machine.device.closed == machine.pipewire.closed == 1


def test_a_bug_in_one_leaves_the_other_closed(machine: Machine) -> None:
    def broken(size: Size, fps: float) -> Camera:
        raise TypeError

    parts = {
        "device": Part(machine.device.open, lambda: True),
        "pipewire": Part(broken, lambda: False),
    }
    with pytest.raises(TypeError):
        Automatic(SIZE, 30, parts)
    assert machine.device.closed == 1


@pytest.mark.parametrize(
    ("device", "pipewire", "together"),
    [
        (Viewers(False, ()), Viewers(False, ()), Viewers(False, ())),
        (Viewers(True, ("zoom",)), Viewers(False, ()), Viewers(True, ("zoom",))),
        (
            Viewers(True, ("zoom",)),
            Viewers(True, ("Firefox",)),
            Viewers(True, ("Firefox", "zoom")),
        ),
        (Viewers(True, None), Viewers(True, ("Firefox",)), Viewers(True, None)),
        (UNKNOWN, Viewers(False, ()), UNKNOWN),
    ],
)
def test_who_watches_either_of_them_watches(
    machine: Machine, device: Viewers, pipewire: Viewers, together: Viewers
) -> None:
    machine.device.watched, machine.pipewire.watched = device, pipewire
    assert machine.opened().viewers() == together
