"""Keeps the numbers by which hospitals and insurers know a patient, so that records can be told from another's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from consilia.accounts.models import Patient, Person
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import NotFound


@transaction.atomic
def keep_identifiers(patient: Patient, numbers: Mapping[str, str], *, by: Person, at: datetime) -> Patient:
    """`numbers`: system ("tax code", "insurance number") -> value; empty values are left out. Raises NotFound."""
    if not (patient.person_id == by.pk or patient.mandates.live(at).filter(proxy=by).exists()):
        raise NotFound
    found = [{"system": system, "value": value.strip()} for system, value in numbers.items() if value.strip()]
    if not found:
        return patient
    patient.identifiers = found
    patient.save(update_fields=["identifiers"])
    role = "patient" if patient.person_id == by.pk else "proxy"
    audit.record(
        Kind.ACCOUNT_CHANGED, actor=Actor(by.pk, role), patient_id=patient.pk, entity=("patient", patient.pk), at=at
    )
    return patient
