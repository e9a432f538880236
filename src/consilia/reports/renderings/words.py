"""The words of the house around an expert's words, on paper and on the plain page; all marked for translation.

No clinical and no legal sentence: those come from the content library and lie in the sealed document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

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

Say = Callable[[str], str]


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for translation; `say` translates it."""
    return sentence


def as_written(sentence: str) -> str:
    return sentence


LABELS: Final = {
    "title": gettext_noop("Second opinion"),
    "version": gettext_noop("Second opinion {number}, version {version}"),
    "addendum_number": gettext_noop("Addendum {number} to a second opinion"),
    "page": gettext_noop("page {page} of {pages}"),
    "for": gettext_noop("For"),
    "by": gettext_noop("By"),
    "signed": gettext_noop("Signed"),
    "asked_through": gettext_noop("Asked through"),
    "case": gettext_noop("Consilia, case {case}"),
    "seen_until": gettext_noop("Records seen until"),
    "valid_until": gettext_noop("Valid until"),
    "or_new_results": gettext_noop("{day}, or new results"),
    "in_short": gettext_noop("In short"),
    "verdicts": gettext_noop("Verdicts"),
    "additional": gettext_noop("Additional diagnosis"),
    "certainty": gettext_noop("certainty {level}"),
    "stage": gettext_noop("stage {stage}"),
    "differential": gettext_noop("To be considered as well:"),
    "would_change": gettext_noop("What would change this:"),
    "waiting": gettext_noop("Harm of waiting:"),
    "agreement": gettext_noop("Agreement with the first opinion"),
    "axis": gettext_noop("Axis"),
    "grade": gettext_noop("Grade"),
    "cause": gettext_noop("Cause"),
    "diagnosis": gettext_noop("Diagnosis"),
    "treatment": gettext_noop("Treatment"),
    "prognosis": gettext_noop("Prognosis"),
    "scope": gettext_noop("Scope and limits"),
    "missing": gettext_noop("Missing: {what}."),
    "answers": gettext_noop("Answers to the questions"),
    "confidence": gettext_noop("Confidence {level}"),
    "summary": gettext_noop("Clinical summary"),
    "findings": gettext_noop("Own findings"),
    "alternatives": gettext_noop("Alternatives as practised in {country}"),
    "option": gettext_noop("Option"),
    "line": gettext_noop("Line"),
    "guideline": gettext_noop("Guideline"),
    "burden": gettext_noop("Burden"),
    "evidence": gettext_noop("Evidence:"),
    "eligible": gettext_noop("For whom:"),
    "available": gettext_noop("Where:"),
    "hospital_days": gettext_noop("{days} days in hospital"),
    "irreversible": gettext_noop("cannot be undone"),
    "reversible": gettext_noop("can be undone"),
    "examinations": gettext_noop("Further examinations"),
    "examination": gettext_noop("Examination"),
    "purpose": gettext_noop("Purpose"),
    "result_changes": gettext_noop("What its result would change"),
    "when": gettext_noop("When"),
    "radiation": gettext_noop("Radiation"),
    "medicines": gettext_noop("Medicines"),
    "substance": gettext_noop("Substance"),
    "dose": gettext_noop("Dose"),
    "duration": gettext_noop("Duration"),
    "to_watch": gettext_noop("To watch"),
    "monitoring": gettext_noop("Monitoring:"),
    "interactions": gettext_noop("Interactions:"),
    "contraindications": gettext_noop("Not with:"),
    "narrower": gettext_noop("Narrower antibiotic:"),
    "alarm": gettext_noop("Seek care at once"),
    "do_not_stop": gettext_noop("Do not stop without your treating doctor"),
    "justifications": gettext_noop("Where this opinion differs from a record"),
    "sources": gettext_noop("Sources"),
    "records": gettext_noop("Records reviewed"),
    "record": gettext_noop("Record"),
    "date": gettext_noop("Date"),
    "images_opened": gettext_noop("Images opened"),
    "language": gettext_noop("Language"),
    "limits": gettext_noop("Limits"),
    "yes": gettext_noop("yes"),
    "no": gettext_noop("no"),
    "not_applicable": gettext_noop("not applicable"),
    "none": gettext_noop("none"),
    "declaration": gettext_noop("Declaration of interests"),
    "credentials": gettext_noop("Credentials on the day of signing"),
    "licence": gettext_noop("Licence {authority}, no. {number}"),
    "checked": gettext_noop("checked in the register on {day}"),
    "licence_until": gettext_noop("valid until {day}"),
    "seal": gettext_noop("Signed and sealed"),
    "seal_line": gettext_noop("{name}, {when}."),
    "no_addendum": gettext_noop("No addendum until the making of this copy."),
    "fingerprint": gettext_noop("SHA-256 {sha256}"),
    "law": gettext_noop("Clauses: {clauses}. Template {template}. Language of authority: {language}."),
    "foot": gettext_noop("{name}, signed {when}. Check it: {address}, code"),
    "emergency": gettext_noop("Not for emergencies: {number}"),
    "qr": gettext_noop("Square code that opens the verification page"),
    "stamp": gettext_noop("Stamp: two circles and a tick"),
    "general_knowledge": gettext_noop("general knowledge"),
    "undisplayable": gettext_noop("Signs that no font holds stand as their Unicode number."),
    "addendum": gettext_noop("Addendum"),
    "withdrawal": gettext_noop("Withdrawal"),
    "reason": gettext_noop("Why"),
    "words": gettext_noop("What is added"),
    "document": gettext_noop("Document"),
    "belongs_to": gettext_noop("Belongs to"),
    "opinion_hash": gettext_noop("The opinion"),
    "previous_hash": gettext_noop("The document before"),
    "sheet": gettext_noop("To take to your doctor"),
    "sheet_line": gettext_noop("from the second opinion {number} of {name}"),
    "draft_referral": gettext_noop("Draft of a referral"),
    "questions": gettext_noop("Questions to ask"),
    "attached_opinion": gettext_noop("The sealed opinion as canonical JSON (RFC 8785)"),
    "attached_seal": gettext_noop("Hash, signature and public key of the sealed opinion"),
    "attached_fhir": gettext_noop("The opinion as a FHIR R4 document"),
    "signature_field": gettext_noop("Electronic signature of {name}"),
}

