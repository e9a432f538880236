"""`consilia content book FOLDER` writes the library for people: a book per kind and language, for screen and paper."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone, translation

from consilia.cases import content
from consilia.clinical import kinds, showing
from consilia.clinical.entries import spoken
from consilia.clinical.kinds import Count
from consilia.clinical.library import Library
from consilia.kernel import language as languages
from consilia.kernel.refusal import Invalid

SHEETS = ("tokens.css", "base.css", "parts.css", "content.css", "book.css")
SCRIPT = "book.js"


def run(words: argparse.Namespace) -> int:
    library, today = content.library(), timezone.now().date()
    wanted = [one for one in kinds.counts(library) if not words.kind or one.kind in words.kind]
    if unknown := set(words.kind) - {one.kind for one in wanted}:
        raise Invalid({"kind": f"There is no kind {', '.join(sorted(unknown))}."})
    tongues = {one.kind: tongues_of(library, one.kind, words.language) for one in wanted}
    beside(words.folder)
    for count in wanted:
        for tag in tongues[count.kind]:
            write(words.folder / tag / f"{count.kind}.html", book(library, count, tag, tongues[count.kind], today))
    write(words.folder / "index.html", index(wanted, tongues, today))
    print(f"{sum(len(found) for found in tongues.values())} books: {words.folder / 'index.html'}")
    return 0


def tongues_of(library: Library, kind: str, wanted: list[str]) -> tuple[str, ...]:
    """English, and every language in which an entry of the kind speaks."""
    found = {"en"}
    for loaded in library.all_of(kind):
        found |= {*spoken(loaded.entry), *spoken(loaded.rows[:1])}
    return tuple(tag for tag in sorted(found) if not wanted or tag in wanted or tag == "en")


def book(library: Library, count: Count, tag: str, tongues: tuple[str, ...], today: date) -> str:
    with translation.override(tag):
        page = {
            "title": count.title,
            "count": count,
            "entries": [showing.shown(loaded, tag) for loaded in kinds.in_order(library, count.kind)],
            "others": [named(one, count.kind) for one in tongues if one != tag],
            "language": tag,
            "quiet": tag == "en",
        }
        return rendered("content/book_kind.html", page, today, to_root="../")


def named(tag: str, kind: str) -> tuple[str, str, str]:
    """A language, what it calls itself, and where the book in it lies inside the folder."""
    return tag, languages.own_name(tag), f"{tag}/{kind}.html"


def index(found: list[Count], tongues: Mapping[str, tuple[str, ...]], today: date) -> str:
    books = [(one, named("en", one.kind)[2], [named(tag, one.kind) for tag in tongues[one.kind]]) for one in found]
    with translation.override("en"):
        page = {"title": "The content library", "books": books, "language": "en"}
        return rendered("content/book_index.html", page, today, to_root="")


def rendered(template: str, page: Mapping[str, object], today: date, *, to_root: str) -> str:
    beside_it = {"sheets": SHEETS, "script": SCRIPT, "to_root": to_root, "service_name": settings.CONSILIA_SERVICE_NAME}
    return render_to_string(template, {**page, **beside_it, "today": today})


def beside(folder: Path) -> None:
    """Styles and script lie beside the books, so that the folder can be copied anywhere."""
    for name in (*SHEETS, SCRIPT):
        source = finders.find(f"{'js' if name == SCRIPT else 'css'}/{name}")
        assert isinstance(source, str), name
        write(folder / name, Path(source).read_text())


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
