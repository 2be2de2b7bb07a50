"""A pretended Linux machine for the setup: a folder as its root, and commands on its PATH.

The commands are real programs that change files below that folder, as the real ones would
change the machine: ``modprobe`` reads modprobe.d and makes devices.
"""

import subprocess
import sys
from pathlib import Path

from fake_video import CAPTURE, OUTPUT, Device, Video

from vcam.system.autostart.session import Session
from vcam.system.doctor.host import Host
from vcam.system.setup import Facts, Plan, execute, plan, read_facts, removal

KERNEL = "6.1.0-56-amd64"

COMMANDS = r"""
import os, shlex, sys
from pathlib import Path

root = Path(os.environ["FAKE_ROOT"])
module, video = root / "sys/module/v4l2loopback", root / "sys/class/video4linux"
name, *words = Path(sys.argv[0]).name, *sys.argv[1:]

def add(number, label, exclusive):
    (video / f"video{number}").mkdir()
    (video / f"video{number}/name").write_text(label)
    (video / f"video{number}/exclusive").write_text(str(exclusive))
    (root / f"dev/video{number}").touch()

def delete(number):
    for file in (video / f"video{number}").iterdir():
        file.unlink()
    (video / f"video{number}").rmdir()
    (root / f"dev/video{number}").unlink()

def loopbacks():
    return [int(each.parent.name[5:]) for each in video.glob("video*/exclusive")]

def load(words):
    built = (root / "lib/modules").glob("*/modules.dep")
    if not any("v4l2loopback" in each.read_text() for each in built):
        sys.exit("modprobe: FATAL: Module v4l2loopback not found")
    if (root / "refuses").exists():
        sys.exit("modprobe: ERROR: could not insert 'v4l2loopback': Key was rejected")
    options = []
    for file in sorted((root / "etc/modprobe.d").glob("*.conf")):
        for line in file.read_text().splitlines():
            if line.startswith("options v4l2loopback "):
                options += shlex.split(line)[2:]
    options = dict(word.split("=") for word in [*options, *words])
    module.mkdir(parents=True)
    (module / "version").write_text((root / "version").read_text())
    for place in range(int(options.get("devices", 1))):
        def nth(option, usual):
            values = options[option].split(",") if option in options else []
            return values[place] if place < len(values) else usual
        number = int(nth("video_nr", -1))
        if number < 0:
            number = next(n for n in range(64) if not (root / f"dev/video{n}").exists())
        add(number, nth("card_label", f"Dummy video device (0x{place:04X})"),
            int(nth("exclusive_caps", 0)))

with (root / "log").open("a") as log:
    print(name, *words, file=log)
if name in ("sudo", "pkexec"):
    words = words[1:] if words[0] == "--" else words
    os.execvp(words[0], words)
elif name == "modprobe" and words[0] == "-r":
    for number in loopbacks():
        delete(number)
    (module / "version").unlink()
    module.rmdir()
elif name == "modprobe":
    load(words[1:])
elif name == "v4l2loopback-ctl" and words[0] == "add":
    assert words[1::2][:2] == ["-n", "-x"], words
    add(int(words[5].removeprefix("/dev/video")), words[2], int(words[4]))
elif name == "v4l2loopback-ctl" and words[0] == "delete":
    delete(int(words[1].rpartition("video")[2]))
elif name == "usermod":
    group = root / "etc/group"
    group.write_text(group.read_text().replace("video:x:44:", "video:x:44:" + words[2]))
elif name in ("apt-get", "dnf", "pacman", "zypper", "dkms"):
    for each in (root / "lib/modules").iterdir():
        (each / "modules.dep").write_text("updates/dkms/v4l2loopback.ko:\n")
"""

NAMES = (
    *("modprobe", "v4l2loopback-ctl", "usermod", "apt-get", "dnf", "pacman", "zypper"),
    *("dkms", "sudo", "pkexec", "akmods", "rpm"),
)


