"""Addresses that anybody may read."""

from __future__ import annotations

from django.urls import path

from consilia.web.public import health, pages, self_check, verification, where

app_name = "public"
urlpatterns = [
    path("", pages.home, name="home"),
    path("what-it-is/", pages.what, name="what"),
    path("when-it-helps/", pages.when, name="when"),
    path("is-it-for-me/", pages.is_it_for_me, name="is-it-for-me"),
    path("why-another-country/", pages.international, name="international"),
    path("what-it-cannot-do/", pages.limits, name="limits"),
    path("medicines/", pages.medicines, name="medicines"),
    path("telemedicine/", pages.telemedicine, name="telemedicine"),
    path("prices/", pages.prices, name="prices"),
    path("experts/", pages.experts, name="experts"),
    path("where/", where.where, name="where"),
    path("self-check/", self_check.place, name="self-check"),
    path("self-check/person/", self_check.person, name="self-check-person"),
    path("self-check/now/<int:part>/", self_check.alarms, name="self-check-alarms"),
    path("self-check/emergency/", self_check.emergency, name="self-check-emergency"),
    path("self-check/doctor/", self_check.doctor, name="self-check-doctor"),
    path("self-check/records/", self_check.records, name="self-check-records"),
    path("self-check/question/", self_check.question, name="self-check-question"),
    path("self-check/date/", self_check.date, name="self-check-date"),
    path("self-check/result/", self_check.result, name="self-check-result"),
    path("verify/", verification.verify, name="verify"),
    path("verify/<str:code>/", verification.verify_code, name="verify-code"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
]
