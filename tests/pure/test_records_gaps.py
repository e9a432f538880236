"""What is missing from a series, by numbers and places; nothing is said where the numbering is a maker's own."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilia.records import gaps
from consilia.records.gaps import Slice, What

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def ct(numbers: Iterable[int], *, spacing: float = 5.0, places: Iterable[float] | None = None) -> list[Slice]:
    along = list(places) if places is not None else [spacing * number for number in numbers]
    return [Slice("CT", number, 1, True, place, AXIAL) for number, place in zip(numbers, along, strict=True)]


def test_a_whole_stack_misses_nothing():
    assert gaps.of(ct(range(1, 40))) == ()


def test_a_number_and_a_place_that_are_left_out_are_told():
    found = gaps.of(ct([*range(1, 20), *range(22, 40)]))
    assert [(one.what, one.count) for one in found] == [(What.NUMBERS, 2), (What.PLACES, 1)]
    assert found[0].sentence == "missing images: 20, 21"
    assert found[1].sentence == "wider gaps between slices than the usual 5.0 mm: 1"


def test_more_missing_numbers_than_are_named_end_in_dots():
    found = gaps.of(ct([*range(1, 30), *range(50, 80)]))
    assert found[0].sentence.endswith("37 …")


@pytest.mark.parametrize("numbers", [range(1, 200, 10), [1, 2_000_000_000, 3]])
def test_numbers_in_steps_are_a_maker_s_own_way(numbers):
    assert all(one.what is not What.NUMBERS for one in gaps.of(ct(numbers, places=range(len(list(numbers))))))


def test_slices_of_several_planes_are_not_measured_along_one():
    stack = ct(range(1, 20))
    turned = [Slice("MR", one.number, 1, True, (one.along or 0) * 3, AXIAL[::-1]) for one in ct(range(20, 25))]
    assert gaps.of(stack + turned) == ()


def test_one_image_of_a_volume_is_told_and_one_x_ray_is_not():
    assert [one.what for one in gaps.of(ct([1]))] == [What.LONELY]
    assert gaps.of([Slice("CR", 1, 1, True, None, ())]) == ()
    assert gaps.of([Slice("CT", 1, 200, True, None, ())]) == ()
    assert gaps.of([Slice("SR", None, 1, False, None, ())]) == ()


@given(st.lists(st.integers(1, 60), min_size=3, max_size=60, unique=True))
def test_every_missing_number_lies_between_and_did_not_come(numbers):
    for one in gaps.of(ct(sorted(numbers))):
        assert not set(one.numbers) & set(numbers)
        assert all(min(numbers) < number < max(numbers) for number in one.numbers)
