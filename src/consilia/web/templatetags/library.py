"""The one register that all text components share, so that pages find them under one name."""

from __future__ import annotations

from django.template import Library

register = Library()
