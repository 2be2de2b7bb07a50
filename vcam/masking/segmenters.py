"""The engines that run the selfie models, and the one function that opens them.

Two engines run the same two models, with the same mask to within rounding.  ``litert``
takes less processor time.  ``mediapipe`` takes its place where it cannot be used.
The models are MediaPipe's selfie segmentation (Apache-2.0): ``landscape`` takes 256x144
pixels, ``square`` 256x256.  Nothing is downloaded and no socket is opened.

To add an engine, write a class that fulfils :class:`Segmenter` and add it to
:data:`ENGINES` and to :data:`~vcam.masking.names.ENGINE_TITLES`.
"""

import atexit
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol
from weakref import WeakSet

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.errors import SegmenterError
from vcam.frames import Image, Mask, Size
from vcam.masking.names import AUTO, PREFERRED
from vcam.translation import tr

FOLDER: Final = Path(__file__).parents[1] / "models"
"""Folder of the bundled model files."""
MODELS: Final[dict[str, tuple[str, Size]]] = {
    "landscape": ("selfie_segmentation_landscape.tflite", Size(256, 144)),
    "square": ("selfie_segmentation.tflite", Size(256, 256)),
}
"""The file in :data:`FOLDER` and the picture size it was trained for, by name."""


class Segmenter(Protocol):
    """A running model.  Used by one thread; ``close`` is called exactly once, last.

    ``segment`` takes a BGR ``uint8`` image of exactly :attr:`input_size` and returns a
    ``float32`` mask of that size, 0.0 room .. 1.0 person, valid until the next call.  It
    raises :class:`~vcam.errors.SegmenterError`; after any exception the owner closes the
    segmenter and opens a fresh one.
    """

    @property
    def input_size(self) -> Size:
        """The size of the images it takes and of the masks it returns."""

    def segment(self, image: Image) -> Mask:
        """The person in one image."""

    def close(self) -> None:
        """Release the model."""


OpenSegmenter = Callable[[str, str], Segmenter]
"""The type of :func:`open_segmenter`, which tests replace."""


def open_segmenter(engine: str, model: str) -> Segmenter:
    """Load ``model`` ("landscape", "square") on ``engine``, one of :data:`ENGINE_NAMES`.

    Raises :class:`~vcam.errors.SegmenterError` when the engine is not installed, the
    model file is missing or does not load.
    """
    *first, last = PREFERRED if engine == AUTO else (engine,)
    for name in first:
        with suppress(SegmenterError):
            return ENGINES[name](model)
    return ENGINES[last](model)


_TASKS: Final[WeakSet[Any]] = WeakSet()
"""MediaPipe's tasks that are not freed yet."""


def _abandon_tasks() -> None:
    """Have MediaPipe close no task that is still open, not even when the task is freed.

    Closing is work for the task's own thread.  In a forked child, which has no copy of that
    thread, it would be waited for for ever.  At exit it has ended already, and the task
    would print an error.
    """
    for task in _TASKS:
        task.close = _nothing


def _nothing() -> None:
    pass


atexit.register(_abandon_tasks)
if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork
    os.register_at_fork(after_in_child=_abandon_tasks)


