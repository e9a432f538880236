"""A value that we doubt: its row cut out of the page, and a person's word about it, with the reading kept beside."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw
from tests import cast, make
from tests import expert_opinion as write
from tests.expert_pages import signed_in
from tests.pages.desk_room import at_work

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.formats.results import LabValue, Results
from consilia.formats.values import Line, PageText, Reading
from consilia.formats.verdicts import Verdict
from consilia.intake import concluding
from consilia.intake.judging.measured import Lab
from consilia.kernel.actor import system
from consilia.opinions.models import Opening
from consilia.records import actions as records
from consilia.records import erasing, readings
from consilia.records.models import CheckedValue, Original, Standing
from consilia.vault import actions as vault

pytestmark = pytest.mark.django_db
WHO = ("patient", "expert", "desk")
WIDTH, HEIGHT = 400, 600
NAME, SODIUM, POTASSIUM = 0, 10, 11  # rows of the page
ROWS = [f"Row {number}" for number in range(30)]
ROWS[NAME], ROWS[SODIUM], ROWS[POTASSIUM] = "Patient: Ana Costa", "Natrium 64 mmol/l", "Potassium 4.1 mmol/l"
LINES = tuple(Line(words, 40, 20 * row, 300, 20 * row + 10) for row, words in enumerate(ROWS))
READ = LabValue(
    "Natrium",
    "64",
    "mmol/l",
    "135-145",
    "",
    "2025-10-02",
    where="page:1/line:10",
    box=(150, 200, 170, 210),
    confidence=50,
)
SURE = replace(READ, value="139", date="2025-08-01", where="page:1/line:12", confidence=97)


@pytest.fixture
def case() -> Case:
    return make.case_in_review(at=write.now())


@pytest.fixture
def paper(case: Case) -> Original:
    return scan(case)


def scan(case: Case, *labs: LabValue, turned: int = 0, lines: tuple[Line, ...] = LINES) -> Original:
    """A photo of a laboratory report whose rows are grey, the one of sodium black."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), "white")
    for row, line in enumerate(lines):
        shade = "black" if row == SODIUM else "grey"
        ImageDraw.Draw(sheet).rectangle((line.x0, line.y0, line.x1, line.y1), fill=shade)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    stored = vault.put(case.pk, [out.getvalue(), str(turned).encode()])
    came = records.Came("labor.png", stored.sha256, stored.size, "image/png", Standing.TAKEN, identity="match")
    what = records.Paper(kind="lab_report", kind_confidence=0.9, title="Labor", language="de")
    kept = records.keep(case.pk, came, what, actor=system(), at=write.now())
    page = PageText(1, WIDTH, HEIGHT, lines, scanned=True, turned=turned)
    results = Results(labs=labs or (READ, SURE))
    readings.keep(case.pk, kept.pk, Reading(Verdict.READ, pages=(page,), results=results))
    vault.put_derived(case.pk, f"page:{kept.pk}:1", out.getvalue())
    return kept


def client(who: str) -> Client:
    if who == "patient":
        ana = Client()
        ana.force_login(make.person(cast.ANA), backend="allauth.account.auth_backends.AuthenticationBackend")
        return ana
    return signed_in() if who == "expert" else at_work(cast.EVA)


def at(name: str, case: Case, *ids: object, who: str) -> str:
    return reverse(f"{who}:{name}", args=[case.pk, *ids])


def row(case: Case, paper: Original, who: str, number: int = SODIUM) -> str:
    return at("row", case, paper.pk, 1, number, who=who)


def picture(answer) -> Image.Image:
    assert answer.status_code == 200, answer
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _count, colour in image.getcolors(100_000) or ()}


def lab(case: Case, value: str = "64") -> Lab:
    found = concluding.of_case(case.pk, at=write.now())
    return next(one for one in (*found.labs, *found.left_out) if one.read.value == value)


def say(case: Case, paper: Original, who: str = "patient", does: str = "confirm", **more: str):
    form = {"does": does, "key": lab(case).key, **more}
    return client(who).post(at("value", case, paper.pk, who=who) + "?units=si", form)


def page(case: Case, who: str = "patient") -> str:
    return client(who).get(at("values", case, who=who)).content.decode()


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(chain=str(case.pk)).order_by("sequence").values_list("kind", flat=True))


@pytest.mark.parametrize("who", WHO)
def test_beside_a_doubted_value_stands_its_row_of_the_page_and_what_can_be_said(case, paper, who):
    said = page(case, who)
    assert said.count(f'src="{row(case, paper, who)}"') == 1
    assert row(case, paper, who, 12) not in said
    assert "The row of Natrium on page 1 of the record" in said
    assert said.count(at("value", case, paper.pk, who=who)) == 2
    for does in ("confirm", "correct", "leave_out"):
        assert f'value="{does}"' in said


