"""Suitability: whether a remote second opinion fits, what is missing, which pairs of countries can work; pure."""

from consilia.suitability.alarms import Alarms, alarms, questions_for, questions_of_case_type
from consilia.suitability.assessing import Assessment, Reason, assess
from consilia.suitability.facts import Facts
from consilia.suitability.filling import PresentRecord
from consilia.suitability.pairing import PairAssessment, PairReason, Transfer, Verdict, pair
from consilia.suitability.readying import ItemState, Readiness, ReadinessItem, readiness, reason_words

__all__ = [
    "Alarms",
    "Assessment",
    "Facts",
    "ItemState",
    "PairAssessment",
    "PairReason",
    "PresentRecord",
    "Readiness",
    "ReadinessItem",
    "Reason",
    "Transfer",
    "Verdict",
    "alarms",
    "assess",
    "pair",
    "questions_for",
    "questions_of_case_type",
    "readiness",
    "reason_words",
]
