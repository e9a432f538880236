"""Reads for reviewers: the kinds, the entries of a kind, and one entry as it was read from its file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from consilia.accounts.models import REVIEWERS, Person, Role, RoleGrant
from consilia.cases import content
from consilia.clinical import kinds
from consilia.clinical.approvals import Approval, Seat
from consilia.clinical.laying import Layers
from consilia.clinical.library import Library
from consilia.clinical.reading import Loaded
from consilia.clinical.showing import Shown, shown, title_of
from consilia.kernel.refusal import NotFound, Refusal
from consilia.review import policy
from consilia.review.models import Comment
from consilia.suitability import examples


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind in the list: how much of it waits, for whom and since when."""

    kind: str
    title: str
    number: int
    counted: str
    entries: int
    drafts: int
    overdue: int
    mine: int
    comments: int


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A needed approval of an entry: who has given it, and why this person may not give it or take it back."""

    seat: Seat
    words: str
    approval: Approval | None
    against: Refusal | None
    against_withdrawing: Refusal | None


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry in the list of its kind."""

    id: str
    title: str
    version: int
    draft: bool
    due: date
    overdue: bool
    confidence: str
    seats: tuple[SeatLine, ...]
    comments: int


@dataclass(frozen=True, slots=True)
class CommentLine:
    """What somebody said; `about_this` is False where the entry has changed since."""

    text: str
    author: str
    at: datetime
    version: int
    about_this: bool


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One entry with everything that is said about it; `lies_over` is True for a draft of the operator's folder."""

    one: Shown
    seats: tuple[SeatLine, ...]
    comments: tuple[CommentLine, ...]
    history: tuple[Approval, ...]
    failing: tuple[str, ...]
    lies_over: bool


def every_kind(*, roles: Collection[str], at: datetime) -> tuple[KindLine, ...]:
    """All kinds, those first that wait for this person."""
    library, said = content.library(), _comment_counts()
    found = (_kind(library, one, roles, at.date(), said) for one in kinds.counts(library))
    return tuple(sorted(found, key=lambda line: (-line.mine, line.title)))


def entries(kind: str, *, roles: Collection[str], at: datetime) -> tuple[EntryLine, ...]:
    """The entries of a kind in reading order. Raises NotFound."""
    library, said = content.library(), _comment_counts(kind)
    found = kinds.in_order(library, kind)
    if not found:
        raise NotFound(kind)
    return tuple(_entry(library, top(library, kind, one.entry.id), roles, at.date(), said) for one in found)


def entry(kind: str, identifier: str, *, language: str, roles: Collection[str]) -> EntryPage:
    """One entry. Raises NotFound."""
    library = content.library()
    loaded = top(library, kind, identifier)
    layers = _layers(library)
    return EntryPage(
        one=shown(loaded, language),
        seats=seats(library, loaded, roles),
        comments=_comments(loaded),
        history=layers.approvals.about(kind, identifier),
        failing=examples.failures_of(loaded.entry, library),
        lies_over=len(layers.read[kind, identifier]) > 1,
    )


def top(library: Library, kind: str, identifier: str) -> Loaded:
    """The file of an entry that an approval would be about: that of the last folder which has one."""
    found = _layers(library).read.get((kind, identifier))
    if not found:
        raise NotFound(f"{kind}/{identifier}")
    return found[-1]


def needed(library: Library, loaded: Loaded) -> tuple[Seat, ...]:
    """The approvals that an entry needs."""
    return _layers(library).reviewers.needed(loaded.kind, loaded.entry, loaded.rows)


def holding(library: Library, loaded: Loaded) -> dict[Seat, Approval]:
    """Who stands behind the entry as it is now."""
    return _layers(library).approvals.holding(loaded.kind, loaded.entry, loaded.sha256)


def seats(library: Library, loaded: Loaded, roles: Collection[str]) -> tuple[SeatLine, ...]:
    """The needed approvals with who gave them."""
    wanted, given = needed(library, loaded), holding(library, loaded)
    return tuple(
        SeatLine(
            seat,
            policy.seat_words(seat),
            given.get(seat),
            policy.against_approving(seat, wanted, given, roles),
            policy.against_withdrawing(seat, given, roles),
        )
        for seat in wanted
    )


def reviewers() -> tuple[tuple[Person, tuple[tuple[str, str], ...]], ...]:
    """Everybody who may approve something, with (role, its name) of each role."""
    found: dict[Person, list[tuple[str, str]]] = {}
    for grant in _grants():
        found.setdefault(grant.person, []).append((str(grant.role), str(Role(grant.role).label)))
    return tuple((person, tuple(roles)) for person, roles in found.items())


def _grants() -> Iterable[RoleGrant]:
    live = RoleGrant.objects.filter(role__in=REVIEWERS, revoked_at=None, person__is_active=True)
    return live.select_related("person").order_by("person__family_name", "person__email", "role")


def _layers(library: Library) -> Layers:
    assert library.layers is not None
    return library.layers


def _kind(
    library: Library, count: kinds.Count, roles: Collection[str], today: date, said: dict[tuple[str, str], int]
) -> KindLine:
    lines = [
        _entry(library, top(library, count.kind, one.entry.id), roles, today, said)
        for one in library.all_of(count.kind)
    ]
    return KindLine(
        kind=count.kind,
        title=count.title,
        number=count.number,
        counted=count.counted,
        entries=len(lines),
        drafts=sum(line.draft for line in lines),
        overdue=sum(line.overdue for line in lines),
        mine=sum(any(seat.against is None for seat in line.seats) for line in lines),
        comments=sum(line.comments for line in lines),
    )


def _entry(
    library: Library, loaded: Loaded, roles: Collection[str], today: date, said: dict[tuple[str, str], int]
) -> EntryLine:
    review = loaded.entry.review
    return EntryLine(
        id=loaded.entry.id,
        title=title_of(loaded.entry),
        version=loaded.entry.version,
        draft=loaded.entry.is_draft,
        due=review.due,
        overdue=review.due < today,
        confidence=str(review.confidence),
        seats=seats(library, loaded, roles),
        comments=said.get((loaded.kind, loaded.entry.id), 0),
    )


def _comment_counts(kind: str = "") -> dict[tuple[str, str], int]:
    rows = Comment.objects.filter(kind=kind) if kind else Comment.objects.all()
    counted = rows.order_by().values_list("kind", "entry").annotate(number=Count("pk"))
    return {(found, identifier): number for found, identifier, number in counted}


def _comments(loaded: Loaded) -> tuple[CommentLine, ...]:
    rows = Comment.objects.filter(kind=loaded.kind, entry=loaded.entry.id).select_related("author").order_by("at")
    return tuple(
        CommentLine(row.text, row.author.name if row.author else "", row.at, row.version, row.sha256 == loaded.sha256)
        for row in rows
    )
