"""DICOM: reads the header of an instance, never its pixels, and proves that the pixels it declares are there.

Source: DICOM PS3.3 (attributes), PS3.5 (encoding), PS3.10 (files). Only headers whose shape was walked are parsed.
"""

from __future__ import annotations

import re
import warnings
from typing import BinaryIO, Final
from weakref import WeakKeyDictionary

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from consilia.formats import dates, dicom_objects, dicom_shape, sniff
from consilia.formats.dicom_values import first_of, number, numbers, whole, words
from consilia.formats.limits import LIMITS
from consilia.formats.results import Results
from consilia.formats.values import Claim, ClaimKind, DateCandidate, DateKind, DicomInstance, Reading, Window
from consilia.formats.verdicts import Reason, Unreadable, Verdict

DICOMDIR_CLASS: Final = "1.2.840.10008.1.3.10"
ENCAPSULATED_CLASSES: Final = "1.2.840.10008.5.1.4.1.1.104."
UID_GRAMMAR: Final = re.compile(r"[0-9]+(\.[0-9]+)*")  # PS3.5 section 9.1; leading zeros occur in the wild
DEFER_BYTES: Final = 16_384
CLAIMS: Final = (
    (ClaimKind.NAME, "PatientName", "(0010,0010)"),
    (ClaimKind.BIRTH_DATE, "PatientBirthDate", "(0010,0030)"),
    (ClaimKind.SEX, "PatientSex", "(0010,0040)"),
    (ClaimKind.PATIENT_ID, "PatientID", "(0010,0020)"),
    (ClaimKind.ISSUER, "IssuerOfPatientID", "(0010,0021)"),
    (ClaimKind.ACCESSION, "AccessionNumber", "(0008,0050)"),
)
DATES: Final = (
    (DateKind.EXAMINATION, "AcquisitionDate"),
    (DateKind.EXAMINATION, "StudyDate"),
    (DateKind.EXAMINATION, "SeriesDate"),
    (DateKind.DOCUMENT, "ContentDate"),
)

_walked: WeakKeyDictionary[BinaryIO, tuple[dicom_shape.Shape, Dataset]] = WeakKeyDictionary()
# A stranger's header is full of small faults; pydicom would print each, with its value.
warnings.filterwarnings("ignore", module="pydicom")
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE


def functional(dataset: Dataset, group: str) -> Dataset:
    """A functional group of an enhanced object (PS3.3 C.7.6.16): shared, else the first frame's, else itself."""
    for outer in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        if (item := first_of(dataset, outer, group)) is not None:
            return item
    return dataset


def parse(file: BinaryIO, shape: dicom_shape.Shape, *, pixels: bool = False) -> Dataset:
    """The data set of a file whose shape was walked."""
    file.seek(0)
    try:
        dataset = pydicom.dcmread(
            file, force=True, stop_before_pixels=not pixels, defer_size=None if pixels else DEFER_BYTES
        )
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(Verdict.UNREADABLE, Reason.DAMAGED) from error
    if not len(dataset):
        raise Unreadable(Verdict.UNREADABLE, Reason.NO_CONTENT)
    if not shape.transfer_syntax:
        dataset.file_meta.TransferSyntaxUID = _guessed_syntax(dataset)
    return dataset


def header(file: BinaryIO) -> tuple[dicom_shape.Shape, Dataset]:
    """Shape and header of a file, walked and parsed once for as long as it is open: it is read, then described."""
    if (known := _walked.get(file)) is None:
        shape = dicom_shape.of(file)
        known = _walked[file] = shape, parse(file, shape)
    return known


def _guessed_syntax(dataset: Dataset) -> UID:
    implicit, little = dataset.original_encoding
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little in {True, None} else ExplicitVRBigEndian


def is_dicomdir(dataset: Dataset) -> bool:
    """Basic directory information object (PS3.3 annex F)."""
    meta = getattr(dataset, "file_meta", Dataset())
    return words(meta, "MediaStorageSOPClassUID") == DICOMDIR_CLASS or "DirectoryRecordSequence" in dataset


