"""Public pages: what a second opinion is, for whom, its limits; the self-check begins here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consilia.web.access import public


@public
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "public/home.html")
