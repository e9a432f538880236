"""Writing records: an original with its verdict, a document or an instance, a person's decision on a held one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.formats.verdicts import Reason
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Invalid, NotFound, Refusal, Refused
from consilia.records.keeping import Came as Came
from consilia.records.keeping import Kept as Kept
from consilia.records.keeping import Paper as Paper
from consilia.records.keeping import Picture as Picture
from consilia.records.keeping import keep_rows
from consilia.records.models import NO_RECORD, Document, Instance, Original, Standing, Study

ASKED = "asked"  # the note on a held record that the patient calls hers
UNPACKED = "unpacked"  # the reason on an archive whose members have rows of their own
SPLIT = "split"  # the reason on a file whose documents have rows of their own
UNLOCKED = "unlocked"  # the reason on a file with a password, of which a copy without it has a row of its own
UNDO_WITHIN = timedelta(days=30)
TAKEN_APART = frozenset({UNPACKED, SPLIT, UNLOCKED})
R = Reason
NOT_READ_YET = frozenset(
    {R.XML, R.OFFICE, R.MACROS, R.HTML, R.JSON, R.FHIR_KIND, R.PICTURE_KIND, R.SOUND_OR_FILM, R.ARCHIVE_KIND}
)
SET_ASIDE = frozenset(
    {R.FOLDER, R.PROGRAM, R.AUTORUN, R.VIEWER, R.SYSTEM_FILE, R.LOCK_FILE, R.CD_INDEX, R.STYLESHEET} | TAKEN_APART
)


def keep(case_id: UUID, came: Came, what: Paper | Picture | None, *, actor: Actor, at: datetime) -> Original:
    """Keeps one file of an upload with its verdict; the same path of the same upload is kept once (jobs repeat)."""
    known = Original.objects.filter(upload_id=came.upload_id, path=came.path).first() if came.upload_id else None
    return known or keep_all(case_id, [Kept(came, what)], actor=actor, at=at)[0]


@transaction.atomic
def keep_all(case_id: UUID, files: Sequence[Kept], *, actor: Actor, at: datetime) -> list[Original]:
    """Keeps files none of which is kept yet, in their order, with an event for each."""
    originals = keep_rows(case_id, files, at=at)
    for (kind, reason), some in groupby(originals, key=_told_as):
        entities = [("record", one.pk) for one in some]
        detail = {"reason_code": reason} if reason else {}
        audit.record_each(kind, entities, case_id=case_id, actor=actor, at=at, detail=detail)
    return originals


def _told_as(original: Original) -> tuple[Kind, str]:
    """The event of a file that came, and the code that it tells."""
    return (Kind.RECORD_HELD if original.standing == Standing.HELD else Kind.RECORD_ADDED), original.reason


@transaction.atomic
def release(case_id: UUID, original_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Original:
    """A person of the desk decides that a held record is the patient's; the reason stays beside it."""
    original = locked(case_id, original_id)
    if original.standing != Standing.HELD:
        raise Refused(Refusal("not_held", _("This record is not held.")))
    if len(reason.strip()) < 5:
        raise Invalid({"reason": _("Write why this record is the patient's: with whom you spoke, what you saw.")})
    decide(original, "released", Standing.TAKEN, reason, actor, at)
    audit.record(Kind.RECORD_RELEASED, case_id=case_id, actor=actor, entity=("record", original.pk), at=at)
    return original


def of_study(case_id: UUID, study_id: UUID, **standing: str) -> list[UUID]:
    """The originals of a study's pictures with these values. Raises NotFound for another case's."""
    _own_study(case_id, study_id)
    rows = Original.objects.filter(case_id=case_id, instance__series__study_id=study_id, tombstone_at=None)
    return list(rows.filter(**standing).values_list("pk", flat=True))


