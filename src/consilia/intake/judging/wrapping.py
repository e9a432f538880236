"""Wrapping: what an archive or a mail stands for: its one record, its letter, or only the files that it carried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from consilia.formats.verdicts import Verdict
from consilia.intake.judging.record import Record

MAIL: Final = "message/rfc822"
LETTER: Final = "message.txt"


@dataclass(frozen=True, slots=True)
class Carried:
    """A file that came in a mail or archive and is there already: `same_as` leads."""

    path: str
    parent: str
    same_as: str


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Records with their wrappers resolved; `inside` says which entries a record was read from."""

    records: tuple[Record, ...]
    carried: tuple[Carried, ...]
    inside: Mapping[str, tuple[str, ...]]


def unwrapped(records: Sequence[Record]) -> Unwrapped:
    """A mail is its letter, an archive with one record is that record; what is there already is only told of."""
    wrappers = {record.path: record for record in records if record.reading.verdict is Verdict.ARCHIVE}
    members: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.parent:
            members[record.parent].append(record)
    replaced: dict[str, Record] = {}
    inside: dict[str, tuple[str, ...]] = {}
    for path, wrapper in wrappers.items():
        if stands := _stands_for(wrapper, members[path]):
            replaced[stands.path] = replace(stands, path=path, parent=wrapper.parent)
            inside[path] = (stands.path,)
    carried = _carried(records, replaced)
    known = {one.path for one in carried}
    gone = known | {path for path in wrappers if path in inside}
    kept = [replaced.get(record.path, record) for record in records if record.path not in gone]
    return Unwrapped(tuple(kept), carried, inside)


def _stands_for(wrapper: Record, members: Sequence[Record]) -> Record | None:
    if wrapper.reading.media_type == MAIL:
        return next((one for one in members if one.name == LETTER and one.reading.verdict is Verdict.READ), None)
    records = [one for one in members if not one.is_ignored]
    alone = len(records) == 1 and records[0].reading.verdict is Verdict.READ
    return records[0] if alone else None


def _carried(records: Sequence[Record], replaced: Mapping[str, Record]) -> tuple[Carried, ...]:
    """Entries whose bytes lie outside of any wrapper, too."""
    loose = {record.sha256: record.path for record in reversed(records) if not record.parent and record.sha256}
    return tuple(
        Carried(record.path, record.parent, loose[record.sha256])
        for record in records
        if record.parent and record.path not in replaced and record.size and record.sha256 in loose
    )
