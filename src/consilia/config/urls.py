"""Every address of the product, by audience."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("consilia.web.public.urls")),
    path("account/", include("consilia.web.account.urls")),
    path("patient/", include("consilia.web.patient.urls")),
    path("expert/", include("consilia.web.expert.urls")),
    path("desk/", include("consilia.web.desk.urls")),
    path("doctor/", include("consilia.web.doctor.urls")),
    path("dicomweb/", include("consilia.web.dicomweb.urls")),
    path("demo/", include("consilia.web.demo.urls")),
]

handler404 = "consilia.web.errors.not_found"
handler403 = "consilia.web.errors.forbidden"
handler500 = "consilia.web.errors.broken"
