"""Doctor, setup and start at login say everything in the user's language."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_machine import KERNEL, FakeMachine
from fake_video import Device
from translation_sources import untranslated

from vcam.errors import VcamError
from vcam.kernels import Choice
from vcam.outputs.programs import CHROME_SWITCH, FIREFOX_SWITCH
from vcam.system import autostart, libraries
from vcam.system.autostart import desktop_entry
from vcam.system.autostart.session import missing
from vcam.system.doctor import Finding, Host, diagnose
from vcam.system.doctor.host import Answer
from vcam.system.setup import Plan, execute, script
from vcam.system.setup.other_systems import findings, instructions
from vcam.translation import tr

pytestmark = [
    pytest.mark.usefixtures("pseudo"),
    pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell"),
]

NAMES = {
    "OBS",
    "OBS Virtual Camera",
    "OpenCV",
    "PipeWire",
    "LiteRT",
    "MediaPipe",
    "v4l2loopback",
    "vcam",
}
NAMES |= {"zoom", "Webcam", "libGL.so.1", "libgthread-2.0.so.0", KERNEL}
NAMES |= {"opencv-contrib-python", "pyvirtualcam"}
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(tmp_path)


def english(text: str, *values: str) -> list[str]:
    """What of ``text`` is neither translated nor a name, a path or a value."""
    text = re.sub("`⟧[^⟦]*⟦`", "", text)  # a command
    names = NAMES | {"", *values}
    return [
        part for part in untranslated(text) if re.split(r" ?\(?/", part)[0] not in names
    ]


def english_in(found: tuple[Finding, ...], *values: str) -> list[str]:
    texts = [text for each in found for text in (tr(each.check), each.what, each.remedy)]
    names = ("opencv-python", FIREFOX_SWITCH, CHROME_SWITCH.partition("/")[0])
    return [part for text in texts for part in english(text, *names, *values)]


def pretended(machine: FakeMachine, said: str = "") -> Host:
    """A host whose programs say ``said`` and fail, if that is not empty."""
    return replace(
        machine.host,
        python="/python",
        run=lambda command: Answer(1 if said else 0, said),
        installed=lambda: frozenset({"opencv-python", "opencv-contrib-python"}),
        kernels=lambda: Choice(None, ""),
        pipewire=lambda: True,
    )


def test_the_doctor_of_a_machine_without_anything(machine: FakeMachine) -> None:
    said = "libGL.so.1: cannot open shared object file"
    found = diagnose(pretended(machine, said))
    assert {each.check for each in found} > {"camera", "driver", "engine", "kernels"}
    assert not english_in(found, said)


@pytest.mark.parametrize(
    "prepare",
    [
        lambda machine: machine.write("usr/src/v4l2loopback-0.12.7/dkms.conf", ""),
        lambda machine: (machine.root / "lib/modules" / KERNEL).rename(
            machine.root / "lib/modules/6.2.0"
        ),
        lambda machine: (machine.install(), machine.write(SECURE_BOOT, b"\6\0\0\0\1")),
        lambda machine: (
            machine.load("card_label=Cam"),
            machine.write("version", "0.14.0"),
        ),
        lambda machine: machine.plug(0, Device(refusal=13)),
        lambda machine: machine.hold(4711, "zoom", machine.plug(0, Device()), maps=True),
        lambda machine: machine.hold(4711, "vcam", machine.plug(0, Device()), maps=True),
        lambda machine: machine.write("proc/1/comm", "wireplumber"),
    ],
    ids=[
        "unbuilt",
        "kernel-replaced",
        "secure-boot",
        "loaded",
        "forbidden",
        "busy",
        "ours",
        "pipewire",
    ],
)
def test_the_doctor_of_a_machine_with_one_thing_wrong(
    machine: FakeMachine, prepare: Callable[[FakeMachine], object]
) -> None:
    prepare(machine)
    found = diagnose(pretended(machine))
    values = ("v4l2loopback 0.12.7", "v4l2loopback 0.14.0", "Cam", "'Cam'")
    assert not english_in(found, *values)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_the_doctor_and_the_instructions_of_other_systems(
    machine: FakeMachine, platform: str
) -> None:
    host = replace(pretended(machine), platform=platform)
    found = findings(host)
    assert found and not english_in(found)
    steps = list(instructions(host, found))
    assert len(steps) > 2 and not [part for step in steps for part in english(step)]


def test_a_plan_and_its_script(machine: FakeMachine) -> None:
    machine.user = "me"
    machine.environ["DISPLAY"] = ":0"
    wanted = machine.plan()
    assert len(wanted.steps) == 6
    reasons = [line[2:] for as_root in (True, False) for line in comments(wanted, as_root)]
    assert len(reasons) == 6 and not [part for each in reasons for part in english(each)]


def comments(wanted: Plan, as_root: bool) -> list[str]:
    lines = script(wanted.steps, as_root=as_root).splitlines()
    return [line for line in lines if line.startswith("# ") and "Written by" not in line]


@pytest.mark.parametrize("release", ["plan9", "nixos"])
def test_what_somebody_has_to_do_first(machine: FakeMachine, release: str) -> None:
    machine.write("etc/os-release", f"ID={release}")
    assert machine.plan().obstacle.startswith("⟦") and not english(machine.plan().obstacle)


def test_what_stays_when_all_is_taken_away(machine: FakeMachine) -> None:
    machine.set_up()
    machine.write(
        "etc/modprobe.d/vcam.conf", machine.read("etc/modprobe.d/vcam.conf") + "#"
    )
    left = machine.removal()
    assert left.steps and left.notes
    assert not [part for step in left.steps for part in english(step.why)]
    assert not [part for note in left.notes for part in english(note)]


def test_commands_that_fail(machine: FakeMachine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.write("refuses", "")
    with pytest.raises(VcamError) as failed:
        machine.set_up()
    assert not english(failed.value.what) + english(failed.value.remedy)
    with pytest.raises(VcamError) as refused:
        execute(machine.plan(), {"PATH": ""}, root=False, terminal=False)
    assert not english(refused.value.what) + english(refused.value.remedy)

    def hang(*arguments: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("sh", 1)

    monkeypatch.setattr("subprocess.run", hang)
    with pytest.raises(VcamError) as hanging:
        execute(machine.plan(), machine.environ, root=True, terminal=False)
    assert not english(hanging.value.what) + english(hanging.value.remedy)


def test_start_at_login(machine: FakeMachine) -> None:
    session = machine.session
    file = machine.root / "home/.config/autostart/vcam.desktop"
    errors = []
    for on_system, service in (
        (session, True),
        (replace(session, platform="haiku"), False),
    ):
        with pytest.raises(VcamError) as caught:
            autostart.turn(True, on_system, service=service)
        errors.append(caught.value)
    file.parent.parent.mkdir(parents=True, exist_ok=True)
    file.parent.write_text("no folder")
    with pytest.raises(VcamError) as caught:
        autostart.turn(True, session)
    errors.append(caught.value)
    with pytest.raises(VcamError) as caught:
        desktop_entry.plain(("two\nlines",))
    errors.append(caught.value)
    said = [part for each in errors for part in english(each.what) + english(each.remedy)]
    assert said == ["graphical-session.target", "haiku", "'two\\nlines'"]
    assert not untranslated(missing(()))


def test_the_launchers_entry_has_every_language(
    machine: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        desktop_entry, "in_every_language", lambda text: {"de": "Über", "es": "a\\b"}
    )
    values = desktop_entry.values(desktop_entry.entry(("/vcam",)))
    assert values["Comment"] == "Be anywhere, from your own webcam"
    for key in ("GenericName", "Comment", "Keywords"):
        assert (values[f"{key}[de]"], values[f"{key}[es]"]) == ("Über", "a\\b")
    # Otherwise one that another version has written would not be recognised.
    assert "[de]" not in desktop_entry.entry(("/vcam",), autostart=True)


def test_a_missing_library(machine: FakeMachine) -> None:
    error = libraries.explained(ImportError("libGL.so.1: cannot open shared object file"))
    assert error is not None and not english(error.what)
    machine.write("etc/os-release", "ID=plan9\n")
    for files in (["libGL.so.1"], ["libnobody.so.1"]):
        remedy = libraries.remedy(files, machine.root)
        assert not english(remedy, "libgl1", "libnobody.so.1")
