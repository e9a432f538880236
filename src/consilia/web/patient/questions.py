"""Questions: the patient's own, one to ten, and the ones that an expert asks her."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consilia.cases import actions
from consilia.cases.access import Reader, Right
from consilia.cases.queries import patient as queries
from consilia.kernel import country
from consilia.kernel.refusal import Invalid, Refused
from consilia.web import access
from consilia.web.patient.case_forms import MOST_QUESTIONS, AnswerForm, QuestionsForm, tongue
from consilia.web.patient.places import mendable, place, posted

ASK = require_http_methods(["GET", "HEAD", "POST"])
AT_FIRST = 3


@access.case_right(Right.CHANGE_CASE)
@ASK
def questions(request: HttpRequest, reader: Reader) -> HttpResponse:
    """One to ten questions; "one more" keeps the words and adds a place."""
    head = queries.head(reader=reader)
    known = queries.questions(reader=reader)
    places = number_of_places(request, len(known))
    start = {f"question_{number}": text for number, text in enumerate(known, 1)}
    wants_more = "more" in request.POST
    form = QuestionsForm(None if wants_more else posted(request), initial=start, places=places)
    if wants_more:
        form = QuestionsForm(initial=request.POST.dict(), places=places)
    if request.method == "POST" and not wants_more and form.is_valid() and kept(reader, form):
        messages.success(request, _("Your questions are saved."))
        return redirect("patient:case", reader.case_id)
    page = {
        "form": form,
        "head": head,
        "places": places,
        "may_add": places < MOST_QUESTIONS,
        "known": known,
        "against": mendable(head.against_changing, reader.case_id),
    }
    return render(request, "patient/questions/questions.html", page)


def number_of_places(request: HttpRequest, known: int) -> int:
    """How many fields the page shows: three at first, one empty at least, never above ten."""
    asked = request.POST.get("places", "")
    wanted = int(asked) if asked.isdigit() else max(AT_FIRST, known + 1)
    return min(max(wanted + ("more" in request.POST), 1), MOST_QUESTIONS)


def kept(reader: Reader, form: QuestionsForm) -> bool:
    try:
        actions.set_questions(reader, form.texts(), at=timezone.now())
    except Invalid as refusal:
        form.take_up(refusal)
    except Refused as refused:
        form.add_error(None, refused.refusals[0].reason)
    else:
        return True
    return False


@access.case_right(Right.CHANGE_CASE)
@ASK
def expert_question(request: HttpRequest, reader: Reader, question_id: UUID) -> HttpResponse:
    """What an expert asks; while it is open the expert's clock stands still."""
    asked = queries.expert_question(question_id, reader=reader)
    head = queries.head(reader=reader)
    form = AnswerForm(posted(request))
    if request.method == "POST" and not asked.answered_at and form.is_valid():
        actions.answer_question(reader, question_id, answer=form.cleaned_data["answer"], at=timezone.now())
        messages.success(request, _("The expert has your answer; the clock runs again."))
        return redirect("patient:case", reader.case_id)
    page = {
        "form": form,
        "head": head,
        "asked": asked,
        "named": country.country_name(asked.country, tongue()),
        "upload_url": place("patient:upload", reader.case_id),
    }
    return render(request, "patient/questions/expert_question.html", page)
