"""An expert in Chromium: what she writes is saved by itself, and two tabs never overwrite each other."""

from __future__ import annotations

from playwright.sync_api import Page, expect

SAVED = "[data-saved][data-state=saved]"
FIELD = "summary-in_short"


def write(page: Page, words: str) -> None:
    """Opens the part of the form where it is folded, and types."""
    page.locator(f"details:has([name='{FIELD}'])").first.evaluate("one => { one.open = true }")
    page.locator(f"[name='{FIELD}']").fill(words)


def test_two_tabs_of_one_expert_keep_both_words(browser, server):
    link = next(path for said, path in server.demo_links().items() if said.startswith("Anna Weber"))
    context = browser.new_context(base_url=server.base, viewport={"width": 1280, "height": 900})
    first = context.new_page()
    first.goto(link)
    first.goto("/expert/")
    first.locator("a[href*='/expert/cases/']").first.click()
    table = first.url
    second = context.new_page()
    second.goto(table)

    write(first, "The first tab.")
    expect(first.locator("[data-saved]")).to_contain_text("version", timeout=15_000)
    expect(first.locator(SAVED)).to_be_visible(timeout=15_000)
    write(second, "The second tab.")
    sign = second.locator("[data-saved]")
    expect(sign).to_have_attribute("data-state", "failed", timeout=15_000)
    expect(second.locator(f"[name='{FIELD}']")).to_have_value("The second tab.")

    third = context.new_page()
    third.goto(table)
    expect(third.locator(f"[name='{FIELD}']")).to_have_value("The first tab.")
    second.once("dialog", lambda dialog: dialog.accept())
    second.locator("#opinion button[name=do][value=save]").last.click()
    expect(second.locator("main, body").first).to_contain_text("saved elsewhere")
    expect(second.locator("body")).to_contain_text("The first tab.")
    expect(second.locator(f"[name='{FIELD}']")).to_have_value("The second tab.")
    context.close()


def test_a_key_image_is_measured_cited_and_reopened_as_it_was(browser, server):
    link = next(path for said, path in server.demo_links().items() if said.startswith("Anna Weber"))
    context = browser.new_context(base_url=server.base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(link)
    page.goto("/expert/")
    page.locator("a[href*='/expert/cases/']").first.click()
    page.locator("a[href*='/studies/']").first.click()
    expect(page.locator(".room__view img")).to_be_visible()  # something stands there while the viewer starts
    expect(page.locator("[data-viewer=ready]")).to_be_visible(timeout=30_000)
    view = page.locator(".room__view")
    for _step in range(4):
        view.press("ArrowDown")
    expect(page.locator("[data-pane=place]")).to_have_text("5 / 12")
    page.locator("[data-tool=length]").click()
    box = view.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.up()
    drawn = page.locator(".room__canvas svg text")
    expect(drawn).to_contain_text("mm")
    page.locator("button[value=cite-image]").click()
    page.wait_for_url("**?source=*")
    expect(page.locator("[data-viewer=ready]")).to_be_visible(timeout=30_000)
    expect(page.locator("[data-pane=place]")).to_have_text("5 / 12")
    expect(drawn).to_contain_text("mm")
    cited = page.locator("input[name^='sources-'][name$='-label']").last.input_value()
    expect(drawn).to_have_text(cited.rpartition(": ")[2])  # the words that were kept are those of the same two points
    assert faults == []
    context.close()
