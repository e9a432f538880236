"""Days and times as people say them: weekday with each date, time zone where a deadline hangs on it.

`{{ value|day }}` Thursday 9 October 2025; `|day:"short"` Thu 9 Oct; `|day:"year"` Thu 9 Oct 2025
`{{ value|moment }}` Thu 9 Oct 2025, 14:00 CEST; `|moment:"short"` Thu 9 Oct, 14:00
`{{ value|ago }}` 3 hours ago; `{{ value|until }}` in 3 hours, or 40 minutes late; `{{ delta|span }}` 1 d 22 h
`{% when value %}` the moment in a time element
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext, pgettext

from consilia.web.templatetags.library import register

Day = date | datetime
SHAPES = {"": "l j F Y", "short": "D j M", "year": "D j M Y"}
TIMES = {"": "D j M Y, H:i T", "short": "D j M, H:i", "time": "H:i", "second": "l j F Y, H:i:s T"}


def local(value: Day) -> Day:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter(is_safe=False)
def day(value: Day | None, shape: str = "") -> str:
    """A day with its weekday; nothing for None. An unknown shape is a KeyError."""
    return date_format(local(value), SHAPES[shape]) if value else ""


@register.filter(is_safe=False)
def moment(value: datetime | None, shape: str = "") -> str:
    """A day and a time, with the zone unless `short`; nothing for None."""
    return date_format(local(value), TIMES[shape]) if value else ""


@register.filter(is_safe=False)
def ago(value: datetime | None) -> str:
    """How long ago: `3 hours ago`, or `now` within the first minute."""
    if not value:
        return ""
    if timezone.now() - value < timedelta(minutes=1):
        return gettext("now")
    return gettext("%(time)s ago") % {"time": timesince(value, depth=1)}


@register.filter(is_safe=False)
def until(value: datetime | None) -> str:
    """How long still: `in 3 hours`; past the moment, how late."""
    if not value:
        return ""
    now = timezone.now()
    if value <= now:
        return gettext("%(time)s late") % {"time": timesince(value, now, depth=2)}
    return gettext("in %(time)s") % {"time": timesince(now, value, depth=2)}


@register.filter(is_safe=False)
def span(value: timedelta | None) -> str:
    """A length of time in days and hours: `1 d 22 h`, `6 h`, `40 min`, `0`."""
    if not value:
        return "0"
    minutes = int(value.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if not days and not hours:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    words = [pgettext("days", "%(days)s d") % {"days": days}] if days else []
    words += [pgettext("hours", "%(hours)s h") % {"hours": hours}] if hours else []
    return " ".join(words)


@register.simple_tag
def when(value: Day | None, *, shape: str = "") -> SafeString:
    """A time element: a moment for a datetime, a day for a date; nothing for None."""
    if not value:
        return SafeString("")
    words = moment(value, shape) if isinstance(value, datetime) else day(value, shape)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), words)
