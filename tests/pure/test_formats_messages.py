"""Messages, exports and letters: what hospitals and telephones send is read into the same values."""

from __future__ import annotations

import base64
import io
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from tests import samples_formats
from tests import samples_messages as samples

from consilia.formats import reading
from consilia.formats.client import Nursery
from consilia.formats.values import ClaimKind, Reading
from consilia.formats.verdicts import Reason, Verdict

LOINC = "http://loinc.org"


def read(data: str | bytes, path: str = "file") -> Reading:
    return reading.read(io.BytesIO(data.encode() if isinstance(data, str) else data), path)


def said(found: Reading, kind: ClaimKind) -> list[str]:
    return [claim.value for claim in found.claims if claim.kind is kind]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (samples.HL7, "FONTANA, GIULIA"),
        ("\ufeff" + samples.HL7.replace("\r", "\r\n"), "FONTANA, GIULIA"),
        (samples.CDA, "Fontana, Giulia"),
    ],
)
def test_a_message_and_a_document_say_whose_they_are_and_what_was_measured(data, name):
    found = read(data)
    assert (found.verdict, found.reason) == (Verdict.READ, Reason.NONE)
    assert said(found, ClaimKind.NAME) == [name]
    assert said(found, ClaimKind.BIRTH_DATE) == ["1962-07-04"]
    assert said(found, ClaimKind.SEX) == ["f"]
    assert said(found, ClaimKind.PATIENT_ID) == ["4711"]
    assert found.date_candidates[0].value == "2025-02-12"
    first = found.results.labs[0]
    assert (first.analyte, first.value, first.unit, first.flag) == ("Emoglobina", "12.1", "g/dL", "N")
    assert (first.reference, first.date, first.panel) == ("12.0-16.0", "2025-02-11", "Emocromo")
    assert (first.code, first.system) == ("718-7", LOINC)


def test_a_comparator_stays_with_its_number_and_a_pulse_is_a_vital_sign():
    found = read(samples.HL7)
    assert [lab.value for lab in found.results.labs] == ["12.1", "<5"]
    assert [(sign.value, sign.code) for sign in found.results.vitals] == [(72.0, "8867-4")]
    lines = [line.text for line in found.pages[0].lines]
    assert "Campione & referto" in lines
    assert "Prelievo a digiuno" in lines


def test_a_message_that_carries_a_pdf_is_read_with_it():
    carried = samples_formats.pdf()
    encoded = base64.b64encode(carried).decode()
    found = read(samples.HL7 + f"\rOBX|9|ED|18748-4^Referto^LN||^application^pdf^Base64^{encoded}||||||F")
    assert found.page_count == 2
    assert any("Emoglobina" in line.text for line in found.pages[1].lines)


def test_the_rows_of_a_document_stay_rows():
    assert "Emoglobina   12,1 g/dL" in [line.text for line in read(samples.CDA).pages[0].lines]


@pytest.mark.parametrize(
    "trick",
    [
        '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><ClinicalDocument>&y;</ClinicalDocument>',
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aa">]><ClinicalDocument/>',
    ],
)
def test_a_document_that_brings_its_own_grammar_is_not_opened(trick):
    found = read(trick, "a.xml")
    assert (found.verdict, found.reason) == (Verdict.UNREADABLE, Reason.DOCTYPE)
    sixteen = read(trick.encode("utf-16"), "a.xml")
    assert sixteen.verdict is Verdict.UNREADABLE


def test_an_encoding_that_no_hospital_uses_and_a_flood_of_attributes_are_refused():
    assert read(samples.CDA.replace("UTF-8", "UTF-7")).reason is Reason.UNKNOWN_FORMAT
    flood = " ".join(f'a{number}="1"' for number in range(400))
    assert read(samples.CDA.replace("<title>", f"<title {flood}>")).reason is Reason.TOO_MANY_ELEMENTS


def test_a_document_that_ends_early_says_so():
    assert read(samples.CDA[:900]).verdict is Verdict.TRUNCATED


def test_observations_become_values_and_a_blood_pressure_two():
    pressure = {
        **samples.observation("85354-9", "Blood pressure", 0, "", "vital-signs"),
        "component": [samples.observation("8480-6", "Systolic", 121, "mmHg")],
    }
    pressure.pop("valueQuantity")
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": samples.observation("718-7", "Hb", 12.1, "g/dL")}, {"resource": pressure}],
    }
    found = read(json.dumps(bundle), "a.json").results
    assert [(lab.analyte, lab.value, lab.unit, lab.reference) for lab in found.labs] == [
        ("Hb", "12.1", "g/dL", "12-16")
    ]
    assert [(sign.name, sign.value, sign.date) for sign in found.vitals] == [("Systolic", 121.0, "2025-02-11")]


