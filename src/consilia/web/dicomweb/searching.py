"""Searching: studies, series and instances of one case as QIDO-RS gives them (PS3.18 section 10.6)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from consilia.records import imaging
from consilia.records.models import Instance
from consilia.web.dicomweb import matching
from consilia.web.dicomweb.matching import Search

Model = dict[str, Any]
ONLINE: Final = {"vr": "CS", "Value": ["ONLINE"]}


def studies(instances: Sequence[Instance], search: Search, is_lean: bool) -> list[Model]:
    """One model a study: the header of its first image, with what is counted."""
    groups: dict[object, list[Instance]] = {}
    for one in instances:
        groups.setdefault(one.series.study_id, []).append(one)
    found = [_study(part, model) for part, model in _with_headers(list(groups.values()), is_lean)]
    return _chosen(found, search, matching.STUDY)


def series(instances: Sequence[Instance], search: Search, is_lean: bool) -> list[Model]:
    """One model a series, with the attributes of its study."""
    groups: dict[object, list[Instance]] = {}
    for one in instances:
        groups.setdefault(one.series_id, []).append(one)
    found = [_series(part, model) for part, model in _with_headers(list(groups.values()), is_lean)]
    return _chosen(found, search, {**matching.STUDY, **matching.SERIES})


def instances(rows: Sequence[Instance], search: Search, is_lean: bool) -> list[Model]:
    """One model an instance. Only what is asked beyond the usual needs its header."""
    usual = set(matching.KEYWORDS.values())
    if search.includes_all or not search.include <= usual or not set(search.keys) <= set(_instance(rows[0])):
        found = [{**model, **_instance(part[0])} for part, model in _with_headers([[one] for one in rows], is_lean)]
    else:
        found = [_instance(one) for one in rows]
    return _chosen(found, search, matching.KEYWORDS)


def _with_headers(groups: Sequence[list[Instance]], is_lean: bool) -> list[tuple[list[Instance], Model]]:
    """Each group with the header of its first instance; an empty one where the file could not be described."""
    described = imaging.described([part[0] for part in groups])
    models = [
        json.loads(imaging.header(part[0].original.case_id, one, is_lean=is_lean)) if one is not None else {}
        for part, one in zip(groups, described, strict=True)
    ]
    return list(zip(groups, models, strict=True))


def _chosen(found: list[Model], search: Search, tags: dict[str, str]) -> list[Model]:
    fitting = [one for one in found if matching.fits(one, search, tags.values())]
    page = fitting[search.offset : search.offset + search.limit]
    return [matching.shown(one, search, list(tags.values())) for one in page]


def _study(part: Sequence[Instance], header: Model) -> Model:
    study = part[0].series.study
    modalities = sorted({one.series.modality for one in part if one.series.modality})
    return {
        **header,
        **_texts({"0020000D": ("UI", study.uid)}),
        "00080056": ONLINE,
        "00080061": {"vr": "CS", "Value": modalities},
        "00201206": {"vr": "IS", "Value": [len({one.series_id for one in part})]},
        "00201208": {"vr": "IS", "Value": [len(part)]},
    }


def _series(part: Sequence[Instance], header: Model) -> Model:
    own = part[0].series
    return {
        **_study_of(header),
        **header,
        **_texts({"0020000D": ("UI", own.study.uid), "0020000E": ("UI", own.uid), "00080060": ("CS", own.modality)}),
        "00080056": ONLINE,
        "00201209": {"vr": "IS", "Value": [len(part)]},
    }


def _study_of(header: Model) -> Model:
    return {tag: header[tag] for tag in matching.STUDY.values() if tag in header}


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
