"""Plain: makes a stranger's text safe to carry and finds its language; nothing here raises on any input."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

# C0 and C1 controls except tab and newline, lone surrogates, and the bidi overrides that can make one name look
# like another (Unicode UAX #9, section 2).
UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
LETTERS_FOR_LANGUAGE: Final = 40
LANGUAGE_CERTAINTY: Final = 0.6

# Languages in which records come; close relatives with few papers (Galician, Occitan) would take votes from them.
# fmt: off
LANGUAGES: Final = (
    "ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi",
    "fr", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ka", "kk", "ko",
    "lt", "lv", "mk", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq",
    "sr", "sv", "th", "tr", "uk", "ur", "vi", "zh",
)
# fmt: on


@cache
def identifier() -> LanguageIdentifier:
    """The model, read once (half a second): the nursery asks for it first, for its children can open no file."""
    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages(list(LANGUAGES))
    return found


def clean(text: str, *, most: int) -> str:
    """The text without controls (each becomes U+FFFD), at most `most` characters."""
    return UNWANTED.sub("\ufffd", text[:most].replace("\r\n", "\n").replace("\r", "\n"))


def folded(text: str) -> str:
    """Lower case without accents, of exactly the same length, so that positions hold in both."""
    return "".join(unicodedata.normalize("NFD", letter)[:1].lower()[:1] or letter for letter in text)


def language_of(text: str) -> str:
    """ISO 639-1 code of the text's language, "" when it is too short or the finding too weak."""
    sample = text[:20_000]
    if sum(letter.isalpha() for letter in sample) < LETTERS_FOR_LANGUAGE:
        return ""
    language, probability = identifier().classify(sample)
    return str(language) if probability > LANGUAGE_CERTAINTY else ""
