"""The first steps of a patient: her cases, for whom a new one is, who the patient is, and the self-check she did."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consilia.accounts import actions as accounts
from consilia.accounts import queries as accounts_queries
from consilia.accounts.actions import PatientWords
from consilia.accounts.models import Mandate, Patient, Person
from consilia.cases import actions as cases
from consilia.cases.access import Reader, Right
from consilia.cases.actions import identifiers
from consilia.cases.models import SelfCheck
from consilia.cases.queries import patient as queries
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.web import access
from consilia.web.patient.case_forms import PatientForm, ProxyForm, tongue
from consilia.web.patient.places import posted

SELF_CHECK = "self_check_id"
ASK = require_http_methods(["GET", "HEAD", "POST"])


@access.person
@require_safe
def home(request: HttpRequest, who: Person) -> HttpResponse:
    """Her cases and those of people for whom she acts."""
    return render(request, "patient/start/home.html", {"cases": queries.my_cases(who, at=timezone.now())})


@access.person
@ASK
def for_whom(request: HttpRequest, who: Person) -> HttpResponse:
    """For herself, for somebody for whom she acts already, or for somebody new."""
    at = timezone.now()
    mine, others = accounts_queries.patients_of(who), accounts_queries.live_mandates(who, at)
    if request.method == "POST":
        known = {str(one.pk): one for one in (*mine, *(mandate.patient for mandate in others))}
        chosen = known.get(request.POST.get("patient", ""))
        if chosen is None:
            raise NotFound
        return opened(request, chosen, who)
    return render(
        request, "patient/start/for_whom.html", {"mine": mine, "others": others, "checked": self_check(request)}
    )


@access.person
@ASK
def details(request: HttpRequest, who: Person, whom: str) -> HttpResponse:
    """The patient as the records name her; then the case is open. `whom`: me or other."""
    if whom not in {"me", "other"}:
        raise NotFound
    mine = accounts_queries.patients_of(who)
    if whom == "me" and mine:
        return opened(request, mine[0], who) if request.method == "POST" else redirect("patient:case-start")
    shape = PatientForm if whom == "me" else ProxyForm
    known = {"given_name": who.given_name, "family_name": who.family_name} if whom == "me" else {}
    form = shape(posted(request), initial=known | residence(request))
    if request.method == "POST" and form.is_valid():
        case = add_and_open(request, form, who)
        if case is not None:
            return case
    return render(request, "patient/start/details.html", {"form": form, "whom": whom})


def residence(request: HttpRequest) -> dict[str, str]:
    """Where the self-check said that the patient lives, as a proposal."""
    place = request.session.get("self_check", {}).get("place", {})
    return {"residence_country": place.get("patient_country") or place.get("located_in", "")}


def add_and_open(request: HttpRequest, form: PatientForm, who: Person) -> HttpResponse | None:
    """None when a room refused; the reasons stand in the form then."""
    try:
        with transaction.atomic():
            patient = add(form, who)
            return opened(request, patient, who)
    except Invalid as refusal:
        form.take_up(refusal)
    except Refused as refused:
        for one in refused.refusals:
            form.add_error(one.mend if one.mend in form.fields else None, one.reason)
    return None


def add(form: PatientForm, who: Person) -> Patient:
    at = timezone.now()
    typed = form.cleaned_data
    words = PatientWords(
        given_name=typed["given_name"],
        family_name=typed["family_name"],
        former_name=typed["former_name"],
        birth_date=typed["birth_date"],
        residence_country=typed["residence_country"],
        sex=typed["sex"],
        language=tongue(),
    )
    known = [one.patient for one in accounts_queries.live_mandates(who, at) if same(one.patient, words)]
    if isinstance(form, ProxyForm) and known:
        return known[0]
    if isinstance(form, ProxyForm):
        patient = accounts.act_for(who, words, Mandate.Kind(typed["kind"]), at=at).patient
    else:
        patient = accounts.add_patient(who, words, by=who, at=at)
    return identifiers.keep_identifiers(patient, form.numbers(), by=who, at=at)


def same(patient: Patient, words: PatientWords) -> bool:
    """The same person typed twice is one patient."""
    typed = (words.given_name.strip(), words.family_name.strip(), words.birth_date)
    return (patient.given_name, patient.family_name, patient.birth_date) == typed


def opened(request: HttpRequest, patient: Patient, who: Person) -> HttpResponse:
    at = timezone.now()
    if draft := queries.untouched_draft(patient.pk, at=at):
        return redirect("patient:case", draft)
    case = cases.open_case(patient, by=who, at=at, self_check=self_check(request))
    request.session.pop(SELF_CHECK, None)
    if case.location_country:
        request.session["location_country"] = case.location_country
    return redirect("patient:case", case.pk)


def self_check(request: HttpRequest) -> SelfCheck | None:
    """The self-check of this browser, if no case has taken it over yet."""
    known = request.session.get(SELF_CHECK)
    return SelfCheck.objects.filter(pk=known, case=None).first() if known else None


@access.case_right(Right.CHANGE_CASE)
@require_POST
def take_self_check(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The case takes over the answers given in this browser a moment ago."""
    check: SelfCheck | None = self_check(request)
    if check is None:
        raise NotFound
    cases.adopt_self_check(reader, check, at=timezone.now())
    request.session.pop(SELF_CHECK, None)
    messages.success(request, _("The self-check belongs to this case now."))
    return redirect("patient:case", reader.case_id)
