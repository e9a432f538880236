"""The structured opinion: one shape for a draft, where all may be missing, and one for signing, where the rules hold.

The parts and their numbers are those of the design of an opinion (1 to 18); header, scope, records and credentials
(1 to 3, 16, 17) do not come from the expert's keyboard and stand in `consilia.opinions.seal`.
A strict part inherits from its draft part and only narrows it, so that the two can never differ in shape.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from consilia.opinions.key_images import View
from consilia.opinions.terms import (
    Aware,
    Cause,
    DiagnosisVerdict,
    FindingKind,
    Grade,
    Level,
    Line,
    SourceKind,
    TherapyVerdict,
    Urgency,
)

LONGEST = 20_000  # characters of one field; a page holds about 4,000
MOST = 200  # entries of one list

Text = Annotated[str, StringConstraints(max_length=LONGEST)]
Words = Annotated[str, StringConstraints(max_length=LONGEST, pattern=r"\S")]
Short = Annotated[str, StringConstraints(max_length=400)]
SourceId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{0,2}[0-9]{1,3}$")]
Icd10 = Annotated[str, StringConstraints(pattern=r"^([A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?)?$")]
GivenIcd10 = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$")]


class Part(BaseModel):
    """Unchangeable, and closed: an unknown field is a mistake, not an extension."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Cited(Part):
    """A statement with what it rests on: ids of sources, or general knowledge."""

    sources: tuple[SourceId, ...] = Field(default=(), max_length=MOST)
    general_knowledge: bool = False

    @property
    def is_founded(self) -> bool:
        return bool(self.sources) or self.general_knowledge


# 4 and 5: what the expert read


class TimelineEntry(Cited):
    when: Short = ""
    words: Text = ""


class DraftSummary(Cited):
    """`in_short` opens the opinion; `words` is the clinical summary; `title` says what the opinion is about."""

    title: Short = ""
    in_short: Text = ""
    words: Text = ""
    timeline: tuple[TimelineEntry, ...] = Field(default=(), max_length=MOST)


class Summary(DraftSummary):
    in_short: Words


class DraftFinding(Cited):
    kind: FindingKind | None = None
    words: Text = ""
    measurement: Short = ""


class Finding(DraftFinding):
    kind: FindingKind
    words: Words


# 6 and 7: verdicts


class DraftDiagnosis(Cited):
    """The expert's judgement of one StatedDiagnosis; `stated_id` is its id, `stated` its words as they were."""

    stated_id: Short = ""
    stated: Text = ""
    verdict: DiagnosisVerdict | None = None
    words: Text = ""
    icd10: Icd10 = ""
    stage: Short = ""
    certainty: Level | None = None
    differential: Text = ""
    would_change: Text = ""


class DiagnosisOpinion(DraftDiagnosis):
    stated: Words
    verdict: DiagnosisVerdict
    words: Words
    certainty: Level


class DraftAdditionalDiagnosis(Cited):
    words: Text = ""
    icd10: Icd10 = ""
    stage: Short = ""
    certainty: Level | None = None
    would_change: Text = ""


class AdditionalDiagnosis(DraftAdditionalDiagnosis):
    words: Words
    icd10: GivenIcd10
    certainty: Level


class DraftTherapy(Cited):
    """The expert's judgement of one ProposedTherapy; `when` is urgency in the expert's words, a day for example."""

    proposed_id: Short = ""
    proposed: Text = ""
    verdict: TherapyVerdict | None = None
    urgency: Urgency | None = None
    when: Short = ""
    reason: Text = ""
    harm_of_waiting: Text = ""


class TherapyOpinion(DraftTherapy):
    proposed: Words
    verdict: TherapyVerdict
    urgency: Urgency
    reason: Words


# 8 to 10: what else


class Guideline(Part):
    body: Short = ""
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    grade: Short = ""


