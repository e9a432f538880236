"""The life of an opinion: draft, handed to the editor, sent back or passed, signed; after that only new rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OpinionState(models.TextChoices):
    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("With the editor")
    RETURNED = "returned", _("Sent back with reasons")
    PASSED = "passed", _("Passed, waits for the signature")
    SIGNED = "signed", _("Signed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = OpinionState
ALLOWED: dict[OpinionState, frozenset[OpinionState]] = {
    S.DRAFT: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.SUBMITTED: frozenset({S.RETURNED, S.PASSED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.PASSED: frozenset({S.SIGNED, S.RETURNED, S.WITHDRAWN}),
    S.SIGNED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
EDITABLE = frozenset({S.DRAFT, S.RETURNED})


def may_follow(old: OpinionState | str, new: OpinionState | str) -> bool:
    return OpinionState(new) in ALLOWED[OpinionState(old)]
