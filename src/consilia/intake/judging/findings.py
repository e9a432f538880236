"""Findings: what is told of one file: a paper with its kind, day and owner, an unread file, or neither."""

from __future__ import annotations

from dataclasses import dataclass

from consilia.formats.values import ClaimKind
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.identity import Identity, Judgement
from consilia.intake.judging.copies import Copy
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.kinds import Kind
from consilia.intake.judging.record import Record


@dataclass(frozen=True, slots=True)
class PartOfPaper:
    """One of several documents of a file: its pages (first, last; from 1), kind, day and owner."""

    pages: tuple[int, int]
    kind: Kind
    dated: Dated
    identity: Identity
    title: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One record that is no image: what it is, its language and day, whose it is, and of what it is a copy."""

    record: Record
    kind: Kind
    language: str
    language_reason: str
    dated: Dated
    judgement: Judgement
    heading: str = ""  # the line that says what it is; "" for a letter that has none
    copy: Copy | None = None
    inside: tuple[str, ...] = ()
    parts: tuple[PartOfPaper, ...] = ()

    @property
    def path(self) -> str:
        """Where it lay in what was sent."""
        return self.record.path

    @property
    def identity(self) -> Identity:
        """Whose it is."""
        return self.judgement.identity

    @property
    def counts(self) -> bool:
        """It may be used: readable, not another person's, no copy."""
        return self.record.is_readable and self.copy is None and self.identity is not Identity.MISMATCH

    @property
    def title(self) -> str:
        """Its heading as printed, else the file's name."""
        return self.heading or self.record.name

    @property
    def first_words(self) -> str:
        """Title, headings and name: what a person reads first; of a sheet of values their names, too."""
        reading = self.record.reading
        measured = (lab.analyte for lab in reading.results.labs)
        return " ".join(dict.fromkeys((self.title, *reading.title_lines[:3], self.record.name, *measured)))

    @property
    def issuer(self) -> str:
        """Who made it, as far as it says so in a field; else its first line when that is no title."""
        said = [claim.value for claim in self.record.reading.claims if claim.kind is ClaimKind.ISSUER]
        if said and not said[0].startswith(("urn:", "http")):
            return said[0]
        first = self.record.lines[0].strip() if self.record.lines else ""
        return first if 3 < len(first) <= 90 and first != self.title and self.record.reading.claims else ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, with the code of the reason."""

    path: str
    verdict: Verdict
    reason: Reason


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that is no record of the patient."""

    path: str
    reason: str