def _uid(dataset: Dataset, keyword: str) -> str:
    uid = words(dataset, keyword)
    if uid and (len(uid) > 64 or not UID_GRAMMAR.fullmatch(uid)):
        raise Unreadable(Verdict.UNREADABLE, Reason.BAD_UID)
    return uid


def _identified(dataset: Dataset) -> tuple[str, str, str, str]:
    """Study, series, instance and class UID; a file that cannot be told apart is not to be sorted."""
    study, series, instance, kind = (
        _uid(dataset, keyword) for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
    )
    if not (study and instance):
        raise Unreadable(Verdict.UNREADABLE, Reason.BAD_UID)
    return study, series, instance, kind


def _reason(dataset: Dataset, instance: DicomInstance, shape: dicom_shape.Shape) -> Reason:
    """META_DIFFERS when the file names itself in two ways: dose reports do so innocently, so a person looks."""
    declared = words(dataset.file_meta, "MediaStorageSOPInstanceUID")
    if declared and declared != instance.instance_uid:
        return Reason.META_DIFFERS
    return Reason.NONE if shape.has_pixels or instance.encapsulated else Reason.NO_PIXELS


def bits_of_frame(dataset: Dataset, *, unstated: int = 0) -> int:
    """Rows x columns x samples x bits allocated, `unstated` where the header gives none (PS3.5 section 8.1.1)."""
    pixels = whole(dataset, "Rows") * whole(dataset, "Columns") * max(1, whole(dataset, "SamplesPerPixel"))
    bits = pixels * (whole(dataset, "BitsAllocated") or unstated)
    return bits * 2 // 3 if words(dataset, "PhotometricInterpretation") == "YBR_FULL_422" else bits


def _prove_pixels(instance: DicomInstance, dataset: Dataset, shape: dicom_shape.Shape) -> None:
    """Rows x columns x samples x bytes x frames against what is there (PS3.5 section 8.1.1)."""
    if not shape.has_pixels or not instance.rows or not instance.columns:
        return
    frame_bits = bits_of_frame(dataset, unstated=8)
    if frame_bits // 8 > LIMITS.frame_bytes:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS)
    if shape.pixel_bytes and shape.pixel_bytes < frame_bits * instance.frames // 8:
        raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF)
    if shape.fragments and instance.frames > max(1, shape.fragments):
        raise Unreadable(Verdict.TRUNCATED, Reason.CUT_OFF)


def window_of(dataset: Dataset) -> Window | None:
    """The first VOI window, None when there is none or its width is below 1 (PS3.3 C.11.2.1.2)."""
    voi = functional(dataset, "FrameVOILUTSequence")
    width = number(voi, "WindowWidth")
    return Window(number(voi, "WindowCenter"), width) if width >= 1 else None


