"""Addresses of the patient's pages: records."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.patient import leaving, letters, naming, pages, readiness, records, trail, uploads, values

CASE = "cases/<uuid:case_id>/"
RECORD = f"{CASE}records/<uuid:record_id>/"
STUDY = f"{CASE}studies/<uuid:study_id>/"
urlpatterns: list[URLPattern] = [
    path(f"{CASE}records/", records.page, name="records"),
    path(f"{CASE}values/", values.page, name="values"),
    path(f"{CASE}records/files/", uploads.upload, name="upload"),
    path(f"{CASE}records/uploads/", uploads.tus_collection, name="tus"),
    path(f"{CASE}records/uploads/<uuid:upload_id>/", uploads.tus_single, name="tus-upload"),
    path(RECORD, pages.record, name="record"),
    path(f"{RECORD}pages/<int:number>/", pages.record_page, name="record-page"),
    path(f"{RECORD}pages/<int:number>/rows/<int:row>/", pages.record_row, name="row"),
    path(f"{RECORD}value/", values.check, name="value"),
    path(f"{RECORD}original/", pages.original, name="record-original"),
    path(f"{RECORD}unlock/", pages.unlock, name="record-unlock"),
    path(f"{RECORD}remove/", records.remove, name="record-remove"),
    path(f"{RECORD}put-back/", records.put_back, name="record-put-back"),
    path(f"{RECORD}ask/", records.ask, name="record-ask"),
    path(f"{RECORD}object/", records.object_to_aside, name="record-object"),
    path(f"{CASE}naming/", naming.begin, name="naming"),
    path(f"{CASE}naming/<uuid:record_id>/", naming.paper, name="name-paper"),
    path(f"{CASE}naming/<uuid:record_id>/undo/", naming.undo, name="name-undo"),
    path(STUDY, pages.study, name="study"),
    path(f"{STUDY}nameless/", leaving.nameless, name="study-nameless"),
    path(f"{STUDY}remove/", records.remove_study, name="study-remove"),
    path(f"{STUDY}put-back/", records.put_back_study, name="study-put-back"),
    path(f"{STUDY}ask/", records.ask_study, name="study-ask"),
    path(f"{STUDY}object/", records.object_to_aside_study, name="study-object"),
    path(f"{CASE}series/<uuid:series_id>/frames/<int:index>/", pages.frame, name="record-frame"),
    path(f"{CASE}readiness/", readiness.page, name="readiness"),
    path(f"{CASE}readiness/conditions/<slug:condition>/", readiness.condition, name="condition"),
    path(f"{CASE}readiness/recommended/<slug:advice>/", readiness.say, name="recommended-say"),
    path(f"{CASE}course/", readiness.course, name="course"),
    path(f"{CASE}readiness/<slug:item>/letter/", letters.letter, name="letter"),
    path(f"{CASE}doctor-before/", letters.doctor_before, name="doctor-before"),
    path(f"{CASE}links/<uuid:link_id>/revoke/", letters.revoke_link, name="link-revoke"),
    path(f"{CASE}trail/", trail.page, name="trail"),
]