def test_an_export_of_one_resource_a_line_is_one_reading():
    lines = [json.dumps(samples.observation("718-7", "Hb", value, "g/dL")) for value in (11.9, 12.1)]
    assert [lab.value for lab in read("\n".join(lines), "export.ndjson").results.labs] == ["11.9", "12.1"]


def test_a_health_card_is_read_and_marked_as_unverified():
    bundle = json.loads(samples_formats.fhir())
    found = read(samples.health_card(bundle), "card.smart-health-card")
    assert (found.verdict, found.reason) == (Verdict.READ, Reason.UNVERIFIED)
    assert said(found, ClaimKind.NAME) == ["Fontana, Giulia"]


def test_a_health_link_is_never_followed():
    found = read("shlink:/" + "eyJ1cmwiOiJodHRwOi8vbG9jYWxob3N0In0", "link.txt")
    assert (found.verdict, found.reason) == (Verdict.NOT_READ_YET, Reason.HEALTH_LINK)


def test_a_telephones_export_with_a_broken_prologue_gives_one_value_a_day():
    records = samples.record(1, 60) + samples.record(1, 80) + samples.record(2, 71)
    found = read(samples.PHONE_HEAD + records + "</HealthData>", "export.xml")
    assert said(found, ClaimKind.BIRTH_DATE) == ["1962-07-04"]
    newest, first = found.results.vitals
    assert (newest.date, newest.value, newest.count) == ("2025-03-02", 71.0, 1)
    assert (first.date, first.value, first.low, first.high, first.count) == ("2025-03-01", 70.0, 60.0, 80.0, 2)
    assert first.device == "Watch & more"


def test_a_large_export_of_a_telephone_costs_little_memory(tmp_path):
    large = tmp_path / "export.xml"
    with large.open("w") as file:
        file.write(samples.PHONE_HEAD)
        for number in range(100_000):
            file.write(samples.record(1 + number % 28, 60 + number % 40))
    with large.open("rb") as opened:
        tracemalloc.start()
        found = reading.read(opened, "export.xml")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert sum(sign.count for sign in found.results.vitals) == 100_000
    assert peak < large.stat().st_size


def test_the_table_of_a_cuff_is_vital_signs_and_other_tables_are_none():
    cuff = "Datum;SYS (mmHg);DIA (mmHg);Puls\n03.09.2025;142;84;66\n04.09.2025;138;81;64\n"
    found = read(cuff, "druck.csv")
    assert [(sign.code, sign.value, sign.unit) for sign in found.results.vitals[:2]] == [
        ("8480-6", 142.0, "mmHg"),
        ("8462-4", 84.0, "mmHg"),
    ]
    assert found.date_candidates[-1].value == "2025-09-04"
    assert read("Name;Betrag\nA;1\nB;2\n", "kosten.csv").results.vitals == ()


def test_a_rich_text_letter_is_read_with_its_umlauts():
    found = read(
        rb"{\rtf1\ansi\ansicpg1252 Patientin: Beispiel, Erika\par R\'f6ntgen vom 03.03.2025\par }", "brief.rtf"
    )
    assert [line.text for line in found.pages[0].lines] == ["Patientin: Beispiel, Erika", "Röntgen vom 03.03.2025"]
    assert said(found, ClaimKind.NAME) == ["Beispiel, Erika"]


def test_a_letter_comes_apart_with_what_was_attached_also_inside_a_forwarded_one(tmp_path):
    attached = {"referto.pdf": samples_formats.pdf(), "../../evil.txt": b"x"}
    file = tmp_path / "mail.eml"
    file.write_bytes(samples.letter(attached))
    inside = tmp_path / "inside"
    inside.mkdir()
    folder = os.open(inside, os.O_RDONLY)
    mail = os.open(file, os.O_RDONLY)
    with Nursery() as nursery:
        members = {member.path: member for member in nursery.unpack(mail, folder)}
    os.close(folder)
    os.close(mail)
    assert members[""].verdict is Verdict.ARCHIVE
    assert members["referto.pdf"].verdict is Verdict.UNPACKED
    assert members["../../evil.txt"].reason is Reason.PATH_TRAVERSAL
    assert (inside / members["message.txt"].stored).read_text().startswith("From giulia@example.invalid")
    nested = [path for path in members if path.endswith("/esiti.txt")]
    assert nested
    assert (inside / members[nested[0]].stored).read_bytes() == b"Emoglobina 12.1 g/dL"
    assert not list(Path(tmp_path).glob("evil*"))
