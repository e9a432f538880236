"""The form of a word about one value: it stands there, something else does, leave it out, or take the word back."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.intake.checking import LONGEST_UNIT, LONGEST_VALUE, ONE_NUMBER

DEEDS: Final = ("confirm", "correct", "leave_out", "take_back")


class CheckForm(forms.Form):
    """One word; `key` names the value in its record."""

    does = forms.ChoiceField(choices=[(deed, deed) for deed in DEEDS])
    key = forms.CharField(max_length=16)
    value = forms.CharField(
        label=_("Number on the paper"), max_length=LONGEST_VALUE, error_messages={"required": ONE_NUMBER}
    )
    unit = forms.CharField(label=_("Unit on the paper"), max_length=LONGEST_UNIT, required=False)

    @classmethod
    def about(cls, key: str, value: str, unit: str) -> CheckForm:
        """A fresh one with what was read."""
        return cls(initial={"value": value, "unit": unit}, auto_id=_ids(key))

    @classmethod
    def sent(cls, data: dict[str, str]) -> CheckForm:
        """One that somebody sent; who corrects nothing sends no number."""
        form = cls(data, auto_id=_ids(data.get("key", "")))
        form.fields["value"].required = data.get("does") == "correct"
        return form


def _ids(key: str) -> str:
    return f"id_{key[:16]}_%s"
