"""Searching: studies, series and instances of one case as QIDO-RS gives them (PS3.18 section 10.6)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from consilia.records import imaging
from consilia.records.imaging import CountedSeries
from consilia.records.models import Instance
from consilia.web.dicomweb import matching
from consilia.web.dicomweb.matching import Search

Model = dict[str, Any]
# What a row of ours says of an instance; for any other key or attribute its header is read.
OF_ROWS: Final = frozenset(
    {
        "00080016",
        "00080018",
        "00080060",
        "0020000D",
        "0020000E",
        "00083002",
        "00200013",
        "00280008",
        "00280010",
        "00280011",
    }
)
ONLINE: Final = {"vr": "CS", "Value": ["ONLINE"]}


def studies(rows: Sequence[CountedSeries], search: Search, is_lean: bool) -> list[Model]:
    """One model a study: the header of one of its images, with what is counted."""
    groups: dict[UUID, list[CountedSeries]] = {}
    for one in rows:
        groups.setdefault(one.first.series.study_id, []).append(one)
    headers = _headers([part[0].first for part in groups.values()], is_lean)
    found = [_study(part, header) for part, header in zip(groups.values(), headers, strict=True)]
    return _chosen(found, search, matching.STUDY)


def series(rows: Sequence[CountedSeries], search: Search, is_lean: bool) -> list[Model]:
    """One model a series, with the attributes of its study."""
    headers = _headers([one.first for one in rows], is_lean)
    found = [_series(one, header) for one, header in zip(rows, headers, strict=True)]
    return _chosen(found, search, {**matching.STUDY, **matching.SERIES})


def instances(rows: Sequence[Instance], search: Search, is_lean: bool) -> list[Model]:
    """One model an instance. Only what is asked beyond the usual needs its header."""
    if search.includes_all or not search.include | set(search.keys) <= OF_ROWS:
        found = [{**header, **_instance(one)} for one, header in zip(rows, _headers(rows, is_lean), strict=True)]
    else:
        found = [_instance(one) for one in rows]
    return _chosen(found, search, matching.KEYWORDS)


def _headers(rows: Sequence[Instance], is_lean: bool) -> list[Model]:
    """The header of each; an empty one where the file could not be described."""
    described = zip(rows, imaging.described(rows), strict=True)
    return [
        {} if one is None else json.loads(imaging.header(row.original.case_id, one, is_lean=is_lean))
        for row, one in described
    ]


def _chosen(found: list[Model], search: Search, tags: dict[str, str]) -> list[Model]:
    fitting = [one for one in found if matching.fits(one, search, tags.values())]
    page = fitting[search.offset : search.offset + search.limit]
    return [matching.shown(one, search, list(tags.values())) for one in page]


def _study(part: Sequence[CountedSeries], header: Model) -> Model:
    modalities = sorted({one.first.series.modality for one in part if one.first.series.modality})
    return {
        **header,
        **_texts({"0020000D": ("UI", part[0].first.series.study.uid)}),
        "00080056": ONLINE,
        "00080061": {"vr": "CS", "Value": modalities},
        "00201206": {"vr": "IS", "Value": [len(part)]},
        "00201208": {"vr": "IS", "Value": [sum(one.instances for one in part)]},
    }


def _series(counted: CountedSeries, header: Model) -> Model:
    own = counted.first.series
    return {
        **header,
        **_texts({"0020000D": ("UI", own.study.uid), "0020000E": ("UI", own.uid), "00080060": ("CS", own.modality)}),
        "00080056": ONLINE,
        "00201209": {"vr": "IS", "Value": [counted.instances]},
    }


def _instance(one: Instance) -> Model:
    texts = {
        "00080016": ("UI", one.sop_class),
        "00080018": ("UI", one.uid),
        "00080060": ("CS", one.series.modality),
        "0020000D": ("UI", one.series.study.uid),
        "0020000E": ("UI", one.series.uid),
        "00083002": ("UI", one.transfer_syntax),
    }
    numbers = {
        "00200013": ("IS", one.number),
        "00280008": ("IS", one.frames),
        "00280010": ("US", one.rows or None),
        "00280011": ("US", one.columns or None),
    }
    counted = {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in numbers.items() if value is not None}
    return {**_texts(texts), **counted, "00080056": ONLINE}


def _texts(values: dict[str, tuple[str, str]]) -> Model:
    return {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in values.items() if value}
