"""DICOM shape: walks a stranger's data set element by element, without recursion and without reading values.

It proves that every declared length lies inside the real file, that nesting and counts stay within the limits, and
finds the pixel data; pydicom opens the file only afterwards, because parsing proves nothing (truncated files parse).
Source: DICOM PS3.5 chapter 7 (data elements, sequences) and PS3.10 chapter 7 (file meta information).
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from consilia.formats.limits import LIMITS
from consilia.formats.verdicts import Reason, Unreadable, Verdict

UNDEFINED: Final = 0xFFFFFFFF
LONG_VRS: Final = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"})
KNOWN_VRS: Final = LONG_VRS | frozenset(
    {
        b"AE",
        b"AS",
        b"AT",
        b"CS",
        b"DA",
        b"DS",
        b"DT",
        b"FL",
        b"FD",
        b"IS",
        b"LO",
        b"LT",
        b"PN",
        b"SH",
        b"SL",
        b"SS",
        b"ST",
        b"TM",
        b"UI",
        b"UL",
        b"US",
    }
)
IMPLICIT: Final = "1.2.840.10008.1.2"
BIG_ENDIAN: Final = "1.2.840.10008.1.2.2"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
PIXEL_TAGS: Final = frozenset({(0x7FE0, 0x0008), (0x7FE0, 0x0009), (0x7FE0, 0x0010)})
EXTENDED_OFFSETS: Final = (0x7FE0, 0x0001)
ITEM: Final = (0xFFFE, 0xE000)
ITEM_END: Final = (0xFFFE, 0xE00D)
SEQUENCE_END: Final = (0xFFFE, 0xE0DD)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the walk found; `start` is where the data set begins, `pixel_bytes` 0 when compressed or absent.

    `pixels` is where native pixel data begin, or (offset, length) of every fragment; of a deflated file they count in
    the inflated data set. `offset_table` are the frames' first fragments (PS3.5 annex A.4); empty: none was written.
    """

    transfer_syntax: str
    start: int
    has_meta: bool
    elements: int
    pixel_bytes: int = 0
    fragments: int = 0
    has_pixels: bool = False
    trailing: int = 0
    pixels: tuple[tuple[int, int], ...] = ()
    offset_table: tuple[int, ...] = ()


def _cut() -> Unreadable:
    return Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF)


@dataclass(slots=True)
class Walk:
    """A position in the file and the open sequences and items around it (ends; -1 for undefined length)."""

    file: BinaryIO
    size: int
    order: str
    explicit: bool
    elements: int = 0
    outermost: int = 0
    pixel_bytes: int = 0
    fragments: int = 0
    has_pixels: bool = False
    pixels: list[tuple[int, int]] = field(default_factory=list)
    offset_table: tuple[int, ...] = ()

    def exactly(self, count: int) -> bytes:
        """The next bytes, or the verdict that the file is cut off."""
        data = self.file.read(count)
        if len(data) < count:
            raise _cut()
        return data

    def tag(self) -> tuple[int, int]:
        """The next tag."""
        group, element = struct.unpack(self.order + "HH", self.exactly(4))
        return group, element

    def length(self, tag: tuple[int, int]) -> tuple[bytes, int]:
        """VR (empty when implicit) and length of the element whose tag was just read (PS3.5 section 7.1)."""
        head = self.exactly(4)
        if tag[0] == 0xFFFE or not self.explicit:
            return b"", int(struct.unpack(self.order + "L", head)[0])
        vr = head[:2]
        if vr not in KNOWN_VRS and not (vr.isalpha() and vr.isupper()):
            # A common fault of writers: implicit elements inside an explicit data set; pydicom reads them, too.
            return b"", int(struct.unpack(self.order + "L", head)[0])
        if vr in LONG_VRS:
            return vr, int(struct.unpack(self.order + "L", self.exactly(4))[0])
        return vr, int(struct.unpack(self.order + "H", head[2:])[0])

    def skip(self, length: int) -> None:
        """Past a value, which must lie inside the file."""
        end = self.file.tell() + length
        if end > self.size:
            raise _cut()
        self.file.seek(end)

    def run(self) -> int:
        """Walks to the end; gives the number of bytes after the last element that are no element."""
        stack: list[int] = []
        while True:
            position = self.file.tell()
            while stack and stack[-1] >= 0 and position >= stack[-1]:
                stack.pop()
            if position >= self.size:
                if stack:
                    raise _cut()
                return 0
            if not stack and self._is_padding(position):
                return self.size - position
            self._count(not stack)
            self._element(stack)

    def _is_padding(self, position: int) -> bool:
        """After the pixel data anything that is no later element is foreign (a ZIP appended, zeros)."""
        if not self.has_pixels:
            return False
        head = self.file.read(4)
        self.file.seek(position)
        return len(head) < 4 or struct.unpack(self.order + "HH", head)[0] < 0x7FE0

    def _count(self, outermost: bool = False) -> None:
        self.elements += 1
        self.outermost += outermost
        if self.elements > LIMITS.dicom_elements or self.outermost > LIMITS.dicom_outer_elements:
            raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_ELEMENTS)

    def _element(self, stack: list[int]) -> None:
        tag = self.tag()
        vr, length = self.length(tag)
        if tag in {ITEM_END, SEQUENCE_END}:
            if stack:
                stack.pop()
        elif tag == ITEM or vr == b"SQ" or (length == UNDEFINED and tag not in PIXEL_TAGS):
            self._open(stack, length)
        elif tag in PIXEL_TAGS and not stack:
            self._pixels(length)
        elif tag == EXTENDED_OFFSETS and not stack and length != UNDEFINED:
            self._extended(length)
        elif length == UNDEFINED:
            self._fragments()
        else:
            self.skip(length)

    def _open(self, stack: list[int], length: int) -> None:
        end = -1 if length == UNDEFINED else self.file.tell() + length
        if end > self.size:
            raise _cut()
        stack.append(end)
        if len(stack) > 2 * LIMITS.sequence_depth:  # a level is a sequence and an item
            raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_DEEP)

    def _pixels(self, length: int) -> None:
        self.has_pixels = True
        if length == UNDEFINED:
            self._fragments(are_pixels=True)
        else:
            self.pixel_bytes = length
            self.pixels = [(self.file.tell(), length)]
            self.skip(length)

    def _extended(self, length: int) -> None:
        """Extended Offset Table (PS3.3 C.7.6.3.1.8): before the pixel data, an offset of 64 bits for each frame."""
        if length > 8 * LIMITS.dicom_elements or length % 8:
            self.skip(length)
            return
        self.offset_table = struct.unpack(f"{self.order}{length // 8}Q", self.exactly(length))

    def _table(self, length: int) -> None:
        """Basic Offset Table: the first item, empty or an offset of 32 bits for each frame."""
        if not length or length % 4 or length > 4 * LIMITS.dicom_elements:
            self.skip(length)
            return
        offsets = struct.unpack(f"{self.order}{length // 4}L", self.exactly(length))
        self.offset_table = self.offset_table or offsets

    def _fragments(self, are_pixels: bool = False) -> None:
        """Encapsulated pixel data (PS3.5 annex A.4): items of known length up to the delimiter."""
        is_table = are_pixels
        while True:
            tag = self.tag()
            length = struct.unpack(self.order + "L", self.exactly(4))[0]
            if tag == SEQUENCE_END:
                return
            if tag != ITEM or length == UNDEFINED:
                raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED)
            self._count()
            self.fragments += 1
            if is_table:
                self._table(length)
            else:
                if are_pixels:
                    self.pixels.append((self.file.tell(), length))
                self.skip(length)
            is_table = False


