"""List what can be chosen as a background, or add your own pictures and videos."""

import argparse
from pathlib import Path

from vcam.cli.streams import tell, tell_json


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print it for programs")
    parser.add_argument(
        "--folder", action="store_true", help="make your own folder, and print where it is"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="")
    adding = verbs.add_parser("add", help="copy files into your own folder")
    adding.add_argument("files", metavar="FILE", type=Path, nargs="+")


def run(arguments: argparse.Namespace) -> int:
    """Print the kinds and the gallery, or the folder, or what was added."""
    from vcam.backgrounds.choosing import KINDS, gallery, user_gallery
    from vcam.backgrounds.folder import add, made_user_gallery

    if arguments.verb == "add":
        tell(*add(arguments.files))
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
            *(f"{name:<10} {kind.summary}" for name, kind in KINDS.items()),
            "",
            "Pictures and videos by name:",
            *(f"  {each.name:<14} {each.path}" for each in gallery()),
            "",
            f"Your own get a name in {user_gallery()}",
        )
    return 0
