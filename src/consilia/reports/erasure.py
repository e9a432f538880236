"""Erasing a case: words out of every room's tables, key and bytes out of the vault, and a sentence on what stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Patient
from consilia.billing.models import Offer
from consilia.cases import actions as cases
from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.models import Case
from consilia.intake.models import RecordRequest, Upload, UploadLink
from consilia.notify import actions as notify
from consilia.opinions.models import EditorialCheck, FollowUp, Opening, Opinion, Seal
from consilia.records import actions as records
from consilia.reports.models import DoctorAnswer, Report, Share
from consilia.vault import actions as vault
from consilia.vault import database as vault_database

GONE = "–"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased and what stays, in sentences for the patient."""

    at: datetime
    kept: tuple[str, ...]


def erase(by: Reader, *, at: datetime) -> Erased:
    """Erases the case for good. Rows first (one transaction), then key and bytes, then the database's free pages.

    A crash in between is completed by the vault's sweep: the tombstone is the intent. Raises Refused (legal hold).
    """
    by.require(Right.ERASE_CASE)
    with transaction.atomic():
        case = lock(by.case_id)
        refuse(cases_policy.against_erasing(case))
        paid = Offer.objects.filter(case=case).exclude(paid_at=None).exists()
        _rows(case)
        cases.erase_rows(by, at=at)
        _patient(case, at)
    vault.erase_case(by.case_id, at=at)
    vault_database.scrub_free_pages(_tables())
    return Erased(at, what_stays(paid=paid))


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
