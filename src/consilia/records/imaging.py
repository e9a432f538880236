"""Imaging: headers and frames of the pictures of a case as DICOMweb gives them, made once and kept encrypted.

The worker describes each instance after an upload and seals the headers of a series as one compressed file, named by
the instances that count at that moment: what is taken or held later makes another one. A frame is one read of the
stored original, without a parser.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from pydantic import ValidationError

from consilia.formats import lean
from consilia.formats.unpacking import NamedFile
from consilia.formats.values import DESCRIPTION, Description
from consilia.kernel.refusal import NotFound
from consilia.records import nursery
from consilia.records import pictures as picturing
from consilia.records.models import Instance, Series, Standing, Study
from consilia.records.queries import IN_STACK, ORDER
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

TOGETHER: Final = 60  # instances that are open for the nursery at once
BYTES_TOGETHER: Final = 64 * 1024 * 1024  # of them
AT_ONCE: Final = 120  # instances that a request describes itself; more are the worker's work
MOST_FRAMES: Final = 60  # of one request
WRITTEN_BY: Final = 2  # what describes; another one makes all headers anew
NOTHING: Final = gzip.compress(b"[]", mtime=0)


class NotReady(Exception):
    """The headers are not made yet; the worker makes them."""


class TooMuch(Exception):
    """More frames than can be given at once."""


def pictures(case_id: UUID) -> QuerySet[Instance]:
    """What a viewer may show of a case: the instances that count, in the order of a viewer."""
    rows = Instance.objects.filter(series__study__case_id=case_id, original__standing=Standing.TAKEN)
    in_order = rows.order_by("series__study__study_date", "series__study_id", *ORDER)
    return in_order.select_related("series__study", "original")


@dataclass(frozen=True, slots=True)
class CountedSeries:
    """A series as a search tells it: one of its instances, and how many count."""

    first: Instance
    instances: int


def counted_series(case_id: UUID, study: str = "") -> list[CountedSeries]:
    """The series of a case, or of the study with this UID, in a viewer's order: two queries, whatever their size."""
    taken = Instance.objects.filter(series=OuterRef("pk"), original__standing=Standing.TAKEN)
    counting = Q(instances__original__standing=Standing.TAKEN)
    rows = Series.objects.filter(study__case_id=case_id, **({"study__uid": study} if study else {}))
    found = rows.annotate(
        first=Subquery(taken.order_by(*IN_STACK).values("pk")[:1]),
        taken=Count("instances", filter=counting),
    ).filter(taken__gt=0)
    counts = dict(found.values_list("first", "taken"))
    return [CountedSeries(one, counts[one.pk]) for one in pictures(case_id).filter(pk__in=counts)]


def describe_case(case_id: UUID) -> None:
    """Describes and seals what is not yet; the work of the worker after an upload or a decision."""
    series: dict[UUID, list[Instance]] = {}
    for instance in pictures(case_id):
        series.setdefault(instance.series_id, []).append(instance)
    for series_id, instances in series.items():
        ids = [one.pk for one in instances]
        names = [sealed_name(series_id, ids, is_lean=is_lean) for is_lean in (False, True)]
        if any(vault_queries.get_derived(case_id, name) is None for name in names):
            found = described(instances)
            for is_lean in (False, True):
                _seal(case_id, instances, found, is_lean=is_lean)
        _show_first(instances)


def _show_first(instances: Sequence[Instance]) -> None:
    """Makes the picture with which a stack opens, so that the page of the study has it at once."""
    first = next((one for one in instances if not one.not_shown_because), None)
    if first is not None:
        with contextlib.suppress(NotFound):  # it cannot be shown: the page says so
            picturing.frame(picturing.FrameOf(first, 1))


def study_id(case_id: UUID, uid: str) -> UUID:
    """Our id of the study with this UID in this case. Raises NotFound."""
    found = Study.objects.filter(case_id=case_id, uid=uid).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound
    return found


def members(case_id: UUID, study: str, series: str = "") -> dict[UUID, list[UUID]]:
    """series -> its instances that count, in the order of a viewer: ids only, one query."""
    keys = {"series__study__uid": study} | ({"series__uid": series} if series else {})
    found: dict[UUID, list[UUID]] = {}
    for series_id, instance_id in pictures(case_id).filter(**keys).values_list("series_id", "pk"):
        found.setdefault(series_id, []).append(instance_id)
    return found


