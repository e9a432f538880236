"""Addresses by which a hospital, or the doctor at home, adds records."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.doctor import adding, uploads

LINK = "add/<str:secret>/"
urlpatterns: list[URLPattern] = [
    path(LINK, adding.page, name="add"),
    path(f"{LINK}finish/", adding.finish, name="add-finish"),
    path(f"{LINK}files/", uploads.upload, name="add-upload"),
    path(f"{LINK}dicomweb/studies", uploads.store, name="add-stow"),
    path(f"{LINK}uploads/", uploads.tus_collection, name="add-tus"),
    path(f"{LINK}uploads/<uuid:upload_id>/", uploads.tus_single, name="add-tus-upload"),
]
