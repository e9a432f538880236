"""The law as the operator sees it: every pair of countries in one table, one country as a list, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from consilia.accounts.models import Person, Role
from consilia.cases import content
from consilia.cases import law as cases_law
from consilia.clinical.jurisdictions import Jurisdiction
from consilia.clinical.library import Library
from consilia.kernel import country
from consilia.suitability import law as suitability
from consilia.suitability import verdicts
from consilia.suitability.law import Asked, ConsentNeeded, LawAssessment
from consilia.suitability.verdicts import Form, Verdict
from consilia.web import access
from consilia.web.desk import law_grid
from consilia.web.desk.law_words import OTHER, WORDS
from consilia.web.desk.pages import show

FORMS = {
    Form.WRITTEN: _("A written opinion"),
    Form.WITH_VIDEO: _("With a talk by video"),
    Form.VIA_LOCAL_DOCTOR: _("Through the local doctor"),
}
CONDITIONS = {
    "upload": _("Health records may leave only under an exception."),
    "platform": _("Doctors there answer only over a registered system."),
}


class LawForm(forms.Form):
    """Which country, or which two; every choice stands in the address, so that a page can be sent to a lawyer."""

    patient = forms.ChoiceField(label=_("The patient is in"), required=False)
    expert = forms.ChoiceField(label=_("The expert is in"), required=False)
    form = forms.ChoiceField(label=_("Form of the service"), choices=list(FORMS.items()), required=False)

    def __init__(self, *args: Any, names: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ("patient", "expert"):
            self.fields[field].choices = [("", _("All countries")), *names]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """One pair in the list of a country."""

    patient: str
    expert: str
    name: str
    words: Any
    tone: str
    why: str


@dataclass(frozen=True, slots=True)
class CountryFacts:
    """What is on file of one country, and which of its conditions the operator has confirmed."""

    name: str
    law: Jurisdiction
    on_file: bool
    conditions: tuple[Any, ...]
    confirmed: str


@access.role(Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR)
@require_GET
def law(request: HttpRequest, who: Person) -> HttpResponse:
    """All pairs; with one country chosen its list; with two chosen, why."""
    library = content.library()
    names = [*_named(library), (OTHER, library.text("pairs", "default_rule", _spoken()))]
    asked = LawForm(_on_file(request.GET, dict(names)), names=names)
    chosen = asked.cleaned_data if asked.is_valid() else {}
    patient, expert = chosen.get("patient", ""), chosen.get("expert", "")
    form = Form(chosen.get("form") or Form.WRITTEN)
    counted = law_grid.counts(names, form)
    page = {
        "form": asked,
        "names": names,
        "rows": law_grid.rows(names, form, (patient, expert)),
        "legend": [(WORDS[verdict], counted[verdict], verdict.value) for verdict in Verdict],
        "service": form.value,
        "patient": patient,
        "expert": expert,
        "found": _assessed((patient, expert), dict(names), form, library) if patient and expert else None,
        "lines": list(_lines(patient, expert, names, form, library)) if bool(patient) is not bool(expert) else [],
        "one": dict(names).get(patient or expert, ""),
        "facts": [_facts(code, dict(names)[code], library) for code in dict.fromkeys((patient, expert)) if code],
        "draft": any(loaded.entry.is_draft for loaded in library.all_of("jurisdictions")),
    }
    return show(request, "desk/law/law.html", page, here="law")


def _spoken() -> str:
    return get_language() or "en"


def _on_file(typed: QueryDict, names: Mapping[str, str]) -> dict[str, str]:
    """The choices; a country without a file is the same as any other one without."""
    said = {key: typed.get(key, "") for key in ("patient", "expert", "form")}
    return {key: OTHER if value not in names and country.is_country(value) else value for key, value in said.items()}


def _named(library: Library) -> list[tuple[str, str]]:
    codes = verdicts.codes_on_file(library)
    return sorted(((code, country.country_name(code, _spoken())) for code in codes), key=lambda one: one[1].casefold())


def _assessed(pair: tuple[str, str], names: dict[str, str], form: Form, library: Library) -> dict[str, Any]:
    """One pair with everything that was found, whatever may be asked of the expert."""
    found: LawAssessment = suitability.assess_law(
        law_grid.where(*pair),
        library,
        form=form,
        asked=tuple(Asked),
        keeper=cases_law.keeper(),
        language=_spoken(),
    )
    words, tone, _letter = WORDS[found.verdict]
    consents = [(_title(one, library), one) for one in found.consents]
    patient, expert = (names[code] for code in pair)
    return {"law": found, "words": words, "tone": tone, "consents": consents, "patient": patient, "expert": expert}


def _title(one: ConsentNeeded, library: Library) -> str:
    return library.consent_text(one.id, _spoken()).title.format(country=country.country_name(one.country, _spoken()))


def _lines(patient: str, expert: str, names: list[tuple[str, str]], form: Form, library: Library) -> Iterator[Line]:
    """Every country beside the one that is chosen, with the strictest reason in words."""
    for code, name in names:
        pair = (patient or code, expert or code)
        found = suitability.assess_law(law_grid.where(*pair), library, form=form, language=_spoken())
        words, tone, _letter = WORDS[found.verdict]
        yield Line(*pair, name, words, tone, found.reasons[0].message)


def _facts(code: str, name: str, library: Library) -> CountryFacts:
    rules = library.jurisdiction("" if code == OTHER else code)
    asked = {"upload": rules.upload.blocked, "platform": rules.expert.platform_registration}
    return CountryFacts(
        name=name,
        law=rules,
        on_file=code != OTHER,
        conditions=tuple(words for key, words in CONDITIONS.items() if asked[key]),
        confirmed=settings.CONSILIA_LAW_CONFIRMED.get(code, ""),
    )
