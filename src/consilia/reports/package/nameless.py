"""Images without a name: a study as a ZIP of pseudonymous copies, for teaching or to ask elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import NotFound, Refusal, Refused
from consilia.records import imaging, pseudonyms
from consilia.records.models import Instance
from consilia.records.pseudonyms import Copy, NotCopied
from consilia.reports.package.making import Package
from consilia.reports.package.zipping import Packer

READ_ME: Final = "READ-ME.txt"


def of_study(by: Reader, study_id: UUID, *, at: datetime) -> Package:
    """The images of a study that can be given without a name. Raises NotFound, Refused when there is none."""
    by.require(Right.READ_CASE)
    rows = list(imaging.pictures(by.case_id).filter(series__study_id=study_id))
    if not rows:
        raise NotFound  # also where the study is another case's
    left_out: list[str] = []
    copies = _copies(rows, left_out)
    first = next(copies, None)
    if first is None:
        words = _("None of these images can be given without your name: words may be burned into the pictures.")
        raise Refused(Refusal("nothing_nameless", words))
    with transaction.atomic():
        entity, detail = ("study", study_id), {"format": "pseudonymous"}
        audit.record(Kind.CASE_EXPORTED, case_id=by.case_id, actor=by.actor, entity=entity, at=at, detail=detail)
    label = pseudonyms.subject(by.case_id).label
    texts = _texts(label)  # now, in her language, not while it is sent
    return Package(f"{label}.zip", _pieces(chain([first], copies), left_out, texts, at))


def _copies(rows: Iterable[Instance], left_out: list[str]) -> Iterator[Copy]:
    for one in rows:
        try:
            yield pseudonyms.copy(one)
        except NotCopied as refused:
            left_out.append(refused.code)


def _texts(label: str) -> tuple[str, ...]:
    return (
        _("These images carry the label %s in the place of a name and a number.") % label,
        _(
            "All dates lie some years in the past; the distances between them are right. Descriptions and the names of "
            "hospitals, people and machines are left out. The pictures themselves are unchanged."
        ),
        _("Slices of a head can show a face: give them only to people you trust."),
    )


def _pieces(copies: Iterable[Copy], left_out: list[str], texts: Iterable[str], at: datetime) -> Iterator[bytes]:
    packer = Packer(at)
    for number, one in enumerate(copies, 1):
        yield from packer.add(f"images/{number:05d}.dcm", one.chunks())
    words = [*texts, *([_left_out(len(left_out))] if left_out else [])]
    yield from packer.add(READ_ME, ["\r\n\r\n".join(words).encode()])
    yield packer.end()


def _left_out(count: int) -> str:
    return (
        ngettext(
            "%d image is not here: words may be burned into it, or it is packed in a way that cannot be copied.",
            "%d images are not here: words may be burned into them, or they are packed in a way that cannot be copied.",
            count,
        )
        % count
    )
