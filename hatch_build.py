"""Build hook: brings models, kernels, translations and the manual page, whatever builds.

The weights are not ours and not in the repository.  MediaPipe 0.10.21 (Apache-2.0) is the
last release that ships them, so the hook takes them out of that one wheel and checks
their SHA-256.  It runs for wheels and for editable installs, with pip and with uv.

``VCAM_MODELS_DIR`` names a folder that already holds the two files, for offline builds.
The sdist has them inside, so that whoever builds from it needs no network.

The kernels are compiled where there is a C compiler; a wheel with them is for one kind of
machine.  Without a compiler, or with ``VCAM_KERNELS=off``, vcam does the same with NumPy.

On macOS ``vcam.app`` is built with them.

The translations in ``vcam/locale`` are compiled into one catalogue for each language.

The manual page is made from the parsers of the command line, and installed as
``share/man/man1/vcam.1`` with every wheel that is not editable.
"""

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

WHEEL = "mediapipe==0.10.21"
FOLDER_IN_WHEEL = "mediapipe/modules/selfie_segmentation"
SHA256 = {
    "selfie_segmentation.tflite": (
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
    ),
    "selfie_segmentation_landscape.tflite": (
        "a77d03f4659b9f6b6c1f5106947bf40e99d7655094b6527f214ea7d451106edd"
    ),
}
DOWNLOAD_S = 600
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
"""The date in compiled translations."""
OFFLINE = (
    "To build without a network, set VCAM_MODELS_DIR to a folder that holds "
    + " and ".join(SHA256)
)


class Hook(BuildHookInterface):  # type: ignore[type-arg]
    """Puts models and kernels into ``vcam``, where the wheel picks them up."""

    _pages: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel, an editable wheel or an sdist is built."""
        self._bring_models()
        if self.target_name == "sdist":
            return  # the rest is made where a wheel is built of it
        for path in (Path(self.root) / "vcam" / "locale").glob("*/LC_MESSAGES/vcam.po"):
            _replace(path.with_suffix(".mo"), catalogue(path))
        compiled = self._compile_kernels()
        self._build_app(compiled)
        if compiled and version != "editable":
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{_platform()}"
        if version != "editable":
            self._pages = tempfile.TemporaryDirectory(prefix="vcam-manual-")
            page = Path(self._pages.name) / "vcam.1"
            page.write_bytes(_manual(Path(self.root)))
            build_data["shared_data"][str(page)] = "share/man/man1/vcam.1"

    def finalize(
        self, version: str, build_data: dict[str, Any], artifact_path: str
    ) -> None:
        """Called by hatchling when it is built."""
        if self._pages is not None:
            self._pages.cleanup()

    def _bring_models(self) -> None:
        models = Path(self.root) / "vcam" / "models"
        if all(_is_right(models / name) for name in SHA256):
            return
        given = os.environ.get("VCAM_MODELS_DIR")
        contents = _from_folder(Path(given)) if given else _from_wheel()
        for name, content in contents.items():
            _replace(models / name, content)

    def _compile_kernels(self) -> bool:
        if os.environ.get("VCAM_KERNELS") != "off":
            command = [sys.executable, "-m", "vcam.kernels.build"]
            done = subprocess.run(command, cwd=self.root, capture_output=True, check=False)
            said = done.stderr.decode(errors="replace").strip()
            if said:
                self.app.display_warning(f"Not all kernels of vcam were built: {said}")
            if not done.returncode:
                return True
        # Those of an earlier build are of another version or machine.
        for left in (Path(self.root) / "vcam" / "kernels").glob("kernels-*"):
            try:
                left.unlink()
            except OSError as error:
                raise SystemExit(
                    f"An earlier build of the kernels cannot be removed: {error}. Remove "
                    "it, or build from a copy that can be written to."
                ) from error
        return False

    def _build_app(self, wanted: bool) -> None:
        """vcam.app for macOS; without it, start at login has no camera there."""
        if sys.platform == "darwin" and wanted:
            command = [sys.executable, "-m", "vcam.system.macos_app.build"]
            done = subprocess.run(command, cwd=self.root, capture_output=True, check=False)
            if not done.returncode:
                return
            said = done.stderr.decode(errors="replace").strip()
            self.app.display_warning(f"vcam comes without vcam.app: {said}")
        app = Path(self.root) / "vcam" / "system" / "macos_app" / "vcam.app"
        shutil.rmtree(app, ignore_errors=True)  # of an earlier build


def catalogue(path: Path) -> bytes:
    """A file of translations (``.po``) as gettext reads it (``.mo``)."""
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        read = read_po(file, abort_invalid=True)
    compiled = Catalog()
    # Babel's own rule for the plural may count other forms than the file has.
    compiled.mime_headers = read.mime_headers
    # Every build makes the same file.
    compiled.creation_date = compiled.revision_date = LONG_AGO
    for message in read:
        if message.id:
            compiled[message.id] = message
    written = io.BytesIO()
    write_mo(written, compiled)
    return written.getvalue()


def _replace(path: Path, content: bytes) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise SystemExit(
            f"{path} cannot be written: {error}. Build from a copy that can be written to."
        ) from error


def _platform() -> str:
    """The last part of the wheel's name."""
    if sys.platform == "darwin":
        # The kernels are for this processor and macOS 11, whatever Python itself is for.
        return f"macosx_11_0_{platform.machine()}"
    return sysconfig.get_platform().replace("-", "_").replace(".", "_")


def _manual(root: Path) -> bytes:
    command = [sys.executable, "-m", "vcam.cli.manual"]
    try:
        done = subprocess.run(command, cwd=root, check=True, capture_output=True)
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise SystemExit(f"The manual page could not be written: {said}") from error
    return done.stdout


def _from_folder(folder: Path) -> dict[str, bytes]:
    missing = [name for name in SHA256 if not (folder / name).is_file()]
    if missing:
        raise SystemExit(
            f"VCAM_MODELS_DIR is {str(folder)!r}, but there is no "
            f"{' and no '.join(missing)} in it. Put the file there, or unset "
            "VCAM_MODELS_DIR to download it."
        )
    return {name: _checked(name, (folder / name).read_bytes()) for name in SHA256}


def _from_wheel() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory(prefix="vcam-models-") as folder:
        # A fixed platform: the models are the same in every wheel, and this one exists
        # whatever machine and Python the build runs on.
        command = [
            *(sys.executable, "-m", "pip", "download", WHEEL, "--dest", folder),
            *("--no-deps", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"),
            *("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311"),
            *("--platform", "manylinux_2_28_x86_64"),
        ]
        try:
            subprocess.run(
                command, check=True, timeout=DOWNLOAD_S, capture_output=True, text=True
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            said = str(getattr(error, "stderr", "") or error).strip()
            raise SystemExit(
                f"The selfie models could not be downloaded ({WHEEL} from the package "
                f"index): {said}\n{OFFLINE}."
            ) from error
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return {
                name: _checked(name, archive.read(f"{FOLDER_IN_WHEEL}/{name}"))
                for name in SHA256
            }


def _is_right(path: Path) -> bool:
    return path.is_file() and _sha256(path.read_bytes()) == SHA256[path.name]


def _checked(name: str, content: bytes) -> bytes:
    found = _sha256(content)
    if found != SHA256[name]:
        raise SystemExit(
            f"{name} is not the expected model: its SHA-256 is {found}, it should be "
            f"{SHA256[name]}. {OFFLINE} of MediaPipe 0.10.21, unchanged."
        )
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
