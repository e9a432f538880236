"""Which signs the fonts of a folder can show; the others are written as their number, so that no document breaks.

PDF/A and PDF/UA forbid a sign without a glyph and the private area of Unicode; a signed opinion may hold any sign.
The attached JSON keeps the true text.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_SHOWN_BY_LAYOUT: Final = frozenset(
    "\n\t\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad\u2028\u2029\u2066\u2067\u2068\u2069"
)


@lru_cache(maxsize=8)
def coverage(folder: Path) -> frozenset[int]:
    """The code points that at least one TTF or OTF font below the folder maps to a glyph."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".ttf", ".otf"})
    return frozenset().union(*(_mapped(path.read_bytes()) for path in files))


def shown(value: Any, known: frozenset[int]) -> Any:
    """The same lists and mappings, with each sign that no font holds as "[U+1F600]"."""
    if isinstance(value, str):
        return "".join(letter if _is_shown(letter, known) else f"[U+{ord(letter):04X}]" for letter in value)
    if isinstance(value, dict):
        return {key: shown(entry, known) for key, entry in value.items()}
    return [shown(entry, known) for entry in value] if isinstance(value, (list, tuple)) else value


def _is_shown(letter: str, known: frozenset[int]) -> bool:
    if letter in _SHOWN_BY_LAYOUT:
        return True
    return ord(letter) in known and unicodedata.category(letter) not in {"Cc", "Co", "Cn"}


def _mapped(font: bytes) -> frozenset[int]:
    # OpenType 1.9, "cmap": formats 4 (basic plane) and 12 (all planes) are what fonts of this century carry.
    for position in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _sum, offset, _length = struct.unpack_from(">4sLLL", font, 12 + 16 * position)
        if tag == b"cmap":
            return _cmap(font, offset)
    return frozenset()


def _cmap(font: bytes, start: int) -> frozenset[int]:
    found: set[int] = set()
    for position in range(struct.unpack_from(">H", font, start + 2)[0]):
        platform, _encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * position)
        table = start + offset
        form = struct.unpack_from(">H", font, table)[0]
        if platform in (0, 3) and form == 4:
            found |= _segments(font, table)
        elif platform in (0, 3) and form == 12:
            found |= _groups(font, table)
    return frozenset(found)


def _segments(font: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">H", font, table + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", font, table + 14)
    starts = struct.unpack_from(f">{count}H", font, table + 16 + 2 * count)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)} - {0xFFFF}


def _groups(font: bytes, table: int) -> set[int]:
    count = struct.unpack_from(">L", font, table + 12)[0]
    spans = (struct.unpack_from(">LL", font, table + 16 + 12 * position) for position in range(count))
    return {code for first, last in spans for code in range(first, last + 1)}
