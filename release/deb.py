"""Makes a package for Debian, Ubuntu and what is derived from them.

    python release/deb.py dist/vcam_background-1.2.3-….whl dist

It has a Python of its own and everything else that vcam needs, below /usr/lib/vcam; from
the distribution come only the C library and what OpenCV links.  Needs dpkg-deb.
"""

import argparse
import gzip
import sys
import tempfile
from pathlib import Path

import bundle

CONTROL = """\
Package: vcam
Version: {version}
Architecture: {architecture}
Maintainer: The vcam contributors <vcam@example.invalid>
Installed-Size: {size_kib}
Depends: libc6 (>= {glibc}), libxcb1
Recommends: pipewire, wireplumber
Suggests: v4l2loopback-dkms
Section: video
Priority: optional
Homepage: https://pypi.org/project/vcam-background/
Description: be anywhere, from your own webcam
 A virtual-background camera for video calls: a picture, a video, a colour, or
 your own room out of focus. Every program that can choose a camera can use it.
 .
 While a virtual background is on, no picture of your room is sent: what is not
 proven to be you is replaced by a card. Nothing leaves your computer.
"""


def make(wanted: argparse.Namespace) -> Path:
    """Make it; returns the file."""
    with tempfile.TemporaryDirectory(prefix="vcam-deb-") as temporary:
        folder = Path(temporary) / "root"
        folder.mkdir(mode=0o755)
        vcam = folder / "usr/lib/vcam"
        extras = filter(None, wanted.extras.split(","))
        version = bundle.make(vcam, wanted.wheel, wanted.python, extras)
        share = folder / "usr/share"
        (vcam / "share").rename(share)
        page = share / "man/man1/vcam.1"
        page.with_name("vcam.1.gz").write_bytes(gzip.compress(page.read_bytes(), mtime=0))
        page.unlink()
        (folder / "usr/bin").mkdir()
        (folder / "usr/bin/vcam").symlink_to("../lib/vcam/bin/vcam")
        _licence(vcam, share / "doc/vcam/copyright")
        architecture = bundle.run(["dpkg", "--print-architecture"]).strip()
        (folder / "DEBIAN").mkdir()
        control = CONTROL.format(
            version=version,
            architecture=architecture,
            size_kib=round(bundle.size_mib(folder) * 1024),
            glibc=bundle.oldest_glibc(vcam),
        )
        (folder / "DEBIAN/control").write_text(control, "utf-8")
        wanted.into.mkdir(parents=True, exist_ok=True)
        result: Path = wanted.into / f"vcam_{version}_{architecture}.deb"
        level = "1" if wanted.fast else "19"
        pack = ["dpkg-deb", "--root-owner-group", "-Zzstd", f"-z{level}", "--build"]
        bundle.run([*pack, str(folder), str(result)])
        return result


def _licence(vcam: Path, copyright_file: Path) -> None:
    """vcam's licence; those of what it depends on lie beside it."""
    (licence,) = vcam.glob("lib/*/*/vcam_background-*.dist-info/licenses/LICENSE")
    copyright_file.parent.mkdir(parents=True)
    packages = licence.parents[2].relative_to(vcam.parents[2])
    text = (
        "vcam is GPL-2.0-or-later; its text is below. The licences of what comes along are "
        f"in\n/usr/lib/vcam/licences and /{packages}/*.dist-info.\n\n"
    )
    copyright_file.write_text(text + licence.read_text("utf-8"), "utf-8")


def main() -> int:
    """The command; 1 if it cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    return bundle.made(make, parser)


if __name__ == "__main__":
    sys.exit(main())
