"""What happens around every request: refusals become pages, staff without a second factor go no further."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from consilia.accounts import policy as accounts_policy
from consilia.accounts import session
from consilia.kernel.refusal import ConsiliaError
from consilia.web import access, errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Answers:
    """Maps the four refusals of the rooms to pages, once; and keeps every signed-in page out of caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" not in response.headers and not request.path.startswith(settings.STATIC_URL):
            response.headers["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        return errors.answer(request, error) if isinstance(error, ConsiliaError) else None


class SecondFactor:
    """People who work for the service see nothing but their own sign-in pages before the second factor."""

    OPEN = frozenset({"public", "person"})

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = access.signed_in(request)
        if person is None or self._is_open(request):
            return self.get_response(request)
        if not access.roles_of(request, person) or session.second_factor_given(request):
            return self.get_response(request)
        return redirect(accounts_policy.second_factor_page(person))

    def _is_open(self, request: HttpRequest) -> bool:
        """Public pages and the pages of one's own account are reachable; all else needs the second factor."""
        if request.path.startswith(settings.STATIC_URL):
            return True
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return True
        policy = getattr(match.func, "__consilia_policy__", None)
        return policy is None or policy.kind in {"public", "link"} or match.namespace == "account"
