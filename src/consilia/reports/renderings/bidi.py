"""Words of different directions beside each other: each piece is isolated, so that none turns its neighbour around.

Unicode Standard Annex 9: U+2068 opens a piece whose direction is that of its first strong letter, U+2069 closes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

OPEN: Final = "\u2068"
CLOSE: Final = "\u2069"
# Values of the templates that are no words.
_NO_WORDS: Final = frozenset({"labels", "language", "rtl", "day", "square", "author", "code", "number", "kind", "id"})


def isolate(words: str) -> str:
    return f"{OPEN}{words}{CLOSE}" if words.strip() else words


def listed(parts: Iterable[str], *, rtl: bool, between: str = ", ") -> str:
    """The parts that are not empty; each isolated where the document runs from right to left."""
    return between.join(isolate(part) if rtl else part for part in parts if part)


def isolated(value: Any) -> Any:
    """The same values of a template with every piece of words isolated; a run with its citations is one piece."""
    if isinstance(value, str):
        return isolate(value)
    if isinstance(value, dict):
        return {key: one if key in _NO_WORDS else isolated(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)) and value and all(_is_run(one) for one in value):
        return [{"text": OPEN}, *value, {"text": CLOSE}]
    return [isolated(one) for one in value] if isinstance(value, (list, tuple)) else value


def _is_run(value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= {"text", "cite", "general"}
