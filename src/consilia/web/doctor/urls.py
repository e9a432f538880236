"""Addresses behind links that the patient gives: to add records, and to read a shared report."""

from __future__ import annotations

from consilia.web.doctor import urls_adding, urls_shared

app_name = "doctor"
urlpatterns = [*urls_adding.urlpatterns, *urls_shared.urlpatterns]
