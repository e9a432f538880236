"""Markup: parses a stranger's XML with everything dangerous refused: no DTD, no entities, no network, bounded depth."""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree

from consilia.formats.limits import LIMITS
from consilia.formats.verdicts import Reason, Unreadable, Verdict

DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
# What a hospital writes; UTF-7 and its like exist to slip through filters (OWASP XXE, CVE-2009-2066 class).
ENCODINGS: Final = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|ascii|iso-?8859-?\d{1,2}|latin-?\d|windows-125\d|cp125\d|koi8-[ru]|gb18030|gbk|gb2312|"
    r"big5|shift_jis|euc-(?:jp|kr)",
    re.I,
)
DECLARED: Final = re.compile(rb"^[^<]{0,4}<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([^\"'>]{1,40})[\"']")
ATTRIBUTES: Final = 250


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def parse(data: bytes) -> Any:
    """The root element; raises Unreadable: DAMAGED_XML, TOO_DEEP, TOO_MANY_BYTES, DOCTYPE (a DTD may be anything)."""
    if len(data) > LIMITS.xml_bytes:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_BYTES)
    if DOCTYPE.search(data.replace(b"\0", b"")):  # also in 16-bit encodings
        raise Unreadable(Verdict.UNREADABLE, Reason.DOCTYPE)
    declared = DECLARED.match(data[:400].replace(b"\0", b""))
    if declared and not ENCODINGS.fullmatch(declared[1].decode("latin-1")):
        raise Unreadable(Verdict.UNREADABLE, Reason.UNKNOWN_FORMAT)
    try:
        root = etree.fromstring(data, _parser())
    except etree.XMLSyntaxError as error:
        if "depth" in str(error).lower():
            raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_DEEP) from error
        cut = not data.rstrip(b"\0\r\n\t ").endswith(b">") or "premature end" in str(error).lower()
        raise Unreadable(
            Verdict.TRUNCATED if cut else Verdict.UNREADABLE, Reason.CUT_OFF if cut else Reason.DAMAGED
        ) from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(Verdict.UNREADABLE, Reason.DOCTYPE)
    if any(len(element.attrib) > ATTRIBUTES for element in root.iter()):
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_ELEMENTS)
    return root


def name_of(element: Any) -> str:
    """The local name, "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, *path: str) -> list[Any]:
    """Elements reached by local names, whatever their namespace."""
    here = [element]
    for name in path:
        here = [child for parent in here for child in parent if name_of(child) == name]
    return here


def first(element: Any, *path: str) -> Any:
    """The first element reached by local names, None when there is none."""
    found = children(element, *path)
    return found[0] if found else None


def words_of(element: Any) -> str:
    """All text inside, in one line; "" for None."""
    if element is None:
        return ""
    return " ".join("".join(element.itertext()).split())
