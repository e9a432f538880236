"""DICOM objects that are no images: documents inside, structured reports, dose reports, curves; and doses of images.

Source: DICOM PS3.3 A.45 (encapsulated documents), C.17 (structured reports), C.10.9 (waveforms); PS3.16 TID 10001 and
10011 (radiation dose), 10021 (radiopharmaceuticals). Codes are of DCM, PS3.16 annex D.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final

from pydicom.dataset import Dataset

from consilia.formats import cda, claims, dates, dicom_values, pdf, text
from consilia.formats.dicom_classes import CDA_CLASS, PDF_CLASS, REPORTS, WAVEFORMS
from consilia.formats.dicom_values import first_of, items_of, number, whole, words
from consilia.formats.limits import LIMITS
from consilia.formats.plain import language_of
from consilia.formats.results import DoseValue, Results, Waveform
from consilia.formats.values import DicomInstance, PageText, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

REPORT_ITEMS: Final = 20_000
REPORT_DEPTH: Final = 30
CHANNELS: Final = 64
ANNOTATIONS: Final = 200
# What a dose report counts (DCM) and what it is called here.
DOSES: Final = {
    "113830": "mean CTDIvol",
    "113838": "DLP",
    "113813": "CT dose length product total",
    "113930": "size specific dose estimate",
    "113839": "effective dose",
    "122130": "dose area product",
    "113722": "dose area product total",
    "113726": "fluoroscopy dose area product total",
    "113727": "acquisition dose area product total",
    "113738": "dose at reference point",
    "113725": "dose at reference point total",
    "111631": "average glandular dose",
    "111637": "accumulated average glandular dose",
    "113507": "administered activity",
}
# CT acquisition, X-ray irradiation event, radiopharmaceutical administration.
EVENTS: Final = frozenset({"113819", "113706", "113502"})
REGION: Final = frozenset({"123014", "113829"})
SUBSTANCE: Final = frozenset({"349358000", "F-61FDB", "39564007", "89457008", "C-10072"})
# Attributes of image headers: keyword, name, unit, factor (PS3.3 C.8.7, C.8.15, C.8.9).
HEADER_DOSES: Final = (
    ("CTDIvol", "CTDIvol", "mGy", 1.0),
    ("ImageAndFluoroscopyAreaDoseProduct", "dose area product", "dGy.cm2", 1.0),
    ("OrganDose", "organ dose", "dGy", 1.0),
    ("EntranceDoseInmGy", "entrance dose", "mGy", 1.0),
)


def is_object(instance: DicomInstance) -> bool:
    """The class of the instance is read here."""
    return instance.class_uid in {PDF_CLASS, CDA_CLASS} or instance.class_uid.startswith((REPORTS, WAVEFORMS))


# Documents inside


def _document(dataset: Dataset) -> bytes:
    try:
        value: Any = dataset.get("EncapsulatedDocument")
    except Exception:
        value = None
    data = bytes(value) if isinstance(value, bytes | bytearray) else b""
    size = whole(dataset, "EncapsulatedDocumentLength")
    return data[:size] if 0 < size < len(data) else data


def document_of(dataset: Dataset) -> BinaryIO:
    """The PDF inside an instance; raises Unreadable."""
    data = _document(dataset)
    if not data.lstrip()[:5].startswith(b"%PDF-"):
        raise Unreadable(Verdict.UNREADABLE, Reason.CANNOT_BE_SHOWN)
    return io.BytesIO(data)


def _carried(dataset: Dataset, instance: DicomInstance) -> Reading | None:
    """The Reading of the document inside; None when it cannot be read, which is no fault of the instance."""
    try:
        if instance.class_uid == PDF_CLASS:
            return pdf.read(document_of(dataset))
        return cda.read(io.BytesIO(_document(dataset)))
    except Unreadable:
        return None


# Structured reports


@dataclass(frozen=True, slots=True)
class Item:
    """One content item with what holds it: depth, kind, concept, value, and the event it belongs to."""

    depth: int
    kind: str
    code: str
    concept: str
    value: str
    unit: str
    event: int


def _concept(dataset: Dataset, keyword: str = "ConceptNameCodeSequence") -> tuple[str, str]:
    item = first_of(dataset, keyword)
    return (words(item, "CodeValue"), words(item, "CodeMeaning")) if item is not None else ("", "")


def _value(item: Dataset, kind: str) -> tuple[str, str]:
    if kind == "NUM":
        measured = first_of(item, "MeasuredValueSequence")
        if measured is None:
            return "", ""
        units = first_of(measured, "MeasurementUnitsCodeSequence")
        unit = words(units, "CodeValue") if units is not None else ""
        return words(measured, "NumericValue"), unit if unit not in {"1", "{no units}"} else ""
    if kind == "CODE":
        return _concept(item, "ConceptCodeSequence")[1], ""
    moment = {"DATE": "Date", "DATETIME": "DateTime", "TIME": "Time", "PNAME": "PersonName", "UIDREF": "UID"}
    return words(item, moment.get(kind, "TextValue")), ""


def items_in(dataset: Dataset) -> Iterator[Item]:
    """Content items of a report, in order, down to a bounded depth and number."""
    pending = [(dataset, 0, 0)]
    count = events = 0
    while pending and count < REPORT_ITEMS:
        here, depth, event = pending.pop()
        count += 1
        kind = words(here, "ValueType")
        code, concept = _concept(here)
        if code in EVENTS:
            events += 1
            event = events
        value, unit = _value(here, kind)
        yield Item(depth, kind, code, concept, value, unit, event)
        if depth < REPORT_DEPTH:
            inner = items_of(here, "ContentSequence")
            pending += [(child, depth + 1, event) for child in reversed(inner)]


def _line(item: Item) -> str:
    said = " ".join(part for part in (item.value, item.unit) if part)
    return f"{item.concept}: {said}" if item.concept and said else item.concept or said


def _doses(items: list[Item], instance: DicomInstance) -> tuple[DoseValue, ...]:
    regions = {item.event: item.value for item in items if item.code in REGION and item.event}
    substances = {item.event: item.value for item in items if item.code in SUBSTANCE and item.event}
    found = []
    for item in items:
        value = dicom_values.finite(item.value)
        if item.code in DOSES and value is not None:
            found.append(
                DoseValue(
                    DOSES[item.code],
                    value,
                    item.unit,
                    item.code,
                    event=str(item.event) if item.event else "total",
                    substance=substances.get(item.event, ""),
                    region=regions.get(item.event, ""),
                    date=instance.study_date,
                    study_uid=instance.study_uid,
                )
            )
    return tuple(dict.fromkeys(found))[: LIMITS.results]


# Curves


def _waveforms(dataset: Dataset) -> tuple[Waveform, ...]:
    annotations = [words(item, "UnformattedTextValue") for item in items_of(dataset, "WaveformAnnotationSequence")]
    said = tuple(dict.fromkeys(line for line in annotations if line))[:ANNOTATIONS]
    day = dates.from_dicom(words(dataset, "AcquisitionDateTime")[:8])
    found = []
    for group in items_of(dataset, "WaveformSequence")[:CHANNELS]:
        channels = []
        for channel in items_of(group, "ChannelDefinitionSequence")[:CHANNELS]:
            channels.append(_concept(channel, "ChannelSourceSequence")[1] or words(channel, "ChannelLabel"))
        samples, rate = whole(group, "NumberOfWaveformSamples"), number(group, "SamplingFrequency")
        found.append(Waveform(tuple(channels), samples, rate, day, said))
    return tuple(found)


# Doses of images


def header_doses(dataset: Dataset, instance: DicomInstance) -> tuple[DoseValue, ...]:
    """What the header of an image says of radiation; the same figure stands in every slice of a series."""
    day, study = instance.study_date, instance.study_uid
    region, event = words(dataset, "BodyPartExamined"), words(dataset, "IrradiationEventUID") or instance.series_uid
    found = []
    for keyword, name, unit, factor in HEADER_DOSES:
        if (value := number(dataset, keyword)) > 0:
            found.append(DoseValue(name, value * factor, unit, "", event, "", region, day, study, keyword))
    for drug in items_of(dataset, "RadiopharmaceuticalInformationSequence")[:4]:
        activity = number(drug, "RadionuclideTotalDose")
        if activity > 0:
            nuclide = _concept(drug, "RadionuclideCodeSequence")[1]
            substance = words(drug, "Radiopharmaceutical") or nuclide
            where = "RadionuclideTotalDose"
            # PS3.3 C.8.9.2 says Bq, C.8.4.10 says MBq, and files mix them: below a million it can only be MBq.
            unit = "Bq" if activity >= 1e6 else "MBq"
            found.append(
                DoseValue("administered activity", activity, unit, "", event, substance, region, day, study, where)
            )
    return tuple(found)


def read(dataset: Dataset, instance: DicomInstance, reading: Reading) -> Reading:
    """The Reading of an instance that is no image, with its lines and results."""
    if instance.class_uid in {PDF_CLASS, CDA_CLASS}:
        carried = _carried(dataset, instance)
        title = words(dataset, "DocumentTitle") or (carried.title if carried else "") or reading.title
        if carried is None:
            return replace(reading, title=title, title_lines=(title,) if title else ())
        return replace(
            reading,
            reason=reading.reason if reading.reason is Reason.META_DIFFERS else carried.reason,
            claims=claims.once([*reading.claims, *carried.claims]),
            pages=carried.pages,
            page_count=carried.page_count,
            title=title,
            title_lines=tuple(dict.fromkeys((*((title,) if title else ()), *carried.title_lines))),
            date_candidates=claims.ranked([*carried.date_candidates, *reading.date_candidates]),
            language=carried.language,
            results=carried.results,
            codes=carried.codes,
        )
    if instance.class_uid.startswith(WAVEFORMS):
        curves = _waveforms(dataset)
        page = text.page_of("\n".join(curves[0].annotations if curves else ()))
        return replace(reading, reason=Reason.NONE, pages=_paged(page), results=Results(waveforms=curves))
    items = list(items_in(dataset))
    page = text.page_of("\n".join(line for item in items if (line := _line(item))))
    title = items[0].concept or reading.title
    return replace(
        reading,
        reason=reading.reason if reading.reason is Reason.META_DIFFERS else Reason.NONE,
        pages=_paged(page),
        page_count=1,
        title=title,
        title_lines=tuple(dict.fromkeys((title, *reading.title_lines))),
        language=language_of("\n".join(line.text for line in page.lines)),
        results=Results(doses=_doses(items, instance)),
    )


def _paged(page: PageText) -> tuple[PageText, ...]:
    return (page,) if page.lines else ()
