"""Written: turns the lines of a document into a Reading; shared by every format with text, scans included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from consilia.formats import claims, lab_tables
from consilia.formats.plain import language_of
from consilia.formats.results import Results
from consilia.formats.values import PageText, Reading
from consilia.formats.verdicts import Reason, Verdict

LANGUAGE_PAGES = 20


def written(media_type: str, pages: tuple[PageText, ...], count: int, title: str = "") -> Reading:
    """Claims, dates, title and language of a document's lines; without any line it is a scan (READ, reason SCAN)."""
    found, candidates = claims.find(pages)
    titles = claims.titles(pages)
    words = "\n".join(line.text for page in pages[:LANGUAGE_PAGES] for line in page.lines)
    return Reading(
        Verdict.READ,
        Reason.NONE if words.strip() else Reason.SCAN,
        media_type,
        claims=found,
        pages=pages,
        page_count=count,
        title=title or (titles[0] if titles else ""),
        title_lines=titles,
        date_candidates=candidates,
        language=language_of(words),
        results=Results(labs=lab_tables.find(pages, candidates)),
    )


def to_recognise(reading: Reading) -> tuple[int, ...]:
    """Numbers of the pages that have a picture and no text, so that it is worth reading the picture."""
    if reading.verdict is not Verdict.READ or not reading.pages:
        return ()
    return tuple(page.number for page in reading.pages if page.width and not page.lines and not page.scanned)


def with_pages(reading: Reading, recognised: Iterable[PageText]) -> Reading:
    """The Reading of a document some of whose pages were read from their pictures."""
    by_number = {page.number: page for page in recognised}
    pages = tuple(by_number.get(page.number, page) for page in reading.pages)
    again = written(reading.media_type, pages, reading.page_count)
    return replace(
        reading,
        reason=again.reason,
        claims=again.claims or reading.claims,
        pages=pages,
        title=again.title or reading.title,
        title_lines=again.title_lines or reading.title_lines,
        date_candidates=(*again.date_candidates, *reading.date_candidates),
        language=again.language or reading.language,
        results=replace(reading.results, labs=again.results.labs or reading.results.labs),
    )


def part(reading: Reading, first: int, last: int) -> Reading:
    """Pages first to last (from 1) as a document of their own, numbered anew; nothing of the other pages is in it."""
    own = (page for page in reading.pages if first <= page.number <= last)
    pages = tuple(replace(page, number=place) for place, page in enumerate(own, 1))
    return written(reading.media_type, pages, len(pages))