class Burden(Part):
    """What an option costs the person: `irreversible` None = not said; `hospital_days` as words ("3 to 5")."""

    words: Text = ""
    radiation: Short = ""
    hospital_days: Short = ""
    irreversible: bool | None = None
    follow_up: Short = ""


class DraftAlternative(Cited):
    option: Text = ""
    line: Line | None = None
    guideline: Guideline = Guideline()
    evidence: Text = ""
    burden: Burden = Burden()
    eligible: Text = ""
    available: Text = ""


class Alternative(DraftAlternative):
    option: Words
    line: Line


class DraftFurtherExamination(Cited):
    """Every one needs a referral by a local doctor: a fact of remote opinions, therefore no choice."""

    name: Short = ""
    purpose: Text = ""
    would_change: Text = ""
    urgency: Urgency | None = None
    when: Short = ""
    radiation: Short = ""
    needs_local_referral: Literal[True] = True


class FurtherExamination(DraftFurtherExamination):
    name: Annotated[str, StringConstraints(max_length=400, pattern=r"\S")]
    purpose: Words
    would_change: Words
    urgency: Urgency


class DraftMedicationAdvice(Cited):
    """Advice to the treating doctor by active substance (INN), never a prescription."""

    inn: Short = ""
    dose: Short = ""
    duration: Short = ""
    monitoring: Text = ""
    interactions: Text = ""
    contraindications: Text = ""
    aware: Aware | None = None
    narrower_alternative: Short = ""
    is_prescription: Literal[False] = False


class MedicationAdvice(DraftMedicationAdvice):
    inn: Annotated[str, StringConstraints(max_length=400, pattern=r"\S")]
    dose: Annotated[str, StringConstraints(max_length=400, pattern=r"\S")]


# 11 and 12: answers, agreement


class DraftAnswer(Cited):
    number: Annotated[int, Field(ge=1, le=99)]
    question: Text = ""
    short: Text = ""
    explanation: Text = ""
    confidence: Level | None = None
    would_change: Text = ""


class Answer(DraftAnswer):
    question: Words
    short: Words
    explanation: Words
    confidence: Level


class DraftAxis(Part):
    grade: Grade | None = None
    causes: tuple[Cause, ...] = Field(default=(), max_length=4)
    words: Text = ""


class Axis(DraftAxis):
    grade: Grade


class DraftAgreement(Part):
    diagnosis: DraftAxis = DraftAxis()
    treatment: DraftAxis = DraftAxis()
    prognosis: DraftAxis = DraftAxis()


class Agreement(DraftAgreement):
    diagnosis: Axis
    treatment: Axis
    prognosis: Axis


# 13 to 15 and 18


class DraftNote(Cited):
    """One alarm sign, or one thing not to stop without the treating doctor."""

    words: Text = ""


class Note(DraftNote):
    words: Words


class Region(Part):
    """A frame on a page or image in fractions of its width and height, origin at the upper left."""

    x: Annotated[float, Field(ge=0, le=1)]
    y: Annotated[float, Field(ge=0, le=1)]
    width: Annotated[float, Field(gt=0, le=1)]
    height: Annotated[float, Field(gt=0, le=1)]


class Source(Part):
    """What a statement rests on. `id` is the number printed; `label` its words ("Pathology 18 Sep 2025, p. 1").

    record_id: key of the document or study; page from 1; image: SOP instance UID; frame from 1; view: how
    that frame was seen; quote: the words of
    the record that are cited; reference: DOI, PMID or guideline of literature.
    """

    id: SourceId
    kind: SourceKind
    label: Annotated[str, StringConstraints(max_length=1000, pattern=r"\S")]
    record_id: Short = ""
    page: Annotated[int, Field(ge=1)] | None = None
    image: Short = ""
    frame: Annotated[int, Field(ge=1)] | None = None
    region: Region | None = None
    view: View | None = None
    quote: Text = ""
    reference: Short = ""


class DraftJustification(Part):
    """Why a statement differs from the record it cites, in words that the opinion prints; `place` is its anchor."""

    place: Short = ""
    source: SourceId
    words: Text = ""


