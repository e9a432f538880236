"""Selects: a list of 250 countries is drawn in one go; Django asks two templates for each option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class Renderer(DjangoTemplates):
    """Django's own, but for the select: the same HTML without a template an option."""

    def render(self, template_name: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> str:
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return super().render(template_name, dict(context), request)


def _select(widget: Mapping[str, Any]) -> SafeString:
    groups = format_html_join("\n", "{}", ((group,) for group in _groups(widget["optgroups"])))
    return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), groups)


def _groups(groups: Any) -> Iterator[SafeString]:
    """Each group is (its name or None, its options, its place)."""
    for name, options, _place in groups:
        drawn = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            ((_said(one["value"]), flatatt(one["attrs"]), one["label"]) for one in options),
        )
        yield format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn


def _said(value: Any) -> str:
    return "" if value is None else str(value)
