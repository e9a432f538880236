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
    """True if a stem is met: "lung" a whole word, "mammo*" its start, "*krebs*" any part, "du_sein" two in a row."""
    if "_" in stem:
        return f" {stem.replace('_', ' ')} " in f" {' '.join(words)} "
    if stem.startswith("*"):
        return any(stem.strip("*") in word for word in words)
    if stem.endswith("*"):
        return any(word.startswith(stem[:-1]) for word in words)
    return stem in words


def score(groups: Iterable[Iterable[str]], words: tuple[str, ...]) -> int:
    """How many stems are met, counting only if each group has at least one that is; 0 without groups."""
    met = [sum(meets(stem, words) for stem in group) for group in groups]
    return sum(met) if met and all(met) else 0
