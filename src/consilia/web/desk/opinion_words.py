"""The closed lists of an opinion in words, for whoever reads it at the desk; never a new judgement."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consilia.opinions.terms import Cause, DiagnosisVerdict, FindingKind, Grade, Level, Line, TherapyVerdict, Urgency

DIAGNOSIS: dict[DiagnosisVerdict, tuple[Promise, str]] = {
    DiagnosisVerdict.CONFIRMED: (_("Confirmed"), "green"),
    DiagnosisVerdict.REFINED: (_("Refined"), "amber"),
    DiagnosisVerdict.DISPROVED: (_("Disproved"), "amber"),
    DiagnosisVerdict.CANNOT_BE_JUDGED: (_("Cannot be judged"), "grey"),
}
THERAPY: dict[TherapyVerdict, tuple[Promise, str]] = {
    TherapyVerdict.ADVISABLE: (_("Advisable"), "green"),
    TherapyVerdict.ADVISABLE_WITH_CHANGES: (_("Advisable with changes"), "amber"),
    TherapyVerdict.NOT_ADVISABLE_NOW: (_("Not advisable now"), "amber"),
    TherapyVerdict.NOT_ADVISABLE: (_("Not advisable"), "amber"),
    TherapyVerdict.CANNOT_BE_JUDGED: (_("Cannot be judged"), "grey"),
}
LEVEL: dict[Level, Promise] = {
    Level.HIGH: _("Very sure"),
    Level.MODERATE: _("Fairly sure"),
    Level.LOW: _("Not sure"),
}
URGENCY: dict[Urgency, Promise] = {
    Urgency.DAYS: _("Within days"),
    Urgency.WEEKS: _("Within weeks"),
    Urgency.MONTHS: _("Within months"),
    Urgency.NONE: _("No hurry"),
}
LINE: dict[Line, Promise] = {
    Line.FIRST: _("First line"),
    Line.ALTERNATIVE: _("Alternative"),
    Line.NOT_USED: _("Not used"),
}
GRADE: dict[Grade, Promise] = {
    Grade.SAME: _("Same as the first opinion"),
    Grade.REFINED: _("Refines the first opinion"),
    Grade.MAJOR: _("Differs from the first opinion"),
    Grade.NOT_APPLICABLE: _("Does not apply"),
}
CAUSE: dict[Cause, Promise] = {
    Cause.NEW_DATA: _("new data"),
    Cause.OTHER_READING: _("another reading of the same data"),
    Cause.OTHER_GUIDELINE: _("another guideline"),
    Cause.OTHER_VALUES: _("other values"),
}
FINDING: dict[FindingKind, Promise] = {
    FindingKind.IMAGES: _("Images"),
    FindingKind.PATHOLOGY: _("Pathology"),
    FindingKind.LABORATORY: _("Laboratory"),
    FindingKind.OTHER: _("Other"),
}
# The six points of the check, in the order of opinions.actions.CHECK_POINTS.
POINTS: dict[str, Promise] = {
    "all_answered": _("Every question is answered"),
    "understandable": _("A layperson understands the plain page"),
    "cited": _("Every statement names its source, or says that it is general knowledge"),
    "actionable": _("It says what to do next, and who does it"),
    "respectful": _("The tone towards the first doctor is neutral"),
    "right_patient_side_units": _("Right patient; left and right, and units, agree with the records"),
}
