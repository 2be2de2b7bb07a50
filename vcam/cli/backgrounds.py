"""List what can be chosen as a background, or add your own pictures and videos."""

import argparse
import json
import sys
from pathlib import Path

from vcam.backgrounds.choosing import KINDS, gallery, user_gallery
from vcam.backgrounds.folder import add, made_user_gallery


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
    if arguments.verb == "add":
        for path in add(arguments.files):
            print(path)
    elif arguments.folder:
        print(made_user_gallery())
    elif arguments.json:
        listing = {
            "kinds": [{"kind": name, "summary": k.summary} for name, k in KINDS.items()],
            "gallery": [
                {"name": each.name, "kind": each.kind, "path": str(each.path)}
                for each in gallery()
            ],
            "gallery_folder": str(user_gallery()),
        }
        json.dump(listing, sys.stdout, indent=1)
        print()
    else:
        for name, kind in KINDS.items():
            print(f"{name:<10} {kind.summary}")
        print("\nPictures and videos by name:")
        for each in gallery():
            print(f"  {each.name:<14} {each.path}")
        print(f"\nYour own get a name in {user_gallery()}")
    return 0
