"""Record: one file that was read, with its words laid out for those who judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from consilia.clinical.phrases import Token, tokens
from consilia.formats.dicom_classes import WRITTEN_REPORTS
from consilia.formats.values import Reading
from consilia.formats.verdicts import Verdict

READ = frozenset({Verdict.READ, Verdict.NOT_READ_YET})


@dataclass(frozen=True)
class Record:
    """A file at `path` of what was sent; `parent` is the archive or mail it came in, "" for a file of its own."""

    path: str
    sha256: str
    size: int
    reading: Reading
    parent: str = ""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of all pages in order."""
        return tuple(line.text for page in self.reading.pages for line in page.lines)

    @cached_property
    def text(self) -> str:
        """All lines in one text."""
        return "\n".join(self.lines)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words of the text, folded, with their places in it."""
        return tokens(self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        """The different words of the text, folded."""
        return frozenset(token.word for token in self.tokens)

    @property
    def is_picture_of_body(self) -> bool:
        """A DICOM object with pixels of its own or signals: part of a study; a report inside DICOM is not."""
        instance = self.reading.instance
        if instance is None or instance.encapsulated:
            return False
        return instance.class_uid not in WRITTEN_REPORTS or not self.reading.pages

    @property
    def is_ignored(self) -> bool:
        """A viewer, a system file, an index: no record of the patient."""
        return self.reading.verdict is Verdict.IGNORED

    @property
    def is_readable(self) -> bool:
        """False for a file that is damaged, cut off, locked or empty."""
        return self.reading.verdict in READ


@dataclass(frozen=True, slots=True)
class Request:
    """What the patient said of herself and her case."""

    given_name: str
    family_name: str
    birth_date: date
    sex: str = ""
    country: str = ""
    language: str = "en"
    diagnosis: str = ""
    proposed_treatment: str = ""
    questions: tuple[str, ...] = ()
    former_name: str = ""
    identifiers: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Request:
        """From the JSON of the form: first_name, last_name, birth_date (ISO), sex, country, language, diagnosis ..."""
        return cls(
            given_name=str(said.get("first_name", "")),
            family_name=str(said.get("last_name", "")),
            birth_date=date.fromisoformat(str(said.get("birth_date", "1900-01-01"))),
            sex=str(said.get("sex", "")),
            country=str(said.get("country", "")),
            language=str(said.get("language", "") or "en"),
            diagnosis=str(said.get("diagnosis", "")),
            proposed_treatment=str(said.get("proposed_treatment", "")),
            questions=tuple(str(question) for question in said.get("questions") or ()),
            former_name=str(said.get("former_name", "") or ""),
            more=dict(said),
        )
