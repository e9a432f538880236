"""Asking: the open questions of a case as sentences that a patient understands, marked for translation."""

from __future__ import annotations

from typing import Final

from consilia.formats.verdicts import gettext_noop as _

QUESTIONS: Final = {
    "whose_is_this": _("Is this yours? It seems to name somebody else: %(about)s"),
    "send_again": _("We cannot read this file. Please send it again: %(about)s"),
    "password": _("This file is locked. Please give us its password: %(about)s"),
    "was_this_done": _("Was this examination done? A report recommends it and we found no result: %(about)s"),
    "images_incomplete": _("Images seem to be missing. Please send the whole CD: %(about)s"),
    "what_is_this": _("What is this paper? %(about)s"),
    "which_date": _("Of which day is this paper? %(about)s"),
}
"""Code of outcome.Question -> its sentence."""
