"""Linux: which v4l2loopback device to publish to, and whether it is ready to be taken."""

from collections.abc import Sequence
from pathlib import Path

from vcam.errors import NotSetUpError, OutputError
from vcam.frames import Size
from vcam.reasons import reason
from vcam.translation import quoted, tr, tr_count
from vcam.v4l2.holders import Holder, others
from vcam.v4l2.nodes import OUR_LABEL, Node, announce_output, nodes, output_format, query
from vcam.v4l2.system import JOIN_GROUP, System

LOAD = "vcam setup"
"""The command that loads the driver and makes our device, after showing how."""
RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
"""The command that loads the driver again when it is stuck; no program may be using it."""

PUBLISHED = "YU12"
"""Pixel format that readers get: planar 4:2:0, which every call program accepts."""


def choose(wanted: str, system: System) -> Node:
    """The virtual camera meant by a path, number or label; empty: ours.

    Ours is the one labelled vcam, or else the only one there is; among several without
    that label none is guessed, because another program may rely on it.  Raises
    :class:`~vcam.errors.OutputError`.
    """
    found = [node for node in nodes(system) if node.loopback]
    if not wanted:
        return _usual(found, system)
    path = str(Path(wanted).resolve()) if wanted.startswith("/") else wanted
    for node in nodes(system):
        if path == node.path and not node.loopback:
            raise OutputError(
                tr("{path} is {name}, not a virtual camera", path=wanted, name=node.name),
                tr("Choose one of: {choices}", choices=_listed(found)),
            )
    words = wanted.casefold()
    by_path = [node for node in found if node.path == path or str(node.index) == wanted]
    by_label = [node for node in found if node.name.casefold() == words]
    by_part = [node for node in found if words in node.name.casefold()]
    fitting = by_path or by_label or by_part
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise OutputError(
            tr_count(
                "{name} fits {count} virtual camera: {cameras}",
                "{name} fits {count} virtual cameras: {cameras}",
                len(fitting),
                name=quoted(wanted),
                cameras=_listed(fitting),
            ),
            tr("Say which one by its path"),
        )
    if not found:
        raise _none(system)
    raise OutputError(
        tr("There is no virtual camera {name}", name=quoted(wanted)),
        tr("There is: {cameras}", cameras=_listed(found)),
    )


def loaded(system: System) -> bool:
    """Whether the driver is in the kernel."""
    return (system.sys / "module" / "v4l2loopback").exists()


def require(system: System) -> None:
    """Raise the error of a machine without the driver; no device is asked for anything."""
    if not loaded(system):
        raise _none(system)


def prepare(node: Node, system: System) -> None:
    """Make sure that the device can be written to.

    Raises :class:`~vcam.errors.OutputError` when it cannot: no permission, another
    program publishes to it, or the driver is stuck.
    """
    if isinstance(node.refusal, PermissionError):
        raise NotSetUpError(
            tr(
                "You are not allowed to use {name} ({path})", name=node.name, path=node.path
            ),
            tr(JOIN_GROUP),
        )
    there = others(system, node.path)
    writers = [each for each in there if each.write_only]
    if writers:
        raise busy(node, writers)
    if _outputs(node, system):
        return
    # Either somebody publishes, or v4l2loopback 0.12 has forgotten that nobody does.
    # Readers have buffers mapped; who has none and does not let the device go, writes.
    writers = [each for each in there if not each.streaming]
    if writers:
        raise busy(node, writers)
    try:
        announce_output(system, node.path)
    except OSError as error:
        raise _gone(node, error) from error
    if not _outputs(node, system):
        raise OutputError(
            tr("{name} ({path}) does not accept pictures", name=node.name, path=node.path),
            tr(
                "Another program may publish to it, or its format is kept: run `{first}`, "
                "or `{second}`",
                first=f"v4l2-ctl -d {node.path} -c keep_format=0",
                second=RELOAD,
            ),
        )


