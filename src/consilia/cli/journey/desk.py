"""The desk's part: whose is the held record, the quality gate, the offer, the seats and the editorial check."""

from __future__ import annotations

from typing import Any, Final

from consilia.cli.journey.pages import Form, Page, Stuck, said
from consilia.cli.journey.tale import Tale

SUMMARY: Final = (
    "Journey: a person asks whether diagnosis and plan hold. The records are those listed; some are missing."
)
REASON: Final = "Journey: the hospital cannot send it in time; the experts can say what they cannot judge without it."
BACK: Final = "Journey: please say in the plain page what to ask the doctor next."


def take(tale: Tale) -> str:
    """The coordinator finds the case in the worklist and takes it."""
    eva = tale.staff("Eva")
    page = eva.open("/desk/")
    if not page.has_link(tale.desk):
        raise Stuck("the worklist does not show the case that was handed in")
    page = eva.open(tale.desk)
    if page.has_form(action="/take/"):
        page = eva.send(page.form(action="/take/"))
    return page.heading


def decide_held(tale: Tale) -> str:
    """Each held record is looked at beside what the patient told, and kept out."""
    eva, kept_out = tale.staff("Eva"), 0
    page = eva.open(tale.desk)
    while forms := _decisions(page):
        page = eva.send(forms[0], "keep_out")
        kept_out += 1
        if kept_out > 50:
            raise Stuck("a record that was kept out stays held")
    return f"{kept_out} kept out, the patient is told"


def _decisions(page: Page) -> list[Form]:
    return [one for one in page.forms if "/held/" in one.action and "keep_out" in _button_values(one)]


def _button_values(form: Form) -> set[str]:
    return {value for name, value in form.buttons if name == "decision"}


def pass_gate(tale: Tale) -> str:
    """The editor reads what is missing, says in words why the case can go on without it, and passes it."""
    priya = tale.staff("Priya")
    page = priya.open(f"{tale.desk}gate/")
    if not page.has_form("summary"):
        return "passed before"
    form = page.form("summary").fill(summary=SUMMARY)
    bypass = "bypass_reason" in form.names
    if bypass:
        form.set("bypass_reason", REASON)
    page = priya.send(form)
    return f"{page.heading}; {'with a reason for what is missing' if bypass else 'nothing was missing'}"


def offer(tale: Tale) -> str:
    """The offer, free of charge."""
    eva = tale.staff("Eva")
    page = eva.open(f"{tale.desk}offer/")
    if page.has_form("settlement"):
        eva.send(page.form("settlement").fill(settlement="free"))
    return "free of charge"


def plan_seats(tale: Tale) -> str:
    """One seat for each country that the patient wants; the law of the pair says which goes through her doctor."""
    eva, came_out = tale.staff("Eva"), []
    for code in tale.errand.request.countries:
        page = eva.open(f"{tale.desk}seats/")
        card = _country(page, code)
        if not card.xpath(".//*[contains(@class, 'seat')]"):
            form = next((one for one in page.forms if one.value("country") == code), None)
            if form is None:
                raise Stuck(f"no seat can be planned for {code}")
            page = eva.send(form)
            card = _country(page, code)
        came_out.append(f"{code} {_law(card)}")
    return "; ".join(came_out)


def _law(card: Any) -> str:
    """What the law of the pair says in two words, and the reason where it is not simply possible."""
    verdict = said(card.xpath(".//header/p")[0])
    reason = next((said(one) for one in card.iter("li")), "")
    if "doctor" in verdict and not reason:
        raise Stuck(f"a seat goes through the doctor, and the page does not say why: {verdict}")
    return f"({verdict}: {reason})" if "doctor" in verdict else "(possible)"


def _country(page: Page, code: str) -> Any:
    found = page.tree.xpath("//section[@aria-labelledby=$key]", key=f"c-{code}")
    if not found:
        raise Stuck(f"the page of seats does not show {code}")
    return found[0]


def invite(tale: Tale) -> str:
    """The experts of Germany and Israel are asked; nobody can be asked for the seat that goes through the doctor."""
    eva, asked = tale.staff("Eva"), 0
    page = eva.open(f"{tale.desk}seats/")
    while forms := [one for one in page.forms if one.action.endswith("/invite/")]:
        page = eva.send(forms[0])
        asked += 1
        if asked > 9:
            raise Stuck("an expert who was asked can be asked again and again")
    return f"{asked} asked"


def send_back(tale: Tale) -> str:
    """The editor sends the opinion back once, with reasons."""
    priya = tale.staff("Priya")
    page = priya.open(f"{tale.desk}editorial/")
    if BACK in page.words or not page.has_form("opinion"):
        return "sent back before"
    priya.send(page.form("opinion", "reasons").fill(reasons=BACK), "back")
    return "with reasons"


def pass_on(tale: Tale) -> str:
    """All six points hold: the expert can sign."""
    priya = tale.staff("Priya")
    page = priya.open(f"{tale.desk}editorial/")
    if page.has_form("opinion", "ticked"):
        form = page.form("opinion", "ticked")
        priya.send(form.fill(ticked=list(form.options("ticked"))), "pass")
    return "six points hold"
