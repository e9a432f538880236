"""Cells: every address x method x actor x object, from the URL resolver; what is expected stands in expected.tsv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from django.urls import reverse
from tests import make
from tests.matrix import actors
from tests.matrix.actors import ACTORS, BY_KEY, Actor
from tests.matrix.world import ABSENT, World

from consilia.web import access

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
TABLE = Path(__file__).with_name("expected.tsv")
KWARG = re.compile(r"<(?:\w+:)?(\w+)>")
# Words of addresses that name a choice, not an object.
PLAIN: dict[str, object] = {
    "number": 1,
    "path": "studies",
    "index": 0,
    "row": 0,
    "item": "mammography",
    "condition": "operated",
    "part": "people",
    "whom": "me",
    "code": "7KQ4-M2XR-90TD",
    "kind": "jurisdictions",
    "entry_id": "US",
}
PLAIN_OF: dict[tuple[str, str], object] = {
    ("public:self-check-alarms", "part"): 1,
    ("desk:content-approval", "seat"): "lawyer",
    ("desk:content-withdraw", "seat"): "lawyer",
}
# Objects that belong to a person, not to a case.
OF_A_PERSON = frozenset({"mandate_id", "sign_in_id", "pk"})
# Objects of the service: the same for everybody.
OF_THE_SERVICE = frozenset({"expert_id", "licence_id", "voucher_id"})
# Pages of something that not every case has: (address, method or "") -> cases that have it; elsewhere it is absent.
REPORTS = frozenset({"ana_delivered", "mallory_delivered", "rosa_delivered"})
SEALED = REPORTS | {"ana_closed", "ana_unprocessed"}
OFFERED = SEALED | {"ana_review", "mallory_review", "rosa_review"}
NEEDS: dict[tuple[str, str], frozenset[str]] = {
    ("patient:opinion", ""): REPORTS,
    ("patient:report-of", ""): REPORTS,
    ("patient:follow-up", ""): REPORTS,
    ("patient:doctor-sheet", ""): REPORTS,
    ("patient:report-pdf", ""): REPORTS,
    ("patient:report-fhir", ""): REPORTS,
    ("patient:doctor-sheet-pdf", ""): REPORTS,
    ("patient:case-offer", "POST"): OFFERED,
    ("desk:paid", ""): OFFERED,
    ("desk:renew", ""): OFFERED,
    ("desk:seat-plan", ""): OFFERED,
    ("desk:invite", ""): OFFERED,
    ("expert:addendum", ""): SEALED,
    ("expert:withdraw", ""): SEALED,
}
# What opens by itself: whoever holds it may.
SECRETS = frozenset({"secret", "token"})
# An address that needs a record in a certain standing: (address, word) -> word of the id.
FITTING = {
    ("desk:held", "original_id"): "held",
    ("desk:put-back", "original_id"): "removed",
    ("patient:record-put-back", "record_id"): "removed",
    ("patient:record-ask", "record_id"): "held",
    ("doctor:add-tus-upload", "upload_id"): "upload_through_link",
}


@dataclass(frozen=True, slots=True)
class Cell:
    address: str
    method: str
    actor: str
    stage: str
    target: str  # own, sibling, foreign, erased, absent, mixed, guessed or - where the address names no object

    def __str__(self) -> str:
        return f"{self.method} {self.address} as {self.actor} on {self.target} ({self.stage})"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of expected.tsv: method -> words of those who may; a method that is not there is not answered."""

    name: str
    may: dict[str, frozenset[str]]

    def anyone(self) -> frozenset[str]:
        return frozenset().union(*self.may.values())


@cache
def rows() -> dict[str, Row]:
    """The reviewed table. Columns: address, GET, POST, other methods (METHOD=words;METHOD as GET)."""
    found: dict[str, Row] = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, get, post, others = (*line.split("\t"), "-", "-")[:4]
            found[name] = Row(name, _may(get, post, others))
    return found


def _may(get: str, post: str, others: str) -> dict[str, frozenset[str]]:
    may = {method: frozenset(words.split()) for method, words in (("GET", get), ("POST", post)) if words != "-"}
    for one in filter(None, others.replace("-", "").split(";")):
        method, _equals, words = one.strip().partition("=")
        may[method] = frozenset(words.split()) if words else may["GET"]
    return may


@cache
def routes() -> dict[str, tuple[str, ...]]:
    """Address -> its words: case_id, record_id, ..."""
    return {one.name: tuple(KWARG.findall(one.route)) for one in access.addresses()}


def words_of(name: str) -> tuple[str, ...]:
    return routes()[name]


def names() -> list[str]:
    return list(routes())


def targets(name: str) -> tuple[str, ...]:
    """The objects for which this address is asked."""
    words = set(words_of(name))
    if "case_id" in words:
        return (*actors.OBJECTS, *(("mixed",) if words - {"case_id"} - set(PLAIN) else ()))
    if words & SECRETS:
        return ("own", "absent", "guessed", *(("mixed",) if words - SECRETS else ()))
    if words & OF_A_PERSON:
        return ("own", "foreign", "absent")
    if words & OF_THE_SERVICE:
        return ("own", "absent", *(("mixed",) if len(words & OF_THE_SERVICE) > 1 else ()))
    return ("-",)


def cells(of: Iterable[str] = ()) -> Iterator[Cell]:
    """All of them, or of some addresses; one without a line is red by itself. Without a case: in one stage."""
    for name in of or [one for one in names() if one in rows()]:
        stages = actors.STAGES if "case_id" in words_of(name) else actors.STAGES[:1]
        for stage in stages:
            for target in targets(name):
                for actor in ACTORS:
                    if _has(actor, name, target):
                        yield from (Cell(name, method, actor.key, stage, target) for method in METHODS)


