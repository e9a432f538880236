"""The decision on a held record: keep it out and tell the patient, ask her first, or release it with a reason."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consilia.cases import actions
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_records
from consilia.intake import deciding
from consilia.kernel.refusal import Invalid
from consilia.web import access
from consilia.web.desk import forms
from consilia.web.desk.case import show_case
from consilia.web.desk.wording import kept_out_words


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def decide(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """One decision for one document, or for all held images of a study."""
    together = desk_records.held_together(reader=reader, original_id=original_id)
    try:
        said = _act(reader, together, request.POST)
    except Invalid as error:
        typed = {"id": original_id, "says": " ".join(error.fields.values()), **request.POST.dict()}
        return show_case(request, reader, forms.NoteForm(), status=422, decided=typed)
    messages.success(request, said)
    return redirect("desk:case", reader.case_id)


def _act(reader: Reader, together: tuple[UUID, ...], said: QueryDict) -> str:
    """Does what was decided and returns what to tell; raises Invalid for anything else."""
    match said.get("decision", ""):
        case "keep_out":
            _keep_out(reader, together)
            return _("Kept out. The patient is told; you can undo this until the quality gate.")
        case "ask":
            actions.write(reader, text=said.get("text", ""), at=timezone.now())
            return _("The patient is asked. The record stays held until you decide.")
        case "release":
            deciding.release(reader, together, reason=said.get("reason", ""), at=timezone.now())
            return _("Released. It counts as the patient's own record now.")
        case _:
            raise Invalid({"decision": _("Choose what happens with this record.")})


@transaction.atomic
def _keep_out(reader: Reader, together: tuple[UUID, ...]) -> None:
    """The records leave the case and the patient hears of it, or neither happens."""
    now = timezone.now()
    deciding.keep_out(reader, together, reason=_("Another person's, decided by the desk"), at=now)
    actions.write(reader, text=kept_out_words(), at=now)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def put_back(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """Undoes the removal of a document or a study; what seemed another person's is held again."""
    together = desk_records.removed_together(reader=reader, original_id=original_id)
    deciding.let_back(reader, together, at=timezone.now())
    messages.success(request, _("Put back."))
    return redirect("desk:case", reader.case_id)
