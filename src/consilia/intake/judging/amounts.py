"""Amounts: the number and the range that a laboratory printed, or nothing where they can be read in two ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from consilia.formats.lab_tables import BOUND, RANGE

AMOUNT: Final = re.compile(r"(?P<sign>[<>≤≥]=?)?\s*(?P<number>\d{1,12}(?:[.,]\d{1,6})?)")
THOUSANDS: Final = re.compile(r"[1-9]\d{0,2},\d{3}")  # 1,250 is one and a quarter here and a thousand there
LEAST_DIGITS: Final = (
    3  # of a converted value; a laboratory's "4.1" would otherwise lose what its next value differs by
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the sign before it: "<0.01" is below what the method can see."""

    sign: str
    number: Decimal

    @property
    def digits(self) -> int:
        """Significant digits as printed."""
        return len(self.number.as_tuple().digits)


@dataclass(frozen=True, slots=True)
class Span:
    """A printed range in the printed unit; None for the side without a bound."""

    low: Decimal | None
    high: Decimal | None


def amount(printed: str) -> Amount | None:
    """The number of a result, None for words and for what two countries read differently."""
    match = AMOUNT.fullmatch(printed.strip())
    if match is None or THOUSANDS.fullmatch(match["number"]):
        return None
    return Amount(match["sign"] or "", _decimal(match["number"]))


def span(printed: str) -> Span | None:
    """The range "3.9-5.8", "< 5" or "> 60"; None where there is none, or more than its bounds."""
    if match := RANGE.search(printed):
        low, high = _decimal(match["low"]), _decimal(match["high"])
        return Span(low, high) if low <= high else None
    if match := BOUND.search(printed):
        bound = _decimal(match["bound"])
        return Span(None, bound) if match["side"] in "<≤" else Span(bound, None)
    return None


def rounded(number: Decimal, digits: int) -> Decimal:
    """To so many significant digits, at least three; digits before the point are kept."""
    if not number:
        return number
    last = number.adjusted() - max(digits, LEAST_DIGITS) + 1
    return number.quantize(Decimal(1).scaleb(min(last, 0)))


def written(number: Decimal) -> str:
    """Without an exponent."""
    return f"{number:f}"


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