def _has(actor: Actor, name: str, target: str) -> bool:
    """Leaves out what is no cell, or the same cell twice: a link opens some addresses; without cookies it is nobody."""
    if not is_secret(name):
        return not actor.link or actor.key == "doctor_live"
    if target in {"own", "mixed"}:
        return bool(actor.link) and name in LINKS[actor.link]
    return not actor.link


def is_secret(name: str) -> bool:
    return bool(SECRETS & set(words_of(name)))


_ADD = ("add", "add-finish", "add-upload", "add-stow", "add-tus", "add-tus-upload")
_REPORT = ("report", "report-door", "report-close", "answer", "report-of", "pdf", "fhir")
# Which addresses open with which kind of link.
LINKS: dict[str, frozenset[str]] = {
    "hospital": frozenset(f"doctor:{name}" for name in _ADD),
    "doctor": frozenset(f"doctor:{name}" for name in _REPORT),
    "sign_in": frozenset({"account:sign-in-link"}),
    "demo": frozenset({"account:demo-sign-in"}),
}
# The case behind a link, and another one whose ids must not open with it.
BEHIND = {"hospital": ("ana_review", "ana_review"), "doctor": ("ana_delivered", "mallory_delivered")}


@dataclass(frozen=True, slots=True)
class Asked:
    """A cell with its ids: whether each of them is there and belongs to the others, and what the actor is to it."""

    cell: Cell
    given: dict[str, object]
    fits: bool
    words: frozenset[str]

    @property
    def path(self) -> str:
        """The address; an id that the case does not have is an absent one."""
        words = {word: make.unknown_id() if value is None else value for word, value in self.given.items()}
        return reverse(self.cell.address, kwargs=words)


def asked(world: World, cell: Cell) -> Asked:
    """Finds the ids of a cell."""
    actor = BY_KEY[cell.actor]
    case = _case(actor, cell)
    given = {word: _given(world, actor, cell, case, word) for word in words_of(cell.address)}
    words = actor.words | (actors.relation(actor, case) if case else frozenset())
    return Asked(cell, given, _fits(world, cell, case, given), words)


def _fits(world: World, cell: Cell, case: str, given: dict[str, object]) -> bool:
    """Whether there is such an object, and it is the actor's where it is a person's own."""
    own = set(given) & OF_A_PERSON
    if own:
        return cell.target == "own" and cell.actor in _owned(world, own.pop())
    if cell.address == "patient:case-start" and cell.method == "POST":
        return cell.actor in {"owner", "other_patient", "proxy_live"}  # the others have no patient to choose
    if case and not all(case in NEEDS.get((cell.address, method), {case}) for method in ("", cell.method)):
        return False
    return cell.target not in {"absent", "mixed", "guessed", "erased"} and None not in given.values()


def _case(actor: Actor, cell: Cell) -> str:
    if "case_id" not in words_of(cell.address):
        return ""
    target = "own" if cell.target == "mixed" else cell.target
    return actor.cases[cell.stage][actors.OBJECTS.index(target)]


def _given(world: World, actor: Actor, cell: Cell, case: str, word: str) -> object:
    """The value of one word; None where there is no such object."""
    name = cell.address
    if "case_id" in words_of(name) and word != "case_id" and word not in PLAIN:
        source = actor.cases[cell.stage][2] if cell.target == "mixed" else case  # 2: foreign
        if source == ABSENT:
            return None if word != "seat" else 9
        value = world.ids(source).get(FITTING.get((name, word), word))
        return 9 if value is None and word == "seat" else value
    if word == "case_id":
        return world.ids(case).get("case_id", make.unknown_id())
    if word in SECRETS:
        return _secret(world, actor, cell)
    if is_secret(name):
        return _behind(world, actor, cell, word)
    if word in OF_A_PERSON:
        return _of_a_person(world, actor, cell, word)
    if word in OF_THE_SERVICE:
        return _of_the_service(world, cell, word)
    return PLAIN_OF.get((name, word), PLAIN.get(word))


def _secret(world: World, actor: Actor, cell: Cell) -> str:
    """Her own; one that never was; what somebody reads who sees the tables: the hash."""
    if cell.target in {"own", "mixed"}:
        return world.secrets[actor.key]
    if cell.target == "guessed":
        return str(_owned(world, "hashes")[actor.link or "hospital"])
    return "k" * 43


def _behind(world: World, actor: Actor, cell: Cell, word: str) -> object:
    """An id beside a secret: of the case behind the link, also for who only knows ids; `mixed`: of another case."""
    kind = actor.link or ("hospital" if cell.address.startswith("doctor:add") else "doctor")
    case = BEHIND[kind][cell.target == "mixed"]
    fitting = word if cell.target == "mixed" else FITTING.get((cell.address, word), word)
    return world.ids(case)[fitting]


def _of_the_service(world: World, cell: Cell, word: str) -> object:
    if cell.target == "absent":
        return None
    if cell.target == "mixed" and word == "licence_id":
        return world.others["foreign_licence_id"]
    return world.others[word]


def _owned(world: World, word: str) -> dict[str, object]:
    """actor -> her own object of this kind."""
    return cast("dict[str, object]", world.others[word])


def _of_a_person(world: World, actor: Actor, cell: Cell, word: str) -> object:
    """Her own thing; another person's for `foreign`."""
    if cell.target == "absent":
        return 999_999 if word == "pk" else None
    things = _owned(world, word)
    mine = things.get(actor.key)
    if cell.target == "own":
        return 999_999 if mine is None and word == "pk" else mine
    return next((value for key, value in things.items() if key != actor.key), 999_999 if word == "pk" else None)
