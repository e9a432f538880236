"""The closed lists of words in which an opinion judges: verdicts, levels, urgency, lines, grades and causes."""

from __future__ import annotations

from enum import StrEnum


class DiagnosisVerdict(StrEnum):
    CONFIRMED = "confirmed"
    REFINED = "refined"
    DISPROVED = "disproved"
    CANNOT_BE_JUDGED = "cannot_be_judged"


class TherapyVerdict(StrEnum):
    ADVISABLE = "advisable"
    ADVISABLE_WITH_CHANGES = "advisable_with_changes"
    NOT_ADVISABLE_NOW = "not_advisable_now"
    NOT_ADVISABLE = "not_advisable"
    CANNOT_BE_JUDGED = "cannot_be_judged"


class Level(StrEnum):
    """Certainty of a diagnosis, confidence of an answer: three bars and a sentence, never a percentage."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"


class Urgency(StrEnum):
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    NONE = "none"


class Line(StrEnum):
    FIRST = "first"
    ALTERNATIVE = "alternative"
    NOT_USED = "not_used"


class Grade(StrEnum):
    """How far this opinion is from the first one, on one axis."""

    SAME = "0"
    REFINED = "1"
    MAJOR = "2"
    NOT_APPLICABLE = "na"


class Cause(StrEnum):
    NEW_DATA = "new_data"
    OTHER_READING = "other_reading"
    OTHER_GUIDELINE = "other_guideline"
    OTHER_VALUES = "other_values"


class FindingKind(StrEnum):
    IMAGES = "images"
    PATHOLOGY = "pathology"
    LABORATORY = "laboratory"
    OTHER = "other"


class SourceKind(StrEnum):
    RECORD_PAGE = "record_page"
    RECORD_IMAGE = "record_image"
    LAB = "lab"
    LITERATURE = "literature"
    GENERAL_KNOWLEDGE = "general_knowledge"


RECORD_KINDS = frozenset({SourceKind.RECORD_PAGE, SourceKind.RECORD_IMAGE, SourceKind.LAB})


class Aware(StrEnum):
    """Group of an antibiotic in the AWaRe classification of the World Health Organization."""

    ACCESS = "access"
    WATCH = "watch"
    RESERVE = "reserve"
