"""Erasing one record for good: its bytes out of the vault, its words out of the tables, a line that it was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.kernel.actor import Actor
from consilia.records.actions import TAKEN_APART, UNDO_WITHIN, UNPACKED
from consilia.records.models import CheckedValue, Document, Instance, Original, Series, Standing, Study
from consilia.vault import actions as vault


def due(at: datetime) -> list[tuple[UUID, UUID]]:
    """(record, case) of what was removed so long ago that nobody can put it back, and no hold keeps."""
    rows = Original.objects.filter(standing=Standing.REMOVED, tombstone_at=None, legal_hold=False)
    return list(rows.filter(decided_at__lt=at - UNDO_WITHIN).values_list("pk", "case_id"))


@transaction.atomic
def erase(case_id: UUID, original_id: UUID, *, actor: Actor, at: datetime) -> bool:
    """Erases a removed record with its copies and the archive it came in; False when it is not to be erased.

    Bytes that another record of the case still needs stay: those of a file with several documents until the last one
    goes. The vault comes first: a crash leaves the row, and the job that calls this comes again. The caller holds the
    lock of the case.
    """
    removed = Original.objects.filter(pk=original_id, case_id=case_id, standing=Standing.REMOVED, tombstone_at=None)
    original = removed.filter(legal_hold=False, decided_at__lt=at - UNDO_WITHIN).first()
    if original is None:
        return False
    gone = [original, *original.copies.filter(standing=Standing.DUPLICATE, legal_hold=False)]
    ids = [row.pk for row in gone]
    holders = [*_archives(case_id, gone), *_emptied(gone)]
    hashes = {row.sha256 for row in (*gone, *holders)} - {""}
    others = Original.objects.filter(case_id=case_id, sha256__in=hashes)
    needed = others.exclude(pk__in=[*ids, *(row.pk for row in holders)]).values_list("sha256", flat=True)
    erased = hashes - set(needed)
    for sha256 in erased:
        vault.erase_object(case_id, sha256, at=at)
    vault.drop_derived(case_id)  # the pictures and words of pages whose file stays for its other documents
    Original.objects.filter(pk__in=[row.pk for row in holders], sha256__in=erased).update(sha256="")
    _blank(case_id, ids, at)
    audit.record(Kind.RECORD_ERASED, case_id=case_id, actor=actor, entity=("record", original_id), at=at)
    return True


def _archives(case_id: UUID, gone: Sequence[Original]) -> list[Original]:
    """Archives in which they came."""
    uploads = [row.upload_id for row in gone if row.upload_id]
    return list(
        Original.objects.filter(case_id=case_id, upload_id__in=uploads, reason=UNPACKED).exclude(
            pk__in=[row.pk for row in gone]
        )
    )


def _emptied(gone: Sequence[Original]) -> list[Original]:
    """Files out of which they came, and of which nothing else is left; then the files out of which those came."""
    wanted = {row.came_out_of_id for row in gone if row.came_out_of_id}
    if not wanted:
        return []
    left = Original.objects.filter(came_out_of__in=wanted, tombstone_at=None).exclude(pk__in=[row.pk for row in gone])
    emptied = list(Original.objects.filter(pk__in=wanted - set(left.values_list("came_out_of_id", flat=True))))
    return [*emptied, *_emptied(emptied)]


@transaction.atomic
def replay(pairs: Iterable[tuple[UUID, str]], *, at: datetime) -> int:
    """After a restore: objects that an older backup brought back are erased again, with the words of their rows.

    The tombstones of the vault are the ground. Returns how many records were blanked.
    """
    count = 0
    for case_id, sha256 in pairs:
        vault.erase_object(case_id, sha256, at=at)
        rows = Original.objects.filter(case_id=case_id, sha256=sha256)
        rows.filter(reason__in=TAKEN_APART).update(sha256="")
        ids = list(rows.values_list("pk", flat=True))
        _blank(case_id, ids, at)
        count += len(ids)
    return count


def _blank(case_id: UUID, ids: list[UUID], at: datetime) -> None:
    """No word of the records stays; a study without a picture goes as well."""
    CheckedValue.objects.filter(original__in=ids).delete()
    Document.objects.filter(original__in=ids).delete()
    Instance.objects.filter(original__in=ids).delete()
    Series.objects.filter(study__case_id=case_id, instances=None).delete()
    Study.objects.filter(case_id=case_id, series=None).delete()
    # The upload is let go, because two empty paths of one upload would collide.
    Original.objects.filter(pk__in=ids).update(
        standing=Standing.REMOVED,
        path="",
        upload_id=None,
        sha256="",
        claims=[],
        identity="unknown",
        identity_reasons=[],
        decision_reason="",
        tombstone_at=at,
    )
