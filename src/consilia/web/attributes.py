"""Attributes of elements, escaped: Django's own way asks of each word whether it is lazy, some hundred times a page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from django.utils.safestring import SafeString


def drawn(given: Mapping[str, object]) -> SafeString:
    """` name="value"` each; True is a bare name, None and False are none at all."""
    return SafeString("".join(_one(name, value) for name, value in given.items()))


def _one(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
