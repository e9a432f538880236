"""Mutants: each line of RIGHTS taken out, each condition switched off, each view opened; the matrix must turn red."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, cast
from unittest.mock import patch
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver
from tests import make
from tests.matrix import cells, people
from tests.matrix.asking import ALLOWED, Asker
from tests.matrix.cells import Cell

from consilia.accounts.models import Person
from consilia.cases import access
from consilia.cases.access import RIGHTS, Reader, Relation, Right
from consilia.cases.models import Assignment
from consilia.intake import links
from consilia.reports import shares
from consilia.web import access as web_access
from consilia.web import middleware
from consilia.web.access import Policy
from consilia.web.doctor import report as doctor_report

Line = tuple[Right, Relation]


@dataclass
class Used:
    """Which cells needed which line of RIGHTS: those are asked again when the line is gone."""

    cells: dict[Line, list[Cell]] = field(default_factory=dict)
    now: Cell | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        real = Reader.may

        def may(reader: Reader, right: Right) -> bool:
            allowed = real(reader, right)
            if allowed and self.now is not None:
                for relation in RIGHTS[right] & reader.relations:
                    self.cells.setdefault((right, relation), []).append(self.now)
            return allowed

        with patch.object(Reader, "may", may):
            yield


def lines() -> list[Line]:
    return [(right, relation) for right, who in RIGHTS.items() for relation in sorted(who)]


@contextmanager
def without(line: Line) -> Iterator[None]:
    right, relation = line
    with patch.dict(RIGHTS, {right: RIGHTS[right] - {relation}}):
        yield


@dataclass(frozen=True, slots=True)
class Switch:
    """A condition in the source of a function, and the same source without it."""

    module: ModuleType
    function: str
    changes: tuple[tuple[str, str], ...]
    why_silent: str  # where another condition holds as well, and says so
    source: str  # as it was when this module was loaded: files change while tests run
    doors: tuple[str, ...]  # where it shows

    def __str__(self) -> str:
        return f"{self.module.__name__.removeprefix('consilia.')}.{self.function}: {self.changes[0][0].strip()}"

    @contextmanager
    def off(self) -> Iterator[None]:
        """The changed code takes the place of the old one wherever the function is held."""
        function, source = _function(self.module, self.function), self.source
        for old, new in self.changes:
            if old not in source:
                raise AssertionError(f"{self}: not in the source any more; mend tests/matrix/mutants.py")
            source = source.replace(old, new)
        made: dict[str, Any] = {}
        exec(compile(ast.parse(source), str(self), "exec"), self.module.__dict__, made)
        kept, function.__code__ = function.__code__, made[function.__name__].__code__
        try:
            yield
        finally:
            function.__code__ = kept


def _function(module: ModuleType, name: str) -> Any:
    owner: Any = module
    for part in name.split("."):
        owner = getattr(owner, part)
    return owner


CASE = ("patient:case", "expert:table", "expert:invitation", "desk:case")
LINK, SHARE, DESK, TRAIL = ("doctor:add",), ("doctor:report-door", "doctor:report"), ("desk:case",), ("patient:trail",)
DOORS: dict[str, tuple[str, ...]] = {
    "_live": LINK,
    "alive": SHARE,
    "unlocked": SHARE,
    "SecondFactor._is_open": DESK,
    "live_roles": ("expert:home", "expert:table"),
    "_seat": ("expert:table", "expert:invitation"),
    "_judged": ("expert:table", "expert:invitation"),
    "reader_for": CASE,
    "_relations_by_role": ("desk:case", "patient:trail", "desk:gate"),
    "signed_in": DESK,
}


def _of(module: ModuleType, function: str, *changes: tuple[str, str], silent: str = "") -> Switch:
    source = textwrap.dedent(inspect.getsource(_function(module, function)))
    return Switch(module, function, changes, silent, source, DOORS[function])


TWICE = "the other condition of the pair holds as well; both off is a mutant of its own"
STATES = "state__in=[Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED],"
SWITCHES: tuple[Switch, ...] = (
    _of(access, "reader_for", ("tombstone_at=None, ", "")),
    _of(access, "reader_for", (", patient__tombstone_at=None", ""), silent="the last case goes with its patient"),
    _of(access, "reader_for", (" or not person.is_active", ""), silent="a session of a closed account is nobody's"),
    _of(access, "reader_for", ('if case["patient__person_id"] == person.pk', "if True")),
    _of(access, "reader_for", ('if case["is_proxy"]', "if True")),
    _of(access, "reader_for", (".live(at)", "")),
    _of(access, "reader_for", ("proxy=person, ", "")),
    _of(access, "reader_for", (', patient=OuterRef("patient")', "")),
    _of(access, "reader_for", ("if Role.EXPERT in held", "if True")),
    _of(access, "reader_for", ('if seat["state"] in {Seat.ACCEPTED, Seat.FINISHED} ', "if True ")),
    _of(access, "reader_for", ("if Role.ADMINISTRATOR in held", "if True"), silent="nobody else can break the glass"),
    _of(access, "reader_for", ("person=person, ", "")),
    _of(access, "reader_for", ('case=OuterRef("pk"), ', "")),
    _of(access, "reader_for", (", until__gt=at", "")),
    _of(access, "reader_for", ('if case.get("has_broken_glass")', "if True")),
    _of(access, "live_roles", (", revoked_at=None", "")),
    _of(access, "_relations_by_role", ("if Role.COORDINATOR in roles", "if True")),
    _of(access, "_relations_by_role", ("if Role.EDITOR in roles", "if True")),
    _of(access, "_relations_by_role", ("if Role.AUDITOR in roles", "if True")),
    _of(access, "_seat", ('case=OuterRef("pk"),', "")),
    _of(access, "_seat", ("expert__person=person,", "")),
    _of(access, "_seat", ("expert__state=ExpertState.VERIFIED,", "")),
    _of(access, "_seat", (STATES, ""), silent=TWICE),
    _of(access, "_seat", ("ended_at=None,", ""), silent=TWICE),
    _of(access, "_seat", (STATES, ""), ("ended_at=None,", "")),
    _of(access, "_seat", ('.exclude(case__state__in=["closed", "withdrawn", "declined", "expired"])', "")),
    _of(access, "_seat", (".valid(at.date())", "")),
    _of(access, "_seat", ('expert=OuterRef("expert"), ', "")),
    _of(access, "_seat", (', country=OuterRef("country"))\n    consents', ")\n    consents")),
    _of(access, "_seat", (".exclude(checked_at=None)", "")),
    _of(access, "_seat", ("Consent.objects.live()", "Consent.objects")),
    _of(access, "_seat", ('.filter(case=OuterRef("case"))', "")),
    _of(access, "_seat", ('purpose=Purpose.PROCESSING, country=""', "")),
    _of(
        access, "_seat", ("purpose=Purpose.RECIPIENT_COUNTRY, ", ""), silent="only this purpose is given for a country"
    ),
    _of(access, "_seat", ('RECIPIENT_COUNTRY, country=OuterRef("country")', "RECIPIENT_COUNTRY")),
    _of(access, "_judged", (' and seat["is_licensed"]', "")),
    _of(access, "_judged", (' and seat["may_process"]', "")),
    _of(access, "_judged", (' and seat["may_cross"]', "")),
    _of(links, "_live", ("if policy.against_link(link, at)", "if False")),
    _of(shares, "alive", ("share.revoked_at or ", "")),
    _of(shares, "alive", (" or at > share.valid_until", "")),
    _of(middleware, "SecondFactor._is_open", ("return policy is None or", "return True or")),
    _of(doctor_report, "unlocked", ("raise Locked", "pass")),
    _of(web_access, "signed_in", (" and user.is_active", ""), silent="Django gives nobody for a closed account"),
)


# Views that ask by themselves, besides their policy: address -> who asks.
BY_ITSELF = "allauth's view asks for a sign-in and a step-up of its own"
HELD_TWICE = {"mfa_download_recovery_codes": BY_ITSELF, "mfa_view_recovery_codes": BY_ITSELF}


def patterns() -> Iterator[tuple[str, URLPattern, Policy]]:
    """Every address whose view stands behind a guard that can be taken off."""
    policies = {one.name: one.policy for one in web_access.addresses()}

    def walk(found: Iterable[URLPattern | URLResolver], space: str) -> Iterator[tuple[str, URLPattern]]:
        for one in found:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
            else:
                yield f"{space}{one.name or ''}", one

    for name, pattern in walk(get_resolver().url_patterns, ""):
        policy = policies[name]
        if (
            name in cells.rows()
            and policy is not None
            and policy.kind != "public"
            and _bare(pattern.callback) is not None
        ):
            yield name, pattern, policy


def _bare(view: Callable[..., Any]) -> Callable[..., Any] | None:
    """The view as it was before its policy; None where it has no guard of ours."""
    declared = getattr(view, "__consilia_policy__", None)
    inner = getattr(view, "__wrapped__", None)
    while inner is not None and declared is not None and getattr(inner, "__consilia_policy__", None) is declared:
        inner = getattr(inner, "__wrapped__", None)
    return inner


@contextmanager
def opened(pattern: URLPattern, policy: Policy, asker: Asker) -> Iterator[None]:
    """The address without its policy: whoever comes is taken for somebody who may."""
    bare = _bare(pattern.callback)
    assert bare is not None
    shared = policy.right in {Right.READ_SHARED_REPORT, Right.ANSWER_SHARED_REPORT}
    ids = asker.world.ids("ana_delivered" if shared else "ana_review")

    def view(request: HttpRequest, **words: Any) -> HttpResponseBase:
        if policy.kind in {"role", "person"}:
            who = request.user if isinstance(request.user, Person) else make.person(people.ANA)
            return bare(request, who, **words)  # type: ignore[no-any-return]
        case = words.pop("case_id", ids["case_id"])
        seat = Assignment.objects.filter(case_id=case).exclude(expert=None).first()
        assert policy.right is not None
        link = ids["share_id"] if shared else ids["live_link"]
        everything = Reader(case, None, RIGHTS[policy.right], seat.pk if seat else None, cast(UUID, link))
        return bare(request, everything, **words)  # type: ignore[no-any-return]

    with patch.object(pattern, "callback", view):
        yield


def finds(asker: Asker, wanted: Iterable[Cell]) -> Cell | None:
    """The first cell that is wrong now."""
    return next((cell for cell in wanted if asker.ask(cell)[1]), None)


def needing(used: Used, line: Line) -> list[Cell]:
    """Cells that open by this line: those first whose address asks for this right."""
    policies = {one.name: one.policy for one in web_access.addresses()}
    found = used.cells.get(line, [])
    first = [cell for cell in found if (policy := policies[cell.address]) and policy.right == line[0]]
    return [*first[:5], *({cell.address: cell for cell in found}.values())]


def strangers(name: str) -> list[Cell]:
    """Cells in which an opened address must show: nobody at all, and a stranger with an account."""
    method = next(iter(cells.rows()[name].may))
    stage = "delivered" if name.startswith(("patient:report", "patient:opinion")) else "review"
    wanted = [target for target in cells.targets(name) if target in {"own", "-", "absent"}]
    who = ("anonymous", "half_authenticated", "other_patient")
    found = [Cell(name, method, actor, stage, target) for actor in who for target in wanted]
    return [cell for cell in found if cell.target != "own" or not cells.is_secret(name)]


def denied(asker: Asker, names: Iterable[str]) -> Iterator[Cell]:
    """Cells that must be denied: where a switched-off condition shows."""
    for name in names:
        method = next(iter(cells.rows()[name].may))
        for cell in cells.cells([name]):
            if cell.method == method and asker.expected(cell, cells.asked(asker.world, cell)) != ALLOWED:
                yield cell
