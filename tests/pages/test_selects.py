"""A list to choose from is drawn in one go and is the very HTML that Django would draw."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from consilia.web.selects import Renderer

CHOICES = [
    ("", "Choose"),
    ("PT", "Portugal"),
    ("<X>", "A & B"),
    ("Far", [("NZ", "New “Zealand”"), ("AU", "Australia")]),
]


class Place(forms.Form):
    country = forms.ChoiceField(choices=CHOICES, initial="AU", widget=forms.Select(attrs={"autocomplete": "country"}))
    spoken = forms.MultipleChoiceField(choices=CHOICES[:3], required=False)


class Tags(HTMLParser):
    """What a browser sees: tags with their attributes in whatever order, and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[object] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, frozenset(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(tag)

    def handle_data(self, data: str) -> None:
        self.seen += [data.strip()] if data.strip() else []


@pytest.mark.parametrize("typed", [None, {"country": "PT", "spoken": ["<X>"]}])
def test_a_list_is_the_html_that_django_draws(typed):
    ours, theirs = (Place(typed, renderer=renderer) for renderer in (Renderer(), DjangoTemplates()))
    for name in ours.fields:
        assert Tags(str(ours[name])).seen == Tags(str(theirs[name])).seen
