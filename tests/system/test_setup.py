"""``vcam setup`` on pretended machines: real plans, real shell, pretended commands."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import fake_video
import pytest
from fake_machine import KERNEL, FakeMachine

from vcam.cli import main
from vcam.cli import setup as command
from vcam.errors import VcamError
from vcam.system.autostart import desktop_entry, linux
from vcam.system.doctor.host import Answer, Host
from vcam.system.setup import Plan, execute, menu_entry
from vcam.system.setup.execute import elevation
from vcam.system.setup.options import Device, line, parse, with_ours

ROOT = Path(__file__).parents[2]
OPTIONS = "etc/modprobe.d/vcam.conf"
LOADS = "etc/modules-load.d/vcam.conf"
OURS = "devices=1 video_nr=10 card_label=vcam exclusive_caps=1"
OBS = 'options v4l2loopback devices=1 video_nr=9 card_label="OBS Virtual Camera"\n'
LOAD_OBS = "devices=1;video_nr=9;card_label=OBS Virtual Camera;exclusive_caps=1"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    return FakeMachine(tmp_path)


def test_a_fresh_machine_gets_all_it_needs_and_gives_it_back(machine: FakeMachine) -> None:
    before = machine.files()
    machine.set_up()
    assert machine.log == [
        "apt-get update",
        f"apt-get install -y v4l2loopback-dkms linux-headers-{KERNEL}",
        "modprobe v4l2loopback",
    ]
    assert machine.cameras == [(10, "vcam", True)]
    assert machine.read(OPTIONS).splitlines()[1:] == [f"options v4l2loopback {OURS}"]
    assert machine.read(LOADS).splitlines()[1:] == ["v4l2loopback"]
    machine.remove()
    assert machine.cameras == []
    assert machine.files() == before


def test_after_a_restart_the_device_is_there_again(machine: FakeMachine) -> None:
    machine.set_up()
    machine.restart()
    assert machine.cameras == [(10, "vcam", True)]


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("ID=fedora", "dnf install -y akmod-v4l2loopback kernel-devel-"),
        ("ID=linuxmint\nID_LIKE='ubuntu debian'", "apt-get install -y v4l2loopback-dkms"),
        ("ID=endeavouros\nID_LIKE=arch", "pacman -S --needed --noconfirm v4l2loopback"),
        ('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', "zypper --non-interactive"),
    ],
)
def test_the_driver_comes_the_way_of_the_distribution(
    machine: FakeMachine, release: str, expected: str
) -> None:
    machine.write("etc/os-release", release)
    machine.set_up()
    assert any(line.startswith(expected) for line in machine.log)


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        ("ID=plan9", "distributions"),
        ("ID=nixos", "configuration"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"', "distributions"),
    ],
)
def test_a_distribution_that_must_be_served_by_hand_is_explained(
    machine: FakeMachine, release: str, expected: str
) -> None:
    machine.write("etc/os-release", release)
    wanted = machine.plan()
    assert expected in wanted.obstacle
    assert not wanted.steps


def test_a_system_whose_programs_are_read_only_is_explained(machine: FakeMachine) -> None:
    machine.write("etc/os-release", "ID=fedora")
    machine.write("run/ostree-booted", "")
    assert "rpm-ostree" in machine.plan().obstacle


def test_missing_headers_are_installed_and_the_driver_is_built(
    machine: FakeMachine,
) -> None:
    machine.write("usr/src/v4l2loopback-0.12.7/dkms.conf", "")
    machine.set_up()
    assert machine.log[:2] == [
        f"apt-get install -y linux-headers-{KERNEL}",
        f"dkms autoinstall -k {KERNEL}",
    ]


def test_a_replaced_kernel_wants_a_restart_first(machine: FakeMachine) -> None:
    (machine.root / "lib/modules" / KERNEL).rename(machine.root / "lib/modules/6.2.0")
    assert "Restart the computer" in machine.plan().obstacle


def test_an_old_driver_that_others_use_is_loaded_anew_with_their_device(
    machine: FakeMachine,
) -> None:
    machine.write("etc/modprobe.d/obs.conf", OBS)
    machine.load()
    machine.set_up()
    assert machine.log[0] == "modprobe -r v4l2loopback"
    assert machine.cameras == [(9, "OBS Virtual Camera", False), (10, "vcam", True)]
    assert machine.read("etc/modprobe.d/obs.conf") == OBS
    assert parse([machine.read(OPTIONS).splitlines()[1]])[0] == Device(
        9, "OBS Virtual Camera", False
    )
    machine.remove()
    assert machine.read("etc/modprobe.d/obs.conf") == OBS
    assert not (machine.root / OPTIONS).exists()


def test_an_old_driver_in_use_is_not_touched(machine: FakeMachine) -> None:
    machine.load(LOAD_OBS)
    machine.hold(4711, "obs", str(machine.root / "dev/video9"))
    wanted = machine.plan()
    assert "used by obs (process 4711)" in wanted.obstacle
    assert not wanted.steps


def test_a_new_driver_gets_our_device_beside_the_others_while_they_are_in_use(
    machine: FakeMachine,
) -> None:
    machine.load(LOAD_OBS, live=True)
    machine.hold(4711, "obs", str(machine.root / "dev/video9"))
    machine.set_up()
    assert machine.log == ["v4l2loopback-ctl add -n vcam -x 1 /dev/video10"]
    machine.remove()
    assert machine.log[1:] == [
        f"v4l2loopback-ctl delete {machine.root}/dev/video10",
    ]
    assert machine.cameras == [(9, "OBS Virtual Camera", True)]


@pytest.mark.parametrize(("label", "ours"), [("iVCam", False), ("My vcam", True)])
def test_only_a_device_with_our_name_as_a_word_is_ours(
    machine: FakeMachine, label: str, ours: bool
) -> None:
    machine.load(f"video_nr=3;card_label={label};exclusive_caps=1", live=True)
    machine.set_up()
    machine.remove()
    assert machine.cameras == ([] if ours else [(3, label, True)])


@pytest.mark.parametrize("live", [False, True])
def test_a_device_that_browsers_do_not_list_is_made_anew_with_its_number(
    machine: FakeMachine, live: bool
) -> None:
    machine.load("video_nr=7;card_label=vcam", live=live)
    machine.set_up()
    assert machine.cameras == [(7, "vcam", True)]
    assert "video_nr=7" in machine.read(OPTIONS)


def test_a_number_that_a_webcam_has_is_not_taken(machine: FakeMachine) -> None:
    machine.install()
    machine.plug(10, fake_video.Device())
    machine.set_up()
    assert machine.cameras == [(11, "vcam", True)]


def test_a_device_without_a_label_is_kept_beside_ours(machine: FakeMachine) -> None:
    machine.write("etc/modprobe.d/obs.conf", "options v4l2loopback video_nr=9\n")
    machine.load()
    machine.set_up()
    assert machine.cameras == [
        (9, "Dummy video device (0x0000)", False),
        (10, "vcam", True),
    ]


def test_options_that_are_read_after_ours_are_explained(machine: FakeMachine) -> None:
    machine.write("etc/modprobe.d/zz-obs.conf", OBS)
    machine.install()
    obstacle = machine.plan().obstacle
    assert "zz-obs.conf" in obstacle
    assert "video_nr=9,10" in obstacle


def test_another_file_that_makes_our_device_is_enough(machine: FakeMachine) -> None:
    own = f"options v4l2loopback {OURS}\n"
    machine.write("etc/modprobe.d/v4l2loopback.conf", own)
    machine.write("etc/modules", "v4l2loopback\n")
    machine.install()
    machine.set_up()
    assert machine.log == ["modprobe v4l2loopback"]
    assert not (machine.root / OPTIONS).exists()
    assert machine.removal() == Plan(), "vcam has written nothing"


def test_files_written_by_hand_under_our_name_stay(machine: FakeMachine) -> None:
    machine.write(OPTIONS, f"options v4l2loopback {OURS}\n")
    machine.write(LOADS, "v4l2loopback\n")
    machine.load()
    assert machine.plan() == Plan()
    assert machine.removal() == Plan()
    machine.write(OPTIONS, "options v4l2loopback video_nr=3\n")
    assert f"/{OPTIONS} has options" in machine.plan().obstacle


@pytest.mark.parametrize("name", [OPTIONS, LOADS])
def test_a_file_under_our_name_that_is_somebody_elses_is_not_touched(
    machine: FakeMachine, name: str
) -> None:
    machine.install()
    machine.write(name, "# mine\noptions uvcvideo quirks=2\n")
    before = machine.files()
    wanted = machine.plan()
    assert f"/{name} is not as vcam writes it" in wanted.obstacle
    assert "v4l2loopback" in wanted.obstacle and not wanted.steps
    assert machine.removal() == Plan()
    assert machine.files() == before


def test_a_line_that_somebody_adds_to_our_file_is_neither_overwritten_nor_removed(
    machine: FakeMachine,
) -> None:
    machine.set_up()
    edited = machine.read(OPTIONS) + "options uvcvideo quirks=2\n"
    machine.write(OPTIONS, edited)
    assert machine.plan() == Plan(), "our device is made all the same"
    machine.write("etc/modprobe.d/obs.conf", OBS)
    assert not machine.plan().steps
    (machine.root / "etc/modprobe.d/obs.conf").unlink()
    assert "somebody has edited it" in " ".join(machine.removal().notes)
    machine.remove()
    assert machine.read(OPTIONS) == edited
    assert not (machine.root / LOADS).exists()


def test_a_word_that_somebody_adds_to_our_line_is_not_removed(machine: FakeMachine) -> None:
    machine.set_up()
    edited = machine.read(OPTIONS).rstrip() + " max_buffers=4\n"
    machine.write(OPTIONS, edited)
    (machine.root / LOADS).unlink()
    removal = machine.removal()
    assert any("driver v4l2loopback stays installed" in note for note in removal.notes)
    machine.execute(removal)
    assert machine.read(OPTIONS) == edited
    assert machine.cameras == []


def test_options_that_somebody_adds_later_are_kept_with_ours(machine: FakeMachine) -> None:
    machine.set_up()
    machine.write("etc/modprobe.d/obs.conf", OBS)
    assert [step.why for step in machine.plan().steps] == [
        "make the device for vcam at every start, together with what "
        f"{machine.root}/etc/modprobe.d/obs.conf asks for"
    ]
    machine.set_up()
    assert "video_nr=9,10" in machine.read(OPTIONS)


def test_removing_waits_for_the_program_that_uses_the_device(machine: FakeMachine) -> None:
    machine.set_up()
    machine.hold(4711, "zoom", str(machine.root / "dev/video10"))
    assert "used by zoom" in machine.removal().obstacle


def test_an_old_driver_keeps_our_device_until_the_restart_for_the_sake_of_others(
    machine: FakeMachine,
) -> None:
    machine.write("etc/modprobe.d/obs.conf", OBS)
    machine.set_up()
    wanted = machine.removal()
    assert "until the next start" in " ".join(wanted.notes)
    machine.execute(wanted)
    assert len(machine.cameras) == 2


def test_secure_boot_is_explained_before_and_when_the_key_is_rejected(
    machine: FakeMachine,
) -> None:
    variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    machine.write(variable, b"\x06\0\0\0\x01")
    machine.write("var/lib/dkms/mok.pub", b"key")
    machine.write("refuses", "")
    wanted = machine.plan()
    assert "mokutil --import /var/lib/dkms/mok.pub" in " ".join(wanted.notes)
    with pytest.raises(VcamError, match="command failed"):
        machine.execute(wanted)
    assert [step.shell for step in machine.plan().steps] == ["modprobe v4l2loopback"]
    assert machine.plan().notes == wanted.notes


def test_a_user_without_access_joins_the_group_and_is_told_to_log_in_again(
    machine: FakeMachine,
) -> None:
    machine.user = "ann"
    machine.set_up()
    machine.devices[str(machine.root / "dev/video10")].refusal = 13
    assert [step.shell for step in machine.plan().steps] == ["usermod -aG video ann"]
    machine.execute(machine.plan())
    wanted = machine.plan()
    assert not wanted.steps
    assert "Log out and in again" in wanted.notes[0]


def test_nothing_after_a_command_that_fails_is_run(machine: FakeMachine) -> None:
    machine.write("bin/apt-get", "#!/bin/sh\nexit 100\n")
    before = machine.files()
    with pytest.raises(VcamError, match="status 100"):
        machine.execute(machine.plan())
    assert machine.files() == before
    assert machine.log == []


def test_launchers_find_vcam_where_there_is_a_desktop(machine: FakeMachine) -> None:
    before = machine.files()
    machine.environ["WAYLAND_DISPLAY"] = "wayland-0"
    machine.set_up()
    entry = "home/.local/share/applications/vcam.desktop"
    assert "Exec=/opt/vcam/bin/vcam" in machine.read(entry)
    icon = "home/.local/share/icons/hicolor/scalable/apps/vcam.svg"
    assert machine.read(icon) == linux.ICON.read_text()
    machine.command = ("/new/vcam",)
    assert [step.as_root for step in machine.plan().steps] == [False]
    machine.set_up()
    assert "Exec=/new/vcam" in machine.read(entry)
    machine.remove()
    assert machine.files() == before


def test_an_entry_and_an_icon_of_the_users_own_stay(machine: FakeMachine) -> None:
    machine.environ["DISPLAY"] = ":0"
    own = {
        "applications/vcam.desktop": "[Desktop Entry]\nName=mine\n",
        "icons/hicolor/scalable/apps/vcam.svg": "<svg>mine</svg>\n",
    }
    for name, text in own.items():
        machine.write(f"home/.local/share/{name}", text)
    machine.set_up()
    machine.remove()
    for name, text in own.items():
        assert machine.read(f"home/.local/share/{name}") == text


def test_the_icon_of_an_older_vcam_is_replaced_and_removed(machine: FakeMachine) -> None:
    machine.environ["DISPLAY"] = ":0"
    icon = "home/.local/share/icons/hicolor/scalable/apps/vcam.svg"
    machine.write(icon, f"<svg>{linux.ICON_MARK}</svg>")
    machine.set_up()
    assert machine.read(icon) == linux.ICON.read_text()
    machine.remove()
    assert not (machine.root / icon).exists()


def test_the_entry_and_the_icon_of_a_package_are_left_to_it(machine: FakeMachine) -> None:
    machine.environ |= {"DISPLAY": ":0", "XDG_DATA_DIRS": f"{machine.root}/usr/share"}
    entry = (ROOT / "assets/linux/vcam.desktop").read_text("utf-8")
    machine.write("usr/share/applications/vcam.desktop", entry)
    machine.set_up()
    assert not (machine.root / "home").exists()


def test_the_entry_of_a_vcam_that_is_gone_no_longer_hides_the_one_of_a_package(
    machine: FakeMachine,
) -> None:
    machine.environ |= {"DISPLAY": ":0", "XDG_DATA_DIRS": f"{machine.root}/usr/share"}
    gone = f"{desktop_entry.MARK}\n[Desktop Entry]\nExec=/gone/bin/vcam\n"
    machine.write("home/.local/share/applications/vcam.desktop", gone)
    machine.write("usr/share/applications/vcam.desktop", "[Desktop Entry]\nExec=vcam\n")
    (step,) = menu_entry(machine.look()).steps
    assert "rm -f " in step.shell and "applications/vcam.desktop" in step.shell
    there = gone.replace("/gone/bin/vcam", sys.executable)
    machine.write("home/.local/share/applications/vcam.desktop", there)
    assert not menu_entry(machine.look()).steps


def test_what_pip_has_put_into_the_launcher_is_left_to_pip(machine: FakeMachine) -> None:
    machine.environ["DISPLAY"] = ":0"
    entry = (ROOT / "assets/linux/vcam.desktop").read_text("utf-8")
    machine.write("home/.local/share/applications/vcam.desktop", entry)
    icon = "home/.local/share/icons/hicolor/scalable/apps/vcam.svg"
    machine.write(icon, linux.ICON.read_text())
    machine.set_up()
    machine.remove()
    assert machine.read("home/.local/share/applications/vcam.desktop") == entry
    assert machine.read(icon) == linux.ICON.read_text()


def test_root_by_sudo_gets_no_launcher_entry(machine: FakeMachine) -> None:
    machine.environ |= {"DISPLAY": ":0", "SUDO_USER": "ann"}
    machine.set_up()
    assert not (machine.root / "home").exists()


@pytest.mark.parametrize(
    ("terminal", "environ", "expected"),
    [
        (True, {}, "sudo"),
        (True, {"DISPLAY": ":0"}, "sudo"),
        (False, {"WAYLAND_DISPLAY": "wayland-0"}, "pkexec"),
    ],
)
def test_the_password_is_asked_once_where_the_user_is(
    machine: FakeMachine, terminal: bool, environ: dict[str, str], expected: str
) -> None:
    machine.environ |= environ | {"SUDO_USER": "x"}
    execute(machine.plan(), machine.environ, root=False, terminal=terminal)
    assert machine.plan() == Plan()
    raised = [line for line in machine.log if line.startswith(("sudo", "pkexec"))]
    assert len(raised) == 1
    assert raised[0].startswith(expected)


def test_without_anything_to_become_root_with_it_is_told(machine: FakeMachine) -> None:
    with pytest.raises(VcamError, match="as root"):
        execute(machine.plan(), machine.environ, root=False, terminal=False)
    with pytest.raises(VcamError, match="as root"):
        elevation({"PATH": "/nowhere", "DISPLAY": ":0"}, root=False, terminal=True)
    machine.write("bin/pkexec", "#!/bin/sh\nexit 126\n")
    machine.environ["DISPLAY"] = ":0"
    with pytest.raises(VcamError, match="permission was not given"):
        execute(machine.plan(), machine.environ, root=False, terminal=False)


@pytest.mark.parametrize(
    "devices",
    [
        (Device(10, "vcam", True),),
        (Device(-1, "OBS Virtual Camera", False), Device(10, "vcam", True)),
        (Device(2, "Küche", True), Device(3, "b", False), Device(4, "c d", True)),
    ],
)
def test_options_say_what_they_were_made_of(devices: tuple[Device, ...]) -> None:
    assert parse([line(devices)]) == devices


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ()),
        (["options v4l2loopback exclusive_caps=1"], (Device(-1, "", True),)),
        (
            ["options v4l2loopback video_nr=3,4 exclusive_caps=Y"],
            (Device(3, "", True), Device(4)),
        ),
        (
            ["options v4l2loopback video_nr=3", "options v4l2loopback video_nr=5"],
            (Device(5),),
        ),
        (['options v4l2loopback card_label="not closed'], (Device(),)),
        (["options v4l2loopback devices=x video_nr="], (Device(),)),
    ],
)
def test_options_are_read_as_the_driver_reads_them(
    lines: list[str], expected: tuple[Device, ...]
) -> None:
    found = parse(lines)
    assert [replace(device, label="") for device in found] == list(expected)


def test_a_strange_label_of_anothers_device_is_not_run(machine: FakeMachine) -> None:
    machine.load("devices=1;video_nr=9;card_label=$(touch x) `id` \"'&")
    machine.set_up()
    assert machine.cameras[0][1] == "$(touch x) `id` &"
    assert machine.cameras[1][1] == "vcam"


def test_our_device_is_added_once_and_made_exclusive() -> None:
    ours = Device(10, "vcam", True)
    assert with_ours((), ()) == (ours,)
    assert with_ours((Device(10, "vcam", False),), ()) == (ours,)
    assert with_ours((Device(10, "x"),), {11}) == (
        Device(10, "x"),
        replace(ours, number=12),
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def here(machine: FakeMachine, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """The command line runs on the pretended machine."""
    monkeypatch.setattr("vcam.system.doctor.host.Host", lambda: machine.host)
    monkeypatch.setattr("vcam.system.autostart.session.Session", lambda: machine.session)
    monkeypatch.setattr(command, "_is_root", lambda: True)
    monkeypatch.setattr(command, "SETTLE_S", 0.0)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    return machine


def test_the_command_shows_asks_does_and_undoes(
    here: FakeMachine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = here.files()
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert main(["setup"]) == 0
    said = capsys.readouterr().out
    assert "    modprobe v4l2loopback\n" in said
    assert f"options v4l2loopback {OURS}" in said
    assert "Do this? [y/N]" in said
    assert "Done." in said
    assert main(["setup", "--yes"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert main(["setup", "--remove", "--yes"]) == 0
    assert here.files() == before
    assert main(["setup", "--remove"]) == 0
    assert "nothing of `vcam setup` here" in capsys.readouterr().out.splitlines()[-1]


def test_the_menu_entry_alone_needs_neither_root_nor_a_driver(
    here: FakeMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write("etc/os-release", "ID=plan9")  # where vcam cannot install a driver
    before = here.files()
    here.environ["DISPLAY"] = ":0"
    assert main(["setup", "--menu", "--yes"]) == 0
    assert "As root" not in capsys.readouterr().out and here.log == []
    entry = here.read("home/.local/share/applications/vcam.desktop")
    assert "Exec=/opt/vcam/bin/vcam" in entry
    assert main(["setup", "--menu"]) == 0
    assert "the menu has vcam" in capsys.readouterr().out
    assert main(["setup", "--menu", "--remove", "--yes"]) == 0
    assert here.files() == before


@pytest.mark.parametrize(
    ("words", "typed", "status"),
    [
        (["--dry-run"], Terminal("y\n"), 0),
        ([], io.StringIO("y\n"), 1),
        ([], Terminal("n\n"), 1),
        ([], Terminal("\n"), 1),
        ([], Terminal(""), 1),
    ],
    ids=["dry run", "no terminal", "no", "enter", "end of input"],
)
def test_nothing_is_changed_without_consent(
    here: FakeMachine,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    typed: io.StringIO,
    status: int,
) -> None:
    before = here.files()
    monkeypatch.setattr(sys, "stdin", typed)
    assert main(["setup", *words]) == status
    assert "modprobe v4l2loopback" in capsys.readouterr().out
    assert here.files() == before
    assert here.log == []


def test_a_user_who_is_only_a_number_is_set_up_too(
    here: FakeMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nameless)
    monkeypatch.setattr("vcam.cli.setup._is_root", lambda: False)
    assert main(["setup", "--dry-run"]) == 0


def test_an_obstacle_and_a_failure_are_told_with_status_1(
    here: FakeMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    here.write("refuses", "")
    assert main(["setup", "--yes"]) == 1
    assert "A command failed" in capsys.readouterr().err
    here.write("etc/os-release", "ID=plan9")
    here.write(f"lib/modules/{KERNEL}/modules.dep", "")
    assert main(["setup", "--yes"]) == 1
    assert "does not know" in capsys.readouterr().out


def test_what_does_not_help_is_not_called_done(
    here: FakeMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    here.install()
    here.write("bin/modprobe", "#!/bin/sh\n")
    assert main(["setup", "--yes"]) == 1
    said = capsys.readouterr().out
    assert "What is left" in said
    assert "Done" not in said


@pytest.mark.parametrize(
    ("platform", "clicks"),
    [
        ("darwin", ["brew install --cask obs", "Camera Extensions", "OBS Virtual Camera"]),
    ],
)
def test_elsewhere_the_clicks_are_listed_in_order(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    platform: str,
    clicks: list[str],
) -> None:
    host = Host(platform=platform, root=tmp_path, run=lambda words: Answer(0, ""))
    monkeypatch.setattr("vcam.system.doctor.host.Host", lambda: host)
    assert main(["setup"]) == 1
    said = capsys.readouterr().out
    places = [said.index(click) for click in clicks]
    assert places == sorted(places)
    assert said.startswith("1. ")
    nothing_to_undo = {"win32": 2, "darwin": 0}
    assert main(["setup", "--remove"]) == nothing_to_undo[platform]
