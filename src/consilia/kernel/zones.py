"""Time zones of places, as a person may choose hers (IANA time zone database)."""

from __future__ import annotations

import zoneinfo
from functools import cache


@cache
def places() -> tuple[str, ...]:
    """Names like "Europe/Rome", sorted. Kept: looking means opening the 600 files of the database."""
    return tuple(sorted(zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/")))
