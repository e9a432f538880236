"""A sealed document as plain values for the paper templates: strings and lists, no markup, nothing to decide.

Texts become runs: [{"text": ...}, {"cite": "1"}], so that a citation stands where the expert put it ("... [1]"); the
sources that no word cites stand at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import qrcode  # type: ignore[import-untyped]
import qrcode.constants  # type: ignore[import-untyped]

from consilia.kernel import country, language
from consilia.opinions.content import (
    AdditionalDiagnosis,
    Alternative,
    Answer,
    Axis,
    Burden,
    Cited,
    DiagnosisOpinion,
    Finding,
    FurtherExamination,
    MedicationAdvice,
    OpinionContent,
    Source,
)
from consilia.opinions.seal import Credentials, Document, Header, Reviewed, Scope, Seal, SealedAddendum, SealedDocument
from consilia.opinions.terms import Level
from consilia.reports.renderings import bidi, dates
from consilia.reports.renderings.words import LABELS, Say, as_written, labels, term

_MARK = re.compile(r"\s?\[([A-Z]{0,2}[0-9]{1,3}(?:\s*,\s*[A-Z]{0,2}[0-9]{1,3})*)\]")
Run = dict[str, str]
Values = dict[str, Any]


def opinion(document: SealedDocument, seal: Seal, *, address: str, say: Say = as_written) -> Values:
    """What opinion.typ prints. `address` is the verification page without the code ("consilia.example/verify")."""
    made, tongue = document.content, document.header.language
    return {
        **frame(document, seal, address, say),
        "title": made.summary.title,
        "in_short": whole(made.summary, made.summary.in_short),
        "verdicts": [*_diagnoses(made, say), *_therapies(made, say)],
        "agreement": _agreement(made, say),
        "scope": _scope(document, say),
        "answers": answers(made.answers, say),
        "summary": _summary(made, say),
        "findings": [_finding(entry, say) for entry in made.findings],
        "country": country.country_name(document.credentials.country, tongue),
        "alternatives": [_alternative(entry, say) for entry in made.alternatives],
        "examinations": [_examination(entry, say) for entry in made.examinations],
        "referral": document.scope.referral,
        "medicines": [_medicine(entry, say) for entry in made.medicines],
        "alarm": [whole(note, note.words, say=say) for note in made.alarm_signs],
        "do_not_stop": [whole(note, note.words, say=say) for note in made.do_not_stop],
        "justifications": [[{"text": entry.words}, {"cite": entry.source}] for entry in made.justifications],
        "sources": sources(made.sources),
        "records": [_record(entry, tongue, say) for entry in document.records],
        "declaration": " ".join(filter(None, (*made.declaration.sentences, made.declaration.interests))),
    }


def addendum(document: SealedAddendum, seal: Seal, *, address: str, say: Say = as_written) -> Values:
    """What addendum.typ prints."""
    return {
        **frame(document, seal, address, say),
        "kind": document.kind,
        "reason": document.reason,
        "words": document.words,
        "answers": answers(document.answers, say),
        "sources": sources(document.sources),
        "scope": " ".join(sentences(document.scope)),
        "opinion": grouped(document.opinion),
        "previous": grouped(document.previous),
    }


def runs(words: str, known: Iterable[str]) -> list[Run]:
    """Words with the citations that stand in them; brackets around anything else stay words."""
    ids_known, found, end = set(known), [], 0
    for mark in _MARK.finditer(words):
        ids = re.split(r"\s*,\s*", mark.group(1))
        if set(ids) <= ids_known:
            found += [{"text": words[end : mark.start()]}, *({"cite": one} for one in ids)]
            end = mark.end()
    return [run for run in (*found, {"text": words[end:]}) if run.get("text") != ""]


def tail(cited: Cited, *texts: str, say: Say = as_written) -> list[Run]:
    """The sources of a statement that none of its texts names, and whether it is general knowledge."""
    named = {run["cite"] for text in texts for run in runs(text, cited.sources) if "cite" in run}
    rest: list[Run] = [{"cite": one} for one in cited.sources if one not in named]
    return [*rest, {"general": say(LABELS["general_knowledge"])}] if cited.general_knowledge else rest


def whole(cited: Cited, *texts: str, say: Say = as_written) -> list[Run]:
    """Texts of one statement after each other, then what they cite."""
    joined = " ".join(text for text in texts if text.strip())
    return [*runs(joined, cited.sources), *tail(cited, joined, say=say)]


def answers(given: Iterable[Answer], say: Say = as_written) -> list[Values]:
    """One entry for each question: number, question, confidence, short answer, explanation, what would change it."""
    return [
        {
            "number": str(answer.number),
            "question": answer.question,
            "confidence": say(LABELS["confidence"]).format(level=term(answer.confidence, say)),
            "short": runs(answer.short, answer.sources),
            "explanation": [
                *runs(answer.explanation, answer.sources),
                *tail(answer, answer.short, answer.explanation, answer.would_change, say=say),
            ],
            "would_change": _said(answer, "would_change", answer.would_change, say),
        }
        for answer in given
    ]


def sources(given: Iterable[Source]) -> list[Values]:
    """Number and words of each source; literature with its reference."""
    return [{"id": one.id, "words": "; ".join(filter(None, (one.label, one.reference)))} for one in given]


def grouped(sha256: str) -> str:
    """A hash in groups of four, as it is read aloud."""
    return " ".join(sha256[start : start + 4] for start in range(0, len(sha256), 4))


def frame(document: Document, seal: Seal, address: str, say: Say = as_written) -> Values:
    """What stands on every sheet: labels, running head, foot, seal, square code."""
    head, expert = document.header, document.credentials
    rtl = language.direction(head.language) == "rtl"
    when, exactly, name = (
        bidi.isolate(words) if rtl else words
        for words in (
            dates.moment(head.signed_at, head.language, head.zone),
            dates.moment(head.signed_at, head.language, head.zone, seconds=True),
            expert.name,
        )
    )
    return {
        "labels": labels(say),
        "language": language.base(head.language),
        "rtl": rtl,
        "number": head.number,
        "day": [head.signed_at.year, head.signed_at.month, head.signed_at.day],
        "author": expert.name,
        "foot": say(LABELS["foot"]).format(name=name, when=when, address=address),
        "code": seal.check_code,
        "emergency": say(LABELS["emergency"]).format(number=head.emergency_number),
        "seal_line": say(LABELS["seal_line"]).format(name=name, when=exactly),
        "fingerprint": say(LABELS["fingerprint"]).format(sha256=grouped(seal.sha256)),
        "law": _law(document, say),
        "credentials": _credentials(expert, head.language, say),
        "square": square(f"https://{address}/{seal.check_code}"),
        "meta": _meta(head, expert, say),
    }


def square(address: str) -> list[str]:
    """A QR code (ISO/IEC 18004, level M) as rows of 0 and 1."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(address)
    code.make(fit=True)
    return ["".join("1" if dark else "0" for dark in row) for row in code.get_matrix()]


