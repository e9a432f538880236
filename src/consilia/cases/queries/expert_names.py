"""What an expert must not read of a patient who did not agree to be named: her name, birth date and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from consilia.accounts.models import Patient
from consilia.cases.models import Case
from consilia.formats.values import PageText
from consilia.records import covering
from consilia.records.covering import Names

NOBODY = Names(frozenset(), frozenset())
WORD = re.compile(r"[^\W\d_]+")
RAW = re.compile(r"(?:urn:|https?:|[\d.]{12,}$|IMG[_-]?\d)", re.IGNORECASE)  # what machines call a paper


def readable(heading: str) -> str:
    """The heading of a paper without what hangs at its end; nothing for one that only machines read."""
    said = " ".join(heading.split()).rstrip(" ,;:")
    return "" if RAW.match(said) else said


def of_patient(patient: Patient) -> list[dict[str, str]]:
    """Whose case it is, as claims: the names, the birth date, every number that is known."""
    numbers = [str(row.get("value", "")) for row in patient.identifiers]
    return [
        {"kind": "name", "value": f"{patient.name} {patient.former_name}"},
        {"kind": "birth_date", "value": patient.birth_date.isoformat()},
        *({"kind": "patient_id", "value": number} for number in numbers if number),
    ]


def of_case(case: Case) -> Names:
    """The names that are covered in words of this case."""
    return covering.names_in(of_patient(case.patient))


def of_teaser(case: Case) -> Names:
    """Before acceptance the first doctor and her hospital are covered, too."""
    return covering.names_in(of_patient(case.patient), (case.treating_doctor, case.hospital))


def of_record(claims: Iterable[Mapping[str, str]], case: Case) -> Names:
    """The names that are covered on the pages of one record: what it claims, and whose case it is."""
    return covering.names_in([*claims, *of_patient(case.patient)])


def with_claims(names: Names, claims: Iterable[Mapping[str, str]]) -> Names:
    """The names of a case and those that one of its records claims; nobody's where the patient agreed to be named."""
    if names == NOBODY:
        return names
    more = covering.names_in(claims)
    return Names(names.words | more.words, names.numbers | more.numbers)


def covered_words(text: str, names: Names) -> str:
    """Free words with each word of a name covered; a line that holds a birth date or a number goes as a whole."""
    return "\n".join(_covered_line(line, names) for line in text.split("\n"))


def _covered_line(line: str, names: Names) -> str:
    if names.numbers and covering.tells(line, Names(frozenset(), names.numbers)):
        return instead()
    only_words = Names(names.words, frozenset())
    return WORD.sub(lambda found: instead() if covering.tells(found.group(), only_words) else found.group(), line)


def instead() -> str:
    """What stands where a name was."""
    return _("[name covered]")


def covered_lines(page: PageText, names: Names) -> tuple[str, ...]:
    """The text layer of a page: a line that tells whose it is says that it is covered, and nothing else."""
    return tuple(covering.covered(line.text, names, instead()) for line in page.lines)


def can_be_covered(page: PageText | None, names: Names) -> bool:
    """Whether we know where on the picture the names stand; a scan without a text layer may show them anywhere."""
    if names == NOBODY:
        return True
    if page is None or not page.width or not page.lines:
        return False
    return all(line.x1 > line.x0 for line in page.lines if covering.tells(line.text, names))
