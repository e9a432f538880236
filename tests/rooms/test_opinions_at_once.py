"""Signing and saving from many places at once: one result, a clear refusal for everybody else, on either database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from tests import cast, make
from tests import expert_opinion as write

from consilia.audit import actions as audit
from consilia.cases.access import Reader
from consilia.kernel.refusal import ConsiliaError, Refused
from consilia.opinions import actions, sealing
from consilia.opinions.models import Opinion, Seal, SigningKey
from consilia.opinions.states import OpinionState

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 6


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Runs the deeds in threads that begin together; results, or the refusals they rose with."""
    together = threading.Barrier(len(deeds))
    results: list[object] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        together.wait()
        try:
            results[place] = deed()
        except ConsiliaError as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def in_memory() -> bool:
    """Threads do not meet in a database in memory; there the whole module runs once more on a file."""
    return connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"])


@pytest.fixture(autouse=True)
def _where_threads_meet(request: pytest.FixtureRequest) -> None:
    if in_memory() and "file" not in request.node.name:
        pytest.skip("runs on a file of SQLite in a process of its own")


def test_all_of_this_holds_on_a_file_of_sqlite_too(tmp_path):
    if not in_memory():
        pytest.skip("this run is that one, or another database")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-o",
        "addopts=-q",
        "-p",
        "tests.sqlite_file",
        "-p",
        "no:xdist",
        __file__,
    ]
    # The plugin is there before conftest.py: the settings are read before that could make a data folder.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept["CONSILIA_HOME"] = str(tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, env=kept, check=False, timeout=240)
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"5 passed", done.stdout), done.stdout[-500:]


def weber(case) -> Reader:
    return make.reader(cast.WEBER, case, at=write.now())


def codes(results: list[object]) -> set[str]:
    return {refusal.code for one in results if isinstance(one, Refused) for refusal in one.refusals}


def test_pressed_in_six_places_at_once_it_is_signed_once():
    case = write.in_review()
    write.passed(case)
    her = weber(case)
    results = at_once(*[lambda: sealing.sign(her, method="totp", at=write.now())] * TIMES)
    assert [type(one) for one in results].count(Seal) == 1
    assert codes(results) == {"signed_already"}
    assert Seal.objects.count() == SigningKey.objects.count() == 1
    assert audit.verify().ok


def test_saved_from_six_tabs_at_once_one_is_kept_and_five_are_told():
    case = write.in_review()
    opinion = write.saved(case)
    her = weber(case)

    def save(number: int) -> Callable[[], object]:
        words = write.content(case, summary={"in_short": f"Tab {number}"})
        return lambda: actions.save(her, words, version=opinion.version, at=write.now())

    results = at_once(*(save(number) for number in range(TIMES)))
    kept = [one for one in results if isinstance(one, Opinion)]
    assert len(kept) == 1
    assert codes(results) == {"stale"}
    assert Opinion.objects.get().content == kept[0].content


def test_the_first_words_from_many_tabs_begin_one_opinion():
    case = write.in_review()
    her = weber(case)
    results = at_once(*[lambda: actions.save(her, write.content(case), version=0, at=write.now())] * TIMES)
    assert [type(one) for one in results].count(Opinion) == 1
    assert codes(results) == {"stale"}
    assert Opinion.objects.count() == 1


def test_withdrawn_and_added_to_at_once_the_chain_stays_in_order():
    case = write.in_review()
    made = write.signed(case)
    her = weber(case)

    def add(withdraw: bool) -> object:
        return sealing.add(
            her, made.opinion_id, reason="r", words="w", method="totp", at=write.now(), withdraw=withdraw
        )

    results = at_once(lambda: add(True), lambda: add(False), lambda: add(True))
    chain = list(Seal.objects.order_by("sequence"))
    assert [one.sequence for one in chain] == list(range(len(chain)))
    assert [one.kind for one in chain].count(Seal.Kind.WITHDRAWAL) == 1
    assert chain[-1].kind == Seal.Kind.WITHDRAWAL
    assert codes(results) == {"withdrawn_already"}


def test_sent_back_while_she_signs_it_is_either_signed_or_with_her_again():
    case = write.in_review()
    opinion = write.submitted(case)
    her, editor = weber(case), make.reader(cast.PRIYA, case, at=write.now())
    results = at_once(
        lambda: actions.pass_on(editor, opinion.pk, points=write.POINTS, at=write.now()),
        lambda: actions.send_back(editor, opinion.pk, reasons="Look again", points={}, at=write.now()),
        lambda: sealing.sign(her, method="totp", at=write.now()),
    )
    state = Opinion.objects.get().state
    assert sum(isinstance(one, ConsiliaError) for one in results) >= 1
    assert (state == OpinionState.SIGNED) == Seal.objects.exists()
