"""What a person can do here: buttons, links that look like them, and a disabled action that says why.

`{% button kind="primary" icon="upload" name="verb" value="send" %}Send{% endbutton %}`
    kind: plain, primary, quiet, danger; type: submit, button; small, wide; form (id), action (address), about (said to
    screen readers after the words), confirm (id of a popover)
`{% link_button url kind="primary" icon_end="arrow-right" %}See what is missing{% endlink_button %}`
`{% disabled_action "Sign opinion" reasons=refusals id="sign" title="4 reasons against signing" %}`
    reasons: objects with .reason and .mend (an anchor, an address, or the name of a URL without arguments)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from consilia.kernel.refusal import Refusal
from consilia.web.attributes import drawn
from consilia.web.templatetags.icons import icon_or_nothing
from consilia.web.templatetags.library import register

KINDS = {"plain": "btn", "primary": "btn btn--primary", "quiet": "btn btn--quiet", "danger": "btn btn--danger"}


def look(kind: str, *, small: bool, wide: bool) -> str:
    return KINDS[kind] + (" btn--small" if small else "") + (" btn--wide" if wide else "")


def attributes(**given: str) -> SafeString:
    """The attributes that have a value, quoted; an underscore at the end of a name is dropped."""
    return drawn({name.rstrip("_"): value for name, value in given.items() if value})


def inner(content: str, icon: str, icon_end: str, about: str) -> SafeString:
    said = format_html('<span class="vh"> {}</span>', about) if about else ""
    return format_html(
        "{}<span>{}{}</span>{}", icon_or_nothing(icon), content.strip(), said, icon_or_nothing(icon_end, flip=True)
    )


@register.simple_block_tag
def button(
    content: str,
    *,
    kind: str = "plain",
    icon: str = "",
    icon_end: str = "",
    name: str = "",
    value: str = "",
    type: str = "submit",  # noqa: A002  # the name of the attribute
    form: str = "",
    action: str = "",
    about: str = "",
    confirm: str = "",
    id: str = "",  # noqa: A002
    small: bool = False,
    wide: bool = False,
) -> SafeString:
    """A button; see the module."""
    given = attributes(
        type=type, name=name, value=str(value), form=form, formaction=action, popovertarget=confirm, id=id
    )
    words = inner(SafeString(content), icon, icon_end, about)
    return format_html('<button class="{}"{}>{}</button>', look(kind, small=small, wide=wide), given, words)


@register.simple_block_tag
def link_button(
    content: str,
    url: str,
    *,
    kind: str = "plain",
    icon: str = "",
    icon_end: str = "",
    about: str = "",
    id: str = "",  # noqa: A002
    download: bool = False,
    small: bool = False,
    wide: bool = False,
) -> SafeString:
    """A link that looks like a button."""
    given = attributes(href=url, id=id) + SafeString(" download" if download else "")
    words = inner(SafeString(content), icon, icon_end, about)
    return format_html('<a class="{}"{}>{}</a>', look(kind, small=small, wide=wide), given, words)


def where_to_mend(mend: str) -> str:
    """The address of the place where a refusal can be mended; an unknown name is taken as an anchor."""
    if not mend or mend[0] in "#/":
        return mend
    try:
        return reverse(mend)
    except NoReverseMatch:
        return f"#{mend}"


@register.inclusion_tag("components/disabled_action.html")
def disabled_action(
    words: str,
    *,
    reasons: Iterable[Refusal],
    id: str = "reasons",  # noqa: A002
    title: str = "",
    icon: str = "",
) -> dict[str, Any]:
    """A button that cannot be used now, with its numbered reasons beside it."""
    listed = [(refusal.reason, where_to_mend(refusal.mend)) for refusal in reasons]
    said = title or ngettext("%(n)s reason against it", "%(n)s reasons against it", len(listed)) % {"n": len(listed)}
    return {"words": words, "reasons": listed, "id": id, "title": said, "icon": icon}
