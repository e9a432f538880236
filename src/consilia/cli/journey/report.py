"""Delivery: the patient reads, downloads and verifies; asks once more; her doctor reads and answers by a link."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from typing import Any, Final

from consilia.cli.journey import experts
from consilia.cli.journey.browser import Browser
from consilia.cli.journey.pages import Page, Stuck
from consilia.cli.journey.tale import Tale, wait
from consilia.formats import preamble

FOLLOW_UP: Final = "Journey: does the opinion change when the missing result comes?"
DOCTOR: Final = "Dr. Rossi"
COMMENT: Final = "Journey: thank you, I will speak with her about it."
SHARED: Final = re.compile(r"https?://\S+?/doctor/report/[\w-]+/")
SIX: Final = re.compile(r"\b(\d{3}) (\d{3})\b")
LOOKED_WITHIN: Final = 60.0  # seconds, trust.md


def read(tale: Tale) -> str:
    """The plain page first, then the whole opinion."""
    page = wait(lambda: _delivered(tale), "the report was not delivered")
    page.require(experts.WORDS["plain-what_we_think"], experts.MORE)
    tale.notes["report"] = page.path
    tale.patient.open(page.link("/full/")).require(*tale.errand.request.questions)
    return page.heading


def _delivered(tale: Tale) -> Page | None:
    page = tale.patient.open(f"{tale.case}report/")
    return page if page.has_link("/pdf/") else None


def download(tale: Tale) -> str:
    """PDF and FHIR document; the PDF holds one signature that is whole, by our own check and by pdfsig."""
    page = tale.patient.open(f"{tale.case}report/")
    answer = tale.patient.download(page.link("/pdf/"))
    tale.pdf = answer.content
    if not tale.pdf.startswith(b"%PDF-"):
        raise Stuck("the PDF is none")
    bundle = json.loads(tale.patient.download(page.link("/fhir/")).content)
    if bundle.get("type") != "document":
        raise Stuck(f"the FHIR file is no document but {bundle.get('type')}")
    return f"PDF of {len(tale.pdf) // 1000} kB; FHIR document of {len(bundle['entry'])} entries"


def verify(tale: Tale) -> str:
    """The page of verification says that this file is ours and unchanged; one changed byte and it says no."""
    stranger = Browser(tale.instance.base, "anybody", tale.look_for_hindrances)
    page = _asked(stranger, tale.pdf)
    page.require(tale.notes["opinion number"])
    if not page.tree.find_class("verdict--good") and "unchanged" not in page.words.lower():
        raise Stuck(f"the page of verification does not say that the PDF is unchanged: {page.words[:300]}")
    place = tale.pdf.rindex(b"startxref") // 2
    changed = tale.pdf[:place] + bytes([tale.pdf[place] ^ 1]) + tale.pdf[place + 1 :]
    words = _asked(stranger, changed).words.lower()
    if "unchanged" in words and "not" not in words:
        raise Stuck("the page of verification takes a changed PDF for unchanged")
    return f"unchanged; {by_pdfsig(tale)}"


def _asked(browser: Browser, pdf: bytes) -> Page:
    page = browser.open("/verify/")
    form = next(one for one in page.forms if one.is_multipart)
    return browser.send(form.attach(next(iter(form.file_names)), "opinion.pdf", pdf))


def by_pdfsig(tale: Tale) -> str:
    """A second judge of the signature, where it is installed."""
    program = shutil.which("pdfsig")
    if program is None:
        return "pdfsig is not installed here"
    paper = tale.instance.folder / "opinion.pdf"
    paper.write_bytes(tale.pdf)
    asked = [program, "-nocert", str(paper)]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603 - a path of our own
    if "Signature is Valid" not in said:
        raise Stuck(f"pdfsig does not find the signature valid: {said[:300]}")
    return "pdfsig: Signature is Valid"


def follow_up(tale: Tale) -> str:
    """One of three questions to the expert."""
    page = tale.patient.open(f"{tale.case}report/")
    if FOLLOW_UP not in page.words:
        page = tale.patient.open(page.link("/questions/"))
        page = tale.patient.send(page.form("text").fill(text=FOLLOW_UP))
    return "one of three asked"


def see_answer(tale: Tale) -> str:
    """The addendum stands beside the opinion."""

    def answered() -> Page | None:
        page = tale.patient.open(f"{tale.case}report/")
        return page if experts.LATER in page.words else None

    wait(answered, "the answer of the expert did not arrive")
    return "the addendum is there"


def share(tale: Tale) -> str:
    """A link and six digits for the doctor at home, shown once."""
    page = tale.patient.open(f"{tale.case}share/")
    if "shared link" in tale.notes:
        return "shared before"
    page = tale.patient.send(page.form("doctor").fill(doctor=DOCTOR))
    link, code = SHARED.search(page.words), SIX.search(page.words)
    if link is None or code is None:
        raise Stuck(f"the page shows no link with six digits: {page.words[:300]}")
    tale.notes["shared link"] = link[0].removeprefix(tale.instance.base)
    tale.notes["code"] = code[1] + code[2]
    return "a link and six digits"


def doctor_answers(tale: Tale) -> str:
    """Her doctor opens the link with the digits, reads, and answers without an account."""
    doctor = tale.browser("doctor")
    page = doctor.open(tale.notes["shared link"])
    if page.has_form("code"):
        page = doctor.send(page.form("code").fill(code=tale.notes["code"]))
    page.require(tale.notes["opinion number"])
    if page.has_form("choice"):
        page = doctor.send(page.form("choice").fill(choice="partly", comment=COMMENT))
    page.require(COMMENT)
    return "I agree in part"


def see_doctor(tale: Tale) -> str:
    """The patient sees that her doctor has read it, and the answer."""
    tale.patient.open(f"{tale.case}share/").require(DOCTOR, COMMENT)
    return "read and answered"


def see_who_looked(tale: Tale) -> str:
    """The expert who opened the records stands in the list within a minute."""

    def listed() -> Page | None:
        page = tale.patient.open(f"{tale.case}trail/")
        while "Weber" not in page.words:
            older = [address for _, address in page.links if "before=" in address]
            if not older:
                return None
            page = tale.patient.open(older[0])
        return page

    wait(listed, "the expert does not stand in the list of who looked", LOOKED_WITHIN)
    return "the expert stands in it"


def take_along(tale: Tale) -> str:
    """Everything as one ZIP: each record that she sent is in it, byte for byte, or the manifest says why not.

    Another person's are not in it; a picture comes without its preamble, in which a program may hide.
    """
    page = tale.patient.open(f"{tale.case}leave/")
    form = page.form(action="/take-along/")
    answer = tale.patient.ask(
        "POST", form.action, b"csrfmiddlewaretoken=" + form.value("csrfmiddlewaretoken").encode(),
        Content_Type="application/x-www-form-urlencoded", Referer=page.address,
    )  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        contents = {archive.read(name) for name in archive.namelist()}
        manifest = json.loads(archive.read("manifest.json"))
        count = len(archive.namelist())
    contents |= _told(manifest, tale.errand.records)
    kept_out = tuple(tale.notes.get("held", "").splitlines())
    hers = {path: content for path, content in tale.errand.records.items() if not path.endswith(kept_out)}
    missing = [path for path, content in hers.items() if not {content, _without_preamble(content)} & contents]
    if missing:
        raise Stuck(f"what is taken along lacks {', '.join(missing[:5])}")
    return f"ZIP with {count} files, her {len(hers)} records in it or named with the reason"


def _told(manifest: dict[str, Any], records: Mapping[str, bytes]) -> set[bytes]:
    """The records that the manifest names as copies of others, or as left out with the reason."""
    copies = {copy["sha256"] for line in manifest["files"] for copy in line.get("copies", ())}
    left_out = {one["path"] for one in manifest["left_out"] if one["why"]}
    return {
        content
        for path, content in records.items()
        if path in left_out or hashlib.sha256(content).hexdigest() in copies
    }


def _without_preamble(content: bytes) -> bytes:
    return b"".join(preamble.zeroed(iter([content])))
