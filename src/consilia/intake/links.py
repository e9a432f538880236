"""Links: one-time doors through which a hospital, or the doctor at home, adds records; only hashes are kept."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.actions.desk import owner_of
from consilia.cases.actions.moving import lock, refuse
from consilia.intake import actions, policy
from consilia.intake.models import Upload, UploadLink, UploadState
from consilia.kernel.ids import hash_secret, new_secret
from consilia.kernel.refusal import Invalid, NotFound
from consilia.notify import actions as notify

HOLDS = timedelta(days=30)
LONGEST_COMMENT = 5000  # characters


class LinkOver(NotFound):
    """The link was good once: finished, taken back, or its day has passed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new link; `secret` is shown once and nowhere kept."""

    link: UploadLink
    secret: str


@transaction.atomic
def make(by: Reader, *, kind: UploadLink.Kind, label: str, at: datetime) -> Made:
    """A link for 30 days. Raises Invalid without a label, Refused when no records may come."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(cases_policy.against_adding_records(case))
    if not label.strip():
        raise Invalid({"label": _("Write for whom this link is.")})
    secret = new_secret()
    link = UploadLink.objects.create(
        case=case,
        kind=kind,
        secret_hash=hash_secret(secret),
        ae_hash=hash_secret(ae_title(secret)),
        label=label.strip()[:200],
        made_by_id=by.person_id,
        made_at=at,
        valid_until=at + HOLDS,
    )
    audit.record(Kind.LINK_MADE, case_id=case.pk, actor=by.actor, entity=("link", link.pk), at=at)
    return Made(link, secret)


def ae_title(secret: str) -> str:
    """The AE title under which an archive reaches a link: 80 bits of its secret in 16 characters (PS3.5 table 6.2-1).

    It travels in clear where the hospital's archive knows no TLS, and tells nothing of the secret.
    """
    return base64.b32encode(hashlib.sha256(f"AE title of {secret}".encode()).digest()[:10]).decode()


def called(title: str, *, at: datetime) -> Reader:
    """The Reader of the live link of a hospital with this AE title. Raises as `resolve`."""
    mine = UploadLink.objects.filter(ae_hash=hash_secret(title.strip()), kind=UploadLink.Kind.HOSPITAL)
    return _live(mine, at)


def resolve(secret: str, *, at: datetime) -> Reader:
    """The Reader of a live link. Raises LinkOver for one that is over, NotFound for a secret that never was one."""
    return _live(UploadLink.objects.filter(secret_hash=hash_secret(secret)), at)


def _live(links: QuerySet[UploadLink], at: datetime) -> Reader:
    link = links.select_related("case__patient").first()
    if link is None or link.case.tombstone_at or link.case.patient.tombstone_at:
        raise NotFound
    if policy.against_link(link, at):
        raise LinkOver
    return Reader(link.case_id, None, frozenset({Relation.UPLOAD_LINK}), link_id=link.pk)


@transaction.atomic
def opened(by: Reader, *, at: datetime) -> None:
    """The first opening is written down, so that the patient sees that her letter arrived."""
    link = _locked(by)
    if link.opened_at is None:
        link.opened_at = at
        link.save(update_fields=["opened_at"])
        audit.record(Kind.LINK_OPENED, case_id=by.case_id, actor=by.actor, entity=("link", link.pk), at=at)


def finish(by: Reader, *, comment: str = "", at: datetime) -> None:
    """Closes the link for good: what has arrived is kept, what broke off is given up, the patient is told.

    The comment is the treating doctor's one; a hospital has none. Raises Invalid for a too long comment.
    """
    by.require(Right.ADD_RECORDS)
    if len(comment) > LONGEST_COMMENT:
        raise Invalid({"comment": _("Write at most 5,000 characters.")})
    # Before the transaction, because bytes are sealed first and rows follow: a file that is whole is never given up.
    for unfinished in Upload.objects.filter(link_id=by.link_id, state=UploadState.ARRIVING):
        actions.progress(by, unfinished.pk, at=at)
    with transaction.atomic():
        _finish(by, comment, at)


