"""Builds the document that is sealed: header, scope, records reviewed, credentials, law, around the expert's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal, cast

from django.conf import settings
from django.utils import translation

from consilia.cases import content as contents
from consilia.cases import law
from consilia.cases.models import Case, Purpose
from consilia.cases.queries import readiness
from consilia.clinical.answers import LawClause
from consilia.clinical.library import Library
from consilia.experts.models import Expert
from consilia.kernel.country import country_name
from consilia.kernel.refusal import NotFound
from consilia.opinions import facts, naming, seal
from consilia.opinions.content import OpinionContent
from consilia.opinions.models import Opening, Opinion, Seal
from consilia.records.models import Document, Instance, Standing, Study
from consilia.suitability.readying import reason_words

TEMPLATE_VERSION: Final = "1"


def opinion(
    case: Case, row: Opinion, content: OpinionContent, *, method: str, at: datetime, valid_for: timedelta
) -> seal.SealedDocument:
    """The whole document of an opinion at the moment of signing."""
    expert = _expert(row)
    library = contents.library()
    return seal.SealedDocument(
        template_version=TEMPLATE_VERSION,
        header=_header(case, row, library, at, (at + valid_for).date().isoformat(), 0),
        scope=_scope(case, expert, library),
        records=_records(case, row),
        missing=_missing(case, at),
        content=content,
        credentials=_credentials(expert, at),
        law=_law(case, expert),
        method=method,
    )


def addendum(
    case: Case,
    row: Opinion,
    first: seal.SealedDocument,
    chain: Sequence[Seal],
    *,
    kind: str,
    reason: str,
    words: str,
    method: str,
    at: datetime,
) -> seal.SealedAddendum:
    """Later words to an opinion; `chain` is all that was signed so far, in order."""
    expert = _expert(row)
    library = contents.library()
    return seal.SealedAddendum(
        kind=cast('Literal["addendum", "withdrawal"]', kind),
        template_version=TEMPLATE_VERSION,
        header=_header(case, row, library, at, first.header.valid_until, len(chain)),
        sequence=len(chain),
        opinion=chain[0].sha256,
        previous=chain[-1].sha256,
        reason=reason,
        words=words,
        scope=_scope(case, expert, library),
        credentials=_credentials(expert, at),
        law=_law(case, expert),
        method=method,
    )


def _expert(row: Opinion) -> Expert:
    if row.assignment.expert is None:
        raise NotFound
    return row.assignment.expert


def _home(case: Case) -> str:
    return case.location_country or case.patient.residence_country


def _header(case: Case, row: Opinion, library: Library, at: datetime, valid_until: str, sequence: int) -> seal.Header:
    patient = case.patient
    number = f"O-{case.reference[2:]}-{row.assignment.seat}" + (f".{sequence}" if sequence else "")
    return seal.Header(
        number=number,
        version=1,
        case=case.reference,
        language=case.report_language or "en",
        records_until=at,
        signed_at=at,
        valid_until=valid_until,
        zone=settings.CONSILIA_TIME_ZONE,
        patient=seal.PatientBlock(
            name=patient.name,
            born=patient.birth_date.isoformat(),
            sex=patient.sex,
            identifier=case.reference,
            country=patient.residence_country or None,
        ),
        emergency_number=library.emergency_number(_home(case)).show_first,
    )


def _scope(case: Case, expert: Expert, library: Library) -> seal.Scope:
    """The sentences of the content library, with their placeholders filled; none of them is typed by anybody."""
    language = case.report_language or "en"
    limits, medicines, own = (library.sentences(name, language) for name in ("limits", "medicines", "opinion"))
    clauses = law.of_case(case, expert.country, language=language).clauses
    number = library.emergency_number(_home(case)).show_first or library.text("placeholders", "number", language)
    return seal.Scope(
        asked=own["asked"],
        remote=limits["only_what_you_send"],
        emergency=limits["not_your_doctor"],
        law=" ".join(_with_its_rule(clause, own["clause"]) for clause in clauses),
        medicines=medicines["advice_not_prescription"],
        referral=limits["new_examinations"],
        contact=own["if_it_gets_worse"].replace("{number}", number),
    )


def _law(case: Case, expert: Expert) -> tuple[seal.Clause, ...]:
    """The clauses that are printed, then the rules of the countries that were applied."""
    found = law.of_case(case, expert.country)
    applied = [(clause.id, clause) for clause in found.clauses] + [
        (f"jurisdictions/{one.id}", one) for one in found.rules
    ]
    return tuple(seal.Clause(id=name, version=one.version, sha256=one.sha256) for name, one in applied)


def _with_its_rule(clause: LawClause, sentence: str) -> str:
    return sentence.format(text=clause.text, rule=clause.id, version=clause.version)


def _records(case: Case, row: Opinion) -> tuple[seal.Reviewed, ...]:
    """Every record that the expert could read, numbered by date; whether it was really opened stands beside it."""
    opened = {str(one) for one in Opening.objects.filter(assignment=row.assignment).values_list("record_id", flat=True)}
    papers = Document.objects.filter(original__case_id=case.pk, original__standing=Standing.TAKEN).select_related(
        "original"
    )
    names = _names(case, papers)
    lines = [
        (
            paper.document_date,
            seal.Reviewed(
                number=1,
                record_id=str(paper.original_id),
                kind=paper.kind,
                title=name[:400],
                date=_day(paper.document_date),
                origin=paper.issuer[:400],
                opened=str(paper.original_id) in opened,
                language=paper.language or None,
            ),
        )
        for paper, name in zip(papers, names, strict=True)
    ]
    lines += [(study.study_date, _study(study, str(study.pk) in opened)) for study in _studies(case)]
    lines.sort(key=lambda line: (line[0] is None, line[0], line[1].title))
    return tuple(line.model_copy(update={"number": number}) for number, (_day, line) in enumerate(lines, 1))


def _names(case: Case, papers: Iterable[Document]) -> list[str]:
    """What the papers are called, in the language of the opinion."""
    with translation.override(case.report_language or "en"):
        return naming.told_apart([naming.Paper(one.kind, one.title, _day(one.document_date)) for one in papers])


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _studies(case: Case) -> list[Study]:
    shown = Instance.objects.filter(series__study__case_id=case.pk, original__standing=Standing.TAKEN)
    return list(Study.objects.filter(pk__in=shown.values("series__study_id")).prefetch_related("series"))


def _study(study: Study, opened: bool) -> seal.Reviewed:
    modalities = "/".join(sorted({series.modality for series in study.series.all()}))
    return seal.Reviewed(
        number=1,
        record_id=str(study.pk),
        kind="imaging_study",
        title=f"{modalities} {study.description}".strip()[:400],
        date=_day(study.study_date),
        origin=study.institution[:400],
        opened=opened,
    )


def _missing(case: Case, at: datetime) -> tuple[seal.Missing, ...]:
    """Essential records that were not there, and the editor's word on what cannot be answered without them."""
    lines = readiness.for_case(case, at.date()).essential_open
    library = contents.library()
    return tuple(
        seal.Missing(
            what=line.item.label.get(case.report_language, line.item.label["en"]),
            follows=reason_words(line, library, case.report_language) or case.not_answerable or case.bypass_reason,
        )
        for line in lines
    )


def _credentials(expert: Expert, at: datetime) -> seal.Credentials:
    licence = facts.valid_licence(expert, at)
    if licence is None:
        raise NotFound
    speciality = contents.library().speciality(licence.speciality)
    return seal.Credentials(
        name=expert.name,
        speciality=speciality.en,
        country=expert.country,
        authority=licence.authority,
        licence_number=licence.number,
        checked_on=licence.checked_at.date().isoformat() if licence.checked_at else "",
        valid_until=licence.valid_until.isoformat(),
        yearly_volume=expert.yearly_volume,
        words=f"{expert.name}, {speciality.en}, {country_name(expert.country)}",
    )


def is_named(case: Case) -> bool:
    """True when the patient agreed that experts see her name."""
    return case.consents.live().filter(purpose=Purpose.NAMED).exists()
