"""Checked: what people said about single values, laid over what was read. Pure; the reading stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from consilia.intake.judging.measured import Lab, Said


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word: what stands on the paper, or that the value does not count; `role` as in the trail."""

    value: str
    unit: str
    is_left_out: bool
    role: str
    at: datetime


def laid_over(labs: Iterable[Lab], words: Mapping[str, Mapping[str, Word]]) -> tuple[tuple[Lab, ...], tuple[Lab, ...]]:
    """(values that count, values that a person left out), each with what was said about it.

    `words` by the id of the record, then by the key of the value: keys are made only where something was said.
    """
    counting: list[Lab] = []
    left_out: list[Lab] = []
    for lab in labs:
        said = words.get(lab.path.partition("/")[0])
        word = said.get(lab.key) if said else None
        if word is None:
            counting.append(lab)
        else:
            (left_out if word.is_left_out else counting).append(_said(lab, word))
    return tuple(counting), tuple(left_out)


def _said(lab: Lab, word: Word) -> Lab:
    value = replace(lab.value, value=word.value, unit=word.unit)
    return replace(lab, value=value, check=False, said=Said(lab.value, word.is_left_out, word.role, word.at))
