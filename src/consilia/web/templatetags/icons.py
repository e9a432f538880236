"""Icons by name from one sprite file; a name that is not in the lists is an error, not an empty square.

`{% icon "check" %}` an icon beside a word (hidden from screen readers)
`{% icon "arrow-right" flip=True %}` one that turns round in languages that run from right to left
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from consilia.web.templatetags.library import register

HERE = Path(__file__).parent


@cache
def known() -> frozenset[str]:
    """The names in the sprite: those of the list and our own."""
    listed = (HERE / "icons.txt").read_text().split("\n")
    own = re.findall(r'symbol id="([^"]+)"', (HERE / "icons_own.svg").read_text())
    return frozenset([*own, *(line for line in listed if line and not line.startswith("#"))])


@register.simple_tag
def icon(name: str, *, flip: bool = False, tone: str = "", look: str = "icon") -> SafeString:
    """An icon of the sprite; raises ValueError for a name that is not there. `tone`: amber, green, red, violet."""
    if name not in known():
        raise ValueError(f"no icon named {name!r}; add it to templatetags/icons.txt")
    classes = " ".join(filter(None, (look, "icon--flip" if flip else "", f"icon--{tone}" if tone else "")))
    return _drawn(name, classes)


@cache
def _drawn(name: str, classes: str) -> SafeString:
    """Made once for each look: the form of an expert shows a hundred of them, and the sprite has one address."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        classes,
        static("icons.svg"),
        name,
    )


def icon_or_nothing(name: str, *, flip: bool = False, tone: str = "") -> SafeString:
    return icon(name, flip=flip, tone=tone) if name else SafeString("")