def meta_of(file: BinaryIO, size: int, start: int) -> tuple[str, int]:
    """Transfer syntax and end of the file meta information; ("", start) when there is none (PS3.10 section 7.1)."""
    file.seek(start)
    walk = Walk(file, size, "<", explicit=True)
    syntax, end = "", start
    while file.tell() < size:
        head = file.read(4)
        file.seek(-len(head), io.SEEK_CUR)
        if len(head) < 4 or head[:2] != b"\x02\x00":
            break
        tag = walk.tag()
        _vr, length = walk.length(tag)
        if length > 1 << 20:
            raise _cut() if file.tell() + length > size else Unreadable(Verdict.UNREADABLE, Reason.DAMAGED)
        value = walk.exactly(length)
        walk._count()
        if tag == (0x0002, 0x0010):
            syntax = value.rstrip(b"\x00 ").decode("ascii", "replace")
        end = file.tell()
    return syntax, end


def _start(file: BinaryIO) -> int:
    file.seek(0)
    head = file.read(132)
    if head[128:132] == b"DICM":
        return 132
    return 4 if head[:4] == b"DICM" else 0


def _guess(file: BinaryIO, start: int) -> tuple[str, bool]:
    """Byte order and explicitness of a data set, by its first element, as every tolerant reader guesses."""
    file.seek(start)
    head = file.read(8)
    order = ">" if head[:1] == b"\x00" and head[1:2] != b"\x00" else "<"
    return order, head[4:6] in KNOWN_VRS


def inflate(file: BinaryIO, start: int) -> bytes:
    """The deflated data set (PS3.5 annex A.5), counted while it inflates so that a bomb stops at the limit."""
    file.seek(start)
    packed = file.read()
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflater.decompress(packed, LIMITS.deflated_bytes)
    except zlib.error as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    if inflater.unconsumed_tail or _is_bomb(len(data), len(packed)):
        raise Unreadable(Verdict.BOMB, Reason.RATIO)
    if not inflater.eof:
        raise _cut()
    return data


def _is_bomb(real: int, packed: int) -> bool:
    return real > LIMITS.archive_ratio_from_bytes and real > LIMITS.archive_ratio * max(packed, 1)


def size_of(file: BinaryIO) -> int:
    """The real length in bytes; the position goes back to the start."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def of(file: BinaryIO) -> Shape:
    """The shape of a DICOM file; raises Unreadable with TRUNCATED, TOO_LARGE, BOMB or UNREADABLE."""
    size = size_of(file)
    prefix = _start(file)
    syntax, start = meta_of(file, size, prefix)
    if start >= size:
        raise _cut() if syntax else Unreadable(Verdict.UNREADABLE, Reason.NO_CONTENT)
    if syntax == DEFLATED:
        inflated = inflate(file, start)
        walk = Walk(io.BytesIO(inflated), len(inflated), "<", explicit=True)
    else:
        order, explicit = _guess(file, start)
        if syntax == BIG_ENDIAN:
            order = ">"
        file.seek(start)
        walk = Walk(file, size, order, explicit)
    trailing = walk.run()
    return Shape(
        transfer_syntax=syntax,
        start=start,
        has_meta=start > prefix,
        elements=walk.elements,
        pixel_bytes=walk.pixel_bytes,
        fragments=walk.fragments,
        has_pixels=walk.has_pixels,
        trailing=trailing,
        pixels=tuple(walk.pixels),
        offset_table=walk.offset_table,
    )
