"""One whole opinion about the people of the cast, and hypothesis strategies that vary it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from consilia.opinions import content, seal, terms

KEY = bytes(range(32))
SIGNED_AT = datetime(2025, 10, 14, 14, 20, 41, tzinfo=UTC)


def draft() -> dict[str, Any]:
    """A draft with nothing missing, as plain JSON."""
    return {
        "summary": {
            "title": "on a breast cancer of the left side and its planned treatment",
            "in_short": "Triple-negative breast cancer, left. Chemotherapy before surgery is right; two medicines "
            "would be added. The operation need not be decided now.",
            "words": "Woman of 56 years, lump felt in August 2025, mammography and core biopsy in September.",
            "timeline": [{"when": "2 Sep 2025", "words": "Mammography", "sources": ["2"]}],
        },
        "findings": [
            {"kind": "images", "words": "One focus, upper outer quadrant.", "measurement": "22 mm", "sources": ["2"]},
            {"kind": "pathology", "words": "Invasive carcinoma NST, grade 3.", "sources": ["1"]},
        ],
        "diagnoses": [
            {
                "stated_id": "d1",
                "stated": "Breast cancer, triple-negative? (left), cT2 cN1",
                "verdict": "refined",
                "words": "Invasive carcinoma NST of the left breast, grade 3 [1], 22 mm [2], triple negative [3].",
                "icd10": "C50.4",
                "stage": "IIB",
                "certainty": "high",
                "would_change": "A stage IV finding on CT or bone scan would change this.",
                "sources": ["1", "2", "3"],
            }
        ],
        "therapies": [
            {
                "proposed_id": "t1",
                "proposed": "Chemotherapy before surgery, AC and paclitaxel",
                "verdict": "advisable_with_changes",
                "urgency": "weeks",
                "when": "start by 27 Oct 2025",
                "reason": "As Dr Rossi plans [4]; add two medicines [L1].",
                "harm_of_waiting": "Waiting beyond four weeks harms.",
                "sources": ["4", "L1"],
            },
            {
                "proposed_id": "t2",
                "proposed": "Mastectomy and axillary dissection",
                "verdict": "not_advisable_now",
                "urgency": "months",
                "when": "decide after the response",
                "reason": "Decide with MRI and the gene result.",
                "harm_of_waiting": "Nothing is lost by deciding later.",
                "general_knowledge": True,
            },
        ],
        "alternatives": [
            {
                "option": "Breast conservation with radiotherapy",
                "line": "first",
                "guideline": {"body": "national", "year": 2025, "grade": "strong"},
                "burden": {"words": "1 operation; 3 to 5 weeks of radiotherapy", "radiation": "radiotherapy"},
                "eligible": "when the tumour responds",
                "sources": ["L1"],
            }
        ],
        "examinations": [
            {
                "name": "CT and bone scan",
                "purpose": "Stage",
                "would_change": "A metastasis changes the whole plan",
                "urgency": "days",
                "when": "before the start",
                "radiation": "12 to 20 mSv",
                "general_knowledge": True,
            }
        ],
        "medicines": [
            {
                "inn": "carboplatin",
                "dose": "by the treating oncologist",
                "duration": "12 weeks",
                "monitoring": "blood count every week",
                "interactions": "none with levothyroxine",
                "sources": ["L1"],
            }
        ],
        "answers": [
            {
                "number": 1,
                "question": "Is the diagnosis correct and complete?",
                "short": "Yes, now that FISH has answered the HER2 question [3].",
                "explanation": "To complete it: CT and bone scan, and a gene test.",
                "confidence": "high",
                "sources": ["3"],
            },
            {
                "number": 2,
                "question": "Is breast-conserving surgery possible instead of mastectomy?",
                "short": "Probably, if the tumour shrinks.",
                "explanation": "It is 22 mm, at one site [2].",
                "confidence": "moderate",
                "would_change": "Calcifications that stay wide.",
                "sources": ["2"],
            },
        ],
        "agreement": {
            "diagnosis": {"grade": "1", "causes": ["new_data"], "words": "FISH of 10 Oct 2025"},
            "treatment": {"grade": "2", "causes": ["other_guideline", "other_values"]},
            "prognosis": {"grade": "na", "words": "not stated by Dr Rossi"},
        },
        "alarm_signs": [{"words": "Fever above 38 °C during chemotherapy", "general_knowledge": True}],
        "do_not_stop": [{"words": "Levothyroxine in the morning", "sources": ["5"]}],
        "sources": [
            {"id": "1", "kind": "record_page", "record_id": "r1", "page": 1, "label": "Pathology 18 Sep 2025, p. 1"},
            {
                "id": "2",
                "kind": "record_image",
                "record_id": "r2",
                "image": "1.2.3.4",
                "frame": 1,
                "region": {"x": 0.25, "y": 0.5, "width": 0.125, "height": 0.1},
                "label": "Mammography 2 Sep 2025, left MLO",
            },
            {"id": "3", "kind": "record_page", "record_id": "r3", "page": 1, "label": "FISH 10 Oct 2025, p. 1"},
            {"id": "4", "kind": "record_page", "record_id": "r4", "page": 1, "label": "Tumour board 1 Oct 2025, p. 1"},
            {"id": "5", "kind": "lab", "record_id": "r5", "label": "Blood tests 22 Sep 2025, TSH 3.9 mU/L"},
            {"id": "L1", "kind": "literature", "label": "A randomised trial (2020)", "reference": "PMID 1"},
        ],
        "declaration": {"made": True, "sentences": ["I do not work with the first hospital."], "interests": ""},
        "plain": {
            "what_we_think": "The diagnosis is right. The plan is good, and two medicines would make it better.",
            "how_sure": "Dr Weber is fairly sure.",
            "what_next": "Talk to Dr Rossi about the two medicines before the first infusion.",
            "what_to_ask": ["Can the two medicines be added?", "Who books the CT?"],
        },
    }


def document(**changes: Any) -> seal.SealedDocument:
    """The whole document; `changes` replace parts of it (content=, header=, ...)."""
    values: dict[str, Any] = {
        "template_version": "1",
        "header": header(),
        "scope": scope(),
        "records": records(),
        "missing": [{"what": "CT and bone scan", "follows": "the stage stays open"}],
        "content": draft(),
        "credentials": credentials(),
        "law": [{"id": "default", "version": 1, "sha256": "0" * 64}],
        "method": "totp",
    }
    return seal.SealedDocument.model_validate(values | changes)


def header(**changes: Any) -> dict[str, Any]:
    return {
        "number": "O-2025-0417-1",
        "case": "C-2025-0417",
        "language": "en",
        "records_until": "2025-10-14T10:00:00Z",
        "signed_at": SIGNED_AT.isoformat(),
        "valid_until": "2026-01-14",
        "zone": "Europe/Berlin",
        "patient": {"name": "Elena Marchetti", "born": "1969-03-14", "sex": "female", "country": "IT"},
        "emergency_number": "112",
    } | changes


def scope() -> dict[str, str]:
    return {
        "asked": "Asked: diagnosis and treatment.",
        "remote": "Sentence of the library on remote opinions.",
        "emergency": "Sentence of the library on emergencies.",
        "law": "Sentence of the library on the law of Germany.",
        "medicines": "Sentence of the library on medicines.",
        "referral": "sentence of the library on referrals",
        "contact": "Sentence of the library on whom to call: 112.",
    }


def records() -> list[dict[str, Any]]:
    return [
        {"number": 1, "record_id": "r1", "kind": "pathology", "title": "Pathology, core biopsy", "date": "2025-09-18",
         "origin": "Ospedale Civile", "opened": None, "language": "it", "limits": "report only"},
        {"number": 2, "record_id": "r2", "kind": "images", "title": "Mammography", "date": "2025-09-02",
         "origin": "Ospedale Civile", "opened": True, "opened_words": "4 views", "language": "it"},
        {"number": 3, "record_id": "r6", "kind": "images", "title": "Breast MRI", "date": "2025-09", "opened": False},
    ]  # fmt: skip


def credentials() -> dict[str, str]:
    return {
        "name": "Dr A. Weber",
        "speciality": "oncology",
        "country": "DE",
        "authority": "Landesärztekammer",
        "licence_number": "41-20977",
        "register_name": "register of the chamber",
        "checked_on": "2025-10-14",
        "valid_until": "2027-12-31",
        "yearly_volume": "about 180 such cases a year",
    }


def addendum(of: str, previous: str, sequence: int = 1, **changes: Any) -> seal.SealedAddendum:
    answer = {
        "number": 1,
        "question": "May I travel in November?",
        "short": "Yes, between two infusions.",
        "explanation": "Talk to the treating doctor about the day.",
        "confidence": "moderate",
        "general_knowledge": True,
    }
    values: dict[str, Any] = {
        "kind": "addendum",
        "template_version": "1",
        "header": header(number=f"O-2025-0417-1-A{sequence}"),
        "sequence": sequence,
        "opinion": of,
        "previous": previous,
        "reason": "A follow-up question",
        "words": "The opinion stands as it is.",
        "answers": [answer],
        "scope": scope(),
        "credentials": credentials(),
        "law": [{"id": "default", "version": 1}],
    }
    return seal.SealedAddendum.model_validate(values | changes)


SCRIPTS = (
    "Latin text with umlauts äöü and signs ≥ ° µ",
    "Русский текст об опухоли",
    "نص عربي عن الورم",
    "עברית",
    "#let x = 1; $x^2$ *bold* _it_ [1] @cite <label> \\ // `raw`",
)
WORDS = st.one_of(
    st.sampled_from(SCRIPTS),
    st.text(min_size=1, max_size=300).filter(lambda text: text.strip() != ""),
).filter(lambda text: any(not letter.isspace() for letter in text))


@st.composite
def drafts(draw: st.DrawFn) -> content.OpinionContent:
    """Contents whose words are anything that JSON can hold."""
    values = draft()
    values["summary"]["in_short"] = draw(WORDS)
    values["diagnoses"][0] |= {"words": draw(WORDS), "verdict": draw(st.sampled_from(list(terms.DiagnosisVerdict)))}
    values["therapies"] = values["therapies"] * draw(st.integers(0, 3))
    values["answers"] = [
        values["answers"][0] | {"number": number, "question": draw(WORDS), "short": draw(WORDS)}
        for number in range(1, draw(st.integers(1, 10)) + 1)
    ]
    values["medicines"] = [values["medicines"][0] | {"dose": draw(WORDS)[:400]}]
    values["plain"]["what_to_ask"] = draw(st.lists(WORDS, min_size=1, max_size=5))
    return content.OpinionContent.model_validate(values)


documents = drafts().map(lambda made: document(content=made.model_dump(mode="json")))
