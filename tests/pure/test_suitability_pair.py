"""A pair of countries: the stricter side wins, and what is not on file is advice only."""

from __future__ import annotations

import pytest

from consilia import suitability
from consilia.clinical import library
from consilia.suitability import Transfer, Verdict

HOLD = library.load()


@pytest.mark.parametrize(
    ("patient", "expert", "verdict"),
    [
        ("IT", "DE", Verdict.POSSIBLE),
        ("IT", "IL", Verdict.POSSIBLE),
        ("IT", "US", Verdict.VIA_LOCAL_DOCTOR),
        ("US", "DE", Verdict.VIA_LOCAL_DOCTOR),
        ("US", "US", Verdict.VIA_LOCAL_DOCTOR),
        ("BR", "IT", Verdict.VIA_LOCAL_DOCTOR),
        ("IT", "BR", Verdict.VIA_LOCAL_DOCTOR),
        ("SA", "IT", Verdict.VIA_LOCAL_DOCTOR),
        ("CA", "FR", Verdict.VIA_LOCAL_DOCTOR),
        ("AU", "DE", Verdict.LOCAL_REGISTRATION),
        ("NZ", "US", Verdict.LOCAL_REGISTRATION),
        ("SG", "IT", Verdict.LOCAL_REGISTRATION),
        ("AU", "AU", Verdict.POSSIBLE),
        ("IT", "TR", Verdict.LOCAL_REGISTRATION),
        ("AE", "DE", Verdict.NOT_POSSIBLE),
        ("AE", "US", Verdict.NOT_POSSIBLE),
        ("BO", "PY", Verdict.POSSIBLE),
    ],
)
def test_the_stricter_side_of_a_pair_wins(patient, expert, verdict):
    assert suitability.pair(patient, expert, HOLD).verdict is verdict


def test_an_expert_in_the_united_states_advises_the_doctor_of_an_italian_patient():
    found = suitability.pair("IT", "US", HOLD)
    assert (found.reasons[0].code, found.reasons[0].side) == ("expert_advises_doctor", "expert")
    assert "treating doctor" in found.reasons[0].message
    assert "us_peer_to_peer" in found.clause_ids


def test_a_pair_that_is_not_on_file_says_so():
    codes = {reason.code for reason in suitability.pair("BO", "PY", HOLD).reasons}
    assert codes == {"not_on_file"}


def test_every_pair_of_all_countries_on_file_is_at_least_as_strict_as_each_side_alone():
    order = list(Verdict)
    codes = [loaded.entry.id for loaded in HOLD.all_of("jurisdictions") if len(loaded.entry.id) == 2]
    for patient in codes:
        for expert in codes:
            found = suitability.pair(patient, expert, HOLD)
            via = any(HOLD.jurisdiction(code).route == "via_local_doctor" for code in (patient, expert))
            assert order.index(found.verdict) >= (1 if via else 0)
            assert found.reasons[0].verdict is found.verdict
            assert "default" in found.clause_ids


@pytest.mark.parametrize(
    ("patient", "expert", "transfer"),
    [
        ("IT", "DE", Transfer.INTERNAL),
        ("IT", "NO", Transfer.INTERNAL),
        ("IT", "IL", Transfer.ADEQUATE),
        ("IT", "US", Transfer.EXPLICIT_CONSENT),
        ("IT", "CA", Transfer.EXPLICIT_CONSENT),
        ("IT", "IN", Transfer.EXPLICIT_CONSENT),
        ("IT", "BO", Transfer.EXPLICIT_CONSENT),
        ("BO", "IT", Transfer.EXPLICIT_CONSENT),
        ("BO", "BO", Transfer.INTERNAL),
    ],
)
def test_records_leave_without_more_only_where_the_law_protects_them(patient, expert, transfer):
    assert suitability.pair(patient, expert, HOLD).transfer is transfer


def test_before_records_leave_for_a_country_that_protects_less_the_reason_is_said():
    message = suitability.pair("IT", "US", HOLD).transfer_message
    assert message.startswith("United States")
    assert "separate consent" in message


def test_in_germany_the_one_who_gives_a_second_opinion_is_not_the_one_who_would_operate():
    assert suitability.pair("DE", "IT", HOLD).expert_must_not_operate
    assert not suitability.pair("IT", "FR", HOLD).expert_must_not_operate


def test_a_country_that_watches_where_data_lie_is_flagged_for_the_desk():
    assert suitability.pair("RU", "DE", HOLD).localisation
    assert not suitability.pair("IT", "DE", HOLD).localisation
