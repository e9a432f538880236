"""Writes about content: a comment, an approval, its withdrawal; each with its event, approvals as files.

An approval is recorded first and written then: what loosens never stands without its event. A withdrawal is written
first and recorded then: what holds back never waits.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Person
from consilia.accounts.step_up import StepUpProof
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import access, content
from consilia.clinical.approvals import Approval, ApprovalState, ReviewerRole, Seat
from consilia.clinical.reading import Loaded
from consilia.kernel import actor
from consilia.kernel.actor import Actor
from consilia.kernel.ids import new_id
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.review import policy, queries
from consilia.review.models import Comment

LONGEST = 5000  # characters of a comment


@transaction.atomic
def comment(kind: str, identifier: str, text: str, *, by: Person, at: datetime) -> Comment:
    """Keeps what somebody says about an entry as it is now. Raises NotFound, Invalid."""
    loaded = queries.top(content.library(), kind, identifier)
    said = text.strip()
    if not 1 <= len(said) <= LONGEST:
        raise Invalid({"text": _("Write a comment of at most 5,000 characters.")})
    row = Comment.objects.create(
        kind=kind,
        entry=identifier,
        version=loaded.entry.version,
        sha256=loaded.sha256,
        text=said,
        author=by,
        at=at,
    )
    _record(Kind.CONTENT_COMMENT_WRITTEN, loaded, None, by=by, at=at)
    return row


def approve(
    kind: str, identifier: str, seat: Seat, *, sha256: str, by: Person, proof: StepUpProof, at: datetime
) -> Approval:
    """The person stands behind the entry that she read, named by its SHA-256. Raises NotFound, Refused."""
    library = content.library()
    loaded = queries.top(library, kind, identifier)
    refusal = policy.against_other_bytes(loaded, sha256) or policy.against_approving(
        seat, queries.needed(library, loaded), queries.holding(library, loaded), access.live_roles(by)
    )
    if refusal:
        raise Refused(refusal)
    approval = _approval(loaded, seat, ApprovalState.APPROVED, by=by, at=at)
    with transaction.atomic():
        _record(Kind.CONTENT_APPROVED, loaded, seat, by=by, at=at, proof=proof)
    _write(approval)
    content.changed()
    return approval


def withdraw(kind: str, identifier: str, seat: Seat, *, by: Person, proof: StepUpProof, at: datetime) -> Approval:
    """The entry as it is now is a draft again. Raises NotFound, Refused."""
    library = content.library()
    loaded = queries.top(library, kind, identifier)
    refusal = policy.against_withdrawing(seat, queries.holding(library, loaded), access.live_roles(by))
    if refusal:
        raise Refused(refusal)
    approval = _approval(loaded, seat, ApprovalState.WITHDRAWN, by=by, at=at)
    _write(approval)
    content.changed()
    with transaction.atomic():
        _record(Kind.CONTENT_APPROVAL_WITHDRAWN, loaded, seat, by=by, at=at, proof=proof)
    return approval


def seat_of(word: str) -> Seat:
    """ "lawyer" or "translator-de". Raises NotFound for anything else."""
    role, _dash, language = word.partition("-")
    if role not in list(ReviewerRole):
        raise NotFound(word)
    return Seat(ReviewerRole(role), language)


def _approval(loaded: Loaded, seat: Seat, state: ApprovalState, *, by: Person, at: datetime) -> Approval:
    return Approval(
        kind=loaded.kind,
        id=loaded.entry.id,
        version=loaded.entry.version,
        sha256=loaded.sha256,
        role=seat.role,
        language=seat.language,
        state=state,
        by=by.name,
        at=at.astimezone(UTC),
    )


def _record(
    kind: Kind, loaded: Loaded, seat: Seat | None, *, by: Person, at: datetime, proof: StepUpProof | None = None
) -> None:
    named = f"{loaded.kind}/{loaded.entry.id}"
    detail = {"content_id": named, "content_version": str(loaded.entry.version), "hash": loaded.sha256}
    if seat is not None:
        detail["role"] = str(seat)
    if proof is not None:
        detail["code"] = proof.method
    audit.record(kind, actor=Actor(by.pk, actor.REVIEWER), entity=("content", named), at=at, detail=detail)


def _write(approval: Approval) -> Path:
    """The file, whole or not at all, and still there after a power cut."""
    path = content.approvals_folder() / approval.path
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{new_id()}.new")
    with fresh.open("w") as file:
        file.write(approval.toml())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return path
