"""What happens around every request: refusals become pages, staff without a second factor go no further."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from consilia.accounts import policy as accounts_policy
from consilia.accounts import session
from consilia.kernel.refusal import ConsiliaError
from consilia.web import access, errors

GetResponse = Callable[[HttpRequest], HttpResponseBase]


# Bytes of a form, or of a PDF that somebody wants checked; records come through these doors in streams of their own.
LARGEST_BODY = 25_000_000
TAKES_FILES = frozenset({"upload", "tus", "tus-upload", "add-upload", "add-tus", "add-tus-upload", "add-stow"})


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


@cache
def _zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, or the service's own where there is none of it."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


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

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        words: tuple[object, ...],
        named: dict[str, object],
    ) -> HttpResponseBase | None:
        """Refuses a large body before anything reads it; only the doors for records take one."""
        match = request.resolver_match
        if match is not None and match.url_name in TAKES_FILES:
            return None
        return errors.too_large(request) if _announced(request) > LARGEST_BODY else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        return errors.answer(request, error) if isinstance(error, ConsiliaError) else None


class OwnTime:
    """Times are shown in the person's own zone; promises of the service name theirs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = access.signed_in(request)
        with timezone.override(_zone(person.time_zone if person else "")):
            return self.get_response(request)


class SecondFactor:
    """People who work for the service see nothing but their own sign-in pages before the second factor."""

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