def _instance(dataset: Dataset, shape: dicom_shape.Shape, preamble_in_use: bool) -> DicomInstance:
    study, series, instance, kind = _identified(dataset)
    measures = functional(dataset, "PixelMeasuresSequence")
    frames = whole(dataset, "NumberOfFrames") or 1
    return DicomInstance(
        study_uid=study,
        series_uid=series,
        instance_uid=instance,
        class_uid=kind,
        transfer_syntax=shape.transfer_syntax or str(dataset.file_meta.TransferSyntaxUID),
        modality=words(dataset, "Modality"),
        study_date=dates.from_dicom(words(dataset, "StudyDate")),
        series_date=dates.from_dicom(words(dataset, "SeriesDate")),
        content_date=dates.from_dicom(words(dataset, "ContentDate")),
        study_time=words(dataset, "StudyTime"),
        study_description=words(dataset, "StudyDescription"),
        series_description=words(dataset, "SeriesDescription"),
        body_part=words(dataset, "BodyPartExamined"),
        laterality=words(dataset, "ImageLaterality") or words(dataset, "Laterality"),
        institution=words(dataset, "InstitutionName"),
        manufacturer=words(dataset, "Manufacturer"),
        series_number=whole(dataset, "SeriesNumber"),
        instance_number=whole(dataset, "InstanceNumber"),
        rows=whole(dataset, "Rows"),
        columns=whole(dataset, "Columns"),
        frames=frames if shape.has_pixels else 0,
        bits_stored=whole(dataset, "BitsStored"),
        samples=whole(dataset, "SamplesPerPixel"),
        photometric=words(dataset, "PhotometricInterpretation"),
        window=window_of(dataset),
        pixel_spacing=numbers(measures, "PixelSpacing", 2) or numbers(dataset, "ImagerPixelSpacing", 2),
        position=numbers(functional(dataset, "PlanePositionSequence"), "ImagePositionPatient", 3),
        orientation=numbers(functional(dataset, "PlaneOrientationSequence"), "ImageOrientationPatient", 6),
        slice_thickness=number(measures, "SliceThickness"),
        frame_time=number(dataset, "FrameTime"),
        frame_of_reference_uid=_uid(dataset, "FrameOfReferenceUID"),
        encapsulated=words(dataset, "MIMETypeOfEncapsulatedDocument") if kind.startswith(ENCAPSULATED_CLASSES) else "",
        preamble_in_use=preamble_in_use,
        trailing_bytes=shape.trailing,
    )


def claims_of(dataset: Dataset) -> tuple[Claim, ...]:
    """Who the header says it is of; dates ISO, the name with its component groups as DICOM writes it."""
    found = []
    for kind, keyword, where in CLAIMS:
        if value := words(dataset, keyword):
            found.append(Claim(kind, _said(kind, value), where))
    return tuple(found)


def _said(kind: ClaimKind, value: str) -> str:
    if kind is ClaimKind.BIRTH_DATE:
        return dates.from_dicom(value)
    return value.lower() if kind is ClaimKind.SEX else value


def _dates_of(dataset: Dataset) -> tuple[DateCandidate, ...]:
    found: dict[str, DateCandidate] = {}
    for kind, keyword in DATES:
        value = dates.from_dicom(words(dataset, keyword))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            found.setdefault(value, DateCandidate(kind, value, keyword))
    return tuple(found.values())


def _references(dataset: Dataset) -> tuple[str, ...]:
    """The file names of a DICOMDIR, as words: nobody may resolve them as paths (CVE-2026-32711)."""
    found = [
        words(record, "ReferencedFileID").replace("\\", "/") for record in dataset.get("DirectoryRecordSequence") or ()
    ]
    return tuple(name for name in found if name)[: LIMITS.references]


def read(file: BinaryIO, _path: str = "") -> Reading:
    """A DICOM file with or without preamble and meta information; raises Unreadable."""
    shape, dataset = header(file)
    if is_dicomdir(dataset):
        return Reading(Verdict.IGNORED, Reason.CD_INDEX, sniff.DICOMDIR, references=_references(dataset))
    file.seek(0)
    head = file.read(132)
    preamble_in_use = head[128:] == b"DICM" and any(head[:128])
    instance = _instance(dataset, shape, preamble_in_use)
    _prove_pixels(instance, dataset, shape)
    titles = tuple(text for text in (instance.study_description, instance.series_description) if text)
    reading = Reading(
        Verdict.READ,
        _reason(dataset, instance, shape),
        sniff.DICOM,
        claims=claims_of(dataset),
        page_count=instance.frames,
        instance=instance,
        title=titles[0] if titles else "",
        title_lines=titles,
        date_candidates=_dates_of(dataset),
        results=Results(doses=dicom_objects.header_doses(dataset, instance)),
    )
    if not dicom_objects.is_object(instance):
        return reading
    return dicom_objects.read(parse(file, shape, pixels=True), instance, reading)


def carried_pdf(file: BinaryIO) -> BinaryIO:
    """The PDF inside a DICOM file, to be shown or read; raises Unreadable."""
    return dicom_objects.document_of(parse(file, dicom_shape.of(file), pixels=True))
