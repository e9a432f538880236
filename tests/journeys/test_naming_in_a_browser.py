"""What is this paper? In Chromium: at most two keys a document, and the page is never loaded again."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PAPERS = {
    "sheet.txt": "Sheet 2\nTemperature   Pulse   Weight\nno complaint\n",
    "insurance.txt": "Summary for the insurance\nHistology: see report of 04/05/2026\nECG: normal\n",
    "notes.txt": "Mammography of both sides discussed\nWe talked about the biopsy\n03/04/2026\n",
}


def place(page: Page, number: int) -> None:
    """Waits until the paper stands there and is said, which is the last thing that happens."""
    expect(page.locator("#naming-said")).to_contain_text(f"Paper {number} of {len(PAPERS)}", timeout=30_000)
    expect(page.locator("#naming [data-asked]")).not_to_have_count(0)


def keys_for(page: Page) -> list[str]:
    """The first choice of each question that is asked, by its key."""
    return [question.locator("label kbd").first.inner_text() for question in page.locator("#naming [data-asked]").all()]


def test_a_coordinator_names_three_papers_with_at_most_two_keys_each_and_no_page_load(browser, server, tmp_path):
    links = server.demo_links()
    by_name = {name.partition(",")[0]: path for name, path in links.items()}
    ana = browser.new_context(base_url=server.base).new_page()
    ana.goto(by_name["Ana Costa"])
    ana.goto("/patient/")
    ana.locator("a[href*='/patient/cases/']").first.click()
    case = ana.url.split("/patient/")[1]
    ana.goto(f"/patient/{case}records/")
    for number, (name, words) in enumerate(PAPERS.items(), 1):  # one by one: the last one is known but for its day
        (tmp_path / name).write_text(words)
        ana.set_input_files("#files", [tmp_path / name])
        expect(ana.locator("a[href$='naming/']")).to_contain_text(str(number), timeout=60_000)
    ana.context.close()

    context = browser.new_context(base_url=server.base, viewport={"width": 1280, "height": 900})
    eva = context.new_page()
    eva.goto(by_name["Eva Lindner"])
    eva.goto(f"/desk/{case}")
    eva.locator("a[href$='naming/']").click()
    place(eva, 1)
    eva.evaluate("window.stillTheSamePage = true")
    loads: list[str] = []
    eva.on("request", lambda one: loads.append(one.url) if one.resource_type == "document" else None)

    for number in range(1, len(PAPERS) + 1):
        place(eva, number)
        keys = keys_for(eva)
        assert 1 <= len(keys) <= 2, keys
        for key in keys:
            eva.keyboard.press(key)
    expect(eva.locator("#naming")).to_contain_text("Every paper has a name")
    expect(eva.locator("#naming-said")).to_contain_text("Saved")

    eva.keyboard.press("u")
    place(eva, len(PAPERS))
    eva.keyboard.press("Enter")  # takes what is marked
    expect(eva.locator("#naming")).to_contain_text("Every paper has a name")
    assert eva.evaluate("window.stillTheSamePage") is True
    assert loads == []

    eva.goto(f"/desk/{case}")
    expect(eva.locator("a[href$='naming/']")).to_have_count(0)
    context.close()
