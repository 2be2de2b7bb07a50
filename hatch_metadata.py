"""Metadata hook: the README as the package index shows it, and the project's addresses.

The index shows the README on a page of its own, where `docs/tray.jpg` is no address, so
pictures and links get whole ones.  The environment variable ``VCAM_REPOSITORY`` names the
repository, for example ``https://github.com/OWNER/vcam``; the workflow that publishes sets
it.  Without it there is nothing to point at: pictures are left out, links are plain text.

A wheel that is built from an sdist has the sdist's metadata: hatchling reads them there.

The hook also says where vcam cannot run.  It is asked before pip looks for what vcam needs;
pip would only say that it does not find MediaPipe.
"""

import os
import platform
import re
import sys
import sysconfig
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

VARIABLE = "VCAM_REPOSITORY"
PAGES = {
    "Homepage": "",
    "Documentation": "#readme",
    "Changelog": "/blob/{tag}/CHANGELOG.md",
    "Source": "/tree/{tag}",
    "Issues": "/issues",
    "Security": "/blob/{tag}/SECURITY.md",
}
"""Label -> address below the repository's."""
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
_IMG = re.compile(r'<img src="([^"]+)"([^>]*)>')
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\(([^)\s]+)\)")


class Hook(MetadataHookInterface):
    """Gives ``readme`` and ``urls``, which pyproject.toml declares as dynamic."""

    def update(self, metadata: dict[str, object]) -> None:
        """Called by hatchling before anything is built."""
        here = sys.platform, platform.machine(), sysconfig.get_platform()
        if why := unsuitable(*here):
            raise SystemExit(why)
        repository = os.environ.get(VARIABLE, "").rstrip("/")
        if repository and not re.fullmatch(r"https://[\w.-]+(/[\w.-]+){2,}", repository):
            raise SystemExit(
                f"{VARIABLE} is {repository!r}. It should be the address of a repository, "
                "for example https://github.com/OWNER/vcam; or unset it."
            )
        text = (Path(self.root) / "README.md").read_text("utf-8")
        tag = f"v{_version(Path(self.root))}"
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": for_the_index(text, repository, tag),
        }
        metadata["urls"] = (
            {label: repository + page.format(tag=tag) for label, page in PAGES.items()}
            if repository
            else {}
        )


def unsuitable(system: str, machine: str, python_for: str) -> str:
    """Why vcam cannot run with this Python; empty if it can, or if pip is to find out.

    ``system`` is ``sys.platform``, ``machine`` ``platform.machine()``, on macOS that of the
    process, and ``python_for`` ``sysconfig.get_platform()``.
    """
    if system == "darwin" and machine != "arm64":
        return (
            "vcam needs a Mac with Apple silicon, and a Python for it: this Python is for "
            "Intel, for which MediaPipe and LiteRT, which find the person, are not made."
        )
    if system == "win32" and python_for != "win-amd64":
        return (
            f"vcam needs the x64 Python, on Windows on ARM, too: this Python is for "
            f"{python_for}, for which MediaPipe and LiteRT, which find the person, are not "
            "made. Get 'Windows installer (64-bit)' from "
            "https://www.python.org/downloads/windows."
        )
    return ""


def for_the_index(text: str, repository: str, tag: str) -> str:
    """The README with whole addresses; ``repository`` may be empty."""

    def picture(found: re.Match[str]) -> str:
        if _whole(found[2]):
            return found[0]
        return f"![{found[1]}]({repository}/raw/{tag}/{found[2]})" if repository else ""

    def small_picture(found: re.Match[str]) -> str:
        if _whole(found[1]):
            return found[0]
        address = f"{repository}/raw/{tag}/{found[1]}"
        return f'<img src="{address}"{found[2]}>' if repository else ""

    def link(found: re.Match[str]) -> str:
        place = found[2]
        if _whole(place):
            return found[0]
        if not repository:
            return found[0] if place.startswith("#") else found[1]
        if place.startswith("#"):  # the index need not give headings the same anchors
            place = f"README.md{place}"
        return f"[{found[1]}]({repository}/blob/{tag}/{place})"

    text = _PICTURE.sub(picture, text)
    text = _IMG.sub(small_picture, text)
    return _LINK.sub(link, text)


def _whole(address: str) -> bool:
    return "://" in address or address.startswith("mailto:")


def _version(root: Path) -> str:
    source = (root / "vcam" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', source, re.M)
    if found is None:
        raise SystemExit("vcam/__init__.py has no __version__")
    return found[1]
