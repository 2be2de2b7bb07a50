"""Makes an AppImage: vcam in one file that runs without being installed.

    python release/appimage.py dist/vcam_background-1.2.3-….whl dist

Needs mksquashfs (Debian: squashfs-tools) and, for the program at the head of the file, a C
compiler with libfuse 3, squashfuse and their compressors (Debian: libfuse3-dev,
libsquashfuse-dev, liblz4-dev, liblzma-dev, liblzo2-dev, libzstd-dev, zlib1g-dev).
``--runtime`` takes another one instead, such as that of
https://github.com/AppImage/type2-runtime.  The format:
https://github.com/AppImage/AppImageSpec/blob/master/draft.md
"""

import argparse
import platform
import shutil
import sys
import tempfile
from pathlib import Path

import bundle
import licences

SOURCE = Path(__file__).parent / "appimage" / "runtime.c"
COMPILER = (
    *("cc", "-O2", "-Wall", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-static", "-s"),
    "-I/usr/include/squashfuse",
)
LIBRARIES = (
    *("-lsquashfuse_ll", "-lsquashfuse", "-lfuse3"),
    *("-lzstd", "-llzma", "-llz4", "-llzo2", "-lz", "-lpthread"),
)
MAGIC = b"AI\x02"
"""What is at byte 8 of every AppImage of type 2."""
APPRUN = """#!/bin/sh
exec "$(dirname -- "$(readlink -f -- "$0")")/usr/lib/vcam/bin/vcam" "$@"
"""


def make(wanted: argparse.Namespace) -> Path:
    """Make it; returns the file."""
    with tempfile.TemporaryDirectory(prefix="vcam-appimage-") as temporary:
        folder = Path(temporary) / "vcam.AppDir"
        vcam = folder / "usr/lib/vcam"
        extras = filter(None, wanted.extras.split(","))
        version = bundle.make(vcam, wanted.wheel, wanted.python, extras)
        print(f"runs with glibc {bundle.oldest_glibc(vcam)} and newer", flush=True)
        (vcam / "share").rename(folder / "usr/share")
        shutil.copy2(folder / "usr/share/applications/vcam.desktop", folder)
        icon = folder / "usr/share/icons/hicolor/256x256/apps/vcam.png"
        shutil.copy2(icon, folder / "vcam.png")
        (folder / ".DirIcon").symlink_to("vcam.png")
        (folder / "AppRun").write_text(APPRUN, "utf-8")
        (folder / "AppRun").chmod(0o755)
        if wanted.runtime:
            head = wanted.runtime.read_bytes()
        else:
            head = _runtime(Path(temporary))
            archives = Path("/usr/lib").glob("*/lib*.a")
            linked = [each for each in archives if f"-l{each.stem[3:]}" in LIBRARIES]
            licences.copy(linked, vcam / "licences")
        image = Path(temporary) / "image"
        level = "1" if wanted.fast else "19"
        bundle.run(
            [
                *("mksquashfs", str(folder), str(image), "-quiet", "-no-progress"),
                *("-root-owned", "-comp", "zstd", "-Xcompression-level", level),
            ]
        )
        wanted.into.mkdir(parents=True, exist_ok=True)
        result: Path = wanted.into / f"vcam-{version}-{platform.machine()}.AppImage"
        fresh = result.with_name(f"{result.name}.new")
        with fresh.open("wb") as file, image.open("rb") as source:
            file.write(head[:8] + MAGIC + head[11:])
            shutil.copyfileobj(source, file)
        fresh.chmod(0o755)
        return fresh.replace(result)


def _runtime(folder: Path) -> bytes:
    program = folder / "runtime"
    bundle.run([*COMPILER, str(SOURCE), "-o", str(program), *LIBRARIES])
    return program.read_bytes()


def main() -> int:
    """The command; 1 if it cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runtime", type=Path, help="a program for the head of the file")
    return bundle.made(make, parser)


if __name__ == "__main__":
    sys.exit(main())
