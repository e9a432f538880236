"""Content for the people who review it: what waits, one entry to read, comments, approvals, and who may approve."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.accounts import actions as accounts
from consilia.accounts import queries as people
from consilia.accounts import step_up
from consilia.accounts.models import REVIEWERS, Person, Role
from consilia.clinical import kinds
from consilia.kernel import language as languages
from consilia.kernel.refusal import NotFound
from consilia.review import actions, queries
from consilia.review.queries import EntryPage
from consilia.web import access
from consilia.web.desk import content_forms as forms
from consilia.web.desk.pages import done, show

READERS = (*REVIEWERS, Role.ADMINISTRATOR)


@access.role(*READERS)
@require_GET
def every_kind(request: HttpRequest, who: Person) -> HttpResponse:
    """The kinds of content with what waits for this person."""
    roles = access.roles_of(request, who)
    page = {"lines": queries.every_kind(roles=roles, at=timezone.now()), "may_name": Role.ADMINISTRATOR in roles}
    return show(request, "desk/content/kinds.html", page, here="content")


@access.role(*READERS)
@require_GET
def kind(request: HttpRequest, who: Person, kind: str) -> HttpResponse:
    """The entries of one kind."""
    lines = queries.entries(kind, roles=access.roles_of(request, who), at=timezone.now())
    page = {"lines": lines, "kind": kind, "title": kinds.words_of(kind).title}
    return show(request, "desk/content/kind.html", page, here="content")


@access.role(*READERS)
@never_cache
@require_GET
def entry(request: HttpRequest, who: Person, kind: str, entry_id: str) -> HttpResponse:
    """One entry to read, in one of its languages."""
    return _entry(request, who, kind, entry_id)


@access.role(*READERS)
@require_POST
def comment(request: HttpRequest, who: Person, kind: str, entry_id: str) -> HttpResponse:
    """A comment is kept with its author, the time and the version that was read."""
    form = forms.CommentForm(request.POST)
    if done(form, lambda: actions.comment(kind, entry_id, form.cleaned_data["text"], by=who, at=timezone.now())):
        messages.success(request, _("Your comment is kept."))
        return redirect("desk:content-entry", kind, entry_id)
    return _entry(request, who, kind, entry_id, comment_form=form)


@access.role(*REVIEWERS)
@require_POST
def approve(request: HttpRequest, who: Person, kind: str, entry_id: str) -> HttpResponse:
    """The person stands behind the entry as she has read it, after a step-up."""
    page = queries.entry(kind, entry_id, language="en", roles=access.roles_of(request, who))
    form = forms.ApproveForm(request.POST, seats=page.seats)

    def approved() -> None:
        seat, sha256 = actions.seat_of(form.cleaned_data["seat"]), form.cleaned_data["sha256"]
        proof = step_up.step_up_proof(request)
        actions.approve(kind, entry_id, seat, sha256=sha256, by=who, proof=proof, at=timezone.now())

    if done(form, approved):
        messages.success(request, _("You have approved this version. The file of it can be downloaded below."))
        return redirect("desk:content-entry", kind, entry_id)
    return _entry(request, who, kind, entry_id, approve_form=form)


@access.role(*READERS)
@require_POST
def withdraw(request: HttpRequest, who: Person, kind: str, entry_id: str, seat: str) -> HttpResponse:
    """An approval is taken back; the entry is a draft again at once."""
    proof = step_up.step_up_proof(request)
    actions.withdraw(kind, entry_id, actions.seat_of(seat), by=who, proof=proof, at=timezone.now())
    messages.success(request, _("The approval is taken back. This entry is a draft again."))
    return redirect("desk:content-entry", kind, entry_id)


@access.role(*READERS)
@require_GET
def approval(request: HttpRequest, who: Person, kind: str, entry_id: str, seat: str) -> HttpResponse:
    """The file of an approval or a withdrawal, to be committed with the content."""
    wanted = actions.seat_of(seat)
    page = queries.entry(kind, entry_id, language="en", roles=access.roles_of(request, who))
    found = next((one for one in page.history if one.seat == wanted), None)
    if found is None:
        raise NotFound
    name = found.path.replace("/", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(found.toml(), content_type="application/toml", headers=headers)


@access.role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def reviewers(request: HttpRequest, who: Person) -> HttpResponse:
    """Who may approve what; an administrator gives a role, after a step-up."""
    form = forms.ReviewerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step_up.step_up_proof(request)
        person = people.person_by_email(form.cleaned_data["email"])
        if person is None:
            form.add_error("email", _("There is no account with this address."))
        else:
            accounts.grant_role(person, Role(form.cleaned_data["role"]), by=who, at=timezone.now())
            messages.success(request, _("The role is given."))
            return redirect("desk:content-reviewers")
    page = {"form": form, "lines": queries.reviewers(), "against": step_up.against_step_up(request)}
    return show(request, "desk/content/reviewers.html", page, here="content", status=422 if form.is_bound else 200)


@access.role(Role.ADMINISTRATOR)
@require_POST
def reviewer_end(request: HttpRequest, who: Person) -> HttpResponse:
    """A role of a reviewer is taken back; what she approved stays approved."""
    form = forms.ReviewerForm(request.POST)
    if not form.is_valid():
        raise NotFound
    step_up.step_up_proof(request)
    person = people.person_by_email(form.cleaned_data["email"])
    if person is None:
        raise NotFound
    accounts.revoke_role(person, Role(form.cleaned_data["role"]), by=who, at=timezone.now())
    messages.success(request, _("The role is taken back."))
    return redirect("desk:content-reviewers")


def _entry(
    request: HttpRequest,
    who: Person,
    kind: str,
    entry_id: str,
    *,
    comment_form: forms.CommentForm | None = None,
    approve_form: forms.ApproveForm | None = None,
) -> HttpResponse:
    roles = access.roles_of(request, who)
    spoken = request.GET.get("language") or get_language() or "en"
    found = queries.entry(kind, entry_id, language=spoken, roles=roles)
    chosen = spoken if spoken in found.one.languages else "en"
    bound = any(form is not None for form in (comment_form, approve_form))
    page = {
        "page": found,
        "language": chosen,
        "tongues": [(tag, languages.own_name(tag)) for tag in found.one.languages],
        "comment": comment_form or forms.CommentForm(),
        "approve": approve_form or _approve_form(found),
        "against": step_up.against_step_up(request) if found.seats else None,
        "today": timezone.now().date(),
    }
    return show(request, "desk/content/entry.html", page, here="content", status=422 if bound else 200)


def _approve_form(found: EntryPage) -> forms.ApproveForm | None:
    """None where this person can approve nothing here."""
    mine = [line for line in found.seats if line.against is None]
    first = {"seat": str(mine[0].seat)} if len(mine) == 1 else {}
    return forms.ApproveForm(initial={"sha256": found.one.sha256, **first}, seats=mine) if mine else None
