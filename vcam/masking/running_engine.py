"""The engine that runs, with both of its models, and what takes its place when it fails.

``auto`` tries the engines in the order of :data:`~vcam.masking.names.PREFERRED`.  One that
cannot be opened, or that fails while it runs, is not tried again before all others have
failed, too.  A failure is never hidden: the frame that it happened to has no mask.
"""

import contextlib
import logging

from vcam.errors import SegmenterError
from vcam.masking.inference import Models
from vcam.masking.names import AUTO, ENGINE_TITLES, PREFERRED
from vcam.masking.segmenters import OpenSegmenter, Segmenter
from vcam.translation import tr

log = logging.getLogger(__name__)


class RunningEngine:
    """Opens the models at the first frame.  Used by one thread."""

    def __init__(self, open_segmenter: OpenSegmenter) -> None:
        """Nothing is loaded."""
        self._open = open_segmenter
        self._name = ""
        self._chosen = False
        self._models: Models | None = None
        self._failures: dict[str, str] = {}
        """What those engines said that ``auto`` does not use any more."""

    def __str__(self) -> str:
        """Which engine runs, and why, in the user's words; empty while none does."""
        if self._models is None:
            return ""
        title = ENGINE_TITLES[self._name]
        if self._chosen:
            return tr("{engine}, as mask.engine says", engine=title)
        if not self._failures:
            return title
        return tr(
            "{engine}, instead of {others} ({reasons})",
            engine=title,
            others=", ".join(ENGINE_TITLES[name] for name in self._failures),
            reasons="; ".join(self._failures.values()),
        )

    def models(self, wanted: str) -> Models:
        """The models on the ``wanted`` engine, one of :data:`ENGINE_NAMES`.

        Raises :class:`~vcam.errors.SegmenterError` when there is none.
        """
        names = self._usable() if wanted == AUTO else (wanted,)
        if self._models is None or self._name != names[0]:
            try:
                name, models = self._opened(names, alone=wanted != AUTO)
            finally:
                self.close()  # the old engine, if there is one, only now
            self._name, self._models = name, models
        self._chosen = wanted != AUTO
        return self._models

    def failed(self, error: BaseException) -> None:
        """A frame has no mask.  If the engine is to blame, ``auto`` turns to another."""
        if self._models and not self._chosen and isinstance(error, SegmenterError):
            self._note(self._name, error)
        self.close()

    def close(self) -> None:
        """Release the models.  A later call of :meth:`models` loads them again."""
        models, self._models, self._name = self._models, None, ""
        for model in models or ():
            _release(model)

    def _usable(self) -> tuple[str, ...]:
        names = tuple(name for name in PREFERRED if name not in self._failures)
        if not names:
            self._failures.clear()
        return names or PREFERRED

    def _opened(self, names: tuple[str, ...], *, alone: bool) -> tuple[str, Models]:
        """The first engine of ``names`` that can be opened."""
        for name in names:
            try:
                return name, self._both(name)
            except SegmenterError as error:
                if alone:
                    raise
                self._note(name, error)
        raise SegmenterError(
            "; ".join(self._failures.values()),
            tr("Run 'vcam doctor' to see what is missing"),
        )

    def _both(self, name: str) -> Models:
        wide = self._open(name, "landscape")
        try:
            return Models(wide, self._open(name, "square"))
        except BaseException:
            _release(wide)
            raise

    def _note(self, name: str, error: SegmenterError) -> None:
        log.info("the mask engine %s is given up: %s", name, error.what)
        self._failures[name] = error.what


def _release(model: Segmenter) -> None:
    # It may be broken already, and the first error is the one to report.
    with contextlib.suppress(Exception):
        model.close()
