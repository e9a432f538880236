"""Laboratory: the values of a case by analyte and date in the reader's units; what was printed is kept, no guess.

What may not be compared is never in one series: another method, a unit that cannot be converted, an unknown name.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from consilia.clinical import analytes, unit_codes, units
from consilia.clinical.analytes import Analytes
from consilia.clinical.library import Library
from consilia.clinical.medicine_rows import LaboratoryUnitRow
from consilia.clinical.phrases import folded
from consilia.clinical.tables import AnalyteNameRow
from consilia.clinical.unit_codes import Unit
from consilia.clinical.units import Converted, WhyNot
from consilia.formats.results import LOINC
from consilia.intake.judging import amounts
from consilia.intake.judging.amounts import Amount, Span
from consilia.intake.judging.measured import Lab

APART: Final = 4  # two units nearer than this factor are not told apart by a value: illness moves it as far


class System(StrEnum):
    """In which units values are shown."""

    NEWEST = "newest"  # of each analyte the unit of its newest value
    CONVENTIONAL = "conventional"
    SI = "si"


class Doubt(StrEnum):
    """Why a person is asked to look at the paper."""

    READING = "reading"  # the reader was not sure of what it read
    UNIT = "unit"  # the analyte is not measured in this unit
    VALUE = "value"  # far outside a printed range, and within it when the number is read in the other unit


@dataclass(frozen=True, slots=True)
class Shown:
    """A value in the unit in which it is shown. `number` is None for words, and `why_not` says why nothing changed."""

    value: str
    unit: str
    number: Decimal | None
    converted: bool = False
    draft: bool = False  # no person has approved the factor yet
    why_not: WhyNot | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One value: as printed in `lab`, as shown, and what is doubtful about it."""

    lab: Lab
    shown: Shown
    doubts: tuple[Doubt, ...]

    @property
    def asks(self) -> bool:
        """Whether a person is to look at the paper; one who did is not asked again."""
        return bool(self.doubts) and self.lab.said is None


@dataclass(frozen=True, slots=True)
class Series:
    """Values that may be compared, newest first. `key` names the series in an address and holds no name.

    `analyte` is "" for an unknown one; `band` is the range, in the unit shown, that is printed with every value.
    """

    key: str
    analyte: str
    name: str
    method: str
    unit: str
    rows: tuple[Row, ...]
    band: Span | None
    note: str


@dataclass(frozen=True, slots=True)
class _Value:
    """A value with what is known of it."""

    lab: Lab
    analyte: AnalyteNameRow | None
    by: LaboratoryUnitRow | None
    unit: Unit | None
    amount: Amount | None

    @property
    def is_measured(self) -> bool:
        """Whether the analyte is measured in the printed unit."""
        return self.by is not None and self.unit is not None and self.unit.dimension in units.dimensions(self.by)

    @property
    def name(self) -> str:
        """One key for values of one analyte, known or not."""
        said = self.lab.value
        if self.analyte:
            return self.analyte.id
        return f"{said.system} {said.code}" if said.code else analytes.name_key(said.analyte) or said.analyte

    @property
    def printed_unit(self) -> str:
        return self.unit.code if self.unit else folded(self.lab.value.unit.strip())


def table(labs: Iterable[Lab], library: Library, *, system: System, language: str) -> tuple[Series, ...]:
    """One series for each analyte, method and kind of unit, by name; each value stands in exactly one."""
    by_name: dict[str, list[_Value]] = defaultdict(list)
    known = Analytes(library)
    for lab in labs:
        value = _value(lab, known)
        by_name[value.name].append(value)
    found = [one for values in by_name.values() for one in _Analyte(values, library, system, known).series(language)]
    return tuple(sorted(found, key=lambda one: (folded(one.name), one.method, one.key)))


def _value(lab: Lab, known: Analytes) -> _Value:
    said = lab.value
    analyte = known.known(said.analyte, said.code if said.system == LOINC else "")
    by = known.units_of(analyte, said.unit) if analyte else None
    return _Value(lab, analyte, by, unit_codes.unit(said.unit), amounts.amount(said.value))


