"""What every FHIR document of the house has in common: entries that name one another, sections, narrative."""

from __future__ import annotations

import html
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from consilia.kernel import language
from consilia.reports.renderings.clinical import Key, Resource, concept, said

SHA256: Final = "urn:oid:2.16.840.1.101.3.4.2.1"
EMPTY_REASON: Final = "http://terminology.hl7.org/CodeSystem/list-empty-reason"


def entries(resources: Mapping[Key, Resource], within: str) -> list[Resource]:
    """The entries of a Bundle: {"reference": key} becomes the address of that entry.

    Addresses are urn:uuid of `within` (what the Bundle is about) and key: the same ones each time.
    """
    names = {key: f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{within}/{key}')}" for key in resources}
    return [
        {"fullUrl": names[key], "resource": {"id": names[key].removeprefix("urn:uuid:"), **_named(one, names)}}
        for key, one in resources.items()
    ]


def section(title: str, lines: Iterable[str], keys: Iterable[Key]) -> Resource:
    """A section with a paragraph a line and the resources that it stands on."""
    given = [line for line in lines if line.strip()]
    return {
        "title": title,
        "text": narrative(given, "") if given else {},
        "entry": [{"reference": key} for key in keys],
        # FHIR cmp-1: a section holds text, entries or a reason for having none.
        "emptyReason": {} if given else concept("notstarted", EMPTY_REASON),
    }


def narrative(lines: Iterable[str], tongue: str) -> Resource:
    """Generated text in XHTML; `tongue` (BCP 47) gives language and direction."""
    paragraphs = "".join(f"<p>{html.escape(said(line))}</p>" for line in lines)
    way = f' lang="{html.escape(tongue)}" dir="{language.direction(tongue)}"' if tongue else ""
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"{way}>{paragraphs}</div>'}


def _named(value: Any, names: Mapping[Key, str]) -> Any:
    """The same resource with {"reference": key} as the name of an entry; empty values are left out, as FHIR wants."""
    if isinstance(value, dict):
        named = {key: names[one] if _is_link(key, one) else _named(one, names) for key, one in value.items()}
        return {key: one for key, one in named.items() if not _is_empty(one)}
    if isinstance(value, (list, tuple)):
        return [one for one in (_named(one, names) for one in value) if not _is_empty(one)]
    return said(value) if isinstance(value, str) else value


def _is_link(name: str, value: Any) -> bool:
    return name == "reference" and isinstance(value, str)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, (str, list, dict)) and not value)
