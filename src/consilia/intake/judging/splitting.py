"""Splitting: the documents of one file by page: a page that begins anew or names another person begins a part."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Final

from consilia.formats import claims, written
from consilia.formats.values import Claim, ClaimKind, PageText
from consilia.intake.judging.record import Record

# "Page 2 of 3", "2/3", "Seite 2": a page that says it goes on belongs to the one before.
GOES_ON: Final = re.compile(
    r"(?:page|seite|pagina|página|pag\.?|str\.?|strona|sayfa|стр\.?|страница|p\.)\s*(?P<page>\d{1,3})"
    r"(?:\s*(?:/|of|von|di|de|sur|из|z|van)\s*\d{1,3})?|^\s*(?P<bare>\d{1,3})\s*/\s*\d{1,3}\s*$",
    re.I | re.M,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Pages first to last (from 1) that form one document, as a record of their own."""

    first: int
    last: int
    record: Record


def parts(record: Record) -> tuple[Part, ...]:
    """The documents of a file with several pages; one part when there is nothing to split."""
    pages = record.reading.pages
    if len(pages) < 2 or record.reading.instance is not None:
        return ()
    said = [claims.find([page])[0] for page in pages]
    starts = [0]
    for place in range(1, len(pages)):
        so_far = tuple(itertools.chain.from_iterable(said[starts[-1] : place]))
        if _begins(pages[place], said[place], so_far):
            starts.append(place)
    if len(starts) == 1:
        return ()
    ends = [*starts[1:], len(pages)]
    return tuple(
        _part(record, pages[start].number, pages[end - 1].number) for start, end in zip(starts, ends, strict=True)
    )


def _begins(page: PageText, said: tuple[Claim, ...], before: tuple[Claim, ...]) -> bool:
    """Another birth date, number or name than the part so far; or a labelled owner again on a page numbered 1."""
    if not page.lines:
        return False
    if _is_another(_names(said), _names(before), page.scanned):
        return True
    for kind in (ClaimKind.BIRTH_DATE, ClaimKind.PATIENT_ID):
        own, other = _values(said, kind), _values(before, kind)
        if own and other and not own & other:
            return True
    number = _number(page)
    if number is not None:
        return number == 1
    return bool(_values(said, ClaimKind.NAME)) and bool(claims.titles([page]))


def _values(said: tuple[Claim, ...], kind: ClaimKind) -> frozenset[str]:
    return frozenset(
        value.casefold() for claim in said if claim.kind is kind for value in (claim.value, *claim.alternatives)
    )


def _names(said: tuple[Claim, ...]) -> tuple[frozenset[str], ...]:
    """The words of each labelled name; an initial says too little."""
    found = (re.findall(r"[^\W\d_]{3,}", claim.value.casefold()) for claim in said if claim.kind is ClaimKind.NAME)
    return tuple(frozenset(words) for words in found if words)


def _is_another(own: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...], scanned: bool) -> bool:
    """No name of the page is one of the part: neither holds the other; on a scan (letters err) they share no word."""
    alike = (one & two if scanned else one <= two or two <= one for one in own for two in other)
    return bool(own and other) and not any(alike)


def _number(page: PageText) -> int | None:
    """The number that stands at the head or foot of a page."""
    edges = [*page.lines[:2], *page.lines[-2:]]
    for line in edges:
        if match := GOES_ON.search(line.text):
            return int(match["page"] or match["bare"])
    return None


def _part(record: Record, first: int, last: int) -> Part:
    return Part(first, last, replace(record, reading=written.part(record.reading, first, last)))
