"""DICOM writing: elements of the DICOM JSON model (PS3.18 annex F) as a file in explicit VR little endian."""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping
from typing import Any, Final

from consilia.formats.dicom_shape import ITEM, LONG_VRS

PACKED: Final = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d", "UV": "Q", "SV": "q"}
IMPLEMENTATION: Final = "2.25.31281742802253446030232414832534260422"  # class UID (PS3.7 D.3.3.2), of a UUID

Elements = Mapping[str, Mapping[str, Any]]


def file(elements: Elements, transfer_syntax: str) -> bytes:
    """Preamble of zeros, file meta information (PS3.10 section 7.1) and data set, which names class and instance.

    Raises struct.error, OverflowError or ValueError for a value that its kind cannot hold.
    """
    sop_class, instance = (elements[tag]["Value"][0] for tag in ("00080016", "00080018"))
    meta = data_set(
        {
            "00020001": {"vr": "OB", "InlineBinary": "AAE="},
            "00020002": {"vr": "UI", "Value": [sop_class]},
            "00020003": {"vr": "UI", "Value": [instance]},
            "00020010": {"vr": "UI", "Value": [transfer_syntax]},
            "00020012": {"vr": "UI", "Value": [IMPLEMENTATION]},
            "00020013": {"vr": "SH", "Value": ["CONSILIA"]},
        }
    )
    length = data_set({"00020000": {"vr": "UL", "Value": [len(meta)]}})
    return bytes(128) + b"DICM" + length + meta + data_set(elements)


def data_set(elements: Elements) -> bytes:
    """The elements in the order of their tags (PS3.5 section 7.1.2). Text is UTF-8: say so in (0008,0005)."""
    return b"".join(_element(tag, elements[tag]) for tag in sorted(elements))


def _element(tag: str, element: Mapping[str, Any]) -> bytes:
    kind = str(element["vr"])
    value = _value(kind, element)
    head = struct.pack("<HH", int(tag[:4], 16), int(tag[4:], 16)) + kind.encode()
    if kind.encode() in LONG_VRS:
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def _value(kind: str, element: Mapping[str, Any]) -> bytes:
    """The value, of even length (PS3.5 section 7.1.1)."""
    if "InlineBinary" in element:
        packed = base64.b64decode(element["InlineBinary"])
        return packed + bytes(len(packed) % 2)
    values = element.get("Value", [])
    if kind == "SQ":
        return b"".join(_item(data_set(item)) for item in values)
    if kind in PACKED:
        return struct.pack(f"<{len(values)}{PACKED[kind]}", *values)
    if kind == "AT":
        return b"".join(struct.pack("<HH", int(one[:4], 16), int(one[4:], 16)) for one in values)
    text = "\\".join("" if one is None else str(one) for one in values).encode()
    return text + (b"\0" if kind == "UI" else b" ") * (len(text) % 2)


def _item(content: bytes) -> bytes:
    return struct.pack("<HHL", *ITEM, len(content)) + content
