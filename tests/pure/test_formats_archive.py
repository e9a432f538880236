"""Archives: a bad entry costs only itself, and no archive takes more than the upload's budget."""

from __future__ import annotations

import io

import pytest
from tests import samples_formats as samples

from consilia.formats import archive
from consilia.formats.limits import Budget
from consilia.formats.values import Member
from consilia.formats.verdicts import Reason, Verdict


class Shelf:
    """Keeps what comes out in memory."""

    def __init__(self) -> None:
        self.members: list[Member] = []
        self.contents: dict[str, bytes] = {}
        self._current = b""

    def begin(self, path: str) -> None:
        self._current = b""

    def more(self, data: bytes) -> None:
        self._current += data

    def end(self, member: Member) -> None:
        self.members.append(member)
        if member.verdict is Verdict.UNPACKED:
            self.contents[member.path] = self._current

    def verdicts(self) -> dict[str, tuple[Verdict, Reason]]:
        return {member.path: (member.verdict, member.reason) for member in self.members}


def unpacked(data: bytes, **budget: float) -> Shelf:
    shelf = Shelf()
    archive.unpack(io.BytesIO(data), Budget(**budget), shelf)  # type: ignore[arg-type]
    return shelf


def test_the_archive_has_a_verdict_of_its_own_before_its_entries():
    shelf = unpacked(samples.zipped({"a/b.txt": b"words"}))
    assert [member.path for member in shelf.members] == ["", "a/b.txt"]
    assert shelf.members[0].verdict is Verdict.ARCHIVE
    assert shelf.contents == {"a/b.txt": b"words"}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../../etc/x", Reason.PATH_TRAVERSAL),
        ("/abs", Reason.PATH_TRAVERSAL),
        ("..\\win.txt", Reason.PATH_TRAVERSAL),
        ("C:\\win.txt", Reason.PATH_TRAVERSAL),
        ("link@", Reason.SYMLINK),
        ("bell\x07.txt", Reason.CONTROL_CHARACTERS),
        ("x" * 1001, Reason.NAME_TOO_LONG),
    ],
)
def test_an_entry_with_a_bad_name_is_refused_and_the_rest_goes_on(name, reason):
    shelf = unpacked(samples.zipped({"before.txt": b"1", name: b"2", "after.txt": b"3"}))
    assert (Verdict.REFUSED, reason) in shelf.verdicts().values()
    assert shelf.contents == {"before.txt": b"1", "after.txt": b"3"}


def test_a_password_is_named_and_nothing_comes_out():
    shelf = unpacked(samples.encrypted(samples.zipped({"a.txt": b"secret words"})))
    assert shelf.verdicts()["a.txt"] == (Verdict.ENCRYPTED, Reason.PASSWORD)
    assert not shelf.contents


def test_a_bomb_is_stopped_at_the_ratio_long_before_its_end():
    shelf = unpacked(samples.bomb())
    assert shelf.verdicts()["nulls.dcm"] == (Verdict.BOMB, Reason.RATIO)
    assert next(member.size for member in shelf.members if member.path) < 12 << 20


def test_one_damaged_entry_leaves_its_neighbours_whole():
    data = bytearray(
        samples.zipped({"a.txt": b"first words " * 50, "b.txt": b"second words " * 50, "c.txt": b"third " * 50})
    )
    middle = data.index(b"b.txt") + 8
    data[middle : middle + 8] = b"\xff" * 8
    shelf = unpacked(bytes(data))
    assert set(shelf.contents) == {"a.txt", "c.txt"}
    assert shelf.verdicts()["b.txt"][0] is Verdict.UNREADABLE


def test_a_cut_off_archive_gives_what_stands_at_its_front():
    whole = samples.zipped({"a.txt": b"first words", "b.txt": bytes(range(256)) * 40}, compress=0)
    shelf = unpacked(whole[: len(whole) - 2000])
    assert shelf.verdicts()[""] == (Verdict.TRUNCATED, Reason.CUT_OFF)
    assert shelf.contents == {"a.txt": b"first words"}
    assert shelf.verdicts()["b.txt"] == (Verdict.TRUNCATED, Reason.CUT_OFF)


def test_more_entries_than_an_upload_may_hold_are_not_even_begun():
    shelf = unpacked(samples.zipped({f"{number}.txt": b"" for number in range(5)}), entries=4)
    assert shelf.verdicts() == {"": (Verdict.TOO_LARGE, Reason.TOO_MANY_ENTRIES)}


def test_the_budget_of_bytes_ends_the_unpacking_with_a_verdict_for_each_entry():
    shelf = unpacked(samples.zipped({f"{number}.bin": bytes(1000) for number in range(4)}), bytes=2500)
    assert [member.verdict for member in shelf.members[1:]] == [Verdict.UNPACKED] * 2 + [Verdict.TOO_LARGE] * 2


def test_the_budget_of_seconds_is_kept():
    ticks = iter(range(0, 10_000, 10))
    shelf = Shelf()
    data = samples.zipped({f"{number}.txt": b"words" for number in range(20)})
    archive.unpack(io.BytesIO(data), Budget(seconds=60), shelf, clock=lambda: float(next(ticks)))
    assert shelf.members[-1].reason is Reason.BUDGET_SPENT


def test_two_entries_that_share_their_bytes_are_a_bomb():
    data = bytearray(samples.zipped({"a.bin": bytes(5000), "b.bin": bytes(5000)}))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (0).to_bytes(4, "little")
    assert (Verdict.BOMB, Reason.OVERLAP) in unpacked(bytes(data)).verdicts().values()