@pytest.mark.parametrize("who", WHO)
def test_the_row_is_cut_out_with_its_neighbours_and_nothing_else_of_the_page(case, paper, who):
    seen = picture(client(who).get(row(case, paper, who)))
    assert seen.width >= 260
    assert 30 <= seen.height <= 90
    assert (0, 0, 0) in colours(seen)
    assert (128, 128, 128) in colours(seen)


def test_a_row_of_a_page_that_lies_on_its_side_is_shown_upright(case):
    across = tuple(Line(line.text, line.y0, line.x0, line.y1, line.x1) for line in LINES[:19])
    seen = picture(client("patient").get(row(case, scan(case, turned=90, lines=across), "patient")))
    assert seen.width > 2 * seen.height


def test_the_expert_sees_the_bar_over_a_name_beside_the_row_and_the_others_see_the_page_as_it_is(case, paper):
    near = {who: colours(picture(client(who).get(row(case, paper, who, NAME + 1)))) for who in WHO}
    bar = (29, 42, 51)
    assert [bar in near[who] for who in WHO] == [False, True, False]


def test_the_expert_gets_no_row_where_a_name_may_stand_anywhere(case):
    hidden = replace(LINES[NAME], x0=0, x1=0)
    paper = scan(case, lines=(hidden, *LINES[1:]))
    assert client("expert").get(row(case, paper, "expert")).status_code == 404


@pytest.mark.parametrize("who", WHO)
def test_a_row_that_is_seen_is_a_look_at_the_record_once_for_half_an_hour(case, paper, who):
    reader = client(who)
    for number in (SODIUM, POTASSIUM):
        reader.get(row(case, paper, who, number))
    assert kinds(case).count(Kind.RECORD_OPENED) == 1


def test_a_row_alone_does_not_make_a_record_one_that_the_expert_reviewed(case, paper):
    client("expert").get(row(case, paper, "expert"))
    assert not Opening.objects.exists()


@pytest.mark.parametrize("who", WHO)
def test_a_row_or_page_that_is_not_there_is_not_found(case, paper, who):
    reader = client(who)
    for page_number, number in ((1, 30), (2, 0), (0, 0)):
        assert reader.get(at("row", case, paper.pk, page_number, number, who=who)).status_code == 404


@pytest.mark.parametrize("who", WHO)
def test_a_confirmed_value_is_asked_about_no_more_and_says_by_whom(case, paper, who):
    answer = say(case, paper, who)
    address = urlsplit(answer.url)
    assert (answer.status_code, address.path) == (302, at("values", case, who=who))
    assert parse_qs(address.query) == {"units": ["si"]}
    by = {"patient": "the patient", "expert": "an expert", "desk": "the desk"}[who]
    for reader in WHO:
        said = page(case, reader)
        assert f"Confirmed by {by}" in said
        assert row(case, paper, reader) not in said
    kept = CheckedValue.objects.get()
    assert (kept.value, kept.unit, kept.is_left_out) == ("64", "mmol/l", False)
    person = {"patient": cast.ANA, "desk": cast.EVA}.get(who)
    assert person is None or kept.by_id == make.person(person).pk
    assert Kind.VALUE_CHECKED in kinds(case)


def test_a_corrected_value_counts_everywhere_and_what_was_read_stays_beside_it(case, paper):
    say(case, paper, "desk", "correct", value="140", unit="mmol/l")
    assert (lab(case).value.value, lab(case).check) == ("140", False)
    assert readings.of(paper).results.labs[0].value == "64"
    for who in WHO:
        said = page(case, who)
        assert ">140 mmol/l</b>" in said
        assert "Read as 64 mmol/l, corrected by the desk" in said


def test_a_value_that_is_left_out_stands_apart_and_can_be_put_back(case, paper):
    say(case, paper, does="leave_out")
    found = concluding.of_case(case.pk, at=write.now())
    assert [one.value.value for one in found.labs] == ["139"]
    said = page(case)
    assert "Left out by the patient" in said
    assert 'value="take_back"' in said
    say(case, paper, does="take_back")
    assert not CheckedValue.objects.exists()
    assert row(case, paper, "patient") in page(case)


def test_when_every_value_is_left_out_the_page_still_shows_them(case):
    paper = scan(case, READ)
    say(case, paper, does="leave_out")
    assert "Left out by the patient" in page(case)


