"""DICOM file meta information: which object a file says that it holds. A few fixed bytes; nothing else is read here.

Source: DICOM PS3.10 section 7.1. The web process calls it while a file comes in; all real reading is the nursery's.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from consilia.formats.dicom_shape import LONG_VRS

HEAD: Final = 4096  # bytes of a file that are enough
SOP_CLASS: Final = 0x0002
SOP_INSTANCE: Final = 0x0003
UID: Final = re.compile(rb"[0-9.]{1,64}")


@dataclass(frozen=True, slots=True)
class Named:
    """SOP class and SOP instance UID as the file meta information states them."""

    sop_class: str
    instance: str


def named(head: bytes) -> Named | None:
    """What the first bytes of a file say that it is; None for what is no DICOM file or does not say it."""
    if head[128:132] != b"DICM":
        return None
    found: dict[int, str] = {}
    place = 132
    while len(found) < 2 and place + 8 <= len(head):
        group, element = struct.unpack_from("<HH", head, place)
        if group != 0x0002:
            break
        is_long = head[place + 4 : place + 6] in LONG_VRS  # a length of four bytes follows two reserved ones
        start = place + (12 if is_long else 8)
        if start > len(head):
            break
        (length,) = struct.unpack_from("<I" if is_long else "<H", head, start - (4 if is_long else 2))
        value = head[start : start + length].rstrip(b"\0 ")
        if element in {SOP_CLASS, SOP_INSTANCE} and UID.fullmatch(value):
            found[element] = value.decode()
        place = start + length
    return Named(found[SOP_CLASS], found[SOP_INSTANCE]) if len(found) == 2 else None
