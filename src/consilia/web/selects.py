"""Selects: a list of 250 countries is drawn in one go; Django asks two templates for each option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from consilia.web import attributes


class Renderer(DjangoTemplates):
    """Django's own, but for the select: the same HTML without a template an option."""

    def render(self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return super().render(template_name, dict(context), request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = SafeString("\n".join(_groups(widget["optgroups"])))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes.drawn(widget["attrs"]), groups)


def _groups(groups: Any) -> Iterator[str]:
    """Each group is (its name or None, its options, its place)."""
    for name, options, _place in groups:
        drawn = "\n".join(map(_option, options))
        yield f'<optgroup label="{escape(str(name))}">{drawn}</optgroup>' if name else drawn


def _option(one: Mapping[str, Any]) -> str:
    """Escaped by the standard library: Django's escape() asks of each word whether it is a lazy one."""
    value = "" if one["value"] is None else str(one["value"])
    given = attributes.drawn({"value": value, **one["attrs"]})
    return f"<option{given}>{escape(str(one['label']))}</option>"
