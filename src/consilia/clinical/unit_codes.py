"""Unit codes: every spelling of a laboratory unit becomes one code of UCUM with its scale, or nothing; no guess.

Codes follow the Unified Code for Units of Measure (case-sensitive). Only units that laboratories print are known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

PREFIXES = {"": 0, "k": 3, "d": -1, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15}
"""Powers of ten. Mega is left out: a capital M is a milli in capitals, or a mistake."""

TOPS = ("g", "mol", "kat", "eq", "U", "[IU]")
BOTTOMS = ("L", "g", "mol")
MARKS = ("FEU", "DDU")
ALONE = ("%", "L/L", "{INR}", "s", "mm/h", "mm[Hg]", "kPa", "mL/min/{1.73_m2}", "mL/s/{1.73_m2}")
"""Units that scale into no other."""

EVERYDAY = {
    "%hb": "%",
    "%ngsp": "%",
    "inr": "{INR}",
    "sec": "s",
    "mm/hr": "mm/h",
    "mm/1h": "mm/h",
    "mmhg": "mm[Hg]",
    "ml/min/1.73m2": "mL/min/{1.73_m2}",
    "ml/s/1.73m2": "mL/s/{1.73_m2}",
    "mmol/molhb": "mmol/mol",
    "mmol/molifcc": "mmol/mol",
    "gpt/l": "10*9/L",
    "tpt/l": "10*12/L",
}
"""What laboratories print, in small letters without blanks and round brackets -> UCUM."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as code and as a power of ten of the base of its `dimension`, for example mg/dL = 10^-2 of "g/L"."""

    code: str
    dimension: str
    power: int

    @property
    def scale(self) -> Decimal:
        """How many base units this one is."""
        return Decimal(1).scaleb(self.power)


def _all() -> Iterator[Unit]:
    yield from (Unit(code, code, 0) for code in ALONE)
    for prefix, power in PREFIXES.items():
        for base in BOTTOMS:
            bottom = prefix + base
            yield from (
                Unit(f"{before}{top}/{bottom}", f"{top}/{base}", above - power)
                for before, above in PREFIXES.items()
                for top in TOPS
            )
        yield from (Unit(f"10*{count}/{prefix}L", "1/L", count - power) for count in (3, 6, 9, 12))
        yield Unit(f"/{prefix}L", "1/L", -power)


KNOWN = {one.code: one for one in _all()}
"""Code -> unit."""

_SMALL = {code.lower(): one for code, one in KNOWN.items()}


@lru_cache(maxsize=1024)
def unit(said: str) -> Unit | None:
    """The unit that a laboratory printed ("µmol/l", "MG/DL", "x10^9/L", "ng/mL FEU"), or None if it is not certain.

    Units of one dimension differ by a power of ten only. A D-dimer unit keeps its mark {FEU} or {DDU}: these are two
    dimensions, and a unit without mark is a third. "%" is a dimension of its own, never ten mmol/mol.
    """
    plain = _plain(said[:60])
    marks = [mark for mark in MARKS if mark in plain.upper()]
    for mark in marks:
        plain = re.sub(rf"[({{]?{mark}[)}}]?", "", plain, flags=re.IGNORECASE)
    found = _known(plain)
    if found is None or not marks:
        return found
    if found.dimension != "g/L" or len(marks) > 1:
        return None
    top, _, bottom = found.code.partition("/")
    return replace(found, code=f"{top}{{{marks[0]}}}/{bottom}", dimension=f"g{{{marks[0]}}}/L")


def _known(plain: str) -> Unit | None:
    exact = re.sub(r"l(?=/|$)(?<!mol)", "L", plain)
    if exact in KNOWN:
        return KNOWN[exact]
    small = plain.lower()
    everyday = EVERYDAY.get(re.sub(r"[()]", "", small))
    if everyday:
        return KNOWN[everyday]
    # All capitals or none: the laboratory prints so. Mixed ones mean something, and what they mean is not known.
    return _SMALL.get(small) if plain in (small, plain.upper()) else None


def _plain(said: str) -> str:
    """One form for what looks alike: powers, micro, blanks, IU and mcg."""
    # A raised digit behind ten is a power; NFKC alone would read 10⁹ as 109.
    text = re.sub(r"(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "*" + unicodedata.normalize("NFKC", power[0]), said)
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).replace("\u03bc", "u").replace("1,73", "1.73")
    text = re.sub(r"^[x×*]?10[\^*]", "10*", text)
    text = re.sub(r"(?<=/)mm3$", "uL", text)
    text = text.replace("mcg", "ug").replace("MCG", "UG")
    text = re.sub(r"(?<=[mu])Eq/", "eq/", text)
    text = re.sub(r"^([kmu]?)UI(?=/)", r"\1IU", text)  # international units in Romance languages
    return re.sub(r"(?<!\[)(iu)(?=/)", "[IU]" if "IU" in text else "[iu]", text, flags=re.IGNORECASE)


_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def written(code: str) -> str:
    """A code of UCUM as people write it: "10*3/uL" is 10³/µL, "u[IU]/mL" is µIU/mL; a ratio ("{INR}") has no unit."""
    text = re.sub(r"10\*(\d+)", lambda found: "10" + found[1].translate(_RAISED), code)
    text = text.replace("{INR}", "").replace("{1.73_m2}", "1.73 m²").replace("mm[Hg]", "mmHg")
    text = re.sub(r"[\[\]{}]", "", text.replace("{FEU}", " FEU").replace("{DDU}", " DDU"))
    return re.sub(r"(?<![A-Za-z])u(?=[A-Za-z])", "µ", text)
