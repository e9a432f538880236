"""Mutants: each line of RIGHTS taken out, each condition switched off, each view opened; the matrix must turn red."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest.mock import patch

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
    why_silent: str = ""  # where another condition holds as well, and says so

    def __str__(self) -> str:
        return f"{self.module.__name__.removeprefix('consilia.')}.{self.function}: {self.changes[0][0].strip()}"

    @contextmanager
    def off(self) -> Iterator[None]:
        """Functions of one module call each other: the changed one takes its place in the module."""
        owner, name = self._owner()
        source = textwrap.dedent(inspect.getsource(getattr(owner, name)))
        for old, new in self.changes:
            if old not in source:
                raise AssertionError(f"{self}: not in the source any more; mend tests/matrix/mutants.py")
            source = source.replace(old, new)
        made: dict[str, Any] = {}
        exec(compile(ast.parse(source), str(self), "exec"), self.module.__dict__, made)
        with patch.object(owner, name, made[name]):
            yield

    def _owner(self) -> tuple[Any, str]:
        head, _dot, name = self.function.rpartition(".")
        return (getattr(self.module, head) if head else self.module), name


def _of(module: ModuleType, function: str, *changes: tuple[str, str], silent: str = "") -> Switch:
    return Switch(module, function, changes, silent)


TWICE = "the other condition of the pair holds as well; both off is a mutant of its own"
SWITCHES: tuple[Switch, ...] = (
    _of(access, "reader_for", ("tombstone_at=None, ", "")),
    _of(access, "reader_for", (", patient__tombstone_at=None", ""), silent="the last case goes with its patient"),
    _of(access, "reader_for", (" or not person.is_active", ""), silent="a session of a closed account is nobody's"),
    _of(access, "reader_for", ('if case["patient__person_id"] == person.pk', "if True")),
    _of(access, "reader_for", (".live(at)", "")),
    _of(access, "reader_for", ("proxy=person, ", "")),
    _of(access, "reader_for", (', patient_id=case["patient_id"]', "")),
    _of(access, "reader_for", ("if assignment.state in {Seat.ACCEPTED, Seat.FINISHED} ", "if True ")),
    _of(access, "live_roles", (", revoked_at=None", "")),
    _of(access, "_relations_by_role", ("if Role.COORDINATOR in roles", "if True")),
    _of(access, "_relations_by_role", ("if Role.EDITOR in roles", "if True")),
    _of(access, "_relations_by_role", ("if Role.AUDITOR in roles", "if True")),
    _of(access, "_relations_by_role", ("person=person, ", "")),
    _of(access, "_relations_by_role", ("case_id=case_id, ", "")),
    _of(access, "_relations_by_role", (", until__gt=at", "")),
    _of(access, "_seat", ("case_id=case_id,", "")),
    _of(access, "_seat", ("expert__person=person,", "")),
    _of(access, "_seat", ("expert__state=ExpertState.VERIFIED,", "")),
    _of(access, "_seat", ("state__in=[Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED],", ""), silent=TWICE),
    _of(access, "_seat", ("ended_at=None,", ""), silent=TWICE),
    _of(
        access,
        "_seat",
        ("state__in=[Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED],", ""),
        ("ended_at=None,", ""),
    ),
    _of(access, "_seat", ('.exclude(case__state__in=["closed", "withdrawn", "declined", "expired"])', "")),
    _of(access, "_seat", (" or Role.EXPERT not in live_roles(person)", "")),
    _of(access, "_seat", (".valid(at.date())", "")),
    _of(access, "_seat", ("expert=seat.expert, ", "")),
    _of(access, "_seat", ("(expert=seat.expert, country=seat.country)", "(expert=seat.expert)")),
    _of(access, "_seat", (".exclude(checked_at=None)", "")),
    _of(access, "_seat", ("consents.live()", "consents")),
    _of(
        access, "_seat", ("purpose=Purpose.RECIPIENT_COUNTRY, ", ""), silent="only this purpose is given for a country"
    ),
    _of(
        access,
        "_seat",
        ("(purpose=Purpose.RECIPIENT_COUNTRY, country=seat.country)", "(purpose=Purpose.RECIPIENT_COUNTRY)"),
    ),
    _of(access, "_seat", ("return seat if consented.exists() else None", "return seat")),
    _of(links, "resolve", ("if policy.against_link(link, at)", "if False")),
    _of(shares, "alive", ("share.revoked_at or ", "")),
    _of(shares, "alive", (" or at > share.valid_until", "")),
    _of(middleware, "SecondFactor._is_open", ("return policy is None or", "return True or")),
    _of(doctor_report, "unlocked", ("raise Locked", "pass")),
    _of(web_access, "signed_in", (" and user.is_active", ""), silent="Django gives nobody for a closed account"),
)


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
        if policy is not None and policy.kind != "public" and _bare(pattern.callback) is not None:
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
    case_id = asker.world.ids("ana_delivered" if policy.right == Right.READ_SHARED_REPORT else "ana_review")["case_id"]

    def view(request: HttpRequest, **words: Any) -> HttpResponseBase:
        if policy.kind in {"role", "person"}:
            who = request.user if isinstance(request.user, Person) else make.person(people.ANA)
            return bare(request, who, **words)  # type: ignore[no-any-return]
        case = words.pop("case_id", case_id)
        seat = Assignment.objects.filter(case_id=case).exclude(expert=None).first()
        assert policy.right is not None
        everything = Reader(case, None, RIGHTS[policy.right], seat.pk if seat else None)
        return bare(request, everything, **words)  # type: ignore[no-any-return]

    with patch.object(pattern, "callback", view):
        yield


def finds(asker: Asker, wanted: Iterable[Cell]) -> Cell | None:
    """The first cell that is wrong now."""
    return next((cell for cell in wanted if asker.ask(cell)[1]), None)


def strangers(name: str) -> list[Cell]:
    """Cells in which an opened address must show: nobody at all, and a stranger with an account."""
    method = next(iter(cells.rows()[name].may))
    stage = "delivered" if name.startswith(("patient:report", "patient:opinion")) else "review"
    wanted = [target for target in cells.targets(name) if target in {"own", "-", "absent"}]
    who = ("anonymous", "other_patient")
    found = [Cell(name, method, actor, stage, target) for actor in who for target in wanted]
    return [cell for cell in found if cell.target != "own" or not cells.is_secret(name)]


def denied(asker: Asker, names: Iterable[str], methods: tuple[str, ...] = ("GET", "POST")) -> Iterator[Cell]:
    """Cells that must be denied: where a switched-off condition shows."""
    chosen = set(names)
    for cell in cells.cells():
        answered = cell.method in methods and cell.address in chosen and cell.method in cells.rows()[cell.address].may
        if answered and asker.expected(cell, cells.asked(asker.world, cell)) != ALLOWED:
            yield cell


# Addresses by which a switched-off condition is looked for first: one of each audience and of each kind of door.
DOORS = (
    "patient:case",
    "expert:table",
    "expert:invitation",
    "desk:case",
    "desk:trail-case",
    "desk:experts",
    "doctor:add",
    "doctor:report",
    "doctor:report-door",
)


@contextmanager
def every(switches: Iterable[Switch]) -> Iterator[None]:
    with ExitStack() as stack:
        for one in switches:
            stack.enter_context(one.off())
        yield
