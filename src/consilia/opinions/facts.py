"""What the checks need to know of a case and an expert, read from the tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from consilia.cases.queries import expert_records
from consilia.cases.queries.expert_records import Shelf
from consilia.experts import policy as experts
from consilia.experts.models import Expert, ExpertState, Licence
from consilia.opinions import checks
from consilia.opinions.content import DraftContent
from consilia.opinions.models import Opinion
from consilia.records import pictures
from consilia.records.models import Standing

STATES = {Standing.TAKEN: "attached", Standing.HELD: "held", Standing.REMOVED: "removed"}


def facts(opinion: Opinion, draft: DraftContent, at: datetime, shelf: Shelf | None = None) -> checks.Facts:
    """The facts of this opinion at this moment; texts are read only of the pages that it cites.

    `shelf`: the records of the case for a caller that has read them in this very request.
    """
    case, expert = opinion.case, opinion.assignment.expert
    found = shelf or expert_records.shelf(case.pk)
    return checks.Facts(
        questions=tuple(checks.Asked(str(one.number), one.key_text or one.text) for one in case.questions.all()),
        diagnoses=(checks.Asked("1", case.stated_diagnosis),),
        therapies=(checks.Asked("1", case.proposed_therapy),) if case.proposed_therapy.strip() else (),
        records={key: STATES[standing] for key, standing in found.standings.items()},
        texts=_texts(found, draft),
        licence=_licence(expert, at) if expert else None,
        day=at.date(),
    )


def _texts(found: Shelf, draft: DraftContent) -> dict[tuple[str, int | None], str]:
    cited = {source.record_id for source in draft.sources if source.record_id}
    return {
        (str(original.pk), page.number): "\n".join(line.text for line in page.lines)
        for original in found.originals(cited)
        for page in pictures.text(original)
    }


def valid_licence(expert: Expert, at: datetime) -> Licence | None:
    """The checked licence of the expert's country that lasts longest."""
    own = (one for one in expert.licences.all() if one.country == expert.country and one.checked_at)
    return _longest(one for one in own if experts.is_valid(one, at.date()))


def _longest(licences: Iterable[Licence]) -> Licence | None:
    return max(licences, key=lambda one: one.valid_until, default=None)


def _licence(expert: Expert, at: datetime) -> checks.Licence | None:
    licence = valid_licence(expert, at) or _longest(expert.licences.all())
    if licence is None:
        return None
    stopped = licence.revoked_at is not None or expert.state != ExpertState.VERIFIED or licence.checked_at is None
    return checks.Licence(licence.valid_from, licence.valid_until, stopped)