@pytest.mark.parametrize("typed", ["", "a lot", "1,250"])
def test_what_is_no_number_in_the_place_of_one_is_asked_again_with_the_words_kept(case, paper, typed):
    answer = say(case, paper, does="correct", value=typed, unit="mmol/l")
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "such as 13.4" in said
    assert f'value="{typed}"' in said or not typed
    assert row(case, paper, "patient") in said
    assert not CheckedValue.objects.exists()


def test_the_last_word_counts_and_the_trail_keeps_each(case, paper):
    say(case, paper, "patient", "correct", value="46", unit="mmol/l")
    say(case, paper, "expert", "correct", value="140", unit="mmol/l")
    assert CheckedValue.objects.get().value == "140"
    assert kinds(case).count(Kind.VALUE_CHECKED) == 2


def test_a_number_that_a_person_confirmed_may_still_be_in_an_unusual_unit_and_says_so(case):
    strange = replace(READ, analyte="Glucose", value="140", unit="mmHg", reference="", confidence=97)
    paper = scan(case, strange)
    client("patient").post(at("value", case, paper.pk, who="patient"), {"does": "confirm", "key": lab(case, "140").key})
    said = page(case)
    assert "This unit is not usual for it." in said
    assert "Confirmed by the patient" in said


def test_a_value_that_is_not_there_any_more_is_refused(case, paper):
    answer = client("patient").post(at("value", case, paper.pk, who="patient"), {"does": "confirm", "key": "none"})
    assert answer.status_code == 409


def test_nothing_is_said_about_a_strangers_paper_from_here(case, paper):
    other = make.case_handed_in(cast.MALLORY, at=write.now())
    form = {"does": "confirm", "key": lab(case).key}
    eva = client("desk")
    assert eva.post(at("value", other, paper.pk, who="desk"), form).status_code == 404
    assert eva.get(at("row", other, paper.pk, 1, SODIUM, who="desk")).status_code == 404
    assert not CheckedValue.objects.exists()


def test_values_stay_as_they_are_once_the_opinion_that_rests_on_them_is_signed(case, paper):
    key = lab(case).key
    Case.objects.filter(pk=case.pk).update(state=State.SIGNED)
    answer = client("desk").post(at("value", case, paper.pk, who="desk"), {"does": "confirm", "key": key})
    assert answer.status_code == 409
    said = page(case, "desk")
    assert row(case, paper, "desk") in said
    assert "The opinion rests on these records" in said
    assert 'value="confirm"' not in said


def test_a_word_about_a_value_goes_with_its_record(case, paper):
    say(case, paper, does="correct", value="140", unit="mmol/l")
    erasing.replay([(case.pk, paper.sha256)], at=write.now())
    assert not CheckedValue.objects.exists()


def test_the_word_of_a_name_typed_as_a_unit_is_covered_for_the_expert(case, paper):
    say(case, paper, does="correct", value="140", unit="Costa")
    assert "Costa" not in page(case, "expert")
    assert "140 Costa" in page(case, "desk")


def sure_look(case: Case, who: str) -> str:
    """The way to say that a value which we are sure of is wrong."""
    said = page(case, who)
    assert page(case, who).count('tr role="row" class="check"') == 1  # only the doubted one is asked about
    found = re.findall(r'href="(\?[^"]*look=[^"]+)"', said)
    assert len(found) == 1
    return html.unescape(found[0])


@pytest.mark.parametrize("who", WHO)
def test_a_value_that_we_are_sure_of_can_be_called_wrong(case, paper, who):
    look = sure_look(case, who)
    address = at("values", case, who=who) + look.partition("#")[0]
    said = client(who).get(address).content.decode()
    assert "Does the paper say 139 mmol/l?" in said
    assert "Does the paper say 64 mmol/l?" in said
    key = lab(case, "139").key
    assert look.endswith(f"#check-{key}")
    assert f'id="check-{key}"' in said
    sent = {"key": key, "does": "correct", "value": "189", "unit": "mmol/l"}
    answer = client(who).post(at("value", case, paper.pk, who=who) + look.partition("#")[0], sent)
    assert answer.status_code == 302
    assert "look" not in parse_qs(urlsplit(answer["Location"]).query)
    assert lab(case, "139").value.value == "189"


def test_a_wrong_word_about_a_sure_value_stays_beside_it(case, paper):
    key = lab(case, "139").key
    sent = {"key": key, "does": "correct", "value": "a lot", "unit": "mmol/l"}
    answer = client("patient").post(at("value", case, paper.pk, who="patient"), sent)
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.content.decode()


def test_after_signing_no_value_can_be_called_wrong(case, paper):
    Case.objects.filter(pk=case.pk).update(state=State.DELIVERED)
    assert "look=" not in page(case, "patient")
