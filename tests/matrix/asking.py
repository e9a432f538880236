"""Asks a cell and judges the answer; what it changed is rolled back, so that no cell sees what another one did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.cache import cache
from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import reverse
from tests.matrix import bodies, cells
from tests.matrix.actors import ACTORS, BY_KEY, FULL, HALF, NOBODY, Actor, Browser
from tests.matrix.cells import Cell
from tests.matrix.people import MARK, NAME, NOTE, PATIENTS
from tests.matrix.world import World

ALLOWED, HIDDEN, SIGN_IN, SECOND, METHOD, OVER, DOOR = (
    *("allowed", "hidden", "sign-in", "second factor", "405", "link over", "door"),
)
POST = "demo:post"  # shows all post of the demo to everybody, and only there
# Pages whose own work is to lead to a sign-in page.
LEADS_ON = frozenset({"account_reauthenticate", "account:step-up-code", "account:step-up-demo", "account:secure"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    body: bytes
    headers: str
    error: str = ""


class Asker:
    """Browsers of all actors over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.browsers = {actor.key: Browser(actor) for actor in ACTORS}
        bodies.things_of_people(world)
        bodies.self_checks(self.browsers)
        self._open_doors()
        self.nowhere = self.request("owner", "GET", "/nowhere/at/all/").body
        self.of_links: dict[str, bytes] = {}

    def _open_doors(self) -> None:
        """A doctor's code holds for half an hour; all cells take longer."""
        bodies.open_shares(self.world, self.browsers)
        self.doors_open_until = time.monotonic() + 600

    def request(self, actor: str, method: str, path: str, **more: object) -> Answer:
        client = self.browsers[actor].fresh()
        cache.clear()  # limits of attempts count per cell
        with transaction.atomic():
            response = client.generic(method, path, **more)  # type: ignore[arg-type]
            answer = _answer(response)
            transaction.set_rollback(True)
        return answer

    def ask(self, cell: Cell) -> tuple[Answer, tuple[str, ...]]:
        """The answer and what is wrong with it; nothing wrong is ()."""
        if time.monotonic() > self.doors_open_until:
            self._open_doors()
        asked = cells.asked(self.world, cell)
        answer = self.request(cell.actor, cell.method, asked.path, **bodies.of(self.world, cell))
        return answer, tuple(self.faults(cell, asked, answer))

    def expected(self, cell: Cell, asked: cells.Asked) -> str:
        """From the reviewed table and the actor's words alone."""
        row, actor = cells.rows()[cell.address], BY_KEY[cell.actor]
        if not row.anyone() & asked.words:
            return _denial(actor, cell)
        if not asked.fits:
            return HIDDEN
        if cell.method not in row.may:
            return METHOD
        return ALLOWED if row.may[cell.method] & asked.words else _denial(actor, cell)

    def faults(self, cell: Cell, asked: cells.Asked, answer: Answer) -> Iterator[str]:
        wanted, got = self.expected(cell, asked), self.outcome(cell, answer)
        if wanted != got and not _as_good(wanted, got, cell, asked, answer):
            yield f"{cell}: {got} ({answer.status} {answer.location}) instead of {wanted} {answer.error}"
        if answer.status >= 500:
            yield f"{cell}: {answer.status} {answer.error}"
        own_page = cell.target == "mixed" and answer.status == 409  # says why her own case does not allow it
        yield from leaks(cell, answer, denied=wanted != ALLOWED and not own_page)

    def outcome(self, cell: Cell, answer: Answer) -> str:
        if answer.status == 404:
            return HIDDEN if cell.method == "HEAD" or answer.body == self.absent(cell) else OVER
        if answer.status == 405:
            return METHOD
        page = urlsplit(answer.location).path
        if answer.status == 302 and page == reverse("account_login"):
            return SIGN_IN
        if answer.status == 302 and page in {reverse("account:step-up"), reverse("account:secure")}:
            return SECOND
        if answer.status == 302 and cell.address != "doctor:report-close" and page.endswith("/open/"):
            return DOOR
        return ALLOWED if answer.status not in {400, 403} or "tus" in cell.address else "no answer of the view"

    def absent(self, cell: Cell) -> bytes:
        """What somebody gets who asks for what never was: one page for everything; links for doctors have their own."""
        if not cells.is_secret(cell.address):
            return self.nowhere
        if cell.address not in self.of_links:
            never = Cell(cell.address, "GET", "anonymous", cell.stage, "absent")
            self.of_links[cell.address] = self.request("anonymous", "GET", cells.asked(self.world, never).path).body
        return self.of_links[cell.address]


def _as_good(wanted: str, got: str, cell: Cell, asked: cells.Asked, answer: Answer) -> bool:
    """Answers that tell as little: a page's own redirect, a link that says it is over, a method nobody answers."""
    row, actor = cells.rows()[cell.address], BY_KEY[cell.actor]
    known = bool(row.anyone() & asked.words)
    if wanted == ALLOWED and got in {SIGN_IN, SECOND}:
        return "everybody" in row.anyone() or cell.address in LEADS_ON
    if cell.address.startswith(("account", "mfa_")) and cell.method not in row.may:
        return known or got == METHOD  # allauth's views answer methods of their own; they hold nothing of a case
    if wanted != HIDDEN:
        return False
    if got == OVER:
        return bool(actor.link) and not actor.link_lives and cell.target in {"own", "mixed"}
    if got == METHOD:  # before the object was looked for: told to those who may ask, or where a secret is the key
        return cell.method not in row.may and (known or cells.is_secret(cell.address))
    if cell.target == "mixed" and answer.status == 409:
        return known  # her own case does not allow this step, whatever the id
    if cell.address == "mfa_remove_webauthn":
        return answer.status == 409  # staff keep one second factor, whatever the id
    return got == ALLOWED and cell.method == "OPTIONS" and known and not answer.body


def _denial(actor: Actor, cell: Cell) -> str:
    if actor.key == "doctor_wrong_code":
        return DOOR
    if cells.is_secret(cell.address):
        return HIDDEN
    return {NOBODY: SIGN_IN, HALF: SECOND, FULL: HIDDEN}[actor.session]


def _answer(response: HttpResponseBase) -> Answer:
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else response.content  # type: ignore[attr-defined]
    told = getattr(response, "exc_info", None)
    error = f"{told[0].__name__}: {told[1]}"[:300] if told else ""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    cookies = response.cookies.output() if response.cookies else ""
    return Answer(response.status_code, response.headers.get("Location", ""), body, headers + cookies, error)


def leaks(cell: Cell, answer: Answer, *, denied: bool) -> Iterator[str]:
    """Words of a case where nobody may read them; notes at the patient's; names at the expert's."""
    actor = BY_KEY[cell.actor]
    said = (answer.body + answer.headers.encode()).lower()
    if denied and MARK.encode() in said:
        yield f"{cell}: a canary in a denied answer"
    if (actor.is_expert or actor.is_of_the_case or actor.link) and NOTE.encode() in said:
        yield f"{cell}: an internal note"
    if actor.is_expert and cell.address != POST and any(form in said for form in _names()):
        yield f"{cell}: the patient's name or birth date in an expert's answer"


def _names() -> Iterator[bytes]:
    yield NAME.encode()
    for who in PATIENTS.values():
        for shape in ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d.%m.%Y", "%-d %B %Y", "%-d %b %Y", "%B %-d, %Y"):
            yield who.birth_date.strftime(shape).lower().encode()


Ask = Callable[[Cell], tuple[str, ...]]