TERMS: Final = {
    DiagnosisVerdict: {
        DiagnosisVerdict.CONFIRMED: gettext_noop("Confirmed"),
        DiagnosisVerdict.REFINED: gettext_noop("Refined"),
        DiagnosisVerdict.DISPROVED: gettext_noop("Disproved"),
        DiagnosisVerdict.CANNOT_BE_JUDGED: gettext_noop("Cannot be judged from these records"),
    },
    TherapyVerdict: {
        TherapyVerdict.ADVISABLE: gettext_noop("Advisable"),
        TherapyVerdict.ADVISABLE_WITH_CHANGES: gettext_noop("Advisable with changes"),
        TherapyVerdict.NOT_ADVISABLE_NOW: gettext_noop("Not advisable now"),
        TherapyVerdict.NOT_ADVISABLE: gettext_noop("Not advisable"),
        TherapyVerdict.CANNOT_BE_JUDGED: gettext_noop("Cannot be judged"),
    },
    Level: {
        Level.HIGH: gettext_noop("high"),
        Level.MODERATE: gettext_noop("moderate"),
        Level.LOW: gettext_noop("low"),
    },
    Urgency: {
        Urgency.DAYS: gettext_noop("within days"),
        Urgency.WEEKS: gettext_noop("within weeks"),
        Urgency.MONTHS: gettext_noop("within months"),
        Urgency.NONE: gettext_noop("not urgent"),
    },
    Line: {
        Line.FIRST: gettext_noop("first line"),
        Line.ALTERNATIVE: gettext_noop("alternative"),
        Line.NOT_USED: gettext_noop("not used"),
    },
    Grade: {
        Grade.SAME: gettext_noop("0, same"),
        Grade.REFINED: gettext_noop("1, refined or minor"),
        Grade.MAJOR: gettext_noop("2, changes management"),
        Grade.NOT_APPLICABLE: gettext_noop("not applicable"),
    },
    Cause: {
        Cause.NEW_DATA: gettext_noop("new data"),
        Cause.OTHER_READING: gettext_noop("other reading of the same data"),
        Cause.OTHER_GUIDELINE: gettext_noop("other guideline"),
        Cause.OTHER_VALUES: gettext_noop("other values"),
    },
    FindingKind: {
        FindingKind.IMAGES: gettext_noop("Images"),
        FindingKind.PATHOLOGY: gettext_noop("Pathology"),
        FindingKind.LABORATORY: gettext_noop("Laboratory"),
        FindingKind.OTHER: gettext_noop("Other"),
    },
    SourceKind: {
        SourceKind.RECORD_PAGE: gettext_noop("page of a record"),
        SourceKind.RECORD_IMAGE: gettext_noop("image"),
        SourceKind.LAB: gettext_noop("laboratory value"),
        SourceKind.LITERATURE: gettext_noop("literature"),
        SourceKind.GENERAL_KNOWLEDGE: gettext_noop("general knowledge"),
    },
    Aware: {
        Aware.ACCESS: gettext_noop("AWaRe group Access"),
        Aware.WATCH: gettext_noop("AWaRe group Watch"),
        Aware.RESERVE: gettext_noop("AWaRe group Reserve"),
    },
}

Term = DiagnosisVerdict | TherapyVerdict | Level | Urgency | Line | Grade | Cause | FindingKind | SourceKind | Aware


def term(value: Term | None, say: Say = as_written) -> str:
    """The word for a choice; empty for none."""
    return "" if value is None else say(TERMS[type(value)][value])  # type: ignore[index]


def labels(say: Say = as_written) -> dict[str, str]:
    return {name: say(words) for name, words in LABELS.items()}
