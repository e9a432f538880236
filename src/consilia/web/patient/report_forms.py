"""Forms of the patient's report: a question to the expert, a link for the doctor, leaving by naming the case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consilia.web.patient.case_forms import WordsForm


class QuestionForm(WordsForm):
    text = forms.CharField(
        label=gettext_lazy("Your question to the expert"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write your question.")},
    )


class ShareForm(WordsForm):
    doctor = forms.CharField(
        label=gettext_lazy("Name of your doctor"),
        max_length=200,
        error_messages={"required": gettext_lazy("Write the name of your doctor.")},
    )
    address = forms.EmailField(
        label=gettext_lazy("E-mail address of your doctor"),
        required=False,
        help_text=gettext_lazy("Leave it empty if you want to hand the link over yourself."),
        error_messages={"invalid": gettext_lazy("Check the e-mail address, for example dr.rossi@clinic.example.")},
    )


class NamingForm(WordsForm):
    """Something that cannot be undone is done by typing the reference of the case."""

    reference = forms.CharField(label=gettext_lazy("Type the number of the case"), max_length=40)

    def __init__(self, *args: Any, expected: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.expected = expected
        self.fields["reference"].error_messages["required"] = self.sentence()

    def clean_reference(self) -> str:
        typed = "".join(str(self.cleaned_data["reference"]).upper().split())
        if typed != self.expected.upper():
            raise forms.ValidationError(self.sentence())
        return typed

    def sentence(self) -> str:
        return _("Type the number as it stands above: %s.") % self.expected
