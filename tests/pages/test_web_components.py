"""The components keep their promises: misspelt arguments fail, only what differs is marked, a refusal says why."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone
from tests.pages import gallery

from consilia.kernel.refusal import Refusal
from consilia.web import errors
from consilia.web.templatetags import courses, evidence, moments

BASES = ("base/patient.html", "base/narrow.html", "base/workspace.html", "base/print.html")


@pytest.fixture(autouse=True)
def plain_names(settings):
    """Names without hashes, so that the tests need no collected files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


def drawn(template: str, **context) -> str:
    return Template(template).render(Context(context))


class Ids(HTMLParser):
    """The ids of a page, and those it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.there: list[str] = []
        self.wanted: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.there.append(value)
            elif name in {"aria-labelledby", "aria-describedby", "for", "popovertarget"}:
                self.wanted += value.split()
            elif name == "href" and tag == "a" and value.startswith("#"):
                self.wanted.append(value[1:])


@pytest.mark.parametrize("parent", BASES)
def test_each_component_finds_what_it_refers_to_in_every_frame(parent):
    page = render_to_string("base/gallery.html", gallery.context(parent))
    ids = Ids(page)
    assert set(ids.wanted) - set(ids.there) <= {"p-rec", "p-page", "p-op"}
    assert len(ids.there) == len(set(ids.there))
    assert page.count("<h1") == 1
    assert " style=" not in page


def test_what_was_typed_stands_in_the_form_again():
    page = render_to_string("base/gallery.html", gallery.context())
    assert 'value="elena@"' in page
    assert "What I typed</textarea>" in page
    assert "What you typed is kept." in page


@pytest.mark.parametrize(
    "template",
    [
        '{% tag "Done" tune="green" %}',
        '{% turn_card titel="x" %}{% endturn_card %}',
        '{% button kind="primary" ikon="x" %}x{% endbutton %}',
        "{% turn_card %}{% endturn_card %}",
        "{% seal signed_by='x' %}",
        '{% field form.email lable="x" %}',
        '{% term "HER2" %}x{% endterm %}',
    ],
)
def test_a_misspelt_or_missing_argument_fails_before_anybody_sees_the_page(template):
    with pytest.raises(TemplateSyntaxError):
        Template(template)


@pytest.mark.parametrize(
    "template", ['{% icon "chekc" %}', '{% tag "Done" tone="blue" %}', '{% card tone="loud" %}{% endcard %}']
)
def test_an_unknown_icon_or_tone_is_an_error_and_not_an_empty_square(template):
    with pytest.raises(ValueError, match="named"):
        drawn(template)


def test_only_the_characters_that_differ_are_marked():
    assert evidence.marked("Elena Marchetto", "Elena Marchetti") == "Elena Marchett<mark>o</mark>"
    assert evidence.marked("MRCLNE71S42L736K", "MRCLNE69C54F205X") == "MRCLNE<mark>71S42L736K</mark>"
    assert evidence.marked("F", "F") == "F"
    assert evidence.marked("2 Nov 1971", "14 Mar 1969") == "<mark>2 Nov 1971</mark>"


def test_a_name_in_a_record_cannot_write_into_the_page():
    page = drawn(
        '{% compare_claims rows left="a" right="b" %}{% file_row title=name name=name %}{% endfile_row %}'
        "{% tag name %}",
        rows=[("Name", "<script>x</script>", "<script>y</script>")],
        name="<img src=x>",
    )
    assert "<script" not in page
    assert "<img" not in page


def test_a_button_that_cannot_be_used_says_why_and_where_to_mend_it():
    refusals = [
        Refusal("no_answer", "Question 3 has no answer", "#q3"),
        Refusal("no_second", "No second factor", "public:home"),
    ]
    page = drawn('{% disabled_action "Sign" reasons=refusals id="sign" %}', refusals=refusals)
    assert '<a href="#q3">Question 3 has no answer</a>' in page
    assert '<a href="/">No second factor</a>' in page
    assert 'aria-disabled="true" aria-describedby="sign"' in page
    assert "2 reasons against it" in page


def test_the_clock_shows_each_side_once_and_never_leaves_its_bar():
    times = gallery.Times(timedelta(days=30), timedelta(days=20), timedelta())
    parts = courses.parts(times, "patient")
    assert [part.side for part in parts] == ["ours", "expert", "patient"]
    assert [part.is_running for part in parts] == [False, False, True]
    assert all(part.start + part.width <= courses.WIDE + 5 for part in parts)
    assert [part.words for part in parts] == ["ours 30 d", "experts 20 d", "patient 0"]


def test_the_drawing_holds_the_same_numbers_in_every_language(settings):
    with timezone.override("UTC"):
        german = drawn(
            "{% load i18n %}{% language 'de' %}{% clock_strip times running='ours' %}{% endlanguage %}",
            times=gallery.Times(timedelta(days=1, hours=5, minutes=30), timedelta(), timedelta(hours=7)),
        )
    assert re.search(r'width="\d+\.\d+"', german)
    assert not re.search(r'width="\d+,', german)


def test_days_carry_their_weekday_and_deadlines_their_zone():
    at = datetime(2026, 10, 9, 12, 0, tzinfo=UTC)
    with timezone.override("Europe/Berlin"):
        assert moments.day(date(2026, 10, 9)) == "Friday 9 October 2026"
        assert moments.moment(at) == "Fri 9 Oct 2026, 14:00 CEST"
        assert moments.moment(at, "short") == "Fri 9 Oct, 14:00"
    assert moments.day(None) == moments.moment(None) == moments.until(None) == moments.ago(None) == ""


def test_a_deadline_says_how_long_still_or_how_late():
    now = timezone.now()
    assert moments.until(now + timedelta(hours=3, minutes=20, seconds=5)) == "in 3\xa0hours, 20\xa0minutes"
    assert moments.until(now - timedelta(minutes=40)) == "40\xa0minutes late"
    assert moments.ago(now) == "now"
    assert moments.ago(now - timedelta(days=2)) == "2\xa0days ago"


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(), "0"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=46), "1 d 22 h"),
        (timedelta(days=3), "3 d"),
    ],
)
def test_lengths_of_time_are_said_in_days_and_hours(length, words):
    assert moments.span(length) == words


def test_what_is_absent_and_what_is_hidden_answer_with_the_same_bytes():
    ask = RequestFactory()
    pages = {errors.not_found(ask.get(path)).content for path in ("/patient/cases/1/", "/desk/", "/nothing?name=Elena")}
    assert len(pages) == 1
    assert b"Elena" not in pages.pop()


@pytest.mark.parametrize("name", ["403", "404", "500", "csrf"])
def test_an_error_says_what_happened_what_was_kept_and_what_to_do(name):
    page = render_to_string(f"errors/{name}.html")
    assert page.count("<h1") == 1
    assert re.search(r"kept|changed|lost", page)
    assert "emergency" in page


def test_a_refused_step_lists_its_reasons():
    page = render_to_string("errors/refused.html", {"refusals": (Refusal("held", "1 record is held."),)})
    assert "1 record is held." in page
