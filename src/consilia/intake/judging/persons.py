"""Persons: whose each record is, judged over everything that was sent, so that one file can vouch for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from consilia.clinical import papers
from consilia.clinical.library import Library
from consilia.formats.values import Claim, ClaimKind
from consilia.intake.identity import Claimed, Identity, Judgement, Whose, judge
from consilia.intake.judging.names import Forms, one_word, plain
from consilia.intake.judging.record import Record, Request

KINDS: Mapping[ClaimKind, str] = {
    ClaimKind.NAME: "name",
    ClaimKind.BIRTH_DATE: "birth_date",
    ClaimKind.PATIENT_ID: "patient_id",
    ClaimKind.SEX: "sex",
}
SHORTEST_NAME = 4  # letters of a name that was read from a picture
TELLING_NUMBER = 6  # characters from which an identifier is nobody else's by chance
LARGEST_TEXT = 4_000  # words of a text that are looked through for a name


def whose(request: Request, library: Library) -> Whose:
    """The patient as the comparison needs her, with the short forms of names of the library."""
    return Whose(
        request.given_name,
        request.family_name,
        request.birth_date,
        request.former_name,
        request.identifiers,
        {"f": "f", "m": "m"}.get(request.sex[:1].lower(), ""),
        forms(library),
    )


def forms(library: Library) -> Forms:
    """The short and other forms of given names that the library knows."""
    entries = [loaded.entry for loaded in library.all_of("name_forms")]
    return Forms(row for entry in entries if isinstance(entry, papers.NameForms) for row in entry.forms)


def claims_of(record: Record, who: Whose) -> list[Claimed]:
    """What a record says of its owner; without a labelled name, the patient's name where it stands in the text."""
    scanned = any(page.scanned for page in record.reading.pages)
    claims = [
        Claimed(KINDS[claim.kind], claim.value, claim.alternatives, scanned)
        for claim in record.reading.claims
        if claim.kind in KINDS and not _is_scrap(claim, record)
    ]
    if not any(claim.kind == "name" for claim in claims) and (said := mentioned(record, who)):
        claims.append(Claimed("mention", said))
    return claims


def _is_scrap(claim: Claim, record: Record) -> bool:
    """A few letters that were read from a picture where a name should stand are no name."""
    scanned = any(page.scanned for page in record.reading.pages)
    return claim.kind is ClaimKind.NAME and scanned and sum(letter.isalpha() for letter in claim.value) < SHORTEST_NAME


def mentioned(record: Record, who: Whose) -> str:
    """The patient's name as the text has it (given and family name side by side), a family name after a greeting,
    or all of several given names; "" when it is not there.
    """
    words = plain(" ".join(record.lines)).split()[:LARGEST_TEXT]
    family, given = plain(who.family_name).split(), plain(who.given_name).split()
    if not family or not given:
        return ""
    for place, word in enumerate(words):
        if word != family[0]:
            continue
        near = words[max(0, place - 4) : place + len(family) + 3]
        if any(one_word(one, part) == "same" or who.forms.alike(one, part) for one in near for part in given):
            return f"{who.given_name} {who.family_name}"
        if place and words[place - 1] in GREETED:
            return f"{who.given_name} {who.family_name}"
    together = " ".join(words)
    if len(given) > 1 and " ".join(given) in together:
        return f"{who.given_name} {who.family_name}"
    return ""


GREETED = frozenset(
    """
    mr mrs ms herr herrn frau signora signor sig sra sr senora senor madame monsieur mme
    """.split()  # noqa: SIM905 - a list of words is read as words
)


def judge_all(records: Sequence[Record], who: Whose) -> dict[str, Judgement]:
    """Path -> judgement. Numbers seen on certain records vouch for others; a date typed wrongly is asked, not held."""
    first = {record.path: judge(claims_of(record, who), who) for record in records}
    known = _numbers(records, first)
    second = {record.path: _vouched(record, first[record.path], known) for record in records}
    return _typed_wrongly(records, second, who)


def _numbers(records: Iterable[Record], judged: Mapping[str, Judgement]) -> frozenset[str]:
    return frozenset(
        _plain(claim.value)
        for record in records
        if judged[record.path].identity is Identity.MATCH
        for claim in record.reading.claims
        if claim.kind is ClaimKind.PATIENT_ID and len(_plain(claim.value)) >= TELLING_NUMBER
    )


def _plain(value: str) -> str:
    return "".join(letter for letter in value.upper() if letter.isalnum())


def _vouched(record: Record, found: Judgement, known: frozenset[str]) -> Judgement:
    """A number that stands on certain records lifts a paper without a birth date; it never lifts another birth date."""
    numbers = {_plain(claim.value) for claim in record.reading.claims if claim.kind is ClaimKind.PATIENT_ID}
    if found.identity in {Identity.NO_IDENTITY, Identity.SUSPECT} and numbers & known:
        results = {line.result for line in found.lines if line.kind in {"name", "birth_date", "sex"}}
        if "different" not in results:
            return replace(found, identity=Identity.PROBABLE)
    return found


def _typed_wrongly(records: Sequence[Record], judged: dict[str, Judgement], who: Whose) -> dict[str, Judgement]:
    """Her exact name and one other birth date on nearly everything: perhaps the form is wrong, so a person looks."""
    if any(found.identity is Identity.MATCH for found in judged.values()):
        return judged
    births: Counter[str] = Counter()
    for record in records:
        lines = judged[record.path].lines
        if any(line.kind == "name" and line.result == "same" for line in lines):
            births.update({line.in_file for line in lines if line.kind == "birth_date"})
    if not births or births.most_common(1)[0][1] < 3:
        return judged
    usual = births.most_common(1)[0][0]
    return {
        path: replace(found, identity=Identity.SUSPECT)
        if found.identity is Identity.MISMATCH
        and any(line.kind == "name" and line.result == "same" for line in found.lines)
        and {line.in_file for line in found.lines if line.kind == "birth_date"} == {usual}
        else found
        for path, found in judged.items()
    }
