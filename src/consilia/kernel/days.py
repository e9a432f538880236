"""Days as papers and strangers write them: text that is a day, or is none."""

from __future__ import annotations

from datetime import date


def day_of(text: str) -> date | None:
    """The day of a text in ISO 8601, None for a text that is none (empty, of a month alone, no real day)."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
