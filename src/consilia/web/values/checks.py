"""A doubted value as the page asks about it: its row of the paper, who said what, and what can be said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from consilia.formats.results import LabValue
from consilia.formats.values import line_at
from consilia.intake.concluding import record_id
from consilia.intake.judging.measured import Lab
from consilia.kernel.refusal import Refusal
from consilia.web.values import words
from consilia.web.values.forms import CheckForm
from consilia.web.values.shared import Door, day_of, day_words


@dataclass(frozen=True, slots=True)
class Check:
    """What is asked or was said about one value; no `action` for somebody who may only look.

    `picture` is the address of the row on the paper, "" where the record has no picture of it or nothing is asked.
    """

    key: str
    name: str
    read: str
    on: date | None
    picture: str
    page: int
    address: str
    source: str
    said: str
    action: str
    against: tuple[Refusal, ...]
    form: CheckForm


def check(lab: Lab, door: Door, here: str) -> Check:
    """`here` is the page of values to come back to, as a query."""
    record, read = record_id(lab.path), lab.read
    page, line = place(read)
    address, source = door.source(lab.path, read.where)
    return Check(
        key=lab.key,
        name=door.cover(read.analyte),
        read=door.cover(read.printed),
        on=day_of(lab.on),
        picture=door.row(record, page, line) if page and not lab.said else "",
        page=page,
        address=address,
        source=source,
        said=_said(lab, door),
        action=door.said(record) + here if door.may_check else "",
        against=door.against_checking,
        form=_form(lab.key, read, door),
    )


def place(read: LabValue) -> tuple[int, int]:
    """Page (from 1) and row (from 0) of a value that was read from a page; (0, 0) where there is no page to be seen."""
    found = line_at(read.where)
    return found if found and read.box and read.box[2] > read.box[0] else (0, 0)


def _form(key: str, read: LabValue, door: Door) -> CheckForm:
    if door.typed is not None and door.typed_about == key:
        return door.typed
    return CheckForm.about(key, door.cover(read.value), door.cover(read.unit))


def _said(lab: Lab, door: Door) -> str:
    """Who said it and when, beside what was read; the role and no name: each reader may know it."""
    if lab.said is None:
        return ""
    told = {
        "who": words.ROLES[lab.said.role],
        "day": day_words(timezone.localtime(lab.said.at).date()),
        "read": door.cover(lab.read.printed),
    }
    if lab.said.is_left_out:
        return _("Left out by %(who)s, %(day)s.") % told
    if lab.read.printed == lab.value.printed:
        return _("Confirmed by %(who)s, %(day)s.") % told
    return _("Read as %(read)s, corrected by %(who)s, %(day)s.") % told
