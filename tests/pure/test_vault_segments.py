"""The object format: what was sealed comes back, at any place; what was touched never does."""

from __future__ import annotations

import os
import random
from uuid import UUID

import pytest

from consilia.kernel.ids import new_id
from consilia.vault import segments
from consilia.vault.errors import Damaged

KEY = bytes(range(32))
CASE = UUID("01890000-0000-7000-8000-000000000001")
NAME = b"n" * 32
STEP = segments.SMALLEST


def sealed(plain: bytes, case: UUID = CASE, key: bytes = KEY, name: bytes = NAME) -> bytes:
    header = segments.new_header(segments.ORIGINAL)
    cipher = segments.Cipher(key, case, header)
    full, tail = segments.cut(b"", plain, STEP)
    parts = [cipher.seal(part, index, segments.BODY) for index, part in enumerate(full)]
    end = [cipher.seal(tail, len(full), segments.LAST), cipher.seal_end(name, len(plain))]
    return b"".join([header.packed(), *parts, *end])


def reader(raw: bytes, case: UUID = CASE, key: bytes = KEY, name: bytes = NAME) -> segments.Reader:
    def read_at(offset: int, length: int) -> bytes:
        return raw[offset : offset + length]

    return segments.Reader(read_at, len(raw), key, case, segments.ORIGINAL, name)


def whole(raw: bytes, **words: object) -> bytes:
    return b"".join(reader(raw, **words).chunks())  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, STEP - 1, STEP, STEP + 1, 2 * STEP, 5 * STEP + 7])
def test_bytes_of_every_size_come_back_as_they_were(size: int) -> None:
    plain = os.urandom(size)
    raw = sealed(plain)
    assert whole(raw) == plain
    assert len(raw) == segments.file_size(size, STEP)
    assert plain not in raw or size == 0 or size == 1


def test_any_range_can_be_read_without_the_rest() -> None:
    plain, chance = os.urandom(5 * STEP + 99), random.Random(1)
    opened = reader(sealed(plain))
    for _ in range(300):
        offset, length = chance.randrange(len(plain) + 10), chance.randrange(3 * STEP)
        assert opened.read(offset, length) == plain[offset : offset + length]


def test_a_flipped_bit_anywhere_is_found_and_not_served() -> None:
    raw, chance = sealed(os.urandom(2 * STEP + 50)), random.Random(2)
    places = [*range(segments.HEADER_SIZE + 40), *range(len(raw) - 100, len(raw)), *chance.sample(range(len(raw)), 200)]
    for place in places:
        changed = bytearray(raw)
        changed[place] ^= 1 << chance.randrange(8)
        with pytest.raises(Damaged):
            whole(bytes(changed))


def test_a_file_that_lost_its_end_is_found() -> None:
    raw = sealed(os.urandom(3 * STEP))
    full = STEP + segments.OVERHEAD
    for missing in (1, segments.SEAL_SIZE, full, full + segments.SEAL_SIZE, len(raw) - 10, len(raw)):
        with pytest.raises(Damaged):
            whole(raw[: len(raw) - missing])


def test_a_segment_cut_out_before_a_true_seal_is_found() -> None:
    raw, full = sealed(os.urandom(3 * STEP)), STEP + segments.OVERHEAD
    without = raw[: segments.HEADER_SIZE] + raw[segments.HEADER_SIZE + full :]
    with pytest.raises(Damaged):
        reader(without)


def test_segments_in_another_order_are_found() -> None:
    raw, full = sealed(os.urandom(3 * STEP)), STEP + segments.OVERHEAD
    first, second, third = (segments.HEADER_SIZE + number * full for number in range(3))
    with pytest.raises(Damaged):
        whole(raw[:first] + raw[second:third] + raw[first:second] + raw[third:])


def test_a_segment_of_another_object_of_the_same_case_is_found() -> None:
    one, other = sealed(os.urandom(3 * STEP)), sealed(os.urandom(3 * STEP))
    begin, end = segments.HEADER_SIZE, segments.HEADER_SIZE + STEP + segments.OVERHEAD
    with pytest.raises(Damaged):
        whole(one[:begin] + other[begin:end] + one[end:])


def test_an_object_under_the_name_of_another_one_is_found_before_a_range_of_it_is_read() -> None:
    with pytest.raises(Damaged):
        reader(sealed(b"the letter of somebody else", name=b"m" * 32))


def test_an_object_of_another_case_does_not_open_even_with_the_same_key() -> None:
    with pytest.raises(Damaged):
        reader(sealed(b"words", case=new_id()))


def test_a_file_that_is_not_ours_is_damaged_and_not_a_crash() -> None:
    for raw in (b"", b"%PDF-1.7", os.urandom(31), os.urandom(5000), segments.MAGIC + bytes(200)):
        with pytest.raises(Damaged):
            reader(raw)


def test_the_same_words_never_look_the_same_on_disk() -> None:
    assert sealed(b"diagnosis")[32:] != sealed(b"diagnosis")[32:]


def test_a_reader_that_does_not_authenticate_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant of the flip test: without the tag the flipped bit is served."""
    raw = bytearray(sealed(b"a" * 100))
    raw[segments.HEADER_SIZE + 20] ^= 1
    sound = segments.Cipher.open

    def careless(self: segments.Cipher, part: bytes | memoryview, index: int, flag: int) -> bytes:
        try:
            return sound(self, part, index, flag)
        except Damaged:
            return bytes(part[segments.NONCE : -segments.TAG])

    monkeypatch.setattr(segments.Cipher, "open", careless)
    assert len(whole(bytes(raw))) == 100
