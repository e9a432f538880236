"""Words for people about what came: what a file is, and why it stands where it stands."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consilia.formats.verdicts import SENTENCES, Reason

# Reasons of this room; those of the readers stand in formats.verdicts.
OURS: Final[dict[str, Promise]] = {
    "same_bytes": _("An identical copy of a file that is here already. Nothing else is needed."),
    "same_instance": _("This picture is here already, under another name. We use the one that came first."),
    "same_content": _(
        "The same paper is here already, in a copy that can be read better or as well. Nothing is needed."
    ),
    "another_person": _("What this file says about the person does not fit to what you told us."),
    "unpacked": _("This archive was taken apart; its files are listed one by one."),
    "split": _("This file holds several documents; each of them is listed by itself."),
    "unlocked": _("This file was opened with its password. It is kept as it came; what is in it is listed by itself."),
    "beside_another": _("These pages name nobody, and they came in one file with pages of another person."),
    "not_medical": _("We set this file aside: it is not a medical record. It is kept, and no expert sees it."),
    "seems_not_medical": _(
        "By its words this file is no medical record, so it was set aside. It is kept, and no expert sees it."
    ),
    "sorting_failed": _(
        "We could not read this file in several attempts. It is kept, and a person of the service looks at it."
    ),
}
KINDS: Final[dict[str, Promise]] = {
    "radiology_report": _("Imaging report"),
    "pathology_report": _("Tissue report"),
    "lab_report": _("Laboratory test"),
    "discharge_summary": _("Hospital letter"),
    "consultation_note": _("Doctor’s letter"),
    "history_and_physical": _("History and examination"),
    "operative_note": _("Operation report"),
    "procedure_note": _("Report of a procedure"),
    "tumor_board": _("Report of the doctors’ meeting"),
    "cardiology_report": _("Heart examination"),
    "ecg": _("Recording of the heart’s current"),
    "function_test": _("Function test"),
    "prescription": _("Prescription"),
    "medication_list": _("List of medicines"),
    "ips": _("Health summary"),
    "appointment_letter": _("Appointment"),
    "patient_statement": _("Your letter to the doctors"),
    "fhir_patient_record": _("Export of a health record"),
}
# What a person may call a paper: no formats of computers.
CHOICES: Final[dict[str, Promise]] = {
    **{slug: words for slug, words in KINDS.items() if slug != "fhir_patient_record"},
    "patient_statement": _("The patient’s own words"),
    "letter": _("Another letter of a doctor"),
    "progress_note": _("Note on the course, physiotherapy"),
    "emergency_note": _("Emergency department"),
    "transfer_summary": _("Letter for a transfer"),
    "care_plan": _("Plan of the treatment"),
    "anamnesis": _("Form with questions about the history"),
    "vitals_home": _("Values measured at home"),
    "consent_form": _("Signed consent"),
    "advance_directive": _("Advance directive"),
    "clinical_case": _("A published or retold case"),
    "not_medical": _("Not a medical paper"),
    "unknown": _("It cannot be told"),
}
LINES: Final[dict[str, Promise]] = {"name": _("Name"), "birth_date": _("Born"), "patient_id": _("Number")}
RESULTS: Final[dict[str, Promise]] = {
    "same": _("same"),
    "similar": _("similar, not the same"),
    "different": _("another one"),
    "unclear": _("cannot be read"),
    "misread": _("perhaps read wrongly"),
}
SOURCES: Final[dict[str, Promise]] = {
    "hospital": _("sent by a hospital"),
    "treating_doctor": _("sent by your doctor"),
    "coordinator": _("added by us"),
    "proxy": _("added by the person who acts for you"),
}


def reason(code: str) -> str:
    """The sentence of a reason's code: what happened, what was kept, what to do. Empty for no reason."""
    if not code:
        return ""
    if code in OURS:
        return str(OURS[code])
    try:
        return gettext(SENTENCES[Reason(code)])
    except ValueError:
        return ""


def kind(slug: str) -> str:
    """What kind of paper it is; empty where we do not know."""
    return str(KINDS.get(slug, ""))


def choice(slug: str) -> str:
    """The name of a kind among those that a person may choose."""
    return str(CHOICES.get(slug, ""))
