"""A patient in Chromium: self-check, account, case, records by the file picker, and one that is held."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect
from tests.journeys import browsing

from consilia.cli.demo import boxes
from consilia.cli.journey.beginning import SELF_CHECK

EMAIL = "carla.nunes@journey.example"
CARLA = boxes.Whose("Carla", "Nunes", date(1966, 8, 20))
TODAY = date(2026, 11, 23)
PAGES = 30


def test_a_patient_finds_out_whether_it_suits_her_and_sees_that_a_strangers_record_is_held(browser, server, tmp_path):
    context = browser.new_context(base_url=server.base, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/self-check/")
    for _page in range(PAGES):
        if "/result/" in page.url:
            break
        browsing.answer(page, SELF_CHECK | {"located_in": "PT"})
    expect(page.get_by_role("heading", level=1)).to_contain_text("second opinion")

    page.goto("/account/sign-up/")
    browsing.fill(page, email=EMAIL)
    browsing.fill(page, code=browsing.mailed_code(page, server, EMAIL))
    page.goto("/patient/cases/start/me/")
    browsing.fill(
        page, given_name="Carla", family_name="Nunes", birth_date="1966-08-20", sex="female", residence_country="PT"
    )
    case = page.url
    page.goto(f"{case}describe/")
    browsing.fill(page, stated_diagnosis="A lump in the left breast", proposed_therapy="An operation")
    page.goto(f"{case}questions/")
    browsing.fill(page, question_1="Is the operation needed now?")
    page.goto(f"{case}consents/")
    for purpose in ("service_terms", "health_data"):
        page.locator(f"form:has(input[name=sha256]):has(input[value={purpose}]) button").click()

    files = [boxes.paper(key, CARLA, TODAY) for key in ("mammography", "pathology", "stranger")]
    for name, content in files:
        (tmp_path / name).write_bytes(content)
    page.goto(f"{case}records/")
    page.set_input_files("#files", [tmp_path / name for name, _content in files])
    held = page.locator("article.card--held")
    expect(held).to_have_count(1, timeout=60_000)
    expect(held).to_contain_text("Maria Lopes Ferreira", ignore_case=True)
    expect(page.locator("#taken")).to_contain_text("2", timeout=60_000)

    held.get_by_role("button", name="It is not mine").click()
    expect(page.locator("article.card--held")).to_have_count(0)
    context.close()
