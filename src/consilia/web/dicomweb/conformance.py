"""The conformance statement of our DICOMweb (PS3.2), written from the tables that the code itself uses."""

from __future__ import annotations

from consilia.formats import lean
from consilia.records import imaging
from consilia.web.dicomweb import accepting, matching

HEAD = """# DICOMweb conformance

Root of a case: `/dicomweb/cases/<case>/` for the patient, her proxies and the desk; `/dicomweb/seats/<case>/` for an
expert with a seat in it. A browser comes with the session cookie of the same origin; tokens for machines do not
exist yet. Everything lies within the case: a search by PatientID never leaves it; a case, UID or frame that the
reader may not see is answered 404 like one that does not exist. Only records that count are there: held, removed and
unreadable ones are not. Opening a study is written into the trail before its first byte goes out; a search opens
nothing. A right that was proved for a study answers its frames and headers for three seconds, then it is
looked up again.

## Services (PS3.18)
"""

SERVICES = (
    ("service", "resources", "answer"),
    ("---", "---", "---"),
    (
        "QIDO-RS",
        "`studies`, `series`, `instances`, and below a study or series",
        "`application/dicom+json`; 204 where nothing matches",
    ),
    (
        "WADO-RS metadata",
        "`studies/…/metadata`, of a series, of an instance",
        "`application/dicom+json`, gzip where it is taken, ETag",
    ),
    (
        "WADO-RS objects",
        "study, series, instance",
        '`multipart/related; type="application/dicom"`, the stored bytes; for experts pseudonymous copies, see below',
    ),
    (
        "WADO-RS frames",
        f"`…/instances/…/frames/1,2` (at most {imaging.MOST_FRAMES} at once)",
        "the stored bytes of the frame, see below",
    ),
    (
        "STOW-RS",
        "`studies` below the address of a link for records: `/doctor/add/<secret>/dicomweb`",
        '`multipart/related; type="application/dicom"`, with a length or in chunks; 200, 202 or 409 with the Store '
        "Instances Response as `application/dicom+json`",
    ),
    (
        "WADO-RS rendered",
        "`…/rendered`, `…/frames/1/rendered`, `…/thumbnail`",
        "`image/jpeg`, `image/png`, in the window of the file",
    ),
)

LIMITS = """
Not offered: STOW-RS to one study or for a signed-in session, bulk data, XML, UPS-RS, decoding to another transfer
syntax, parameters of rendered pictures. While the headers of a large study are being made, metadata is answered 503
with Retry-After. An Accept header that nothing fits is answered 406, a key of a search that is none 400 with its
name.

What is stored waits in the quarantine of the case until the worker has read it: an object of another patient is held,
a second one with the same UID and other bytes is not taken. A part is acknowledged when its closing boundary was seen;
0xC000 names a part that is no DICOM file, 0xA700 one for which there was no room.

Headers leave out pixel data and binary values above 1,024 bytes. An instance whose file cannot be described is
missing from the metadata of its series; frames of a deflated file, of frames that do not begin at whole bytes, or of
several fragments without an offset table are 404 and can be asked for as rendered pictures.
"""

SEARCH = """## Keys and attributes of a search

Keywords or tags; exact, lists of UIDs, ranges of dates and times, `*` and `?`; names without regard to case and
accents, with `fuzzymatching=true` by the beginnings of their words. Each attribute of a level is searched and returned
at it and below. `includefield` takes any tag of the header, or `all`; `limit` (at most {most}) and `offset`.

| level | attributes |
|---|---|"""

FRAMES = """
## Frames

As stored, in `multipart/related` or, one frame, alone. Uncompressed little-endian frames are
`application/octet-stream` with the transfer syntax 1.2.840.10008.1.2.1. `transfer-syntax=*` and a bare `*/*` take
what is stored; `application/octet-stream` alone takes uncompressed frames only.

| transfer syntax | media type |
|---|---|"""

LEAN = """
## Headers for experts

Only these attributes, where their values are written as their kind asks; the case stands in the place of PatientID.
UIDs are those of the files. Names that are burned into the pixels are not covered.
"""

COPIES = """
## Pseudonymous copies

Files that an expert asks for are copies (PS3.15 annex E, basic profile by allow-list, options 113107 and 113108): the
attributes above and what an image must have besides, pixels as stored, a label in the place of name and number, UIDs
of the form 2.25, dates moved by up to ten years; UIDs, label and days are the same in every copy of a case and follow
from its key. Each header is read a second time, by another reader, before it is sent. Only original slices of CT, MR
and PET in grey are given: in every other picture words may be burned in. Faces are not changed. What is not given is
missing from a study or series, and 404 alone.
"""


def statement() -> str:
    """The page as Markdown."""
    services = [f"| {' | '.join(row)} |" for row in SERVICES]
    return "\n".join((HEAD, *services, LIMITS, *_search(), *_frames(), LEAN, _kept(), COPIES))


def _search() -> list[str]:
    levels = (("study", matching.STUDY), ("series", matching.SERIES), ("instance", matching.INSTANCE))
    rows = [
        f"| {level} | {', '.join(f'{keyword} ({tag})' for keyword, tag in tags.items())} |" for level, tags in levels
    ]
    return [SEARCH.format(most=matching.MOST), *rows]


def _frames() -> list[str]:
    return [FRAMES, *(f"| {syntax} | `{media}` |" for syntax, media in accepting.COMPRESSED.items())]


def _kept() -> str:
    tags = sorted(lean.KEPT)
    return ",\n".join(", ".join(tags[start : start + 12]) for start in range(0, len(tags), 12)) + "."
