"""Clips with a known matte: a folder of them, or the drawn presenter.

A set is a folder with a ``set.json``, which maps clip names to ``video``, ``alpha`` (grey,
exact), optionally ``fg`` (the person's own colours), ``split`` and ``fps``.  Paths are
relative to the folder.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from vcam.errors import PictureError, UsageError, VcamError
from vcam.frames import Image, Size
from vcam.imaging.videos import VideoReader
from vcam.measure.quality.ground_truth import Truth
from vcam.reasons import reason
from vcam.translation import tr


class Clip(Protocol):
    """Frames with their ground truth, in order; can be read any number of times."""

    @property
    def name(self) -> str:
        """Its name in the table."""

    @property
    def fps(self) -> float:
        """Frames per second."""

    def frames(self) -> Iterator[tuple[Image, Truth]]:
        """Every frame once, in order."""


@dataclass(frozen=True)
class FileClip:
    """A clip of a set."""

    name: str
    fps: float
    split: str
    video: Path
    alpha: Path
    foreground: Path | None

    def frames(self) -> Iterator[tuple[Image, Truth]]:
        """See :class:`Clip`.  Raises :class:`~vcam.errors.VcamError` when unreadable."""
        colours = _pictures(self.foreground) if self.foreground else None
        images, alphas = _pictures(self.video), _pictures(self.alpha)
        for image, alpha in zip(images, alphas, strict=True):
            clean = next(colours) if colours else None
            yield image, Truth(np.ascontiguousarray(alpha[:, :, 0]), clean)


@dataclass(frozen=True)
class PresenterClip:
    """The drawn presenter: an exact matte on any machine, but no real person."""

    size: Size = Size(1280, 720)
    fps: float = 30.0
    seconds: float = 4.0
    seed: int = 0

    @property
    def name(self) -> str:
        """See :class:`Clip`."""
        return f"presenter {self.size}"

    def frames(self) -> Iterator[tuple[Image, Truth]]:
        """See :class:`Clip`."""
        from vcam.presenter import Presenter  # only needed here

        presenter = Presenter(self.size, self.fps, noise=True, seed=self.seed)
        for index in range(round(self.seconds * self.fps)):
            drawing = presenter.draw(index / self.fps)
            yield (
                drawing.image.copy(),
                Truth(drawing.alpha.copy(), drawing.foreground.copy()),
            )


def read_set(folder: Path, split: str | None, names: list[str] | None) -> list[FileClip]:
    """The clips of a set; if given, only those of ``split`` or with ``names``.

    Raises :class:`~vcam.errors.UsageError` when there is no such set, split or clip.
    """
    index = folder / "set.json"
    try:
        rows = json.loads(index.read_text("utf-8"))
        clips = [_clip(folder, name, row) for name, row in rows.items()]
    except OSError as error:
        raise UsageError(
            tr(
                "There is no evaluation set in {folder}: {why}",
                folder=folder,
                why=reason(error),
            ),
            tr(
                "Name a folder with a set.json, or leave out --set to use the drawn "
                "presenter"
            ),
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            tr(
                "{file} is not the index of an evaluation set: {why}", file=index, why=error
            ),
            tr("It must map clip names to video, alpha and split"),
        ) from error
    unknown = [name for name in names or () if name not in {clip.name for clip in clips}]
    if unknown:
        known = ", ".join(clip.name for clip in clips)
        raise UsageError(
            tr("The set has no clip {name!r}", name=unknown[0]),
            tr("It has {names}", names=known),
        )
    chosen = [clip for clip in clips if names is None or clip.name in names]
    if split is not None and names is None:
        chosen = [clip for clip in chosen if clip.split == split]
    if not chosen:
        splits = ", ".join(sorted({clip.split for clip in clips}))
        raise UsageError(
            tr("The set has no clips in the split {split!r}", split=split),
            tr("It has {names}", names=splits),
        )
    return chosen


def _clip(folder: Path, name: str, row: dict[str, str]) -> FileClip:
    return FileClip(
        name=name,
        fps=float(row.get("fps", 30)),
        split=row["split"],
        video=folder / row["video"],
        alpha=folder / row["alpha"],
        foreground=folder / row["fg"] if row.get("fg") else None,
    )


def _pictures(path: Path) -> Iterator[Image]:
    try:
        with VideoReader(path) as video:
            while (moment := video.read()) is not None:
                yield moment.image
            damage = video.damage
    except PictureError as error:
        raise _unreadable(path, error.what) from error
    if damage:  # its frames would be compared with the mattes of others
        raise _unreadable(path, damage)


def _unreadable(path: Path, why: str) -> VcamError:
    return VcamError(
        tr("The clip {path} cannot be read: {why}", path=path, why=why),
        tr("The set may be incomplete; copy it again"),
    )
