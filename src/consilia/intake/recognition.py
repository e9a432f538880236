"""Which kind of paper it is, by words of its title, its name and its first lines; word lists are data. Pure."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from consilia.clinical.words import meets, word_list

TITLE, NAME, BODY = 0.9, 0.6, 0.5
MEDIA = {"application/fhir+json": "fhir_patient_record"}


@dataclass(frozen=True, slots=True)
class Kind:
    kind: str
    confidence: float


UNKNOWN = Kind("unknown", 0.0)


@cache
def rules() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """(kind, phrases) in the order in which they are tried; a phrase is a set of stems that must all be there."""
    words = tomllib.loads((resources.files("consilia.intake") / "titles.toml").read_text(encoding="utf-8"))
    return tuple((rule["kind"], tuple(tuple(phrase.split()) for phrase in rule["phrases"])) for rule in words["rule"])


def recognise(path: str, titles: tuple[str, ...], body: str, media_type: str) -> Kind:
    """The first kind whose words stand in the title, else in the file's name, else in the first lines."""
    name = path.rpartition("/")[2].rpartition(".")[0]
    for text, confidence in ((" ".join(titles), TITLE), (name, NAME), (body, BODY)):
        if kind := _first(text):
            return Kind(kind, confidence)
    return Kind(MEDIA[media_type], TITLE) if media_type in MEDIA else UNKNOWN


def _first(text: str) -> str:
    words = word_list(text)
    if not words:
        return ""
    return next(
        (kind for kind, phrases in rules() if any(all(meets(stem, words) for stem in phrase) for phrase in phrases)), ""
    )
