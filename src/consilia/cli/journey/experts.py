"""The expert's part: answers the invitation, opens the records, asks, writes with sources, hands in, signs, adds."""

from __future__ import annotations

import json
import re
from typing import Final

from consilia.cli.journey.browser import Browser
from consilia.cli.journey.pages import Form, Page, Stuck
from consilia.cli.journey.tale import Tale

IMAGE: Final = "image/"
CITED: Final = "1"  # number of the first source
CANNOT: Final = "This cannot be judged from these records."
MEASURED: Final = "19.5 mm"  # the words beside a line of the key image
SEEN: Final = "Journey: the page was read; what stands on it is cited."
QUESTION: Final = "Journey: on which day is the next appointment?"
ANSWER: Final = "Journey: the day is not fixed yet."
MORE: Final = "Which result is still to come?"
REASON: Final = "A question of the patient"
LATER: Final = "Journey: the opinion stands; the result that is still to come was not among the records."

# What the fields of the opinion get, by the end of their names: no medical claim, only what can be said of any case.
CHOICES: Final = {
    "verdict": "cannot_be_judged",
    "certainty": "low",
    "confidence": "low",
    "urgency": "none",
    "grade": "na",
}
WORDS: Final = {
    "summary-title": "on the records of this journey",
    "summary-in_short": CANNOT,
    "summary-words": SEEN,
    "plain-what_we_think": f"Journey: {CANNOT}",
    "plain-how_sure": "Journey: not sure at all.",
    "plain-what_next": "Journey: speak with your doctor about the results that are missing.",
    "plain-what_to_ask": "Which results are missing?",
}
STATEMENTS: Final = {
    "diagnoses-1-words": CANNOT,
    "therapies-1-reason": CANNOT,
    "short": CANNOT,
    "explanation": SEEN,
}


def accept(tale: Tale) -> str:
    """The expert of Germany declares no conflict of interest and takes the case."""
    weber = tale.staff("Anna Weber")
    page = weber.open("/expert/")
    if page.has_link(tale.expert):
        return "accepted before"
    page = weber.open(_invitation(tale, page))
    _covered(tale, page)
    if page.has_form(action="/conflicts/"):
        page = weber.send(page.form(action="/conflicts/"))
        _covered(tale, page)
    page = weber.send(page.form("no_conflict").fill(no_conflict=True))
    return page.heading


def decline(tale: Tale) -> str:
    """The expert of Israel declines with a code and a word to the desk."""
    levi = tale.staff("Noam Levi")
    page = levi.open("/expert/")
    if not page.has_link("/invitations/"):
        return "declined before"
    page = levi.open(_invitation(tale, page))
    levi.send(page.form("code").fill(code="no_time", note="Journey: away this week."))
    return "no time"


def _invitation(tale: Tale, page: Page) -> str:
    case_id = tale.case.rstrip("/").rpartition("/")[2]
    return page.link(f"/invitations/{case_id}")


def _covered(tale: Tale, page: Page) -> None:
    """Experts see age and sex, not the name."""
    if tale.errand.request.family_name.lower() in page.words.lower():
        raise Stuck(f"{page.path} shows the name of the patient to an expert")


def read(tale: Tale) -> str:
    """Every record is opened; pages and images come as pictures, with the names covered."""
    weber = tale.staff("Anna Weber")
    page = weber.open(tale.expert)
    places = [address for _, address in page.links if "/records/" in address or "/studies/" in address]
    if not places:
        raise Stuck("the expert sees no record")
    pictures = 0
    for place in dict.fromkeys(one.partition("#")[0] for one in places):
        page = weber.open(place)
        _covered(tale, page)
        pictures += _pictures(weber, page)
    return f"{len(set(places))} records opened, {pictures} pictures seen, no name"


def _pictures(browser: Browser, page: Page) -> int:
    """Loads the pictures of the page that the server makes."""
    places = [one.get("src") for one in page.tree.iter("img") if "/pages/" in (one.get("src") or "")]
    places += [one.get("src") for one in page.tree.iter("img") if "/frames/" in (one.get("src") or "")]
    for place in places:
        if IMAGE not in browser.download(place).headers["content-type"]:
            raise Stuck(f"{place} is no picture")
    return len(places)


def ask(tale: Tale) -> str:
    """A question to the patient stops the clock."""
    weber = tale.staff("Anna Weber")
    page = weber.open(f"{tale.expert}ask/")
    if QUESTION not in page.words:
        page = weber.send(page.form("whom", "text").fill(whom="patient", text=QUESTION))
    page.require(QUESTION)
    return "the clock stands still"


def answer(tale: Tale) -> str:
    """The patient finds the question on the page of her case and answers."""
    page = tale.patient.open(tale.case)
    questions = [address for _, address in page.links if "/expert-questions/" in address]
    if questions:
        page = tale.patient.open(questions[0])
        if page.has_form("answer"):
            tale.patient.send(page.form("answer").fill(answer=ANSWER))
    tale.staff("Anna Weber").open(f"{tale.expert}ask/").require(ANSWER)
    return "the expert reads the answer"


def write(tale: Tale) -> str:
    """Cites a page, then fills in every part; the words are saved by version."""
    weber = tale.staff("Anna Weber")
    page = weber.open(tale.expert)
    if not page.has_form("version", "back"):
        return "handed in before"
    if not any(name == "sources-here" and CITED in value for name, value in _opinion(page).pairs()):
        _cite(tale, weber, page)
        page = weber.open(tale.expert)
    if not any(name.startswith("findings-1-") for name in _opinion(page).names):
        page = weber.send(_opinion(page), "add findings")
    form = _filled(_opinion(page))
    page = weber.send(form, "Save")
    if open_points := _reasons(page):
        raise Stuck(f"reasons against handing in: {'; '.join(open_points)}")
    return f"{len(form.names)} fields, saved"


