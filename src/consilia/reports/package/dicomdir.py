"""DICOMDIR: the index by which a viewer opens the pictures of a medium, written from values; no file is parsed. Pure.

Source: DICOM PS3.10 section 8 (file-set, file IDs), PS3.3 annex F (directory records), PS3.5 section 7 (explicit VR
little endian). Patient, study, series and image records; every offset counts from the first byte of the file.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

Element = tuple[int, str, bytes]  # tag, value representation, value

DIRECTORY_CLASS: Final = "1.2.840.10008.1.3.10"
EXPLICIT_LITTLE_ENDIAN: Final = "1.2.840.10008.1.2.1"
# 2.25 and a UUID (PS3.5 annex B.2): the name of this writer, no licence of a number tree needed.
WRITER: Final = "2.25.168895809591667816422932933151104417039"
FILE_SET_ID: Final = "RECORDS"
UTF8: Final = "ISO_IR 192"
LONG: Final = frozenset({"OB", "SQ"})  # two reserved bytes, then 4 bytes of length
ITEM: Final = struct.pack("<HHI", 0xFFFE, 0xE000, 0)[:4]
IN_USE: Final = 0xFFFF
NEXT, USED, LOWER, KIND, RECORDS = 0x00041400, 0x00041410, 0x00041420, 0x00041430, 0x00041220
LONGEST: Final = 64  # characters of a name, a number or a description (PS3.5 section 6.2)


@dataclass(frozen=True, slots=True)
class Image:
    """One picture: its file as components of at most 8 signs (A-Z, 0-9, _), and what the file says of itself."""

    file: tuple[str, ...]
    class_uid: str
    uid: str
    transfer_syntax: str
    number: int


@dataclass(frozen=True, slots=True)
class Series:
    uid: str
    modality: str
    number: int
    images: tuple[Image, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """`number` is the running number of the study here; its time is not known, and none is invented."""

    uid: str
    on: date | None
    description: str
    number: int
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Patient:
    """Name and number as the files write them."""

    name: str
    number: str
    studies: tuple[Study, ...]


@dataclass(frozen=True)
class Node:
    """One directory record and what hangs below it; sizes in bytes, alone and with all below."""

    kind: str
    keys: tuple[Element, ...]
    below: tuple[Node, ...] = ()

    @cached_property
    def size(self) -> int:
        return len(_item(self, 0, 0))

    @cached_property
    def whole(self) -> int:
        return self.size + sum(one.whole for one in self.below)


def write(patients: Sequence[Patient], *, uid: uuid.UUID) -> bytes:
    """The whole file. `uid` names this file-set."""
    nodes = [_patient(one) for one in patients]
    head = _head(f"2.25.{uid.int}")
    first = len(head) + len(_set(0, 0)) + len(_element((RECORDS, "SQ", b"")))
    last = first + sum(one.whole for one in nodes[:-1])
    return head + _set(first, last) + _element((RECORDS, "SQ", b"".join(_records(nodes, first))))


def _head(uid: str) -> bytes:
    """Preamble and file meta information (PS3.10 section 7.1)."""
    meta = b"".join(
        map(
            _element,
            (
                (0x00020001, "OB", b"\0\1"),
                (0x00020002, "UI", _text(DIRECTORY_CLASS)),
                (0x00020003, "UI", _text(uid)),
                (0x00020010, "UI", _text(EXPLICIT_LITTLE_ENDIAN)),
                (0x00020012, "UI", _text(WRITER)),
            ),
        )
    )
    return bytes(128) + b"DICM" + _element((0x00020000, "UL", struct.pack("<I", len(meta)))) + meta


def _set(first: int, last: int) -> bytes:
    """File-set identification and the places of the first and the last record at the root (PS3.3 F.3.2)."""
    elements: tuple[Element, ...] = (
        (0x00041130, "CS", _text(FILE_SET_ID)),
        (0x00041200, "UL", struct.pack("<I", first)),
        (0x00041202, "UL", struct.pack("<I", last)),
        (0x00041212, "US", struct.pack("<H", 0)),
    )
    return b"".join(map(_element, elements))


def _records(nodes: Sequence[Node], at: int) -> Iterator[bytes]:
    """A record, then all below it, then its neighbour; `at` is where the first one begins."""
    for node in nodes:
        after = at + node.whole
        yield _item(node, 0 if node is nodes[-1] else after, at + node.size if node.below else 0)
        yield from _records(node.below, at + node.size)
        at = after


def _item(node: Node, next_at: int, lower_at: int) -> bytes:
    links: tuple[Element, ...] = (
        (NEXT, "UL", struct.pack("<I", next_at)),
        (USED, "US", struct.pack("<H", IN_USE)),
        (LOWER, "UL", struct.pack("<I", lower_at)),
        (KIND, "CS", _text(node.kind)),
    )
    value = b"".join(_element(one) for one in sorted((*links, *node.keys)))
    return ITEM + struct.pack("<I", len(value)) + value


def _patient(one: Patient) -> Node:
    keys = (_said(0x00100010, "PN", one.name), _said(0x00100020, "LO", one.number))
    return Node("PATIENT", (_charset(), *keys), tuple(map(_study, one.studies)))


def _study(one: Study) -> Node:
    keys = (
        _said(0x00080020, "DA", one.on.strftime("%Y%m%d") if one.on else ""),
        _said(0x00080030, "TM", ""),
        _said(0x00080050, "SH", ""),
        _said(0x00081030, "LO", one.description),
        (0x0020000D, "UI", _text(one.uid)),
        _said(0x00200010, "SH", str(one.number)),
    )
    return Node("STUDY", (_charset(), *keys), tuple(map(_series, one.series)))


def _series(one: Series) -> Node:
    keys = (
        _said(0x00080060, "CS", one.modality),
        (0x0020000E, "UI", _text(one.uid)),
        _said(0x00200011, "IS", str(one.number)),
    )
    return Node("SERIES", (_charset(), *keys), tuple(map(_image, one.images)))


def _image(one: Image) -> Node:
    keys = (
        (0x00041500, "CS", _text("\\".join(one.file))),
        (0x00041510, "UI", _text(one.class_uid)),
        (0x00041511, "UI", _text(one.uid)),
        (0x00041512, "UI", _text(one.transfer_syntax)),
        _said(0x00200013, "IS", str(one.number)),
    )
    return Node("IMAGE", (_charset(), *keys))


def _charset() -> Element:
    return _said(0x00080005, "CS", UTF8)


def _said(tag: int, vr: str, value: str) -> Element:
    """Words of a file; the backslash would part them into several values."""
    data = value.replace("\\", "/")[:LONGEST].strip().encode()
    return tag, vr, data + b" " * (len(data) % 2)


def _text(value: str) -> bytes:
    """An identifier, filled up to an even length; code strings with a blank, identifiers with a zero."""
    data = value.encode("ascii", "ignore")
    filler = b"\0" if value[:1].isdigit() else b" "
    return data + filler * (len(data) % 2)


def _element(one: Element) -> bytes:
    tag, vr, value = one
    length = struct.pack("<HI", 0, len(value)) if vr in LONG else struct.pack("<H", len(value))
    return struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode() + length + value
