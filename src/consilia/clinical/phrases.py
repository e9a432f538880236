"""Phrases: finds many phrases of content in one pass over a text, and says where each stands."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Payload = TypeVar("Payload")

# Letters that Unicode does not decompose and that are written plainly as often as not.
_ALIKE: Final = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ё": "е", "ґ": "г"}
TOKEN: Final = re.compile(r"[^\W_]+")


class _Folding(dict[int, str]):
    def __missing__(self, code: int) -> str:
        letter = unicodedata.normalize("NFD", chr(code))[:1].lower()[:1] or chr(code)
        folded = self[code] = _ALIKE.get(letter, letter)
        return folded


_FOLDING: Final = _Folding()


def folded(text: str) -> str:
    """Lower case without accents and of exactly the same length, so that places hold in both."""
    return text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text, folded, with its place in it."""

    word: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """The words of a text in order; combining marks that stand alone part nothing."""
    flat = folded(text)
    return tuple(Token(match[0], match.start(), match.end()) for match in TOKEN.finditer(flat))


@dataclass(frozen=True, slots=True)
class Hit(Generic[Payload]):
    """A phrase that was found: what it stands for, and its place: tokens `first` to `last`, characters start to end."""

    payload: Payload
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Stem:
    word: str
    any_start: bool
    any_end: bool

    def meets(self, word: str) -> bool:
        if self.any_start:
            return self.word in word if self.any_end else word.endswith(self.word)
        return word.startswith(self.word) if self.any_end else word == self.word


def _stems(phrase: str) -> tuple[_Stem, ...]:
    parts = re.findall(r"\*?[^\W_]+\*?", folded(phrase))
    return tuple(_Stem(part.strip("*"), part.startswith("*"), part.endswith("*")) for part in parts)


class PhraseIndex(Generic[Payload]):
    """Phrases with what each stands for; finding costs a few look-ups a word, however many phrases there are."""

    def __init__(self, phrases: Iterable[tuple[str, Payload]]) -> None:
        self._whole: dict[str, list[tuple[tuple[_Stem, ...], Payload]]] = defaultdict(list)
        self._start: dict[str, list[tuple[tuple[_Stem, ...], Payload]]] = defaultdict(list)
        self._inside: list[tuple[tuple[_Stem, ...], Payload]] = []
        for phrase, payload in phrases:
            if stems := _stems(phrase):
                first = stems[0]
                if first.any_start:
                    self._inside.append((stems, payload))
                else:
                    (self._start if first.any_end else self._whole)[first.word].append((stems, payload))
        self._lengths = sorted({len(word) for word in self._start})

    def find(self, words: tuple[Token, ...]) -> Iterator[Hit[Payload]]:
        """Every phrase at every place, in the order of the text; phrases may overlap."""
        for place, token in enumerate(words):
            for stems, payload in self._at(token.word):
                last = place + len(stems) - 1
                if last < len(words) and all(
                    stem.meets(words[place + offset].word) for offset, stem in enumerate(stems)
                ):
                    yield Hit(payload, place, last, token.start, words[last].end)

    def _at(self, word: str) -> Iterator[tuple[tuple[_Stem, ...], Payload]]:
        yield from self._whole.get(word, ())
        for length in self._lengths:
            if length > len(word):
                break
            yield from self._start.get(word[:length], ())
        yield from (pair for pair in self._inside if pair[0][0].meets(word))

    def has(self, text: str) -> bool:
        """True if any phrase stands in the text."""
        return next(self.find(tokens(text)), None) is not None
