"""A case with a signed opinion, reached through the actions: begun, saved, handed to the editor, passed, signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests import cast, make
from tests.cast import ExpertCharacter, PatientCharacter
from tests.make import NOON

from consilia.billing import actions as billing
from consilia.billing.models import Settlement
from consilia.cases import actions as cases
from consilia.cases.models import Case, Purpose
from consilia.opinions import actions as opinions
from consilia.opinions import sealing
from consilia.opinions.models import Opinion, Seal
from consilia.records.models import Original
from consilia.reports import issuing

SIGNED_AT = NOON + timedelta(days=1)


def content(case: Case, **words: str) -> dict[str, Any]:
    """What an expert writes about the case of make.case_in_review; `words` replace in_short and the rest."""
    record = str(Original.objects.filter(case_id=case.pk).values_list("pk", flat=True)[0])
    cited = {"sources": ["1"]}
    known = {"general_knowledge": True}
    return {
        "summary": {"title": "Breast, left", "in_short": words.get("in_short", "The plan is sound."), **cited},
        "findings": [{"kind": "pathology", "words": "The report is complete.", **cited}],
        "diagnoses": [
            {"stated_id": "1", "stated": case.stated_diagnosis, "verdict": "confirmed", "words": "It is so.",
             "certainty": "high", "icd10": "C50.4", **cited},
        ],
        "therapies": [
            {"proposed_id": "1", "proposed": case.proposed_therapy, "verdict": "not_advisable_now",
             "urgency": "weeks", "when": "after the scan", "reason": "A scan comes first.",
             "harm_of_waiting": "None for some weeks.", **known}
        ],
        "alternatives": [{"option": "Wait for the scan", "line": "first", **known}],
        "examinations": [
            {"name": "MRI", "purpose": "To see how far it goes", "would_change": "The operation", "urgency": "weeks",
             **known}
        ],
        "medicines": [{"inn": "paracetamol", "dose": "500 mg", "duration": "3 days", **known}],
        "answers": [
            {"number": 1, "question": "Is the diagnosis certain?", "short": words.get("short", "Yes, it is."),
             "explanation": "The report says so.", "confidence": "high", **cited},
            {"number": 2, "question": "Is the operation needed now?", "short": "Not yet.", "explanation": "Scan first.",
             "confidence": "moderate", "would_change": "A fast growth.", **known},
        ],
        "agreement": {
            "diagnosis": {"grade": "0"},
            "treatment": {"grade": "2", "causes": ["other_guideline"], "words": "The scan comes first."},
            "prognosis": {"grade": "na"},
        },
        "alarm_signs": [{"words": "A fever above 38 degrees", **known}],
        "do_not_stop": [{"words": "The tablets for the thyroid", **known}],
        "sources": [{"id": "1", "kind": "record_page", "record_id": record, "page": 1, "label": "Pathology"}],
        "declaration": {"made": True, "sentences": ["I have no ties to the hospital."]},
        "plain": {
            "what_we_think": words.get("plain", "The diagnosis is right; a scan should come before the operation."),
            "how_sure": "The expert is very sure.",
            "what_next": "Show this to your doctor.",
            "what_to_ask": ["Can the scan be done next week?"],
        },
    }  # fmt: skip


def signed(
    who: PatientCharacter = cast.ANA,
    *,
    asked: tuple[ExpertCharacter, ...] = (cast.WEBER,),
    at: datetime = SIGNED_AT,
    **words: str,
) -> Case:
    """The case with every opinion signed and no report made yet."""
    case = make.case_in_review(who, asked=asked)
    write_and_sign(case, asked, at=at, **words)
    return Case.objects.get(pk=case.pk)


def write_and_sign(case: Case, asked: tuple[ExpertCharacter, ...], *, at: datetime, **words: str) -> None:
    """Every expert writes, the editor passes, every expert signs."""
    for expert in asked:
        writer = make.reader(expert, case, at=at)
        opinion = opinions.begin(writer, at=at)
        saved = opinions.save(writer, content(case, **words), version=opinion.version, at=at)
        opinions.submit(writer, version=saved.version, at=at)
    points = dict.fromkeys(opinions.CHECK_POINTS, True)
    for opinion in Opinion.objects.filter(case=case):
        opinions.pass_on(make.reader(cast.PRIYA, case, at=at), opinion.pk, points=points, at=at)
    for expert in asked:
        sealing.sign(make.reader(expert, case, at=at), method="totp", at=at)


def continue_to_signature(case: Case, who: PatientCharacter, *, at: datetime, **words: str) -> None:
    """A case that collects records goes on to the signed opinion of Dr Weber."""
    her, desk = make.reader(who, case, at=at), make.reader(cast.EVA, case, at=at)
    cases.choose_countries(her, ("DE",), at=at)
    text = make.text_read(Purpose.RECIPIENT_COUNTRY)
    cases.give_consent(her, Purpose.RECIPIENT_COUNTRY, text, country="DE", at=at)
    cases.hand_in(her, {"outcome": "hold_incomplete"}, at=at)
    cases.pass_gate(
        make.reader(cast.PRIYA, case, at=at),
        summary=words.get("in_short", "s"),
        key_texts={1: words.get("short", "k")},
        not_answerable=words.get("in_short", "n"),
        essential_missing=("Mammography",),
        bypass_reason=words.get("in_short", "b"),
        at=at,
    )
    billing.offer(desk, Settlement.FREE, at=at)
    billing.accept(her, at=at)
    seat = cases.plan_seat(
        desk, country="DE", speciality=cast.WEBER.specialities[0], via_doctor=False, reasons=[], at=at
    )
    cases.invite(desk, make.expert(cast.WEBER, at=at), seat=seat.seat, reasons=[], at=at)
    make.accept(make.reader(cast.WEBER, case, at=at), at=at)
    write_and_sign(Case.objects.get(pk=case.pk), (cast.WEBER,), at=at, **words)


def seals(case: Case) -> list[Seal]:
    return list(Seal.objects.filter(opinion__case=case).order_by("signed_at", "sequence"))


def delivered(who: PatientCharacter = cast.ANA, *, at: datetime = SIGNED_AT, **more: Any) -> Case:
    """The case with its reports made, in the hands of the patient."""
    case = signed(who, at=at, **more)
    for seal in seals(case):
        issuing.issue(seal.pk, at=at)
    return Case.objects.get(pk=case.pk)
