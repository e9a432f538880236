"""Tongues: the languages in which scans can be read, and where their data lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[3] / "build" / "ocr"
# ISO 639-1 to the name of the language data (ISO 639-2).
NAMES: Final = {
    "en": "eng",
    "de": "deu",
    "fr": "fra",
    "es": "spa",
    "it": "ita",
    "pt": "por",
    "ru": "rus",
    "tr": "tur",
    "uk": "ukr",
    "pl": "pol",
    "nl": "nld",
    "ar": "ara",
    "he": "heb",
}
CODES: Final = {name: code for code, name in NAMES.items()}
LATIN: Final = "eng"
# Tried when a page does not read as Latin letters either way up.
OTHER_SCRIPTS: Final = ("rus", "ara", "heb")
SCRIPTS: Final = {"rus": "Cyrl", "ukr": "Cyrl", "ara": "Arab", "heb": "Hebr"}


def installed(name: str) -> bool:
    """The data of this language (ISO 639-2) are there."""
    return name in CODES and (FOLDER / f"{name}.traineddata").is_file()


def script_of(name: str) -> str:
    """The script (ISO 15924) in which a language (ISO 639-2) is written."""
    return SCRIPTS.get(name, "Latn")
