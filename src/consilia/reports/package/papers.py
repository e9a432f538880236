"""Which files of a case go into its package, under which names: each bytes once, and nothing of another person.

`records/` holds what was taken, `other/` what could not be read, `held/` what waits for somebody to say whose it is. A
file that names another person stays out, also when only some of its pages do; so do removed ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from consilia.intake import words
from consilia.records.actions import TAKEN_APART
from consilia.records.models import Document, Original, Standing
from consilia.reports.package.naming import Names, ending_of, stem_of

ANOTHERS: Final = "mismatch"  # what identity says of a file that names somebody else
FOLDERS: Final = {
    Standing.TAKEN: "records",
    Standing.NOT_READ_YET: "other",
    Standing.UNREADABLE: "other",
    Standing.HELD: "held",
}
ORDER: Final = tuple(FOLDERS)  # of several rows with the same bytes the first kind of standing decides
NOT_HERS: Final = frozenset({Standing.HELD, Standing.REMOVED})


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: a file, or some pages (first, last; from 1) of one."""

    record_id: UUID
    kind: str
    words: str  # the kind in the reader's language; "" where we do not know it
    title: str
    issuer: str
    language: str
    on: date | None
    pages: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Copy:
    """The same record again, left out of the package."""

    path: str
    sha256: str
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    """One file as it came. `place` is its path in the package, `path` what the sender called it."""

    place: str
    path: str
    sha256: str
    size: int
    media_type: str
    standing: str
    source: str
    received_at: datetime
    papers: tuple[Paper, ...]

    @property
    def on(self) -> date | None:
        return self.papers[0].on if self.papers else None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that is not in the package, and why, as a sentence."""

    path: str
    size: int
    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What goes in by day, what stays out, and by SHA-256 of a file (or picture) its copies."""

    files: tuple[File, ...]
    copies: Mapping[str, list[Copy]]
    left_out: tuple[LeftOut, ...]


def of_case(case_id: UUID, names: Names) -> Kept:
    """Every file of a case that is no picture of a study; one query whatever their number."""
    rows = Original.objects.filter(case_id=case_id, instance=None)
    every = list(rows.select_related("document", "duplicate_of").order_by("received_at", "path"))
    groups, copies = _grouped(row for row in every if row.tombstone_at is None)
    foreign = _with_foreign_pages(every)
    chosen = {sha256: led for sha256, group in groups.items() if sha256 not in foreign and (led := leading(group))}
    files = [_file(led, groups[sha256], names) for sha256, led in _in_order(chosen)]
    stay = [one for sha256, group in groups.items() if sha256 not in {*chosen, *foreign} for one in _left_out(group)]
    mixed = [_mixed(groups[sha256]) for sha256 in groups if sha256 in foreign]
    return Kept(tuple(files), copies, (*stay, *mixed))


def _grouped(rows: Iterable[Original]) -> tuple[dict[str, list[Original]], dict[str, list[Copy]]]:
    """Rows with the same bytes by SHA-256 (parts have those of their file), and copies by that of what leads them."""
    groups: defaultdict[str, list[Original]] = defaultdict(list)
    copies: defaultdict[str, list[Copy]] = defaultdict(list)
    for row in rows:
        if row.standing == Standing.DUPLICATE:
            leader = row.duplicate_of.sha256 if row.duplicate_of else row.sha256
            copies[leader].append(Copy(row.path, row.sha256, row.size, row.received_at))
        else:
            groups[row.sha256].append(row)
    return dict(groups), dict(copies)


def _with_foreign_pages(rows: Iterable[Original]) -> frozenset[str]:
    """Files of which a part is held or was removed, also long ago: its pages are still in the bytes."""
    every = list(rows)
    holders = {row.came_out_of_id for row in every if row.first_page and row.standing in NOT_HERS}
    return frozenset(row.sha256 for row in every if row.pk in holders and row.sha256)


def leading(group: Iterable[Original]) -> Original | None:
    """The row that says what these bytes are; None when they stay out."""
    fit = [row for row in group if row.sha256 and row.standing in FOLDERS and not is_anothers(row)]
    return min(fit, key=lambda row: (ORDER.index(Standing(row.standing)), row.first_page or 0), default=None)


def is_anothers(row: Original) -> bool:
    """It names another person, and nobody has decided that it is hers."""
    return row.standing == Standing.HELD and row.identity == ANOTHERS


def _in_order(chosen: dict[str, Original]) -> list[tuple[str, Original]]:
    return sorted(chosen.items(), key=lambda pair: (_day(pair[1]) or date.max, pair[1].received_at, pair[1].path))


def _day(row: Original) -> date | None:
    paper: Document | None = getattr(row, "document", None)
    return paper.document_date if paper else None


def _file(led: Original, group: Iterable[Original], names: Names) -> File:
    standing = Standing(led.standing)
    found = sorted((row for row in group if row.standing == standing), key=lambda row: row.first_page or 0)
    papers = tuple(_papers(found))
    called = papers[0].words if papers else ""
    day = _day(led) or (None if papers else led.received_at.date())
    ending = ending_of(led.media_type, led.path)
    return File(
        place=names.give(FOLDERS[standing], day, called or stem_of(led.path), ending),
        path=led.path,
        sha256=led.sha256,
        size=led.size,
        media_type=led.media_type,
        standing=standing.value,
        source=led.source,
        received_at=led.received_at,
        papers=papers,
    )


def _papers(rows: Iterable[Original]) -> Iterator[Paper]:
    """Of a file in parts its parts; the file itself is no paper then. Each page span once."""
    seen: set[tuple[int, int] | None] = set()
    for row in rows:
        paper: Document | None = getattr(row, "document", None)
        pages = (row.first_page, row.last_page) if row.first_page and row.last_page else None
        if paper is None or pages in seen:
            continue
        seen.add(pages)
        name = words.kind(paper.kind)
        day, tongue = paper.document_date, paper.language
        yield Paper(row.pk, paper.kind, name, paper.title, paper.issuer, tongue, day, pages)


def _left_out(group: Iterable[Original]) -> Iterator[LeftOut]:
    for row in group:
        if row.standing != Standing.REMOVED and row.reason not in TAKEN_APART:
            yield stays_out(row, row.path, row.size)


def stays_out(row: Original, path: str, size: int) -> LeftOut:
    """Why it stays out; of another person's file not even the name goes along, which may be his."""
    if is_anothers(row):
        return LeftOut(gettext("A file that names another person"), size, words.reason("another_person"))
    return LeftOut(path, size, words.reason(row.reason))


def _mixed(group: Iterable[Original]) -> LeftOut:
    whole = min(group, key=lambda row: row.first_page or 0)
    return LeftOut(whole.path, whole.size, gettext("Some of its pages are held back or were removed."))
