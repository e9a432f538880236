"""A link for the doctor at home: two secrets, taken back at once, dead after five guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.cases.access import Right
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.notify.models import Message
from consilia.reports import shares
from consilia.reports.models import DoctorAnswer

pytestmark = pytest.mark.django_db


def delivered() -> Case:
    """A case whose report is there; the way to it is tested elsewhere."""
    case = make.case_collecting()
    Case.objects.filter(pk=case.pk).update(state=State.DELIVERED)
    return Case.objects.get(pk=case.pk)


def test_nothing_is_shared_before_it_is_delivered() -> None:
    case = make.case_collecting()
    with pytest.raises(Refused):
        shares.make(make.reader(cast.ANA, case), doctor="Dr Santos", at=NOON)


def test_the_link_alone_opens_nothing_and_the_code_goes_another_way() -> None:
    her = make.reader(cast.ANA, delivered())
    made = shares.make(her, doctor="Dr Santos", address="santos@example.org", at=NOON)
    mail = Message.objects.get(address="santos@example.org")
    assert made.secret in mail.body
    assert made.code not in mail.body
    assert shares.unlock(made.secret, made.code, at=NOON).pk == made.share_id
    wrong = f"{(int(made.code) + 1) % 10**6:06d}"
    with pytest.raises(Invalid):
        shares.unlock(made.secret, wrong, at=NOON)


def test_five_wrong_codes_kill_the_link() -> None:
    made = shares.make(make.reader(cast.ANA, delivered()), doctor="Dr Santos", at=NOON)
    wrong = f"{(int(made.code) + 1) % 10**6:06d}"
    for _attempt in range(5):
        with pytest.raises(Invalid):
            shares.unlock(made.secret, wrong, at=NOON)
    with pytest.raises(NotFound):
        shares.unlock(made.secret, made.code, at=NOON)


def test_a_link_taken_back_or_over_finds_nothing() -> None:
    case = delivered()
    her = make.reader(cast.ANA, case)
    made = shares.make(her, doctor="Dr Santos", at=NOON)
    with pytest.raises(NotFound):
        shares.alive(made.secret, NOON + timedelta(days=61))
    shares.revoke(her, made.share_id, at=NOON)
    with pytest.raises(NotFound):
        shares.alive(made.secret, NOON)


def test_a_doctor_reads_and_answers_once_and_can_do_nothing_else() -> None:
    made = shares.make(make.reader(cast.ANA, delivered()), doctor="Dr Santos", at=NOON)
    doctor = shares.reader_of(shares.unlock(made.secret, made.code, at=NOON))
    assert {right for right in Right if doctor.may(right)} == {Right.READ_SHARED_REPORT, Right.ANSWER_SHARED_REPORT}
    shares.note_opening(doctor, at=NOON)
    shares.answer(doctor, choice=DoctorAnswer.Answer.PARTLY, comment="I would wait.", at=NOON)
    with pytest.raises(Refused):
        shares.answer(doctor, choice=DoctorAnswer.Answer.AGREE, comment="", at=NOON)


def test_nobody_shares_another_persons_case() -> None:
    case = delivered()
    with pytest.raises(NotFound):
        shares.make(make.reader(cast.EVA, case), doctor="Dr X", at=NOON)
