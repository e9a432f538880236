"""Records: sent by the patient, read by the worker, held when another person's; a hospital adds one by link."""

from __future__ import annotations

import re
from typing import Final

from consilia.cli.journey import request, sending
from consilia.cli.journey.browser import Browser
from consilia.cli.journey.pages import Page, Stuck, said
from consilia.cli.journey.tale import Tale, wait

LINK: Final = re.compile(r"https?://[^\s<>\"]+/add/[\w-]+/")
GONE: Final = 404  # status of a link that is over
ONE_BY_FORM: Final = 1  # files that go by the plain form, as without JavaScript


def send(tale: Tale) -> str:
    """The folder in resumable pieces; one file by the plain form."""
    files = dict(tale.errand.records)
    browser, page = tale.patient, tale.patient.open(f"{tale.case}records/")
    by_form = min(files, key=lambda path: len(files[path]))
    if by_form.rpartition("/")[2] not in page.words:
        form = page.form(action="/records/files/")
        name = next(name for name in form.names if name == "files")
        browser.send(form.attach(name, by_form, files[by_form]), "Send")
    del files[by_form]
    pieces = sending.send_all(browser, page, files)
    return f"{len(files)} files in {pieces} pieces, {ONE_BY_FORM} by the form"


def be_sorted(tale: Tale) -> str:
    """The patient reloads until everything was read; then the page says what was taken, held and set aside."""
    page = wait_until_read(tale.patient, tale.case)
    counts = {said: int(number) for said, number in re.findall(r"(Need you|Taken|Set aside) (\d+)", page.words)}
    if not counts.get("Taken"):
        raise Stuck(f"no record was taken: {page.words[:400]}")
    return ", ".join(f"{said.lower()}: {number}" for said, number in counts.items())


def wait_until_read(browser: Browser, case: str) -> Page:
    def read() -> Page | None:
        page = browser.open(f"{case}records/")
        return (
            None if re.search(r"\bare? here and (is|are) being read|\bis here and is being read", page.words) else page
        )

    return wait(read, "the records were not read")


def see_held(tale: Tale) -> str:
    """What is held, and why, in a comparison of what the file says with what she told."""
    page = tale.patient.open(f"{tale.case}records/")
    held = [one for one in page.tree.iter("article") if "card--held" in (one.get("class") or "")]
    if not held and not tale.errand.stranger:
        return "nothing is held"
    words = [" ".join(" ".join(one.itertext()).split()) for one in held]
    if not any(tale.errand.stranger.lower() in one.lower() for one in words):
        raise Stuck(f"the record of {tale.errand.stranger} is not held; held are: {'; '.join(words)[:300]}")
    names = [said(name) for one in held for name in one.find_class("fname")]
    tale.notes["held"] = "\n".join(names)
    return f"{', '.join(names)}; {tale.errand.stranger or 'another person'} stands on it"


def see_missing(tale: Tale) -> str:
    """What is here and what is missing, with the reason why it matters and a letter for each."""
    page = tale.patient.open(f"{tale.case}readiness/")
    letters = [address for _, address in page.links if address.endswith("/letter/")]
    if not letters:
        raise Stuck("nothing is missing that a letter could ask for")
    tale.notes["letter"] = letters[0]
    return f"{page.heading}; {len(letters)} letters ready"


def write_letter(tale: Tale) -> str:
    """The letter to the hospital, with a link that works once."""
    browser = tale.patient
    page = browser.open(tale.notes["letter"])
    form = page.form("hospital", "text")
    language = page.form("language").value("language") if page.has_form("language") else ""
    if not form.value("hospital"):
        form.set("hospital", "Ospedale San Mauro")
    page = browser.send(form, "copy")
    found = LINK.search(page.words)
    if found is None:
        raise Stuck(f"the letter holds no link: {page.words[:300]}")
    tale.notes["hospital link"] = found[0].removeprefix(tale.instance.base)
    return f"letter in {language or 'one language'}"


def hospital_sends(tale: Tale) -> str:
    """The hospital opens the link, sees no name, sends one record and closes the link; the patient finds the record."""
    browser, link = tale.browser("hospital"), tale.notes["hospital link"]
    path, content = request.of_hospital(tale.errand.request, tale.today)
    answer = browser.ask("GET", link)
    is_over = answer.status == GONE or "over" in Page(answer.address, answer.content).heading
    if not (is_over and "hospital sent" in tale.notes):
        page = browser.open(link)
        if tale.errand.request.family_name in page.words:
            raise Stuck("the hospital's page names the patient")
        sending.send_all(browser, page, {path: content})
        tale.notes["hospital sent"] = path
        browser.send(page.form(action="/finish/"))
    wait(
        lambda: path in tale.patient.open(f"{tale.case}records/").words,
        f"the patient does not see {path}, which the hospital sent before it closed the link",
    )
    wait_until_read(tale.patient, tale.case)
    return f"{path} arrived; the link is closed"


def hand_in(tale: Tale) -> str:
    """Handed in with the outcome that the rules give."""
    browser = tale.patient
    page = browser.open(f"{tale.case}hand-in/")
    forms = [one for one in page.forms if one.method == "post" and one.action.endswith("/hand-in/")]
    if forms:
        page = browser.send(forms[0])
    return page.heading
