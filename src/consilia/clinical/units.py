"""Units: a laboratory value in the other unit, by analyte, or the reason why there is no such value; never a guess.

Values are Decimal in and out, unrounded: exact but for divisions that do not end, which keep 28 digits. Factors and
their sources: table laboratory_units (molar masses, definitions of units, WHO standards; each row names its own).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from consilia.clinical import unit_codes
from consilia.clinical.grounds import Grounds, grounds, rows_of
from consilia.clinical.library import Library
from consilia.clinical.medicine_rows import LaboratoryUnitRow, UnitKind
from consilia.clinical.unit_codes import Unit

KIND = "laboratory_units"


class WhyNot(StrEnum):
    """Why a value is not converted."""

    UNKNOWN_ANALYTE = "unknown_analyte"
    UNKNOWN_UNIT = "unknown_unit"
    OTHER_QUANTITY = "other_quantity"
    """The unit is known, but the analyte is not measured in it."""
    FEU_OR_DDU = "feu_or_ddu"
    """D-dimer in fibrinogen equivalents, in D-dimer units or unsaid in which: these are different quantities."""
    METHOD_DEPENDENT = "method_dependent"
    """The factor is that of one assay or standard; another laboratory's differs."""
    NO_FIXED_FACTOR = "no_fixed_factor"
    """Lp(a): the particles differ in size, so mass does not say how many there are."""
    NO_RESULT = "no_result"
    """Not a number, infinite or below zero, before or after conversion."""


@dataclass(frozen=True, slots=True)
class Converted:
    """`value` in `unit` (UCUM); `note` of the table is shown with it: what must not be compared with what."""

    analyte: str
    value: Decimal
    unit: str
    note: str
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class NotConverted:
    """The value stays in the unit in which it was reported; `note` of the table says more where it can."""

    why: WhyNot
    note: str = ""


def convert(library: Library, analyte: str, value: Decimal, *, unit: str, to: str) -> Converted | NotConverted:
    """A value of an analyte (id of the table) in another unit; both units in any spelling of a laboratory.

    Beside the two units of the table, those that differ from them by a power of ten are known (pg/mL for ng/L).
    The way back is the inverse of the same row, so that a value there and back is the value. HbA1c: IFCC mmol/mol =
    10.929 * NGSP % - 23.497. Urea nitrogen (BUN) and urea are two analytes: 1 mg/dL of BUN is 2.14 mg/dL of urea.
    """
    row = analyte_row(library, analyte)
    if row is None:
        return NotConverted(WhyNot.UNKNOWN_ANALYTE)
    from_, wanted = unit_codes.unit(unit), unit_codes.unit(to)
    if from_ is None or wanted is None:
        return NotConverted(WhyNot.UNKNOWN_UNIT)
    if against := _against(row, from_, wanted):
        return NotConverted(against, row.note)
    result = _in(row, value, from_, wanted) if value.is_finite() and value >= 0 else None
    if result is None or result < 0:
        return NotConverted(WhyNot.NO_RESULT)
    return Converted(row.id, result, wanted.code, row.note, grounds(library, KIND, (row,)))


def analyte_row(library: Library, analyte: str) -> LaboratoryUnitRow | None:
    """The row of an analyte: its two units, kind of conversion, LOINC codes and note."""
    return next((row for row in rows_of(library, KIND, LaboratoryUnitRow) if row.id == analyte), None)


def analytes(library: Library) -> tuple[str, ...]:
    """The ids of all analytes, in the order of the table."""
    return tuple(row.id for row in rows_of(library, KIND, LaboratoryUnitRow))


def _against(row: LaboratoryUnitRow, from_: Unit, to: Unit) -> WhyNot | None:
    own = dimensions(row)
    if not {from_.dimension, to.dimension} <= set(own):
        return WhyNot.FEU_OR_DDU if "{FEU}" in row.unit_si else WhyNot.OTHER_QUANTITY
    if from_.dimension == to.dimension:
        return None
    refused = {
        UnitKind.ASSAY_DEPENDENT: WhyNot.METHOD_DEPENDENT,
        UnitKind.NOT_CONVERTIBLE: WhyNot.NO_FIXED_FACTOR,
    }
    return refused.get(row.kind)


def dimensions(row: LaboratoryUnitRow) -> tuple[str, str]:
    """What the analyte is measured in, conventional and SI: dimensions of unit_codes."""
    return _unit(row.unit_conventional).dimension, _unit(row.unit_si).dimension


def _unit(code: str) -> Unit:
    found = unit_codes.unit(code)
    assert found is not None  # the row was refused otherwise
    return found


def _in(row: LaboratoryUnitRow, value: Decimal, from_: Unit, to: Unit) -> Decimal:
    if from_.dimension == to.dimension:
        return value.scaleb(from_.power - to.power)
    conventional, si = _unit(row.unit_conventional), _unit(row.unit_si)
    assert row.factor is not None
    if from_.dimension == conventional.dimension:
        in_si = value.scaleb(from_.power - conventional.power) * row.factor + row.offset
        return in_si.scaleb(si.power - to.power)
    in_conventional = (value.scaleb(from_.power - si.power) - row.offset) / row.factor
    return in_conventional.scaleb(conventional.power - to.power)
