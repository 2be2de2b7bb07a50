"""List what can be chosen as a background, or add your own pictures and videos."""

import argparse
from pathlib import Path
from typing import Self

from vcam.cli.progress import Progress
from vcam.cli.streams import say, tell, tell_json
from vcam.files import size_text
from vcam.translation import quoted, tr

LARGE = 50_000_000
"""Bytes of a file from which it is said that it is copied, and how far it is."""
MB = 1_000_000


class _Copies:
    """Says on standard error what is copied, where that takes a while."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._progress: Progress | None = None

    def __call__(self, path: Path, done: int, size: int) -> None:
        if size < LARGE:
            return
        if self._progress is None:
            where = str(self._folder)
            said = tr(
                "{file}, {size}, is copied to {folder}",
                file=quoted(path.name),
                size=size_text(size),
                folder=quoted(where),
            )
            say(f"vcam: {said}")
            self._progress = Progress(tr("copying"), size // MB, "MB")
        self._progress.at(done // MB)
        if done >= size:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        if self._progress is not None:
            self._progress.end()
            self._progress = None


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help=tr("print it for programs"))
    parser.add_argument(
        "--folder",
        action="store_true",
        help=tr("make your own folder, and print where it is"),
    )
    verbs = parser.add_subparsers(dest="verb", metavar="")
    adding = verbs.add_parser("add", help=tr("copy files into your own folder"))
    adding.add_argument("files", metavar=tr("FILE"), type=Path, nargs="+")


def run(arguments: argparse.Namespace) -> int:
    """Print the kinds and the gallery, or the folder, or what was added."""
    from vcam.backgrounds.choosing import KINDS, gallery, user_gallery
    from vcam.backgrounds.folder import add, made_user_gallery

    if arguments.verb == "add":
        with _Copies(user_gallery()) as copying:
            added = add(arguments.files, copying)
        tell(*added)
    elif arguments.folder:
        tell(made_user_gallery())
    elif arguments.json:
        listing = {
            "kinds": [{"kind": name, "summary": k.summary} for name, k in KINDS.items()],
            "gallery": [
                {"name": each.name, "kind": each.kind, "path": str(each.path)}
                for each in gallery()
            ],
            "gallery_folder": str(user_gallery()),
        }
        tell_json(listing, indent=1)
    else:
        tell(
            *(f"{name:<10} {tr(kind.summary)}" for name, kind in KINDS.items()),
            "",
            tr("Pictures and videos by name:"),
            *(f"  {each.name:<14} {each.path}" for each in gallery()),
            "",
            tr("Your own get a name in {folder}", folder=user_gallery()),
        )
    return 0
