"""Quiet surfaces: status, card, list of facts, empty list, draft banner, word with an explanation.

`{% tag "Done" tone="green" %}` status as wash, icon and word; tone: green, amber, red, grey, brand; icon="" by tone
`{% status "asked Wed 8 Oct" tone="amber" %}` the same without the wash, for dense tables
`{% card title="What we looked at" id="crit" %}...{% endcard %}` level=2, tone="held" for a 4 px amber edge, note=""
`{% summary_list rows %}` rows: (label, value) or (label, value, address, words of the link)
`{% empty_state "No messages yet" text="..." url="" action="" icon="mail" %}`
`{% banner_draft what="" %}` says that reviewed people have not approved this content yet
`{% term "HER2" id="her2" %}explanation{% endterm %}` glossary pop-up without script; id unique on the page
`{% notice tone="brand" icon="info" %}...{% endnotice %}` a calm aside; tone: brand, amber, red, grey
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify

from consilia.web.templatetags.icons import icon_or_nothing
from consilia.web.templatetags.library import register

TONES = {"green": "check", "amber": "circle-alert", "red": "octagon-alert", "grey": "lock", "brand": "info"}


def toned(tone: str) -> str:
    if tone not in TONES:
        raise ValueError(f"no tone named {tone!r}: {', '.join(TONES)}")
    return tone


@register.simple_tag
def tag(words: str, *, tone: str = "brand", icon: str = "") -> SafeString:
    """A status: wash, icon and word."""
    drawn = icon_or_nothing(icon or TONES[toned(tone)])
    return format_html('<span class="tag tag--{}">{}<span>{}</span></span>', tone, drawn, words)


@register.simple_tag
def status(words: str, *, tone: str = "grey", icon: str = "") -> SafeString:
    """A status without the wash."""
    drawn = icon_or_nothing(icon or (TONES[tone] if toned(tone) != "grey" else ""))
    return format_html('<span class="status status--{}">{}<span>{}</span></span>', tone, drawn, words)


@register.simple_block_tag
def card(
    content: str,
    *,
    title: str = "",
    id: str = "",  # noqa: A002  # the name of the attribute
    level: int = 2,
    tone: str = "",
    note: str = "",
) -> SafeString:
    """A white card; with a title it is a section of that name."""
    if tone not in {"", "held", "quiet", "green"}:
        raise ValueError(f"no card named {tone!r}")
    looks = "card" + (f" card--{tone}" if tone else "")
    if not title:
        return format_html('<div class="{}">{}</div>', looks, SafeString(content))
    name = id or slugify(title)
    beside = format_html('<p class="small soft">{}</p>', note) if note else ""
    head = format_html('<header><h{0} class="card__h" id="{1}">{2}</h{0}>{3}</header>', level, name, title, beside)
    return format_html(
        '<section class="{}" aria-labelledby="{}">{}<div class="card__in">{}</div></section>',
        looks,
        name,
        head,
        SafeString(content),
    )


@register.inclusion_tag("components/summary_list.html")
def summary_list(rows: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """Pairs of a name and a value, each with an optional link (check your answers)."""
    return {"rows": [(*row, "", "")[:4] for row in rows]}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, *, text: str = "", url: str = "", action: str = "", icon: str = "folder", level: int = 2
) -> dict[str, Any]:
    """What will stand here, and what to do."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon, "level": level}


@register.inclusion_tag("components/banner_draft.html")
def banner_draft(*, what: str = "") -> dict[str, Any]:
    """Says that this content waits for its review."""
    return {"what": what}


@register.simple_block_tag
def term(content: str, word: str, *, id: str) -> SafeString:  # noqa: A002  # the name of the attribute
    """A word with its explanation in a native pop-up."""
    return format_html(
        '<button class="gloss" type="button" popovertarget="{0}">{1}</button>'
        '<span class="gloss__say" id="{0}" popover><strong>{1}</strong> {2}</span>',
        f"term-{id}",
        word,
        SafeString(content.strip()),
    )


@register.simple_block_tag
def notice(content: str, *, tone: str = "brand", icon: str = "") -> SafeString:
    """A calm aside with an icon."""
    drawn = icon_or_nothing(icon or TONES[toned(tone)])
    return format_html('<div class="notice notice--{}">{}<div>{}</div></div>', tone, drawn, SafeString(content))
