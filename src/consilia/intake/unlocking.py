"""Unlocking: a PDF is opened with its password once; a copy without it is read, and the password is forgotten."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.formats.verdicts import Unreadable, Verdict
from consilia.intake import actions
from consilia.intake.models import Upload
from consilia.kernel.ids import new_id
from consilia.kernel.refusal import Invalid
from consilia.records import actions as records
from consilia.records import nursery
from consilia.records.models import Original
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries


def unlock(by: Reader, record_id: UUID, password: str, *, at: datetime) -> Upload:
    """Opens the file and gives the copy to the worker; the file itself stays as it came, under its password.

    The password goes to the child that opens the file and nowhere else: no row, job, event or log has it.
    Raises NotFound, Refused, and Invalid({"password": ...}) when it does not open the file.
    """
    by.require(Right.ADD_RECORDS)
    refuse(actions.reasons_against(by))
    with transaction.atomic():
        locked = records.asking_password(by.case_id, record_id)
    stored = vault.put(by.case_id, [_opened(locked, password)])
    with transaction.atomic():
        case = lock(by.case_id)
        refuse(cases_policy.against_adding_records(case))
        records.note_unlocked(case.pk, record_id, actor=by.actor, at=at)
        key = actions.key_of(by, f"unlocked:{record_id}")
        copy = Upload(case=case, path=locked.path, key=key, staged_id=new_id(), came_out_of=locked)
        return actions.whole(by, [(copy, stored)], at=at)[0]


def _opened(locked: Original, password: str) -> bytes:
    descriptor = vault_queries.to_descriptor(locked.case_id, locked.sha256)
    try:
        return nursery.shared().unlock(descriptor, password)
    except Unreadable as unreadable:
        is_wrong = unreadable.verdict is Verdict.ENCRYPTED
        wrong = _("This password does not open the file. Look at it once more and type it again.")
        other = _("The file could not be opened. It is kept; please add a copy without a password.")
        raise Invalid({"password": wrong if is_wrong else other}) from None
    finally:
        os.close(descriptor)
