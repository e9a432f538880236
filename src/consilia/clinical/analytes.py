"""Analytes: which analyte a laboratory means by a LOINC code or a printed name, or none; whole names only, no guess."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from consilia.clinical import unit_codes, units
from consilia.clinical.grounds import rows_of
from consilia.clinical.library import Library
from consilia.clinical.medicine_rows import LaboratoryUnitRow
from consilia.clinical.phrases import tokens
from consilia.clinical.tables import AnalyteNameRow
from consilia.kernel import language as languages

KIND: Final = "analyte_names"
PARTS: Final = re.compile(r"[()\[\]]")
SEEN: Final = "seen"  # other codes of the table were in no source


class Analytes:
    """The names and codes of a library, ready to be used on many values."""

    def __init__(self, library: Library) -> None:
        rows = _rows(library)
        self._units = {row.id: row for row in rows_of(library, units.KIND, LaboratoryUnitRow)}
        self._by_name = _single((name_key(name), row) for row in rows for name in _spoken(row))
        own = _single((code, row) for row in rows for code in row.loinc)
        self._by_code = _several((code, row) for row in rows for code in self._codes(row) if code not in own)
        self._by_code |= {code: [row] for code, row in own.items()}

    def known(self, name: str, loinc: str = "") -> AnalyteNameRow | None:
        """The analyte of a value. A code that is stated decides; one that we do not know leaves no room for the name.

        The parts of a name with brackets must all name the same analyte: "AST (GOT)".
        """
        named = self._named(name)
        if not loinc:
            return named
        coded = self._by_code.get(loinc, [])
        return coded[0] if len(coded) == 1 else named if named in coded else None

    def units_of(self, analyte: AnalyteNameRow, unit: str) -> LaboratoryUnitRow | None:
        """The row of units by which a value in this unit is converted; the first one when none is measured in it."""
        rows = [self._units[key] for key in analyte.units]
        said = unit_codes.unit(unit)
        fitting = (row for row in rows if said is not None and said.dimension in units.dimensions(row))
        return next(fitting, rows[0] if rows else None)

    def _named(self, name: str) -> AnalyteNameRow | None:
        whole = self._by_name.get(name_key(name))
        if whole is not None:
            return whole
        parts = {self._by_name.get(key) for part in PARTS.split(name) if (key := name_key(part))}
        return parts.pop() if len(parts) == 1 else None

    def _codes(self, row: AnalyteNameRow) -> Iterator[str]:
        """LOINC codes of its units that were seen in a source."""
        for units_row in (self._units[key] for key in row.units):
            codes = (units_row.loinc_conventional, units_row.loinc_si)
            for code, status in zip(codes, units_row.loinc_status.split("/"), strict=False):
                if code and status == SEEN:
                    yield code


def heading(analyte: AnalyteNameRow, language: str) -> str:
    """What the analyte is called in a language, else in English."""
    names = analyte.names
    return next(names[tag][0] for tag in (language, languages.base(language), "en") if tag in names)


def name_key(name: str) -> str:
    """One form for names that are written alike: letters and digits in small, parted by blanks."""
    return " ".join(token.word for token in tokens(name))


def _rows(library: Library) -> tuple[AnalyteNameRow, ...]:
    return tuple(row for loaded in library.all_of(KIND) for row in loaded.rows if isinstance(row, AnalyteNameRow))


def _spoken(row: AnalyteNameRow) -> Iterator[str]:
    for names in row.names.values():
        yield from names


def _several(pairs: Iterable[tuple[str, AnalyteNameRow]]) -> dict[str, list[AnalyteNameRow]]:
    found: dict[str, list[AnalyteNameRow]] = defaultdict(list)
    for key, row in pairs:
        if row not in found[key]:
            found[key].append(row)
    return dict(found)


def _single(pairs: Iterable[tuple[str, AnalyteNameRow]]) -> dict[str, AnalyteNameRow]:
    """What stands for one analyte; a name that two languages use for two analytes stands for none."""
    return {key: rows[0] for key, rows in _several(pairs).items() if len(rows) == 1}
