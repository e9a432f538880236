"""Erasing a case: words out of every room's tables, key and bytes out of the vault, and a sentence on what stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Patient
from consilia.billing.models import Offer
from consilia.cases import actions as cases
from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.models import Case
from consilia.cases.states import ENDS, State
from consilia.intake.models import RecordRequest, Upload, UploadLink
from consilia.jobs import actions as jobs
from consilia.kernel.actor import Actor, system
from consilia.notify import actions as notify
from consilia.opinions.models import EditorialCheck, FollowUp, Opening, Opinion, Seal
from consilia.records import actions as records
from consilia.records import erasing
from consilia.reports.models import DoctorAnswer, Report, Share
from consilia.vault import actions as vault
from consilia.vault import database as vault_database

GONE = "–"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased and what stays, in sentences for the patient."""

    at: datetime
    kept: tuple[str, ...]


class Tombstone(Reader):
    """The right to erase what was erased before: the vault's tombstone, in the hands of the software itself."""

    @property
    def actor(self) -> Actor:
        return system("cli")


def erase(by: Reader, *, at: datetime) -> Erased:
    """Erases the case for good: rows first (one transaction), then key and bytes; a job brings the rest to its end.

    A crash after the rows is completed by that job, which was queued with them. Raises Refused (legal hold, running).
    """
    by.require(Right.ERASE_CASE)
    with transaction.atomic():
        case = lock(by.case_id)
        refuse(cases_policy.against_erasing(case))
        paid = is_paid(case.pk)
        _rows(case)
        cases.erase_rows(by, at=at)
        _leftovers(case, at)
        jobs.queue("reports.finish_erasing", key=case.pk, ids={"case": case.pk}, at=at)
    vault.erase_case(by.case_id, at=at)
    return Erased(at, what_stays(paid=paid))


def finish(case_id: UUID, *, at: datetime) -> None:
    """Key and bytes, then the free pages of the database; may be repeated. Raises VaultError while rows are read."""
    if not Case.objects.filter(pk=case_id).exclude(tombstone_at=None).exists():
        return
    vault.erase_case(case_id, at=at)
    vault_database.scrub_free_pages(_tables())


def replay(case_ids: Iterable[UUID], objects: Iterable[tuple[UUID, str]] = (), *, at: datetime) -> tuple[UUID, ...]:
    """After a restore: rows that an older backup brought back for cases erased since are erased again.

    `objects`: (case, SHA-256) of single records that were erased; their bytes and words go again, too.
    Needs no Reader: the tombstones of the vault are the ground. Returns the cases whose rows were erased now.
    """
    done: list[UUID] = []
    for case_id in case_ids:
        with transaction.atomic():
            case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id, tombstone_at=None).first()
            if case is None:
                continue
            _as_it_was_at_its_end(case)
            _rows(case)
            cases.erase_rows(Tombstone(case_id, None, frozenset({Relation.OWNER})), at=at)
            _leftovers(case, at)
        vault.erase_case(case_id, at=at)
        done.append(case_id)
    blanked = erasing.replay(objects, at=at)
    if done or blanked:
        vault_database.scrub_free_pages(_tables())
    return tuple(done)


def is_paid(case_id: UUID) -> bool:
    """True when an invoice of the case was paid and must be kept."""
    return Offer.objects.filter(case_id=case_id).exclude(paid_at=None).exists()


def what_stays(*, paid: bool) -> tuple[str, ...]:
    """What is kept after erasing, and why."""
    kept = [
        _("That a case existed, its number, and who looked at it when, without a name and without a medical word."),
        _("Backups of the last days hold encrypted bytes whose key is gone; nobody can read them."),
    ]
    if paid:
        kept.append(_("The invoice, because tax law asks for it; it holds no medical word."))
    return tuple(kept)


def _rows(case: Case) -> None:
    """Rows of the rooms above `cases`, top first."""
    DoctorAnswer.objects.filter(share__case=case).delete()
    Share.objects.filter(case=case).delete()
    Report.objects.filter(case=case).delete()
    FollowUp.objects.filter(opinion__case=case).delete()
    Seal.objects.filter(opinion__case=case).delete()
    EditorialCheck.objects.filter(opinion__case=case).delete()
    Opening.objects.filter(assignment__case=case).delete()
    Opinion.objects.filter(case=case).delete()
    RecordRequest.objects.filter(case=case).delete()
    Upload.objects.filter(case=case).delete()
    UploadLink.objects.filter(case=case).delete()
    records.erase_rows(case.pk)
    notify.erase_case(case.pk)


def _as_it_was_at_its_end(case: Case) -> None:
    """An older backup may know the case as running or on hold; it was erased later, so neither was true any more."""
    if State(case.state) not in ENDS:
        Case.objects.filter(pk=case.pk).update(state=State.WITHDRAWN)
    Case.objects.filter(pk=case.pk).update(legal_hold=False)
    Patient.objects.filter(pk=case.patient_id).update(legal_hold=False)


def _leftovers(case: Case, at: datetime) -> None:
    """What is no free text and still says something of the illness or of the people."""
    Case.objects.filter(pk=case.pk).update(
        report_language="en", urgent_at=None, urgent_cleared_at=None, coordinator=None
    )
    _patient(case, at)


def _patient(case: Case, at: datetime) -> None:
    """The patient's own row loses its words when this was her last case; the account is hers to close."""
    if Case.objects.filter(patient_id=case.patient_id, tombstone_at=None).exists():
        return
    Patient.objects.filter(pk=case.patient_id).update(
        given_name=GONE,
        family_name=GONE,
        former_name="",
        birth_date=at.date(),
        sex="unknown",
        identifiers=[],
        residence_country="",
        tombstone_at=at,
    )


def _tables() -> list[str]:
    rooms = ("reports_", "opinions_", "intake_", "records_", "cases_", "notify_", "accounts_patient", "django_session")
    return [name for name in connection.introspection.table_names() if name.startswith(rooms)]
