"""Proof: axe finds nothing (WCAG 2.2 AA) on the pages of the journey at 1280 and 360 px; none is wider than its frame.

`PICTURES=docs/pictures` in the environment also keeps the pictures that README and docs show.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = (1280, 360)
RUN = """rules => axe.run({runOnly: rules}).then(
    found => found.violations.map(one => one.id + ': ' + one.nodes[0].html.slice(0, 120)))"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A page: who opens it, and the names of the links to follow from the start of that person (or an address)."""

    name: str
    who: str
    way: tuple[str, ...]


VISITS = (
    Visit("start", "", ("/",)),
    Visit("what", "", ("/what/",)),
    Visit("limits", "", ("/limits/",)),
    Visit("prices", "", ("/prices/",)),
    Visit("experts", "", ("/experts/",)),
    Visit("self-check", "", ("/self-check/",)),
    Visit("verify", "", ("/verify/",)),
    Visit("sign-in", "", ("/account/sign-in/",)),
    Visit("patient-home", "Ana Costa", ("/patient/",)),
    Visit("patient-case", "Ana Costa", ("/patient/", "collected")),
    Visit("patient-records", "Ana Costa", ("/patient/", "collected", "Your records")),
    Visit("patient-values", "Ana Costa", ("/patient/", "collected", "Your records", "Laboratory and home values")),
    Visit("patient-readiness", "Ana Costa", ("/patient/", "collected", "What is still missing")),
    Visit("patient-consents", "Ana Costa", ("/patient/", "collected", "Your consent")),
    Visit("patient-countries", "Ana Costa", ("/patient/", "collected", "Countries of your experts")),
    Visit("patient-hand-in", "Ana Costa", ("/patient/", "collected", "Check your answers")),
    Visit("patient-trail", "Ana Costa", ("/patient/", "collected", "Who looked")),
    Visit("patient-leave", "Ana Costa", ("/patient/", "collected", "Download, withdraw")),
    Visit("patient-messages", "Ana Costa", ("/patient/", "collected", "Write to")),
    Visit("patient-delivered", "Ana Costa", ("/patient/", "Delivered")),
    Visit("patient-report", "Ana Costa", ("/patient/", "Delivered", "^Your opinion$|Read")),
    Visit("account", "Ana Costa", ("/account/settings/",)),
    Visit("desk-worklist", "Eva Lindner", ("/desk/",)),
    Visit("desk-case", "Eva Lindner", ("/desk/", "Ana Costa")),
    Visit("desk-values", "Eva Lindner", ("/desk/", "Ana Costa", "Values")),
    Visit("desk-law", "Eva Lindner", ("/desk/law/",)),
    Visit("desk-content", "Eva Lindner", ("/desk/content/",)),
    Visit("desk-held", "Eva Lindner", ("/desk/", "Held records")),
    Visit("desk-experts", "Marta Silva", ("/desk/experts/",)),
    Visit("expert-home", "Anna Weber", ("/expert/",)),
    Visit("expert-table", "Anna Weber", ("/expert/", "C-20")),
    Visit(
        "expert-values", "Anna Weber", ("/expert/", "C-20", "Case summary", "Back to the case", "^Laboratory and home")
    ),
    Visit("expert-summary", "Anna Weber", ("/expert/", "C-20", "Case summary")),
    Visit("demo-post", "", ("/demo/post/",)),
)


@contextmanager
def demo() -> Iterator[tuple[str, dict[str, str]]]:
    """A running demo on a data folder and a port of its own: address, and sign-in link by name."""
    with socket.socket() as free, tempfile.TemporaryDirectory(prefix="consilia-axe-") as home:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {**os.environ, "CONSILIA_HOME": home, "CONSILIA_PORT": str(port), "CONSILIA_DEMO": "1"}
        log = Path(home) / "serve.log"
        with log.open("w") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "consilia.cli", "serve"], cwd=ROOT, env=environment, stdout=out, stderr=out
            )
        try:
            for _second in range(180):
                time.sleep(1)
                if "Ctrl-C" in log.read_text() or server.poll() is not None:
                    break
            words = log.read_text()
            links = {
                name.partition(",")[0]: link
                for name, link in re.findall(r"^  (\w+ \w+[^:]*):\s+(http\S+)$", words, re.M)
            }
            assert links, words[-2000:]
            yield f"http://localhost:{port}", links
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def main() -> list[str]:
    lines, checked = [], 0
    pictures = os.environ.get("PICTURES", "")
    with demo() as (address, links), sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        for width in WIDTHS:
            for who in sorted({visit.who for visit in VISITS}):
                lines += visit_all(browser, address, links.get(who, ""), who, width, pictures)
                checked += sum(visit.who == who for visit in VISITS)
        browser.close()
    return [f"{checked} pages at {WIDTHS}: {len(lines)} faults", *lines]


def visit_all(browser: Browser, address: str, link: str, who: str, width: int, pictures: str) -> list[str]:
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    if link:
        page.goto(link)
    faults = []
    for visit in (visit for visit in VISITS if visit.who == who):
        try:
            go(page, address, visit)
        except Exception as error:
            faults.append(f"FAILED {visit.name} {width}: not reached ({type(error).__name__})")
            continue
        faults += [f"FAILED {visit.name} {width}: {fault}" for fault in found(page, width)]
        if pictures:
            page.screenshot(
                path=str(ROOT / pictures / f"{visit.name}-{width}.png"), full_page=visit.name != "expert-table"
            )
    context.close()
    return faults


def go(page: Page, address: str, visit: Visit) -> None:
    page.goto(address + visit.way[0])
    for words in visit.way[1:]:
        main_part = page.locator("main")
        row = main_part.locator("li, tr, article").filter(has_text=re.compile(words)).get_by_role("link").first
        named = page.get_by_role("link", name=re.compile(words)).first
        (named if named.count() else row).click(timeout=5000)
        page.wait_for_load_state()
    title = page.title().lower()
    assert not any(word in title for word in ("mistake", "not found")), title


def found(page: Page, width: int) -> list[str]:
    page.add_script_tag(path=str(AXE))
    rules = page.evaluate(RUN, RULES)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [*rules, *([f"wider than its frame: {wide} px"] if wide > width else [])]


if __name__ == "__main__":
    print("\n".join(main()))
