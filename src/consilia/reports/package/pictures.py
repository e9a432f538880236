"""The studies of a case as a DICOM file-set: folders of study and series by PS3.10, and values for its DICOMDIR."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from consilia.formats import sniff
from consilia.records.models import Instance, Standing
from consilia.records.models import Series as SeriesRow
from consilia.records.models import Study as StudyRow
from consilia.reports.package import dicomdir
from consilia.reports.package.naming import Names, ending_of, stem_of
from consilia.reports.package.papers import LeftOut, is_anothers, stays_out

NOT_NUMBERED: Final = "0"  # a DICOMDIR must give its patient a number, also where the files have none


@dataclass(frozen=True, slots=True)
class Picture:
    """One DICOM file. `place` is its path in the package, `path` what the sender called it."""

    place: str
    path: str
    sha256: str
    size: int
    standing: str
    source: str
    received_at: datetime
    on: date | None
    row: Instance


@dataclass(frozen=True, slots=True)
class Series:
    uid: str
    number: int | None
    modality: str
    description: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One study with its folder in the package; `patient` and `patient_number` as the files write them."""

    id: UUID
    uid: str
    folder: str
    on: date | None
    description: str
    institution: str
    patient: str
    patient_number: str
    series: tuple[Series, ...]

    @property
    def modalities(self) -> tuple[str, ...]:
        return tuple(sorted({one.modality for one in self.series if one.modality}))

    @property
    def count(self) -> int:
        return sum(len(one.pictures) for one in self.series)


@dataclass(frozen=True, slots=True)
class Kept:
    """Studies that were taken, single pictures that are held, and what stays out."""

    studies: tuple[Study, ...]
    held: tuple[Picture, ...]
    left_out: tuple[LeftOut, ...]


def of_case(case_id: UUID, names: Names) -> Kept:
    """Every picture of a case; one query whatever their number."""
    rows = Instance.objects.filter(series__study__case_id=case_id, original__tombstone_at=None)
    order = ("series__study__study_date", "series__study_id", "series__number", "series_id", "number", "uid")
    every = list(rows.select_related("series__study", "original").order_by(*order))
    taken = [row for row in every if row.original.standing == Standing.TAKEN]
    held = [row for row in every if row.original.standing == Standing.HELD]
    stay = [row for row in held if is_anothers(row.original)]
    stay += [row for row in every if row.original.standing == Standing.IGNORED]
    studies = (_study(number, list(group)) for number, (_, group) in enumerate(groupby(taken, _study_of), 1))
    kept = tuple(_held(row, names) for row in held if not is_anothers(row.original))
    return Kept(tuple(studies), kept, tuple(_left_out(stay)))


def directory(studies: tuple[Study, ...]) -> bytes:
    """The DICOMDIR of the pictures; reports and measurements lie beside them without a line in it."""
    whose: dict[tuple[str, str], list[dicomdir.Study]] = {}
    for number, study in enumerate(studies, 1):
        if series := tuple(_listed(study)):
            line = dicomdir.Study(study.uid, study.on, study.description, number, series)
            whose.setdefault((study.patient, study.patient_number), []).append(line)
    patients = [dicomdir.Patient(name, number, tuple(found)) for (name, number), found in whose.items()]
    return dicomdir.write(patients, uid=uuid.uuid4()) if patients else b""


def _listed(study: Study) -> Iterator[dicomdir.Series]:
    for place, series in enumerate(study.series, 1):
        if images := tuple(_image(number, one) for number, one in enumerate(series.pictures, 1) if one.row.rows):
            number = place if series.number is None else series.number
            yield dicomdir.Series(series.uid, series.modality, number, images)


def _image(place: int, one: Picture) -> dicomdir.Image:
    row = one.row
    number = place if row.number is None else row.number
    return dicomdir.Image(tuple(one.place.split("/")), row.sop_class, row.uid, row.transfer_syntax, number)


def _study_of(row: Instance) -> UUID:
    return row.series.study_id


def _study(number: int, rows: list[Instance]) -> Study:
    folder = f"DICOM/ST{number:06}"
    of_series = [list(group) for _, group in groupby(rows, lambda row: row.series_id)]
    found: StudyRow = rows[0].series.study
    said = {claim["kind"]: claim["value"] for claim in reversed(rows[0].original.claims)}
    return Study(
        id=found.pk,
        uid=found.uid,
        folder=folder,
        on=found.study_date,
        description=found.description,
        institution=found.institution,
        patient=said.get("name", ""),
        patient_number=said.get("patient_id", "") or NOT_NUMBERED,
        series=tuple(_series(f"{folder}/SE{place:06}", group) for place, group in enumerate(of_series, 1)),
    )


def _series(folder: str, rows: list[Instance]) -> Series:
    found: SeriesRow = rows[0].series
    pictures = tuple(_picture(row, f"{folder}/IM{place:06}") for place, row in enumerate(rows, 1))
    return Series(found.uid, found.number, found.modality, found.description, pictures)


def _held(row: Instance, names: Names) -> Picture:
    original = row.original
    ending = ending_of(sniff.DICOM, original.path)
    return _picture(row, names.give("held", row.series.study.study_date, stem_of(original.path), ending))


def _picture(row: Instance, place: str) -> Picture:
    original = row.original
    return Picture(
        place=place,
        path=original.path,
        sha256=original.sha256,
        size=original.size,
        standing=original.standing,
        source=original.source,
        received_at=original.received_at,
        on=row.series.study.study_date,
        row=row,
    )


def _left_out(rows: list[Instance]) -> Iterator[LeftOut]:
    """A study is named once, not picture by picture."""
    for _, group in groupby(rows, _study_of):
        found = list(group)
        first = found[0].original
        size = sum(row.original.size for row in found)
        yield stays_out(first, first.path.rpartition("/")[0] or first.path, size)