def _finish(by: Reader, comment: str, at: datetime) -> None:
    case = lock(by.case_id)
    link = _locked(by)
    if link.finished_at:
        return
    for unfinished in link.uploads.filter(state=UploadState.ARRIVING):
        actions.discard(by, unfinished.pk, at=at)
    link.finished_at = at
    if link.kind == UploadLink.Kind.TREATING_DOCTOR:
        link.comment = comment.strip()
    link.save(update_fields=["finished_at", "comment"])
    audit.record(Kind.UPLOAD_FINISHED, case_id=by.case_id, actor=by.actor, entity=("link", link.pk), at=at)
    if owner := owner_of(case):
        page = f"/patient/cases/{case.pk}/records/"
        notify.tell(owner, "records_sorted", case_id=case.pk, link=page, once=f"link:{link.pk}", at=at)


@transaction.atomic
def revoke(by: Reader, link_id: UUID, *, at: datetime) -> None:
    """Takes a link back; at the next request it is over. Raises NotFound for another case's."""
    by.require(Right.CHANGE_CASE)
    link = UploadLink.objects.select_for_update().filter(pk=link_id, case_id=by.case_id).first()
    if link is None:
        raise NotFound
    if link.revoked_at is None and link.finished_at is None:
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        audit.record(Kind.LINK_REVOKED, case_id=by.case_id, actor=by.actor, entity=("link", link.pk), at=at)


def revoke_doctors(by: Reader, *, at: datetime) -> None:
    """Takes back every live link of a treating doctor: the consent for her part in the case was withdrawn."""
    live = UploadLink.objects.filter(case_id=by.case_id, kind=UploadLink.Kind.TREATING_DOCTOR, revoked_at=None)
    for pk in live.filter(finished_at=None).values_list("pk", flat=True):
        revoke(by, pk, at=at)


def _locked(by: Reader) -> UploadLink:
    if by.link_id is None:
        raise NotFound
    return UploadLink.objects.select_for_update().get(pk=by.link_id, case_id=by.case_id)


@dataclass(frozen=True, slots=True)
class Sent:
    """One file that came through a link."""

    name: str
    size: int
    arrived: bool


@dataclass(frozen=True, slots=True)
class LinkPage:
    """What the holder of a link sees: initials and year of birth, no name, no diagnosis, no other record."""

    initials: str
    birth_year: int
    is_doctor: bool
    label: str
    valid_until: datetime
    files: tuple[Sent, ...]


def page(*, reader: Reader) -> LinkPage:
    """The page behind a link. Raises NotFound for a reader who did not come through one."""
    if reader.link_id is None:
        raise NotFound
    link = UploadLink.objects.select_related("case__patient").get(pk=reader.link_id, case_id=reader.case_id)
    patient = link.case.patient
    uploads = Upload.objects.filter(link=link).exclude(state=UploadState.DISCARDED)
    return LinkPage(
        initials=f"{patient.given_name[:1]}.\N{NO-BREAK SPACE}{patient.family_name[:1]}.".upper(),
        birth_year=patient.birth_date.year,
        is_doctor=link.kind == UploadLink.Kind.TREATING_DOCTOR,
        label=link.label,
        valid_until=link.valid_until,
        files=tuple(Sent(one.path, one.size, one.state != UploadState.ARRIVING) for one in uploads),
    )


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link as the patient sees it: `state` is waiting, opened, finished, revoked or over."""

    id: UUID
    kind: str
    label: str
    made_at: datetime
    valid_until: datetime
    state: str
    files: int
    comment: str


def of_case(*, reader: Reader, at: datetime) -> tuple[LinkLine, ...]:
    """All links that were made for the case, newest first, with what came of them."""
    reader.require(Right.READ_CASE)
    came = Count("uploads", filter=~Q(uploads__state__in=[UploadState.ARRIVING, UploadState.DISCARDED]))
    rows = UploadLink.objects.filter(case_id=reader.case_id).annotate(came=came).order_by("-made_at")
    return tuple(_line(row, row.came, at) for row in rows)


def _line(link: UploadLink, came: int, at: datetime) -> LinkLine:
    if link.finished_at:
        state = "finished"
    elif link.revoked_at:
        state = "revoked"
    elif at > link.valid_until:
        state = "over"
    else:
        state = "opened" if link.opened_at else "waiting"
    return LinkLine(link.pk, link.kind, link.label, link.made_at, link.valid_until, state, came, link.comment)


def labels(*, reader: Reader) -> Mapping[UUID, str]:
    """link id -> for whom it was made, for the page that says who looked."""
    reader.require(Right.READ_TRAIL)
    return dict(UploadLink.objects.filter(case_id=reader.case_id).values_list("pk", "label"))