def sentences(scope: Scope) -> tuple[str, ...]:
    """Part 2 in the order in which it is printed."""
    given = (scope.asked, scope.remote, scope.emergency, scope.law, scope.medicines, scope.contact)
    return tuple(sentence for sentence in given if sentence.strip())


def _meta(head: Header, expert: Credentials, say: Say) -> list[list[str]]:
    tongue, patient, rtl = head.language, head.patient, language.direction(head.language) == "rtl"
    place = country.country_name(expert.country, tongue)
    valid = say(LABELS["or_new_results"]).format(day=dates.day(head.valid_until, tongue))
    return [
        [say(LABELS["for"]), bidi.listed((patient.name, dates.day(patient.born, tongue)), rtl=rtl)],
        [say(LABELS["by"]), bidi.listed((expert.name, expert.speciality, place), rtl=rtl)],
        [say(LABELS["signed"]), dates.moment(head.signed_at, tongue, head.zone)],
        [say(LABELS["asked_through"]), say(LABELS["case"]).format(case=head.case)],
        [say(LABELS["seen_until"]), dates.moment(head.records_until, tongue, head.zone)],
        [say(LABELS["valid_until"]), valid if head.valid_until else say(LABELS["not_applicable"])],
    ]


def _diagnoses(made: OpinionContent, say: Say) -> list[Values]:
    stated = [
        _verdict(one.stated, term(one.verdict, say), _certainty(one.certainty, say), _diagnosis(one, say))
        for one in made.diagnoses
    ]
    added = [
        _verdict(say(LABELS["additional"]), one.icd10, _certainty(one.certainty, say), _diagnosis(one, say))
        for one in made.additional_diagnoses
    ]
    return [*stated, *added]


def _diagnosis(one: DiagnosisOpinion | AdditionalDiagnosis, say: Say) -> list[Run]:
    coded = f"ICD-10 {one.icd10}" if one.icd10 else ""
    staged = say(LABELS["stage"]).format(stage=one.stage) if one.stage else ""
    facts = ", ".join(filter(None, (coded, staged)))
    differential = one.differential if isinstance(one, DiagnosisOpinion) else ""
    return whole(
        one,
        one.words,
        f"{facts}." if facts else "",
        _labelled("differential", differential, say),
        _labelled("would_change", one.would_change, say),
        say=say,
    )


def _therapies(made: OpinionContent, say: Say) -> list[Values]:
    return [
        _verdict(
            one.proposed,
            term(one.verdict, say),
            one.when or term(one.urgency, say),
            whole(one, one.reason, _labelled("waiting", one.harm_of_waiting, say), say=say),
        )
        for one in made.therapies
    ]


def _verdict(about: str, verdict: str, beneath: str, words: list[Run]) -> Values:
    return {"about": about, "verdict": verdict, "beneath": beneath, "words": words}


