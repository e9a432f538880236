"""The words of the opinion form: titles of its parts, labels of its fields, the choices of its closed lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consilia.web.opinion.form import AXES, TIMELINE

Words = Promise | str
Choices = tuple[tuple[str, Words], ...]

TITLES: Final[Mapping[str, Words]] = {
    "diagnoses": _("Diagnosis"),
    "therapies": _("Treatment that was proposed"),
    "answers": _("Answers"),
    "summary": _("Summary"),
    "findings": _("My own findings"),
    "additional_diagnoses": _("Further diagnoses"),
    "alternatives": _("Alternatives as practised in my country"),
    "examinations": _("Further examinations"),
    "medicines": _("Medicines"),
    "agreement": _("Agreement with the first opinion"),
    "alarm_signs": _("Alarm signs"),
    "do_not_stop": _("Do not stop without the treating doctor"),
    "sources": _("Sources"),
    "plain": _("The plain page"),
    "declaration": _("Declaration of interests"),
}
ORDER: Final = tuple(TITLES)
ENTRY: Final[Mapping[str, Words]] = {
    TIMELINE: _("Event"),
    "diagnoses": _("Stated diagnosis"),
    "therapies": _("Proposed measure"),
    "answers": _("Question"),
    "findings": _("Finding"),
    "additional_diagnoses": _("Diagnosis"),
    "alternatives": _("Alternative"),
    "examinations": _("Examination"),
    "medicines": _("Medicine"),
    "alarm_signs": _("Alarm sign"),
    "do_not_stop": _("Not to be stopped"),
    "sources": _("Source"),
    "summary": _("Summary"),
    **dict(zip(AXES, (_("Diagnosis"), _("Treatment"), _("Prognosis")), strict=True)),
}
HINTS: Final[Mapping[str, Words]] = {
    "examinations": _("Each needs a referral by a doctor at home; the opinion says so by itself."),
    "medicines": _("Advice to the treating doctor by active substance, never a prescription."),
    "plain": _("At most one page, in short sentences: this is what the patient reads first."),
    "sources": _("Open a record and cite its page, or add literature here."),
    "declaration": _("You declare this again with every opinion."),
}

LABELS: Final[Mapping[str, Words]] = {
    "verdict": _("Verdict"),
    "words": _("In your words"),
    "icd10": _("ICD-10 code"),
    "stage": _("Stage"),
    "certainty": _("How sure?"),
    "confidence": _("How sure?"),
    "differential": _("What else it could be"),
    "would_change": _("What would change this"),
    "reason": _("Reason"),
    "urgency": _("How soon"),
    "when": _("When, in words"),
    "harm_of_waiting": _("What waiting would do"),
    "short": _("Short answer"),
    "explanation": _("Explanation"),
    "title": _("What the opinion is about"),
    "in_short": _("In short"),
    "kind": _("Kind"),
    "measurement": _("Measurement with unit"),
    "option": _("Option"),
    "line": _("How it is used in my country"),
    "guideline.body": _("Guideline: who wrote it"),
    "guideline.year": _("Guideline: year"),
    "guideline.grade": _("Guideline: grade"),
    "evidence": _("Evidence"),
    "burden.words": _("Burden for the patient"),
    "burden.radiation": _("Radiation"),
    "burden.hospital_days": _("Days in hospital"),
    "burden.irreversible": _("Cannot be undone?"),
    "burden.follow_up": _("Follow-up"),
    "eligible": _("Who is eligible"),
    "available": _("Where it is available"),
    "name": _("Examination"),
    "purpose": _("Purpose"),
    "radiation": _("Radiation"),
    "inn": _("Active substance (INN)"),
    "dose": _("Dose range"),
    "duration": _("Duration"),
    "monitoring": _("Monitoring"),
    "interactions": _("Interactions with the patient's list"),
    "contraindications": _("When it must not be given"),
    "aware": _("AWaRe group"),
    "narrower_alternative": _("Narrower alternative"),
    "label": _("As it is printed"),
    "quote": _("The passage that is cited"),
    "reference": _("DOI, PMID or guideline"),
    "grade": _("How far from the first opinion"),
    "causes": _("Why it differs"),
    "what_we_think": _("What we think"),
    "how_sure": _("How sure we are"),
    "what_next": _("What to do next"),
    "what_to_ask": _("What to ask your doctor, one question a line"),
    "made": _("I declare:"),
    "interests": _("Interests that I have all the same"),
}
OWN_LABELS: Final[Mapping[tuple[str, str], Words]] = {
    (TIMELINE, "when"): _("When"),
    (TIMELINE, "words"): _("What happened"),
    ("summary", "words"): _("Clinical summary"),
    ("therapies", "verdict"): _("Verdict"),
    ("examinations", "would_change"): _("Which result would change what"),
    **{(axis, "words"): _("In words, if you like") for axis in AXES},
}

LEVELS: Choices = (
    ("high", pgettext_lazy("confidence", "High")),
    ("moderate", pgettext_lazy("confidence", "Moderate")),
    ("low", pgettext_lazy("confidence", "Low")),
)
URGENCIES: Choices = (
    ("days", _("Within days")),
    ("weeks", _("Within weeks")),
    ("months", _("Within months")),
    ("none", _("No hurry")),
)
CHOICES: Final[Mapping[tuple[str, str], Choices]] = {
    ("diagnoses", "verdict"): (
        ("confirmed", _("Confirmed")),
        ("refined", _("Refined")),
        ("disproved", _("Disproved")),
        ("cannot_be_judged", _("Cannot be judged")),
    ),
    ("therapies", "verdict"): (
        ("advisable", _("Advisable")),
        ("advisable_with_changes", _("With changes")),
        ("not_advisable_now", _("Not now")),
        ("not_advisable", _("Not advisable")),
        ("cannot_be_judged", _("Cannot be judged")),
    ),
    ("findings", "kind"): (
        ("images", _("Images")),
        ("pathology", _("Pathology")),
        ("laboratory", _("Laboratory")),
        ("other", pgettext_lazy("kind of finding", "Other")),
    ),
    ("alternatives", "line"): (
        ("first", _("First line")),
        ("alternative", pgettext_lazy("line of treatment", "Alternative")),
        ("not_used", _("Not used")),
    ),
    ("alternatives", "burden.irreversible"): (("yes", _("Yes")), ("no", _("No")), ("", _("Not said"))),
    ("medicines", "aware"): (
        ("access", "Access"),
        ("watch", "Watch"),
        ("reserve", "Reserve"),
        ("", _("No antibiotic")),
    ),
    **{
        (axis, "grade"): (
            ("0", pgettext_lazy("agreement", "Same")),
            ("1", pgettext_lazy("agreement", "Refined")),
            ("2", pgettext_lazy("agreement", "Differs: changes what is done")),
            ("na", _("Not applicable")),
        )
        for axis in AXES
    },
    **{
        (axis, "causes"): (
            ("new_data", _("New data")),
            ("other_reading", _("Other reading of the same data")),
            ("other_guideline", _("Other guideline")),
            ("other_values", _("Other values")),
        )
        for axis in AXES
    },
}
ANYWHERE: Final[Mapping[str, Choices]] = {"certainty": LEVELS, "confidence": LEVELS, "urgency": URGENCIES}
FAULTS: Final[Mapping[str, Words]] = {
    "number": _("Write a year as four digits. It was left as it was."),
    "string_pattern_mismatch": _("This does not look like a code such as A00.0. It was left as it was."),
    "string_too_long": _("This is too long to be kept. It was left as it was."),
}
FAULT: Final = _("This could not be kept. It was left as it was.")
SEAT_ROLE: Final = _("Expert")
SOURCE_KINDS: Final[Mapping[str, Words]] = {
    "record_page": _("Page of a record"),
    "record_image": _("Image"),
    "lab": _("Value"),
    "literature": _("Literature"),
    "general_knowledge": _("General knowledge"),
}


def label(part: str, name: str) -> Words:
    return OWN_LABELS.get((part, name)) or LABELS[name]


READ: Final[Mapping[str, Words]] = {
    "words": _("In words"),
    "what_to_ask": _("What to ask your doctor"),
    "line": _("How it is used there"),
}


def read_label(part: str, name: str) -> Words:
    """The label for a reader, where that of the form speaks to the writer."""
    return OWN_LABELS.get((part, name)) or READ.get(name) or LABELS[name]


def choices(part: str, name: str) -> Choices:
    return CHOICES.get((part, name)) or ANYWHERE[name]