class Justification(DraftJustification):
    place: Annotated[str, StringConstraints(max_length=400, pattern=r"\S")]
    words: Words


class DraftDeclaration(Part):
    """The sentences come from the content library; `interests` is what the expert adds."""

    made: bool = False
    sentences: tuple[Text, ...] = Field(default=(), max_length=20)
    interests: Text = ""


class Declaration(DraftDeclaration):
    made: Literal[True]
    sentences: tuple[Words, ...] = Field(min_length=1, max_length=20)


class DraftPlainWords(Part):
    """The plain-language page, at most one page."""

    what_we_think: Text = ""
    how_sure: Text = ""
    what_next: Text = ""
    what_to_ask: tuple[Text, ...] = Field(default=(), max_length=12)


class PlainWords(DraftPlainWords):
    what_we_think: Words
    how_sure: Words
    what_next: Words
    what_to_ask: tuple[Words, ...] = Field(min_length=1, max_length=12)


class DraftContent(Part):
    """What is saved while the expert writes: plain JSON by `model_dump(mode="json")`; everything may be missing."""

    summary: DraftSummary = DraftSummary()
    findings: tuple[DraftFinding, ...] = Field(default=(), max_length=MOST)
    diagnoses: tuple[DraftDiagnosis, ...] = Field(default=(), max_length=MOST)
    additional_diagnoses: tuple[DraftAdditionalDiagnosis, ...] = Field(default=(), max_length=MOST)
    therapies: tuple[DraftTherapy, ...] = Field(default=(), max_length=MOST)
    alternatives: tuple[DraftAlternative, ...] = Field(default=(), max_length=MOST)
    examinations: tuple[DraftFurtherExamination, ...] = Field(default=(), max_length=MOST)
    medicines: tuple[DraftMedicationAdvice, ...] = Field(default=(), max_length=MOST)
    answers: tuple[DraftAnswer, ...] = Field(default=(), max_length=MOST)
    agreement: DraftAgreement = DraftAgreement()
    alarm_signs: tuple[DraftNote, ...] = Field(default=(), max_length=MOST)
    do_not_stop: tuple[DraftNote, ...] = Field(default=(), max_length=MOST)
    sources: tuple[Source, ...] = Field(default=(), max_length=MOST)
    justifications: tuple[DraftJustification, ...] = Field(default=(), max_length=MOST)
    declaration: DraftDeclaration = DraftDeclaration()
    plain: DraftPlainWords = DraftPlainWords()

    def source(self, source_id: str) -> Source | None:
        return next((source for source in self.sources if source.id == source_id), None)


class OpinionContent(DraftContent):
    """What can be signed, by shape; the rules across parts stand in `consilia.opinions.checks`."""

    summary: Summary
    findings: tuple[Finding, ...] = Field(default=(), max_length=MOST)
    diagnoses: tuple[DiagnosisOpinion, ...] = Field(default=(), max_length=MOST)
    additional_diagnoses: tuple[AdditionalDiagnosis, ...] = Field(default=(), max_length=MOST)
    therapies: tuple[TherapyOpinion, ...] = Field(default=(), max_length=MOST)
    alternatives: tuple[Alternative, ...] = Field(default=(), max_length=MOST)
    examinations: tuple[FurtherExamination, ...] = Field(default=(), max_length=MOST)
    medicines: tuple[MedicationAdvice, ...] = Field(default=(), max_length=MOST)
    answers: tuple[Answer, ...] = Field(min_length=1, max_length=MOST)
    agreement: Agreement
    alarm_signs: tuple[Note, ...] = Field(default=(), max_length=MOST)
    do_not_stop: tuple[Note, ...] = Field(default=(), max_length=MOST)
    sources: tuple[Source, ...] = Field(min_length=1, max_length=MOST)
    justifications: tuple[Justification, ...] = Field(default=(), max_length=MOST)
    declaration: Declaration
    plain: PlainWords