class MediaPipe:
    """The MediaPipe Tasks ``ImageSegmenter``, on the processor."""

    def __init__(self, model: str, size: Size | None = None) -> None:
        """Load the model; raises :class:`~vcam.errors.SegmenterError`.

        MediaPipe itself can resize images of another ``size``, and their masks.
        """
        path, trained = _file_of(model)
        self._size = size or trained
        try:
            import mediapipe
            from mediapipe.tasks import python as tasks
            from mediapipe.tasks.python import vision
        except Exception as error:  # whatever a damaged installation raises
            raise SegmenterError(
                tr("MediaPipe cannot be loaded: {why}", why=_first_line(error)),
                tr("Install vcam again, or run 'vcam doctor' to see what is missing"),
            ) from error
        self._mediapipe = mediapipe

        class Task(vision.ImageSegmenter):  # type: ignore[misc]
            def close(self) -> None:
                try:
                    super().close()
                except RuntimeError:
                    # Its thread ends with the main one: then nothing can be closed.
                    if threading.main_thread().is_alive():
                        raise

        try:
            # Bytes instead of a path, which MediaPipe resolves in its own way on Windows.
            model_file = tasks.BaseOptions(model_asset_buffer=path.read_bytes())
            self._task = Task.create_from_options(
                vision.ImageSegmenterOptions(
                    base_options=model_file,
                    running_mode=vision.RunningMode.VIDEO,
                    output_confidence_masks=True,
                    output_category_mask=False,
                )
            )
        except Exception as error:
            raise SegmenterError(
                tr(
                    "MediaPipe cannot load the model {file}: {why}",
                    file=path.name,
                    why=_first_line(error),
                ),
                tr("Install vcam again"),
            ) from error
        _TASKS.add(self._task)
        self._rgb = np.zeros((self._size.height, self._size.width, 3), np.uint8)
        self._mask = np.zeros((self._size.height, self._size.width), np.float32)
        # One timestamp that does not increase breaks the graph for good, so this is a
        # counter and not the camera's clock.
        self._timestamp_ms = 0

    @property
    def input_size(self) -> Size:
        """See :class:`Segmenter`."""
        return self._size

    def segment(self, image: Image) -> Mask:
        """See :class:`Segmenter`."""
        cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=self._rgb)
        self._timestamp_ms += 33
        try:
            picture = self._mediapipe.Image(
                image_format=self._mediapipe.ImageFormat.SRGB, data=self._rgb
            )
            result = self._task.segment_for_video(picture, self._timestamp_ms)
            # The view's memory belongs to the result, which is freed after this call.
            views = [each.numpy_view() for each in result.confidence_masks or ()]
            np.copyto(self._mask, views[0].reshape(self._mask.shape))
        except Exception as error:
            raise SegmenterError(
                tr("MediaPipe gave no mask: {why}", why=_first_line(error)),
                tr("vcam starts it again; if this persists, run 'vcam doctor'"),
            ) from error
        return self._mask

    def close(self) -> None:
        """See :class:`Segmenter`."""
        self._task.close()


class LiteRT:
    """The LiteRT interpreter on one thread (two are slower with models this small).

    The interpreter refuses to run while anybody holds a view of its memory, so a view is
    taken anew each time.
    """

    def __init__(self, model: str) -> None:
        """Load the model; raises :class:`~vcam.errors.SegmenterError`."""
        path, self._size = _file_of(model)
        try:
            from ai_edge_litert.interpreter import Interpreter

            from vcam.masking.rearranging import mixing_first
        except Exception as error:  # whatever a damaged installation raises
            raise SegmenterError(
                tr("LiteRT cannot be loaded: {why}", why=_first_line(error)),
                tr("Run: pip install ai-edge-litert, or set mask.engine to 'auto'"),
            ) from error
        try:
            self._interpreter: Any = Interpreter(
                model_content=mixing_first(path.read_bytes()), num_threads=1
            )
            self._interpreter.allocate_tensors()
            (taken,) = self._interpreter.get_input_details()
            (given,) = self._interpreter.get_output_details()
        except Exception as error:
            raise SegmenterError(
                tr(
                    "LiteRT cannot load the model {file}: {why}",
                    file=path.name,
                    why=_first_line(error),
                ),
                tr("Set mask.engine to 'auto' or 'mediapipe'"),
            ) from error
        self._input: Callable[[], NDArray[np.float32]]
        self._output: Callable[[], NDArray[np.float32]]
        self._input = self._interpreter.tensor(taken["index"])
        self._output = self._interpreter.tensor(given["index"])
        shape = (self._size.height, self._size.width)
        self._rgb = np.zeros((*shape, 3), np.uint8)
        self._mask = np.zeros(shape, np.float32)

    @property
    def input_size(self) -> Size:
        """See :class:`Segmenter`."""
        return self._size

    def segment(self, image: Image) -> Mask:
        """See :class:`Segmenter`."""
        cv2.cvtColor(image, cv2.COLOR_BGR2RGB, dst=self._rgb)
        try:
            np.multiply(self._rgb, np.float32(1 / 255), out=self._input()[0])
            self._interpreter.invoke()
            np.copyto(self._mask, self._output().reshape(self._mask.shape))
        except Exception as error:
            raise SegmenterError(
                tr("LiteRT gave no mask: {why}", why=_first_line(error)),
                tr(
                    "vcam starts it again; if this persists, set mask.engine to 'mediapipe'"
                ),
            ) from error
        return self._mask

    def close(self) -> None:
        """See :class:`Segmenter`."""
        del self._input, self._output  # they hold the interpreter
        self._interpreter = None


ENGINES: Final[dict[str, Callable[[str], Segmenter]]] = {
    "litert": LiteRT,
    "mediapipe": MediaPipe,
}
"""The engines by the names that the settings use."""


def _file_of(model: str) -> tuple[Path, Size]:
    name, size = MODELS[model]
    path = FOLDER / name
    if not path.is_file():
        raise SegmenterError(
            tr("The model {file} is missing from {folder}", file=name, folder=FOLDER),
            tr("Install vcam again"),
        )
    return path, size


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
