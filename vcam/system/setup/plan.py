"""What has to be done: a pure function of the facts.

A plan is a list of steps, each a piece of shell script with its reason.  The text that is
shown is also the text that is run, and that the tests run.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vcam.system.autostart.linux import ICON
from vcam.system.setup.by_hand import BY_HAND
from vcam.system.setup.facts import CONTROL, MARK, SEARCHED, Facts, Module
from vcam.system.setup.options import Device, compose, line, parse, with_ours
from vcam.system.setup.packages import BUILD, BUILD_ELSEWHERE, INSTALL
from vcam.translation import tr
from vcam.v4l2.nodes import OUR_LABEL

DRIVER = "v4l2loopback"
"""The name of the kernel module."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    why: str
    """In a few words, for people, for example ``load the driver``."""
    shell: str
    as_root: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in their order, or the obstacle to them."""

    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
    """Notes for the user."""
    obstacle: str = ""
    """What the user has to do first; there are no steps then."""


class Obstacle(Exception):  # noqa: N818 - it ends the making of a plan
    """What the user has to do first."""


def script(steps: Sequence[Step], *, as_root: bool) -> str:
    """The steps as shell, each under its reason; "" when there are none."""
    chosen = [
        f"# {' '.join(step.why.split())}\n{step.shell}"
        for step in steps
        if step.as_root is as_root
    ]
    if chosen and as_root:
        chosen.insert(0, f"PATH=$PATH:{SEARCHED}")
    return "\n".join(chosen)


def plan(now: Facts) -> Plan:
    """The plan that creates our virtual camera, keeps it, and makes launchers show vcam."""
    try:
        steps = [*_driver(now), *_persistence(now), *_camera(now), *_permission(now)]
    except Obstacle as obstacle:
        return Plan(obstacle=str(obstacle))
    if now.family == "nixos" and any(step.as_root for step in steps):
        return Plan(obstacle=tr(BY_HAND["nixos"]))
    notes = []
    if now.secure_boot and now.module is not Module.LOADED:
        notes.append(
            tr(
                "Secure Boot is on: the kernel loads only modules signed with a key that "
                "the firmware knows. {remedy}.",
                remedy=now.secure_boot,
            )
        )
    if any(camera.ours and camera.forbidden for camera in now.cameras) and now.in_group:
        notes.append(tr("Log out and in again: then you may use the virtual camera."))
    return Plan((*steps, *_launcher(now)), tuple(notes))


def menu_entry(now: Facts) -> Plan:
    """The part of :func:`plan` that needs no root and no driver."""
    return Plan(tuple(_launcher(now)))


def menu_removal(now: Facts) -> Plan:
    """The part of :func:`removal` that needs no root."""
    return Plan(tuple(_without_launcher(now)))


def removal(now: Facts) -> Plan:
    """The plan that removes our virtual camera and everything that vcam has written."""
    steps = []
    if now.written or now.edited:
        try:
            steps += _without_camera(now)
        except Obstacle as obstacle:
            return Plan(obstacle=str(obstacle))
    if now.written:
        files = shlex.join(map(str, sorted(now.written)))
        # Last, so that if unloading the driver fails, another try still knows what is ours.
        steps.append(Step(tr("remove what vcam has written"), f"rm -f {files}"))
    steps += _without_launcher(now)
    notes = []
    if steps and now.module is not Module.MISSING:
        notes.append(tr("The driver v4l2loopback stays installed."))
    notes += [
        tr(
            "{file} stays, because somebody has edited it: remove vcam's lines yourself.",
            file=file,
        )
        for file in sorted(now.edited)
    ]
    ours = [camera for camera in now.cameras if camera.ours]
    if now.written and ours and not any(DRIVER in step.shell for step in steps):
        notes.append(
            tr(
                "{name} ({path}) stays until the next start of the computer: this version "
                "of the driver cannot remove one of several devices.",
                name=ours[0].label,
                path=ours[0].path,
            )
        )
    return Plan(tuple(steps), tuple(notes))


def _driver(now: Facts) -> Iterator[Step]:
    if now.module is Module.KERNEL_REPLACED:
        raise Obstacle(
            tr(
                "There are no modules for the running kernel {release}: it has been "
                "updated, or this is a container. Restart the computer (in a container: "
                "work on its host), and run `vcam setup` again.",
                release=now.release,
            )
        )
    if now.module is Module.MISSING:
        install = INSTALL.get(now.family)
        if install is None:
            raise Obstacle(tr(BY_HAND[now.family]))
        yield Step(tr("install the driver"), install.format(release=now.release))
    elif now.module is Module.UNBUILT:
        build = BUILD.get(now.family, BUILD_ELSEWHERE).format(release=now.release)
        yield Step(tr("build the driver for the running kernel"), build)


def _persistence(now: Facts) -> Iterator[Step]:
    """The files that create our device at every start, beside other programs' devices."""
    ours = now.options_file
    ours_counts = ours in now.written
    foreign = [
        (file, text) for file, text in now.options if not ours_counts or file != ours
    ]
    configured = parse(text for _, text in now.options)
    own = [camera.number for camera in now.cameras if camera.ours]
    wanted = with_ours(parse(text for _, text in foreign), now.numbers - {*own}, *own[:1])
    if not _covers(configured, wanted):
        options = line(wanted)
        later = [file for file, _ in foreign if file.name >= ours.name]
        if later:
            raise Obstacle(
                tr(
                    "{file} has options for {driver} that create no device for vcam, and "
                    "vcam does not change other programs' files. Put this line there "
                    "instead: {line}",
                    file=later[0],
                    driver=DRIVER,
                    line=options,
                )
            )
        _must_not_be_foreign(now, ours, options)
        why = tr("make the device for vcam at every start")
        if foreign:
            why = tr(
                "make the device for vcam at every start, together with what {file} asks "
                "for",
                file=foreign[0][0],
            )
        yield Step(why, _write(ours, [MARK, options]))
    if not now.at_every_start:
        _must_not_be_foreign(now, now.load_file, DRIVER)
        why = tr("load the driver at every start")
        yield Step(why, _write(now.load_file, [MARK, DRIVER]))


