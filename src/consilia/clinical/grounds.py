"""Grounds: what an answer from a table stands on, so that nobody has to trust a number without its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from consilia.clinical.entries import Confidence, Stamp
from consilia.clinical.library import Library
from consilia.clinical.rows import SourcedRow

ARow = TypeVar("ARow", bound=SourcedRow)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Tables with version and hash, keys of the rows, their sources, the lowest confidence and the oldest date.

    `draft` is True until every table was approved: then the banner is shown with the answer.
    """

    tables: tuple[Stamp, ...]
    rows: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: Confidence
    as_of: date
    draft: bool


def rows_of(library: Library, kind: str, shape: type[ARow]) -> tuple[ARow, ...]:
    """The rows of all tables of a kind; empty where the content has none, as without a pack."""
    return tuple(row for loaded in library.all_of(kind) for row in loaded.rows if isinstance(row, shape))


def grounds(library: Library, kind: str, used: Iterable[SourcedRow]) -> Grounds:
    """What an answer stands on that used these rows of the tables of a kind; at least one row."""
    rows = tuple(used)
    found = library.all_of(kind)
    return Grounds(
        tables=tuple(Stamp(loaded.entry.id, loaded.entry.version, loaded.sha256) for loaded in found),
        rows=tuple(row.key for row in rows),
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        confidence=lowest(row.confidence for row in rows),
        as_of=min(row.as_of for row in rows),
        draft=any(loaded.entry.is_draft for loaded in found),
    )


def together(parts: Iterable[Grounds]) -> Grounds:
    """The grounds of a sum: all that its parts stand on; at least one part."""
    all_parts = tuple(parts)
    return Grounds(
        tables=tuple(dict.fromkeys(stamp for part in all_parts for stamp in part.tables)),
        rows=tuple(dict.fromkeys(row for part in all_parts for row in part.rows)),
        sources=tuple(dict.fromkeys(source for part in all_parts for source in part.sources)),
        confidence=lowest(part.confidence for part in all_parts),
        as_of=min(part.as_of for part in all_parts),
        draft=any(part.draft for part in all_parts),
    )


def lowest(found: Iterable[Confidence]) -> Confidence:
    """The lowest of several confidences."""
    return max(found, key=list(Confidence).index)
