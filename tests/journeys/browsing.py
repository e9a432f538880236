"""Chromium for the journeys: found on this machine or skipped with a reason, and hands that fill in real pages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from consilia.cli.journey.instance import Instance

NAMES = ("chromium", "chromium-browser", "google-chrome")
# WebGL 2 without a graphics card.
DRAWING = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", *DRAWING]
CODE = re.compile(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; the test is skipped where there is none."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def answer(page: Page, answers: Mapping[str, str], otherwise: str = "no") -> None:
    """Answers every choice of the page's question: the known ones as given, the others with "no"; then goes on."""
    names = dict.fromkeys(page.eval_on_selector_all("main input[type=radio]", "all => all.map(one => one.name)"))
    for name in names:
        value = answers.get(name, otherwise)
        page.locator(f"main input[type=radio][name='{name}'][value='{value}']").check(force=True)
    for name in page.eval_on_selector_all("main select", "all => all.map(one => one.name)"):
        if name in answers:
            page.locator(f"main select[name='{name}']").select_option(answers[name])
    press(page)


def fill(page: Page, **words: str) -> None:
    """Types into the fields that the page has; choices are picked by their value."""
    for name, value in words.items():
        control = page.locator(f"main [name='{name}']").first
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "radio":
            page.locator(f"main [name='{name}'][value='{value}']").check(force=True)
        else:
            control.fill(value)
    press(page)


def press(page: Page) -> None:
    """The main button of the page."""
    page.locator("main form .btn--primary[type=submit]").first.click()
    page.wait_for_load_state()


def mailed_code(page: Page, server: Instance, address: str) -> str:
    """The newest code in the demo's post, read in a tab of its own."""
    post = page.context.new_page()
    post.goto(f"{server.base}/demo/post?to={address}")
    words = post.locator("article").first.inner_text()
    post.close()
    return next(one for one in CODE.findall(words) if any(letter.isalpha() for letter in one))
