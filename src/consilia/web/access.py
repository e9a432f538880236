"""The policy of every page: a view says who may call it, or the server does not start.

`@public`, `@person`, `@role(...)`, `@case_right(...)` and `@link(...)` are the only ways in. A view behind
`case_right` gets a `Reader`, made from the live relations of the person, and can reach nothing of another case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.checks import Error, register
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from consilia.accounts.models import Person, Role
from consilia.cases import access
from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import NotFound

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a view declares: the kind of its door and what the door asks for."""

    kind: str  # public, person, role, case, link
    roles: tuple[str, ...] = ()
    right: Right | None = None


def _declare(view: View, policy: Policy) -> View:
    view.__consilia_policy__ = policy  # type: ignore[attr-defined]
    return view


def signed_in(request: HttpRequest) -> Person | None:
    """The person of this session, or None."""
    user = request.user
    return user if isinstance(user, Person) and user.is_active else None


def public(view: View) -> View:
    """Anybody may call it: the page holds nothing of any case."""
    return _declare(view, Policy("public"))


def person(view: Callable[..., HttpResponseBase]) -> View:
    """Anybody with an account; the view gets the person."""

    @wraps(view)
    def guarded(request: HttpRequest, **words: Any) -> HttpResponseBase:
        who = signed_in(request)
        if who is None:
            return redirect_to_login(request.get_full_path())
        return view(request, who, **words)

    return _declare(guarded, Policy("person"))


def role(*roles: Role) -> Callable[[View], View]:
    """People who hold one of the roles now; to others the page does not exist."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **words: Any) -> HttpResponseBase:
            who = signed_in(request)
            if who is None:
                return redirect_to_login(request.get_full_path())
            if not set(roles) & roles_of(request, who):
                raise NotFound
            return view(request, who, **words)

        return _declare(guarded, Policy("role", roles=tuple(str(one) for one in roles)))

    return decorate


def case_right(right: Right) -> Callable[[View], View]:
    """People with a live right to the case named by `case_id`; the view gets their Reader in its place."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, case_id: UUID, **words: Any) -> HttpResponseBase:
            who = signed_in(request)
            if who is None:
                return redirect_to_login(request.get_full_path())
            reader = access.reader_for(who, case_id, at=timezone.now(), roles=roles_of(request, who))
            reader.require(right)
            return view(request, reader, **words)

        return _declare(guarded, Policy("case", right=right))

    return decorate


def link(right: Right, resolve: Callable[[HttpRequest, str], Reader]) -> Callable[[View], View]:
    """Whoever holds a live link; `resolve` turns its secret into a Reader or raises NotFound."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, secret: str, **words: Any) -> HttpResponseBase:
            reader = resolve(request, secret)
            reader.require(right)
            return view(request, reader, secret=secret, **words)

        return _declare(guarded, Policy("link", right=right))

    return decorate


def roles_of(request: HttpRequest, who: Person) -> frozenset[str]:
    """The live roles of the person, asked once a request."""
    held = getattr(request, "_consilia_roles", None)
    if held is None:
        held = access.live_roles(who)
        request._consilia_roles = held  # type: ignore[attr-defined]
    return cast("frozenset[str]", held)


@dataclass(frozen=True, slots=True)
class Address:
    """One URL pattern with the policy of its view, for the start-up check and the authorization matrix."""

    name: str
    route: str
    policy: Policy | None


def addresses() -> Iterator[Address]:
    """Every URL of the product. Foreign views (allauth's) find their policy in web.account.allauth_policies."""
    from consilia.web.account.allauth_policies import POLICIES  # noqa: PLC0415 - needs the app registry

    def walk(patterns: list[URLPattern | URLResolver], route: str, space: str) -> Iterator[Address]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, route + str(pattern.pattern), inner)
            else:
                name = f"{space}{pattern.name or ''}"
                policy = getattr(pattern.callback, "__consilia_policy__", None)
                if policy is None and name in POLICIES:
                    policy = Policy(POLICIES[name])
                yield Address(name, route + str(pattern.pattern), policy)

    yield from walk(get_resolver().url_patterns, "/", "")


@register("consilia")
def every_view_has_a_policy(**_: Any) -> list[Error]:
    """Start-up check: a page without a declared policy stops the server."""
    return [
        Error(f"{address.route} ({address.name}) declares no policy", id="consilia.E001")
        for address in addresses()
        if address.policy is None
    ]
