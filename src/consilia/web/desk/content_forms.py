"""Forms of reviewers: a comment, an approval of what was read, a role for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import REVIEWERS
from consilia.review.actions import LONGEST
from consilia.review.queries import SeatLine
from consilia.web.desk.forms import words


class CommentForm(forms.Form):
    text = words(_("Your comment"), rows=4, most=LONGEST)


class ApproveForm(forms.Form):
    """In which role, and the words that this entry was read; `sha256` names the bytes that the page showed."""

    seat = forms.ChoiceField(label=_("I approve as"), widget=forms.RadioSelect)
    read = forms.BooleanField(label=_("I have read this entry and its sources, and I stand behind it with my name."))
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, seats: Iterable[SeatLine], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["seat"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(line.seat), line.words) for line in seats if line.against is None]


class ReviewerForm(forms.Form):
    """Somebody with an account, and what she may approve."""

    email = forms.EmailField(label=_("E-mail address of the account"))
    role = forms.ChoiceField(label=_("May approve as"), choices=[(role.value, role.label) for role in REVIEWERS])
