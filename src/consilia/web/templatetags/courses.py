"""Where a case stands: whose turn, the thread, the list of tasks, the three clocks, how much is there.

`{% turn_card title="Five records are missing" turn="patient" since=at until=at id="turn" %}buttons{% endturn_card %}`
    turn: patient (amber, "Your turn"), ours, expert, nobody; who="" says it in other words; more=(label, words) pairs
`{% thread beads %}` beads: .kind (done, next, later) .words .at .who; wide=True lays it out in one line
`{% task_list tasks %}` tasks: .title .url .hint .state (done, needs_you, started, later, todo); url "" is locked
`{% clock_strip times running="ours" %}` times: .ours .expert .patient (timedelta); one bar, full is 10 days
`{% meter here=6 partly=1 old=1 missing=3 %}` one bar of as many parts, and its key
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from consilia.web.templatetags.library import register
from consilia.web.templatetags.moments import span

TURNS = {
    "patient": gettext_lazy("Your turn"),
    "ours": gettext_lazy("Our turn"),
    "expert": gettext_lazy("The experts' turn"),
    "nobody": gettext_lazy("Nobody is waited for"),
}
TASK_STATES = {
    "done": ("green", "check", gettext_lazy("Done")),
    "needs_you": ("amber", "circle-alert", gettext_lazy("Needs you")),
    "started": ("amber", "half", gettext_lazy("Started")),
    "todo": ("brand", "ring", gettext_lazy("To do")),
    "waiting": ("brand", "hourglass", gettext_lazy("With us")),
    "expert": ("brand", "hourglass", gettext_lazy("With the expert")),
    "later": ("grey", "lock", gettext_lazy("Later")),
}
FULL = timedelta(days=10)
WIDE = 240  # units of the drawing that stand for FULL


class Times(Protocol):
    """Time used by each side."""

    @property
    def ours(self) -> timedelta: ...
    @property
    def expert(self) -> timedelta: ...
    @property
    def patient(self) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list; pages build these, anything of the same shape will do."""

    title: str
    url: str = ""
    hint: str = ""
    state: str = "todo"
    words: str = ""  # instead of the usual word of the state


@register.simple_block_tag
def turn_card(
    content: str,
    *,
    title: str,
    turn: str = "patient",
    who: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    more: Iterable[tuple[str, str]] = (),
    text: str = "",
    id: str = "turn",  # noqa: A002  # the name of the attribute
    level: int = 2,
) -> SafeString:
    """Whose turn it is, since when, until when, and the one thing to do."""
    page = {
        "turn": turn,
        "who": who or TURNS[turn],
        "title": title,
        "text": text,
        "since": since,
        "until": until,
        "more": more,
        "id": id,
        "level": level,
        "content": SafeString(content),
    }
    return render_to_string("components/turn_card.html", page)


@register.inclusion_tag("components/thread.html")
def thread(beads: Iterable[Any], *, wide: bool = False) -> dict[str, Any]:
    """Beads for what happened, the hollow bead for what is next, small ones for later."""
    return {"beads": beads, "wide": wide}


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable[Any]) -> dict[str, Any]:
    """Lines with a link, a hint and a status."""
    rows = []
    for task in tasks:
        tone, icon, word = TASK_STATES[task.state]
        rows.append({"task": task, "tone": tone, "icon": icon, "word": getattr(task, "words", "") or word})
    return {"rows": rows}


def drawn(*numbers: float) -> tuple[str, ...]:
    """Numbers of a drawing as text, the same in every language."""
    return tuple(f"{number:.5g}" for number in numbers)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar in units of the drawing."""

    side: str
    start: float
    width: float
    is_running: bool
    words: str

    @property
    def picture(self) -> str:
        """Its shapes; drawn here, as the worklist has twenty bars and a template asks much for each shape."""
        start, width = drawn(self.start, self.width)
        shapes = f'<rect class="k-{self.side}" x="{start}" y="5" width="{width}" height="8" rx="1.5"/>' + self._hatch
        if self.is_running:
            start, width = drawn(self.start - 2.5, self.width + 5)
            shapes += f'<rect class="k-now" x="{start}" y="2" width="{width}" height="14" rx="3.5"/>'
        return shapes

    @property
    def _hatch(self) -> str:
        """Slanted lines within the patient's part as one path; "" elsewhere and where it is too narrow for one."""
        count = int((self.width - 8) // 6) + 1 if self.side == "patient" and self.width > 8 else 0
        feet = (self.start + 2 + 6 * number for number in range(count))
        lines = "".join("M{} 13L{} 5".format(*drawn(foot, foot + 6)) for foot in feet)
        return f'<path class="k-hatch" d="{lines}"/>' if lines else ""

    @property
    def said(self) -> SafeString:
        """Its words, strong while its clock runs."""
        return format_html("<b>{}</b>" if self.is_running else "{}", self.words)


def parts(times: Times, running: str) -> list[Part]:
    """The parts of the bar in the order ours, experts, patient; each at least two units wide, none beyond the bar."""
    spent = {"ours": times.ours, "expert": times.expert, "patient": times.patient}
    total = sum(spent.values(), timedelta())
    scale = WIDE / max(total, FULL).total_seconds()
    said = {
        "ours": gettext("ours %(span)s"),
        "expert": gettext("experts %(span)s"),
        "patient": gettext("patient %(span)s"),
    }
    placed: list[Part] = []
    start = 0.0
    for side, length in spent.items():
        if not length and side != running:
            continue
        width = max(round(length.total_seconds() * scale, 1), 2)
        placed.append(Part(side, start, width, side == running, said[side] % {"span": span(length)}))
        start += width + 1
    return placed


@register.inclusion_tag("components/clock_strip.html")
def clock_strip(times: Times, *, running: str = "") -> dict[str, Any]:
    """One bar on one scale, the running part framed; the same in words beneath."""
    total = times.ours + times.expert + times.patient
    placed = parts(times, str(running))
    bar = SafeString("".join(part.picture for part in placed))
    words = SafeString(", ".join(part.said for part in placed))
    return {"bar": bar, "words": words, "total": span(total), "wide": WIDE}


@register.inclusion_tag("components/meter.html")
def meter(*, here: int, partly: int = 0, old: int = 0, missing: int = 0) -> dict[str, Any]:
    """As many boxes as there are things to have; the key beneath says the numbers."""
    kinds = (("here", here), ("part", partly), ("old", old), ("missing", missing))
    boxes = [kind for kind, count in kinds for _ in range(count)]
    width = 100 / max(len(boxes), 1)
    placed = [(kind, *drawn(width * index, width - 0.8, width / 2 - 0.4)) for index, kind in enumerate(boxes)]
    return {"boxes": placed, "here": here, "partly": partly, "old": old, "missing": missing}
