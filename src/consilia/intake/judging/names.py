"""Names: whether two names may be one person's, across order, initials, scripts, short forms and errors. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import anyascii
from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

# Words beside a name that are no part of it.
PARTICLES: Final = frozenset(
    """
    dr mr mrs ms miss herr frau sig sigra sra sr prof dott dottssa geb nee born mme mlle monsieur madame pan pani hr fr
    med univ ing jr de da do dos das di del della la le el van von der den bin ibn al bey bay bayan g n
    """.split()  # noqa: SIM905 - a list of words is read as words
)
LOOKS_LIKE: Final = 60  # percent of the letters of a name that was read from a picture
TYPING_ERRORS: Final = 2  # edits within a name of six letters or more that may still be the same person
# Ways of writing one sound in Latin letters, so that two transliterations of a name meet; longest first.
SOUNDS: Final = (
    ("tzsch", "c"), ("shch", "s"), ("szcz", "s"), ("dsch", "j"), ("tsch", "c"), ("sch", "s"), ("tch", "c"),
    ("dzh", "j"), ("cz", "c"), ("ch", "c"), ("sh", "s"), ("sz", "s"), ("zh", "j"), ("rz", "j"), ("kh", "h"),
    ("ph", "f"), ("th", "t"), ("ts", "c"), ("tz", "c"), ("ks", "x"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("ie", "i"), ("iy", "i"), ("ij", "i"), ("yu", "u"), ("iu", "u"), ("ju", "u"), ("ya", "a"), ("ia", "a"),
    ("ja", "a"), ("ye", "e"), ("je", "e"), ("ae", "e"), ("oe", "o"), ("ue", "u"), ("ck", "k"), ("qu", "k"),
    ("w", "v"), ("y", "i"), ("j", "i"), ("q", "k"), ("z", "s"), ("'", ""),
)  # fmt: skip


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """The name in lower-case Latin letters; caret, comma and hyphen part its words."""
    latin = anyascii.anyascii(name).lower()
    return "".join(letter if letter.isalpha() or letter == "'" else " " for letter in latin).replace("'", "")


@lru_cache(maxsize=4096)
def words(name: str) -> frozenset[str]:
    """The words of a name: order, accents, scripts and titles do not count."""
    return frozenset(word for word in plain(name).split() if word not in PARTICLES)


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """A word of a name as it may sound, whatever the spelling of a clerk or a transliteration."""
    for written, heard in SOUNDS:
        word = word.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", word)


def is_foreign_script(name: str) -> bool:
    """The name is written in other letters than Latin ones."""
    return any(letter.isalpha() and ord(letter) > 0x36F for letter in name)


@lru_cache(maxsize=4096)
def consonants(word: str) -> str:
    """What scripts that write no short vowels (Arabic, Hebrew) leave of a name."""
    return re.sub(r"[aeiouhv]", "", sound(word)).replace("c", "k")


def one_word(said: str, known: str, *, scripts_differ: bool = False) -> str:
    """same, similar or different for two words of names."""
    if said == known:
        return "same"
    if scripts_differ and (_near(sound(said), sound(known), 1) or _skeleton(said, known)):
        return "same"
    allowed = TYPING_ERRORS if min(len(said), len(known)) >= 6 else 1
    if min(len(said), len(known)) >= 3 and _near(said, known, allowed):
        return "similar"
    return "similar" if len(said) >= 4 and sound(said) == sound(known) else "different"


def _near(one: str, other: str, allowed: int) -> bool:
    return DamerauLevenshtein.distance(one, other, score_cutoff=allowed) <= allowed


def _skeleton(said: str, known: str) -> bool:
    one, other = consonants(said), consonants(known)
    return len(one) >= 2 and one == other


def looks_like(said: str, known: str) -> bool:
    """The letters of two names, in whatever order of words, are mostly the same: one was read from a picture."""
    own = sorted(words(said))
    other = sorted(words(known))
    alike = max(
        fuzz.ratio("".join(own), "".join(other)),
        fuzz.ratio("".join(plain(said).split()), "".join(plain(known).split())),
        fuzz.ratio("".join(plain(said).split()), "".join(reversed(plain(known).split()))),
    )
    return alike >= LOOKS_LIKE


class Forms:
    """Short and other forms of given names (Bob, Robert), from content."""

    def __init__(self, rows: Iterable[Iterable[str]] = ()) -> None:
        self._row: dict[str, set[int]] = {}
        for number, row in enumerate(rows):
            for form in row:
                for word in words(form):
                    self._row.setdefault(word, set()).add(number)

    def alike(self, one: str, other: str) -> bool:
        """True if both are forms of one name."""
        return bool(self._row.get(one, set()) & self._row.get(other, set()))


NO_FORMS: Final = Forms()
