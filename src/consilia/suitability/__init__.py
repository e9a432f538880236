"""Suitability: whether a remote second opinion fits, what is missing, which pairs of countries can work; pure."""

from consilia.suitability.alarms import Alarms, alarms, questions_for, questions_of_case_type
from consilia.suitability.assessing import Assessment, Reason, assess
from consilia.suitability.facts import Facts
from consilia.suitability.filling import PresentRecord
from consilia.suitability.law import Asked, Effect, LawAssessment, assess_law
from consilia.suitability.readying import ItemState, Readiness, ReadinessItem, readiness, reason_words
from consilia.suitability.transfers import Keeper, Retention, Transfer
from consilia.suitability.verdicts import Form, Verdict, Where

__all__ = [
    "Alarms",
    "Asked",
    "Assessment",
    "Effect",
    "Facts",
    "Form",
    "ItemState",
    "Keeper",
    "LawAssessment",
    "PresentRecord",
    "Readiness",
    "ReadinessItem",
    "Reason",
    "Retention",
    "Transfer",
    "Verdict",
    "Where",
    "alarms",
    "assess",
    "assess_law",
    "questions_for",
    "questions_of_case_type",
    "readiness",
    "reason_words",
]
