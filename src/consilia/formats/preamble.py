"""The preamble of DICOM files that leave the house: 128 bytes in which a program may hide (CVE-2019-11687). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

LENGTH: Final = 128
MARK: Final = b"DICM"


def zeroed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes with the preamble zero: it means nothing to a reader (DICOM PS3.10 section 7.1)."""
    first = next(chunks, b"")
    has_preamble = first[LENGTH : LENGTH + len(MARK)] == MARK
    yield bytes(LENGTH) + first[LENGTH:] if has_preamble else first
    yield from chunks
