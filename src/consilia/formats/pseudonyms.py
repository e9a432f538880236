"""Pseudonymous copies of DICOM images (PS3.15 annex E): a header by allow-list, other UIDs, earlier days, same pixels.

What is kept is what lean headers keep; the attributes of the basic profile that an image must have (actions Z and D of
table E.1-1) get an empty or made-up value, everything else is left out, private elements too. UIDs and the number of
days by which dates move follow from a secret of the case: the same in every copy of it, told by none. Options: patient
characteristics (E.3.7; ages above 89 years are one), longitudinal dates (E.3.6, modified). Faces in slices of a head
are not changed (E.3.2 is not claimed).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import re
import struct
from base64 import b32encode
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from consilia.formats import dicom_shape, dicom_writing, lean
from consilia.formats.values import Description

EXPLICIT: Final = "1.2.840.10008.1.2.1"
OF_THE_STANDARD: Final = "1.2.840.10008."  # UIDs that name a class or a syntax, not an object
# Classes whose pixels come from the detector alone; in all others words may be burned in, and a person must look.
CLEAR_CLASSES: Final = frozenset(
    f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("2", "2.1", "2.2", "4", "4.1", "4.4", "128", "128.1", "130")
)
PET: Final = "1.2.840.10008.5.1.4.1.1.128"
ENHANCED: Final = frozenset(f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("2.1", "2.2", "4.1", "4.4", "128.1", "130"))
ENHANCED_MR: Final = frozenset({"1.2.840.10008.5.1.4.1.1.4.1", "1.2.840.10008.5.1.4.1.1.4.4"})
REMOVED: Final = "REMOVED"
RADIOPHARMACEUTICALS: Final = "00540016"
METHOD: Final = "Consilia: PS3.15 basic profile by allow-list"
# CID 7050 of PS3.16.
METHODS: Final = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
)


def _code(value: str, meaning: str) -> dict[str, Any]:
    """A coded entry of DCM (PS3.3 section 8.8)."""
    told = {"00080100": ("SH", value), "00080102": ("SH", "DCM"), "00080104": ("LO", meaning)}
    return {tag: {"vr": kind, "Value": [text]} for tag, (kind, text) in told.items()}


OLDEST: Final = 89  # years; a higher age is written as 90 (45 CFR 164.514(b)(2)(i)(C))
MOST_DAYS: Final = 3650  # by which dates move, into the past
# What an image must have, empty where it is not kept (types 2 of the modules patient, general study, equipment, frame).
MUST: Final[dict[str, Any]] = {
    tag: {"vr": kind}
    for tag, kind in (
        *(("00080020", "DA"), ("00080030", "TM"), ("00080050", "SH"), ("00080070", "LO"), ("00080090", "PN")),
        *(("00100030", "DA"), ("00100040", "CS"), ("00200010", "SH"), ("00201040", "LO")),
    )
}
# What was done to it (PS3.15 section E.1.1, PS3.3 C.7.1.1 and C.12.1).
DONE: Final[dict[str, Any]] = {
    "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
    "00120062": {"vr": "CS", "Value": ["YES"]},
    "00120063": {"vr": "LO", "Value": [METHOD]},
    "00120064": {"vr": "SQ", "Value": [_code(*method) for method in METHODS]},
    "00280303": {"vr": "CS", "Value": ["MODIFIED"]},
}
OF_CLASSES: Final = ("00081090", "00181000", "00181020", "00189005", "00540300", "00540410", "00540414")
ADDED: Final = frozenset({*MUST, *DONE, *_code("", ""), *OF_CLASSES, "00100010", "00100020"})
DELIMITERS: Final = frozenset({"FFFEE000", "FFFEE00D", "FFFEE0DD"})
LONGEST_DECIMAL: Final = 16  # characters
SHORTEST_WORD: Final = 3  # letters of a word that may not stand in a copy,
SHORTEST_NUMBER: Final = 5  # digits of a number: shorter ones are measures, too


class NotCopied(Exception):
    """No copy of this object is given; `code` says why: words_in_pixels, no_frames, byte_order, not_written, tells."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Subject:
    """Who the copies are of, for those who hold the secret (32 bytes): a label, a day shift, other UIDs."""

    secret: bytes

    def _drawn(self, words: str) -> bytes:
        return hmac.new(self.secret, words.encode(), hashlib.sha256).digest()

    @property
    def label(self) -> str:
        """Eleven characters in the place of name and number."""
        return f"P{b32encode(self._drawn('label'))[:10].decode()}"

    @property
    def days(self) -> int:
        """By how many days every date lies further in the past, 1 to MOST_DAYS."""
        return int.from_bytes(self._drawn("days")[:8], "big") % MOST_DAYS + 1

    def uid(self, original: str) -> str:
        """Another UID for an object, derived from a UUID (PS3.5 section B.2, RFC 9562 version 8)."""
        if not original or original.startswith(OF_THE_STANDARD):
            return original
        number = int.from_bytes(self._drawn(f"uid {original}")[:16], "big")
        number = number & ~(0xF << 76) | 8 << 76
        return f"2.25.{UUID(int=number & ~(3 << 62) | 2 << 62).int}"


