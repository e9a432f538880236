"""Studies: the DICOM objects of a case by place and study, with what is missing from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

from consilia.formats import sniff
from consilia.formats.values import DicomInstance
from consilia.intake.identity import Identity, Judgement
from consilia.intake.judging.record import Record
from consilia.records import gaps

# Objects that stand beside the images of a study and do not name it (PS3.3 C.7.3.1.1.1).
BESIDE: Final = frozenset({"SR", "DOC", "PR", "KO", "SEG", "REG", "RTSTRUCT", "RTPLAN", "RTDOSE", "RTRECORD", "OT"})
WORST: Final = (Identity.MISMATCH, Identity.SUSPECT, Identity.NO_IDENTITY, Identity.PROBABLE, Identity.MATCH)


@dataclass(frozen=True, slots=True)
class Study:
    """One study at one place; `modality` is the one of its images; `faults` are sentences about what is missing."""

    uid: str
    on: str
    modality: str
    modalities: tuple[str, ...]
    description: str
    body_part: str
    institution: str
    series: int
    instances: int
    identity: Identity
    faults: tuple[str, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A CD or folder: its path, whether a DICOMDIR stands in it and how many files that names."""

    root: str
    dicomdir: bool
    named: int
    studies: tuple[Study, ...]

    @property
    def instances(self) -> int:
        """All objects of all studies of the place."""
        return sum(study.instances for study in self.studies)


def places(records: Sequence[Record], judged: Mapping[str, Judgement]) -> tuple[Place, ...]:
    """Every place with DICOM objects; a CD is one place, a loose file is one of its own."""
    indexes = {
        record.path.rpartition("/")[0]: record for record in records if record.reading.media_type == sniff.DICOMDIR
    }
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.reading.instance is not None:
            groups[_root(record, indexes)].append(record)
    return tuple(_place(root, group, indexes.get(root), judged) for root, group in sorted(groups.items()))


def _root(record: Record, indexes: Mapping[str, Record]) -> str:
    folder = record.path.rpartition("/")[0]
    while folder:
        if folder in indexes:
            return folder
        folder = folder.rpartition("/")[0]
    return "" if "" in indexes else record.path


def _place(root: str, group: list[Record], index: Record | None, judged: Mapping[str, Judgement]) -> Place:
    by_study: dict[str, list[Record]] = defaultdict(list)
    for record in group:
        assert record.reading.instance is not None
        by_study[record.reading.instance.study_uid].append(record)
    named = index.reading.references if index else ()
    missing = _missing(root, named, group) if index else ()
    studies = tuple(_study(uid, part, judged, missing) for uid, part in by_study.items())
    return Place(root, index is not None, len(named), tuple(sorted(studies, key=lambda study: (study.on, study.uid))))


def _missing(root: str, named: tuple[str, ...], group: list[Record]) -> tuple[str, ...]:
    prefix = f"{root}/" if root else ""
    there = {record.path.removeprefix(prefix).upper() for record in group}
    there |= {path.rpartition(".")[0] for path in there}
    return tuple(name for name in named if name.upper() not in there)


def _study(uid: str, part: list[Record], judged: Mapping[str, Judgement], missing: tuple[str, ...]) -> Study:
    instances = [record.reading.instance for record in part if record.reading.instance]
    unique = {instance.instance_uid: instance for instance in instances}
    modalities = Counter(instance.modality for instance in unique.values())
    own = [name for name, _ in modalities.most_common() if name not in BESIDE] or [modalities.most_common(1)[0][0]]
    found = {judged[record.path].identity for record in part}
    series: dict[str, list[DicomInstance]] = defaultdict(list)
    for instance in unique.values():
        series[instance.series_uid].append(instance)
    faults = [fault for one in series.values() for fault in _series_faults(one)]
    if missing:
        faults.append(f"the index of the CD names {len(missing)} files that are not there")
    return Study(
        uid=uid,
        on=_first(instance.study_date for instance in instances),
        modality=own[0],
        modalities=tuple(modalities),
        description=_first(instance.study_description for instance in instances),
        body_part=_first(instance.body_part for instance in instances),
        institution=_first(instance.institution for instance in instances),
        series=len(series),
        instances=len(unique),
        identity=next((one for one in WORST if one in found), Identity.NO_IDENTITY),
        faults=tuple(faults),
        paths=tuple(record.path for record in part),
    )


def _first(values: object) -> str:
    assert hasattr(values, "__iter__")
    return next((str(value) for value in values if value), "")


def _series_faults(series: list[DicomInstance]) -> list[str]:
    name = next((one.series_description for one in series if one.series_description), "") or "a series"
    return [f"{name}: {gap.sentence}" for gap in gaps.of([_slice(one) for one in series])]


def _slice(one: DicomInstance) -> gaps.Slice:
    has_pixels = bool(one.rows)
    return gaps.Slice(
        one.modality, one.instance_number, one.frames or 1, has_pixels, along_normal(one), one.orientation
    )


def along_normal(one: DicomInstance) -> float | None:
    """Distance of a slice along the normal of its plane, mm (DICOM PS3.3 C.7.6.2.1.1)."""
    if len(one.position) != 3 or len(one.orientation) != 6:
        return None
    rx, ry, rz, cx, cy, cz = one.orientation
    normal = (ry * cz - rz * cy, rz * cx - rx * cz, rx * cy - ry * cx)
    along = sum(part * place for part, place in zip(normal, one.position, strict=True))
    return along if isfinite(along) else None
