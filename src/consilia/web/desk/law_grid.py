"""The table of all pairs of countries: its cells depend on nothing but the content, so each row is drawn once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.translation import get_language

from consilia.cases import content
from consilia.suitability import verdicts
from consilia.suitability.verdicts import Form, Verdict, Where
from consilia.web.desk.law_words import OTHER, WORDS

Names = tuple[tuple[str, str], ...]


def where(patient: str, expert: str) -> Where:
    """The places of a pair; OTHER stands for a country that is not on file."""
    here, there = ("" if code == OTHER else code for code in (patient, expert))
    return Where(here, here, there)


def rows(names: Sequence[tuple[str, str]], form: Form, chosen: tuple[str, str]) -> list[str]:
    """The rows as HTML, in the order of the names (code, name); `chosen` is the pair (patient, expert) to mark."""
    digest, language = content.library().digest, get_language() or "en"
    patient, expert = chosen
    marked = {code: (code == patient, expert if code == patient else "") for code, _name in names}
    return [_row(digest, language, tuple(names), form, code, *marked[code]) for code, _name in names]


@lru_cache(maxsize=1024)
def _row(digest: str, language: str, names: Names, form: Form, code: str, is_chosen: bool, expert: str) -> str:
    """One patient's country; content and language stand in the key of what is kept."""
    found = _verdicts(digest, tuple(one for one, _name in names), form)
    cells = [(to, verdict, WORDS[verdict], to == expert) for to, _name in names for verdict in (found[code, to],)]
    row = {"code": code, "name": dict(names)[code], "cells": cells, "service": form.value, "is_chosen": is_chosen}
    return render_to_string("desk/law/row.html", row)


def counts(names: Sequence[tuple[str, str]], form: Form) -> Counter[Verdict]:
    """How many pairs have each verdict."""
    codes = tuple(code for code, _name in names)
    return Counter(_verdicts(content.library().digest, codes, form).values())


@lru_cache(maxsize=8)
def _verdicts(digest: str, codes: tuple[str, ...], form: Form) -> Mapping[tuple[str, str], Verdict]:
    library = content.library()
    return {(one, two): verdicts.verdict(where(one, two), library, form=form) for one in codes for two in codes}
