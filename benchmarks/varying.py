"""Varying: makes another box of one that is known: other names, days and files, pictures taken anew, with its truth.

    script/vary BOX --seed N [OUT]      BOX has inbox/, request.json and expected.json; OUT is made like it

The same seed makes the same box. Printed papers are set anew from their words; scans and photos are pictures of the
paper that the truth says they show, turned, cut, blurred or faxed. So no figure can be reached by learning a box.
"""

from __future__ import annotations

import argparse
import datetime
import email
import email.policy
import email.utils
import json
import random
import re
import shutil
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import docx  # noqa: E402
import pydicom  # noqa: E402
import pypdfium2  # noqa: E402
import typst  # noqa: E402
from PIL import Image, ImageFilter, ImageOps  # noqa: E402

from consilia.clinical.library import load  # noqa: E402
from consilia.formats import dates  # noqa: E402
from consilia.intake import folder  # noqa: E402

FAMILIES = {
    "it": ["Bertolini", "Ferraresi", "Galimberti", "Pellegrino"],
    "de": ["Achterberg", "Brinkmann", "Sonnleitner", "Vollmer"],
    "en": ["Hathaway", "Pemberton", "Stockwell", "Winslow"],
    "es": ["Carrasco", "Montalbán", "Quintero", "Valdivia"],
    "": ["Delacroix", "Lindqvist", "Novotny", "Yilmaz"],
}
GIVEN = {
    "f": ["Giulia", "Annette", "Caroline", "Beatriz", "Martine", "Ingrid"],
    "m": ["Marco", "Karsten", "Gordon", "Álvaro", "Didier", "Sven"],
}
PAPER = re.compile(r"\.(pdf|docx|txt|csv|json|xml|eml)$", re.I)
PICTURES = {".jpg", ".jpeg", ".tif", ".tiff", ".heic", ".png"}
DOTS = 150 / 72  # of a rendered page, pixels a point


