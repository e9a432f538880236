"""What `consilia intake` does when no kept answer is there: it reads, judges and tells; imported only then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from consilia.cli import intake_shown
from consilia.clinical import library as clinical_library
from consilia.formats.verdicts import Verdict
from consilia.intake import folder
from consilia.intake.answers import Asked
from consilia.intake.judging import as_json, case_file, outcome
from consilia.intake.judging.record import Request
from consilia.kernel.refusal import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Reading:
    """How the folder is read: files at the same time, where readings are kept, who hears how far it is."""

    jobs: int
    kept: Path | None
    progress: folder.Progress


def request_of(said: bytes) -> Request:
    """What the form said; without a form nobody's name is known, and every name is for a person to see."""
    if not said:
        return Request("", "", date(1900, 1, 1))
    try:
        return Request.of(json.loads(said))
    except (ValueError, AttributeError) as error:
        raise Refused(Refusal("bad_request", f"the request cannot be used: {error}")) from error


def answer(asked: Asked, request: Request, how: Reading) -> tuple[str, bool]:
    """(the case file as text, whether the same would come out again): a limit of this run is none of the next."""
    cache = folder.Cache(how.kept)
    records = folder.read(asked.folder, jobs=how.jobs, cache=cache, language=request.language, progress=how.progress)
    library = clinical_library.load()
    found = case_file.judge(records, request, library, asked.today)
    follows = outcome.outcome_of(found, library)
    if asked.told == "json":
        told = json.dumps(as_json.case_file(found, follows, library), ensure_ascii=False, indent=1) + "\n"
    else:
        told = intake_shown.page(found, follows, library)
    return told, all(record.reading.verdict is not Verdict.LIMIT for record in records)
