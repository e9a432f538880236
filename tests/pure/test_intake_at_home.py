"""Values from home: one a day whatever the devices, both blood pressures together, years told by month."""

from __future__ import annotations

from consilia.formats.results import VitalValue
from consilia.intake.judging import at_home
from consilia.intake.judging.at_home import Vital


def heart(value: float, on: str = "2026-03-02", *, low: float = 0, high: float = 0, count: int = 1) -> VitalValue:
    return VitalValue("heart rate", value, "/min", on, low or value, high or value, count, "8867-4")


def vitals(*values: VitalValue) -> tuple[Vital, ...]:
    return at_home.vitals((value, "a/phone.xml") for value in values)


def test_two_devices_of_one_day_become_one_mean_weighted_by_their_readings():
    (one,) = vitals(heart(60, low=50, high=70, count=3), heart(80, low=75, high=120))
    (day,) = one.days
    assert (day.middle, day.low, day.high, day.count) == (65, 50, 120, 4)


def test_upper_and_lower_blood_pressure_of_a_day_stand_together_and_a_lone_one_stands_alone():
    upper = [VitalValue("Systolic", 139, "mmHg", on, code="8480-6") for on in ("2026-03-01", "2026-03-02")]
    lower = VitalValue("Diastolic", 80, "mmHg", "2026-03-02", code="8462-4")
    found = {one.code: one for one in vitals(*upper, lower)}
    (day,) = found[at_home.PRESSURE].days
    assert (day.on, day.middle, day.low, day.high) == ("2026-03-02", None, 80, 139)
    assert [day.on for day in found[at_home.UPPER].days] == ["2026-03-01"]
    assert at_home.LOWER not in found


def test_another_unit_is_another_series_and_another_code_of_the_same_sign_is_not():
    pounds = VitalValue("weight", 150, "lb", "2026-03-01", code="29463-7")
    kilos = VitalValue("Body weight", 68, "kg", "2026-03-02", code="3141-9")
    measured = VitalValue("Body weight", 69, "kg", "2026-03-03", code="29463-7")
    assert [len(one.days) for one in vitals(pounds, kilos, measured)] == [2, 1]


def test_the_newest_day_and_the_newest_month_come_first():
    (one,) = vitals(heart(60, "2026-01-30"), heart(70, "2026-03-01", low=50, high=90), heart(80, "2026-03-02"))
    assert [day.on for day in one.days] == ["2026-03-02", "2026-03-01", "2026-01-30"]
    newest, oldest = at_home.months(one.days)
    assert (newest.month, newest.middle, newest.low, newest.high, newest.days) == ("2026-03", 75, 50, 90, 2)
    assert oldest.days == 1


def test_a_sign_without_a_code_keeps_its_name():
    (one,) = vitals(VitalValue("peak flow", 400, "L/min", "2026-03-02"))
    assert (one.code, one.name) == ("", "peak flow")
