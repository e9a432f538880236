"""Sample words for the gallery that shows each component once; the people are those of the cast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from consilia.kernel.refusal import Refusal
from consilia.web.templatetags.courses import Task

AT = datetime(2026, 10, 8, 14, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Bead:
    kind: str
    words: str
    at: datetime | None = None
    who: str = ""


@dataclass(frozen=True)
class Times:
    ours: timedelta
    expert: timedelta
    patient: timedelta


class Sample(forms.Form):
    email = forms.EmailField(label="Your e-mail address", help_text="We write to it when it is your turn.")
    amount = forms.IntegerField(label="How many pages", required=False)
    country = forms.ChoiceField(label="Where are you now?", choices=[("it", "Italy"), ("de", "Germany")])
    words = forms.CharField(label="In your words", widget=forms.Textarea(attrs={"rows": 3}))
    matters = forms.MultipleChoiceField(
        label="What matters to you?",
        choices=[("time", "Little time in hospital"), ("work", "Going back to work")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="I have read it")
    verdict = forms.ChoiceField(
        label="The diagnosis is",
        choices=[("c", "Confirmed"), ("r", "Refined"), ("d", "Disproved"), ("n", "Cannot be judged")],
        widget=forms.RadioSelect,
    )
    advice = forms.ChoiceField(
        label="The proposed step is",
        choices=[
            ("a", "Advisable"),
            ("w", "With changes"),
            ("l", "Not now"),
            ("n", "Not advisable"),
            ("c", "Cannot be judged"),
        ],
        widget=forms.RadioSelect,
    )


def context(parent: str = "base/patient.html", turn: str = "patient") -> dict[str, Any]:
    """What base/gallery.html is rendered with."""
    sample = {
        "title": "Everything once",
        "reference": "Case C-2026-0417",
        "name": "Elena Marchetti",
        "word": "Held back",
        "verb": "See what is missing",
        "sentence": "Five records are still to come, and one file needs your word.",
        "source": "Letter 18 Sep 2026, p. 2",
        "moment": "Thu 8 Oct, 16:20",
        "at": AT,
        "later": AT + timedelta(days=1),
        "turn": turn,
        "is_dense": parent != "base/patient.html",
        "tasks": [
            Task("Your questions", "#tasks", "Three questions", "done"),
            Task("One file seems to be another person's", "#tasks", "letter 2.pdf, held back", "needs_you"),
            Task("Missing records", "#tasks", "6 of 11 are ready", "started"),
            Task("Price and payment", "", "Opens when our editor has passed the case", "later"),
        ],
        "rows": [("Name", "Elena Marchetti", "#card", "Change"), ("Born", "14 Mar 1969")],
        "claims": [
            ("Name", "Elena Marchetto", "Elena Marchetti", "1 letter differs"),
            ("Born", "2 Nov 1971", "14 Mar 1969", "2 years apart"),
            ("Number", "MRCLNE71S42L736K", "MRCLNE69C54F205X", "differs"),
            ("Sex", "F", "F", ""),
        ],
        "refusals": [
            Refusal("no_answer", "Question 3 has no answer", "#form"),
            Refusal("no_interest", "The declaration of interests is missing"),
        ],
        "times": Times(timedelta(days=2, hours=12), timedelta(days=1, hours=17), timedelta(days=4, hours=14)),
        "beads": [
            Bead("done", "Self-check", AT - timedelta(days=1)),
            Bead("done", "Records sorted", AT),
            Bead("next", "Missing records", AT, "Your turn"),
            Bead("later", "Our editor passes the case", None, "Us"),
        ],
    }
    form = Sample({"email": "elena@", "words": "What I typed"})
    return {"parent": parent, "sample": sample, "form": form, "service_name": "Consilia"}
