"""Messages and exports for the tests of formats, all of one invented person; made here, small."""

from __future__ import annotations

import base64
import json
import zlib
from email.message import EmailMessage
from typing import Any

HL7 = "\r".join(
    (
        r"MSH|^~\&|LAB|Ospedale Due Torri|||20250212101500||ORU^R01^ORU_R01|17|P|2.5.1",
        "PID|1||4711^^^LAB^MR||FONTANA^GIULIA||19620704|F",
        "OBR|1|||58410-2^Emocromo^LN|||20250211074000|||||||||||||||20250212101500",
        r"OBX|1|NM|718-7^Emoglobina^LN||12.1|g/dL|12.0-16.0|N|||F|||20250211074000",
        r"OBX|2|SN|1988-5^PCR^LN||<^5|mg/L|<5||||F",
        r"OBX|3|NM|8867-4^Frequenza cardiaca^LN||72|/min|||||F|||20250211",
        r"OBX|4|TX|22637-3^Commento^LN||Campione \T\ referto\.br\regolari||||||F",
        "NTE|1||Prelievo a digiuno",
    )
)

CDA = """<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Sintesi clinica</title>
 <effectiveTime value="20250212"/><languageCode code="it-IT"/>
 <recordTarget><patientRole><id extension="4711"/><patient>
  <name><given>Giulia</given><family>Fontana</family></name>
  <administrativeGenderCode code="F"/><birthTime value="19620704"/></patient></patientRole></recordTarget>
 <component><structuredBody><component><section>
  <code code="30954-2"/><title>Esami</title>
  <text><table><tbody><tr><td ID="hb">Emoglobina</td><td>12,1 g/dL</td></tr></tbody></table></text>
  <entry><organizer><code displayName="Emocromo"/><component><observation>
   <templateId root="2.16.840.1.113883.10.20.22.4.2"/>
   <code code="718-7" codeSystem="2.16.840.1.113883.6.1"><originalText><reference value="#hb"/></originalText></code>
   <effectiveTime value="20250211"/><value xsi:type="PQ" value="12.1" unit="g/dL"/>
   <interpretationCode code="N"/>
   <referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="12.0" unit="g/dL"/>
    <high value="16.0" unit="g/dL"/></value></observationRange></referenceRange>
  </observation></component></organizer></entry>
 </section></component></structuredBody></component>
</ClinicalDocument>"""

# The prologue is broken on purpose: real exports of telephones are.
PHONE_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE HealthData [
<!ELEMENT HealthData (ExportDate,Me,Record*)>
<!ATTLIST Record type CDATA #REQUIRED startDate CDATA
<!ELEMENT Heart EMPTY>>>
]>
<HealthData locale="it_IT">
 <Me HKCharacteristicTypeIdentifierDateOfBirth="1962-07-04"
  HKCharacteristicTypeIdentifierBiologicalSex="HKBiologicalSexFemale"/>
"""


def record(day: int, value: float, kind: str = "HeartRate", unit: str = "count/min") -> str:
    """One reading of a telephone on a day of March 2025."""
    moment = f"2025-03-{day:02d} 08:00:00 +0100"
    return (
        f' <Record type="HKQuantityTypeIdentifier{kind}" sourceName="Watch &amp; more" unit="{unit}"'
        f' startDate="{moment}" endDate="{moment}" value="{value}"/>\n'
    )


def observation(code: str, name: str, value: float, unit: str, category: str = "laboratory") -> dict[str, Any]:
    """A FHIR observation with a reference range."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"code": category}]}],
        "code": {"text": name, "coding": [{"system": "http://loinc.org", "code": code}]},
        "effectiveDateTime": "2025-02-11T07:40:00+01:00",
        "valueQuantity": {"value": value, "unit": unit},
        "referenceRange": [{"low": {"value": 12}, "high": {"value": 16}}],
    }


def health_card(bundle: dict[str, Any]) -> str:
    """A card file of one token; its signature is noise."""
    payload = json.dumps({"iss": "https://issuer.invalid", "vc": {"credentialSubject": {"fhirBundle": bundle}}})
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(payload.encode()) + packer.flush()
    head = json.dumps({"zip": "DEF", "alg": "ES256", "kid": "x"}).encode()
    parts = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (head, packed, bytes(64)))
    return json.dumps({"verifiableCredential": [".".join(parts)]})


def letter(attachments: dict[str, bytes]) -> bytes:
    """An e-mail with files, and one e-mail inside it."""
    message = EmailMessage()
    message["From"], message["To"] = "giulia@example.invalid", "desk@example.invalid"
    message["Subject"], message["Date"] = "I miei referti", "Wed, 12 Feb 2025 10:15:00 +0100"
    message.set_content("Buongiorno,\nallego i referti.\n")
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "lab@example.invalid", "giulia@example.invalid", "Esiti"
    inner.set_content("In allegato.")
    inner.add_attachment(b"Emoglobina 12.1 g/dL", maintype="text", subtype="plain", filename="esiti.txt")
    message.add_attachment(inner)
    return message.as_bytes()
