"""Records at the expert's table: names are covered in picture and text, held ones do not exist, each look is noted."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from tests import cast, make
from tests import expert_opinion as write
from tests.expert_pages import signed_in

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases import actions as cases
from consilia.cases.models import Case, Purpose
from consilia.formats.values import Line, PageText, Reading
from consilia.formats.verdicts import Verdict
from consilia.kernel.actor import system
from consilia.opinions.content import DraftContent
from consilia.opinions.models import Opening, Opinion, Uncovering
from consilia.records import actions as records
from consilia.records import readings
from consilia.records.models import Document, Original, Series, Standing, Study
from consilia.vault import actions as vault

pytestmark = pytest.mark.django_db

CANARY = "Quetzalcoatl"  # a name that stands nowhere else
LETTER = f"""Hospital letter
Patient: Ana Costa
Born: 09.05.1971
Mother of {CANARY}
Finding: a lump on the left side
"""


def address(name: str, case: Case, *more: object) -> str:
    return reverse(f"expert:{name}", args=[case.pk, *more])


def letter(case: Case, standing: Standing = Standing.TAKEN, words: str = LETTER) -> Original:
    """A text that claims a name of its own beside the patient's."""
    stored = vault.put(case.pk, [words.encode()])
    claims = [{"kind": "name", "value": CANARY, "where": "page:1/line:4"}]
    identity = "mismatch" if standing == Standing.HELD else "match"
    came = records.Came(
        f"{CANARY}.txt", stored.sha256, stored.size, "text/plain", standing, claims=claims, identity=identity
    )
    what = records.Paper(
        kind="unknown", title=f"Letter about {CANARY}", issuer=f"Office of {CANARY}", has_page_images=False
    )
    return records.keep(case.pk, came, what, actor=system(), at=write.now())


def scan(case: Case, *, lines: tuple[Line, ...]) -> Original:
    """A picture of a page, with the text layer that was read from it."""
    sheet = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(sheet, "PNG")
    stored = vault.put(case.pk, [sheet.getvalue()])
    came = records.Came("scan.png", stored.sha256, stored.size, "image/png", Standing.TAKEN, identity="match")
    original = records.keep(case.pk, came, records.Paper(kind="pathology_report"), actor=system(), at=write.now())
    reading = Reading(Verdict.READ, pages=(PageText(1, 200.0, 100.0, lines),))
    readings.keep(case.pk, original.pk, reading)
    vault.put_derived(case.pk, f"page:{original.pk}:1", sheet.getvalue())
    return original


LINES = (Line("Patient: Ana Costa", 10, 10, 150, 20), Line("Grade 3", 10, 40, 80, 50))


def is_dark(png: bytes, x: int, y: int) -> bool:
    return sum(Image.open(io.BytesIO(png)).convert("RGB").getpixel((x, y))) < 300


def test_lines_that_tell_whose_it_is_are_covered_in_the_text():
    case = write.in_review()
    record = letter(case)
    page = signed_in().get(address("record", case, record.pk))
    said = page.content.decode()
    assert page.status_code == 200
    for word in (CANARY, CANARY.lower(), "Ana", "Costa", "1971"):
        assert word not in said
    assert "a lump on the left side" in said
    assert said.count("[name covered]") >= 4


def test_no_page_of_the_expert_leaks_a_covered_word():
    case = write.in_review()
    record = letter(case)
    Case.objects.filter(pk=case.pk).update(
        stated_diagnosis=f"{cast.ANA.family_name} has a lump",
        matters="Ana 09.05.1971",
        summary="Mrs Costa",
        proposed_therapy="Costa",
    )
    client = signed_in()
    for name in ("table", "reasons"):  # the reasons against quote the patient's words
        assert "Costa" not in client.get(address(name, case)).content.decode()
    write.saved(Case.objects.get(pk=case.pk), summary={"in_short": "About Mrs Costa", "title": "Ana"})
    pages = [
        ("table", ()),
        ("record", (record.pk,)),
        ("ask", ()),
        ("message", ()),
        ("urgent", ()),
        ("sign", ()),
        ("reasons", ()),
    ]
    for name, more in pages:
        answer = client.get(address(name, case, *more))
        assert answer.status_code == 200, name
        said = answer.content.decode()
        # What the expert typed herself stays as she typed it in the fields of the form.
        own = said.replace("About Mrs Costa", "").replace('value="Ana"', "")
        for word in (CANARY, "Costa", "09.05.1971"):
            assert word not in own, (name, word)


def test_the_bar_is_in_the_picture_itself_and_the_layer_over_it_says_nothing():
    case = write.in_review()
    record = scan(case, lines=LINES)
    client = signed_in()
    picture = client.get(address("page", case, record.pk, 1)).content
    assert is_dark(picture, 60, 15)
    assert not is_dark(picture, 40, 45)
    said = client.get(address("record", case, record.pk)).content.decode()
    assert "Costa" not in said
    assert "Grade 3" in said