@dataclass
class Change:
    """What is put for what: words of names, and days later."""

    names: dict[str, str]
    days: int
    month_first: bool = False
    files: dict[str, str] = field(default_factory=dict)

    def text(self, words: str) -> str:
        """Names and days in a text, each in its own way of writing."""
        for old, new in sorted(self.names.items(), key=lambda pair: -len(pair[0])):
            words = re.sub(rf"(?<![^\W_]){re.escape(old)}(?![^\W_])", new, words)
            words = re.sub(rf"(?<![^\W_]){re.escape(old.upper())}(?![^\W_])", new.upper(), words)
            words = re.sub(rf"(?<![^\W_]){re.escape(plain(old))}(?![^\W_])", plain(new), words)
            words = re.sub(rf"(?<![^\W_]){re.escape(plain(old).upper())}(?![^\W_])", plain(new).upper(), words)
            words = words.replace(old.lower(), new.lower()) if len(old) > 5 else words
        return self._days(words)

    def _days(self, words: str) -> str:
        words = re.sub(r"(?<!\d)((?:19|20)\d\d)([-./]?)(\d\d)\2(\d\d)(?!\d(?!\d{5}))", self._iso, words)
        month_first = self.month_first
        return re.sub(
            r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})(\2)(\d{4})(?!\d)",
            lambda match: self._numeric(match, month_first),
            words,
        )

    def _iso(self, match: re.Match[str]) -> str:
        new = self.day(f"{match[1]}-{match[3]}-{match[4]}")
        return match[0] if not new else new.replace("-", match[2])

    def _numeric(self, match: re.Match[str], month_first: bool) -> str:
        day, month = (match[3], match[1]) if month_first else (match[1], match[3])
        new = self.day(f"{match[5]}-{int(month):02}-{int(day):02}")
        if not new:
            return match[0]
        year, month, day = new.split("-")
        first, second = (month, day) if month_first else (day, month)
        return f"{first}{match[2]}{second}{match[2]}{year}"

    def day(self, value: str) -> str:
        """An ISO day, later; "" for what is none."""
        try:
            return (datetime.date.fromisoformat(value) + datetime.timedelta(days=self.days)).isoformat()
        except ValueError:
            return ""

    def any(self, value: Any) -> Any:
        """A value of JSON with names, days and paths changed."""
        if isinstance(value, dict):
            return {key: self.any(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.any(one) for one in value]
        if not isinstance(value, str):
            return value
        return self.path(value) if value.startswith("inbox/") else self.text(value)

    def path(self, path: str) -> str:
        """A path of the truth, where the file lies now."""
        for old, new in sorted(self.files.items(), key=lambda pair: -len(pair[0])):
            if path == f"inbox/{old}" or path.startswith((f"inbox/{old}/", f"inbox/{old} (")):
                return f"inbox/{new}{path[len('inbox/' + old) :]}"
        return path


def plain(word: str) -> str:
    """Without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def names_of(expected: dict[str, Any], chance: random.Random) -> dict[str, str]:
    """New words for every name; one that is nearly the patient's stays nearly hers."""
    own = [part for part in re.split(r"[,\s-]+", expected["patient"]["name"]) if len(part) > 2]
    family = [part for part in re.split(r"[\s-]+", expected["patient"]["name"].split(",")[0]) if part]
    language = expected["languages"][0] if expected["languages"] else ""
    families = chance.sample([*FAMILIES.get(language, FAMILIES[""]), *FAMILIES[""]], 6)
    given = chance.sample(GIVEN["m" if expected["patient"]["sex"] == "M" else "f"], 4)
    found: dict[str, str] = {}
    for part in own:
        found[part] = families.pop() if part in family else given.pop()
    others = [one.get("patient_name_on_document", "") for one in expected["documents"]]
    others += [str(one.get("why", "")) for one in expected["wrong_or_suspect_patient"]]
    for part in {one for name in others for one in re.findall(r"[^\W\d_]{4,}", name) if one[0].isupper()} - set(found):
        near = next((old for old in own if abs(len(old) - len(part)) <= 1 and part[:4] == old[:4]), "")
        if near:
            found[part] = found[near] + "a" if len(part) > len(near) else found[near][:-1] + "o"
    return {old: new for old, new in (found | short_names(own, family, found)).items() if old != new}


def short_names(own: list[str], family: list[str], found: dict[str, str]) -> dict[str, str]:
    """A person who signs as Bob signs with the new given name: nobody knows what it is short for else."""
    rows = [row for loaded in load().all_of("name_forms") for row in getattr(loaded.entry, "forms", ())]
    return {
        f"{short.title()} {name}": f"{found[part]} {found[name]}"
        for part in set(own) - set(family)
        for row in rows
        for short in row
        if plain(part).lower() in row
        for name in family
        if name in found
    }


def pdf_of(lines: list[str]) -> bytes:
    """A page set from lines, as it would come out of a hospital's system."""
    rows = ["#set page(margin: 1.6cm)", "#set text(size: 10pt)"]
    rows += [f"#text({json.dumps(line, ensure_ascii=False)}) #linebreak()" for line in lines]
    return typst.compile("\n".join(rows).encode())


def picture_of(pdf: bytes, chance: random.Random) -> Image.Image:
    """The first page as a scanner, a fax or a telephone sees it."""
    page = pypdfium2.PdfDocument(pdf)[0]
    picture = ImageOps.grayscale(page.render(scale=DOTS).to_pil())
    picture = picture.rotate(chance.uniform(-1.5, 1.5), fillcolor=245, expand=True)
    if chance.random() < 0.25:
        picture = picture.rotate(chance.choice([90, 180, 270]), expand=True)
    if chance.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(chance.uniform(0.3, 0.7)))
    edge = int(picture.width * chance.uniform(0.0, 0.02))
    return picture.crop((edge, edge, picture.width - edge, picture.height - edge))


