"""Pages as a person without JavaScript reads them: words, links, forms with their labels, and what went wrong."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import lxml.html

SPACE: Final = re.compile(r"\s+")
BUTTONS: Final = frozenset({"submit", "image"})
UNSEEN: Final = frozenset({"hidden", "submit", "image", "button", "reset"})


class Stuck(Exception):
    """A person would not get further here; the sentence says where and why."""


class Page:
    """One HTML page. `address` is where it came from after redirects."""

    def __init__(self, address: str, content: bytes) -> None:
        self.address = address
        self.tree: Any = lxml.html.document_fromstring(content or b"<html></html>", parser=_parser())

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.address).path

    @cached_property
    def words(self) -> str:
        """What can be read on the page, in one line."""
        parts = (text for text in self.tree.itertext() if _is_read(text))
        return SPACE.sub(" ", " ".join(parts)).strip()

    @property
    def heading(self) -> str:
        return next((said(one) for one in self.tree.iter("h1")), "")

    @property
    def errors(self) -> list[str]:
        """Sentences of the error summary and beside the fields."""
        summary = self.tree.find_class("error-summary") or self.tree.xpath("//*[@role='alert']")
        items = [said(item) for one in summary for item in one.iter("li")]
        return items or [said(one) for one in summary]

    @property
    def links(self) -> list[tuple[str, str]]:
        """Pairs of words and absolute address."""
        return [(said(one), self._absolute(one.get("href"))) for one in self.tree.iter("a") if one.get("href")]

    def link(self, words: str) -> str:
        """Address of the first link whose words or address hold the given ones. Raises Stuck."""
        for said_here, address in self.links:
            if words.lower() in said_here.lower() or words in address:
                return address
        raise Stuck(f"{self.path} has no link “{words}”; it has: {', '.join(w for w, _ in self.links)[:400]}")

    def has_link(self, part: str) -> bool:
        return any(part in address for _, address in self.links)

    @property
    def forms(self) -> list[Form]:
        return [Form(self, one) for one in self.tree.forms]

    def form(self, *names: str, action: str = "") -> Form:
        """The first form with all named fields whose address holds `action`. Raises Stuck."""
        for one in self.forms:
            if set(names) <= set(one.names) and action in one.action and (names or action):
                return one
        known = "; ".join(f"{one.action}: {', '.join(one.names)}" for one in self.forms)
        raise Stuck(f"{self.path} has no form {names or ''} {action}; it has {known or 'none'}")

    def has_form(self, *names: str, action: str = "") -> bool:
        return any(set(names) <= set(one.names) and action in one.action for one in self.forms)

    def require(self, *phrases: str) -> Page:
        """Raises Stuck when the page does not say one of them."""
        for phrase in phrases:
            if phrase.lower() not in self.words.lower():
                raise Stuck(f"{self.path} does not say “{phrase}”")
        return self

    def _absolute(self, address: str | None) -> str:
        return urllib.parse.urljoin(self.address, address or self.address)


class Form:
    """A form to be filled in. What the page has filled in stays, as in a browser."""

    def __init__(self, page: Page, element: Any) -> None:
        self.page_address = page.address
        self.element = element
        self.action = urllib.parse.urljoin(page.address, element.get("action") or page.address)
        self.method = (element.get("method") or "get").lower()
        self.is_multipart = element.get("enctype") == "multipart/form-data"
        self.files: list[tuple[str, str, bytes]] = []
        self._typed: dict[str, list[str]] = {}
        self._all_controls = list(_controls(page.tree, element))
        self._controls = [one for one in self._all_controls if one.get("name")]

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(str(one.get("name")) for one in self._controls))

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """Name and value of every button that sends the form."""
        return [(str(one.get("name")), one.get("value") or "") for one in self._controls if _is_button(one)]

    @property
    def file_names(self) -> list[str]:
        """Names of the fields that take files."""
        return [str(one.get("name")) for one in self._controls if one.get("type") == "file"]

    def options(self, name: str) -> dict[str, str]:
        """Value -> words of a choice."""
        found: dict[str, str] = {}
        for one in self._named(name):
            if one.tag == "select":
                found |= {str(_value(option)): said(option) for option in one.iter("option")}
            elif one.get("type") in {"radio", "checkbox"}:
                found[one.get("value") or "on"] = label_of(one)
        return found

    def value(self, name: str) -> str:
        return next((str(value) for key, value in self.pairs() if key == name), "")

    def fill(self, **values: str | Sequence[str] | bool) -> Form:
        """Types words, picks choices; a value that the page does not offer cannot be picked. Raises Stuck."""
        for name, value in values.items():
            self.set(name, value)
        return self

    def set(self, name: str, value: str | Sequence[str] | bool) -> Form:
        offered = self._named(name)
        if not offered:
            raise Stuck(f"{self.action} has no field {name}; it has {', '.join(self.names)}")
        if isinstance(value, bool):
            self._typed[name] = [next(iter(self.options(name)), "on")] if value else []
            return self
        chosen = [value] if isinstance(value, str) else list(value)
        choices = self.options(name)
        wrong = [one for one in chosen if choices and one not in choices]
        if wrong:
            raise Stuck(f"{self.action} does not offer {wrong} for {name}; it offers {', '.join(choices)[:300]}")
        self._typed[name] = chosen
        return self

    def attach(self, name: str, file_name: str, content: bytes) -> Form:
        if not any(one.get("type") == "file" for one in self._named(name)):
            raise Stuck(f"{self.action} takes no file as {name}")
        self.files.append((name, file_name, content))
        return self

    def check(self) -> None:
        """What a browser checks before it sends: required fields are filled in. Raises Stuck."""
        given = {name for name, value in self.pairs() if value} | {name for name, _file, _content in self.files}
        for one in self._controls:
            if one.get("required") is not None and one.get("disabled") is None and one.get("name") not in given:
                raise Stuck(f"{self.action}: the field {one.get('name')} ({label_of(one)}) must be filled in")

    def pairs(self, button: str = "") -> list[tuple[str, str]]:
        """What is sent, in the order of the page; `button`: its value, or a part of its words."""
        sent: list[tuple[str, str]] = []
        done: set[str] = set()
        for one in self._controls:
            name = str(one.get("name"))
            if one.get("disabled") is not None or name in done:
                continue
            if name in self._typed:
                sent += [(name, value) for value in self._typed[name]]
                done.add(name)
            else:
                sent += [(name, value) for value in _present(one)]
        return sent + self._pressed(button)

    def _pressed(self, button: str) -> list[tuple[str, str]]:
        pressed = self._button(button)
        if pressed is None or not pressed.get("name"):
            return []
        return [(str(pressed.get("name")), pressed.get("value") or "")]

    def address(self, button: str = "") -> str:
        """Where it is sent: a button may lead elsewhere than its form (HTML 4.10.18.6)."""
        pressed = self._button(button)
        other = pressed.get("formaction") if pressed is not None else None
        return urllib.parse.urljoin(self.page_address, str(other)) if other else self.action

    def _button(self, button: str) -> Any:
        """The button that is named by its value or its words; else the main one, else the first."""
        buttons = [one for one in self._all_controls if _is_button(one)]
        if button:
            buttons = [one for one in buttons if button == one.get("value") or button in said(one)]
            if not buttons:
                raise Stuck(f"{self.action} has no button “{button}”")
        main = next((one for one in buttons if "btn--primary" in (one.get("class") or "")), None)
        return buttons[0] if main is None and buttons else main

    def _named(self, name: str) -> list[Any]:
        return [one for one in self._controls if one.get("name") == name]

    @property
    def unlabelled(self) -> list[str]:
        """Names of fields that a person sees without any words beside them."""
        return [str(one.get("name")) for one in self._controls if _is_seen(one) and not label_of(one)]


def said(element: Any) -> str:
    """The words inside an element."""
    return SPACE.sub(" ", " ".join(text for text in element.itertext() if _is_read(text))).strip()


def label_of(control: Any) -> str:
    """The words that name a field: aria-label, aria-labelledby, its label, the legend of its group."""
    if control.get("aria-label"):
        return str(control.get("aria-label"))
    tree = control.getroottree().getroot()
    named = (control.get("aria-labelledby") or "").split()
    words = [said(one) for key in named for one in tree.xpath("//*[@id=$key]", key=key)]
    if control.get("id"):
        words += [said(one) for one in tree.xpath("//label[@for=$key]", key=control.get("id"))]
    words += [said(one) for one in control.iterancestors("label")]
    return " ".join(word for word in words if word)


def _controls(tree: Any, form: Any) -> Iterator[Any]:
    """Fields inside the form, and those that name it by its id (HTML 4.10.18.3)."""
    inside = set()
    for one in form.iter("input", "select", "textarea", "button"):
        if one.get("form") in {None, form.get("id")}:
            inside.add(one)
    outside = set(tree.xpath("//*[@form=$key]", key=form.get("id"))) if form.get("id") else set()
    for one in tree.iter("input", "select", "textarea", "button"):
        if one in inside or one in outside:
            yield one


def _present(control: Any) -> list[str]:
    """The values that an untouched field sends."""
    kind = (control.get("type") or "").lower()
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [one for one in options if one.get("selected") is not None]
        if not chosen and control.get("multiple") is None:
            chosen = options[:1]
        return [_value(one) for one in chosen]
    if _is_button(control) or control.tag == "button" or kind in {"file", "button", "reset"}:
        return []
    if kind in {"radio", "checkbox"}:
        return [control.get("value") or "on"] if control.get("checked") is not None else []
    return [control.get("value") or ""]


def _value(option: Any) -> str:
    value = option.get("value")
    return said(option) if value is None else str(value)


def _is_button(control: Any) -> bool:
    if control.tag == "button":
        return (control.get("type") or "submit") == "submit"
    return control.tag == "input" and (control.get("type") or "") in BUTTONS


def _is_seen(control: Any) -> bool:
    return control.tag != "button" and (control.get("type") or "") not in UNSEEN


def _is_read(text: Any) -> bool:
    parent = text.getparent() if hasattr(text, "getparent") else None
    return parent is None or (isinstance(parent.tag, str) and parent.tag not in {"script", "style", "template"})


def _parser() -> Any:
    return lxml.html.HTMLParser(encoding="utf-8", no_network=True)
