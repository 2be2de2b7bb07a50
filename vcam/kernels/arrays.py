"""Checks of arrays before their addresses are passed to C, which checks nothing."""

import ctypes
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def address(array: Array, kind: type[np.generic], shape: tuple[int, ...]) -> int:
    """The address of an input: of this type and shape, without gaps."""
    flags = array.flags
    suits = array.dtype == kind and array.shape == shape
    if not (suits and flags.c_contiguous and flags.aligned):
        raise _refusal(array, kind, shape)
    return start(array)


def output(array: Array, kind: type[np.generic], shape: tuple[int, ...]) -> int:
    """The address of an output, which must be writable as well."""
    if not array.flags.writeable:
        raise ValueError("a kernel cannot write into an array that is read-only")
    return address(array, kind, shape)


def rows(array: Array, kind: type[np.generic], shape: tuple[int, ...]) -> tuple[int, int]:
    """The address of an input that may be a part of a larger picture, and its stride.

    The stride is the distance from one row to the next, in elements.  Within a row there
    are no gaps.
    """
    if array.dtype != kind or array.shape != shape or not array.flags.aligned:
        raise _refusal(array, kind, shape)
    stride, left_over = divmod(array.strides[0], array.itemsize)
    first = array[:1]
    if left_over or stride < math.prod(shape[1:]) or not first.flags.c_contiguous:
        raise _refusal(array, kind, shape)
    return start(first), stride


def start(array: Array) -> int:
    """The address of an array without gaps, for as long as the array is there."""
    if array.flags.writeable and array.size:
        # The same, in a fraction of the time.
        buffer: Any = array
        return ctypes.addressof(ctypes.c_char.from_buffer(buffer))
    return array.ctypes.data


def apart(one: Array, other: Array) -> None:
    """Make sure that two arrays do not overlap."""
    if np.may_share_memory(one, other):
        raise ValueError("a kernel cannot write into its own input")


def _refusal(array: Array, kind: type[np.generic], shape: tuple[int, ...]) -> ValueError:
    return ValueError(
        f"a kernel needs {np.dtype(kind)} {shape} without gaps, not {array.dtype} "
        f"{array.shape} with strides {array.strides}"
    )
