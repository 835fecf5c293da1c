"""Big arrays that are rarely looked at, in nameless temporary files: they take no memory but for the part in use.

The system removes the files when they are let go, whatever happens to the program. Where there is no room on the disk
the array stays in memory. It knows nothing of what the numbers mean.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import sys
import tempfile
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

A = TypeVar("A", bound=npt.NDArray[Any])


def parked(values: A) -> A:
    """The same numbers, read from a file whenever they are needed; not to be written to."""
    if not len(values):
        return values
    try:
        with tempfile.TemporaryFile() as file:
            values.tofile(file)
            file.flush()
            mapped: Any = np.memmap(file, dtype=values.dtype, mode="r", shape=values.shape)
    except OSError:
        return values
    result: A = mapped
    return result


def rest(values: npt.NDArray[Any]) -> None:
    """A parked array has been used as a whole: let its pages go again."""
    mapped = getattr(values, "_mmap", None)
    if isinstance(mapped, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        with contextlib.suppress(OSError):
            mapped.madvise(mmap.MADV_DONTNEED)


def give_back() -> None:
    """After much was read and thrown away: return free memory to the system, which glibc would rather keep."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
