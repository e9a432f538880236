"""Lean headers: what a viewer must know of an image and nothing that tells whose it is. Pure.

An allow-list (PS3.15 annex E gives the reasons, attribute by attribute): geometry, pixels, window, time of the images,
acquisition in numbers, and what a standardised uptake value is computed from. Free text of people and machines,
identifiers and private elements are left out; UIDs stay, because frames and citations are found by them.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

# Sequences are looked into; what is kept inside is of the same list.
KEPT: Final = frozenset(
    re.findall(
        r"[0-9A-F]{8}",
        """
    00080008 00080016 00080018 00080020 00080021 00080022 00080023 0008002A 00080030 00080031 00080032 00080033
    00080060 00083002 00089007 00089205 00089206 00089207 00089208 00089215
    00100040 00101010 00101020 00101030
    00180015 00180020 00180021 00180022 00180023 00180050 00180060 00180080 00180081 00180087 00180088 00181063
    00181072 00181074 00181075 00181078 00181114 00181149 00181164 00181310 00181314 00185100 00185101 00186011
    00186018 0018601A 0018601C 0018601E 00186024 00186026 0018602C 0018602E 00189074 00189087 00189151
    0020000D 0020000E 00200011 00200012 00200013 00200020 00200032 00200037 00200052 00200060 00200062 00200105
    00201041 00209057 00209111 00209113 00209116 00209128 00209153 00209157 00209165 00209222
    00280002 00280004 00280006 00280008 00280009 00280010 00280011 00280014 00280030 00280034 00280100 00280101
    00280102 00280103 00280106 00280107 00280120 00280121 00281050 00281051 00281052 00281053 00281054 00281056
    00281101 00281102 00281103 00281201 00281202 00281203 00282110 00282112 00282114 00283000 00283002 00283006
    00283010 00286040 00289110 00289132 00289145 00289411
    00540013 00540016 00540022 00540081 00541000 00541001 00541002 00541102 00541201 00541300 00541321
    52009229 52009230
    00089209 00180091 00181181 00181242 00189004 00189008 00189011 00189012 00189014 00189015 00189017 00189018
    00189024 00189025 00189029 00189032 00189033 00189034 00189064 00189073 00189093 00189094 00189100 00280051 00280301
    00541330 20500020
    """,
    )
)
# How a value of each kind is written (PS3.5 table 6.2-1); what is written otherwise is left out, whatever it says.
WRITTEN: Final = {
    "CS": re.compile(r"[A-Z0-9_ ]{0,16}"),
    "DA": re.compile(r"[0-9]{8}"),
    "TM": re.compile(r"[0-9]{2,6}(\.[0-9]{1,6})?"),
    "DT": re.compile(r"[0-9]{4,14}(\.[0-9]{1,6})?([+-][0-9]{4})?"),
    "UI": re.compile(r"[0-9.]{1,64}"),
    "AS": re.compile(r"[0-9]{3}[DWMY]"),
    "AT": re.compile(r"[0-9A-F]{8}"),
    "LO": re.compile(r"[A-Z0-9]{1,8}"),  # only the rescale type is of this kind: HU, US, OD
}
NUMBERS: Final = frozenset({"DS", "IS", "US", "SS", "UL", "SL", "FD", "FL"})
TABLES: Final = frozenset({"00281201", "00281202", "00281203", "00283006"})


def lean(model: str, patient_id: str) -> str:
    """The header as JSON text with only what is kept, and `patient_id` in the place of the patient's number."""
    found = kept(json.loads(model))
    found["00100020"] = {"vr": "LO", "Value": [patient_id]}
    return json.dumps(dict(sorted(found.items())), ensure_ascii=False, separators=(",", ":"))


def kept(elements: dict[str, Any]) -> dict[str, Any]:
    """The elements of the list whose values are written as their kind asks; of a sequence what is in the list, too."""
    told = {tag: _told(tag, one) for tag, one in elements.items() if tag in KEPT}
    return {tag: one for tag, one in told.items() if one is not None}


def _told(tag: str, element: dict[str, Any]) -> dict[str, Any] | None:
    kind, values = element.get("vr", ""), element.get("Value", [])
    if tag in TABLES and "InlineBinary" in element:
        return {"vr": kind, "InlineBinary": element["InlineBinary"]}
    if not isinstance(values, list):
        return None
    if kind == "SQ":
        return {"vr": kind, "Value": [kept(item) for item in values if isinstance(item, dict)]}
    return {"vr": kind, "Value": values} if all(_is_written(kind, value) for value in values) else None


def _is_written(kind: str, value: Any) -> bool:
    if value is None or kind in NUMBERS:
        return value is None or isinstance(value, int | float)
    grammar = WRITTEN.get(kind)
    return grammar is not None and isinstance(value, str) and grammar.fullmatch(value) is not None
