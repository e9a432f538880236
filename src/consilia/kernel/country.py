"""Country: ISO 3166-1 alpha-2 codes and their names, from CLDR; a code decides, a name is only shown."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

# CLDR has groupings, pseudo regions and exceptional reservations among its two-letter codes.
_NO_PLACES = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})
_RESERVED = frozenset({"AC", "CP", "CQ", "DG", "EA", "IC", "TA"})


@lru_cache(maxsize=64)
def _names(language: str) -> dict[str, str]:
    try:
        locale = Locale.parse(language.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        locale = Locale("en")
    return {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_PLACES
    }


def is_region(code: str) -> bool:
    """True for a country and for the reserved codes of places with numbers of their own (AC, TA, IC ...)."""
    return code in _names("en")


def is_country(code: str) -> bool:
    """True for the 249 codes of ISO 3166-1 and for XK (Kosovo), in capitals."""
    return is_region(code) and code not in _RESERVED


def country_name(code: str, language: str = "en") -> str:
    """The name in a language ("Deutschland" for DE in de), else in English, else the code itself."""
    return _names(language).get(code) or _names("en").get(code, code)


def countries(language: str = "en") -> tuple[tuple[str, str], ...]:
    """(code, name) of every country, sorted by name, for a choice on a page."""
    named = ((code, country_name(code, language)) for code in _names("en") if is_country(code))
    return tuple(sorted(named, key=lambda pair: pair[1].casefold()))


def languages(code: str) -> tuple[str, ...]:
    """The official languages of a country, most spoken first; empty where CLDR knows none."""
    return tuple(tag.replace("_", "-") for tag in get_official_languages(code, regional=True))
