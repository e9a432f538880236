"""The people of the tests: the same as in the demo and the docs."""

from __future__ import annotations

from consilia.cli.demo.cast import (
    ANA,
    BRUNO,
    EVA,
    EVERYBODY,
    EXPERTS,
    INES,
    LENA,
    LEVI,
    MALLORY,
    MARTA,
    MILLER,
    PATIENTS,
    PRIYA,
    STAFF,
    TOM,
    WEBER,
    Character,
    ExpertCharacter,
    PatientCharacter,
)

__all__ = [
    "ANA",
    "BRUNO",
    "EVA",
    "EVERYBODY",
    "EXPERTS",
    "INES",
    "LENA",
    "LEVI",
    "MALLORY",
    "MARTA",
    "MILLER",
    "PATIENTS",
    "PRIYA",
    "STAFF",
    "TOM",
    "WEBER",
    "Character",
    "ExpertCharacter",
    "PatientCharacter",
]
