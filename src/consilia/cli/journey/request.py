"""What a journey is about: the request of a person and the folder of her records, given or invented."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from consilia.cli.demo import boxes
from consilia.kernel.refusal import Invalid

SKIPPED = frozenset({".DS_Store", "Thumbs.db"})


@dataclass(frozen=True, slots=True)
class Request:
    """A person who asks: who she is, what she was told, what she wants to know, from where."""

    given_name: str
    family_name: str
    birth_date: date
    sex: str  # female, male, unknown as in accounts.models.Sex
    country: str
    language: str
    diagnosis: str
    therapy: str
    questions: tuple[str, ...]
    countries: tuple[str, ...]

    @property
    def email(self) -> str:
        return f"{self.given_name}.{self.family_name}@journey.example".lower()


@dataclass(frozen=True, slots=True)
class Errand:
    """A request with its records: path -> bytes; `stranger` is whose record must be held, when it is known."""

    request: Request
    records: dict[str, bytes]
    stranger: str = ""


SEXES = {"F": "female", "M": "male"}


def given(folder: Path, file: Path, stranger: str = "") -> Errand:
    """The request and the records of a folder. Raises Invalid when they cannot be read."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        request = Request(
            given_name=told["first_name"],
            family_name=told["last_name"],
            birth_date=date.fromisoformat(told["birth_date"]),
            sex=SEXES.get(str(told.get("sex", "")).upper(), "unknown"),
            country=told["country"],
            language=told.get("language", "en"),
            diagnosis=told["diagnosis"],
            therapy=told.get("proposed_treatment", ""),
            questions=tuple(told["questions"]),
            countries=tuple(told["wants_countries"]),
        )
    except (OSError, ValueError, KeyError) as error:
        raise Invalid({"request": f"{file} is no request: {error!r}"}) from error
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in SKIPPED]
    if not files:
        raise Invalid({"records": f"There is no file in {folder}."})
    records = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    return Errand(request, records, stranger)


def invented(today: date) -> Errand:
    """Ana's errand, with the shoebox of the demo."""
    request = Request(
        given_name="Ana",
        family_name="Costa",
        birth_date=date(1971, 5, 9),
        sex="female",
        country="PT",
        language="pt",
        diagnosis="A lump in the left breast, called suspicious: breast cancer?",
        therapy="An operation of the left breast is proposed",
        questions=("Is the diagnosis certain?", "Is the operation needed now?"),
        countries=("DE", "IL", "US"),
    )
    whose = boxes.Whose(request.given_name, request.family_name, request.birth_date)
    return Errand(request, boxes.box(whose, today), "Maria Lopes Ferreira")


def of_hospital(request: Request, today: date) -> tuple[str, bytes]:
    """The record that the hospital sends by its link: invented, on the name of the person who asks."""
    whose = boxes.Whose(request.given_name, request.family_name, request.birth_date)
    return boxes.paper("receptors", whose, today)
