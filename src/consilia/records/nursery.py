"""The one way of this process to the nursery in which strangers' bytes are read."""

from __future__ import annotations

import atexit
from functools import cache

from consilia.formats.client import Nursery


@cache
def shared() -> Nursery:
    """Started at the first use, ended with the process."""
    nursery = Nursery()
    atexit.register(nursery.close)
    return nursery
