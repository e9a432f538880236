"""Words: free text against stems, without case and accents; a match is a guess that a person can change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable


def word_list(said: str) -> tuple[str, ...]:
    """The words of a text without case and accents, for matching stems."""
    plain = unicodedata.normalize("NFKD", said.casefold())
    return tuple(re.findall(r"[^\W_]+", "".join(mark for mark in plain if not unicodedata.combining(mark))))


def meets(stem: str, words: Iterable[str]) -> bool:
    """True if a stem is met by a word: "lung" whole, "mammo*" at its beginning, "*katheter*" anywhere in it."""
    if stem.startswith("*"):
        return any(stem.strip("*") in word for word in words)
    if stem.endswith("*"):
        return any(word.startswith(stem[:-1]) for word in words)
    return stem in words
