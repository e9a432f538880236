"""Addresses of the patient's pages: the report, its files, the links for her doctor, and leaving."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.patient import leaving, reports, shares

CASE = "cases/<uuid:case_id>/"
OPINION = f"{CASE}report/<uuid:opinion_id>/"
FILES = f"{CASE}report/files/<uuid:seal_id>/"

urlpatterns: list[URLPattern] = [
    path(f"{CASE}report/", reports.report, name="report"),
    path(OPINION, reports.report, name="report-of"),
    path(f"{OPINION}full/", reports.opinion, name="opinion"),
    path(f"{OPINION}questions/", reports.follow_up, name="follow-up"),
    path(f"{OPINION}for-my-doctor/", reports.doctor_sheet, name="doctor-sheet"),
    path(f"{FILES}pdf/", reports.pdf, name="report-pdf"),
    path(f"{FILES}fhir/", reports.fhir, name="report-fhir"),
    path(f"{FILES}for-my-doctor/", reports.doctor_sheet_pdf, name="doctor-sheet-pdf"),
    path(f"{CASE}share/", shares.share, name="share"),
    path(f"{CASE}share/<uuid:share_id>/take-back/", shares.revoke, name="share-revoke"),
    path(f"{CASE}leave/", leaving.leave, name="leave"),
    path(f"{CASE}leave/take-along/", leaving.take_along, name="export"),
    path(f"{CASE}leave/withdraw/", leaving.withdraw, name="case-withdraw"),
    path(f"{CASE}leave/erase/", leaving.erase, name="erase"),
    path("goodbye/", leaving.goodbye, name="goodbye"),
]
