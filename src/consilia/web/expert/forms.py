"""Forms of the expert's pages beside the opinion itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.cases.states import DeclineCode
from consilia.kernel.refusal import Invalid


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WordsForm(forms.Form):
    """A form that takes up what a room refuses."""

    def take_up(self, refusal: Invalid) -> None:
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, sentence)


class ConflictForm(WordsForm):
    """The declaration before the acceptance; its sentences come from the content library."""

    no_conflict = forms.BooleanField(
        label=_("Both sentences are true for me in this case."),
        error_messages={"required": _("Declare that you have no conflict of interest, or decline.")},
    )


class DeclineForm(WordsForm):
    code = forms.ChoiceField(
        label=_("Why"),
        choices=DeclineCode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason that fits best.")},
    )
    note = forms.CharField(
        label=_("A word to the desk"),
        required=False,
        max_length=500,
        widget=area(2),
        help_text=_("Only the desk reads it."),
    )


class UncoverForm(WordsForm):
    reason = forms.CharField(
        label=_("Why do you need to see it?"),
        max_length=300,
        min_length=5,
        error_messages={
            "required": _("Write why you need to see it."),
            "min_length": _("Write why you need to see it."),
        },
    )


class AskForm(WordsForm):
    WHOM = (("patient", _("The patient")), ("desk", _("The desk")))
    whom = forms.ChoiceField(label=_("Whom do you ask?"), choices=WHOM, widget=forms.RadioSelect, initial="patient")
    text = forms.CharField(
        label=_("Your question"),
        widget=area(4),
        max_length=2000,
        help_text=_("Your clock stands still until it is answered."),
        error_messages={"required": _("Write your question.")},
    )


class MessageForm(WordsForm):
    text = forms.CharField(
        label=_("Your message to the desk"),
        widget=area(4),
        max_length=5000,
        error_messages={"required": _("Write a message first.")},
    )


class UrgentForm(WordsForm):
    note = forms.CharField(
        label=_("What did you find?"),
        widget=area(3),
        max_length=2000,
        error_messages={"required": _("Write what you found, so that the desk can act.")},
    )


class AddendumForm(WordsForm):
    """Later words; `follow_ups` are the open questions that they answer."""

    reason = forms.CharField(
        label=_("Why you add this"), max_length=400, error_messages={"required": _("Write why you add this.")}
    )
    words = forms.CharField(
        label=_("What you add"),
        widget=area(8),
        max_length=20_000,
        error_messages={"required": _("Write what you add.")},
    )
    follow_ups = forms.MultipleChoiceField(
        label=_("Questions that this answers"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *given: Any, questions: list[tuple[str, str]] | None = None, **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["follow_ups"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = questions or []
        if not questions:
            del self.fields["follow_ups"]


class WithdrawalForm(WordsForm):
    reason = forms.CharField(
        label=_("Why you withdraw it"),
        max_length=400,
        error_messages={"required": _("Write why you withdraw the opinion.")},
    )
    words = forms.CharField(
        label=_("What the patient and her doctors should know"),
        widget=area(5),
        max_length=20_000,
        error_messages={"required": _("Write what the patient and her doctors should know.")},
    )
    number = forms.CharField(label=_("Type the number of the opinion"), max_length=40)

    def __init__(self, *given: Any, opinion: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self.opinion = opinion

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"]).strip().upper()
        if typed != self.opinion.upper():
            raise forms.ValidationError(
                _("This is not the number of the opinion: %(number)s."), params={"number": self.opinion}
            )
        return typed
