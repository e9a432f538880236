"""Forms of the desk about one case: words typed are kept, the rooms check the meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.billing.models import Settlement
from consilia.cases.queries.desk_case import QuestionLine

LONG = 5000  # characters of a letter or a message


def words(
    label: Any, *, rows: int = 4, required: bool = True, help_text: Any = "", most: int = LONG
) -> forms.CharField:
    """A field for several lines."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class FindForm(forms.Form):
    """The search; sent by POST, so that names stand in no address."""

    words = forms.CharField(label=_("Find a case"), max_length=100, required=False)


class NoteForm(forms.Form):
    text = words(_("Add a note"), rows=3)


class WordsForm(forms.Form):
    """One letter or reason."""

    words = words(_("Your words"), rows=8)


class AsideForm(forms.Form):
    """What a file is that is no medical record."""

    reason = forms.CharField(label=_("What it is, in a few words"), min_length=3, max_length=200)


class UrgentForm(forms.Form):
    note = words(_("What is urgent"), rows=3, most=1000)


class ClearForm(forms.Form):
    note = words(_("With whom you spoke, and what was agreed"), rows=3, most=1000)


class MessageForm(forms.Form):
    text = words(_("Your message"), rows=4)


class AnswerForm(forms.Form):
    answer = words(_("Your answer"), rows=3)


class OfferForm(forms.Form):
    """How the offer is settled."""

    settlement = forms.ChoiceField(label=_("How it is paid"), choices=Settlement.choices, widget=forms.RadioSelect)


class GlassForm(forms.Form):
    """An administrator's way to one case, for one hour."""

    reference = forms.CharField(label=_("Reference of the case"), max_length=20)
    reason = words(_("Why you must see this case"), rows=3, most=500, help_text=_("The patient can read this reason."))


class ReferenceForm(forms.Form):
    reference = forms.CharField(label=_("Reference of the case"), max_length=20)


class GateForm(forms.Form):
    """The editor's work at the quality gate; the field of each question is named `key_<number>`."""

    summary = words(_("Summary that experts read first"), rows=7, most=20_000)
    not_answerable = words(_("What cannot be answered from these records"), rows=3, required=False)

    def __init__(self, *args: Any, questions: Sequence[QuestionLine], missing: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"key_{question.number}"] = forms.CharField(
                label=_("Question %d for the expert") % question.number,
                initial=question.key_text or question.text,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if missing:
            self.fields["bypass_reason"] = words(
                _("Reason for going without what is missing"),
                rows=3,
                help_text=_("Without a reason the gate stays shut. The reason stands in the case."),
            )
            self.fields["bypass_reason"].error_messages["required"] = _(
                "Write why the case goes on without what is missing, or send it back."
            )

    @property
    def key_texts(self) -> dict[int, str]:
        """Number of a question -> the editor's wording."""
        return {one.number: self.cleaned_data.get(f"key_{one.number}", "") for one in self.questions}

    @property
    def keys(self) -> list[tuple[QuestionLine, forms.BoundField]]:
        return [(one, self[f"key_{one.number}"]) for one in self.questions]


class VoucherForm(forms.Form):
    """A sponsor's promise."""

    sponsor = forms.CharField(label=_("Who pays"), max_length=200)
    uses = forms.IntegerField(label=_("For how many cases"), min_value=1, initial=1)
    valid_until = forms.DateField(
        label=_("Valid until the end of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
