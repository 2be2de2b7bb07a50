"""List what can be chosen as a background."""

import argparse
import json
import sys

from vcam.backgrounds.choosing import KINDS, gallery, user_gallery


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print it for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the kinds and the gallery."""
    entries = gallery()
    if arguments.json:
        listing = {
            "kinds": [{"kind": name, "summary": k.summary} for name, k in KINDS.items()],
            "gallery": [
                {"name": each.name, "kind": each.kind, "path": str(each.path)}
                for each in entries
            ],
            "gallery_folder": str(user_gallery()),
        }
        json.dump(listing, sys.stdout, indent=1)
        print()
        return 0
    for name, kind in KINDS.items():
        print(f"{name:<10} {kind.summary}")
    print("\nPictures and videos by name:")
    for each in entries:
        print(f"  {each.name:<14} {each.path}")
    print(f"\nYour own get a name in {user_gallery()}")
    return 0
