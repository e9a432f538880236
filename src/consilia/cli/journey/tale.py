"""What a journey carries from step to step: the instance, everybody's browser, and what has been noted on the way."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

from consilia.cli.journey.browser import Browser
from consilia.cli.journey.instance import Instance
from consilia.cli.journey.pages import Page, Stuck
from consilia.cli.journey.request import Errand

CODE: Final = re.compile(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b")
PATIENCE: Final = 120.0  # seconds to wait for the worker
T = TypeVar("T")


@dataclass(slots=True)
class Tale:
    """One journey. `notes` holds addresses and words that a later step needs."""

    instance: Instance
    errand: Errand
    today: date
    browsers: dict[str, Browser] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pdf: bytes = b""
    hindrances: set[str] = field(default_factory=set)

    def browser(self, name: str) -> Browser:
        """The browser of a person, new at the first use."""
        if name not in self.browsers:
            self.browsers[name] = Browser(self.instance.base, name, self.look_for_hindrances)
        return self.browsers[name]

    def staff(self, name: str) -> Browser:
        """The browser of somebody of the demo cast, signed in by the link that the server prints."""
        known = name in self.browsers
        browser = self.browser(name)
        if not known:
            links = self.instance.demo_links()
            link = next((path for said, path in links.items() if said.startswith(name)), "")
            if not link:
                raise Stuck(f"the server printed no sign-in link for {name}; it printed {', '.join(links)}")
            del self.browsers[name]
            browser.open(link)
            self.browsers[name] = browser
        return browser

    @property
    def patient(self) -> Browser:
        return self.browser("patient")

    @property
    def case(self) -> str:
        """The address of the case among the patient's pages, with a slash at its end."""
        return self.notes["case"]

    @property
    def desk(self) -> str:
        return self.case.replace("/patient/", "/desk/")

    @property
    def expert(self) -> str:
        return self.case.replace("/patient/", "/expert/")

    def look_for_hindrances(self, page: Page) -> None:
        """What makes a page hard for a person who does not see it."""
        for form in page.forms:
            self.hindrances |= {f"{_general(page.path)}: the field {name} has no words" for name in form.unlabelled}
        if not page.heading:
            self.hindrances.add(f"{_general(page.path)}: no heading")

    def mailed_code(self, address: str, subject: str = "") -> str:
        """The code of the newest message to an address, read on the page of the demo's post."""

        def newest() -> str:
            page = Browser(self.instance.base, "post").open(f"/demo/post?to={address}")
            letters = list(page.tree.iter("article"))
            words = " ".join(letters[0].itertext()) if letters else ""
            found = CODE.findall(words)
            return next((one for one in found if any(letter.isalpha() for letter in one) or "-" in one), "")

        return wait(newest, f"no message with a code for {address}")


def wait(look: Callable[[], T | None], otherwise: str, patience: float = PATIENCE) -> T:
    """Looks again and again, as a person who reloads a page; the first answer that is not empty. Raises Stuck."""
    end = time.monotonic() + patience
    pause = 0.1
    while not (found := look()):
        if time.monotonic() > end:
            raise Stuck(f"{otherwise} within {patience:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)
    return found


IDENTITY: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{40,}")


def _general(path: str) -> str:
    """The path without ids and secrets."""
    return IDENTITY.sub("…", path)