def _covers(configured: Sequence[Device], wanted: Sequence[Device]) -> bool:
    """Whether the wanted devices are configured already; ours with any number."""
    others = [device for device in wanted if not device.ours]
    return all(device in configured for device in others) and any(
        device.ours and device.exclusive for device in configured
    )


def _camera(now: Facts) -> Iterator[Step]:
    """The steps that create our device now."""
    if now.module is not Module.LOADED:
        yield Step(tr("load the driver"), f"modprobe {DRIVER}")
        return
    ours = [camera for camera in now.cameras if camera.ours]
    if any(camera.exclusive for camera in ours):
        return
    others = tuple(
        Device(camera.number, camera.label, camera.exclusive)
        for camera in now.cameras
        if not camera.ours
    )
    device = next(each for each in with_ours(others, now.numbers) if each.ours)
    if now.live:
        for camera in ours:
            _must_be_free(camera.label, camera.path, camera.users)
            delete = f"{CONTROL} delete {shlex.quote(camera.path)}"
            why = tr("remove {path}, which lacks exclusive_caps=1", path=camera.path)
            yield Step(why, delete)
        number = ours[0].number if ours else device.number
        add = f"{CONTROL} add -n {OUR_LABEL} -x 1 /dev/video{number}"
        yield Step(tr("make the device for vcam"), add)
        return
    for camera in now.cameras:
        _must_be_free(camera.label, camera.path, camera.users)
    yield Step(
        tr("reload the driver: this version makes devices only when it is loaded"),
        f"modprobe -r {DRIVER}\nmodprobe {DRIVER}"
        + (f" {shlex.join(compose(with_ours(others, now.numbers)))}" if others else ""),
    )


def _without_camera(now: Facts) -> list[Step]:
    ours = [camera for camera in now.cameras if camera.ours]
    for camera in ours:
        _must_be_free(camera.label, camera.path, camera.users)
    if now.module is Module.LOADED and len(ours) == len(now.cameras):
        why = tr("unload the driver, which has no other device")
        return [Step(why, f"modprobe -r {DRIVER}")]
    if not now.live:
        return []
    delete = (f"{CONTROL} delete {shlex.quote(camera.path)}" for camera in ours)
    return [Step(tr("remove the device for vcam"), each) for each in delete]


def _permission(now: Facts) -> Iterator[Step]:
    forbidden = any(camera.ours and camera.forbidden for camera in now.cameras)
    if forbidden and now.user and not now.in_group:
        yield Step(
            tr("let you use video devices, from your next login on"),
            f"usermod -aG video {shlex.quote(now.user)}",
        )


def _launcher(now: Facts) -> Iterator[Step]:
    if now.launcher_in_the_way:
        yield from _without_launcher(now)
    for file, content in now.launcher:
        if file.suffix == ICON.suffix:
            copy = f"mkdir -p {shlex.quote(str(file.parent))}\n"
            copy += shlex.join(["cp", str(ICON), str(file)])
            yield Step(tr("and show its icon"), copy, as_root=False)
        else:
            write = _write(file, content.splitlines())
            yield Step(tr("make launchers show vcam"), write, as_root=False)


def _without_launcher(now: Facts) -> Iterator[Step]:
    if now.launcher_written:
        files = shlex.join(map(str, sorted(now.launcher_written)))
        why = tr("remove the launcher's entry and icon")
        yield Step(why, f"rm -f {files}", as_root=False)


def _must_be_free(label: str, path: str, users: str) -> None:
    if users:
        raise Obstacle(
            tr(
                "{name} ({path}) is used by {programs}. Close it, and run `vcam setup` "
                "again.",
                name=label,
                path=path,
                programs=users,
            )
        )


def _must_not_be_foreign(now: Facts, file: Path, line: str) -> None:
    if file in now.foreign | now.edited:
        raise Obstacle(
            tr(
                "{file} is not as vcam writes it, and vcam does not change other programs' "
                "files. Add this line to it: {line}",
                file=file,
                line=line,
            )
        )


def _write(file: Path, lines: Sequence[str]) -> str:
    """A shell script that writes a file completely or not at all."""
    folder, place = shlex.quote(str(file.parent)), shlex.quote(str(file))
    new = shlex.quote(f"{file}.new")
    return "\n".join(
        [f"mkdir -p {folder}", f"cat > {new} <<'END'", *lines, "END", f"mv {new} {place}"]
    )
