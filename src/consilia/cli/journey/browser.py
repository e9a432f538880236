"""A browser without JavaScript: follows links, fills in and sends the forms that pages show, keeps its own cookies."""

from __future__ import annotations

import http.client
import http.cookiejar
import socket
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from consilia.cli.journey.pages import Form, Page, Stuck
from consilia.kernel.ids import new_id

TIMEOUT: Final = 60.0  # seconds for one answer
HTML: Final = "text/html"
GONE: Final = (ConnectionError, http.client.HTTPException, socket.timeout, urllib.error.URLError)


class Away(Exception):
    """The server did not answer: it was killed, or it is not there yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came: status, headers (lower case), bytes, and the address it came from."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    address: str


@dataclass(slots=True)
class Browser:
    """One person's browser. `seen` is called with every page, so that somebody can look for hindrances."""

    base: str
    name: str = ""
    seen: Callable[[Page], None] = lambda page: None
    cookies: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)
    page: Page | None = None

    def ask(self, method: str, address: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request, redirects followed; an error status is an answer like any other. Raises Away."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        target = urllib.parse.urljoin(self.base, address)
        request = urllib.request.Request(target, data=body, method=method, headers=named)  # noqa: S310 - our own base
        try:
            with opener.open(request, timeout=TIMEOUT) as answer:
                return _answer(answer, answer.read())
        except urllib.error.HTTPError as error:
            return _answer(error, error.read())
        except GONE as error:
            raise Away(f"{method} {address}: {error}") from error

    def open(self, address: str, *, expect: int = 200) -> Page:
        """The page at an address. Raises Stuck when it answers with another status than expected."""
        return self._show(self.ask("GET", address), expect)

    def download(self, address: str) -> Answer:
        answer = self.ask("GET", address)
        if answer.status != http.client.OK:
            raise Stuck(f"{self.name}: {address} answers {answer.status} instead of a file")
        return answer

    def send(self, form: Form, button: str = "", *, expect: int = 200) -> Page:
        """Sends a filled form, by the named button or the first one; what came back is the new page."""
        form.check()
        pairs, files = form.pairs(button), form.files
        if form.method == "get":
            joined = f"{form.action}?{urllib.parse.urlencode(pairs)}"
            return self.open(joined, expect=expect)
        body, kind = _multipart(pairs, files) if form.is_multipart else (_encoded(pairs), _URLENCODED)
        answer = self.ask("POST", form.address(button), body, Content_Type=kind, Referer=form.page_address)
        page = self._show(answer, expect)
        if page.errors and page.path == urllib.parse.urlsplit(form.page_address).path:
            raise Stuck(f"{self.name}: {page.path} refuses the form: {'; '.join(page.errors)}")
        return page

    @property
    def csrf(self) -> str:
        """The token that scripts send along."""
        return next((cookie.value or "" for cookie in self.cookies if cookie.name == "csrftoken"), "")

    def _show(self, answer: Answer, expect: int) -> Page:
        if answer.status != expect:
            words = Page(answer.address, answer.content).words[:300] if answer.content else ""
            raise Stuck(f"{self.name}: {answer.address} answers {answer.status}, not {expect}: {words}")
        if HTML not in answer.headers.get("content-type", ""):
            raise Stuck(f"{self.name}: {answer.address} is no page but {answer.headers.get('content-type')}")
        self.page = Page(answer.address, answer.content)
        self.seen(self.page)
        return self.page


_URLENCODED: Final = "application/x-www-form-urlencoded"


def _answer(answer: Any, content: bytes) -> Answer:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers, content, answer.geturl())


def _encoded(pairs: list[tuple[str, str]]) -> bytes:
    return urllib.parse.urlencode(pairs).encode()


def _multipart(pairs: list[tuple[str, str]], files: list[tuple[str, str, bytes]]) -> tuple[bytes, str]:
    """RFC 7578: fields first, then (field, file name, bytes)."""
    boundary = new_id().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in pairs]
    for name, file_name, content in files:
        quoted = file_name.replace('"', "%22")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{quoted}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
