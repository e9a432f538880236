"""A second patient with a canary in every field: her case is withdrawn and erased, and no trace of it is left."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from consilia.cli.demo import boxes
from consilia.cli.journey import beginning, experts, records, sending
from consilia.cli.journey.pages import Stuck
from consilia.cli.journey.tale import Tale, wait

CANARY: Final = "Kanarienvogel7Q3"  # a word that nothing else contains
EMAIL: Final = "second.patient@journey.example"
STEP: Final = 1 << 20  # bytes read at a time


def begin(tale: Tale) -> str:
    """A second person with a case of her own; the canary stands in every field that takes words."""
    browser, country = tale.browser("second patient"), tale.errand.request.country
    beginning.sign_up(tale, browser, EMAIL)
    if "second case" not in tale.notes:
        beginning.start_case(tale, browser, "second case", {
            "given_name": f"{CANARY}a",
            "family_name": f"{CANARY}b",
            "birth_date": "1980-02-03",
            "sex": "female",
            "residence_country": country,
        })  # fmt: skip
    case = tale.notes["second case"]
    words = {
        "stated_diagnosis": f"{CANARY} diagnosis",
        "proposed_therapy": f"{CANARY} therapy",
        "treating_doctor": f"{CANARY} doctor",
        "hospital": f"{CANARY} hospital",
        "matters": f"{CANARY} matters",
    }
    beginning.describe_case(browser, case, words)
    beginning.ask_questions(browser, case, (f"{CANARY} question?",))
    beginning.agree(browser, case)
    return "a canary in every field"


def send(tale: Tale) -> str:
    """Records with the canary in names, words and tags."""
    browser, case = tale.browser("second patient"), tale.notes["second case"]
    whose = boxes.Whose(f"{CANARY}a", f"{CANARY}b", tale.today.replace(year=1980))
    files = {f"{CANARY}.txt": CANARY.encode() * 50}
    for key in ("pathology", "words"):
        path, content = boxes.paper(key, whose, tale.today)
        files[f"{CANARY} {path}"] = content
    path, content = next(iter(boxes.series(whose, tale.today).items()))
    files[f"{CANARY}/{path}"] = content
    page = browser.open(f"{case}records/")
    sending.send_all(browser, page, files)
    records.wait_until_read(browser, case)
    page = browser.open(f"{case}messages/")
    if CANARY not in page.words:
        browser.send(page.form("text").fill(text=f"{CANARY} message"))
    if not list(traces(tale.instance.home, CANARY)):
        raise Stuck("the canary is nowhere in the data folder, so that its absence would prove nothing")
    return f"{len(files)} records; the canary is in the data folder"


def erase(tale: Tale) -> str:
    """Withdrawn by naming the case, then erased after she showed once more that it is she."""
    browser, case = tale.browser("second patient"), tale.notes["second case"]
    if browser.ask("GET", case).status == 404:
        return "erased before"
    reference = _reference(tale)
    page = browser.open(f"{case}leave/withdraw/")
    if page.has_form("reference"):
        browser.send(page.form("reference").fill(reference=reference))
    page = browser.open(f"{case}leave/erase/")
    if not page.has_form("reference"):
        _show_again(tale, page.link("/step-up/"))
        page = browser.open(f"{case}leave/erase/")
    page = browser.send(page.form("reference").fill(reference=reference))
    if browser.ask("GET", case).status != 404:
        raise Stuck("the erased case can still be opened")
    return page.heading


def _reference(tale: Tale) -> str:
    """The number of the case, as the page says it: C-2026-7KQ4M2."""
    browser = tale.browser("second patient")
    words = browser.open(f"{tale.notes['second case']}leave/withdraw/").words
    return next(word.strip(".,:") for word in words.split() if word.startswith("C-") and word.count("-") == 2)


def _show_again(tale: Tale, place: str) -> None:
    """By a code in the post, as somebody without a second factor does."""
    browser = tale.browser("second patient")
    page = experts.shown_again(browser, browser.open(place))
    if page.has_form(action="/step-up/code/"):
        page = browser.send(page.form(action="/step-up/code/"))
        browser.send(page.form("code").fill(code=tale.mailed_code(EMAIL)))


def leave_no_trace(tale: Tale) -> str:
    """No file of the data folder holds the canary, in whatever writing; asked again when the server has stopped."""
    found = wait(lambda: not list(traces(tale.instance.home, CANARY)), "the canary is still in the data folder", 60)
    return "0 traces in the raw bytes" if found else ""


def traces(folder: Path, word: str) -> Iterator[str]:
    """Files that hold the word as UTF-8, UTF-16, hexadecimal or base64 (at each of its three offsets)."""
    plain = word.encode()
    shapes = [plain, word.encode("utf-16-le"), word.encode("utf-16-be"), plain.hex().encode(), *_base64(plain)]
    for path in sorted(folder.rglob("*")):
        if any(part.startswith(word) or word in part for part in path.relative_to(folder).parts):
            yield f"{path.relative_to(folder)} (name)"
        elif path.is_file() and _holds(path, shapes):
            yield str(path.relative_to(folder))


def _base64(plain: bytes) -> list[bytes]:
    """The letters that do not depend on what stands before and after."""
    return [base64.b64encode(b"\0" * shift + plain)[(4, 4, 4)[shift] if shift else 0 : -4] for shift in range(3)]


def _holds(path: Path, shapes: list[bytes]) -> bool:
    longest, before = max(map(len, shapes)), b""
    try:
        with path.open("rb") as file:
            while piece := file.read(STEP):
                if any(shape in before + piece for shape in shapes):
                    return True
                before = piece[-longest:]
    except FileNotFoundError:  # a temporary file that went meanwhile
        return False
    return False
