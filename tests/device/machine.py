"""A small virtual machine with real video drivers, which sees this machine's files.

Containers and test runners have no v4l2loopback and no right to load it.  So a stock
kernel is booted with qemu, without a disk: ``/`` is the host's own ``/`` (read-only, with a
layer of memory above it), one folder is shared for writing, and one command is run as root.
It boots in a few seconds even where the processor has to be emulated.

``python tests/device/machine.py -- COMMAND …`` runs a command by hand.
"""

import lzma
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
QEMU = "qemu-system-x86_64"
MODULES = ("virtio_pci", "9p", "9pnet_virtio", "overlay")
NEWER = Path("/var/lib/vcam-device-tests")
"""Where install.sh puts a driver newer than the system's, by kernel."""
BOOT_S = 60.0
"""An emulated machine now and then hangs while it boots; it is then booted again."""
BOOTS = 3
HUNG = -1
"""The status of a command that did not end in time."""

INIT = """#!/bin/busybox sh
B=/bin/busybox
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
while read module; do $B insmod /modules/$module; done < /modules/order
P9=trans=virtio,version=9p2000.L,msize=512000
$B mount -t 9p -o ro,cache=loose,access=any,$P9 root /host
$B mount -t tmpfs -o size=1g tmpfs /memory
$B mkdir /memory/upper /memory/work
$B mount -t overlay -o lowerdir=/host,upperdir=/memory/upper,workdir=/memory/work root /root
for folder in proc sys dev; do $B mount --move /$folder /root/$folder; done
$B mkdir -p /root/exchange /root/dev/shm /root/dev/pts
$B mount -t tmpfs tmpfs /root/run; $B mount -t tmpfs tmpfs /root/dev/shm
$B mount -t devpts devpts /root/dev/pts
$B mount -t 9p -o cache=none,$P9 shared /root/exchange
$B ip link set lo up
exec $B switch_root /root /bin/sh /exchange/run </dev/console >/dev/console 2>&1
"""

RUN = """export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LANG=C.UTF-8 TERM=dumb PYTHONDONTWRITEBYTECODE=1 VCAM_DEVICE_GUEST=1
# Not /tmp: the checkout and its virtual environment may lie there.
export HOME=/run/home TMPDIR=/run/home
mkdir -p $HOME
cd {folder}
: > /exchange/up
{command} > /exchange/output 2>&1
echo $? > /exchange/status
sync
/bin/busybox poweroff -f
"""


class NoMachine(Exception):  # noqa: N818 - a reason to skip
    """What is missing."""


@dataclass(frozen=True)
class Result:
    """How the command ended, and what it printed."""

    status: int
    output: str
    seconds: float


def kernel() -> str:
    """The release of the newest kernel that has what is needed; raises NoMachine."""
    install = "run tests/device/install.sh"
    if shutil.which(QEMU) is None:
        raise NoMachine(f"there is no {QEMU}; {install}")
    if not BUSYBOX.exists():
        raise NoMachine(f"there is no {BUSYBOX}; {install}")
    found = sorted(
        path.name.removeprefix("vmlinuz-") for path in Path("/boot").glob("vmlinuz-*")
    )
    for release in reversed(found):
        modules = Path("/lib/modules") / release
        if any(modules.rglob("v4l2loopback.ko*")) and any(modules.rglob("vivid.ko*")):
            return release
    raise NoMachine(f"no kernel in /boot has the modules v4l2loopback and vivid; {install}")


def newer_driver() -> Path:
    """v4l2loopback 0.13 or newer beside an older one of the system's; raises NoMachine."""
    driver = NEWER / kernel() / "v4l2loopback.ko"
    if not driver.exists():
        raise NoMachine(f"there is no {driver}; run tests/device/install.sh on Debian 12")
    return driver


def run(command: list[str], *, limit_s: float, processors: int = 2) -> Result:
    """Boot, run ``command`` as root in the current folder, power off."""
    release = kernel()
    with tempfile.TemporaryDirectory(prefix="vcam-machine-") as name:
        folder = Path(name)
        shared = folder / "shared"
        shared.mkdir()
        (shared / "run").write_text(
            RUN.format(folder=Path.cwd(), command=shlex.join(command))
        )
        initrd = folder / "initrd"
        initrd.write_bytes(_initrd(release))
        started_s = time.monotonic()
        said = _boot(_qemu(release, initrd, shared, processors), shared, limit_s)
        seconds = time.monotonic() - started_s
        output = _read(shared / "output")
        _keep(shared / "pictures")
        if not (shared / "up").exists():
            raise NoMachine(f"the emulated machine did not boot in {BOOTS} tries")
        try:
            return Result(int(_read(shared / "status")), output, seconds)
        except ValueError:
            return Result(HUNG, f"{output}\n[machine] did not finish\n{said}", seconds)


