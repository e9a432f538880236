"""Who may ask what: a sample of the authorization matrix with every cell of a case that opens, and its mutants."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from tests.matrix import cells, known, mutants, propose, world
from tests.matrix.asking import ALLOWED, Asker
from tests.matrix.cells import Cell
from tests.matrix.mutants import Used

pytestmark = pytest.mark.django_db
SEED = 2026
DISTINCT = 5_000
OPEN_TO_ALL = frozenset({"everybody", "account", "signed_in"})


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker) -> Iterator[Asker]:
    """One world for all tests of this module; what they do is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Asker(world.build())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def used() -> Used:
    return Used()


def test_every_address_has_a_reviewed_line():
    missing = propose.lines(frozenset(cells.rows()))
    assert missing == [], "review these lines and put them into tests/matrix/expected.tsv"
    assert set(cells.rows()) - set(cells.names()) == set(), "lines of addresses that are gone"


def test_every_line_opens_for_somebody_and_for_nobody_by_accident(asker):
    opens = Counter(
        (cell.address, cell.method)
        for cell in cells.cells()
        if asker.expected(cell, cells.asked(asker.world, cell)) == ALLOWED
    )
    shut = [
        f"{row.name} {method}" for row in cells.rows().values() for method in row.may if not opens[row.name, method]
    ]
    assert shut == []


def sample(asker: Asker) -> list[Cell]:
    """Every cell of a case, role or link that opens; a tenth of HEAD and of what is open to all; the rest is denied."""
    chance = random.Random(SEED)
    opens: list[Cell] = []
    denied: list[Cell] = []
    for cell in cells.cells():
        if asker.expected(cell, cells.asked(asker.world, cell)) != ALLOWED:
            denied.append(cell)
        elif not (cell.method == "HEAD" or cells.rows()[cell.address].anyone() & OPEN_TO_ALL) or chance.random() < 0.1:
            opens.append(cell)
    return [*opens, *chance.sample(denied, max(DISTINCT - len(opens), len(opens)))]


def test_nobody_gets_more_than_the_table_says_and_nobody_less(asker, used, capsys):
    faults: list[str] = []
    asked = sample(asker)
    with used.watching():
        for used.now in asked:
            if not known.is_known(used.now):
                faults += asker.ask(used.now)[1]
    used.now = None
    with capsys.disabled():
        print(f"\nmatrix: {len(asked)} distinct cells, {len(cells.names())} addresses, {len(faults)} faults")
    assert faults == []
    assert len(set(asked)) >= DISTINCT


def test_faults_that_wait_for_their_mend_are_still_there(asker):
    mended = [str(cell) for cell in known.KNOWN if not asker.ask(cell)[1]]
    assert mended == [], "take these out of tests/matrix/known.py"


def test_each_line_of_the_table_of_rights_is_needed(asker, used):
    silent = []
    for line in mutants.lines():
        with mutants.without(line):
            if mutants.finds(asker, mutants.needing(used, line)) is None:
                silent.append(f"{line[0]} of {line[1]}")
    assert silent == []


@pytest.mark.parametrize("switch", [one for one in mutants.SWITCHES if not one.why_silent], ids=str)
def test_each_condition_of_access_is_needed(asker, switch):
    with switch.off():
        assert mutants.finds(asker, mutants.denied(asker, switch.doors)) is not None


def test_a_view_without_its_policy_is_noticed(asker):
    found = [one for one in mutants.patterns() if one[0] not in mutants.HELD_TWICE]
    silent = []
    for name, pattern, policy in random.Random(SEED).sample(found, 40):
        with mutants.opened(pattern, policy, asker):
            if mutants.finds(asker, mutants.strangers(name)) is None:
                silent.append(name)
    assert silent == []
