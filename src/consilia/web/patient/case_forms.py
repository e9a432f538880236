"""Forms of the patient's case: what she types, checked for shape; the rooms check the meaning."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import Mandate, Sex
from consilia.cases import content
from consilia.kernel import country, language
from consilia.kernel.refusal import Invalid

LONG = 5000
MOST_QUESTIONS = 10
# Languages offered for reading, talking and the report; any other can be told to the desk.
LANGUAGES = [
    *("ar", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu", "hy", "id"),
    *("it", "ja", "ka", "kk", "ko", "lt", "lv", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sq", "sr"),
    *("sv", "th", "tr", "uk", "ur", "uz", "vi", "zh-Hans", "zh-Hant"),
]


def tongue() -> str:
    return get_language() or "en"


def countries() -> list[tuple[str, Any]]:
    return [("", _("Choose a country")), *country.countries(tongue())]


def languages() -> list[tuple[str, Any]]:
    """The choices by their own names, so that everybody finds hers."""
    return sorted(((tag, language.own_name(tag)) for tag in LANGUAGES), key=lambda pair: pair[1].casefold())


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WordsForm(forms.Form):
    """A form that takes up what a room refuses: each sentence at its field, what has no field above all."""

    def take_up(self, refusal: Invalid) -> None:
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, sentence)


class PatientForm(WordsForm):
    """Who the patient is, as it stands in the records."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=100, help_text=_("All names as they stand in the records.")
    )
    family_name = forms.CharField(label=_("Family name"), max_length=100)
    former_name = forms.CharField(
        label=_("Former name"),
        max_length=100,
        required=False,
        help_text=_("A name before marriage, for example, if older records bear it."),
    )
    birth_date = forms.DateField(label=_("Date of birth"), widget=day())
    sex = forms.ChoiceField(
        label=_("Sex in the records"), choices=Sex.choices, initial=Sex.UNKNOWN, widget=forms.RadioSelect
    )
    residence_country = forms.ChoiceField(
        label=_("Country where the patient lives"), help_text=_("The rules of this country hold.")
    )
    tax_code = forms.CharField(label=_("Tax code or personal number"), max_length=60, required=False)
    insurance_number = forms.CharField(
        label=_("Number at the health insurance"),
        max_length=60,
        required=False,
        help_text=_("These numbers help us to notice a record of somebody else. Nobody but us sees them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["residence_country"].choices = countries()  # type: ignore[attr-defined]

    def numbers(self) -> dict[str, str]:
        return {"tax code": self.cleaned_data["tax_code"], "insurance number": self.cleaned_data["insurance_number"]}


class ProxyForm(PatientForm):
    """The same for somebody for whom the person acts."""

    field_order = ("kind",)
    kind = forms.ChoiceField(label=_("I act as"), choices=Mandate.Kind.choices, widget=forms.RadioSelect)
    declared = forms.BooleanField(
        label=_("I may act for this person, and I can show on what ground."),
        error_messages={"required": _("Without this declaration you cannot act for somebody.")},
    )


class IllnessForm(WordsForm):
    """What it is about."""

    stated_diagnosis = forms.CharField(
        label=_("What were you told?"),
        help_text=_("The diagnosis, as your doctor said or wrote it. Your own words are fine."),
        widget=area(4),
        max_length=LONG,
        error_messages={"required": _("Write what you were told, in your own words.")},
    )
    proposed_therapy = forms.CharField(
        label=_("What is proposed?"),
        help_text=_("A treatment, an operation, a medicine, a test, or waiting."),
        widget=area(4),
        max_length=LONG,
        required=False,
    )
    case_type = forms.ChoiceField(
        label=_("Kind of case"),
        help_text=_("It decides which list of records we go through with you. You can change it later."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = content.library().case_types_by_group(tongue())
        self.fields["case_type"].choices = [("", _("Choose it from my words")), *kinds]  # type: ignore[attr-defined]


class PeopleForm(WordsForm):
    """Who treats her, and where she is."""

    treating_doctor = forms.CharField(label=_("Your doctor"), max_length=200, required=False)
    hospital = forms.CharField(label=_("Hospital or practice"), max_length=200, required=False)
    hospital_country = forms.ChoiceField(
        label=_("Country of the hospital"), required=False, help_text=_("Letters to it are written in its language.")
    )
    location_country = forms.ChoiceField(
        label=_("Where are you now?"), required=False, help_text=_("We show you the emergency number of this country.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("hospital_country", "location_country"):
            self.fields[name].choices = countries()  # type: ignore[attr-defined]


class WishesForm(WordsForm):
    """What matters to her, by when, in which languages."""

    matters = forms.CharField(
        label=_("What matters to you?"),
        help_text=_("For example your work, your family, how you want to live, what you would not want."),
        widget=area(4),
        max_length=LONG,
        required=False,
    )
    decision_due = forms.DateField(
        label=_("When must you decide, or when does the treatment begin?"), widget=day(), required=False
    )
    reading_language = forms.ChoiceField(label=_("I read"))
    talking_language = forms.ChoiceField(label=_("I speak"), required=False)
    report_language = forms.ChoiceField(
        label=_("The opinion is written in"),
        help_text=_("Best is a language that your doctor reads, too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("reading_language", "report_language"):
            self.fields[name].choices = languages()  # type: ignore[attr-defined]
        self.fields["talking_language"].choices = [("", _("The same")), *languages()]  # type: ignore[attr-defined]


class OneOfSeveral(forms.CharField):
    """A field that may stay empty as long as another one is filled; the room says when all are."""

    def validate(self, value: Any) -> None:
        """Emptiness is judged by the room."""


class QuestionsForm(WordsForm):
    """One to ten questions; empty ones are left out."""

    def __init__(self, *args: Any, places: int = 3, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, min(places, MOST_QUESTIONS) + 1):
            self.fields[f"question_{number}"] = OneOfSeveral(
                label=_("Question %d") % number, widget=area(3), max_length=2000, required=number == 1
            )

    def texts(self) -> list[str]:
        return [str(text) for text in self.cleaned_data.values()]


class CountriesForm(WordsForm):
    """Countries whose experts are wanted."""

    countries = forms.MultipleChoiceField(
        label=_("Countries of the experts"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one country.")},
    )

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["countries"].choices = [(code, country.country_name(code, tongue())) for code in codes]  # type: ignore[attr-defined]


class LookForm(forms.Form):
    """Another country to look at before choosing it."""

    look = forms.ChoiceField(label=_("Look at another country"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["look"].choices = countries()  # type: ignore[attr-defined]


class VoucherForm(WordsForm):
    """A sponsor's code."""

    voucher = forms.CharField(
        label=_("Code of your sponsor"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that your sponsor gave you.")},
    )


class MessageForm(WordsForm):
    text = forms.CharField(
        label=_("Your message"),
        widget=area(5),
        max_length=LONG,
        error_messages={"required": _("Write your message first.")},
    )


class AnswerForm(WordsForm):
    answer = forms.CharField(
        label=_("Your answer"),
        widget=area(6),
        max_length=LONG,
        error_messages={"required": _("Write an answer, or that you do not know.")},
    )


class UrgentForm(WordsForm):
    note = forms.CharField(
        label=_("What happened?"),
        help_text=_("A few words are enough. The desk reads them at once."),
        widget=area(4),
        max_length=2000,
        error_messages={"required": _("Write a few words, so that we know what happened.")},
    )
