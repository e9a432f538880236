"""What the checks need to know of a case and an expert, read from the tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from consilia.cases.models import Case
from consilia.experts.models import Expert, ExpertState, Licence
from consilia.opinions import checks
from consilia.opinions.content import DraftContent
from consilia.opinions.models import Opinion
from consilia.records import pictures
from consilia.records.models import Instance, Original, Standing

STATES = {Standing.TAKEN: "attached", Standing.HELD: "held", Standing.REMOVED: "removed"}


def facts(opinion: Opinion, draft: DraftContent, at: datetime) -> checks.Facts:
    """The facts of this opinion at this moment; texts are read only of the pages that it cites."""
    case, expert = opinion.case, opinion.assignment.expert
    return checks.Facts(
        questions=tuple(checks.Asked(str(one.number), one.key_text or one.text) for one in case.questions.all()),
        diagnoses=(checks.Asked("1", case.stated_diagnosis),),
        therapies=(checks.Asked("1", case.proposed_therapy),) if case.proposed_therapy.strip() else (),
        records=records(case),
        texts=_texts(case, draft),
        licence=_licence(expert, at) if expert else None,
        day=at.date(),
    )


def records(case: Case) -> dict[str, str]:
    """Record id (a document's original, or a study) -> attached, held or removed; anything else is not attached."""
    originals = Original.objects.filter(case_id=case.pk, standing__in=STATES).values_list("pk", "standing")
    found = {str(key): STATES[Standing(standing)] for key, standing in originals}
    rows = Instance.objects.filter(series__study__case_id=case.pk).values_list("series__study_id", "original__standing")
    for study, standing in rows:
        state = STATES.get(Standing(standing), "removed")
        if found.get(str(study)) != "attached":
            found[str(study)] = state
    return found


def _texts(case: Case, draft: DraftContent) -> dict[tuple[str, int | None], str]:
    cited = {key for source in draft.sources if (key := _key(source.record_id))}
    texts: dict[tuple[str, int | None], str] = {}
    if not cited:
        return texts
    for original in Original.objects.filter(case_id=case.pk, pk__in=cited, document__isnull=False):
        for page in pictures.text(original):
            texts[str(original.pk), page.number] = "\n".join(line.text for line in page.lines)
    return texts


def _key(record_id: str) -> UUID | None:
    """The key of a record, None for words that are none."""
    try:
        return UUID(record_id)
    except ValueError:
        return None


def valid_licence(expert: Expert, at: datetime) -> Licence | None:
    """The checked licence of the expert's country that lasts longest."""
    valid = expert.licences.valid(at.date()).filter(country=expert.country).exclude(checked_at=None)
    return valid.order_by("-valid_until").first()


def _licence(expert: Expert, at: datetime) -> checks.Licence | None:
    licence = valid_licence(expert, at) or expert.licences.order_by("-valid_until").first()
    if licence is None:
        return None
    stopped = licence.revoked_at is not None or expert.state != ExpertState.VERIFIED or licence.checked_at is None
    return checks.Licence(licence.valid_from, licence.valid_until, stopped)