def test_a_page_that_we_cannot_read_stays_closed_until_it_is_opened_with_a_reason():
    case = write.in_review()
    record = scan(case, lines=())
    client = signed_in()
    assert client.get(address("page", case, record.pk, 1)).status_code == 404
    said = client.get(address("record", case, record.pk)).content.decode()
    assert "We cannot read this page" in said
    assert "data:image/png" not in said


def test_uncovering_needs_a_reason_is_kept_with_it_and_lasts_for_one_answer():
    case = write.in_review()
    record = scan(case, lines=LINES)
    client = signed_in()
    where = address("uncover", case, record.pk, 1)
    assert client.get(where).status_code == 405
    refused = client.post(where, {"reason": "  "})
    assert refused.status_code == 422
    assert "data:image/png" not in refused.content.decode()
    shown = client.post(where, {"reason": "To compare with the second letter"})
    assert shown.status_code == 200
    assert "data:image/png;base64," in shown.content.decode()
    assert "Patient: Ana Costa" in shown.content.decode()
    assert Uncovering.objects.get().reason == "To compare with the second letter"
    event = Event.objects.get(kind=Kind.IDENTITY_UNCOVERED)
    assert (event.entity_id, event.detail) == (str(record.pk), {"page": "1"})
    assert "Ana Costa" not in client.get(address("record", case, record.pk)).content.decode()
    assert is_dark(client.get(address("page", case, record.pk, 1)).content, 60, 15)


def test_nothing_is_covered_when_the_patient_agreed_to_be_named():
    case = write.in_review()
    record = scan(case, lines=LINES)
    cases.give_consent(make.reader(cast.ANA, case), Purpose.NAMED, make.text_read(Purpose.NAMED), at=write.now())
    client = signed_in()
    said = client.get(address("record", case, record.pk)).content.decode()
    assert "Patient: Ana Costa" in said
    assert "Names are covered" not in said
    assert not is_dark(client.get(address("page", case, record.pk, 1)).content, 60, 15)


def test_held_removed_and_foreign_records_do_not_exist_at_any_address():
    case = write.in_review()
    held = letter(case, Standing.HELD)
    gone = letter(case, words=LETTER + "again")
    records.remove(case.pk, gone.pk, reason="not hers", actor=system(), at=write.now())
    other = make.paper(make.case_collecting(cast.MALLORY))
    client = signed_in()
    said = client.get(address("table", case)).content.decode()
    for record in (held, gone, other):
        assert str(record.pk) not in said
        assert client.get(address("record", case, record.pk)).status_code == 404
        assert client.get(address("page", case, record.pk, 1)).status_code == 404
        assert client.post(address("uncover", case, record.pk, 1), {"reason": "I want to"}).status_code == 404
    assert not Opening.objects.exists()


def test_an_opened_record_is_marked_and_written_down_before_it_is_shown():
    case = write.in_review()
    record = Original.objects.get(case_id=case.pk)
    client = signed_in()
    assert "recs__seen" not in client.get(address("table", case)).content.decode()
    client.get(address("record", case, record.pk))
    assert Event.objects.filter(kind=Kind.RECORD_OPENED, entity_id=str(record.pk), role="expert").count() == 1
    assert Opening.objects.get().record_id == record.pk
    assert "recs__seen" in client.get(address("table", case)).content.decode()


