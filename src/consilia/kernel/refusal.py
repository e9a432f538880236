"""Refusals and errors: how a room says no, so that every interface can say it the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason against an action: shown beside the button, raised by the action.

    `code` is stable and machine readable (snake_case); `reason` is a sentence for the person;
    `mend` names the place where it can be mended (an anchor or a URL name), if there is one.
    """

    code: str
    reason: str
    mend: str = ""


class ConsiliaError(Exception):
    """Base of the four answers that are not a success; anything else is a bug and rises."""


class NotFound(ConsiliaError):
    """Absent or hidden: the two look the same from outside, byte for byte."""


class Forbidden(ConsiliaError):
    """Seen, but not allowed to this person."""


class Refused(ConsiliaError):
    """Not now: the reasons say why and what would mend it."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(refusal.code for refusal in refusals))
        self.refusals = refusals


class Invalid(ConsiliaError):
    """Words that cannot be taken as they are: field name -> sentence."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = dict(fields)
