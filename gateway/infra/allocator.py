"""The C library's allocator: large blocks go back to the system when they are freed."""

import contextlib
import ctypes
from typing import Final

LARGE_BYTES: Final = 1024 * 1024
"""From here on a block is mapped by itself. Without a word glibc raises this limit to the size of what was freed, up to 32 MB,
and then keeps the memory of large documents in heaps that other threads' blocks hold open: twice the peak, measured."""
_MMAP_THRESHOLD: Final = -3
"""M_MMAP_THRESHOLD of glibc's malloc.h; setting it also ends its growth (mallopt(3))."""


def return_large_blocks() -> None:
    """Set the limit for this process; where the C library has no mallopt (musl, macOS) there is nothing to set."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, LARGE_BYTES)
