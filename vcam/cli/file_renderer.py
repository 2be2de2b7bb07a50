"""Publishes the frames of a file, with a card wherever no picture could be made."""

from collections.abc import Callable

from vcam.backgrounds import Background
from vcam.cli.streams import say
from vcam.errors import SegmenterError, VcamError
from vcam.frames import Alpha, Frame
from vcam.masking.options import MaskOptions
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Cleared, Gate, Withheld
from vcam.translation import tr_count, translatable

CARD = translatable("One moment, please")
"""Text of the card.  Everybody who gets the file reads it: the error, with its paths, is
printed at the terminal."""
TRIES = 3
"""Number of frames without a mask after which the model is given up, if it never gave one:
it could not be loaded."""


class FileRenderer:
    """Publishes frames, and counts the pictures and cards."""

    def __init__(
        self,
        gate: Gate,
        processor: FrameProcessor,
        mask: MaskOptions,
        options: PictureOptions = PictureOptions(),
        cut_out_by: Callable[[Alpha | None], None] | None = None,
    ) -> None:
        """``cut_out_by`` is told the alpha of every picture before it is published."""
        self._gate, self._processor = gate, processor
        self._mask, self._options = mask, options
        self._cut_out_by = cut_out_by
        self.pictures = self.cards = 0
        self._first: VcamError | None = None

    def publish(self, frame: Frame, background: Background) -> Cleared | None:
        """Publish the picture made of ``frame``, or a card and return ``None``.

        Raises :class:`~vcam.errors.SegmenterError` when the model gives no
        mask at all, and :class:`~vcam.errors.BackgroundError`.
        """
        try:
            picture = self._processor.process(
                *(frame, background, self._mask), options=self._options
            )
            if self._cut_out_by is not None:
                self._cut_out_by(picture.alpha)
            self._gate.publish(picture)
        except (SegmenterError, Withheld) as error:
            self.cards += 1
            self._first = self._first or error
            if (
                isinstance(error, SegmenterError)
                and not self.pictures
                and self.cards >= TRIES
            ):
                raise
            if self._cut_out_by is not None:
                self._cut_out_by(None)
            self._gate.card(CARD)
            return None
        self.pictures += 1
        return picture

    def finish(self) -> None:
        """Say how many cards there are, and why; raises when there is nothing else."""
        if self._first is None:
            return
        if not self.pictures:
            raise self._first
        frames = self.pictures + self.cards
        said = tr_count(
            "{cards} of {count} frame had no valid mask and is a card. The first: {reason}",
            "{cards} of {count} frames had no valid mask and are a card. The first: "
            "{reason}",
            frames,
            cards=self.cards,
            reason=self._first,
        )
        say(f"vcam: {said}")