def header(description: Description, subject: Subject) -> bytes:
    """The file up to its pixel data: empty preamble, file meta information, data set. Raises NotCopied."""
    full = json.loads(description.model)
    if not _is_clear(full):
        raise NotCopied("words_in_pixels")
    if not description.places:
        raise NotCopied("no_frames")
    if description.transfer_syntax == dicom_shape.BIG_ENDIAN:
        raise NotCopied("byte_order")
    elements = _changed(lean.kept(full), subject)
    elements.pop("00083002", None)  # of the answers of a search, not of a file (PS3.18 table 10.6.3-5)
    for item in _values(elements, RADIOPHARMACEUTICALS):
        item.setdefault("00540300", {"vr": "SQ"})  # its code, which may be empty (PS3.3 C.8.9.2)
    try:
        whole = {**MUST, **_of_class(elements["00080016"]["Value"][0]), **elements, **DONE, **_named(subject)}
        return dicom_writing.file(whole, syntax(description))
    except (struct.error, OverflowError, ValueError) as error:
        raise NotCopied("not_written") from error


def syntax(description: Description) -> str:
    """Transfer syntax of a copy: what was implicit is written explicitly, compressed frames stay as they are."""
    return EXPLICIT if description.transfer_syntax == dicom_shape.IMPLICIT else description.transfer_syntax


def _is_clear(full: dict[str, Any]) -> bool:
    """Whether nothing can be burned in: an original slice in grey that does not say otherwise."""
    kinds = [*_values(full, "00080008"), "", ""]
    is_original = kinds[0] == "ORIGINAL" and kinds[1] == "PRIMARY"
    is_grey = _values(full, "00280002") == [1]
    is_class = _values(full, "00080016")[:1] != [] and _values(full, "00080016")[0] in CLEAR_CLASSES
    return is_class and is_original and is_grey and _values(full, "00280301") != ["YES"]


def _values(elements: dict[str, Any], tag: str) -> list[Any]:
    return list(elements.get(tag, {}).get("Value", []))


def _changed(elements: dict[str, Any], subject: Subject) -> dict[str, Any]:
    told = {tag: _one(element, subject) for tag, element in elements.items()}
    return {tag: one for tag, one in told.items() if one is not None}


def _one(element: dict[str, Any], subject: Subject) -> dict[str, Any] | None:
    """None for a sequence of which nothing is left, as of a code."""
    kind = element["vr"]
    if kind == "SQ":
        items = [_changed(item, subject) for item in element["Value"]]
        return {**element, "Value": items} if any(items) or not items else None
    if "Value" not in element:
        return element
    if None in element["Value"] and kind in dicom_writing.PACKED:
        return {"vr": kind}  # not a number: nothing can stand for it
    return {**element, "Value": [_value(kind, value, subject) for value in element["Value"]]}


def _value(kind: str, value: Any, subject: Subject) -> Any:
    if value is None:
        return None
    if kind == "UI":
        return subject.uid(value)
    if kind in {"DA", "DT"}:
        return _earlier(value, subject.days)
    if kind == "AS" and value.endswith("Y") and int(value[:3]) > OLDEST:
        return f"{OLDEST + 1:03d}Y"
    return _decimal(value) if kind == "DS" else value


