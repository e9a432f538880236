"""What a look at the installation can say: good, worth knowing, or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    GOOD = "good"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing; a wrong one says also how to mend it."""

    level: Level
    words: str


def good(words: str) -> Finding:
    return Finding(Level.GOOD, words)


def note(words: str) -> Finding:
    return Finding(Level.NOTE, words)


def wrong(words: str) -> Finding:
    return Finding(Level.WRONG, words)
