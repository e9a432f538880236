"""Papers: kind, language and day of every paper of TRUTH.tsv, and on how many papers each language was measured."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from benchmarks.intake_data import Row, figure, note

from consilia.clinical.library import Library
from consilia.formats.verdicts import Verdict
from consilia.intake.identity import Identity, Judgement, Whose
from consilia.intake.judging import case_file, kinds
from consilia.intake.judging.record import Record

NOBODY = Judgement(Identity.NO_IDENTITY, ())
WHOEVER = Whose("", "", date(1900, 1, 1))  # whose the papers are is not told, so no day is left out as a birth
RELEASED = ("en", "de", "fr", "es", "it", "pt", "ru", "tr", "uk", "pl", "nl", "ar", "he")
LEAST_PAPERS = 30  # from which a language may be reported as supported


class Told(NamedTuple):
    """What the intake says of one file, in the words of TRUTH.tsv."""

    kind: str = kinds.UNKNOWN
    language: str = ""
    date: str = ""


def measure(truth: Mapping[str, Row], records: Mapping[str, Record], library: Library, *, only: str = "") -> None:
    """Prints the figures of kinds and languages; `only` one of them."""
    recognition = kinds.recognition_of(library)
    said = {path: told(records.get(path), recognition) for path in truth}
    if only != "languages":
        of_kinds(truth, said)
    if only != "kinds":
        of_languages(truth, said)


def told(record: Record | None, recognition: kinds.Recognition) -> Told:
    """Kind, language and day; nothing of what could not be read."""
    if record is None:
        return Told()
    if record.is_ignored:
        return Told("dicomdir" if record.reading.media_type.endswith("dicomdir") else kinds.NOT_MEDICAL)
    if (instance := record.reading.instance) is not None:
        return Told(f"dicom_{instance.modality.lower() or 'file'}", "", instance.study_date)
    if not record.is_readable and record.reading.verdict is not Verdict.ARCHIVE:
        return Told()
    paper = case_file.paper_of(record, recognition, NOBODY, WHOEVER)
    return Told(paper.kind.kind, paper.language, paper.dated.value)


def of_kinds(truth: Mapping[str, Row], said: Mapping[str, Told]) -> None:
    """The average over kinds counts each kind once, however many papers it has."""
    right: dict[str, list[bool]] = defaultdict(list)
    confused: Counter[tuple[str, str]] = Counter()
    for path, row in truth.items():
        wanted = row["document_type"]
        right[wanted].append(said[path].kind == wanted)
        if not right[wanted][-1]:
            confused[wanted, said[path].kind] += 1
    papers = {kind: found for kind, found in right.items() if not kind.startswith("dicom")}
    for name, group in (("kinds", right), ("paper kinds", papers)):
        if group:
            figure(f"{name} macro average", sum(map(_share, group.values())) / len(group), 0.85)
    for (wanted, got), count in sorted(confused.items(), key=lambda pair: (pair[0][0], -pair[1])):
        note(f"{wanted} taken for {got}: {count} of {len(right[wanted])}")


def of_languages(truth: Mapping[str, Row], said: Mapping[str, Told]) -> None:
    """Language and day over all papers, then for each language of the release what was right on how many papers."""
    papers = {path: row for path, row in truth.items() if not row["document_type"].startswith("dicom")}
    spoken = {path: row["language"][:2] for path, row in papers.items() if row["language"]}
    dated = {path: row["document_date"] for path, row in papers.items() if row["document_date"]}
    if spoken:
        figure("papers language", _share([said[path].language == spoken[path] for path in spoken]), 0.98)
    if dated:
        figure("papers date", _share([said[path].date == dated[path] for path in dated]), 0.95)
    for language in RELEASED:
        own = [path for path in spoken if spoken[path] == language]
        seen = sum(said[path].language == language for path in own)
        kind = sum(said[path].kind == papers[path]["document_type"] for path in own)
        enough = "" if len(own) >= LEAST_PAPERS else "   too few to call it supported"
        note(f"language {language}: measured on {len(own)} papers, language right {seen}, kind right {kind}{enough}")


def _share(right: list[bool]) -> float:
    return sum(right) / len(right)
