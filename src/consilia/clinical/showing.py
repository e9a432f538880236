"""Showing: any entry of the library as labelled values in reading order; the book and the pages print the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from consilia.clinical.entries import Entry, Review, Strict, by_language, said, spoken
from consilia.clinical.kinds import words_of
from consilia.clinical.reading import Loaded
from consilia.clinical.rules import Condition
from consilia.clinical.tables import TableHeader
from consilia.kernel import country
from consilia.kernel import language as languages

HEAD = frozenset({"id", "version", "review", "example", "columns"})
NAMES = ("title", "label", "subject", "about", "question", "name", "id", "key", "item")
"""Fields that may name a thing, best first."""

LABELS = {
    "also": "Also",
    "as_of": "As of",
    "case_types": "Case types",
    "eea": "European Economic Area",
    "eu_112": "112 works",
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "element": "Fields",
    "fact": "Facts",
    "flag": "Questions",
    "icd10": "ICD-10",
    "if_refused": "After a no",
    "if_withdrawn": "After it is taken back",
    "iso2": "Region",
    "line": "Records",
    "loinc": "LOINC",
    "loinc_also": "LOINC, too",
    "nucc": "NUCC",
    "snomed": "SNOMED CT",
    "transfer_tool": "Grounds of a transfer",
    "url": "Address",
    "only_if": "Only if",
    "rule": "Rules",
    "sentence": "Sentences",
    "what_to_do": "What to do",
    "when": "If",
    "why": "Why",
}
"""Labels of fields whose name alone does not say it; the others are their names in words."""


@dataclass(frozen=True, slots=True)
class Node:
    """A label with a text, or with parts; `language` is set where the text is not in the language asked for."""

    label: str
    text: str = ""
    language: str = ""
    parts: tuple[Node, ...] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a table: `columns` are labels, each row its key, the cells beside it, and all of it in small letters.

    A cell without a value is left out, so that wide tables stay readable on a phone and on paper.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key, a name where a column gives one, and (label, value) of the other filled cells."""

    key: str
    name: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry ready to be read by a person; `languages` are those in which it speaks."""

    kind: str
    kind_title: str
    id: str
    version: int
    sha256: str
    path: str
    title: str
    draft: bool
    review: Review
    nodes: tuple[Node, ...]
    examples: tuple[Node, ...]
    grid: Grid | None
    languages: tuple[str, ...]


def shown(loaded: Loaded, language: str = "en") -> Shown:
    """The entry in a language; what is not written in it is shown in English and marked so."""
    entry = loaded.entry
    nodes = tuple(_fields(entry, language, without=HEAD | {_naming(entry, language)}))
    examples = tuple(_node("", one, language) for one in getattr(entry, "example", ()))
    grid = _grid(loaded.rows) if isinstance(entry, TableHeader) else None
    return Shown(
        kind=loaded.kind,
        kind_title=words_of(loaded.kind).title,
        id=entry.id,
        version=entry.version,
        sha256=loaded.sha256,
        path=loaded.path,
        title=title_of(entry, language),
        draft=entry.is_draft,
        review=entry.review,
        nodes=nodes,
        examples=examples,
        grid=grid,
        languages=tuple(sorted({"en", *spoken(entry), *spoken(loaded.rows[:1])})),
    )


def title_of(entry: Entry, language: str = "en") -> str:
    """What a person calls the entry: its title, the country, or its id in words."""
    named = _name(entry, language)
    if named and named != entry.id:
        return named
    if country.is_country(entry.id):
        return country.country_name(entry.id, language)
    return in_words(entry.id).capitalize()


def _naming(entry: Entry, language: str) -> str:
    """The field that is the title already; none where the title is only the id."""
    title = title_of(entry, language)
    return next((name for name in NAMES if _plain(getattr(entry, name, None), language) == title), "")


def label_of(field: str) -> str:
    """The name of a field for people."""
    return LABELS.get(field) or in_words(field).capitalize()


def in_words(name: str) -> str:
    return name.strip("_").replace("_", " ").replace("-", " ")


def condition_in_words(condition: Condition) -> str:
    """A condition as a sentence: "minor is yes and (question is operation or diagnosis)"."""
    if condition.fact:
        return f"{in_words(condition.fact)} is {' or '.join(in_words(value) for value in condition.values)}"
    if condition.not_ is not None:
        return f"not ({condition_in_words(condition.not_)})"
    word = " and " if condition.all_of else " or "
    parts = (condition.all_of or condition.any_of, word)
    return word.join(_bracketed(part) for part in parts[0])


def _bracketed(condition: Condition) -> str:
    text = condition_in_words(condition)
    return text if condition.fact else f"({text})"


def _fields(value: Strict, language: str, *, without: Iterable[str] = ()) -> Iterator[Node]:
    for name in type(value).model_fields:
        inner = getattr(value, name)
        if name not in without and inner not in (None, "", (), {}):
            yield _node(label_of(name), inner, language)


def _node(label: str, value: object, language: str) -> Node:
    if isinstance(value, Condition):
        return Node(label, condition_in_words(value))
    if isinstance(value, Strict):
        # A thing in a list is headed by its own name; a part of an entry by the field that it stands in.
        name = "" if label else _name(value, language)
        named = {field for field in NAMES if name and _plain(getattr(value, field, None), language) == name}
        anchor = str(getattr(value, "id", "") or getattr(value, "key", ""))
        return Node(label or name, parts=tuple(_fields(value, language, without=named)), anchor=anchor)
    if _is_words(value):
        assert isinstance(value, dict)
        there = any(tag in value for tag in (language, languages.base(language)))
        return Node(label, said(value, language), "" if there else "en")
    if by_language(value):
        assert isinstance(value, dict)
        tag = next(tag for tag in (language, languages.base(language), "en") if tag in value)
        inner = _node(label, value[tag], language)
        return replace(inner, language="" if tag == languages.base(language) else tag)
    if isinstance(value, dict):
        return Node(label, parts=tuple(_node(_key(key), inner, language) for key, inner in value.items()))
    if isinstance(value, tuple) and any(isinstance(one, Strict | dict) for one in value):
        return Node(label, parts=tuple(_node("", one, language) for one in value))
    return Node(label, _plain(value, language))


def _key(key: object) -> str:
    text = str(key)
    if country.is_country(text):
        return country.country_name(text)
    return text if languages.is_language(text) else in_words(text).capitalize()


def _name(value: Strict, language: str) -> str:
    for field in NAMES:
        inner = getattr(value, field, None)
        if inner and (isinstance(inner, str) or _is_words(inner)):
            return _plain(inner, language)
    return ""


def _plain(value: object, language: str) -> str:
    """A value as text: yes and no, a day as in ISO 8601, several values by commas, groups of them by semicolons."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        mark = "; " if any(isinstance(one, tuple) for one in value) else ", "
        return mark.join(_plain(one, language) for one in value)
    if _is_words(value):
        assert isinstance(value, dict)
        return said(value, language)
    if isinstance(value, Enum):
        return in_words(str(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _is_words(value: object) -> bool:
    return isinstance(value, dict) and "en" in value and all(isinstance(text, str) for text in value.values())


def _grid(rows: tuple[Strict, ...]) -> Grid:
    if not rows:
        return Grid((), ())
    columns = tuple(type(rows[0]).model_fields)
    return Grid(tuple(label_of(column) for column in columns), tuple(_row(row, columns) for row in rows))


def _row(row: Strict, columns: tuple[str, ...]) -> Row:
    texts = [(column, _plain(getattr(row, column), "en")) for column in columns]
    key = texts[0][1]
    named = next((name for name in ("label", "country", "name", "en") if name in columns[1:]), "")
    cells = tuple((label_of(name), text) for name, text in texts[1:] if text and name != named)
    return Row(key, dict(texts).get(named, ""), cells)