def _agreement(made: OpinionContent, say: Say) -> list[list[str]]:
    axes = (("diagnosis", made.agreement.diagnosis), ("treatment", made.agreement.treatment))
    return [
        [say(LABELS[name]), term(axis.grade, say), _cause(axis, say)]
        for name, axis in (*axes, ("prognosis", made.agreement.prognosis))
    ]


def _cause(axis: Axis, say: Say) -> str:
    causes = "; ".join(term(cause, say) for cause in axis.causes)
    return ": ".join(filter(None, (causes, axis.words)))


def _scope(document: SealedDocument, say: Say) -> str:
    lacking = "; ".join(": ".join(filter(None, (one.what, one.follows))) for one in document.missing)
    missing = say(LABELS["missing"]).format(what=lacking) if lacking else ""
    return " ".join(filter(None, (*sentences(document.scope), missing)))


def _summary(made: OpinionContent, say: Say) -> Values:
    words = made.summary.words
    timeline = [[entry.when, whole(entry, entry.words, say=say)] for entry in made.summary.timeline]
    return {"words": runs(words, [one.id for one in made.sources]), "timeline": timeline}


def _finding(one: Finding, say: Say) -> list[Any]:
    return [term(one.kind, say), whole(one, one.words, one.measurement, say=say)]


def _alternative(one: Alternative, say: Say) -> list[list[Run]]:
    guideline = one.guideline
    facts = (guideline.body, str(guideline.year or ""), guideline.grade)
    eligible = _labelled("eligible", one.eligible, say), _labelled("available", one.available, say)
    return [
        whole(one, one.option, say=say),
        [{"text": ". ".join(filter(None, (term(one.line, say), *eligible)))}],
        [{"text": ". ".join(filter(None, (", ".join(filter(None, facts)), _labelled("evidence", one.evidence, say))))}],
        [{"text": _burden(one.burden, say)}],
    ]


def _burden(burden: Burden, say: Say) -> str:
    undone = {True: say(LABELS["irreversible"]), False: say(LABELS["reversible"]), None: ""}[burden.irreversible]
    days = say(LABELS["hospital_days"]).format(days=burden.hospital_days) if burden.hospital_days else ""
    return "; ".join(filter(None, (burden.words, burden.radiation, days, undone, burden.follow_up)))


def _examination(one: FurtherExamination, say: Say) -> list[list[Run]]:
    return [
        [{"text": one.name}],
        whole(one, one.purpose, "–", one.would_change, say=say),
        [{"text": one.when or term(one.urgency, say)}],
        [{"text": one.radiation or say(LABELS["none"])}],
    ]


def _medicine(one: MedicationAdvice, say: Say) -> list[list[Run]]:
    watch = (
        _labelled("monitoring", one.monitoring, say),
        _labelled("interactions", one.interactions, say),
        _labelled("contraindications", one.contraindications, say),
        _labelled("narrower", one.narrower_alternative, say),
    )
    return [
        [{"text": ", ".join(filter(None, (one.inn, term(one.aware, say))))}],
        [{"text": "; ".join(filter(None, (one.dose, one.duration)))}],
        whole(one, ". ".join(filter(None, watch)), say=say),
    ]


def _record(one: Reviewed, tongue: str, say: Say) -> list[str]:
    opened = {True: "yes", False: "no", None: "not_applicable"}[one.opened]
    spoken = language.language_name(one.language, tongue) if one.language else ""
    return [
        str(one.number),
        ", ".join(filter(None, (one.title, one.origin))),
        dates.day(one.date, tongue),
        ", ".join(filter(None, (say(LABELS[opened]), one.opened_words))),
        ", ".join(filter(None, (spoken, one.translation))),
        one.limits or say(LABELS["none"]),
    ]


def _credentials(expert: Credentials, tongue: str, say: Say) -> str:
    licence = say(LABELS["licence"]).format(authority=expert.authority, number=expert.licence_number)
    checked = say(LABELS["checked"]).format(day=dates.day(expert.checked_on, tongue)) if expert.checked_on else ""
    until = say(LABELS["licence_until"]).format(day=dates.day(expert.valid_until, tongue)) if expert.valid_until else ""
    place = country.country_name(expert.country, tongue)
    return ". ".join(
        filter(
            None,
            (
                ", ".join(filter(None, (expert.name, expert.speciality, place))),
                ", ".join(filter(None, (licence, expert.register_name, checked, until))),
                "; ".join(filter(None, (expert.yearly_volume, expert.words))),
            ),
        )
    )


def _law(document: Document, say: Say) -> str:
    clauses = ", ".join(f"{clause.id} {clause.version}" for clause in document.law)
    spoken = language.language_name(document.header.language, document.header.language)
    return say(LABELS["law"]).format(clauses=clauses, template=document.template_version, language=spoken)


def _certainty(level: Level, say: Say) -> str:
    return say(LABELS["certainty"]).format(level=term(level, say))


def _labelled(label: str, words: str, say: Say) -> str:
    return f"{say(LABELS[label])} {words}" if words.strip() else ""


def _said(cited: Cited, label: str, words: str, say: Say) -> list[Run]:
    return runs(_labelled(label, words, say), cited.sources)
