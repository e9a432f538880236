"""Copies: which records are the same paper again: the same bytes, instance, words or values."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from consilia.clinical.phrases import folded
from consilia.formats import dates, sniff
from consilia.formats.verdicts import Reason
from consilia.intake.judging.record import Record

PICTURES: Final = frozenset({sniff.JPEG, sniff.PNG, sniff.TIFF, sniff.HEIC})
FEWEST_WORDS: Final = 12
# Share of the shorter paper's words that the other one has, too. A photo loses words, so a picture needs fewer.
SAME_WORDS, SAME_WORDS_OF_PICTURE = 0.9, 0.7
SAME_WORDS_OF_OTHER_KIND: Final = 0.8  # a picture that was taken for another kind of paper must be all the more alike
SAME_NUMBERS, SAME_NUMBERS_OF_PICTURE = 0.9, 0.5
SAME_VALUES: Final = 0.9
COPY_NAME: Final = re.compile(r"\(\d+\)|copy|kopie|copia|copie|копия|- ?\d$", re.I)


@dataclass(frozen=True, slots=True)
class Copy:
    """`path` is `of` again; how: byte, instance, content."""

    path: str
    of: str
    how: str
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What is compared of a paper: kind and day as they were judged."""

    record: Record
    kind: str
    day: str


def of_bytes(records: Sequence[Record]) -> list[Copy]:
    """The same file again; the one whose name does not look like a copy leads."""
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.size and record.sha256:
            groups[record.sha256].append(record)
    found = []
    for group in groups.values():
        leader, *others = sorted(group, key=_leads)
        found += [Copy(other.path, leader.path, "byte", 1.0, "the same bytes") for other in others]
    return found


def _leads(record: Record) -> tuple[bool, bool, int, str]:
    return (bool(record.parent), bool(COPY_NAME.search(record.name)), len(record.path), record.path)


def of_instances(records: Sequence[Record]) -> list[Copy]:
    """The same DICOM instance under another name or with other bytes around it (PS3.3 C.12.1)."""
    first: dict[str, Record] = {}
    found = []
    for record in sorted(records, key=_leads):
        instance = record.reading.instance
        if instance is None:
            continue
        leader = first.setdefault(instance.instance_uid, record)
        if leader is not record and leader.sha256 != record.sha256:
            found.append(Copy(record.path, leader.path, "instance", 1.0, "the same SOP instance"))
    return found


def of_content(papers: Sequence[Paper]) -> list[Copy]:
    """Scans, photos and exports of a paper that is there in a better form; the best copy leads."""
    ranked = sorted(papers, key=lambda paper: (_quality(paper.record), *_leads(paper.record)))
    found: list[Copy] = []
    led: set[str] = set()
    for place, paper in enumerate(ranked):
        best: Copy | None = None
        for leader in ranked[:place]:
            if leader.record.path in led:
                continue
            copy = _compared(leader, paper)
            if copy and (best is None or copy.confidence > best.confidence):
                best = copy
        if best:
            found.append(best)
            led.add(paper.record.path)
    return found


def closest(paper: Paper, known: Iterable[Paper]) -> Copy | None:
    """The paper among those that are there already that this one is again, when it is no better copy itself."""
    found = [
        copy
        for leader in known
        if _quality(leader.record) <= _quality(paper.record) and (copy := _compared(leader, paper))
    ]
    return max(found, key=lambda copy: copy.confidence, default=None)


def _quality(record: Record) -> int:
    """0 for a structured or born-digital paper with an owner, 1 for one without claims, 2 for a scan, 3 for a photo."""
    if record.reading.media_type in PICTURES:
        return 3 if record.reading.media_type in {sniff.JPEG, sniff.HEIC, sniff.PNG} else 2
    if record.reading.reason is Reason.SCAN or any(page.scanned for page in record.reading.pages):
        return 2
    return 0 if record.reading.claims else 1


def _compared(leader: Paper, paper: Paper) -> Copy | None:
    if "vitals" in leader.kind and "vitals" in paper.kind:
        return _same_values(leader.record, paper.record)
    if leader.day and paper.day and leader.day != paper.day:
        return None
    picture = _quality(paper.record) >= 2
    head = _claimed(leader.record) | _claimed(paper.record)
    words, others = _words(leader.record) - head, _words(paper.record) - head
    if min(len(words), len(others)) < FEWEST_WORDS or (not picture and leader.kind != paper.kind):
        return None
    share = len(words & others) / min(len(words), len(others))
    numbers = _share(_numbers(words), _numbers(others))
    if not leader.day or not paper.day:
        share -= 0.1
    of_picture = SAME_WORDS_OF_PICTURE if leader.kind == paper.kind else SAME_WORDS_OF_OTHER_KIND
    enough = of_picture if picture else SAME_WORDS
    enough_numbers = SAME_NUMBERS_OF_PICTURE if picture else SAME_NUMBERS
    larger = max(len(words), len(others)) > 2 * min(len(words), len(others))
    if share < enough or numbers < enough_numbers or larger:
        return None
    reason = f"{round(100 * share)} % of the words and {round(100 * numbers)} % of the numbers are the same"
    return Copy(paper.record.path, leader.record.path, "content", round(min(0.95, share), 2), reason)


def _claimed(record: Record) -> frozenset[str]:
    """Words of the lines that say whose a paper is and where it comes from.

    All papers of one person and one hospital share them: a slip of that day is no copy of the day's letter.
    """
    said = {folded(claim.value) for claim in record.reading.claims if len(claim.value) > 2}
    lines = [line for line in map(folded, record.lines) if any(claim in line for claim in said)]
    return frozenset(word for text in (*said, *lines) for word in re.findall(r"[^\W_]{3,}|\d+", text))


def _words(record: Record) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[^\W_]{3,}|\d+", folded(record.text)))


def _numbers(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if any(letter.isdigit() for letter in word))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 1.0


def _same_values(leader: Record, record: Record) -> Copy | None:
    one, other = _measured(leader), _measured(record)
    if min(len(one), len(other)) < 4:
        return None
    share = len(one & other) / min(len(one), len(other))
    if share < SAME_VALUES:
        return None
    reason = f"{round(100 * share)} % of the measurements are the same"
    return Copy(record.path, leader.path, "content", round(share, 2), reason)


def _measured(record: Record) -> frozenset[tuple[str, str]]:
    """(day, number) of every line; the day and the hour themselves are no measurements."""
    found = set()
    for line in record.lines:
        days = list(dates.find(line))
        if days:
            rest = re.sub(r"\d{1,2}:\d{2}(?::\d{2})?", " ", line[: days[0].start] + " " + line[days[0].end :])
            found |= {(days[0].value, number.replace(",", ".")) for number in re.findall(r"\d+(?:[.,]\d+)?", rest)}
    return frozenset(found)


def by_path(copies: Iterable[Copy]) -> Mapping[str, Copy]:
    """path -> the copy it is; bytes before instances before content."""
    found: dict[str, Copy] = {}
    for copy in copies:
        found.setdefault(copy.path, copy)
    return found
