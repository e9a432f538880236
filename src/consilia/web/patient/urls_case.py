"""Addresses of the patient's pages: her cases, from the first word to the hand-in, the offer and the messages."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.patient import cases, consents, messages, offers, questions, start

urlpatterns: list[URLPattern] = [
    path("", start.home, name="home"),
    path("cases/start/", start.for_whom, name="case-start"),
    path("cases/start/<str:whom>/", start.details, name="case-start-details"),
    path("cases/<uuid:case_id>/", cases.home, name="case"),
    path("cases/<uuid:case_id>/self-check/", start.take_self_check, name="case-self-check"),
    path("cases/<uuid:case_id>/describe/", cases.describe, name="case-describe"),
    path("cases/<uuid:case_id>/describe/<slug:part>/", cases.describe, name="case-describe-part"),
    path("cases/<uuid:case_id>/questions/", questions.questions, name="case-questions"),
    path("cases/<uuid:case_id>/consents/", consents.consents, name="case-consents"),
    path("cases/<uuid:case_id>/consents/withdraw/", consents.withdraw, name="case-consent-withdraw"),
    path("cases/<uuid:case_id>/countries/", consents.countries, name="case-countries"),
    path("cases/<uuid:case_id>/hand-in/", cases.hand_in, name="case-hand-in"),
    path("cases/<uuid:case_id>/offer/", offers.offer, name="case-offer"),
    path("cases/<uuid:case_id>/messages/", messages.messages, name="messages"),
    path("cases/<uuid:case_id>/messages/read/", messages.read, name="messages-read"),
    path("cases/<uuid:case_id>/urgent/", messages.urgent, name="urgent"),
    path(
        "cases/<uuid:case_id>/expert-questions/<uuid:question_id>/", questions.expert_question, name="expert-question"
    ),
]
