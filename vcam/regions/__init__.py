"""Parts of a camera's picture that are always shown, or never: the user painted them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from vcam.errors import UsageError
from vcam.translation import tr

COLUMNS: Final = 160
ROWS: Final = 90
"""Cells that a region is made of, whatever the size and shape of the picture."""
MOST_KEPT: Final = 0.5
"""Largest share of the picture that can be kept: more of it is a room, not a thing."""
NEITHER, KEPT, DROPPED = ".kd"
"""How a cell is written."""
KINDS: Final = ("keep", "drop")
"""What can be painted, and cleared."""

_ALL: Final = (1 << COLUMNS * ROWS) - 1


def check_kept(share: float) -> None:
    """Raise UsageError when this share of a picture is too much to be kept of it."""
    if share > MOST_KEPT:
        raise UsageError(
            tr("{percent:.0f} % of the picture would be kept", percent=100 * share),
            tr(
                "Keep {percent:.0f} % at most, or choose the background room",
                percent=100 * MOST_KEPT,
            ),
        )


@dataclass(frozen=True, slots=True)
class Region:
    """What is kept and what is dropped of the picture of one camera.

    It is about the picture as the camera gives it, before it is turned.  A set of cells is
    an integer: a bit per cell, row by row, the first cell in the highest one.
    """

    camera: str = ""
    """The identity of the camera; the name of a source that has none."""
    kept: int = 0
    """The cells that are always shown."""
    dropped: int = 0
    """The cells in which nobody is ever shown."""

    def __post_init__(self) -> None:
        """Raise UsageError when too much is kept."""
        if not (0 <= self.kept <= _ALL and 0 <= self.dropped <= _ALL):
            raise ValueError("cells outside of the picture")
        if self.kept & self.dropped:
            raise ValueError("a cell is kept and dropped")
        check_kept(self.kept_share)

    def __bool__(self) -> bool:
        """Whether anything was painted."""
        return bool(self.kept or self.dropped)

    @property
    def kept_share(self) -> float:
        """Of the picture, 0 to 1."""
        return self.kept.bit_count() / (COLUMNS * ROWS)

    @property
    def dropped_share(self) -> float:
        """Of the picture, 0 to 1."""
        return self.dropped.bit_count() / (COLUMNS * ROWS)

    def shows_more_than(self, other: "Region") -> bool:
        """Whether it keeps a cell that ``other`` does not, or lacks one that it drops."""
        return bool(self.kept & ~other.kept or other.dropped & ~self.dropped)

    def within(self, other: "Region") -> "Region":
        """What shows no more than this one, and no more than ``other``."""
        dropped = self.dropped | other.dropped
        return replace(self, kept=self.kept & other.kept & ~dropped, dropped=dropped)

    def rows(self) -> list[str]:
        """The cells as text: a line for each row, a letter for each cell."""
        kept, dropped = (f"{each:0{COLUMNS * ROWS}b}" for each in (self.kept, self.dropped))
        letters = "".join(
            KEPT if one == "1" else DROPPED if other == "1" else NEITHER
            for one, other in zip(kept, dropped, strict=True)
        )
        return [letters[at : at + COLUMNS] for at in range(0, len(letters), COLUMNS)]

    def without(self, kind: str) -> "Region":
        """The same without what is kept, or dropped: one of :data:`KINDS`."""
        if kind == "keep":
            return replace(self, kept=0)
        return replace(self, dropped=0)

    def told(self) -> dict[str, Any]:
        """As plain values, for programs."""
        return {
            "camera": self.camera,
            "kept": self.kept_share,
            "dropped": self.dropped_share,
            "rows": self.rows(),
        }

    @classmethod
    def of_rows(cls, camera: str, rows: Iterable[str]) -> "Region":
        """The inverse of :meth:`rows`.

        Raises ValueError for a text of another form, and UsageError as the constructor.
        """
        lines = list(rows)
        letters = "".join(lines)
        if len(lines) != ROWS or any(len(line) != COLUMNS for line in lines):
            raise ValueError(f"not {ROWS} lines of {COLUMNS} letters")
        if not set(letters) <= {NEITHER, KEPT, DROPPED}:
            raise ValueError(f"a letter other than {NEITHER}, {KEPT} and {DROPPED}")
        kept, dropped = (
            int("".join("1" if each == wanted else "0" for each in letters), 2)
            for wanted in (KEPT, DROPPED)
        )
        return cls(camera, kept, dropped)


NO_REGION: Final = Region()
"""Nothing, of no camera."""


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of all cameras; an immutable value."""

    by_camera: Mapping[str, Region] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def holding(cls, regions: Iterable[Region]) -> "Regions":
        """These; of several for one camera the last."""
        found = {each.camera: each for each in regions}
        return cls(MappingProxyType({name: each for name, each in found.items() if each}))

    def of(self, camera: str) -> Region:
        """That of a camera; an empty one if nothing was painted."""
        return self.by_camera.get(camera) or Region(camera)

    def with_region(self, region: Region) -> "Regions":
        """These, with another one for its camera."""
        return Regions.holding([*self.by_camera.values(), region])

    def allow(self, region: Region) -> bool:
        """Whether ``region`` shows no more than the one that is chosen for its camera."""
        return not region.shows_more_than(self.of(region.camera))

    def __iter__(self) -> Iterator[Region]:
        """Those that hold anything, by the name of the camera."""
        return iter(sorted(self.by_camera.values(), key=lambda each: each.camera))


NO_REGIONS: Final = Regions()
"""Nothing is painted for any camera."""
