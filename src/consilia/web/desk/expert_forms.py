"""Forms about experts: specialities and languages are choices of the library and of CLDR, nothing is typed freely."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consilia.cases import content
from consilia.experts.actions import Paper, Portrait, Whom
from consilia.kernel import country, language

# Languages in which opinions are written or records read often.
OFTEN = (
    "en",
    "de",
    "fr",
    "it",
    "es",
    "pt",
    "he",
    "ar",
    "ru",
    "tr",
    "pl",
    "nl",
    "zh",
    "ja",
    "ko",
    "hi",
    "uk",
    "ro",
    "el",
)


def specialities() -> list[tuple[str, str]]:
    """(id, words) of the library, by words."""
    spoken = get_language() or "en"
    rows = [(row.id, getattr(row, spoken, "") or row.en) for row in content.library().specialities()]
    return sorted(rows, key=lambda row: row[1].casefold())


def languages() -> list[tuple[str, str]]:
    """(tag, words): the frequent ones by name."""
    spoken = get_language() or "en"
    return sorted(((tag, language.language_name(tag, spoken)) for tag in OFTEN), key=lambda row: row[1].casefold())


def countries() -> list[tuple[str, str]]:
    return [("", "—"), *country.countries(get_language() or "en")]


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _choice(label: Any, choices: Callable[[], list[tuple[str, str]]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices)


class LicenceForm(forms.Form):
    """A licence as the register shows it."""

    authority = forms.CharField(label=_("Authority that keeps the register"), max_length=200)
    number = forms.CharField(label=_("Number in the register"), max_length=80)
    country = _choice(_("Country of the licence"), countries)
    speciality = _choice(_("Speciality of the licence"), specialities)
    valid_from = _day(_("Valid from"))
    valid_until = _day(_("Valid until"))

    @property
    def paper(self) -> Paper:
        """What the action takes."""
        names = ("authority", "number", "country", "speciality", "valid_from", "valid_until")
        return Paper(**{name: self.cleaned_data[name] for name in names})


class ExpertForm(LicenceForm):
    """A new expert: who, what is known, the first licence. The country is that of the licence."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    given_name = forms.CharField(label=_("Given name"), max_length=100, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=100, required=False)
    title = forms.CharField(label=_("Title"), max_length=40, required=False)
    specialities = forms.MultipleChoiceField(
        label=_("Specialities"), choices=specialities, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=languages, widget=forms.CheckboxSelectMultiple)
    institutions = forms.CharField(
        label=_("Hospitals and groups, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever belongs to the house of the first doctor is not asked."),
    )
    capacity = forms.IntegerField(label=_("Open cases at a time"), min_value=1, max_value=50, initial=2)
    yearly_volume = forms.CharField(label=_("Cases of this kind a year, in words"), max_length=200, required=False)

    @property
    def whom(self) -> Whom:
        given = self.cleaned_data
        return Whom(given["email"], given["given_name"], given["family_name"], get_language() or "en")

    @property
    def portrait(self) -> Portrait:
        given = self.cleaned_data
        return Portrait(
            title=given["title"].strip(),
            country=given["country"],
            specialities=given["specialities"],
            languages=given["languages"],
            institutions=[line.strip() for line in given["institutions"].splitlines() if line.strip()],
            capacity=given["capacity"],
            yearly_volume=given["yearly_volume"].strip(),
        )


class SuspendForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
