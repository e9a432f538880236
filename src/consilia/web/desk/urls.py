"""Addresses of the audience: desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.desk import (
    case,
    editorial,
    experts,
    gate,
    held,
    law,
    messages,
    naming,
    offers,
    records,
    seats,
    trail,
    urls_content,
    worklist,
)

app_name = "desk"
CASE = "cases/<uuid:case_id>/"
EXPERT = "experts/<uuid:expert_id>/"

urlpatterns: list[URLPattern] = [
    path("", worklist.worklist, name="worklist"),
    path("find/", worklist.find, name="find"),
    path("held/", worklist.held, name="held-records"),
    path(CASE, case.case, name="case"),
    path(f"{CASE}take/", case.take, name="take"),
    path(f"{CASE}note/", case.note, name="note"),
    path(f"{CASE}send-back/", case.send_back, name="send-back"),
    path(f"{CASE}decline/", case.decline, name="decline"),
    path(f"{CASE}urgent/", case.urgent, name="urgent"),
    path(f"{CASE}urgent/clear/", case.urgent_clear, name="urgent-clear"),
    path(f"{CASE}gate/", gate.gate, name="gate"),
    path(f"{CASE}held/<uuid:original_id>/", held.decide, name="held"),
    path(f"{CASE}records/<uuid:original_id>/put-back/", held.put_back, name="put-back"),
    path(f"{CASE}records/<uuid:original_id>/set-aside/", records.set_aside, name="set-aside"),
    path(f"{CASE}records/<uuid:original_id>/take-again/", records.take_again, name="take-again"),
    path(f"{CASE}records/<uuid:original_id>/", records.record, name="record"),
    path(f"{CASE}records/<uuid:original_id>/pages/<int:number>.png", records.page, name="page"),
    path(f"{CASE}naming/", naming.begin, name="naming"),
    path(f"{CASE}naming/<uuid:original_id>/", naming.paper, name="name-paper"),
    path(f"{CASE}naming/<uuid:original_id>/undo/", naming.undo, name="name-undo"),
    path(f"{CASE}studies/<uuid:study_id>/", records.study, name="study"),
    path(f"{CASE}studies/<uuid:study_id>/set-aside/", records.set_aside_study, name="study-set-aside"),
    path(f"{CASE}studies/<uuid:study_id>/take-again/", records.take_study_again, name="study-take-again"),
    path(f"{CASE}series/<uuid:series_id>/frames/<int:index>.png", records.frame, name="frame"),
    path(f"{CASE}messages/", messages.messages, name="messages"),
    path(f"{CASE}messages/read/", messages.mark_read, name="messages-read"),
    path(f"{CASE}questions/<uuid:question_id>/", messages.answer, name="answer"),
    path(f"{CASE}offer/", offers.offer, name="offer"),
    path(f"{CASE}offer/paid/", offers.paid, name="paid"),
    path(f"{CASE}offer/renew/", offers.renew, name="renew"),
    path(f"{CASE}seats/", seats.seats, name="seats"),
    path(f"{CASE}seats/plan/", seats.plan, name="seat-plan"),
    path(f"{CASE}seats/<int:seat>/invite/", seats.invite, name="invite"),
    path(f"{CASE}seats/<uuid:seat_id>/close/", seats.close, name="seat-close"),
    path(f"{CASE}editorial/", editorial.editorial, name="editorial"),
    path(f"{CASE}looked/", trail.looked, name="looked"),
    path("vouchers/", offers.vouchers, name="vouchers"),
    path("experts/", experts.experts, name="experts"),
    path("experts/new/", experts.new, name="expert-new"),
    path(EXPERT, experts.expert, name="expert"),
    path(f"{EXPERT}verify/", experts.verify, name="expert-verify"),
    path(f"{EXPERT}suspend/", experts.suspend, name="expert-suspend"),
    path(f"{EXPERT}licences/", experts.licence, name="licence"),
    path(f"{EXPERT}licences/<uuid:licence_id>/revoke/", experts.revoke, name="licence-revoke"),
    path("law/", law.law, name="law"),
    *urls_content.urlpatterns,
    path("trail/", trail.trail, name="trail"),
    path("trail/<uuid:case_id>/", trail.trail_case, name="trail-case"),
    path("glass/", trail.glass, name="glass"),
]
