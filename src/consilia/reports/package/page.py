"""The page of the package: what is in it by day, with links beside it; opens from a stick, no network, no script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final
from urllib.parse import quote

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from consilia.formats import sniff
from consilia.kernel import language
from consilia.opinions.models import Seal
from consilia.reports.package.contents import DICOMDIR, SUMMARY, Contents, Item
from consilia.reports.package.papers import File, Paper
from consilia.reports.package.pictures import Study

PAGE: Final = "index.html"
STYLE: Final = "index.css"
LOOK: Final = Path(__file__).with_name(STYLE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page: what it is, from whom and what more, and where it lies; `href` "" for no link."""

    on: date | None
    what: str
    more: str
    href: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class Year:
    """The lines of one year, newest first; `number` None for those without a day."""

    number: int | None
    lines: tuple[Line, ...]


def made(held: Contents) -> tuple[Item, ...]:
    """The page and its look, in the language that is active now."""
    taken = [one for one in held.files if one.standing == "taken"]
    words = {
        "held": held,
        "direction": language.direction(held.language),
        "style": STYLE,
        "years": _years([*_papers(taken), *map(_study, held.studies)]),
        "opinions": [_opinion(seal) for seal in held.opinions],
        "others": [*map(_unread, (one for one in held.files if one.standing not in {"taken", "held"}))],
        "kept_back": [*map(_unread, (one for one in held.files if one.standing == "held"))]
        + [Line(one.on, one.path, "", quote(one.place), one.size) for one in held.held],
        "made": [Line(None, name, "", quote(name)) for name in _names(held)],
        "has_pictures": any(one.place == DICOMDIR for one in held.made),
    }
    text = render_to_string("package/index.html", words)
    return (
        Item(PAGE, "text/html", "page", content=text.encode()),
        Item(STYLE, "text/css", "page", content=LOOK.read_bytes()),
    )


def _names(held: Contents) -> Iterator[str]:
    yield SUMMARY
    yield from (one.place for one in held.stored if one.place.startswith("opinions/") and one.media_type == sniff.FHIR)
    yield from (one.place for one in held.made if one.place.startswith("case/"))


def _opinion(seal: Seal) -> Line:
    """An opinion that was taken back says so, also when the paper that says it is not opened."""
    names = {Seal.Kind.ADDENDUM: _("Addendum"), Seal.Kind.WITHDRAWAL: _("The opinion is taken back")}
    over = _("taken back by the expert: do not rely on it") if seal.withdrawn_at else ""
    more = ", ".join(filter(None, (seal.signed_by.name, seal.number, over)))
    what = names.get(Seal.Kind(seal.kind), _("Second opinion"))
    return Line(seal.signed_at.date(), what, more, f"opinions/{seal.number}.pdf")


def _papers(files: Iterable[File]) -> Iterator[Line]:
    for file in files:
        for paper in file.papers:
            yield Line(paper.on, paper.words or paper.title or _("Document"), _more(paper), _at(file, paper), file.size)


def _more(paper: Paper) -> str:
    pages = _("pages {first} to {last}").format(first=paper.pages[0], last=paper.pages[1]) if paper.pages else ""
    title = paper.title if paper.words else ""
    return ", ".join(filter(None, (title, paper.issuer, pages)))


def _at(file: File, paper: Paper) -> str:
    """A reader of PDF opens it at the page (RFC 8118)."""
    is_pdf = paper.pages and file.place.endswith(".pdf")
    return quote(file.place) + (f"#page={paper.pages[0]}" if is_pdf and paper.pages else "")


def _study(study: Study) -> Line:
    what = ", ".join(filter(None, (_("Pictures"), *study.modalities)))
    more = ", ".join(filter(None, (study.description, study.institution)))
    return Line(study.on, what, more, f"{study.folder}/", sum(one.size for s in study.series for one in s.pictures))


def _unread(file: File) -> Line:
    return Line(file.on, file.path, "", quote(file.place), file.size)


def _years(lines: Iterable[Line]) -> list[Year]:
    """Newest first; what has no day stands at the end."""
    ordered = sorted(lines, key=lambda line: (line.on or date.min, line.what), reverse=True)
    return [
        Year(number, tuple(found)) for number, found in groupby(ordered, lambda line: line.on.year if line.on else None)
    ]
