"""Left, right and spinal level in a text, in five languages: word lists as data, and one pure comparison.

Wrong-side errors are rare and grave; a false alarm costs the expert one sentence. Therefore a word that may be a side
counts as one, unless it stands in a phrase known to be innocent ("the right choice", "nothing left").
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


# Whole words after folding (small letters, no accents); a trailing * takes every ending.
WORDS: Final[dict[str, dict[Side, tuple[str, ...]]]] = {
    "en": {Side.LEFT: ("left", "left-*", "leftward*"), Side.RIGHT: ("right", "right-*", "rightward*")},
    "de": {
        Side.LEFT: ("links", "links*", "linke*"),
        Side.RIGHT: ("rechts", "rechts*", "rechte", "rechter", "rechten", "rechtes", "rechtem"),
    },
    "it": {Side.LEFT: ("sinistr*", "sn", "sx"), Side.RIGHT: ("destr*", "dx")},
    "es": {Side.LEFT: ("izquierd*", "izq", "izda", "izdo"), Side.RIGHT: ("derech*", "dcha", "dcho")},
    "fr": {Side.LEFT: ("gauche", "gauches"), Side.RIGHT: ("droit", "droite", "droits", "droites")},
}

# Phrases in which such a word is no side; taken out before counting. Folded, spaces stand for any white space.
INNOCENT: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        r"(?:is|are|was|were|be|seems?|sounds?|not|all|quite|that's|it's) right\b"
        r"(?!\s*[-(]?\s*(?:sided?|breast|lung|kidney|hip|knee|ovary|lobe|arm|leg|eye|ear|hand|foot|coronary|ventric|atri|axill|hemi|upper|lower|middle))",
        r"right (?:now|away|after|before|time|choice|decision|treatment|therapy|diagnosis|answer|question|dose|moment|"
        r"order|way|patient|to (?:ask|decide|choose|give|start|wait|know|refuse|a|the|add|use|have|offer|plan|do|say))",
        r"the right (?:one|thing)",
        r"left (?:untreated|alone|over|out|open|behind|unchanged|in place|in situ|at surgery|to (?:do|the discretion))",
        r"(?:nothing|none|time|anything|something) (?:is |was )?left",
        r"(?:no|any) \w+ (?:is|are|was|were) left",
        r"(?:has|have|had) left",
    ),
    "de": (r"links(?:verschiebung|herz\w*)\b", r"nicht rechtens", r"das recht\b"),
    "it": (r"destrosio", r"destrano", r"destrometorfano"),
    "es": (r"derechos? (?:a|de|del) ", r"tiene derecho", r"derechos"),
    "fr": (r"(?:a|le|avoir) droit (?:a|de) ", r"en droit"),
}

# "L4/5", "L5-S1", "C5/C6": a pair, because a lone C5 or T2 is as often cytology or TNM.
_LEVEL = re.compile(r"\b([CTLS])\s?(\d{1,2})\s?[/\-–]\s?([CTLS]?)\s?(\d{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Places:
    """What a text names: sides, and levels of the spine as ("L4", "L5")."""

    sides: frozenset[Side]
    levels: frozenset[tuple[str, str]]


def places(text: str) -> Places:
    """Sides and levels named in a text of any of the five languages."""
    folded = fold(text)
    return Places(_sides(folded), frozenset(_levels(folded)))


def contradict(statement: str, cited: str) -> bool:
    """True when a statement names a side (or level) and what it cites names only the other (or only others)."""
    said, shown = places(statement), places(cited)
    sides = bool(said.sides and shown.sides) and not said.sides & shown.sides
    levels = bool(said.levels and shown.levels) and not said.levels & shown.levels
    return sides or levels


def fold(text: str) -> str:
    """Small letters without accents, white space as single spaces."""
    letters = unicodedata.normalize("NFKD", text).lower()
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _sides(folded: str) -> frozenset[Side]:
    left = _INNOCENT.sub(" ", folded)
    return frozenset(side for side, pattern in _PATTERNS.items() if pattern.search(left))


def _levels(folded: str) -> list[tuple[str, str]]:
    found = []
    for upper, above, lower, below in _LEVEL.findall(folded):
        if not lower and (upper == "t" or int(below) != int(above) + 1):
            continue  # "T2/3" is as often a tumour, and the range "L1-4" names no single disc
        found.append((f"{upper}{int(above)}".upper(), f"{lower or upper}{int(below)}".upper()))
    return found


def _pattern(side: Side) -> re.Pattern[str]:
    words = {word for language in WORDS.values() for word in language[side]}
    return re.compile(r"\b(?:" + "|".join(re.escape(w).replace(r"\*", r"\w*") for w in sorted(words)) + r")(?!\w)")


_PATTERNS: Final = {side: _pattern(side) for side in Side}
_INNOCENT: Final = re.compile(r"\b(?:" + "|".join(p for group in INNOCENT.values() for p in group) + ")")
