"""Server time and queries of every page: as a ratio to an empty signed-in page, and at 100,000 cases to 1,000.

    python benchmarks/pages.py [--quick]      --quick: 200 and 5,000 cases instead of 1,000 and 100,000

Prints one line a figure, `name value goal number` (ratio or count, at most the goal), then the table in milliseconds.
Everything runs in one process on a data folder of its own; only ratios out of one run count.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
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
    milliseconds: float
    queries: int


def fill(count: int) -> None:
    """Other people's cases up to `count`, written in bulk: they only have to be in the way."""
    from tests.make import NOON  # noqa: PLC0415

    from consilia.accounts.models import Patient, Person  # noqa: PLC0415
    from consilia.cases.models import Case, Question, Step  # noqa: PLC0415
    from consilia.cases.states import State  # noqa: PLC0415

    have = Case.objects.count()
    states = [State.COLLECTING, State.ORGANISING, State.IN_REVIEW, State.DELIVERED, State.CLOSED]
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
                state=states[n % len(states)] if n % 50 == 0 else State.CLOSED,
                state_since=NOON - timedelta(minutes=n),
                stated_diagnosis="x",
            )
            for n, patient in zip(numbers, patients, strict=True)
        ]
        Case.objects.bulk_create(cases)
        Step.objects.bulk_create(Step(case=case, old="", new=case.state, at=case.opened_at) for case in cases)
        Question.objects.bulk_create(Question(case=case, number=1, text="?") for case in cases)


def pages() -> list[Page]:
    """Every page of the journey that answers a plain GET, with who opens it."""
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415
    from tests import cast, make  # noqa: PLC0415

    collecting = make.case_with_records(cast.ANA)
    in_review = make.case_in_review(cast.MALLORY)
    of_case = [
        (cast.ANA, collecting, [
            "patient:case", "patient:case-describe", "patient:case-questions", "patient:case-consents",
            "patient:case-countries", "patient:case-hand-in", "patient:messages", "patient:records",
            "patient:readiness", "patient:trail", "patient:leave", "patient:case-withdraw", "patient:erase",
        ]),
        (cast.EVA, in_review, ["desk:case", "desk:messages", "desk:seats"]),
        (cast.WEBER, in_review, ["expert:table"]),
        (cast.MALLORY, in_review, ["patient:case", "patient:messages"]),
    ]  # fmt: skip
    plain = [
        (
            None,
            ["public:home", "public:self-check", "public:limits", "public:prices", "public:experts", "public:verify"],
        ),
        (cast.ANA, ["patient:home", "account:settings"]),
        (cast.EVA, ["desk:worklist", "desk:experts"]),
        (cast.WEBER, ["expert:home"]),
    ]
    found = []
    for who, names in plain:
        for name in names:
            try:
                found.append(Page(name, who.key if who else "anonymous", reverse(name)))
            except NoReverseMatch:
                print(f"# {name} has no page")
    for who, case, names in of_case:
        for name in names:
            try:
                found.append(Page(f"{name} {who.key}", who.key, reverse(name, kwargs={"case_id": case.pk})))
            except NoReverseMatch:
                print(f"# {name} has no page")
    return found


def client_of(who: str):  # type: ignore[no-untyped-def]
    """A signed-in client with both factors."""
    from django.test import Client  # noqa: PLC0415
    from tests import cast, make  # noqa: PLC0415

    from consilia.accounts import signin  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    if who != "anonymous":
        person = make.person(next(one for one in cast.EVERYBODY if one.key == who))
        client.get(signin.demo_link(person), follow=False)
    return client


def measure(page: Page, client) -> Timing:  # type: ignore[no-untyped-def]
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    first = client.get(page.path)
    if first.status_code != 200:
        raise SystemExit(f"{page.name} answered {first.status_code} at {page.path}")
    with CaptureQueriesContext(connection) as captured:
        client.get(page.path)
    queries = [
        row
        for row in captured.captured_queries
        if not row["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        client.get(page.path)
        times.append(time.perf_counter() - started)
    return Timing(statistics.median(times) * 1000, len(queries))


def run(all_pages: list[Page], empty: Page) -> tuple[dict[str, Timing], float]:
    """Timings of all pages, and the median of the empty one measured between them (the machine is shared)."""
    clients = {page.who: client_of(page.who) for page in [*all_pages, empty]}
    found, bases = {}, []
    for index, page in enumerate(all_pages):
        if index % 5 == 0:
            bases.append(measure(empty, clients[empty.who]).milliseconds)
        found[page.name] = measure(page, clients[page.who])
    return found, statistics.median(bases)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    small, large = (200, 5000) if arguments.parse_args().quick else (1000, 100_000)
    prepare()
    from django.urls import reverse  # noqa: PLC0415

    all_pages = pages()
    empty = Page("an empty signed-in page", "bruno", reverse("patient:home"))
    fill(small)
    before, base_before = run(all_pages, empty)
    fill(large)
    after, base_after = run(all_pages, empty)
    failed = 0
    for name, timing in after.items():
        growth = (timing.milliseconds / base_after) / (before[name].milliseconds / base_before)
        figures = [
            (f"{name} to-empty", timing.milliseconds / base_after, RATIO),
            (f"{name} growth", growth, GROWTH),
            (f"{name} queries", float(timing.queries), QUERIES),
        ]
        for label, value, goal in figures:
            failed += value > goal
            print(f"{label.replace(' ', '_')} {value:.2f} goal {goal:g}{'' if value <= goal else '   OVER'}")
    print(f"\nempty page: {base_before:.1f} ms at {small}, {base_after:.1f} ms at {large} cases")
    for name, timing in sorted(after.items(), key=lambda row: -row[1].milliseconds):
        print(f"{timing.milliseconds:8.1f} ms  {timing.queries:3d} queries  {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
