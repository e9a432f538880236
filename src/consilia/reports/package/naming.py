"""Names in the package: a day and what it is, unique, and good on every file system. Pure.

Nothing that a sender wrote chooses a folder; of his names only letters, digits and the harmless signs are left.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from consilia.formats import health_card, sniff

UNSAFE: Final = re.compile(r"[^\w’()\- ]+")  # everything that Windows, a shell or a ZIP reader could take amiss
LONGEST: Final = 70  # characters of a name; with its folders far below the 260 of Windows
UNKNOWN: Final = "bin"
ENDINGS: Final = {
    sniff.DICOM: "dcm",
    sniff.PDF: "pdf",
    sniff.JPEG: "jpg",
    sniff.PNG: "png",
    sniff.TIFF: "tif",
    sniff.HEIC: "heic",
    sniff.RTF: "rtf",
    sniff.DOCX: "docx",
    sniff.ZIP: "zip",
    sniff.TEXT: "txt",
    sniff.JSON: "json",
    sniff.FHIR: "json",
    health_card.CARD: "smart-health-card",
    "application/xml": "xml",
    "text/csv": "csv",
    "message/rfc822": "eml",
}
# Of what nobody could read, the sender's ending is kept when it is one of these: no program and no page with scripts.
HARMLESS: Final = frozenset({*ENDINGS.values(), "jpeg", "tiff", "hl7", "cda", "ndjson", "doc", "odt"})


class Names:
    """Gives each file a name of its own; two that differ in capitals only are the same on Windows and macOS."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def give(self, folder: str, day: date | None, words: str, ending: str) -> str:
        """`folder/2026-03-02 Imaging report.pdf`, with a number behind where that name is given already."""
        first = day.isoformat() if day else "undated"
        stem = f"{first} {clean(words)}".strip()
        name, number = f"{folder}/{stem}.{ending}", 1
        while name.casefold() in self._given:
            number += 1
            name = f"{folder}/{stem} ({number}).{ending}"
        self._given.add(name.casefold())
        return name


def clean(words: str) -> str:
    """Words as part of a name: composed letters, no signs, no space at an end; "" where nothing is left."""
    bare = UNSAFE.sub(" ", unicodedata.normalize("NFC", words))
    return " ".join(bare.split())[:LONGEST].strip()


def stem_of(path: str) -> str:
    """What the sender called a file, without folders and ending."""
    last = re.split(r"[/\\]", path)[-1]
    return clean(last.rpartition(".")[0] or last)


def ending_of(media_type: str, path: str) -> str:
    """The ending by what the file is; by its sender only where that cannot start anything."""
    known = ENDINGS.get(media_type.partition(";")[0].strip())
    said = path.rpartition(".")[2].lower()
    return known or (said if said in HARMLESS else UNKNOWN)