def _keep(pictures: Path) -> None:
    """Copy what readers saw to where the environment says, for people to look at."""
    wanted = os.environ.get("VCAM_DEVICE_PICTURES")
    if wanted and pictures.exists():
        shutil.copytree(pictures, wanted, dirs_exist_ok=True)


def _qemu(release: str, initrd: Path, shared: Path, processors: int) -> list[str]:
    # Without AVX2 the emulator translates the models' code into something six times faster.
    # Not KVM, even where /dev/kvm is: inside another machine it tends to hang.
    engine = ["tcg,thread=multi,tb-size=1024", "max,-avx2,-fma"]
    options = "security_model=none,multidevs=remap"
    return [
        *(QEMU, "-machine", "q35", "-accel", engine[0], "-cpu", engine[1]),
        *("-smp", str(processors), "-m", "3G", "-nodefaults", "-no-user-config"),
        *("-no-reboot", "-display", "none", "-serial", "stdio"),
        *("-fsdev", f"local,id=root,path=/,readonly=on,{options}"),
        *("-device", "virtio-9p-pci,fsdev=root,mount_tag=root"),
        *("-fsdev", f"local,id=shared,path={shared},{options}"),
        *("-device", "virtio-9p-pci,fsdev=shared,mount_tag=shared"),
        *("-device", "virtio-rng-pci"),
        *("-kernel", f"/boot/vmlinuz-{release}", "-initrd", str(initrd)),
        *("-append", "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off nokaslr"),
    ]


def _boot(command: list[str], shared: Path, limit_s: float) -> str:
    """Run the machine until it is off; what it said on its console."""
    console = shared / "console"
    for _ in range(BOOTS):
        with (
            console.open("wb") as said,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said
            ) as machine,
        ):
            try:
                if _is_up(machine, shared / "up"):
                    machine.wait(limit_s)
                    break
            except subprocess.TimeoutExpired:
                break
            finally:
                machine.kill()
    return _read(console)


def _is_up(machine: "subprocess.Popen[bytes]", sign: Path) -> bool:
    deadline_s = time.monotonic() + BOOT_S
    while time.monotonic() < deadline_s and machine.poll() is None:
        if sign.exists():
            return True
        time.sleep(0.2)
    return sign.exists()


def _initrd(release: str) -> bytes:
    """A first file system in the kernel's "newc" format: busybox and a few modules."""
    files: dict[str, bytes] = {"bin/busybox": BUSYBOX.read_bytes(), "init": INIT.encode()}
    order = []
    for module in _with_dependencies(release):
        content = module.read_bytes()
        if module.suffix == ".xz":
            content = lzma.decompress(content)
        order.append(module.name.removesuffix(".xz"))
        files[f"modules/{order[-1]}"] = content
    files["modules/order"] = "".join(f"{name}\n" for name in order).encode()
    folders = ("bin", "modules", "proc", "sys", "dev", "host", "memory", "root")
    entries = [(name, 0o040755, b"") for name in folders]
    entries += [(name, 0o100755, content) for name, content in files.items()]
    entries += [("TRAILER!!!", 0, b"")]
    return b"".join(_entry(*entry) for entry in entries)


def _with_dependencies(release: str) -> list[Path]:
    found: dict[str, None] = {}
    for module in MODULES:
        lines = subprocess.run(
            ["modprobe", "-S", release, "--show-depends", module],
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        ).stdout.splitlines()
        found |= {line.split()[1]: None for line in lines if line.startswith("insmod")}
    return [Path(name) for name in found]


def _entry(name: str, mode: int, content: bytes) -> bytes:
    path = name.encode() + b"\0"
    numbers = (0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0)
    header = b"070701" + b"".join(b"%08X" % number for number in numbers) + path
    return _padded(header) + _padded(content)


def _padded(content: bytes) -> bytes:
    return content + b"\0" * (-len(content) % 4)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


if __name__ == "__main__":
    arguments = sys.argv[1:]
    result = run(arguments[arguments[:1] == ["--"] :], limit_s=600)
    sys.stdout.write(f"{result.output}\n[machine] {result.seconds:.1f} s\n")
    sys.exit(result.status)