def verify(node: Node, size: Size, system: System) -> None:
    """Check that the driver uses our size and pixel format.

    While a program reads, the driver keeps the old size without reporting an error, and the
    reader would get torn pictures.  Raises :class:`~vcam.errors.OutputError`.
    """
    try:
        fourcc, taken = output_format(system, node.path)
    except OSError as error:
        raise _gone(node, error) from error
    if taken == size and fourcc == PUBLISHED:
        return
    who = ", ".join(map(str, others(system, node.path)))
    if who:
        remedy = tr(
            "Close {programs} and try again, or publish {size}", programs=who, size=taken
        )
    else:
        remedy = tr(
            "Close the program that reads it and try again, or publish {size}", size=taken
        )
    raise OutputError(
        tr(
            "{name} ({path}) stays at {mode} and does not take {size}",
            name=node.name,
            path=node.path,
            mode=f"{fourcc} {taken}",
            size=size,
        ),
        remedy,
    )


def leave(node: Node, system: System) -> None:
    """After closing, make the device usable for the next program; never raises."""
    try:
        if not query(system, node.path).outputs and not _not_reading(node, system):
            announce_output(system, node.path)
    except OSError:
        return


def busy(node: Node, writers: Sequence[Holder]) -> OutputError:
    """The error that says who publishes to the device."""
    who = ", ".join(map(str, writers))
    return OutputError(
        tr(
            "{name} ({path}) is already fed by {programs}",
            name=node.name,
            path=node.path,
            programs=who,
        ),
        tr("Stop that program, or choose another virtual camera"),
    )


def refused(node: Node, said: str, system: System) -> OutputError:
    """The error for a driver that does not take our format."""
    if there := _not_reading(node, system):
        who = ", ".join(map(str, there))
        return OutputError(
            tr(
                "{name} ({path}) is held by {programs}",
                name=node.name,
                path=node.path,
                programs=who,
            ),
            tr("Close that program"),
        )
    return OutputError(
        tr(
            "{name} ({path}) cannot be opened: {reason}",
            name=node.name,
            path=node.path,
            reason=said,
        ),
        _run(RELOAD),
    )


def _usual(found: Sequence[Node], system: System) -> Node:
    ours = [node for node in found if node.ours]
    if ours:
        # "vcam" before "vcam test", then the lowest number.
        return min(ours, key=lambda node: (node.name.casefold() != OUR_LABEL, node.index))
    if len(found) == 1:
        return found[0]
    if not found:
        raise _none(system)
    raise OutputError(
        tr_count(
            "There is {count} virtual camera and it is not labelled vcam: {cameras}",
            "There are {count} virtual cameras and none is labelled vcam: {cameras}",
            len(found),
            cameras=_listed(found),
        ),
        tr("Say which one, for example `{option}`", option=f"--device {found[0].path}"),
    )


def _none(system: System) -> OutputError:
    if (system.sys / "module" / "v4l2loopback").exists():
        return NotSetUpError(
            tr("The driver v4l2loopback is loaded, but has no device"), _run(RELOAD)
        )
    return NotSetUpError(
        tr("There is no virtual camera: the driver v4l2loopback is not loaded"),
        _run(LOAD),
    )


def _gone(node: Node, error: OSError) -> OutputError:
    return OutputError(
        tr(
            "{name} ({path}) cannot be asked: {reason}",
            name=node.name,
            path=node.path,
            reason=reason(error),
        ),
        _run(RELOAD),
    )


def _run(command: str) -> str:
    return tr("Run `{command}`", command=command)


def _outputs(node: Node, system: System) -> bool:
    try:
        return query(system, node.path).outputs
    except OSError as error:
        raise _gone(node, error) from error


def _not_reading(node: Node, system: System) -> list[Holder]:
    """Other programs that have the device open and do not just read from it."""
    return [other for other in others(system, node.path) if not other.streaming]


def _listed(found: Sequence[Node]) -> str:
    return ", ".join(f"{node.name} ({node.path})" for node in found) or tr("none")
