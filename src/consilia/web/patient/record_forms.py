"""Forms about single records."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 127  # bytes that a PDF takes of a password (ISO 32000-2, algorithm 2.A)


class PasswordForm(forms.Form):
    """The password of one file; it is never shown again and no browser keeps it."""

    password = forms.CharField(
        label=_("Password of the file"),
        strip=False,
        max_length=LONGEST,
        help_text=_("We open the file with it once and do not keep it."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def type_again(self) -> None:
        """The field takes the focus instead of a summary, which would say that what she typed is kept."""
        self.fields["password"].widget.attrs["autofocus"] = True
