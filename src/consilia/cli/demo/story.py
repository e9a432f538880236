"""Brings a case of the demo forward, state by state, through the same actions as the pages.

Each step is chosen by the state that the case is in, so a start that was killed goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from consilia.accounts.models import Patient, Person
from consilia.billing import actions as billing
from consilia.billing.models import Offer, Settlement
from consilia.cases import access, assessing, content
from consilia.cases import actions as cases
from consilia.cases.access import Reader
from consilia.cases.actions import Description
from consilia.cases.actions.consents import TextRead
from consilia.cases.models import Assignment, Case, Purpose
from consilia.cases.queries import readiness
from consilia.cases.states import Seat, State
from consilia.cli.demo import cast, opinion, people
from consilia.cli.demo.cast import ExpertCharacter
from consilia.experts.models import Expert
from consilia.intake import actions as intake
from consilia.intake.models import Upload, UploadState
from consilia.jobs import runner
from consilia.opinions import actions as opinions
from consilia.opinions import sealing
from consilia.opinions.models import Opinion
from consilia.opinions.states import OpinionState
from consilia.records import actions as records
from consilia.records.models import Original, Standing
from consilia.suitability import assess

STEP: Final = timedelta(hours=5)  # between two steps of a story that lies in the past
LONGEST: Final = 40  # steps; more means that a step did not change its state


@dataclass(frozen=True, slots=True)
class Story:
    """A case: whose, told by whom, what about, which files came, who was asked, and the state that it rests in."""

    patient: Patient
    teller: Person
    words: Description
    questions: tuple[str, ...]
    files: Mapping[str, bytes]
    experts: tuple[ExpertCharacter, ...]
    rests: State
    began: datetime
    now: datetime
    steps: list[int] = field(default_factory=list)

    def moment(self) -> datetime:
        """The story's own clock: it begins at `began`, moves at each step, and never runs ahead of `now`."""
        self.steps.append(1)
        return min(self.began + STEP * len(self.steps), self.now)

    def reader(self, who: Person, case: Case) -> Reader:
        return access.reader_for(who, case.pk, at=self.now)

    def staff(self, who: cast.Character, case: Case) -> Reader:
        return self.reader(people.person(who, self.now), case)


def tell(story: Story) -> Case:
    """Brings the case of the story to the state that it rests in. Told again, it changes nothing."""
    known = Case.objects.filter(patient=story.patient, stated_diagnosis=story.words.stated_diagnosis).first()
    unfinished = Case.objects.filter(patient=story.patient, stated_diagnosis="", state=State.DRAFT).first()
    case = known or unfinished or cases.open_case(story.patient, by=story.teller, at=story.moment())
    for _step in range(LONGEST):
        if _rests(story, case):
            return case
        NEXT[State(case.state)](story, case)
        case = Case.objects.get(pk=case.pk)
    raise RuntimeError(f"the story of the demo does not reach {story.rests}: it stays in {case.state}")


def _rests(story: Story, case: Case) -> bool:
    """Nothing is left to do: it came as far as it should, with all its files, or people took it further or away."""
    state, path = State(case.state), [*NEXT, State.SIGNED, State.DELIVERED, State.CLOSED]
    if state is story.rests is State.COLLECTING:
        return Upload.objects.filter(case=case, state=UploadState.SORTED).count() >= len(story.files)
    return state not in path or path.index(state) >= path.index(story.rests)


def _begin(story: Story, case: Case) -> None:
    teller, at = story.reader(story.teller, case), story.moment()
    cases.describe(teller, story.words, at=at)
    cases.set_questions(teller, story.questions, at=at)
    cases.choose_countries(teller, [one.country for one in story.experts], at=at)
    for purpose in (Purpose.TERMS, Purpose.PROCESSING):
        cases.give_consent(teller, purpose, _text(purpose), at=at)
    for one in story.experts:
        purpose = Purpose.RECIPIENT_COUNTRY
        cases.give_consent(teller, purpose, _text(purpose), country=one.country, at=at)


def _text(purpose: Purpose) -> TextRead:
    text = content.library().consent_text(purpose.value)
    return TextRead(text.id, str(text.version), text.sha256)


