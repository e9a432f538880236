"""A sealed document is one sequence of bytes, and any change of it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from tests.pure import opinions_sample as sample

from consilia.opinions import seal


@settings(max_examples=60, deadline=None)
@given(sample.documents)
def test_the_bytes_of_a_document_are_the_same_after_every_journey_through_json(made: seal.SealedDocument):
    data = seal.canonical(made)
    again = seal.read(data)
    assert seal.canonical(again) == data
    assert again == made


def test_a_seal_holds_for_its_bytes_and_its_key():
    data = seal.canonical(sample.document())
    given_seal = seal.seal(data, sample.KEY)
    assert seal.verify(data, given_seal, expected_key=seal.public_key(sample.KEY)) is None


def test_every_flipped_byte_is_found():
    data = seal.canonical(sample.document())
    given_seal = seal.seal(data, sample.KEY)
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        assert seal.verify(bytes(changed), given_seal) is seal.Fault.BYTES_CHANGED


def test_a_seal_made_with_another_key_is_found_even_when_it_is_right_in_itself():
    data = seal.canonical(sample.document())
    forged = seal.seal(data, seal.new_key())
    assert seal.verify(data, forged) is None
    assert seal.verify(data, forged, expected_key=seal.public_key(sample.KEY)) is seal.Fault.OTHER_KEY


def test_wrong_signatures_and_codes_are_named():
    data = seal.canonical(sample.document())
    made = seal.seal(data, sample.KEY)
    other = seal.seal(b"other", sample.KEY)
    assert seal.verify(data, replace(made, signature=other.signature)) is seal.Fault.SIGNATURE_WRONG
    assert seal.verify(data, replace(made, signature="?")) is seal.Fault.SIGNATURE_WRONG
    assert seal.verify(data, replace(made, check_code="0000-0000-0000")) is seal.Fault.CODE_WRONG


def test_bytes_with_a_blank_more_are_not_the_canonical_ones():
    data = seal.canonical(sample.document()) + b" "
    assert seal.verify(data, seal.seal(data, sample.KEY)) is seal.Fault.NOT_CANONICAL


def test_a_check_code_survives_the_way_people_type():
    code = seal.check_code("f" * 64)
    assert code == "ZZZZ-ZZZZ-ZZZZ"
    assert seal.read_check_code(" 7kq4 m2xr-9otd ") == "7KQ4-M2XR-90TD"
    assert seal.read_check_code("7KQ4-M2XR-90T") is None
    assert seal.read_check_code("7KQ4-M2XR-90TU") is None


def test_an_addendum_names_the_document_before_it():
    first = seal.seal(seal.canonical(sample.document()), sample.KEY)
    later = sample.addendum(first.sha256, first.sha256)
    assert seal.read(seal.canonical(later)) == later
    assert later.previous == first.sha256


def test_foreign_bytes_are_unreadable_and_no_crash():
    for data in (b"", b"{}", b"[1]", b"\xff\x00", b'{"kind":"opinion"}'):
        with pytest.raises(seal.Unreadable):
            seal.read(data)
