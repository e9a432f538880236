"""Reads of reports, one module a subject: the report, the links for doctors, leaving."""

from __future__ import annotations

from consilia.reports.queries.leaving import LeavingPage, leaving
from consilia.reports.queries.report import (
    Addendum,
    CaseOfReport,
    Delivered,
    FullPage,
    OpinionLine,
    ReportPage,
    SheetPage,
    case_of,
    delivered,
    full,
    report,
    sheet,
)
from consilia.reports.queries.sharing import ShareLine, SharesPage, shares

__all__ = [
    "Addendum",
    "CaseOfReport",
    "Delivered",
    "FullPage",
    "LeavingPage",
    "OpinionLine",
    "ReportPage",
    "ShareLine",
    "SharesPage",
    "SheetPage",
    "case_of",
    "delivered",
    "full",
    "leaving",
    "report",
    "shares",
    "sheet",
]
