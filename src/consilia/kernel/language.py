"""Language: BCP 47 tags, their names and their direction, from CLDR; nothing here guesses a language from a text."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from babel import Locale, UnknownLocaleError

Direction = Literal["ltr", "rtl"]


@lru_cache(maxsize=512)
def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        return None


def is_language(tag: str) -> bool:
    """True for a tag whose language CLDR knows: "it", "pt-BR", "zh-Hant"."""
    return bool(tag) and _locale(tag) is not None


def base(tag: str) -> str:
    """The language without region and script: "de" for "de-AT"; the tag itself where it is not known."""
    locale = _locale(tag)
    return locale.language if locale else tag


def language_name(tag: str, language: str = "en") -> str:
    """The name of a language in another language ("Italienisch" for it in de); the tag where there is none."""
    named, reader = _locale(tag), _locale(language) or _locale("en")
    if named is None or reader is None:
        return tag
    return named.get_display_name(reader) or tag


def own_name(tag: str) -> str:
    """The name of a language in itself: "italiano"."""
    return language_name(tag, tag)


def direction(tag: str) -> Direction:
    """The direction of its writing, for dir= on a page; left to right where the tag is not known."""
    locale = _locale(tag)
    return "rtl" if locale is not None and locale.text_direction == "rtl" else "ltr"
