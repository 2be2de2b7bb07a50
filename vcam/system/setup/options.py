"""The options of v4l2loopback, and the virtual cameras that they create."""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vcam.v4l2.nodes import OUR_LABEL, is_our_label

USUAL = 10
"""The usual number, ``/dev/video10``, so that webcams keep theirs."""
UNWRITABLE = re.compile(r"[\x00-\x1f\x7f\"'\\#,]")
"""Characters that a label in modprobe.d cannot contain."""
ANY = -1
"""The number that lets the kernel choose."""


@dataclass(frozen=True, slots=True)
class Device:
    """A virtual camera as options describe it."""

    number: int = ANY
    """The N of ``/dev/videoN``."""
    label: str = ""
    exclusive: bool = False
    """Whether it can be read or written, but never both, which browsers require."""

    @property
    def ours(self) -> bool:
        """Whether its label says that it is meant for vcam."""
        return is_our_label(self.label)


def parse(lines: Iterable[str]) -> tuple[Device, ...]:
    """The devices that lines of ``options v4l2loopback …`` create; later words win."""
    values: dict[str, str] = {}
    for line in lines:
        for word in _words(line)[2:]:
            name, _, value = word.partition("=")
            values[name] = value
    if not values:
        return ()
    numbers = [_number(text) for text in _list(values.get("video_nr", ""))]
    labels = _list(values.get("card_label", ""))
    exclusive = [text.lower() in "1y" for text in _list(values.get("exclusive_caps", ""))]
    # Without a count the driver creates one device per number, and at least one.
    count = _number(values.get("devices", ""))
    if count == ANY:
        numbered = [place + 1 for place, number in enumerate(numbers) if number >= 0]
        count = max([1, *numbered])
    return tuple(
        Device(
            numbers[place] if place < len(numbers) else ANY,
            # The driver's own name for a device without a label.
            labels[place] if place < len(labels) else f"Dummy video device (0x{place:04X})",
            exclusive[place] if place < len(exclusive) else False,
        )
        for place in range(count)
    )


def compose(devices: Sequence[Device]) -> tuple[str, ...]:
    """The options that create these virtual cameras, one word each, not quoted."""
    labels = ",".join(UNWRITABLE.sub("", device.label) for device in devices)
    return (
        f"devices={len(devices)}",
        "video_nr=" + ",".join(str(device.number) for device in devices),
        f"card_label={labels}",
        "exclusive_caps=" + ",".join(str(int(device.exclusive)) for device in devices),
    )


def line(devices: Sequence[Device]) -> str:
    """The options as a line of modprobe.d."""
    words = [word.split("=", 1) for word in compose(devices)]
    quoted = [f'"{value}"' if " " in value else value for _, value in words]
    options = [f"{name}={value}" for (name, _), value in zip(words, quoted, strict=True)]
    return " ".join(["options v4l2loopback", *options])


def with_ours(
    devices: Sequence[Device], taken: Iterable[int], number: int = USUAL
) -> tuple[Device, ...]:
    """``devices``, and among them one as vcam needs it.

    A new one gets the first number from ``number`` on that is neither used by them nor in
    ``taken``.
    """
    if any(device.ours for device in devices):
        return tuple(
            replace(device, exclusive=True) if device.ours else device for device in devices
        )
    used = {device.number for device in devices} | set(taken)
    free = next(each for each in range(number, number + 1000) if each not in used)
    return (*devices, Device(free, OUR_LABEL, exclusive=True))


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=False)
    except ValueError:  # a quotation mark that is not closed
        return line.split()


def _list(text: str) -> list[str]:
    return text.split(",") if text else []


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() else ANY
