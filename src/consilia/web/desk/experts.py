"""Experts: created by one administrator, verified by another, suspended at once; the desk reads the list."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.accounts.models import Person, Role
from consilia.cases.queries.desk_case import speciality_words
from consilia.experts import actions, queries
from consilia.kernel import country, language
from consilia.kernel.refusal import ConsiliaError, NotFound
from consilia.web import access
from consilia.web.desk import expert_forms
from consilia.web.desk.pages import done, show, take_back


@access.role(Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR)
@require_GET
def experts(request: HttpRequest, who: Person) -> HttpResponse:
    """All experts; those who wait for a second person first."""
    found = queries.everyone(reader=who, at=timezone.now())
    page = {"lines": [(one, _words(one)) for one in found], "may_change": _may_change(request, who)}
    return show(request, "desk/experts/experts.html", page, here="experts")


def _may_change(request: HttpRequest, who: Person) -> bool:
    return Role.ADMINISTRATOR in access.roles_of(request, who)


def _words(one: queries.ExpertPage) -> dict[str, str]:
    spoken = get_language() or "en"
    return {
        "country": country.country_name(one.country, spoken),
        "specialities": ", ".join(speciality_words(row, spoken) for row in one.specialities),
        "languages": ", ".join(language.language_name(tag, spoken) for tag in one.languages),
    }


@access.role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, who: Person) -> HttpResponse:
    """Adds an expert, and the person where the address has no account yet."""
    form = expert_forms.ExpertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_by_email(form.whom, form.portrait, form.paper, by=who, at=timezone.now())
        except ConsiliaError as error:
            take_back(form, error)
        else:
            messages.success(request, _("The expert is proposed. A second person must verify the licence."))
            return redirect("desk:expert", made.pk)
    return show(request, "desk/experts/new.html", {"form": form}, here="experts", status=422 if form.is_bound else 200)


@access.role(Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR)
@require_GET
def expert(request: HttpRequest, who: Person, expert_id: UUID) -> HttpResponse:
    """One expert with licences, and what this reader may do."""
    return _show(request, who, expert_id, expert_forms.LicenceForm(), expert_forms.SuspendForm())


def _show(
    request: HttpRequest,
    who: Person,
    expert_id: UUID,
    licence: expert_forms.LicenceForm,
    suspend: expert_forms.SuspendForm,
) -> HttpResponse:
    one = queries.one(expert_id, reader=who, at=timezone.now())
    page = {
        "one": one,
        "words": _words(one),
        "may_change": _may_change(request, who),
        "licence": licence,
        "suspend": suspend,
        "today": timezone.now().date(),
        "licences": [(row, speciality_words(row.speciality, get_language() or "en")) for row in one.licences],
    }
    wrong = licence.is_bound or suspend.is_bound
    return show(request, "desk/experts/expert.html", page, here="experts", status=422 if wrong else 200)


@access.role(Role.ADMINISTRATOR)
@require_POST
def verify(request: HttpRequest, who: Person, expert_id: UUID) -> HttpResponse:
    """The second person has looked the licence up."""
    actions.verify(expert_id, by=who, at=timezone.now())
    messages.success(request, _("Verified. This expert can be asked from now on."))
    return redirect("desk:expert", expert_id)


@access.role(Role.ADMINISTRATOR)
@require_POST
def suspend(request: HttpRequest, who: Person, expert_id: UUID) -> HttpResponse:
    """Stops everything at once."""
    form = expert_forms.SuspendForm(request.POST)
    if form.is_valid():
        actions.suspend(expert_id, reason=form.cleaned_data["reason"], by=who, at=timezone.now())
        messages.success(request, _("Suspended. Invitations, sight of cases and signing have stopped."))
        return redirect("desk:expert", expert_id)
    return _show(request, who, expert_id, expert_forms.LicenceForm(), form)


@access.role(Role.ADMINISTRATOR)
@require_POST
def licence(request: HttpRequest, who: Person, expert_id: UUID) -> HttpResponse:
    """Adds a licence; it counts once a second person has checked it."""
    form = expert_forms.LicenceForm(request.POST)
    if done(form, lambda: actions.add_licence(expert_id, form.paper, by=who, at=timezone.now())):
        messages.success(request, _("The licence is added. It counts once a second person has checked it."))
        return redirect("desk:expert", expert_id)
    return _show(request, who, expert_id, form, expert_forms.SuspendForm())


@access.role(Role.ADMINISTRATOR)
@require_POST
def revoke(request: HttpRequest, who: Person, expert_id: UUID, licence_id: UUID) -> HttpResponse:
    """The authority has taken a licence back; everything that rests on it stops."""
    if not any(row.id == licence_id for row in queries.one(expert_id, reader=who, at=timezone.now()).licences):
        raise NotFound
    actions.revoke_licence(licence_id, by=who, at=timezone.now())
    messages.success(request, _("The licence is marked as taken back."))
    return redirect("desk:expert", expert_id)
