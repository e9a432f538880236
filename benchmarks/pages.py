"""Server time and queries of every page: as a ratio to an empty signed-in page, and at 100,000 cases to 1,000.

    python benchmarks/pages.py [--quick]      --quick: 200 and 5,000 cases instead of 1,000 and 100,000

Prints one line a figure, `name value goal number` (ratio or count, at most the goal), then the table in milliseconds.
Everything runs in one process on a data folder of its own; only ratios out of one run count. Beside every request a
fixed piece of work is timed, and the request counts in its units: others who use the machine slow down both.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
FULL = 160  # cases that fill a page of each turn on the worklist
RATIO, GROWTH, QUERIES = 8.0, 1.2, 12


def prepare() -> None:
    """A fresh data folder and Django, before anything of ours is imported."""
    sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
    os.environ["CONSILIA_HOME"] = tempfile.mkdtemp(prefix="consilia-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "consilia.config.settings"
    import django  # noqa: PLC0415 - the environment comes first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    who: str
    path: str


@dataclass(frozen=True, slots=True)
class Timing:
    """`effort`: time of the page by the time of the fixed work beside it."""

    milliseconds: float
    effort: float
    queries: int


def fill(count: int) -> None:
    """Other people's cases up to `count`, written in bulk: they only have to be in the way."""
    from tests.make import NOON  # noqa: PLC0415

    from consilia.accounts.models import Patient, Person  # noqa: PLC0415
    from consilia.cases.models import Case, Question, Step  # noqa: PLC0415
    from consilia.cases.states import State  # noqa: PLC0415

    have = Case.objects.count()
    states = [State.COLLECTING, State.ORGANISING, State.IN_REVIEW, State.DELIVERED]
    for start in range(have, count, 5000):
        numbers = range(start, min(start + 5000, count))
        people = [Person(email=f"p{n}@example.org", password="!", created_at=NOON) for n in numbers]
        Person.objects.bulk_create(people)
        patients = [
            Patient(
                person=person,
                given_name=f"Given{n}",
                family_name=f"Family{n}",
                birth_date="1970-01-01",
                residence_country="PT",
                created_at=NOON,
            )
            for n, person in zip(numbers, people, strict=True)
        ]
        Patient.objects.bulk_create(patients)
        cases = [
            Case(
                reference=f"C-2026-{n:06d}",
                patient=patient,
                opened_at=NOON - timedelta(minutes=n),
                # The worklist is full at either size; beyond that one case in fifty is open.
                state=states[n // (1 if n < FULL else 50) % len(states)] if n < FULL or n % 50 == 0 else State.CLOSED,
                state_since=NOON - timedelta(minutes=n),
                stated_diagnosis="x",
            )
            for n, patient in zip(numbers, patients, strict=True)
        ]
        Case.objects.bulk_create(cases)
        Step.objects.bulk_create(Step(case=case, old="", new=case.state, at=case.opened_at) for case in cases)
        Question.objects.bulk_create(Question(case=case, number=1, text="?") for case in cases)


CASES = ("ana_review", "ana_delivered", "ana_collecting")
FIXED = {"number": 1, "index": 0, "part": "about", "item": "pathology", "whom": "me", "code": "none"}
FIXED |= {"kind": "checklists", "entry_id": "always"}
LINKS = {"add": "hospital_live"}  # every other page behind a link is the doctor's


def actors(world) -> dict[str, tuple[str, ...]]:  # type: ignore[no-untyped-def]
    """Who may open the pages of a part of the site, by addresses of the people."""
    from tests import cast  # noqa: PLC0415
    from tests.matrix import people  # noqa: PLC0415

    staff = [one.email for one in cast.EVERYBODY if set(one.roles) & {"coordinator", "editor", "administrator"}]
    auditors = [one.email for one in cast.EVERYBODY if "auditor" in one.roles]
    return {
        "public": ("",),
        "doctor": ("link",),
        "patient": (cast.ANA.email,),
        "account": (cast.ANA.email,),
        "expert": (people.ACCEPTED.email, people.INVITED.email),
        "desk": (*staff, *auditors),
    }


def newcomer() -> str:
    """Somebody with an account and nothing else: her home is the empty page."""
    from tests.make import NOON  # noqa: PLC0415

    from consilia.accounts import actions  # noqa: PLC0415

    return actions.add_person("nova@example.org", "Nova", "Neu", language="en", at=NOON).email


def pages(clients: Clients) -> list[Page]:
    """Every page of the product that answers a GET with HTML: of all who and cases the one with the most queries."""
    from tests.matrix import world as worlds  # noqa: PLC0415

    from consilia.web.access import addresses  # noqa: PLC0415

    world = worlds.build()
    clients.world = world
    found, silent = [], []
    for address in addresses():
        space, _colon, _name = address.name.rpartition(":")
        who = actors(world).get(space, ())
        tried = [(clients.queries(page), page) for one in who for page in candidates(world, address, one)]
        best = max(tried, key=lambda row: row[0], default=(-1, None))
        if best[1] is not None and best[0] >= 0:
            found.append(best[1])
        elif who:
            silent.append(address.name)
    print(f"# {len(found)} pages; no page of HTML for a GET: {', '.join(silent)}")
    return found


def candidates(world, address, who: str) -> list[Page]:  # type: ignore[no-untyped-def]
    """The address filled with the ids of each case of Ana's."""
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415

    words = re.findall(r"<(?:\w+:)?(\w+)>", address.route)
    link = world.secrets[LINKS.get(address.name.partition(":")[2].partition("-")[0], "doctor_live")]
    pages = {}
    for case in CASES if words else CASES[:1]:
        ids = {**FIXED, **world.others, **world.ids(case), "case_id": world.tales[case].case.pk, "secret": link}
        try:
            path = reverse(address.name, kwargs={word: ids[word] for word in words})
        except (KeyError, NoReverseMatch):
            continue
        pages[path] = Page(address.name, who, path)
    return list(pages.values())


class Clients:
    """A signed-in browser, with both factors, for every person; `link` is the doctor with the code given."""

    def __init__(self) -> None:
        self.known = {}  # type: ignore[var-annotated]
        self.world = None  # type: ignore[var-annotated]

    def of(self, who: str):  # type: ignore[no-untyped-def]
        from django.urls import reverse  # noqa: PLC0415

        if who not in self.known:
            self.known[who] = client_of(who)
            if who == "link":
                secret, code = self.world.secrets["doctor_live"], self.world.others["doctor_live_code"]
                self.known[who].post(reverse("doctor:report-door", args=[secret]), {"code": code})
        return self.known[who]

    def queries(self, page: Page) -> int:
        """How many queries the page takes; -1 when it is no page for this person."""
        client = self.of(page.who)
        first = client.get(page.path)
        if first.status_code != 200 or not first.headers.get("Content-Type", "").startswith("text/html"):
            return -1
        return asked(client, page.path)


def asked(client, path: str) -> int:  # type: ignore[no-untyped-def]
    """Queries of one GET, without the words of transactions."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    words = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(1 for row in captured.captured_queries if not row["sql"].startswith(words))


def client_of(who: str):  # type: ignore[no-untyped-def]
    """A signed-in client with both factors; nobody is signed in for a `who` that is no address."""
    from django.test import Client  # noqa: PLC0415

    from consilia.accounts import signin  # noqa: PLC0415
    from consilia.accounts.models import Person  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    if "@" in who:
        client.get(signin.demo_link(Person.objects.get(email=who)), follow=False)
    return client


def measure(page: Page, clients: Clients) -> Timing:
    client = clients.of(page.who)
    first = client.get(page.path)
    if first.status_code != 200:
        raise SystemExit(f"{page.name} answered {first.status_code} at {page.path}")
    queries = asked(client, page.path)
    rounds = [(spent(lambda: client.get(page.path)), spent(work)) for _round in range(ROUNDS)]
    effort = statistics.median(time_of_page / beside for time_of_page, beside in rounds)
    return Timing(statistics.median(row[0] for row in rounds) * 1000, effort, queries)


def spent(act) -> float:  # type: ignore[no-untyped-def]
    """Processor seconds of this process alone: the clock on the wall would measure others, too."""
    started = time.process_time()
    act()
    return time.process_time() - started


def work() -> None:
    """Two milliseconds of what pages are made of, that no case can make longer."""
    from django.template import Context, Engine  # noqa: PLC0415

    words = "{% for one in lines %}<p>{{ one.name }}{% if one.is_late %}, {{ one.since }}{% endif %}</p>{% endfor %}"
    lines = [{"name": f"Line <{number}>", "is_late": number % 2, "since": number} for number in range(60)]
    Engine().from_string(words).render(Context({"lines": lines}))


def run(all_pages: list[Page], empty: Page, clients: Clients) -> tuple[dict[str, Timing], Timing]:
    """Timings of all pages, and the middle one of the empty page, which is measured between them."""
    found, bases = {}, []
    for index, page in enumerate(all_pages):
        if index % 5 == 0:
            bases.append(measure(empty, clients))
        found[page.name] = measure(page, clients)
    return found, sorted(bases, key=lambda timing: timing.effort)[len(bases) // 2]


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    small, large = (200, 5000) if arguments.parse_args().quick else (1000, 100_000)
    prepare()
    from django.urls import reverse  # noqa: PLC0415

    gc.disable()  # else the 100,000 rows made here are walked through in the middle of somebody's page
    clients = Clients()
    all_pages = pages(clients)
    empty = Page("an empty signed-in page", newcomer(), reverse("patient:home"))
    fill(small)
    before, base_before = run(all_pages, empty, clients)
    fill(large)
    after, base_after = run(all_pages, empty, clients)
    failed = 0
    # The yardstick itself first: a cost that every page shares would cancel out of ratios to it.
    figures = [("empty growth", base_after.effort / base_before.effort, GROWTH)]
    for name, timing in after.items():
        figures += [
            (f"{name} to-empty", timing.effort / base_after.effort, RATIO),
            (f"{name} growth", timing.effort / before[name].effort, GROWTH),
            (f"{name} queries", float(timing.queries), QUERIES),
        ]
    for label, value, goal in figures:
        failed += value > goal
        print(f"{label.replace(' ', '_')} {value:.2f} goal {goal:g}{'' if value <= goal else '   OVER'}")
    print(
        f"\nempty page: {base_before.milliseconds:.1f} ms at {small}, {base_after.milliseconds:.1f} ms at {large} cases"
    )
    for name, timing in sorted(after.items(), key=lambda row: -row[1].milliseconds):
        print(f"{timing.milliseconds:8.1f} ms  {timing.queries:3d} queries  {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
