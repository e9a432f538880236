"""The form of the editorial check: six points, a verdict, reasons."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consilia.opinions.actions import CHECK_POINTS

# The six points of the check, in the order of opinions.actions.CHECK_POINTS.
POINTS: dict[str, Promise] = {
    "all_answered": _("Every question is answered"),
    "understandable": _("A layperson understands the plain page"),
    "cited": _("Every statement names its source, or says that it is general knowledge"),
    "actionable": _("It says what to do next, and who does it"),
    "respectful": _("The tone towards the first doctor is neutral"),
    "right_patient_side_units": _("Right patient; left and right, and units, agree with the records"),
}


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
