"""Rows: what each line of a table must carry: a key that names it, and for facts of medicine a source of its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field

from consilia.clinical.entries import Confidence, Strict


class Row(Strict):
    """One line of a table. `KEY` is its first column: unique in the table, stable over its versions."""

    KEY: ClassVar[str]

    @property
    def key(self) -> str:
        """The name of this line."""
        return str(getattr(self, self.KEY))


class SourcedRow(Row):
    """A fact with its own source, confidence and the date on which it was taken down."""

    source: str = Field(min_length=1)
    confidence: Confidence
    as_of: date


def _empty_is_none(value: object) -> object:
    return None if value == "" else value


def _loinc(code: str) -> str:
    """A LOINC code with its check digit (modulus 10 over the digits before the hyphen), or nothing."""
    if not code:
        return code
    number, _, check = code.partition("-")
    if not (number.isdecimal() and number.isascii() and len(check) == 1 and check.isdecimal()):
        raise ValueError(f"{code!r} is no LOINC code")
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    total = sum(digit - 9 if digit > 9 else digit for digit in doubled)
    if (10 - total % 10) % 10 != int(check):
        raise ValueError(f"the check digit of LOINC {code} is wrong")
    return code


Positive = Annotated[Decimal, Field(gt=0)]
"""A number above zero: a factor or a dose of zero would wipe out what it is multiplied with."""

PositiveOrNone = Annotated[Positive | None, BeforeValidator(_empty_is_none)]
"""A number above zero, or an empty cell."""

NotNegative = Annotated[Decimal, Field(ge=0)]

Loinc = Annotated[str, AfterValidator(_loinc)]
