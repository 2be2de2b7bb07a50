"""Every kind of file that people have, whole and broken, to try vcam with.

``python tests/files_matrix.py FOLDER`` writes them all, and prints how many there are of
each kind.  They are made by PyAV and Pillow alone, within seconds, and are always the same.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from files_bad import FILES, Bad, bad_files
from files_kinds import FILMS
from files_stills import ANIMATIONS, STILLS

NOBODY = 9
"""The port that files name which are written by hand: it is reserved for throwing away."""


def counted(bad: list[Bad]) -> dict[str, int]:
    """How many there are of each damage."""
    return dict(Counter(each.damage for each in bad))


def main() -> int:
    """Write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    good = folder / "good"
    good.mkdir(parents=True)
    for each in FILES:
        each.write(good)
    print(f"{len(FILMS)} films, {len(ANIMATIONS)} animations, {len(STILLS)} pictures")
    damages = counted(bad_files(folder / "bad", NOBODY))
    for damage, count in damages.items():
        print(f"{count:4} {damage}")
    print(f"{sum(damages.values())} bad files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