def save(picture: Image.Image, target: Path, chance: random.Random) -> None:
    """In the form that the file's ending says."""
    ending = target.suffix.lower()
    if ending in {".tif", ".tiff"}:
        picture.point(lambda value: 255 if value > 150 else 0).convert("1").save(target, compression="group4")
    elif ending == ".heic":
        picture.save(target.with_suffix(".jpg"), quality=chance.randint(45, 85))
        target.with_suffix(".jpg").rename(target)  # a JPEG under this name: telephones do that, too
    elif ending == ".pdf":
        picture.save(target, "PDF", resolution=150)
    else:
        picture.save(target, quality=chance.randint(45, 85))


def changed_docx(source: Path, target: Path, change: Change) -> None:
    document = docx.Document(str(source))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for paragraph in [*document.paragraphs, *(one for cell in cells for one in cell.paragraphs)]:
        new = change.text(paragraph.text)
        if new != paragraph.text:
            paragraph.text = new
    document.save(str(target))


def changed_dicom(source: Path, target: Path, change: Change) -> None:
    """Names and days of the header; numbers of study and instance stay, so that the index of the CD holds."""
    dataset = pydicom.dcmread(source)

    def one(_dataset: pydicom.Dataset, element: pydicom.DataElement) -> None:
        if element.VR in {"PN", "DA", "LO", "ST", "LT", "UT", "SH", "DT"} and element.value:
            values = element.value if isinstance(element.value, pydicom.multival.MultiValue) else [element.value]
            new = [change.text(str(value)) for value in values]
            element.value = new if len(new) > 1 else new[0]

    dataset.walk(one)
    if "EncapsulatedDocument" in dataset:
        lines = [line for page in pypdfium2.PdfDocument(dataset.EncapsulatedDocument) for line in _lines(page)]
        body = pdf_of([change.text(line) for line in lines])
        dataset.EncapsulatedDocument = body + b"\0" * (len(body) % 2)
    dataset.save_as(target)


def _lines(page: pypdfium2.PdfPage) -> list[str]:
    return [line for line in page.get_textpage().get_text_bounded().splitlines() if line.strip()]


def changed_mail(source: Path, target: Path, change: Change, inbox: Path) -> None:
    """The words of a mail changed; an attachment that lies in the box becomes the box's new file."""
    message = email.message_from_bytes(source.read_bytes(), policy=email.policy.default)
    new = EmailMessage()
    for name in ("From", "To", "Subject", "Date"):
        if message[name]:
            new[name] = change.text(str(message[name])) if name != "Date" else _later(str(message[name]), change)
    body = message.get_body(("plain",))
    new.set_content(change.text(body.get_content()) if body else "")
    for part in message.iter_attachments():
        name = part.get_filename() or "attachment"
        lies = next((file for file in source.parents[0].rglob("*") if file.name == name), None)
        path = lies.relative_to(source.parent).as_posix() if lies else ""
        lying = inbox / change.files.get(path, path) if path else None
        data = lying.read_bytes() if lying and lying.is_file() else part.get_payload(decode=True)
        new.add_attachment(data, maintype="application", subtype="pdf", filename=change.text(name))
    target.write_bytes(new.as_bytes())


def _later(stamp: str, change: Change) -> str:
    when = email.utils.parsedate_to_datetime(stamp) + datetime.timedelta(days=change.days)
    return email.utils.format_datetime(when)


def changed_zip(source: Path, target: Path, change: Change) -> None:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(
                info.filename, change.text(data.decode("utf-8", "replace")) if PAPER.search(info.filename) else data
            )


def changed_text(source: Path, target: Path, change: Change) -> None:
    data = source.read_bytes()
    try:
        target.write_bytes(change.text(data.decode()).encode())
    except UnicodeDecodeError:
        target.write_bytes(change.text(data.decode("cp1252", "replace")).encode("cp1252", "replace"))


