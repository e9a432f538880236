"""Lines of the records page: what came, in the words that a patient reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.intake import words
from consilia.intake.queries import RecordsPage
from consilia.kernel.days import day_of
from consilia.records.actions import TAKEN_APART
from consilia.records.models import Standing
from consilia.records.queries import Line, StudyLine
from consilia.web.patient.record_forms import PasswordForm

Rows = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One row or card. `compared`: (label, in the file, in the case)."""

    id: UUID
    title: str
    note: str
    name: str
    icon: str
    is_study: bool = False
    compared: Rows = ()
    is_asked: bool = False
    is_objected: bool = False
    on: date | None = None
    unlock: PasswordForm | None = None  # for a PDF that asks for its password


def held(page: RecordsPage) -> tuple[Shown, ...]:
    """What seems to be another person's, with the comparison."""
    papers = [
        Shown(
            id=one.id,
            title=_held_title(one.kind) if one.reason == "another_person" else _title(one),
            note=words.reason(one.reason),
            name=one.path,
            icon=_icon(one),
            compared=_compared(one.compared),
            is_asked=one.is_asked,
        )
        for one in page.held
    ]
    studies = [
        Shown(
            id=one.id,
            title=_("These pictures seem to be another person’s"),
            note=words.reason(one.reason),
            name=one.name,
            icon="disc-3",
            is_study=True,
            compared=_compared(one.compared),
            is_asked=one.is_asked,
        )
        for one in page.held_studies
    ]
    return (*papers, *studies)


def _held_title(kind: str) -> str:
    known = words.kind(kind)
    return _("%s: it seems to be another person’s") % known if known else _("This file seems to be another person’s")


def _compared(rows: tuple[dict[str, str], ...]) -> Rows:
    return tuple(
        (
            str(words.LINES.get(row.get("kind", ""), "")),
            _value(row.get("in_file", "")),
            _value(row.get("in_case", "")) or _("not known to us"),
        )
        for row in rows
    )


def _value(text: str) -> str:
    day = day_of(text)
    return date_format(day, "j M Y") if day else text


def unreadable(page: RecordsPage) -> tuple[Shown, ...]:
    """What cannot be read, and what to do."""
    files = [_unreadable(one) for one in page.unreadable]
    failed = [
        Shown(one.id, one.path.rpartition("/")[2], words.reason("sorting_failed"), one.path, "file-warning")
        for one in page.failed
    ]
    return (*files, *failed)


def _unreadable(one: Line) -> Shown:
    if not one.asks_password:
        return Shown(one.id, one.name, words.reason(one.reason), one.path, "file-x")
    form = PasswordForm(auto_id=f"id_%s_{one.id}")
    note = _("This PDF opens with a password. If you know it, we can read the file.")
    return Shown(one.id, one.name, note, one.path, "file-x", unlock=form)


def taken(page: RecordsPage) -> tuple[Shown, ...]:
    """Papers and studies, latest first, those without a date last."""
    rows = [*map(_paper, page.taken), *map(_study, page.studies)]
    return tuple(sorted(rows, key=lambda row: (row.on is None, -(row.on or date.min).toordinal(), row.title)))


def _paper(one: Line) -> Shown:
    parts = [date_format(one.on, "j F Y") if one.on else _("no date"), one.issuer if is_name(one.issuer) else ""]
    if one.reason == "scan":
        parts.append(_("a picture of paper"))
    parts.append(str(words.SOURCES.get(one.source, "")))
    return Shown(one.id, _title(one), ", ".join(filter(None, parts)), one.path, _icon(one), on=one.on)


def is_name(issuer: str) -> bool:
    return bool(issuer) and not issuer.startswith(("urn:", "http"))


def _title(one: Line) -> str:
    return words.kind(one.kind) or one.title or one.name


def _study(one: StudyLine) -> Shown:
    count = ngettext("%(n)s picture", "%(n)s pictures", one.pictures) % {"n": one.pictures}
    parts = [date_format(one.on, "j F Y") if one.on else _("no date"), count, one.institution]
    title = one.description or _("Images")
    kinds = ", ".join(one.modalities)
    title = f"{title} ({kinds})" if kinds else title
    return Shown(one.id, title, ", ".join(filter(None, parts)), one.name, "image", is_study=True, on=one.on)


def aside(page: RecordsPage) -> tuple[Shown, ...]:
    """Copies, what cannot be read yet, and what was taken apart."""
    return tuple(_aside(one) for one in page.aside if one.standing != Standing.IGNORED or one.reason in TAKEN_APART)


def of_a_computer(page: RecordsPage) -> tuple[Shown, ...]:
    """What belongs to a viewer or a computer: many files, and none of them a record."""
    ignored = (one for one in page.aside if one.standing == Standing.IGNORED and not one.is_no_record)
    return tuple(_aside(one) for one in ignored if one.reason not in TAKEN_APART)


def no_record(page: RecordsPage) -> tuple[Shown, ...]:
    """What a person of the desk, or its own words, called no medical record, with the reason; she may object."""
    papers = [
        Shown(
            id=one.id,
            title=_title(one),
            note=_because(one.aside_because) if one.aside_because else words.reason(one.reason),
            name=one.path,
            icon=_icon(one),
            is_objected=one.is_objected,
        )
        for one in page.aside
        if one.is_no_record
    ]
    studies = [
        replace(_study(one), note=_because(one.aside_because), is_objected=one.is_objected)
        for one in page.aside_studies
    ]
    return (*papers, *studies)


def _because(said: str) -> str:
    return _("Set aside by us: %s") % said


def _aside(one: Line) -> Shown:
    if one.standing == Standing.DUPLICATE:
        title = _("Same as %s") % one.like.rpartition("/")[2] if one.like else _("A copy")
        return Shown(one.id, title, words.reason(one.reason), one.path, "copy")
    icon = "file-text" if one.standing == Standing.NOT_READ_YET else "file"
    return Shown(one.id, one.name, words.reason(one.reason), one.path.rpartition("/")[0], icon)


def removed(page: RecordsPage) -> tuple[Shown, ...]:
    """What can still be put back."""
    papers = [Shown(one.id, _title(one), "", one.path, "undo-2") for one in page.removed]
    studies = [
        Shown(one.id, one.description or _("Images"), "", one.name, "undo-2", True) for one in page.removed_studies
    ]
    return (*papers, *studies)


def _icon(one: Line) -> str:
    if one.kind == "tumor_board":
        return "users"
    return "image" if one.media_type.startswith("image/") else "file-text"
