"""Values: what reading gives, as frozen dataclasses that cross a pipe as JSON and are validated on the other side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import ConfigDict, TypeAdapter

from consilia.formats.results import Results
from consilia.formats.verdicts import Reason, Verdict

NOTHING_MEASURED: Final = Results()
STRICT: Final = ConfigDict(extra="forbid", allow_inf_nan=False)


class ClaimKind(StrEnum):
    """What a record says about whose it is."""

    NAME = "name"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    PATIENT_ID = "patient_id"
    ISSUER = "issuer"
    ACCESSION = "accession"


class DateKind(StrEnum):
    """What a date on a record means; birth dates are claims and never stand here."""

    DOCUMENT = "document"
    EXAMINATION = "examination"
    RECEIVED = "received"
    PRINTED = "printed"
    PLANNED = "planned"
    MENTIONED = "mentioned"


LINE: Final = re.compile(r"page:(\d+)/line:(\d+)")


def place_of_line(page: int, line: int) -> str:
    """Where a line stands: the page from 1, the line of its text from 0."""
    return f"page:{page}/line:{line}"


def line_at(where: str) -> tuple[int, int] | None:
    """(page from 1, line from 0) of such a place; None for a tag, a path, or nothing."""
    found = LINE.fullmatch(where)
    return (int(found[1]), int(found[2])) if found else None


@dataclass(frozen=True, slots=True)
class Claim:
    """One identity claim; birth dates are ISO 8601 where they could be read, else as printed.

    `where` is "page:1/line:3" (page from 1, line from 0), a DICOM tag "(0010,0010)" or a FHIR path.
    `alternatives` holds other readings of an ambiguous date (02/08/1951), also ISO.
    """

    kind: ClaimKind
    value: str
    where: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date on the record with the words that stood before it; best candidate first in a Reading."""

    kind: DateKind
    value: str
    label: str = ""
    where: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a scan or a run of printed text with its box; confidence in percent, 100 when printed."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: int = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text with its box in points of the page as shown, origin top left; all zero when there is no box.

    Three spaces stand where a column ends. `words` from left to right as they are read, where boxes are known.
    """

    text: str
    x0: float = 0.0
    y0: float = 0.0
    x1: float = 0.0
    y1: float = 0.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class PageText:
    """One page, counted from 1; width and height in points (PDF) or pixels (pictures), 0 where there is no page.

    For a page that was read from its picture: `scanned`, its language (ISO 639-1, "" unknown), the mean confidence of
    its words in percent and the degrees by which the page as shown must be turned clockwise to be read.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...] = ()
    scanned: bool = False
    language: str = ""
    confidence: int = 100
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """A VOI window in values after rescaling (DICOM PS3.3 C.11.2.1.2)."""

    center: float
    width: float


@dataclass(frozen=True, slots=True)
class DicomInstance:
    """The header of one instance; dates ISO, lengths in millimetres, empty strings and zeros where absent."""

    study_uid: str
    series_uid: str
    instance_uid: str
    class_uid: str
    transfer_syntax: str
    modality: str = ""
    study_date: str = ""
    series_date: str = ""
    content_date: str = ""
    study_time: str = ""
    study_description: str = ""
    series_description: str = ""
    body_part: str = ""
    laterality: str = ""
    institution: str = ""
    manufacturer: str = ""
    series_number: int = 0
    instance_number: int = 0
    rows: int = 0
    columns: int = 0
    frames: int = 0
    bits_stored: int = 0
    samples: int = 0
    photometric: str = ""
    window: Window | None = None
    pixel_spacing: tuple[float, ...] = ()
    position: tuple[float, ...] = ()
    orientation: tuple[float, ...] = ()
    slice_thickness: float = 0.0
    frame_time: float = 0.0
    frame_of_reference_uid: str = ""
    encapsulated: str = ""
    preamble_in_use: bool = False
    trailing_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file is and says. `references` are the files a DICOMDIR names, never to be resolved as paths.

    `codes` say what document it is, as "system|code", where the file itself says so.
    """

    __pydantic_config__ = STRICT

    verdict: Verdict
    reason: Reason = Reason.NONE
    media_type: str = "application/octet-stream"
    claims: tuple[Claim, ...] = ()
    pages: tuple[PageText, ...] = ()
    page_count: int = 0
    instance: DicomInstance | None = None
    title: str = ""
    title_lines: tuple[str, ...] = ()
    date_candidates: tuple[DateCandidate, ...] = ()
    language: str = ""
    references: tuple[str, ...] = ()
    results: Results = NOTHING_MEASURED
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recognition:
    """What came of reading a page's picture: the page, or the language (ISO 639-2) that must be loaded to read it."""

    __pydantic_config__ = STRICT

    page: PageText
    wanted: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive, or the archive itself (path "" for the uploaded one).

    `stored` is the file name in the folder that was handed in, made by us, "" when nothing was taken out.
    """

    __pydantic_config__ = STRICT

    path: str
    verdict: Verdict
    reason: Reason = Reason.NONE
    size: int = 0
    stored: str = ""


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One DICOM frame before windowing: little-endian values row by row, 8 or 16 bits a sample, 1 or 3 samples.

    Shown value = stored * slope + intercept, then the window; `inverted` for MONOCHROME1 (low values are white).
    """

    __pydantic_config__ = STRICT

    rows: int
    columns: int
    samples: int
    bits: int
    signed: bool
    slope: float
    intercept: float
    window: Window
    inverted: bool
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Protection:
    """What really holds a child of the nursery on this machine, as a child found out by trying."""

    __pydantic_config__ = STRICT

    landlock: bool
    seccomp: bool


@dataclass(frozen=True, slots=True)
class Description:
    """The header of a DICOM instance as JSON text (PS3.18 annex F), and (offset, length) of the parts of each frame.

    `places` is empty where the frames of a file cannot be read by their place: deflated, or no offset table.
    """

    __pydantic_config__ = STRICT

    model: str
    transfer_syntax: str
    places: tuple[tuple[tuple[int, int], ...], ...]


DESCRIPTION: Final = TypeAdapter(Description)
READING: Final = TypeAdapter(Reading)
RECOGNITION: Final = TypeAdapter(Recognition)
MEMBER: Final = TypeAdapter(Member)
PROTECTION: Final = TypeAdapter(Protection)
RAW_FRAME: Final = TypeAdapter(RawFrame)
