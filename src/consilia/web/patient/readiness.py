"""What is here and what is missing, why it matters, and the letter that asks for the most important one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from consilia.cases import actions, content
from consilia.cases.access import Reader, Right
from consilia.cases.models import AdviceAnswer
from consilia.intake import advised, asking, queries, requests
from consilia.kernel.refusal import Invalid
from consilia.suitability.readying import ItemState, ReadinessItem, reason_words
from consilia.web import access, telling

ADDRESSES = telling.Addresses(record="patient:record", study="patient:study")
TAGS = {
    ItemState.MISSING: (_("Missing"), "ring"),
    ItemState.PARTLY: (_("Partly"), "half"),
    ItemState.TOO_OLD: (_("Too old"), "clock"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence that only she can answer, and where she does."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the checklist as a card or a line."""

    item: str
    label: str
    state: str
    word: str
    icon: str
    is_essential: bool
    why: str
    because: str
    condition: str  # words of the condition, while nobody said whether it holds or after she said that it does not
    condition_id: str
    record_ids: tuple[str, ...]
    on: date | None
    asked: int  # letters that were made for it


@access.case_right(Right.READ_CASE)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The checklist of the case, most important first."""
    at = timezone.now()
    found = queries.readiness_page(reader=reader, today=timezone.localdate(at), at=at)
    # What may not concern her at all ("only if operated") never stands before what certainly does.
    surest = sorted(found.open, key=lambda line: (line.asks_condition, not line.item.essential))
    places = [_place(line, found.letters) for line in surest]
    here = [line for line in found.found.items if line.state is ItemState.PRESENT]
    context = {
        "case": found,
        "found": found.found,
        "here": [_place(line, found.letters) for line in here],
        "open": places,
        "needed": [place for place in places if place.is_essential],
        "helpful": [place for place in places if not place.is_essential],
        "draft": found.draft,
        "counts": found.found.counts,
        "links": found.links,
        "waived": [_place(line, found.letters) for line in found.found.waived],
        "asked": [_question(one, reader) for one in asking.of_case(reader=reader)],
        "told": telling.told(reader, ADDRESSES, at=at),
        "may_say": not found.against_conditions,
    }
    return render(request, "patient/readiness/page.html", context)


@access.case_right(Right.CHANGE_CASE)
@require_POST
def condition(request: HttpRequest, reader: Reader, condition: str) -> HttpResponse:
    """She was never operated, so nobody asks her for the report; or she takes that word back."""
    applies = request.POST.get("applies") != "no"
    actions.say_condition(reader, condition, applies=applies, at=timezone.now())
    return redirect("patient:readiness", reader.case_id)


@access.case_right(Right.CHANGE_CASE)
@require_POST
def say(request: HttpRequest, reader: Reader, advice: str) -> HttpResponse:
    """What she says of a recommended examination; an empty answer takes her word back."""
    word = request.POST.get("answer", "")
    if word and word not in AdviceAnswer.values:
        raise Invalid({"answer": str(_("Choose one of the answers."))})
    advised.say(reader, advice, AdviceAnswer(word) if word else None, at=timezone.now())
    return redirect(reverse("patient:readiness", args=[reader.case_id]) + "#recommended")


@access.case_right(Right.READ_CASE)
@require_GET
def course(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Her records by day, and the radiation of her examinations."""
    told = telling.told(reader, ADDRESSES, at=timezone.now())
    return render(request, "patient/readiness/course.html", {"case_id": reader.case_id, "told": told})


def _question(one: asking.Asked, reader: Reader) -> Question:
    if one.code in {"what_is_this", "which_date"}:
        return Question(one.words, reverse("patient:name-paper", args=[reader.case_id, one.record_id]))
    return Question(one.words, reverse("patient:records", args=[reader.case_id]) + f"#file-{one.record_id}")


def _place(line: ReadinessItem, letters: tuple[requests.RequestLine, ...]) -> Place:
    language = get_language() or "en"
    word, icon = TAGS.get(line.state, ("", "check"))
    is_waived = line.state is ItemState.NOT_NEEDED
    return Place(
        item=line.item.id,
        label=_in(line.item.label, language),
        state=line.state.value,
        word=str(word),
        icon=icon,
        is_essential=line.item.essential,
        why=_in(line.item.why, language),
        because=reason_words(line, content.library(), language),
        condition=_in(line.item.only_if_words, language) if line.asks_condition or is_waived else "",
        condition_id=line.item.only_if,
        record_ids=line.record_ids,
        on=line.on,
        asked=sum(one.item == line.item.id for one in letters),
    )


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language) or words.get("en", "")