def _opinion(page: Page) -> Form:
    return page.form("version", "back")


def _cite(tale: Tale, browser: Browser, page: Page) -> None:
    """The first paper of the list, page 1."""
    for _, place in page.links:
        if "/records/" in place:
            paper = browser.open(place.partition("#")[0])
            browser.send(_opinion(paper), "cite page")
            return
    raise Stuck("there is no paper that could be cited")


def cite_image(tale: Tale) -> str:
    """Opens the study by DICOMweb, measures a slice, cites it; it opens again as it was seen."""
    weber = tale.staff("Anna Weber")
    page = weber.open(tale.expert)
    if not page.has_form("version", "back"):
        return "handed in before"
    places = [address for _, address in page.links if "/studies/" in address]
    if not places:
        return "there are no images"
    page = weber.open(places[0].partition("#")[0])
    root = next(one.get("data-address") or "" for one in page.tree.find_class("room__view"))
    headers = json.loads(weber.download(f"{root}/metadata").content)
    slice_uid = headers[len(headers) // 2]["00080018"]["Value"][0]
    weber.download(f"{root}/instances/{slice_uid}/frames/1")
    seen = {
        "instance": slice_uid,
        "frame": 1,
        "window": {"center": 40, "width": 400},
        "zoom": 2,
        "marks": [{"kind": "length", "points": [[10, 12], [30, 12]], "words": MEASURED}],
    }
    form = _opinion(page)
    form.set("cite-view", json.dumps(seen))
    page = weber.send(form, "cite-image")
    if not any(MEASURED in value for _name, value in _opinion(page).pairs()):
        raise Stuck(f"{page.path} does not name the measurement {MEASURED}")
    again = next((address for _, address in page.links if "?source=" in address), "")
    kept = weber.download(again.partition("#")[0]).content.decode().partition("data-viewer-kept")[2]
    if MEASURED not in kept.partition("</script>")[0]:
        raise Stuck(f"{again} does not open the key image as it was seen")
    return f"image of {len(headers)}, {MEASURED}; opens as it was seen"


def _filled(form: Form) -> Form:
    for name in form.names:
        end = name.rpartition("-")[2]
        if end in CHOICES and form.options(name):
            form.set(name, CHOICES[end])
        elif name in WORDS:
            form.set(name, WORDS[name])
        elif name in STATEMENTS or (end in STATEMENTS and name.startswith("answers-")):
            form.set(name, STATEMENTS.get(name, STATEMENTS.get(end, "")))
        elif name.endswith("-sources") and form.options(name):
            form.set(name, [CITED])
    if "findings-1-words" in form.names:
        form.fill(**{"findings-1-kind": "other", "findings-1-words": SEEN})
    return form.fill(**{"declaration-made": True})


def _reasons(page: Page) -> list[str]:
    """What stands against handing in, as the page says beside the button."""
    return [" ".join(one.itertext()).strip() for one in page.tree.xpath("//*[@id='reasons']//li")]


def hand_in(tale: Tale) -> str:
    """Hands the opinion to the editor."""
    weber = tale.staff("Anna Weber")
    page = weber.open(tale.expert)
    if page.has_form("version", "back"):
        page = weber.send(_opinion(page), "Hand to the editor")
    if page.has_form("version", "back"):
        raise Stuck(f"the opinion was not handed in: {'; '.join(_reasons(page))}")
    return "with the editor"


def mend(tale: Tale) -> str:
    """Reads why it came back, adds what is asked for and hands it in again."""
    weber = tale.staff("Anna Weber")
    page = weber.open(tale.expert)
    if page.has_form("version", "back"):
        form = _opinion(page).fill(**{"plain-what_to_ask": f"{WORDS['plain-what_to_ask']}\n{MORE}"})
        weber.send(form, "Save")
    return hand_in(tale)


def sign(tale: Tale) -> str:
    """Shows once more who she is, and signs what she read."""
    weber = tale.staff("Anna Weber")
    page = weber.open(f"{tale.expert}opinion/sign/")
    if "/sign/" in page.path:
        page = weber.send(page.form("version", action="/sign/"))
    page = shown_again(weber, page)
    if "/sign/" in page.path:
        page = weber.send(page.form("version", action="/sign/"))
    found = re.search(r"\bO-[0-9A-Z-]+", page.words)
    if found is None:
        raise Stuck(f"nothing was signed: {page.words[:300]}")
    tale.notes["opinion number"] = found[0]
    return f"signed: {found[0]}"


def shown_again(browser: Browser, page: Page) -> Page:
    """The step-up of the demo, where the page asks for it."""
    if page.has_form(action="/step-up/demo/"):
        return browser.send(page.form(action="/step-up/demo/"))
    return page


def add(tale: Tale) -> str:
    """Answers the patient's later question by a signed addendum."""
    weber = tale.staff("Anna Weber")
    page = weber.open(f"{tale.expert}opinion/addendum/")
    if LATER in page.words or not page.has_form("follow_ups"):
        return "answered before"
    form = page.form("follow_ups", "reason", "words")
    form.fill(follow_ups=list(form.options("follow_ups")), reason=REASON, words=LATER)
    if page.has_link("/step-up/"):
        shown_again(weber, weber.open(page.link("/step-up/")))
    page = weber.send(form)
    if page.has_form("follow_ups"):
        raise Stuck(f"the addendum was not signed: {'; '.join(page.errors)}")
    return "one addendum signed"