def _decimal(value: float) -> str:
    """At most 16 characters (PS3.5 table 6.2-1), as exact as they allow."""
    texts = (repr(value), *(f"{value:.{digits}g}" for digits in range(15, 8, -1)))
    return next(text for text in texts if len(text) <= LONGEST_DECIMAL)


def _earlier(written: str, days: int) -> str:
    """A DA or DT so many days earlier; what gives no day is left out."""
    try:
        day = date(int(written[:4]), int(written[4:6]), int(written[6:8])) - timedelta(days)
    except (ValueError, OverflowError):
        return ""
    return f"{day:%Y%m%d}{written[8:]}"


def _of_class(sop_class: str) -> dict[str, Any]:
    """What images of this class must have besides: a word in the place of the machine, empty codes of PET."""
    if sop_class in ENHANCED:
        words = {tag: {"vr": "LO", "Value": [REMOVED]} for tag in ("00080070", "00081090", "00181000", "00181020")}
        return {**words, "00189005": {"vr": "SH", "Value": [REMOVED]}} if sop_class in ENHANCED_MR else words
    return {tag: {"vr": "SQ"} for tag in ("00540410", "00540414")} if sop_class == PET else {}


def _named(subject: Subject) -> dict[str, Any]:
    return {"00100010": {"vr": "PN", "Value": [subject.label]}, "00100020": {"vr": "LO", "Value": [subject.label]}}


def pixels(description: Description, frames: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """The pixel data element: `frames` gives the parts of each as they are stored (PS3.5 annexes A.1 and A.4)."""
    lengths = [[length for _start, length in places] for places in description.places]
    tag = struct.pack("<HH", 0x7FE0, 0x0010)
    if syntax(description) == EXPLICIT:
        total = sum(map(sum, lengths))
        bits = _values(json.loads(description.model), "00280100")
        yield tag + (b"OB" if bits and bits[0] <= 8 else b"OW") + struct.pack("<HL", 0, total + total % 2)
        for frame in frames:
            yield from frame
        yield bytes(total % 2)
        return
    yield tag + b"OB" + struct.pack("<HL", 0, dicom_shape.UNDEFINED) + _table(lengths)
    for frame in frames:
        for part in frame:
            yield _item(len(part) + len(part) % 2) + part + bytes(len(part) % 2)
    yield struct.pack("<HHL", *dicom_shape.SEQUENCE_END, 0)


def _item(length: int) -> bytes:
    return struct.pack("<HHL", *dicom_shape.ITEM, length)


def _table(lengths: Collection[Collection[int]]) -> bytes:
    """The basic offset table: where the first fragment of each frame begins; empty beyond 4 GB."""
    offsets, place = [], 0
    for frame in lengths:
        offsets.append(place)
        place += sum(8 + length + length % 2 for length in frame)
    packed = b"".join(struct.pack("<L", offset) for offset in offsets) if place < dicom_shape.UNDEFINED else b""
    return _item(len(packed)) + packed


class _Listing(dicom_shape.Walk):
    """Notes every tag that the walk meets."""

    def __init__(self, data: bytes, start: int) -> None:
        super().__init__(io.BytesIO(data), len(data), "<", explicit=True)
        self.tags: set[str] = set()
        self.file.seek(start)

    def tag(self) -> tuple[int, int]:
        found = super().tag()
        self.tags.add(f"{found[0]:04X}{found[1]:04X}")
        return found


def verify(made: bytes, telling: Collection[str]) -> None:
    """Reads a header anew, by the walk that knows no pydicom. Raises NotCopied("tells").

    Nothing but allowed elements, an empty preamble, and none of the words of `telling`: names, numbers, days, UIDs.
    """
    _syntax_uid, start = dicom_shape.meta_of(io.BytesIO(made), len(made), 132)
    listing = _Listing(made, start)
    listing.run()
    text = made.decode("utf-8", "replace").casefold()
    words = {part.casefold() for words in telling for part in (words, *re.split(r"[\s^=,;/]+", words))}
    needles = [re.escape(word) for word in words if len(word) >= (SHORTEST_NUMBER if word.isdigit() else SHORTEST_WORD)]
    is_told = needles and re.search(rf"(?<!\w)({'|'.join(needles)})(?!\w)", text)
    if any(made[:128]) or listing.tags - lean.KEPT - ADDED - DELIMITERS or is_told:
        raise NotCopied("tells")
