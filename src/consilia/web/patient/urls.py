"""Addresses of the patient and her proxy."""

from __future__ import annotations

from consilia.web.patient import urls_case, urls_records, urls_report

app_name = "patient"
urlpatterns = [*urls_case.urlpatterns, *urls_records.urlpatterns, *urls_report.urlpatterns]