class _Analyte:
    """All values of one analyte of a case."""

    def __init__(self, values: Sequence[_Value], library: Library, system: System, known: Analytes) -> None:
        self.values = sorted(values, key=lambda one: (one.lab.on, one.lab.path), reverse=True)
        self.library = library
        self.analyte = values[0].analyte
        self.target = self._target(system, known)
        self.spans = self._spans()

    def _spans(self) -> list[tuple[_Value, Span]]:
        """Every range that is printed in a unit the analyte is measured in, once."""
        found: dict[tuple[str, Span], _Value] = {}
        for value in self.values:
            span = amounts.span(value.lab.value.reference)
            if span and value.is_measured:
                found.setdefault((value.printed_unit, span), value)
        return [(value, span) for (_, span), value in found.items()]

    def _target(self, system: System, known: Analytes) -> str:
        """The unit in which the analyte is shown; "" where none of its values is in a unit we know."""
        measured = next((one for one in self.values if one.is_measured), None)
        if measured is None or measured.unit is None or self.analyte is None:
            return ""
        row = known.units_of(self.analyte, "")
        if system is System.NEWEST or row is None:
            return measured.unit.code
        return row.unit_si if system is System.SI else row.unit_conventional

    def series(self, language: str) -> list[Series]:
        groups: dict[tuple[str, str, str], list[tuple[_Value, Shown]]] = defaultdict(list)
        for value in self.values:
            shown = self._shown(value)
            compared = self.target if self.target and shown.why_not is None else value.printed_unit
            groups[value.name, folded(value.lab.value.method.strip()), compared].append((value, shown))
        return [self._one(key, group, language) for key, group in groups.items()]

    def _one(self, key: tuple[str, str, str], group: Sequence[tuple[_Value, Shown]], language: str) -> Series:
        newest, shown = group[0]
        return Series(
            key=hashlib.sha256("\n".join(key[:2]).encode()).hexdigest()[:10] + _mark(key[2], self.target),
            analyte=self.analyte.id if self.analyte else "",
            name=analytes.heading(self.analyte, language) if self.analyte else newest.lab.value.analyte,
            method=newest.lab.value.method,
            unit=shown.unit,
            rows=tuple(Row(value.lab, each, self._doubts(value)) for value, each in group),
            band=self._band([value for value, _ in group], shown),
            note=newest.by.note if newest.by else "",
        )

    def _shown(self, value: _Value) -> Shown:
        said = value.lab.value
        as_printed = Shown(said.value, said.unit, value.amount.number if value.amount else None)
        if value.by is None:
            return _kept(as_printed, WhyNot.UNKNOWN_ANALYTE)
        if value.unit is None:
            return _kept(as_printed, WhyNot.UNKNOWN_UNIT) if said.unit else as_printed
        if not self.target:
            return _kept(as_printed, self._refused(value))
        if value.unit == unit_codes.unit(self.target):
            return as_printed
        number = value.amount.number if value.amount else Decimal("NaN")
        found = units.convert(self.library, value.by.id, number, unit=said.unit, to=self.target)
        if not isinstance(found, Converted) or value.amount is None:
            return _kept(as_printed, WhyNot.NO_RESULT if isinstance(found, Converted) else found.why)
        number = amounts.rounded(found.value, value.amount.digits)
        sign = value.amount.sign
        unit = unit_codes.written(found.unit)
        return Shown(sign + amounts.written(number), unit, number, converted=True, draft=found.grounds.draft)

    def _band(self, values: Sequence[_Value], shown: Shown) -> Span | None:
        """One printed range that holds for all: in the same unit and of the same bounds."""
        printed = {(one.printed_unit, amounts.span(one.lab.value.reference)) for one in values}
        if len(printed) > 1:
            return None
        (_, span), value = printed.pop(), values[0]
        if span is None or not shown.converted:
            return span
        found = self._in(value, span, self.target)
        return found and Span(*(bound and amounts.rounded(bound, 0) for bound in (found.low, found.high)))

    def _in(self, value: _Value, span: Span, unit: str) -> Span | None:
        """A range printed with a value in another unit, or None."""
        bounds = [self._number(value, bound, unit) if bound is not None else None for bound in (span.low, span.high)]
        lost = any(new is None for new, old in zip(bounds, (span.low, span.high), strict=True) if old is not None)
        return None if lost else Span(*bounds)

    def _number(self, value: _Value, number: Decimal, unit: str, read_in: str = "") -> Decimal | None:
        if value.by is None:
            return None
        found = units.convert(self.library, value.by.id, number, unit=read_in or value.lab.value.unit, to=unit)
        return found.value if isinstance(found, Converted) else None

    def _doubts(self, value: _Value) -> tuple[Doubt, ...]:
        strange = value.by is not None and value.unit is not None and not value.is_measured
        found = {
            Doubt.READING: value.lab.check,
            Doubt.UNIT: strange and self._refused(value) is WhyNot.OTHER_QUANTITY,
            Doubt.VALUE: value.is_measured and self._fits_the_other_unit(value),
        }
        return tuple(doubt for doubt, holds in found.items() if holds)

    def _refused(self, value: _Value) -> WhyNot | None:
        assert value.by is not None
        found = units.convert(
            self.library, value.by.id, Decimal(1), unit=value.lab.value.unit, to=value.by.unit_conventional
        )
        return None if isinstance(found, Converted) else found.why

    def _fits_the_other_unit(self, value: _Value) -> bool:
        """Whether a range printed in this case holds the number read in the other unit of the table, not in its own.

        The number must lie outside by more than half the way (as a factor) that the two units are apart.
        """
        if value.amount is None or not value.amount.number or value.by is None or value.unit is None:
            return False
        number = value.amount.number
        others = {value.by.unit_conventional, value.by.unit_si} - {value.unit.code}
        read = [self._number(value, number, value.unit.code, read_in=other) for other in others]
        spans = [self._in(owner, span, value.unit.code) for owner, span in self.spans]
        return any(_is_misread(number, other, span) for other in read if other for span in spans if span)


def _is_misread(number: Decimal, other: Decimal, span: Span) -> bool:
    if span.low is None or span.high is None or not span.low <= other <= span.high:
        return False
    apart = max(number / other, other / number)
    outside = span.low / number if number < span.low else number / span.high if span.high else Decimal(1)
    return apart >= APART and outside**2 >= apart


def _kept(shown: Shown, why: WhyNot | None) -> Shown:
    return Shown(shown.value, shown.unit, shown.number, why_not=why)


def _mark(compared: str, target: str) -> str:
    """Tells a series that is not converted from the one that is, in whatever units that one is shown."""
    return "" if compared == target else hashlib.sha256(compared.encode()).hexdigest()[:4]
