"""Letters that ask a hospital for a missing record: words of the library in its language, a one-time link in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from babel.dates import format_date
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Case
from consilia.clinical.entries import said
from consilia.intake import links
from consilia.intake.models import RecordRequest, UploadLink
from consilia.kernel.country import country_name
from consilia.kernel.refusal import Invalid, NotFound
from consilia.notify import actions as notify

LETTER = "missing_record"
LINK_PLACE = "[[link]]"  # where the one-time link will stand; the text that is kept never holds the secret
LONGEST = 8000  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter before it is made: `text` holds LINK_PLACE where the link will stand, `right` says what it rests on."""

    item: str
    record: str
    hospital: str
    country: str
    language: str
    languages: tuple[str, ...]
    subject: str
    text: str
    right: str
    is_draft_content: bool


def draft(*, reader: Reader, item: str, language: str = "", hospital: str = "", at: datetime) -> Draft:
    """The letter for one place of the checklist. Raises NotFound for a place that the checklist does not have."""
    reader.require(Right.READ_CASE)
    case = Case.objects.select_related("patient").get(pk=reader.case_id)
    return draft_for(case, item=item, language=language, hospital=hospital, at=at)


def draft_for(case: Case, *, item: str, language: str = "", hospital: str = "", at: datetime) -> Draft:
    """The same for a caller of this room that holds the case with its patient."""
    library = content.library()
    place = next((one for one in library.checklist(case.case_type).items if one.id == item), None)
    if place is None:
        raise NotFound
    country = case.hospital_country or case.patient.residence_country
    known = library.letter_languages(LETTER)
    chosen = language if language in known else library.letter_language(LETTER, country)
    letter = library.letter(LETTER, chosen, country)
    record, spoken = said(place.label, chosen), get_language() or "en"
    subject, body = letter.fill(
        {
            "record": record,
            "patient": case.patient.name,
            "birth_date": format_date(case.patient.birth_date, "long", locale=chosen),
            "hospital": hospital or case.hospital,
            "link": LINK_PLACE,
            "valid_until": format_date((at + links.HOLDS).date(), "long", locale=chosen),
            "date": format_date(at.date(), "long", locale=chosen),
        }
    )
    return Draft(
        item=item,
        record=said(place.label, spoken),
        hospital=hospital or case.hospital,
        country=country,
        language=chosen,
        languages=known,
        subject=subject,
        text=body.strip(),
        right=library.text("right_of_access", letter.right, spoken).format(country=country_name(country, spoken)),
        is_draft_content=letter.draft,
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is ready: the whole text with the link stands here once, and nowhere else."""

    id: UUID
    text: str
    secret: str
    sent_to: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the patient decided about a letter."""

    item: str
    hospital: str
    language: str
    text: str
    address: str = ""
    send: bool = False


@transaction.atomic
def make(by: Reader, words: Words, *, address_of: str, at: datetime) -> Letter:
    """Makes the link and keeps the letter; with `send`, a neutral message with the link goes to the address.

    `address_of` is the address of the link's page with "{secret}" in it. Raises Invalid, Refused.
    """
    by.require(Right.CHANGE_CASE)
    _refuse_unfit(words)
    made = links.make(by, kind=UploadLink.Kind.HOSPITAL, label=words.hospital, at=at)
    request = RecordRequest.objects.create(
        case_id=by.case_id,
        item=words.item[:60],
        hospital=words.hospital.strip()[:200],
        address=words.address,
        language=words.language,
        text=words.text,
        link=made.link,
        made_at=at,
        made_by_id=by.person_id,
        sent_at=at if words.send else None,
    )
    audit.record(Kind.RECORDS_REQUESTED, case_id=by.case_id, actor=by.actor, entity=("request", request.pk), at=at)
    page = address_of.replace("{secret}", made.secret)
    if words.send:
        notify.tell_address(
            words.address, "hospital_request", language=words.language, case_id=by.case_id, link=page, at=at
        )
    text = words.text.replace(LINK_PLACE, page)
    return Letter(request.pk, text, made.secret, words.address if words.send else "")


def _refuse_unfit(words: Words) -> None:
    wrong = {}
    if not words.hospital.strip():
        wrong["hospital"] = _("Write to which hospital or practice the letter goes.")
    if LINK_PLACE not in words.text:
        wrong["text"] = _("Leave the place of the link in the text: %s. The hospital needs it.") % LINK_PLACE
    if len(words.text) > LONGEST:
        wrong["text"] = _("Write at most 8,000 characters.")
    if words.send and not words.address:
        wrong["address"] = _("Write the e-mail address of the hospital, or choose to print the letter.")
    if wrong:
        raise Invalid(wrong)


@transaction.atomic
def invite_doctor(by: Reader, *, name: str, address: str, address_of: str, at: datetime) -> links.Made:
    """Invites the doctor at home to add records and one comment; mailed when an address is given.

    It is the patient who asks: the doctor sees her initials and nothing of the case. Raises Invalid, Refused.
    """
    by.require(Right.CHANGE_CASE)
    if not name.strip():
        raise Invalid({"name": _("Write the name of your doctor or of the practice.")})
    made = links.make(by, kind=UploadLink.Kind.TREATING_DOCTOR, label=name, at=at)
    if address:
        page = address_of.replace("{secret}", made.secret)
        notify.tell_address(address, "doctor_invited", case_id=by.case_id, link=page, at=at)
    return made


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A letter that was made: for what, to whom, and what came of its link."""

    id: UUID
    item: str
    hospital: str
    made_at: datetime
    sent_at: datetime | None
    link_id: UUID | None


def of_case(*, reader: Reader) -> tuple[RequestLine, ...]:
    """The letters of the case, newest first."""
    if not (reader.may(Right.READ_CASE) or reader.may(Right.READ_AS_DESK)):
        raise NotFound
    rows = RecordRequest.objects.filter(case_id=reader.case_id).order_by("-made_at")
    return tuple(RequestLine(row.pk, row.item, row.hospital, row.made_at, row.sent_at, row.link_id) for row in rows)
