"""Addresses of DICOMweb: one root a case; what lies below it is named by PS3.18."""

from __future__ import annotations

from django.urls import path

from consilia.web.dicomweb import views

app_name = "dicomweb"
urlpatterns = [
    path("cases/<uuid:case_id>/<path:path>", views.resource, name="resource"),
    path("seats/<uuid:case_id>/<path:path>", views.seat, name="seat"),
]
