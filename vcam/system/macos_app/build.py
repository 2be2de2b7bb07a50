"""Builds ``vcam.app``: ``python -m vcam.system.macos_app.build``.

The build hook runs it on macOS.  Only the standard library is used here, because vcam's
dependencies are not installed then.  The keys of ``Info.plist``:
https://developer.apple.com/documentation/bundleresources/information-property-list
"""

import platform
import plistlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from vcam.kernels.build import COMPILE_S, BuildError, compiler
from vcam.system.macos_app import BUNDLE, IDENTIFIER, PROGRAM, VERSION
from vcam.translation import in_every_language, tr, translatable

SOURCE = Path(__file__).with_name("launcher.c")
OPTIONS = ("-O2", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic")
ICON = Path(__file__).with_name("vcam.icns")
REASON = translatable(
    "vcam replaces what is behind you, on this Mac, before any other program sees it."
)
"""What is shown below the question for the camera."""
ABOUT = {
    "CFBundleDevelopmentRegion": "en",
    "CFBundleDisplayName": "vcam",
    "CFBundleExecutable": Path(PROGRAM).name,
    "CFBundleIconFile": ICON.name,
    "CFBundleIdentifier": IDENTIFIER,
    "CFBundleInfoDictionaryVersion": "6.0",
    "CFBundleName": "vcam",
    "CFBundlePackageType": "APPL",
    "CFBundleShortVersionString": VERSION,
    "CFBundleVersion": VERSION,
    "LSMinimumSystemVersion": "13.0",
    "LSUIElement": True,  # no icon in the Dock: vcam's is in the menu bar
    "NSCameraUsageDescription": REASON,
}


def build(into: Path = BUNDLE, options: Sequence[str] = ()) -> None:
    """Build the bundle ``into``, anew; raises BuildError.

    On macOS it is signed: without a seal over all of it, macOS does not keep the user's
    permission.
    """
    cc = compiler()
    if cc is None:
        raise BuildError(tr("There is no C compiler (cc or gcc or clang)."))
    options = (*OPTIONS, *options)
    if sys.platform == "darwin":
        options += ("-arch", platform.machine(), "-mmacosx-version-min=11.0")
    program = into / PROGRAM
    try:
        shutil.rmtree(into, ignore_errors=True)
        program.parent.mkdir(parents=True)
        for name, content in contents().items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_bytes(content)
        _run([*cc, *options, "-o", str(program), str(SOURCE)])
        if sys.platform == "darwin":
            _run(["codesign", "--force", "--sign", "-", str(into)])
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(into, ignore_errors=True)
        said = getattr(error, "stderr", "") or error
        raise BuildError(
            tr("vcam.app could not be built: {reason}", reason=said)
        ) from error


def contents() -> dict[str, bytes]:
    """The files of the bundle but its program, by their path in it."""
    texts = {
        f"Contents/Resources/{language}.lproj/InfoPlist.strings": plistlib.dumps(
            {"NSCameraUsageDescription": text}
        )
        # English, too, or a Mac takes one of the others that its user has chosen as well.
        for language, text in {"en": REASON, **in_every_language(REASON)}.items()
    }
    return {
        "Contents/Info.plist": plistlib.dumps(ABOUT),
        f"Contents/Resources/{ICON.name}": ICON.read_bytes(),
        **texts,
    }


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=COMPILE_S)


def main() -> int:
    """Build it where vcam looks for it; 1 if that is not possible."""
    try:
        build()
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
