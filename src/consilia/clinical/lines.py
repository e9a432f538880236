"""Lines: where in a TOML file a key stands, so that a fault can be found by somebody who reads the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""")
_PIECE = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_QUOTED = re.compile(r"\"\"\".*?\"\"\"|'''.*?'''|(?P<begun>\"\"\"|''')|\"(?:\\.|[^\"\\])*\"|'[^']*'")


def line_of(text: str, wanted: Path) -> int:
    """The line (from 1) where the longest known beginning of a key path stands; 1 where none does.

    `wanted` is a path as pydantic gives it: ("rule", 2, "outcome") is the key outcome of the third [[rule]].
    """
    best, line = 0, 1
    for path, number in _places(text):
        if len(path) > best and path == wanted[: len(path)]:
            best, line = len(path), number
    return line


def line_with(text: str, word: str) -> int:
    """The first line where a word stands as a value or a key of its own; 1 where it does not."""
    whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
    return next((number for number, line in enumerate(text.splitlines(), 1) if whole.search(line)), 1)


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Every header and key with its line; what stands inside inline tables and arrays belongs to their key."""
    prefix: Path = ()
    counts: dict[Path, int] = {}
    inside = _Value()
    for number, line in enumerate(text.splitlines(), 1):
        if inside.open:
            inside.read(line)
        elif header := _HEADER.match(line):
            prefix = _resolved(_pieces(header[2]), counts, again=header[1] == "[[")
            yield prefix, number
        elif key := _KEY.match(line):
            pieces = _pieces(key[1])
            # A dotted key makes its tables on the way: title.en is a place of title, too.
            yield from (((*prefix, *pieces[:length]), number) for length in range(1, len(pieces) + 1))
            inside.read(key[2])


def _pieces(words: str) -> Path:
    return tuple(piece.strip("\"'") for piece in _PIECE.findall(words))


def _resolved(pieces: Path, counts: dict[Path, int], *, again: bool) -> Path:
    """The path of a header, with the number of the element where a piece names an array of tables."""
    path: Path = ()
    for place, piece in enumerate(pieces):
        path = (*path, piece)
        if again and place == len(pieces) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


class _Value:
    """Whether a value goes on in the next line: an open bracket, or a string in three quotes."""

    def __init__(self) -> None:
        self.depth = 0
        self.quotes = ""

    @property
    def open(self) -> bool:
        return bool(self.quotes) or self.depth > 0

    def read(self, line: str) -> None:
        if self.quotes:
            _, found, line = line.partition(self.quotes)
            if not found:
                return
            self.quotes = ""
        bare = _QUOTED.sub(lambda quoted: quoted["begun"] or "", line)
        begun = re.search(r"\"\"\"|'''", bare)
        if begun:
            self.quotes = begun[0]
            bare = bare[: begun.start()]
        bare = bare.partition("#")[0]
        self.depth += sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")
