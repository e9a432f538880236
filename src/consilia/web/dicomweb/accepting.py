"""Accepting: which of the forms that we have a client takes (PS3.18 sections 8.3.3 and 8.7). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

PARAMETER: Final = re.compile(r';\s*([A-Za-z-]+)\s*=\s*("[^"]*"|[^;,\s]*)')
RANGE: Final = re.compile(r'(?:[^,"]|"[^"]*")+')
NATIVE: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
EXPLICIT: Final = "1.2.840.10008.1.2.1"
# Media types of compressed frames (PS3.18 table 8.7.3-5).
COMPRESSED: Final = {
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.92": "image/jpx",
    "1.2.840.10008.1.2.4.93": "image/jpx",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One media range of an Accept header; `kind` is the type of the parts of a multipart answer."""

    media: str
    kind: str
    syntax: str

    @property
    def is_open(self) -> bool:
        return self.media == "*/*"

    @property
    def is_multipart(self) -> bool:
        return self.media in {"multipart/related", "multipart/*"}


def forms(accept: str) -> tuple[Form, ...]:
    """What the header names, in its order; an empty header takes everything (RFC 9110 section 12.5.1)."""
    return tuple(_forms(accept)) or (Form("*/*", "", ""),)


def _forms(accept: str) -> Iterator[Form]:
    for part in RANGE.findall(accept[:4000]):
        media, _, _rest = part.partition(";")
        values = {name.lower(): value.strip('"') for name, value in PARAMETER.findall(part)}
        if media.strip() and values.get("q") not in {"0", "0.0", "0.00", "0.000"}:
            yield Form(media.strip().lower(), values.get("type", "").lower(), values.get("transfer-syntax", ""))


def takes(accepted: Sequence[Form], *media: str) -> bool:
    """Whether one of these single types is taken."""
    groups = {one.partition("/")[0] + "/*" for one in media}
    return any(form.is_open or form.media in media or form.media in groups for form in accepted)


def objects(accepted: Sequence[Form], syntaxes: Sequence[str]) -> bool:
    """Whether the stored objects, in these transfer syntaxes, are taken as multipart/related of application/dicom."""
    return any(
        form.is_open
        or (
            form.is_multipart
            and form.kind in {"", "application/dicom"}
            and (form.syntax in {"", "*"} or set(syntaxes) <= {form.syntax})
        )
        for form in accepted
    )


@dataclass(frozen=True, slots=True)
class Given:
    """How frames are given: the type of each part, and whether in a multipart answer or alone."""

    media: str
    syntax: str
    is_multipart: bool


def frame(accepted: Sequence[Form], stored: str, count: int) -> Given | None:
    """How frames that are stored in this transfer syntax can be given, None when the client takes none of it.

    Nothing is decoded or packed: the bytes go out as they came. A bare application/octet-stream means uncompressed.
    """
    syntax = EXPLICIT if stored in NATIVE else stored
    own = "application/octet-stream" if stored in NATIVE else COMPRESSED.get(stored, "application/octet-stream")
    for form in accepted:
        kind = form.kind or own if form.is_multipart or form.is_open else form.media
        if kind in {"*/*", "image/*"}:
            kind = own
        is_raw = kind == "application/octet-stream"
        fits = form.syntax in {"*", syntax, stored} or (not form.syntax and (not is_raw or stored in NATIVE))
        if (form.is_open and not form.syntax) or (kind in {own, "application/octet-stream"} and fits):
            is_multipart = form.is_multipart or form.is_open
            if is_multipart or count == 1:
                return Given(kind, syntax, is_multipart)
    return None
