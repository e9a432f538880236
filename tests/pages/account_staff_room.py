"""All addresses of the product and one more, behind a role: what staff see only with a second factor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from consilia.accounts.models import Person, Role
from consilia.config.urls import urlpatterns as of_the_product
from consilia.web import access


@access.role(Role.COORDINATOR, Role.EXPERT)
def staff_room(request: HttpRequest, who: Person) -> HttpResponse:
    return HttpResponse(f"{who.given_name} is here")


urlpatterns = [*of_the_product, path("staff-room/", staff_room, name="staff-room")]
