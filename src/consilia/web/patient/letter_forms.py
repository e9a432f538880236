"""Forms of letters and invitations: words are kept when something is missing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.intake.requests import LONGEST, Draft
from consilia.kernel.language import own_name


class LetterForm(forms.Form):
    """One letter to a hospital."""

    hospital = forms.CharField(label=_("Hospital or practice"), max_length=200)
    text = forms.CharField(
        label=_("The letter"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("Change what you like. Leave [[link]]: the link for the hospital will stand there."),
    )
    address = forms.EmailField(
        label=_("E-mail address of the hospital"),
        required=False,
        help_text=_("We send only a neutral message with the link: no name and nothing about your health."),
    )
    language = forms.CharField(widget=forms.HiddenInput)


def letter_form(draft: Draft, posted: object = None) -> LetterForm:
    """The form of a draft, or of what was typed."""
    first = {"hospital": draft.hospital, "text": draft.text, "language": draft.language}
    return LetterForm(posted, initial=first)  # type: ignore[arg-type]


def tongues(draft: Draft) -> list[tuple[str, str, bool]]:
    """(tag, its own name, chosen) of each language in which the letter exists."""
    return [(tag, own_name(tag), tag == draft.language) for tag in draft.languages]


class DoctorForm(forms.Form):
    """The doctor at home who may add records and one comment."""

    name = forms.CharField(label=_("Name of your doctor or of the practice"), max_length=200)
    address = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Leave it empty to hand the link over yourself."),
    )

    def __init__(self, posted: object = None, *, first_name: str = "") -> None:
        super().__init__(posted, initial={"name": first_name})  # type: ignore[arg-type]


class CommentForm(forms.Form):
    """The one comment of a treating doctor; a hospital sends none."""

    comment = forms.CharField(
        label=_("Comment for the patient and the experts"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
