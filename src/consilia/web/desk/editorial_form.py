"""The form of the editorial check: six points, a verdict, reasons."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from consilia.opinions.actions import CHECK_POINTS
from consilia.web.desk.opinion_words import POINTS


class CheckForm(forms.Form):
    """`points` are those that hold; a verdict is the button pressed."""

    opinion = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[("pass", "pass"), ("back", "back")])
    ticked = forms.MultipleChoiceField(
        label=_("What holds"),
        choices=[(point, POINTS[point]) for point in CHECK_POINTS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reasons = forms.CharField(
        label=_("What the expert should look at again"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @property
    def points(self) -> dict[str, bool]:
        """Point -> true where it is ticked."""
        return {point: point in self.cleaned_data["ticked"] for point in CHECK_POINTS}
