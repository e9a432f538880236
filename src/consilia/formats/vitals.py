"""Vitals: which codes and names mean a vital sign, so that home devices, messages and exports speak of the same."""

from __future__ import annotations

import math
from typing import Final

# LOINC codes of the FHIR vital signs profiles (hl7.org/fhir/R4/observation-vitalsigns.html) and their plain names.
BY_CODE: Final = {
    "8867-4": "heart rate",
    "8480-6": "systolic blood pressure",
    "8462-4": "diastolic blood pressure",
    "29463-7": "body weight",
    "3141-9": "body weight",
    "8302-2": "body height",
    "39156-5": "body mass index",
    "8310-5": "body temperature",
    "9279-1": "respiratory rate",
    "2708-6": "oxygen saturation",
    "59408-5": "oxygen saturation",
    "8889-8": "heart rate",
}
PANELS: Final = frozenset({"85354-9", "55284-4", "85353-1"})
# Identifiers of a telephone's health store (HKQuantityTypeIdentifier...) to LOINC.
PHONE: Final = {
    "HeartRate": "8867-4",
    "RestingHeartRate": "8867-4",
    "BloodPressureSystolic": "8480-6",
    "BloodPressureDiastolic": "8462-4",
    "BodyMass": "29463-7",
    "Height": "8302-2",
    "BodyMassIndex": "39156-5",
    "BodyTemperature": "8310-5",
    "RespiratoryRate": "9279-1",
    "OxygenSaturation": "59408-5",
}
GLUCOSE: Final = {"BloodGlucose": ("blood glucose", "2339-0")}
# Open mHealth schemas (body key -> LOINC).
MHEALTH: Final = {
    "heart_rate": "8867-4",
    "systolic_blood_pressure": "8480-6",
    "diastolic_blood_pressure": "8462-4",
    "body_weight": "29463-7",
    "body_height": "8302-2",
    "body_mass_index": "39156-5",
    "body_temperature": "8310-5",
    "respiratory_rate": "9279-1",
    "oxygen_saturation": "59408-5",
    "blood_glucose": "2339-0",
}


def name_of(code: str) -> str:
    """The plain name, "" when the code (LOINC) is no vital sign."""
    return BY_CODE.get(code, "blood glucose" if code == "2339-0" else "")


def number(text: object) -> float | None:
    """A finite number out of text with a point or one comma, None when it is none."""
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < 1e9 else None
