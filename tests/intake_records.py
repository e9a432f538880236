"""Records for tests of the intake, made from lines of text as the readers would give them."""

from __future__ import annotations

import hashlib

from consilia.formats import claims, sniff
from consilia.formats.plain import language_of
from consilia.formats.results import Results
from consilia.formats.values import NOTHING_MEASURED, Claim, DicomInstance, Line, PageText, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.judging.record import Record


def pages(*lines: str) -> tuple[PageText, ...]:
    return (PageText(1, 0.0, 0.0, tuple(Line(line) for line in lines)),)


def paper(path: str, *lines: str, media_type: str = sniff.PDF) -> Record:
    """A paper with these lines, read for claims, dates and title as a real one."""
    text = "\n".join(lines).encode()
    found, candidates = claims.find(pages(*lines))
    titles = claims.titles(pages(*lines))
    reading = Reading(
        Verdict.READ,
        media_type=media_type,
        claims=found,
        pages=pages(*lines),
        page_count=1,
        title=titles[0] if titles else "",
        title_lines=titles,
        date_candidates=candidates,
        language=language_of("\n".join(lines)),
    )
    return Record(path, hashlib.sha256(text).hexdigest(), len(text), reading)


def electronic(
    *lines: str, path: str = "record.json", said: tuple[Claim, ...] = (), results: Results = NOTHING_MEASURED
) -> Record:
    """A FHIR record as its reader prints it, one line a resource."""
    reading = Reading(
        Verdict.READ, media_type=sniff.FHIR, pages=pages(*lines), page_count=1, claims=said, results=results
    )
    return Record(path, hashlib.sha256("\n".join(lines).encode()).hexdigest(), 1, reading)


def broken(path: str, verdict: Verdict = Verdict.TRUNCATED, reason: Reason = Reason.CUT_OFF) -> Record:
    return Record(path, f"sha of {path}", 10, Reading(verdict, reason))


def picture(path: str, instance: DicomInstance, *said: Claim) -> Record:
    reading = Reading(Verdict.READ, media_type=sniff.DICOM, instance=instance, claims=said)
    return Record(path, f"sha of {path}", 100, reading)
