"""Differences: what changes in meaning between two folders of content, field by field in words.

The order of files, of keys and of what stands in a list without an order, and all formatting, count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from consilia.clinical.entries import Strict
from consilia.clinical.reading import Loaded
from consilia.clinical.rules import Condition
from consilia.clinical.showing import condition_in_words, in_words, title_of
from consilia.clinical.tables import TableHeader

Files = Mapping[tuple[str, str], Loaded]
KEYS = ("id", "key", "item", "about")
"""Fields that tell which thing of a list is the same thing in the other folder."""


class Change(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that differs; `old` is empty where it is new, `new` where it is gone."""

    where: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry that differs; `same_version` asks why the version did not go up with the meaning."""

    kind: str
    id: str
    title: str
    change: Change
    fields: tuple[FieldChange, ...]
    same_version: bool = False


def differences(old: Files, new: Files) -> tuple[EntryChange, ...]:
    """Every entry that is not the same in meaning, by kind and id."""
    return tuple(found for key in sorted({*old, *new}) if (found := _entry(old.get(key), new.get(key))))


def _entry(old: Loaded | None, new: Loaded | None) -> EntryChange | None:
    one = new or old
    assert one is not None
    head = (one.kind, one.entry.id, title_of(one.entry))
    if old is None or new is None:
        return EntryChange(*head, Change.ADDED if old is None else Change.REMOVED, ())
    before, after = _meaning(old), _meaning(new)
    fields = tuple(_fields(before, after))
    if not fields:
        return None
    # Who reviewed it, and examples, are no meaning of their own.
    meant = any(not one.where.startswith(("review", "example", "version")) for one in fields)
    return EntryChange(*head, Change.CHANGED, fields, meant and old.entry.version == new.entry.version)


def _fields(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[FieldChange]:
    for where in dict.fromkeys((*before, *after)):
        old, new = before.get(where, ""), after.get(where, "")
        if old != new:
            yield FieldChange(where, old, new)


def _meaning(loaded: Loaded) -> dict[str, str]:
    """Path in words -> value; things of lists are named by their keys, so that their place does not matter."""
    found = dict(_flat("", loaded.entry))
    if isinstance(loaded.entry, TableHeader):
        for row in loaded.rows:
            key = str(getattr(row, next(iter(type(row).model_fields))))
            found |= {where: text for where, text in _flat(key, row) if text}
    return found


def _flat(where: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Condition):
        yield where, condition_in_words(value)
    elif isinstance(value, Strict):
        for name in type(value).model_fields:
            yield from _flat(_joined(where, in_words(name)), getattr(value, name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(_joined(where, str(key)), inner)
    elif isinstance(value, tuple):
        yield from _list(where, value)
    elif value is not None and value != "":
        yield where, str(value)


def _list(where: str, values: tuple[object, ...]) -> Iterator[tuple[str, str]]:
    if not any(isinstance(one, Strict | dict) for one in values):
        if values:
            yield where, ", ".join(str(one) for one in values)
        return
    keys = [next((str(getattr(one, key)) for key in KEYS if getattr(one, key, "")), "") for one in values]
    named = all(keys) and len(set(keys)) == len(keys)
    for number, (key, one) in enumerate(zip(keys, values, strict=True), 1):
        yield from _flat(_joined(where, key if named else str(number)), one)
    if named and not where.startswith("example"):
        yield _joined(where, "order"), ", ".join(keys)


def _joined(where: str, name: str) -> str:
    return f"{where} > {name}" if where else name
