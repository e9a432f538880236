"""Addresses behind the link that a patient gives to her doctor."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.doctor import report

LINK = "report/<str:secret>/"

urlpatterns: list[URLPattern] = [
    path(LINK, report.report, name="report"),
    path(f"{LINK}open/", report.door, name="report-door"),
    path(f"{LINK}close/", report.leave, name="report-close"),
    path(f"{LINK}answer/", report.answer, name="answer"),
    path(f"{LINK}opinions/<uuid:opinion_id>/", report.report, name="report-of"),
    path(f"{LINK}files/<uuid:seal_id>/pdf/", report.pdf, name="pdf"),
    path(f"{LINK}files/<uuid:seal_id>/fhir/", report.fhir, name="fhir"),
]
