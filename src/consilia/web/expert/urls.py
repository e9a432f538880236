"""Addresses of the expert's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.expert import home, opinion, signing, summary, table, talk, values

app_name = "expert"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("icd10/", opinion.icd10, name="icd10"),
    path("invitations/<uuid:case_id>/", home.invitation, name="invitation"),
    path("invitations/<uuid:case_id>/conflicts/", home.conflicts, name="conflicts"),
    path("invitations/<uuid:case_id>/accept/", home.accept, name="accept"),
    path("invitations/<uuid:case_id>/decline/", home.decline, name="decline"),
    path("cases/<uuid:case_id>/", table.table, name="table"),
    path("cases/<uuid:case_id>/summary/", summary.summary, name="summary"),
    path("cases/<uuid:case_id>/values/", values.page, name="values"),
    path("cases/<uuid:case_id>/records/<uuid:record_id>/", table.record, name="record"),
    path("cases/<uuid:case_id>/records/<uuid:record_id>/pages/<int:number>/", table.page, name="page"),
    path("cases/<uuid:case_id>/records/<uuid:record_id>/pages/<int:number>/uncover/", table.uncover, name="uncover"),
    path("cases/<uuid:case_id>/records/<uuid:record_id>/pages/<int:number>/rows/<int:row>/", values.row, name="row"),
    path("cases/<uuid:case_id>/records/<uuid:record_id>/value/", values.check, name="value"),
    path("cases/<uuid:case_id>/studies/<uuid:study_id>/", table.study, name="study"),
    path("cases/<uuid:case_id>/series/<uuid:series_id>/frames/<int:index>/", table.frame, name="frame"),
    path("cases/<uuid:case_id>/opinion/save/", opinion.save, name="save"),
    path("cases/<uuid:case_id>/opinion/reasons/", opinion.reasons, name="reasons"),
    path("cases/<uuid:case_id>/opinion/submit/", opinion.submit, name="submit"),
    path("cases/<uuid:case_id>/opinion/sign/", signing.sign, name="sign"),
    path("cases/<uuid:case_id>/opinion/addendum/", signing.addendum, name="addendum"),
    path("cases/<uuid:case_id>/opinion/withdraw/", signing.withdraw, name="withdraw"),
    path("cases/<uuid:case_id>/ask/", talk.ask, name="ask"),
    path("cases/<uuid:case_id>/messages/", talk.message, name="message"),
    path("cases/<uuid:case_id>/urgent/", talk.urgent, name="urgent"),
]
