"""Approvals: a file beside the content says who stands behind one entry; it holds for exactly these bytes.

An entry counts as approved when every role that its kind needs, and a translator for every language beside English,
has approved the same version with the same SHA-256. What an entry says about itself counts for nothing: a changed
entry is a draft again. An approval that cannot be read holds nothing and is named.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from consilia.clinical.entries import Entry, Identifier, Review, ReviewState, Strict, spoken
from consilia.kernel import language as languages

FOLDER = "approvals"
"""The folder of approvals inside a folder of content."""


class ReviewerRole(StrEnum):
    """As what somebody stands behind content."""

    PHYSICIAN = "physician"
    LAWYER = "lawyer"
    PHARMACIST = "pharmacist"
    PHYSICIST = "physicist"
    TRANSLATOR = "translator"


class ApprovalState(StrEnum):
    """A withdrawal is a file, too, so that it holds where an approval was committed."""

    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Approval(Strict):
    """One person's word about one entry as it was read; `language` is the translator's."""

    kind: Identifier
    id: Identifier
    version: int = Field(ge=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    role: ReviewerRole
    language: str = ""
    state: ApprovalState
    by: str = Field(min_length=1)
    at: AwareDatetime
    note: str = ""

    @model_validator(mode="after")
    def _language_of_a_translator(self) -> Self:
        if (self.role is ReviewerRole.TRANSLATOR) != bool(self.language):
            raise ValueError("a translator, and nobody else, names a language")
        if self.language and not languages.is_language(self.language):
            raise ValueError(f"{self.language!r} is not a language tag")
        return self

    @property
    def seat(self) -> Seat:
        """Which of the needed approvals this is."""
        return Seat(self.role, self.language)

    @property
    def path(self) -> str:
        """Where the file stands inside a folder of approvals."""
        return f"{self.kind}/{self.id}.v{self.version}.{self.seat}.toml"

    def toml(self) -> str:
        """The file, as it is committed."""
        lines = [f"{key} = {_toml(getattr(self, key))}" for key in type(self).model_fields]
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """A needed approval: a role, for a translator with the language; as a word "lawyer" or "translator-de"."""

    role: ReviewerRole
    language: str = ""

    def __str__(self) -> str:
        return f"{self.role}-{self.language}" if self.language else str(self.role)


class Reviewers(Entry):
    """Which roles must approve a kind, or one entry of it ("kind/id"); `default` for kinds without a line."""

    default: tuple[ReviewerRole, ...] = Field(min_length=1)
    kinds: dict[Identifier, tuple[ReviewerRole, ...]]
    entries: dict[str, tuple[ReviewerRole, ...]] = {}

    @model_validator(mode="after")
    def _somebody_for_each(self) -> Self:
        for name, roles in (*self.kinds.items(), *self.entries.items()):
            if not roles or ReviewerRole.TRANSLATOR in roles:
                raise ValueError(f"{name}: names at least one role; translators follow from the languages")
        return self

    def needed(self, kind: str, entry: Entry, rows: Iterable[Strict] = ()) -> tuple[Seat, ...]:
        """The approvals that an entry needs, translators last."""
        roles = self.entries.get(f"{kind}/{entry.id}") or self.kinds.get(kind) or self.default
        tongues = sorted({*spoken(entry), *spoken(tuple(rows))} - {"en"})
        return (*(Seat(role) for role in roles), *(Seat(ReviewerRole.TRANSLATOR, tag) for tag in tongues))


@dataclass(frozen=True, slots=True)
class Approvals:
    """All approvals and withdrawals that were found, in any order; the latest word of a seat counts."""

    found: tuple[Approval, ...] = ()

    def about(self, kind: str, identifier: str) -> tuple[Approval, ...]:
        """Everything said about an entry, also about earlier versions, newest first."""
        said = [one for one in self.found if (one.kind, one.id) == (kind, identifier)]
        return tuple(sorted(said, key=lambda one: one.at, reverse=True))

    def holding(self, kind: str, entry: Entry, sha256: str) -> dict[Seat, Approval]:
        """Who stands behind exactly these bytes now."""
        latest: dict[Seat, Approval] = {}
        for one in self.about(kind, entry.id):
            if (one.version, one.sha256) == (entry.version, sha256):
                known = latest.get(one.seat)
                if known is None or (one.at == known.at and one.state is ApprovalState.WITHDRAWN):
                    latest[one.seat] = one
        return {seat: one for seat, one in latest.items() if one.state is ApprovalState.APPROVED}


def read(folders: Iterable[Path]) -> tuple[Approvals, list[str]]:
    """The approvals of several folders, and a line for each file that holds nothing."""
    found: list[Approval] = []
    faults: list[str] = []
    for folder in folders:
        for path in (one for one in sorted(folder.rglob("*.toml")) if one.is_file()):
            name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            try:
                one = Approval.model_validate(tomllib.loads(path.read_text()))
            except (ValidationError, tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
                faults.append(f"{name}: line 1: file: holds nothing: {str(error).splitlines()[0]}")
                continue
            if one.path != path.relative_to(folder).as_posix():
                faults.append(f"{name}: line 1: file: holds nothing: it belongs to {one.path}")
            else:
                found.append(one)
    return Approvals(tuple(found)), faults


def reviewed(entry: Entry, needed: Iterable[Seat], holding: Mapping[Seat, Approval]) -> Entry:
    """The entry with the state that its approvals give it; what it claims itself is taken back."""
    wanted = tuple(needed)
    if wanted and all(seat in holding for seat in wanted):
        last = max((holding[seat] for seat in wanted), key=lambda one: one.at)
        signed = {
            "state": ReviewState.APPROVED,
            "by": "; ".join(dict.fromkeys(holding[seat].by for seat in wanted)),
            "role": "; ".join(str(seat) for seat in wanted),
            "on": last.at.date(),
        }
        return _with(entry, signed)
    if entry.is_draft:
        return entry
    return _with(entry, {"state": ReviewState.DRAFT, "by": "", "role": "", "on": None})


def _with(entry: Entry, changes: Mapping[str, object]) -> Entry:
    review: Review = entry.review.model_copy(update=changes)
    return entry.model_copy(update={"review": review})


_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def _toml(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    written = value.isoformat() if hasattr(value, "isoformat") else str(value)
    if hasattr(value, "isoformat"):
        return written
    kept = (letter for letter in written if letter.isprintable() or letter in _ESCAPED)
    return '"' + "".join(_ESCAPED.get(letter, letter) for letter in kept) + '"'