class FakeMachine(Video):
    """A freshly installed Debian, without the driver."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        commands = root / "bin"
        commands.mkdir()
        for name in NAMES:
            (commands / name).write_text(f"#!{sys.executable} -IS\n{COMMANDS}")
            (commands / name).chmod(0o755)
        self.environ = {"PATH": f"{commands}:/usr/bin:/bin", "FAKE_ROOT": str(root)}
        self.command = ("/opt/vcam/bin/vcam",)
        self.user = ""
        self.write("etc/os-release", "ID=debian\n")
        self.write("etc/group", "root:x:0:\nvideo:x:44:\n")
        self.write(f"lib/modules/{KERNEL}/modules.dep", "kernel/uvcvideo.ko:\n")
        self.write("version", "0.12.7")
        self.write("log", "")

    def write(self, path: str, text: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def install(self) -> None:
        """The driver is built, not loaded."""
        self.write(f"lib/modules/{KERNEL}/modules.dep", "updates/dkms/v4l2loopback.ko:\n")

    def load(self, options: str = "", *, live: bool = False) -> None:
        """Somebody loads the driver; ``live``: a version that adds devices later, too."""
        self.install()
        if live:
            self.write("version", "0.15.0")
            (self.root / "dev/v4l2loopback").touch()
        self._run("modprobe", "v4l2loopback", *filter(None, options.split(";")))
        self.write("log", "")

    def restart(self) -> None:
        """The computer starts anew, and loads what it is told to load."""
        self._run("modprobe", "-r", "v4l2loopback")
        for file in (self.root / "etc/modules-load.d").glob("*.conf"):
            self._run("modprobe", file.read_text().splitlines()[-1])

    def _run(self, *words: str) -> None:
        subprocess.run(
            [self.root / "bin" / words[0], *words[1:]],
            env=self.environ,
            check=True,
            timeout=60,
        )

    @property
    def host(self) -> Host:
        return Host(
            platform="linux",
            release=KERNEL,
            root=self.root,
            system=self.system,
            environ=self.environ,
        )

    @property
    def session(self) -> Session:
        return Session(
            platform="linux",
            home=self.root / "home",
            environ=self.environ,
            command=self.command,
            run=lambda command: False,
        )

    def look(self) -> Facts:
        self._notice()
        return read_facts(self.host, self.session, self.user)

    def plan(self) -> Plan:
        return plan(self.look())

    def removal(self) -> Plan:
        return removal(self.look())

    def execute(self, wanted: Plan) -> None:
        execute(wanted, self.environ, root=True, terminal=False)

    def set_up(self) -> None:
        self.execute(self.plan())
        assert self.plan() == Plan(), "a second run has nothing to do"

    def remove(self) -> None:
        self.execute(self.removal())
        assert self.removal().steps == ()

    @property
    def log(self) -> list[str]:
        return self.read("log").splitlines()

    @property
    def cameras(self) -> list[tuple[int, str, bool]]:
        """Number, label and exclusiveness of the virtual cameras."""
        cameras = self.look().cameras
        return [(camera.number, camera.label, camera.exclusive) for camera in cameras]

    def files(self) -> dict[str, str]:
        """Everything in ``etc`` and in the user's home."""
        return {
            str(path.relative_to(self.root)): path.read_text()
            for folder in ("etc", "home")
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file()
        }

    def open(self, path: str) -> int:
        self._notice()
        return super().open(path)

    def _notice(self) -> None:
        """What commands have made and taken away."""
        found = {
            str(self.root / "dev" / about.parent.name): about
            for about in (self.root / "sys/class/video4linux").glob("video*/exclusive")
        }
        for path in self.devices.keys() - found.keys():
            if self.devices[path].driver == "v4l2 loopback":
                del self.devices[path]
        for path, exclusive in found.items():
            caps = OUTPUT if exclusive.read_text() == "1" else CAPTURE | OUTPUT
            label = (exclusive.parent / "name").read_text()
            there = self.devices.get(path)
            if there is None or there.caps != caps:
                self.devices[path] = Device("v4l2 loopback", label, "platform", caps)
