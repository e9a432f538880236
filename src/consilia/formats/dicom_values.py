"""DICOM values: takes one value out of a data set, whatever a stranger put there; nothing here raises.

Source: DICOM PS3.5 section 6 (value representations).
"""

from __future__ import annotations

import math
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean


def words(dataset: Dataset, keyword: str) -> str:
    """The value as clean text, several values joined by a backslash as DICOM does; "" when absent or unreadable."""
    try:
        value = dataset.get(keyword)
        if value is None:
            return ""
        text = (
            "\\".join(str(part) for part in value)
            if isinstance(value, (list, pydicom.multival.MultiValue))
            else str(value)
        )
    except Exception:  # a value that cannot be decoded is a value that is not there
        return ""
    return clean(text, most=LIMITS.dicom_text_value).strip()


def number(dataset: Dataset, keyword: str, default: float = 0.0) -> float:
    """The first value as a finite number, `default` when absent or none."""
    try:
        value: Any = dataset.get(keyword)
        first = value[0] if isinstance(value, (list, pydicom.multival.MultiValue)) and value else value
        result = float(first)
    except Exception:
        return default
    return result if abs(result) < 1e15 else default


def numbers(dataset: Dataset, keyword: str, count: int) -> tuple[float, ...]:
    """Exactly `count` finite numbers, or none at all."""
    try:
        value: Any = dataset.get(keyword)
        found = tuple(float(part) for part in value)
    except Exception:
        return ()
    return found if len(found) == count and all(abs(part) < 1e15 for part in found) else ()


def whole(dataset: Dataset, keyword: str) -> int:
    """The value as a whole number that is not negative, 0 otherwise."""
    return max(0, int(number(dataset, keyword)))


def first_of(dataset: Dataset, *path: str) -> Dataset | None:
    """The first item of nested sequences, None when any is absent."""
    here: Dataset | None = dataset
    for keyword in path:
        try:
            items = here.get(keyword) if here is not None else None
            here = items[0] if items else None
        except Exception:
            return None
    return here


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Items of a sequence, none when it is absent or no sequence."""
    try:
        found: Any = dataset.get(keyword)
        return [item for item in found or () if isinstance(item, Dataset)]
    except Exception:
        return []


def finite(text: str) -> float | None:
    """A finite number out of text, None when it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e15 else None