def headers(case_id: UUID, series_id: UUID, ids: Sequence[UUID], *, is_lean: bool = False) -> bytes:
    """The headers of these instances of one series as one JSON array, compressed by gzip; lean ones name nobody.

    Raises NotReady while more than a few of them have not been described.
    """
    kept = vault_queries.get_derived(case_id, sealed_name(series_id, ids, is_lean=is_lean))
    if kept is not None:
        return kept
    instances = list(pictures(case_id).filter(series_id=series_id, pk__in=ids))
    if sum(_kept(one) is None for one in instances) > AT_ONCE:
        raise NotReady
    return _seal(case_id, instances, described(instances), is_lean=is_lean) if instances else NOTHING


def _seal(case_id: UUID, instances: Sequence[Instance], found: Sequence[Description | None], *, is_lean: bool) -> bytes:
    models = [header(case_id, one, is_lean=is_lean) for one in found if one is not None]
    sealed = gzip.compress(f"[{','.join(models)}]".encode(), compresslevel=6, mtime=0)
    if all(one is not None for one in found):  # what could not be described now is tried again
        name = sealed_name(instances[0].series_id, [one.pk for one in instances], is_lean=is_lean)
        vault.put_derived(case_id, name, sealed)
    return sealed


def header(case_id: UUID, description: Description, *, is_lean: bool) -> str:
    """The header of one instance as JSON text; a lean one has the case in the place of the patient's number."""
    return lean.lean(description.model, str(case_id)) if is_lean else description.model


def sealed_name(series_id: UUID, ids: Sequence[UUID], *, is_lean: bool) -> str:
    """Another one for each set of instances: nothing of a removed record is served from what was kept."""
    digest = hashlib.sha256(b"".join(one.bytes for one in ids)).hexdigest()[:32]
    return f"{'lean' if is_lean else 'headers'}:{WRITTEN_BY}:{series_id}:{digest}"


def described(instances: Iterable[Instance]) -> list[Description | None]:
    """The description of each, made in the nursery where none is kept; None for what it cannot read."""
    rows = list(instances)
    found: dict[UUID, Description | None] = {one.pk: _kept(one) for one in rows}
    missing = [one for one in rows if found[one.pk] is None]
    for part in _parts(missing):
        found |= zip((one.pk for one in part), _described_now(part), strict=True)
    return [found[one.pk] for one in rows]


def _parts(instances: Sequence[Instance]) -> Iterator[list[Instance]]:
    """As many as may be open at once: their plain bytes lie in memory meanwhile."""
    part: list[Instance] = []
    size = 0
    for one in instances:
        if part and (len(part) == TOGETHER or size + one.original.size > BYTES_TOGETHER):
            yield part
            part, size = [], 0
        part.append(one)
        size += one.original.size
    if part:
        yield part


def _described_now(instances: Sequence[Instance]) -> list[Description | None]:
    files: list[NamedFile] = []
    try:
        for one in instances:
            original = one.original
            files.append(NamedFile(original.path, vault_queries.to_descriptor(original.case_id, original.sha256)))
        found = nursery.shared().describe(files)
    finally:
        for file in files:
            os.close(file.descriptor)
    for one, description in zip(instances, found, strict=True):
        if description is not None:
            keep_header(one.original.case_id, one.original_id, description)
    return found


def keep_header(case_id: UUID, original_id: UUID, description: Description) -> None:
    """Keeps the description of an instance; losing it costs time only."""
    vault.put_derived(case_id, _name(original_id), DESCRIPTION.dump_json(description))


def _kept(instance: Instance) -> Description | None:
    kept = vault_queries.get_derived(instance.original.case_id, _name(instance.original_id))
    try:
        return None if kept is None else DESCRIPTION.validate_json(kept)
    except ValidationError:  # by a version that told it otherwise
        return None


def _name(original_id: UUID) -> str:
    return f"header:{WRITTEN_BY}:{original_id}"


def frames(instance: Instance, numbers: Sequence[int]) -> tuple[str, list[bytes]]:
    """Transfer syntax and bytes of these frames (from 1) as they are stored.

    Raises NotFound where there is none, TooMuch for several that together are more than a web process should hold.
    """
    (found,) = described([instance])
    if found is None or not all(1 <= number <= len(found.places) for number in numbers):
        raise NotFound
    size = sum(length for number in numbers for _start, length in found.places[number - 1])
    if len(numbers) > 1 and size > BYTES_TOGETHER:
        raise TooMuch
    original = instance.original
    with vault_queries.open_object(original.case_id, original.sha256) as stored:
        cut = [b"".join(stored.read(start, length) for start, length in found.places[number - 1]) for number in numbers]
    return found.transfer_syntax, cut
