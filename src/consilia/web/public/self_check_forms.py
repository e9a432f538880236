"""The questions of the self-check, one thing a page; each form gives facts and judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.clinical.entries import said
from consilia.clinical.rules import RedFlag
from consilia.kernel import country

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
YES_NO_NOT_SURE = [*YES_NO, ("not_sure", _("Not sure"))]
CHOOSE = {"required": _("Choose one of the answers.")}


def one_of(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    """A question with answers in full words."""
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=CHOOSE, **more)


class HereForm(forms.Form):
    """Where the person is now."""

    located_in = forms.ChoiceField(
        label=_("In which country are you now?"),
        help_text=_("The country where you are at this moment, also on a journey. We show you its emergency number."),
        error_messages={"required": _("Choose the country where you are now.")},
    )

    def __init__(self, *args: Any, tongue: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.choices = [("", _("Choose a country")), *country.countries(tongue)]  # type: ignore[attr-defined]


class PlaceForm(HereForm):
    """Where the person who is ill is now, and where she lives."""

    patient_country = forms.ChoiceField(
        label=_("Where does the person who is ill live?"),
        help_text=_("Leave it empty if it is the same country."),
        required=False,
    )


class PersonForm(forms.Form):
    """Who is ill, and who asks."""

    asks_as = one_of(
        _("For whom do you ask?"),
        [
            ("self", _("For myself")),
            ("parent_or_guardian", _("For my child, or as a guardian")),
            ("authorised_person", _("For somebody who has asked me to, in writing")),
            ("none", _("For somebody else")),
        ],
    )
    age_group = one_of(
        _("How old is the person who is ill?"),
        [("adult", _("18 or older")), ("child", _("Under 18")), ("unknown", _("I do not know"))],
    )
    pregnant = one_of(
        _("Is this person pregnant, or was a baby born in the last six weeks?"),
        [("no", _("No, or it cannot be")), ("yes", _("Yes")), ("not_sure", _("Not sure"))],
    )


class AlarmForm(forms.Form):
    """A few emergency questions of the library; each wants an answer."""

    def __init__(self, *args: Any, flags: Sequence[RedFlag], tongue: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for flag in flags:
            self.fields[flag.id] = one_of(said(flag.question, tongue), YES_NO_NOT_SURE)


class DoctorForm(forms.Form):
    """Is there a first opinion at all?"""

    seen_in_person = one_of(_("Has a doctor examined this person in person?"), YES_NO_NOT_SURE)
    named_diagnosis = one_of(_("Has a doctor named a diagnosis, or advised a treatment?"), YES_NO_NOT_SURE)


class RecordsForm(forms.Form):
    """Tests, results, the doctor's report."""

    tests_recommended = one_of(
        _("Are the tests done that the doctor advised?"),
        [
            ("all_done", _("Yes, all of them")),
            ("some_open", _("Some are still to come")),
            ("none_recommended", _("No test was advised")),
            ("do_not_know", _("I do not know")),
        ],
    )
    results_available = one_of(
        _("Do you have the results, or can you get them?"),
        [("all", _("Yes, all")), ("some", _("Some of them")), ("none", _("No"))],
    )
    doctor_report = one_of(
        _("Do you have the report of your doctor or hospital?"),
        [("yes", _("Yes")), ("can_get", _("Not yet, but I can get it")), ("no", _("No"))],
    )


class QuestionForm(forms.Form):
    """What is to be made sure of, and what an opinion is not."""

    question = one_of(
        _("What do you want to make sure of?"),
        [
            ("diagnosis", _("The diagnosis")),
            ("treatment", _("A treatment or a medicine")),
            ("operation", _("An operation")),
            ("other_test", _("Whether a test is needed")),
            ("general_info", _("I want general information")),
        ],
    )
    wants_prescription = one_of(_("Do you hope for a prescription?"), YES_NO_NOT_SURE)
    wants_certificate = one_of(
        _("Do you need a certificate, or a report for an insurer or an office?"), YES_NO_NOT_SURE
    )


class DateForm(forms.Form):
    """When a decision is due."""

    when = one_of(
        _("When must you decide, or when does the treatment begin?"),
        [
            ("none", _("There is no date")),
            ("soon", _("Within the next 10 days")),
            ("later", _("Later than in 10 days")),
            ("unknown", _("I do not know")),
        ],
    )
