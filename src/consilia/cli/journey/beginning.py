"""The first part of a journey: self-check, account by a mailed code, the case in the patient's words, consents."""

from __future__ import annotations

from typing import Final

from consilia.cli.journey.browser import Browser
from consilia.cli.journey.pages import Form, Page, Stuck
from consilia.cli.journey.tale import Tale

# How somebody answers whom a second opinion suits; every other question is answered with "no".
SELF_CHECK: Final = {
    "asks_as": "self",
    "age_group": "adult",
    "seen_in_person": "yes",
    "named_diagnosis": "yes",
    "tests_recommended": "some_open",
    "results_available": "some",
    "doctor_report": "yes",
    "question": "operation",
    "when": "later",
}
PAGES: Final = 30  # of the self-check, at most


def self_check(tale: Tale) -> str:
    """Every question of the self-check is answered, without an account."""
    browser, country = tale.patient, tale.errand.request.country
    page = browser.open("/self-check/")
    for _page in range(PAGES):
        if "/result/" in page.path:
            return page.heading
        form = question_form(page)
        for name in form.names:
            answer(form, name, SELF_CHECK | {"located_in": country, "patient_country": ""})
        page = browser.send(form)
    raise Stuck(f"the self-check does not end; it stands at {page.path}")


def question_form(page: Page) -> Form:
    """The form that asks: the one with a choice in it."""
    for form in page.forms:
        if form.method == "post" and any(form.options(name) for name in form.names):
            return form
    raise Stuck(f"{page.path} asks nothing that could be answered: {page.words[:200]}")


def answer(form: Form, name: str, answers: dict[str, str]) -> None:
    choices = form.options(name)
    if name in answers:
        form.set(name, answers[name])
    elif "no" in choices:
        form.set(name, "no")


def account(tale: Tale) -> str:
    """An account from nothing but an address; the code is read where a person would read it."""
    email = tale.errand.request.email
    sign_up(tale, tale.patient, email)
    return f"signed in as {email}"


def sign_up(tale: Tale, browser: Browser, email: str) -> None:
    """Asks for a code, types it in. Somebody who is signed in already stays so."""
    page = browser.open("/account/sign-up/")
    if not page.has_form("email"):
        return
    page = browser.send(page.form("email").fill(email=email))
    page = browser.send(page.form("code").fill(code=tale.mailed_code(email)))
    if "/sign-" in page.path:
        raise Stuck(f"the code did not sign in: {page.words[:300]}")


def open_case(tale: Tale) -> str:
    """The patient as the records name her; the answers of the self-check come along."""
    request, browser = tale.errand.request, tale.patient
    return start_case(tale, browser, "case", {
        "given_name": request.given_name,
        "family_name": request.family_name,
        "birth_date": request.birth_date.isoformat(),
        "sex": request.sex,
        "residence_country": request.country,
    })  # fmt: skip


def start_case(tale: Tale, browser: Browser, note: str, words: dict[str, str]) -> str:
    """Opens a case unless the person has one already; notes its address."""
    page = browser.open("/patient/")
    opened = [address for _, address in page.links if "/patient/cases/" in address and "/start" not in address]
    if opened:
        page = browser.open(opened[0])
    else:
        page = browser.open("/patient/cases/start/me/")
        page = browser.send(page.form("given_name").fill(**words))
    tale.notes[note] = page.path
    return page.heading


def describe(tale: Tale) -> str:
    """What she was told, who treats her, what matters; part by part, saved as she goes."""
    request = tale.errand.request
    words = {
        "stated_diagnosis": request.diagnosis,
        "proposed_therapy": request.therapy,
        "case_type": "",  # "choose it from my words"
        "treating_doctor": "Dr. Rossi",
        "hospital": "Ospedale San Mauro",
        "hospital_country": request.country,
        "location_country": request.country,
        "matters": "To go on working.",
        "report_language": "en",
        "reading_language": request.language,
    }
    return describe_case(tale.patient, tale.case, words)


def describe_case(browser: Browser, case: str, words: dict[str, str]) -> str:
    """Fills every page of the description; a field that no page asks for is an error."""
    page, asked = browser.open(f"{case}describe/"), set()
    for _page in range(6):
        if "/describe/" not in page.path:
            break
        form = next((one for one in page.forms if set(one.names) & set(words)), None)
        if form is None:
            raise Stuck(f"{page.path} asks nothing that we know")
        known = {name: value for name, value in words.items() if name in form.names}
        asked |= set(known)
        page = browser.send(form.fill(**known))
    if left := set(words) - asked:
        raise Stuck(f"no page of the description asks for {', '.join(sorted(left))}")
    return f"{len(asked)} answers"


def questions(tale: Tale) -> str:
    return ask_questions(tale.patient, tale.case, tale.errand.request.questions)


def ask_questions(browser: Browser, case: str, texts: tuple[str, ...]) -> str:
    """Writes the questions; asks for one more field as often as needed."""
    page = browser.open(f"{case}questions/")
    while not page.has_form(f"question_{len(texts)}"):
        page = browser.send(page.form("question_1"), "1")
    form = page.form("question_1")
    for number, text in enumerate(texts, 1):
        form.set(f"question_{number}", text)
    browser.send(form, "Save")
    browser.open(f"{case}hand-in/").require(*texts)
    return f"{len(texts)} questions"


def consents(tale: Tale) -> str:
    """Every consent that is needed is read and given, one by one."""
    return agree(tale.patient, tale.case)


def agree(browser: Browser, case: str) -> str:
    given = 0
    page = browser.open(f"{case}consents/")
    while form := next((one for one in page.forms if _is_needed(one)), None):
        page = browser.send(form)
        given += 1
        if given > PAGES:
            raise Stuck("a consent that was given is asked for again and again")
    return f"{given} consents given"


def _is_needed(form: Form) -> bool:
    """Needed for every case, or for a country that was chosen."""
    needed = {"service_terms", "health_data", "transfer"}
    return "sha256" in form.names and form.value("purpose") in needed


def countries(tale: Tale) -> str:
    """The countries whose experts she wants to hear; what is possible stands beside each; then the consent for each."""
    wanted, browser = tale.errand.request.countries, tale.patient
    page = browser.open(f"{tale.case}countries/")
    for code in wanted:
        if code not in page.form("countries").options("countries"):
            page = browser.open(f"{tale.case}countries/?look={code}")
    browser.send(page.form("countries").fill(countries=wanted))
    return f"{', '.join(wanted)}; {agree(browser, tale.case)}"


def accept_offer(tale: Tale) -> str:
    """She sees what it costs and what it holds, and accepts."""
    page = tale.patient.open(f"{tale.case}offer/")
    forms = [one for one in page.forms if one.method == "post" and "/offer/" in one.action]
    if forms:
        page = tale.patient.send(forms[0])
    return page.heading