def queries_of(client, where: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(where).status_code == 200
    return len(caught)


def test_the_table_asks_the_database_as_often_with_ten_records_as_with_a_thousand():
    case = write.in_review()
    write.saved(case)
    client = signed_in()
    few = queries_of(client, address("table", case))
    made = [
        Original(case_id=case.pk, path=f"{n}.txt", sha256="", size=1, standing=Standing.TAKEN, received_at=write.now())
        for n in range(1000)
    ]
    Original.objects.bulk_create(made)
    Document.objects.bulk_create([Document(original=one, title=f"Letter {n}") for n, one in enumerate(made)])
    assert queries_of(client, address("table", case)) == few


def image(case: Case, number: int, standing: Standing = Standing.TAKEN, study: str = "1.2.3") -> Original:
    """One image of a study, with its picture made already."""
    stored = vault.put(case.pk, [f"{study}.{number}".encode()])
    identity = "mismatch" if standing == Standing.HELD else "match"
    came = records.Came(f"{study}-{number}.dcm", stored.sha256, stored.size, "", standing, identity=identity)
    what = records.Picture(
        study, f"{study}.1", f"{study}.1.{number}", "1.2", "MR", study_description=f"MRI {CANARY} Costa", number=number
    )
    original = records.keep(case.pk, came, what, actor=system(), at=write.now())
    sheet = io.BytesIO()
    Image.new("L", (8, 8), 10 * number).save(sheet, "PNG")
    vault.put_derived(case.pk, f"frame:{original.pk}:1", sheet.getvalue())
    return original


def test_a_study_is_scrolled_without_its_held_images_and_each_look_is_written_down():
    case = write.in_review()
    image(case, 1)
    image(case, 2, Standing.HELD)
    image(case, 3)
    held = image(case, 1, Standing.HELD, study="9.9")
    taken, other = Study.objects.get(uid="1.2.3"), Study.objects.get(uid="9.9")
    series = Series.objects.get(study=taken)
    client = signed_in()
    page = client.get(address("study", case, taken.pk))
    said = page.content.decode()
    assert 'data-count="2"' in said
    assert "Costa" not in said
    assert Event.objects.filter(kind=Kind.STUDY_OPENED, entity_id=str(taken.pk), role="expert").count() == 1
    shades = [
        Image.open(io.BytesIO(client.get(address("frame", case, series.pk, place)).content)).getpixel((1, 1))
        for place in (0, 1)
    ]
    assert shades == [10, 30]
    assert client.get(address("frame", case, series.pk, 2)).status_code == 404
    assert client.get(address("frame", case, series.pk, 0) + "?wc=nan&ww=0").status_code == 404
    assert client.get(address("study", case, other.pk)).status_code == 404
    assert client.get(address("frame", case, held.instance.series_id, 0)).status_code == 404
    assert Opening.objects.get().record_id == taken.pk


def test_an_image_is_cited_by_what_it_is_and_where():
    case = write.in_review()
    image(case, 1)
    image(case, 3)
    write.saved(case)
    series = Series.objects.get()
    sent = {
        "version": "2",
        "do": "cite-image",
        "cite-series": str(series.pk),
        "cite-index": "1",
        "cite-for": "answers-1",
    }
    assert signed_in().post(address("save", case), sent).status_code == 302
    content = DraftContent.model_validate(Opinion.objects.get().content)
    source = content.sources[-1]
    assert (source.kind, source.image, source.frame) == ("record_image", "1.2.3.1.3", 1)
    assert source.record_id == str(series.study_id)
    assert content.answers[0].sources == ("2",)


def seen(**changes: object) -> str:
    """What the viewer of the page posts beside a citation."""
    marks = [{"kind": "length", "points": [[1, 2], [4, 6]], "words": "3.5 mm"}]
    whole = {
        "instance": "1.2.3.1.3",
        "frame": 1,
        "window": {"center": 40, "width": 400},
        "inverted": False,
        "zoom": 1.5,
        "middle": [4, 4],
        "marks": marks,
    }
    return json.dumps(whole | changes)


def cite(case: Case, view: str) -> HttpResponse:
    series = Series.objects.get(study__uid="1.2.3")
    sent = {"version": "2", "do": "cite-image", "cite-series": str(series.pk), "cite-view": view}
    return signed_in().post(address("save", case), sent)


def test_a_key_image_is_cited_as_it_was_seen_and_is_reopened_exactly_so():
    case = write.in_review()
    image(case, 1)
    image(case, 3)
    write.saved(case)
    answer = cite(case, seen())
    study = Study.objects.get()
    assert answer.headers["Location"] == address("study", case, study.pk) + "?source=2#sources-2"
    source = DraftContent.model_validate(Opinion.objects.get().content).sources[-1]
    assert (source.image, source.frame, source.label.rpartition(": ")[2]) == ("1.2.3.1.3", 1, "3.5 mm")
    page = signed_in().get(answer.headers["Location"]).content.decode()
    kept = re.search(r'data-viewer-kept hidden><script type="application/json">(.*?)</script>', page)
    assert kept is not None
    assert json.loads(kept[1]) == source.view.model_dump(mode="json")
    assert 'data-index="1"' in page  # the second of the stack
    plain = signed_in().get(address("study", case, study.pk) + "?source=99").content.decode()
    assert "data-viewer-kept" not in plain


@pytest.mark.parametrize(
    "view",
    [
        "{",
        seen(frame=2),
        seen(instance="1.2.3.1.99"),
        seen(instance="1.2.3.1.2"),  # held
        seen(zoom=0),
        seen(window={"center": 1e300, "width": 1}),
        seen(marks=[{"kind": "length", "points": [[0, 0]], "words": ""}]),
        seen(marks=[{"kind": "length", "points": [[0, 0], [1, 1]], "words": "x"}] * 41),
        seen(more="1"),
    ],
)
def test_what_no_viewer_of_ours_says_cites_nothing(view):
    case = write.in_review()
    image(case, 1)
    image(case, 2, Standing.HELD)
    image(case, 3)
    write.saved(case)
    before = Opinion.objects.get().content
    assert cite(case, view).status_code == 404
    assert Opinion.objects.get().content == before


def test_what_can_stand_beside_a_stack_names_nobody_and_nothing_that_is_held():
    case = write.in_review()
    image(case, 1)
    image(case, 1, study="4.5")
    image(case, 1, Standing.HELD, study="9.9")
    study = Study.objects.get(uid="1.2.3")
    said = signed_in().get(address("study", case, study.pk)).content.decode()
    assert "studies/4.5/series/4.5.1" in said
    assert "9.9" not in said
    assert "Costa" not in said
