"""The heaviest loops of the pipeline, compiled: NumPy makes many passes where C needs one.

``source/`` has one small C file for each stage, and each has a module of the same name
here, which checks every array before the call.  The stages of :mod:`vcam.masking` and
:mod:`vcam.pipeline` call it where :func:`active` gives a library.  Where there is none,
because no compiler was there when vcam was installed, they compute the same with NumPy and
OpenCV.
"""

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vcam.kernels import files
from vcam.translation import tr

VARIABLE = "VCAM_KERNELS"
"""The environment variable that forbids the kernels (``off``) or names the build."""
OFF = "off"
_AVX2, _FMA3 = 11, 12  # cv2 has no names for them

ADDRESS = ctypes.c_void_p
COUNT = ctypes.c_ssize_t
INT = ctypes.c_int
FLOAT = ctypes.c_float


class Library:
    """A library that was loaded."""

    def __init__(self, path: Path, build: str) -> None:
        """Raises ``OSError`` if it does not load, or is of another version."""
        if not files.is_current(path):
            raise OSError(
                tr("{file} is damaged, or was built from other sources", file=path.name)
            )
        self.build = build
        self._loaded = ctypes.CDLL(str(path))
        self._bound: dict[str, Any] = {}

    def bind(self, kernel: "Kernel") -> Any:
        """The function, which takes and returns what ``kernel`` says."""
        function = self._bound.get(kernel.name)
        if function is None:
            # A function object of its own for every name: threads may come here at once.
            function = self._loaded[kernel.name]
            function.argtypes, function.restype = kernel.arguments, kernel.returns
            self._bound[kernel.name] = function
        return function


class Kernel:
    """A function in C, as ``source/kernels.h`` declares it; a test compares the two."""

    def __init__(self, name: str, *arguments: Any, returns: Any = None) -> None:
        """For example ``Kernel("vcam_running_mean", ADDRESS, ADDRESS, FLOAT, COUNT)``."""
        self.name = name
        self.arguments = arguments
        self.returns = returns

    def __call__(self, library: Library, *values: Any) -> Any:
        """Call it.  It releases the GIL."""
        return library.bind(self)(*values)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was found when a library was looked for."""

    library: Library | None
    why: str
    """In the user's words, without a full stop."""

    def __str__(self) -> str:
        """Whether compiled loops are used, and why."""
        if self.library:
            return tr("used: {build}", build=self.why)
        return tr("not used: {reason}", reason=self.why)


_choice: Choice | None = None
_lock = threading.Lock()


def active() -> Library | None:
    """The library to call; ``None``: NumPy and OpenCV do the work."""
    return chosen().library


def chosen() -> Choice:
    """The choice of this process, which is made once."""
    global _choice
    with _lock:
        if _choice is None:
            _choice = choose(os.environ.get(VARIABLE, ""))
        return _choice


@contextmanager
def using(choice: Choice) -> Iterator[Library | None]:
    """For tests: another choice, in the whole process."""
    global _choice
    before = chosen()
    _choice = choice
    try:
        yield choice.library
    finally:
        _choice = before


def choose(wanted: str, folder: Path = files.FOLDER) -> Choice:
    """Load the build that is ``wanted``, or by default the best one that loads.

    No problem is an error: without a library vcam does the same with more work.
    """
    if wanted == OFF:
        return Choice(None, tr("{variable} is {value}", variable=VARIABLE, value=repr(OFF)))
    builds = files.builds()
    remark = ""
    if wanted in builds:
        builds = (wanted,)
    elif wanted:
        names = ", ".join((OFF, *builds))
        remark = " " + tr(
            "({variable} is {value}, which is none of {names})",
            variable=VARIABLE,
            value=repr(wanted),
            names=names,
        )
    failed = []
    for build in builds:
        path = files.library(build, folder)
        if not _supported(build):
            failed.append(tr("{build} is not for this processor", build=build))
        elif not path.exists():
            failed.append(tr("{file} was not built", file=path.name))
        else:
            try:
                library = Library(path, build)
                return Choice(library, tr("{build} build", build=build) + remark)
            except OSError as error:
                said = str(error)
                # Windows does not say which file it means.
                failed.append(said if path.name in said else f"{path.name}: {said}")
    return Choice(None, "; ".join(failed) + remark)


def _supported(build: str) -> bool:
    """Whether this processor, and this system, can run the build."""
    if build != "avx2":
        return True
    import cv2

    return cv2.checkHardwareSupport(_AVX2) and cv2.checkHardwareSupport(_FMA3)
