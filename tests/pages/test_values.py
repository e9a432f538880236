"""Laboratory and home values: the same page for the patient, her expert and the desk, each by her own door."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast, make
from tests import expert_opinion as write
from tests.expert_pages import signed_in
from tests.pages.desk_room import at_work

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.formats.results import LabValue, Results, VitalValue
from consilia.formats.values import Reading
from consilia.formats.verdicts import Verdict
from consilia.kernel.actor import system
from consilia.records import actions as records
from consilia.records import readings
from consilia.records.models import Original, Standing
from consilia.vault import actions as vault

pytestmark = pytest.mark.django_db
LDL = (
    LabValue("LDL-Cholesterin", "4.1", "mmol/l", "< 1.4", "+", "2025-06-10", where="page:1/line:10"),
    LabValue("LDL-Cholesterin", "152", "mg/dl", "< 55", "H", "2025-08-12", where="page:2/line:3", confidence=50),
    LabValue("LDL-Cholesterin", "1.9", "mmol/l", "< 1.4", "", "2025-10-02", where="page:1/line:7"),
)
ODD = (
    LabValue("D-dimer", "400", "ng/mL", "", "", "2025-10-02"),
    LabValue("Measured for Ana Costa", "3", "kg", "", "", "2025-10-02"),
)


def days(number: int) -> tuple[VitalValue, ...]:
    first = date(2022, 1, 1)
    return tuple(
        VitalValue("heart rate", 60 + one % 30, "/min", str(first + timedelta(one)), 50, 99, 4, "8867-4")
        for one in range(number)
    )


def keep(case: Case, results: Results, *, standing: Standing = Standing.TAKEN) -> Original:
    """A paper of the case with these values."""
    reading = Reading(Verdict.READ, media_type="text/plain", results=results)
    stored = vault.put(case.pk, [repr(results).encode()])
    came = records.Came("values.txt", stored.sha256, stored.size, "text/plain", standing, identity="match")
    paper = records.Paper(kind="lab_report", title="Labor", document_date=date(2025, 10, 2), language="de", pages=2)
    kept = records.keep(case.pk, came, paper, actor=system(), at=write.now())
    readings.keep(case.pk, kept.pk, reading)
    return kept


@pytest.fixture
def case() -> Case:
    return make.case_in_review(at=write.now())


def doors(case: Case) -> dict[str, tuple[Client, str]]:
    ana = Client()
    ana.force_login(make.person(cast.ANA))
    people = {"patient": ana, "expert": signed_in(), "desk": at_work(cast.EVA)}
    return {name: (client, reverse(f"{name}:values", args=[case.pk])) for name, client in people.items()}


def said(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.parametrize("who", ["patient", "expert", "desk"])
def test_each_reads_value_unit_range_flag_and_where_it_stands(case, who):
    record = keep(case, Results(labs=LDL))
    client, address = doors(case)[who]
    page = said(client, address)
    for words in ("LDL cholesterol", "1.9 mmol/l", "3.93 mmol/L", "152 mg/dl", "&lt; 55", "converted", "please check"):
        assert words in page
    assert reverse(f"{who}:record", args=[case.pk, record.pk]) + "?page=2" in page


@pytest.mark.parametrize("who", ["patient", "expert", "desk"])
def test_a_look_at_the_values_is_written_down_once_for_half_an_hour(case, who):
    keep(case, Results(labs=LDL))
    client, address = doors(case)[who]
    for wish in ("", "?units=si", "?units=conventional"):
        said(client, address + wish)
    assert Event.objects.filter(kind=Kind.VALUES_OPENED, case_id=case.pk).count() == 1


def test_the_reader_chooses_the_units_and_the_choice_stays_in_every_address(case):
    keep(case, Results(labs=LDL))
    client, address = doors(case)["expert"]
    page = said(client, address + "?units=conventional")
    assert "159 mg/dL" in page
    assert 'aria-current="true">conventional' in page
    assert all("units=conventional" in link for link in re.findall(r'href="(\?show=[^"]+)#value"', page)[:1])


def test_factors_that_nobody_has_approved_are_marked_where_they_were_applied(case):
    keep(case, Results(labs=LDL[::2]))
    client, address = doors(case)["patient"]
    assert "The factors between units" not in said(client, address)
    assert "The factors between units" in said(client, address + "?units=conventional")


@pytest.mark.parametrize("wish", ["?units=nonsense", "?show=none", "?month=never", "?units=si&show=%00&month=9999-99"])
def test_a_wish_that_means_nothing_shows_the_page_as_it_is(case, wish):
    keep(case, Results(labs=LDL))
    client, address = doors(case)["patient"]
    assert "LDL cholesterol" in said(client, address + wish)


def test_what_cannot_be_converted_says_so(case):
    keep(case, Results(labs=ODD))
    client, address = doors(case)["desk"]
    page = said(client, address + "?units=si")
    assert "400 ng/mL" in page
    assert "does not say which of two D-dimer units" in page


def test_the_expert_reads_no_name_of_the_patient_and_the_desk_does(case):
    keep(case, Results(labs=ODD))
    found = doors(case)
    assert "Costa" not in said(*found["expert"])
    assert "[name covered]" in said(*found["expert"])
    assert "Measured for Ana Costa" in said(*found["desk"])


def test_a_trend_is_drawn_with_words_for_those_who_do_not_see_it_and_a_table_of_the_same_values(case):
    keep(case, Results(labs=LDL))
    page = said(*doors(case)["expert"])
    assert page.count('role="img"') == 2
    for told in re.findall(r"<desc[^>]*>([^<]*)", page):
        assert told.startswith("2 Oct 2025: 1.9 mmol/l; 12 Aug 2025: 3.93 mmol/L, please check")
    assert "style=" not in page
    assert "<script>" not in page


def test_one_value_has_no_trend(case):
    keep(case, Results(labs=LDL[:1]))
    assert 'role="img"' not in said(*doors(case)["expert"])


def test_values_from_home_are_never_without_the_words_that_nobody_watches_them(case):
    keep(case, Results(vitals=days(3)))
    for client, address in doors(case).values():
        page = said(client, address)
        assert "Not monitored." in page
        assert "Heart rate" in page
        assert 'role="img"' in page


def test_years_of_a_telephone_are_told_by_month_and_one_month_by_day(case):
    keep(case, Results(vitals=days(1000)))
    client, address = doors(case)["expert"]
    page = said(client, address)
    assert len(page) < 120_000
    assert "September 2024" in page
    assert page.count("Fri ") < 10
    assert "Sat 1 Jan 2022" not in page
    month = re.search(r'href="(\?show=\w+&amp;units=newest&amp;month=2022-01)', page)
    assert month
    assert "Sat 1 Jan 2022" in said(client, address + month[1].replace("&amp;", "&"))


@pytest.mark.parametrize("who", ["patient", "expert", "desk"])
def test_a_thousand_values_cost_no_query_more_than_ten(case, who):
    client, address = doors(case)[who]
    for results in (Results(labs=LDL, vitals=days(10)), Results(labs=LDL * 300, vitals=days(1000))):
        keep(case, results)
        said(client, address)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            said(client, address)
        assert len(asked) <= 12, "\n".join(query["sql"][:150] for query in asked.captured_queries)


def test_a_case_without_values_says_what_will_stand_here(case):
    for client, address in doors(case).values():
        assert "No values yet" in said(client, address)


def test_the_pages_of_the_case_lead_to_its_values(case):
    found = doors(case)
    for who, page in (("patient", "patient:records"), ("expert", "expert:table"), ("desk", "desk:case")):
        client, address = found[who]
        assert address in said(client, reverse(page, args=[case.pk]))