def new_name(path: str, chance: random.Random, change: Change) -> str:
    """Files that are no part of a CD get another name; what its ending and folder say stays."""
    folder_name, _, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if dot and stem and PAPER.search(name) and chance.random() < 0.3:
        name = f"{chance.choice(['scan', 'file', 'doc', 'new', 'Dokument'])}_{chance.randint(10, 99)}.{ending}"
    return f"{folder_name}/{name}" if folder_name else change.text(name)


def vary(box: Path, seed: int, out: Path) -> None:
    """A whole new box."""
    records = {record.path: record for record in folder.read(box / "inbox", jobs=2)}
    chance = random.Random(seed)
    expected = json.loads((box / "expected.json").read_text())
    written = [line for record in records.values() for line in record.lines]
    month_first = bool(dates.shows_month_first(written))
    change = Change(names_of(expected, chance), -7 * chance.randint(3, 70), month_first)
    truth = {one["path"].removeprefix("inbox/"): one for one in expected["documents"]}
    shutil.rmtree(out, ignore_errors=True)
    inbox = out / "inbox"
    told = set(truth) | {one["file"].removeprefix("inbox/") for one in expected["ignored_files"]}
    for path in sorted(told):
        source = box / "inbox" / path
        if source.is_file() and path in truth and truth[path].get("readable") and path.count("/") <= 1:
            change.files[path] = new_name(path, chance, change)
    made: dict[str, bytes] = {}
    files = sorted(
        (path for path in (box / "inbox").rglob("*") if path.is_file()), key=lambda path: path.suffix == ".eml"
    )
    for source in files:
        path = source.relative_to(box / "inbox").as_posix()
        target = inbox / change.files.get(path, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        record = records.get(path)
        _put(source, target, path, record, truth, records, change, chance, made, inbox)
    new = {**change.any(expected), "box": f"{expected['box']}#{seed}"}
    (out / "expected.json").write_text(json.dumps(new, ensure_ascii=False, indent=1))
    request = change.any(json.loads((box / "request.json").read_text()))
    (out / "request.json").write_text(json.dumps(request, ensure_ascii=False, indent=1))


def _put(
    source: Path,
    target: Path,
    path: str,
    record: Any,
    truth: dict[str, Any],
    records: dict[str, Any],
    change: Change,
    chance: random.Random,
    made: dict[str, bytes],
    inbox: Path,
) -> None:
    """One file of the new box."""
    said = truth.get(path, {})
    lead = said.get("duplicate_of", "").removeprefix("inbox/")
    is_scan = record is not None and any(page.scanned for page in record.reading.pages)
    ending = source.suffix.lower()
    if record is not None and record.reading.instance is not None:
        changed_dicom(source, target, change)
    elif said.get("duplicate_kind") == "byte" and lead in made:
        target.write_bytes(made[lead])
    elif record is not None and record.lines and (ending == ".pdf" or ending in PICTURES):
        text = records[lead].lines if lead in records and records[lead].lines else record.lines
        pdf = pdf_of([change.text(line) for line in text])
        if is_scan or ending in PICTURES:
            save(picture_of(pdf, chance), target, chance)
        else:
            target.write_bytes(pdf)
    else:
        _other(source, target, ending, record, change, inbox)
    made[path] = target.read_bytes()


def _other(source: Path, target: Path, ending: str, record: Any, change: Change, inbox: Path) -> None:
    readable = record is not None and record.reading.verdict.value in {"read", "archive"}
    ways: dict[str, Callable[[], None]] = {
        ".docx": lambda: changed_docx(source, target, change),
        ".eml": lambda: changed_mail(source, target, change, inbox),
        ".zip": lambda: changed_zip(source, target, change),
        **dict.fromkeys((".txt", ".csv", ".json", ".xml"), lambda: changed_text(source, target, change)),
    }
    if readable and ending in ways:
        ways[ending]()
    else:
        shutil.copyfile(source, target)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("box", type=Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("out", type=Path, nargs="?")
    words = parser.parse_intermixed_args()
    out = words.out or Path(f"{words.box.name}-{words.seed}")
    vary(words.box, words.seed, out)
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
