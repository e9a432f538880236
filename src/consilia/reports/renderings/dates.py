"""Days and moments as people write them, in the language of the document and the zone of its promise."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime


def day(value: str, language: str) -> str:
    """ "2025-09-18" as "18 Sep 2025", "2025-09" as "Sep 2025", "2025" as it is; what is no day stays as it is."""
    patterns = {4: "y", 7: "MMM y", 10: "d MMM y"}
    filled = value + "-01-01"[len(value) - 4 :] if len(value) in (4, 7) else value
    try:
        return format_date(date.fromisoformat(filled), patterns.get(len(value), "d MMM y"), locale=_locale(language))
    except ValueError:
        return value


def moment(value: datetime, language: str, zone: str, *, seconds: bool = False) -> str:
    """ "Tue 14 Oct 2025, 16:20 CEST"; an unknown zone is read as UTC."""
    local = value.astimezone(_zone(zone))
    pattern = "EEE d MMM y, HH:mm:ss" if seconds else "EEE d MMM y, HH:mm"
    # CLDR names few zones in short ("+0200"); the zone itself knows what people there write ("CEST").
    return f"{format_datetime(local, pattern, locale=_locale(language))} {local.tzname()}"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
