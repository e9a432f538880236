"""A trend is drawn by the server: marks within the drawing, a line through what nobody doubts, words that fit."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from consilia.web.values.chart import MOST_LABELS, Chart, Mark, charts, spark


def mark(day: int, value: float, *, low: float | None = None, doubtful: bool = False) -> Mark:
    on = date(2026, 1, 1) + timedelta(day)
    low = value if low is None else low
    return Mark(on, str(on), f"{on}: {value}", f"{value:g}", value, low, value, is_doubtful=doubtful)


def places(chart: Chart) -> list[tuple[float, float]]:
    return [(float(one.x), float(one.y)) for one in chart.marks]


@settings(max_examples=60)
@example(values=[5.2461242930295216e-155], band=None)
@given(
    values=st.lists(st.floats(0, 100_000, allow_nan=False), min_size=1, max_size=70),
    band=st.sampled_from([None, (None, 5.0), (3.9, 5.8), (60.0, None)]),
)
def test_every_mark_lies_within_the_drawing(values, band):
    for chart in charts([mark(number, value) for number, value in enumerate(values)], band):
        for x, y in places(chart):
            assert chart.size.left <= x <= chart.right
            assert chart.size.top - 0.1 <= y <= chart.size.height - chart.size.bottom + 0.1
        assert 2 <= len(chart.grid) <= 12


def test_time_runs_to_the_right_and_higher_values_stand_higher():
    for chart in charts([mark(60, 4.1), mark(0, 1.9)]):
        (first_x, first_y), (last_x, last_y) = places(chart)
        assert first_x < last_x
        assert first_y > last_y


def test_a_doubtful_value_is_drawn_apart_from_the_line():
    for chart in charts([mark(0, 4.0), mark(30, 400.0, doubtful=True), mark(60, 5.0)]):
        assert chart.line.count("L") == 1
        assert len(chart.marks) == 3


def test_two_doubtful_values_have_no_line():
    assert not charts([mark(0, 4.0, doubtful=True), mark(30, 5.0)])[0].line


def test_the_band_ends_with_the_drawing_where_a_bound_is_missing():
    (wide, _narrow) = charts([mark(0, 118), mark(30, 205)], (None, 190))
    assert wide.band is not None
    top, height = map(float, wide.band)
    assert top + height == pytest.approx(wide.size.height - wide.size.bottom, abs=0.2)


@pytest.mark.parametrize("count", [2, 8, 9, 60])
def test_words_do_not_run_into_each_other(count):
    for chart in charts([mark(number * 7, 5 + number % 3) for number in range(count)]):
        ticks = sorted(float(x) for x, _, _ in chart.ticks)
        assert all(after - before > chart.size.between / 2 for before, after in itertools.pairwise(ticks))
        assert sum(bool(one.label) for one in chart.marks) <= (MOST_LABELS if count <= MOST_LABELS else 0)


def test_a_little_line_ends_in_its_newest_value():
    path, x, y = spark([1.0, 3.0, 2.0])
    assert path.endswith(f"{x} {y}")
    assert spark([5.0]) == ("M68.0 14.0", "68.0", "14.0")