@transaction.atomic
def remove(case_id: UUID, original_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Original:
    """Takes a record out of the case; it can be put back for 30 days, then its bytes are deleted."""
    original = locked(case_id, original_id)
    if original.standing == Standing.REMOVED:
        return original
    decide(original, "removed", Standing.REMOVED, reason, actor, at)
    audit.record(Kind.RECORD_REMOVED, case_id=case_id, actor=actor, entity=("record", original.pk), at=at)
    return original


def remove_study(case_id: UUID, study_id: UUID, *, reason: str, actor: Actor, at: datetime) -> int:
    """Takes the pictures of a study out of the case, taken or held ones; returns how many. Raises NotFound."""
    _own_study(case_id, study_id)
    live = Original.objects.filter(case_id=case_id, instance__series__study_id=study_id)
    with transaction.atomic():
        ids = list(live.filter(standing__in=[Standing.TAKEN, Standing.HELD]).values_list("pk", flat=True))
        for original_id in ids:
            remove(case_id, original_id, reason=reason, actor=actor, at=at)
    return len(ids)


def put_back_study(case_id: UUID, study_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Undoes the removal of a study's pictures; returns how many came back. Raises NotFound."""
    _own_study(case_id, study_id)
    gone = Original.objects.filter(case_id=case_id, instance__series__study_id=study_id, standing=Standing.REMOVED)
    with transaction.atomic():
        ids = list(gone.values_list("pk", flat=True))
        for original_id in ids:
            put_back(case_id, original_id, actor=actor, at=at)
    return len(ids)


def _own_study(case_id: UUID, study_id: UUID) -> None:
    """Another case's study looks like one that is not there."""
    if not Study.objects.filter(pk=study_id, case_id=case_id).exists():
        raise NotFound


def asking_password(case_id: UUID, original_id: UUID) -> Original:
    """A PDF that waits for its password. Raises NotFound, Refused when it does not."""
    original = locked(case_id, original_id)
    if not original.asks_password:
        raise Refused(Refusal("no_password_asked", _("This file asks for no password.")))
    return original


@transaction.atomic
def note_unlocked(case_id: UUID, original_id: UUID, *, actor: Actor, at: datetime) -> Original:
    """A copy without the password is there: the file itself is kept as it came. Raises NotFound, Refused."""
    original = asking_password(case_id, original_id)
    original.standing, original.reason = Standing.IGNORED, UNLOCKED
    original.save(update_fields=["standing", "reason"])
    entity, detail = ("record", original.pk), {"code": UNLOCKED}
    audit.record(Kind.RECORD_CHANGED, case_id=case_id, actor=actor, entity=entity, at=at, detail=detail)
    return original


@transaction.atomic
def note_asked(case_id: UUID, original_id: UUID) -> Original | None:
    """The patient says that a held record is hers; it stays held until a person decides. None when noted before."""
    original = locked(case_id, original_id)
    if original.standing != Standing.HELD:
        raise Refused(Refusal("not_held", _("This record is not held.")))
    if original.decision_reason == ASKED:
        return None
    original.decision_reason = ASKED
    original.save(update_fields=["decision_reason"])
    return original


@transaction.atomic
def note_study_asked(case_id: UUID, study_id: UUID) -> Original | None:
    """The same for the held pictures of a study."""
    ids = of_study(case_id, study_id, standing=Standing.HELD)
    if not ids:
        raise Refused(Refusal("not_held", _("These pictures are not held.")))
    noted = [one for original_id in ids if (one := note_asked(case_id, original_id))]
    return noted[0] if noted else None


@transaction.atomic
def put_back(case_id: UUID, original_id: UUID, *, actor: Actor, at: datetime) -> Original:
    """Undoes a removal; what seemed another person's is held again, never taken."""
    original = locked(case_id, original_id)
    if original.standing != Standing.REMOVED:
        raise Refused(Refusal("not_removed", _("This record was not removed.")))
    if original.decided_at and at > original.decided_at + UNDO_WITHIN:
        raise Refused(Refusal("too_late", _("A removal can be undone for 30 days. Please send the file again.")))
    return undecided(original, actor, at)


def undecided(original: Original, actor: Actor, at: datetime) -> Original:
    """Takes a decision back: the record stands where it stood before it."""
    original.standing, original.duplicate_of = _standing_again(original)
    original.decision, original.decision_reason, original.decided_at, original.decided_by_id = "", "", None, None
    original.save(
        update_fields=["standing", "duplicate_of", "decision", "decision_reason", "decided_at", "decided_by_id"]
    )
    entity = ("record", original.pk)
    audit.record(Kind.RECORD_CHANGED, case_id=original.case_id, actor=actor, entity=entity, at=at)
    return original


def _standing_again(original: Original) -> tuple[Standing, Original | None]:
    """Where a record stands after an undo: a copy when it came again meanwhile, as before otherwise."""
    live = Original.objects.filter(case_id=original.case_id, standing__in=[Standing.TAKEN, Standing.HELD])
    same = live.filter(sha256=original.sha256, first_page=original.first_page)
    twin = same.exclude(pk=original.pk).exclude(sha256="").first()
    if twin is not None:
        return Standing.DUPLICATE, twin
    if original.duplicate_of_id:
        return Standing.DUPLICATE, original.duplicate_of
    if not (hasattr(original, "document") or hasattr(original, "instance")):
        if not original.reason:  # its picture belongs to a copy that came, and went, later
            raise Refused(Refusal("send_again", _("Please send this file again.")))
        return _unread(original.reason), None
    if original.reason in NO_RECORD:  # removed after it was set aside
        return Standing.IGNORED, None
    doubtful = original.identity in {"suspect", "mismatch"} or original.reason == "meta_differs"
    return (Standing.HELD if doubtful else Standing.TAKEN), None


def _unread(reason: str) -> Standing:
    if reason in NOT_READ_YET:
        return Standing.NOT_READ_YET
    return Standing.IGNORED if reason in SET_ASIDE else Standing.UNREADABLE


@transaction.atomic
def erase_rows(case_id: UUID) -> None:
    """Deletes every row of a case's records; called by reports.erasure after the key is destroyed."""
    Instance.objects.filter(series__study__case_id=case_id).delete()
    Study.objects.filter(case_id=case_id).delete()
    Document.objects.filter(original__case_id=case_id).delete()
    Original.objects.filter(case_id=case_id).update(duplicate_of=None)
    Original.objects.filter(case_id=case_id).delete()


def locked(case_id: UUID, original_id: UUID) -> Original:
    """The record under its row lock. Raises NotFound."""
    original = Original.objects.select_for_update().filter(pk=original_id, case_id=case_id, tombstone_at=None).first()
    if original is None:
        raise NotFound
    return original


def decide(original: Original, decision: str, standing: Standing, reason: str, actor: Actor, at: datetime) -> None:
    """Writes down who decided what, when and why, and where the record stands now."""
    original.standing, original.decision, original.decision_reason = standing, decision, reason.strip()[:500]
    original.decided_at, original.decided_by_id = at, actor.id
    original.save(update_fields=["standing", "decision", "decision_reason", "decided_at", "decided_by_id"])
