"""Addresses of the desk for reviewers of content."""

from __future__ import annotations

from django.urls import URLPattern, path

from consilia.web.desk import content

ENTRY = "content/of/<slug:kind>/<slug:entry_id>/"

urlpatterns: list[URLPattern] = [
    path("content/", content.every_kind, name="content"),
    path("content/reviewers/", content.reviewers, name="content-reviewers"),
    path("content/reviewers/end/", content.reviewer_end, name="content-reviewer-end"),
    path("content/of/<slug:kind>/", content.kind, name="content-kind"),
    path(ENTRY, content.entry, name="content-entry"),
    path(f"{ENTRY}comment/", content.comment, name="content-comment"),
    path(f"{ENTRY}approve/", content.approve, name="content-approve"),
    path(f"{ENTRY}approvals/<slug:seat>/withdraw/", content.withdraw, name="content-withdraw"),
    path(f"{ENTRY}approvals/<slug:seat>/", content.approval, name="content-approval"),
]