def _collect(story: Story, case: Case) -> None:
    teller, at = story.reader(story.teller, case), story.moment()
    for path, data in story.files.items():
        intake.put_whole(teller, path=path, chunks=[data], size=len(data), key=path, at=at)
    runner.drain(at, quiet=True)  # what fails here is tried again by the worker; missing records are noticed below
    if story.rests is State.COLLECTING:
        return
    for held in Original.objects.filter(case_id=case.pk, standing=Standing.HELD):
        records.remove(case.pk, held.pk, reason="It is another person's.", actor=teller.actor, at=at)
    ready = readiness.of_case(reader=teller, today=at.date())
    facts = assessing.of_case(Case.objects.get(pk=case.pk), ready, at.date())
    cases.hand_in(teller, assessing.kept(assess(facts, content.library())), at=story.moment())


def _pass_gate(story: Story, case: Case) -> None:
    editor, at = story.staff(cast.PRIYA, case), story.moment()
    cases.take_case(story.staff(cast.EVA, case), at=at)
    cases.pass_gate(
        editor,
        summary=opinion.SUMMARY,
        key_texts={},
        not_answerable="",
        essential_missing=readiness.of_case(reader=editor, today=at.date()).essential_labels("en"),
        bypass_reason="Demo: the case shows every page, with the records that there are.",
        at=at,
    )


def _offer(story: Story, case: Case) -> None:
    billing.offer(story.staff(cast.EVA, case), Settlement.FREE, at=story.moment())


def _accept(story: Story, case: Case) -> None:
    offer = Offer.objects.filter(case=case, refunded_at=None).get()
    billing.accept(story.reader(story.teller, case), at=min(story.moment(), offer.valid_until))


def _ask_experts(story: Story, case: Case) -> None:
    desk = story.staff(cast.EVA, case)
    for one in story.experts:
        at, expert = story.moment(), Expert.objects.get(person__email=one.email)
        if not Assignment.objects.filter(case=case, expert=expert).exists():
            seat = _planned(case, one) or cases.plan_seat(
                desk, country=one.country, speciality=one.specialities[0], via_doctor=False, reasons=[], at=at
            )
            cases.invite(desk, expert, seat=seat.seat, reasons=[], at=at)
    for asked in Assignment.objects.filter(case=case, state=Seat.INVITED).select_related("expert__person"):
        if asked.expert:
            asked_one = story.reader(asked.expert.person, case)
            at = story.moment()  # one: a second one is beyond the hours that an invitation lasts
            cases.show_treating(asked_one, at=at)
            cases.accept(asked_one, no_conflict=True, at=at)


def _planned(case: Case, one: ExpertCharacter) -> Assignment | None:
    return Assignment.objects.filter(case=case, country=one.country, state=Seat.PLANNED).first()


def _write(story: Story, case: Case) -> None:
    """Every expert opens all records, writes and hands in."""
    for seat in Assignment.objects.filter(case=case, state=Seat.ACCEPTED).select_related("expert__person"):
        if seat.expert is None:
            continue
        writer, at = story.reader(seat.expert.person, case), story.moment()
        draft = opinions.begin(writer, at=at)
        if draft.state in {OpinionState.SUBMITTED, OpinionState.PASSED}:
            continue
        cited = opinion.citable(case.pk)
        for record in cited:
            opinions.note_opening(writer, record.record_id, at=at)
        draft = opinions.save(writer, opinion.written(draft.content, cited), version=draft.version, at=at)
        opinions.submit(writer, version=draft.version, at=story.moment())


def _check_and_sign(story: Story, case: Case) -> None:
    editor, points = story.staff(cast.PRIYA, case), dict.fromkeys(opinions.CHECK_POINTS, True)
    for one in Opinion.objects.filter(case=case, state=OpinionState.SUBMITTED):
        opinions.pass_on(editor, one.pk, points=points, at=story.moment())
    for one in Opinion.objects.filter(case=case, state=OpinionState.PASSED).select_related(
        "assignment__expert__person"
    ):
        if one.assignment.expert:
            sealing.sign(story.reader(one.assignment.expert.person, case), method="totp", at=story.moment())


NEXT: Final[dict[State, Callable[[Story, Case], None]]] = {
    State.DRAFT: _begin,
    State.COLLECTING: _collect,
    State.ORGANISING: _pass_gate,
    State.READY: _offer,
    State.OFFERED: _accept,
    State.MATCHING: _ask_experts,
    State.IN_REVIEW: _write,
    State.EDITORIAL: _check_and_sign,
}
