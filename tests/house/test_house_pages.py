"""Pages keep the form of the house: every word translatable, every page mirrorable, nothing inline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "consilia"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
STYLES = sorted(path for path in SOURCE.rglob("static/**/*.css") if "vendor" not in path.parts)
SCRIPTS = sorted(path for path in SOURCE.rglob("static/**/*.js") if "vendor" not in path.parts)

HOLE = " "  # where a template tag or variable stood
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
# Words that are the same in every language.
NAMES = {
    "Consilia",
    "DICOM",
    "FHIR",
    "JSON",
    "PDF",
    "ZIP",
    "SHA",
    "UTC",
    "QR",
    "JPEG",
    "PNG",
    "TIFF",
    "HEIC",
    "DOCX",
    "TXT",
}
LETTERS = re.compile(r"[^\W\d_]{2,}")

PHYSICAL = re.compile(
    r"(?<![\w-])("
    r"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|left|right"
    r")\s*:"
    r"|(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)\b"
)
PHYSICAL_SCRIPT = re.compile(r"\.style\.(?:left|right|(?:margin|padding|border)(?:Left|Right))\b")

# A sentence with one of these says something of medicine or of law, and belongs to the reviewed library.
CLINICAL = (
    r"chest pain|heart attack|stroke|bleeding|unconscious|shortness of breath|suicid\w*|seizure|sepsis|poisoning",
    r"chemotherap\w*|radiotherap\w*|mastectom\w*|biops(?:y|ies)|metasta\w*|stent\w*|antibiotic\w*|tumou?rs?|cancer",
    r"\d+ ?(?:mg|mcg|µg|mmol|mSv)\b|contraindicat\w*|side effects?",
    r"\b(?:112|911|999|118|144|115|1450|116117)\b",
)
LEGAL = (
    r"GDPR|HIPAA|EHDS|Regulation \(EU\)|Directive \d|\bArt(?:icle|\.) ?\d|§ ?\d|civil code|statut(?:e|ory)",
    r"\bliab(?:le|ility)\b|malpractice|court of|governing law|forbidden by law|by law\b|under the law",
)
REVIEWED = re.compile("|".join((*CLINICAL, *LEGAL)), re.IGNORECASE)


@dataclass
class Page(HTMLParser):
    """What a template says in its own words, and what it does inline."""

    said: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.skipping = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.said += [value for name, value in given.items() if name in SPOKEN]
        self.inline += [f"<{tag} {name}=>" for name in given if name == "style" or name.startswith(("on", "hx-on"))]
        self.inline += [
            f"<{tag} {name}={value}>"
            for name, value in given.items()
            if value.strip().startswith(("javascript:", "js:"))
        ]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            self.inline.append(f"<{tag}>")
        if tag in {"script", "style"}:
            self.skipping = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.skipping:
            self.skipping = ""

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.said.append(data)


def without_tags(text: str, *, keep_translated: bool) -> str:
    """The template with a hole for every tag and variable; what stands in translation blocks only when asked for."""
    parts: list[str] = []
    translated = commented = False
    for token in Lexer(text).tokenize():
        word = token.contents.split()[0] if token.token_type is TokenType.BLOCK and token.contents else ""
        if word in {"blocktranslate", "blocktrans"}:
            translated = True
        elif word in {"endblocktranslate", "endblocktrans"}:
            translated = False
        elif word in {"comment", "endcomment"}:
            commented = word == "comment"
        if token.token_type is TokenType.TEXT:
            if not commented and (keep_translated or not translated):
                parts.append(token.contents)
        elif keep_translated and word in {"translate", "trans"}:
            parts.append(" ".join(re.findall(r'"([^"]*)"', token.contents)))
        else:
            parts.append(HOLE)
    return "".join(parts)


def read(path: Path, *, keep_translated: bool = False) -> Page:
    page = Page()
    page.feed(without_tags(path.read_text(), keep_translated=keep_translated))
    page.close()
    return page


def named(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def lines(paths: list[Path], pattern: re.Pattern[str]) -> Iterator[str]:
    for path in paths:
        text = re.sub(r"/\*.*?\*/", lambda match: "\n" * match.group().count("\n"), path.read_text(), flags=re.S)
        for number, line in enumerate(text.splitlines(), start=1):
            if match := pattern.search(line):
                yield f"{named(path)}:{number}: {match.group().strip()}"


def test_every_word_of_a_template_can_be_translated():
    bare = [
        f"{named(path)}: {text.strip()[:60]!r}"
        for path in TEMPLATES
        for text in read(path).said
        if any(word not in NAMES for word in LETTERS.findall(text))
    ]
    assert bare == []


def test_nothing_runs_and_nothing_is_styled_inline():
    inline = [f"{named(path)}: {what}" for path in TEMPLATES for what in read(path).inline]
    assert inline == []


def test_no_sentence_of_medicine_or_law_stands_in_a_template():
    found = [
        f"{named(path)}: {match.group()!r} in {' '.join(text.split())[:80]!r}"
        for path in TEMPLATES
        for text in read(path, keep_translated=True).said
        for match in REVIEWED.finditer(text)
    ]
    assert found == []


def test_styles_can_be_mirrored_for_languages_that_run_from_right_to_left():
    assert list(lines(STYLES, PHYSICAL)) == []
    assert list(lines(SCRIPTS, PHYSICAL_SCRIPT)) == []


def test_templates_are_short_enough_to_be_read_at_once():
    long = {named(path): count for path in TEMPLATES if (count := len(path.read_text().splitlines())) > 160}
    assert long == {}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("<p>Hello there</p>", True),
        ("<p>{% translate 'Hello there' %}</p>", False),
        ("{% blocktranslate %}Hello <b>there</b>{% endblocktranslate %}", False),
        ("<img alt='A picture'>", True),
        ("<p>{# a note #}{{ name }} · 7</p>", False),
        ("<p>PDF</p>", False),
    ],
)
def test_the_look_for_unmarked_words_finds_them(template, said, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(template)
    assert any(word not in NAMES for text in read(path).said for word in LETTERS.findall(text)) is said


@pytest.mark.parametrize(
    ("style", "physical"),
    [
        ("margin-left: 1rem;", True),
        ("left: 0;", True),
        ("text-align: right;", True),
        ("border-top-left-radius: 2px;", True),
        ("margin-inline-start: 1rem;", False),
        ("inset-inline-start: 0;", False),
        ("text-align: start;", False),
        ("grid-area: left;", False),
    ],
)
def test_the_look_for_physical_sides_finds_them(style, physical):
    assert bool(PHYSICAL.search(style)) is physical


def test_the_look_for_reviewed_sentences_finds_them(tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<p>{% translate "Call 112 when you have chest pain." %}</p>')
    assert any(REVIEWED.search(text) for text in read(path, keep_translated=True).said)
    path.write_text('<p>{% translate "Send your records." %}</p>')
    assert not any(REVIEWED.search(text) for text in read(path, keep_translated=True).said)


def test_the_look_for_inline_things_finds_them(tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<p style="color: red" onclick="go()"><a href="javascript:go()">x</a><script>go()</script>')
    assert len(read(path).inline) == 4
