"""Words of the law pages: what a verdict is called, its tone and its letter in the table: never the colour alone."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from consilia.suitability.verdicts import Verdict

OTHER: Final = "other"  # any country that is not on file
WORDS: Final = {
    Verdict.POSSIBLE: (_("possible"), "green", "✓"),
    Verdict.VIA_LOCAL_DOCTOR: (_("via the local doctor"), "amber", "D"),
    Verdict.LOCAL_REGISTRATION: (_("registration"), "amber", "R"),
    Verdict.NOT_POSSIBLE: (_("not possible"), "grey", "×"),
}
