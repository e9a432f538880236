"""Verified: what a check of a signed paper found, for those who ask and do not read the paper themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a file is not intact; `intact` when it is."""

    INTACT = "intact"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    NOT_SIGNED = "not_signed"
    MORE_THAN_ONE_SIGNATURE = "more_than_one_signature"
    CHANGED = "changed"
    CHANGED_AFTERWARDS = "changed_afterwards"
    OTHER_SIGNER = "other_signer"
    NO_OPINION_INSIDE = "no_opinion_inside"


@dataclass(frozen=True, slots=True)
class Verification:
    """`sha256` and `check_code` are those of the canonical JSON inside, to be looked up; None where nothing was found.

    `signed_at` is what the service's clock said at signing (PAdES B-B carries no other witness).
    """

    intact: bool
    reason: Reason
    signed_by: str | None = None
    signed_at: datetime | None = None
    sha256: str | None = None
    check_code: str | None = None
