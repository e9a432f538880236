"""Kinds of events: a closed list; each has a plain word for patients and the action code of IHE BALP (C R U D E)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What happened. Values are stored and never reused for another meaning."""

    # people and sessions
    SELF_CHECK_ANSWERED = "self_check_answered"
    EMERGENCY_SHOWN = "emergency_shown"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_CHANGED = "account_changed"
    ACCOUNT_CLOSED = "account_closed"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    STEPPED_UP = "stepped_up"
    ROLE_GRANTED = "role_granted"
    ROLE_REVOKED = "role_revoked"
    PROXY_NAMED = "proxy_named"
    PROXY_REVOKED = "proxy_revoked"
    ACCESS_REFUSED = "access_refused"
    BREAK_GLASS = "break_glass"
    # case
    CASE_STARTED = "case_started"
    CASE_CHANGED = "case_changed"
    CASE_OPENED = "case_opened"
    CASE_HANDED_IN = "case_handed_in"
    CASE_RETURNED = "case_returned"
    CASE_READY = "case_ready"
    CASE_DECLINED = "case_declined"
    CASE_EXPIRED = "case_expired"
    CASE_WITHDRAWN = "case_withdrawn"
    CASE_CLOSED = "case_closed"
    CASE_ERASED = "case_erased"
    CASE_EXPORTED = "case_exported"
    CASE_IMPORTED = "case_imported"
    CASE_HELD = "case_held"
    CASE_RELEASED = "case_released"
    LEGAL_HOLD_SET = "legal_hold_set"
    LEGAL_HOLD_LIFTED = "legal_hold_lifted"
    SUITABILITY_ASSESSED = "suitability_assessed"
    CHECKLIST_BYPASSED = "checklist_bypassed"
    QUESTION_CHANGED = "question_changed"
    SUMMARY_CHANGED = "summary_changed"
    URGENT_RAISED = "urgent_raised"
    URGENT_CLEARED = "urgent_cleared"
    COMPLAINT_RAISED = "complaint_raised"
    COMPLAINT_CLOSED = "complaint_closed"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_STARTED = "clock_started"
    DEADLINE_MISSED = "deadline_missed"
    CONSENT_GIVEN = "consent_given"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    MESSAGE_SENT = "message_sent"
    MESSAGE_READ = "message_read"
    NOTE_WRITTEN = "note_written"
    NOTICE_SENT = "notice_sent"
    # records
    UPLOAD_OPENED = "upload_opened"
    UPLOAD_FINISHED = "upload_finished"
    UPLOAD_DISCARDED = "upload_discarded"
    RECORD_ADDED = "record_added"
    RECORD_CHANGED = "record_changed"
    RECORD_NAMED = "record_named"
    RECORD_HELD = "record_held"
    RECORD_RELEASED = "record_released"
    RECORD_REMOVED = "record_removed"
    RECORD_ERASED = "record_erased"
    RECORD_OPENED = "record_opened"
    RECORD_DOWNLOADED = "record_downloaded"
    STUDY_OPENED = "study_opened"
    VALUES_OPENED = "values_opened"
    VALUE_CHECKED = "value_checked"
    IMAGE_OPENED = "image_opened"
    IDENTITY_UNCOVERED = "identity_uncovered"
    RECORDS_REQUESTED = "records_requested"
    LINK_MADE = "link_made"
    LINK_OPENED = "link_opened"
    LINK_REVOKED = "link_revoked"
    # money
    OFFER_MADE = "offer_made"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_EXPIRED = "offer_expired"
    PAYMENT_RECORDED = "payment_recorded"
    PAYMENT_REFUNDED = "payment_refunded"
    VOUCHER_USED = "voucher_used"
    # experts
    EXPERT_CREATED = "expert_created"
    EXPERT_CHANGED = "expert_changed"
    EXPERT_VERIFIED = "expert_verified"
    EXPERT_SUSPENDED = "expert_suspended"
    LICENCE_ADDED = "licence_added"
    LICENCE_VERIFIED = "licence_verified"
    LICENCE_EXPIRED = "licence_expired"
    EXPERT_CHOSEN = "expert_chosen"
    EXPERT_INVITED = "expert_invited"
    TEASER_OPENED = "teaser_opened"
    TREATING_SHOWN = "treating_shown"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_DECLINED = "invitation_declined"
    INVITATION_EXPIRED = "invitation_expired"
    ASSIGNMENT_REVOKED = "assignment_revoked"
    # opinion
    OPINION_STARTED = "opinion_started"
    OPINION_CHANGED = "opinion_changed"
    OPINION_SUBMITTED = "opinion_submitted"
    OPINION_OPENED = "opinion_opened"
    OPINION_SENT_BACK = "opinion_sent_back"
    OPINION_APPROVED = "opinion_approved"
    OPINION_SIGNED = "opinion_signed"
    OPINION_WITHDRAWN = "opinion_withdrawn"
    ADDENDUM_SIGNED = "addendum_signed"
    TRANSLATION_CHANGED = "translation_changed"
    TRANSLATION_APPROVED = "translation_approved"
    REPORT_ISSUED = "report_issued"
    REPORT_DELIVERED = "report_delivered"
    REPORT_OPENED = "report_opened"
    REPORT_DOWNLOADED = "report_downloaded"
    REPORT_VERIFIED = "report_verified"
    FOLLOW_UP_ASKED = "follow_up_asked"
    FOLLOW_UP_ANSWERED = "follow_up_answered"
    SHARE_MADE = "share_made"
    SHARE_OPENED = "share_opened"
    SHARE_REVOKED = "share_revoked"
    DOCTOR_ANSWERED = "doctor_answered"
    # operation
    AUDIT_READ = "audit_read"
    SETTINGS_CHANGED = "settings_changed"
    CONTENT_APPLIED = "content_applied"
    CONTENT_APPROVED = "content_approved"
    CONTENT_APPROVAL_WITHDRAWN = "content_approval_withdrawn"
    CONTENT_COMMENT_WRITTEN = "content_comment_written"
    KEYS_ROTATED = "keys_rotated"
    BACKUP_MADE = "backup_made"
    RESTORED = "restored"
    SCRUBBED = "scrubbed"
    DAMAGE_FOUND = "damage_found"


# Endings decide; what has its own word stands in _OWN_WORDS.
_WORDS: Final[dict[str, tuple[str, Promise]]] = {
    "opened": ("R", _("opened")),
    "read": ("R", _("read")),
    "downloaded": ("R", _("downloaded")),
    "exported": ("R", _("exported")),
    "uncovered": ("R", _("uncovered")),
    "shown": ("R", _("shown")),
    "verified": ("E", _("verified")),
    "created": ("C", _("created")),
    "added": ("C", _("added")),
    "made": ("C", _("made")),
    "started": ("C", _("started")),
    "written": ("C", _("written")),
    "issued": ("C", _("issued")),
    "imported": ("C", _("imported")),
    "named": ("C", _("named")),
    "given": ("C", _("given")),
    "raised": ("C", _("raised")),
    "recorded": ("C", _("recorded")),
    "changed": ("U", _("changed")),
    "signed": ("C", _("signed")),
    "sent": ("E", _("sent")),
    "answered": ("C", _("answered")),
    "asked": ("E", _("asked")),
    "requested": ("E", _("requested")),
    "accepted": ("U", _("accepted")),
    "approved": ("U", _("approved")),
    "declined": ("U", _("declined")),
    "returned": ("U", _("returned")),
    "back": ("U", _("sent back")),
    "submitted": ("U", _("submitted")),
    "delivered": ("E", _("delivered")),
    "finished": ("U", _("finished")),
    "in": ("E", _("handed in")),
    "ready": ("U", _("passed as ready")),
    "held": ("U", _("held")),
    "released": ("U", _("released")),
    "assessed": ("E", _("assessed")),
    "bypassed": ("U", _("bypassed")),
    "cleared": ("U", _("cleared")),
    "stopped": ("U", _("stopped")),
    "missed": ("E", _("missed")),
    "expired": ("U", _("expired")),
    "withdrawn": ("U", _("withdrawn")),
    "closed": ("U", _("closed")),
    "revoked": ("D", _("revoked")),
    "removed": ("D", _("removed")),
    "discarded": ("D", _("discarded")),
    "erased": ("D", _("erased")),
    "refunded": ("U", _("refunded")),
    "used": ("U", _("used")),
    "suspended": ("U", _("suspended")),
    "chosen": ("U", _("chosen")),
    "invited": ("E", _("invited")),
    "granted": ("U", _("granted")),
    "set": ("U", _("set")),
    "lifted": ("U", _("lifted")),
    "applied": ("U", _("applied")),
    "rotated": ("U", _("rotated")),
    "restored": ("U", _("restored")),
    "scrubbed": ("E", _("checked")),
    "checked": ("U", _("checked")),
    "found": ("E", _("found")),
    "refused": ("E", _("refused")),
    "glass": ("R", _("opened in an emergency, with a reason")),
    "up": ("E", _("confirmed identity")),
    "out": ("E", _("signed out")),
    "failed": ("E", _("failed")),
}
_OWN_WORDS: Final[dict[Kind, tuple[str, Promise]]] = {
    Kind.SIGNED_IN: ("E", _("signed in")),
    Kind.AUDIT_READ: ("R", _("read the access log")),
    Kind.TREATING_SHOWN: ("R", _("looked at")),
    Kind.RECORD_NAMED: ("U", _("said what it is")),
    # Whoever sends a file, or opens a door to send one, has seen nothing of the case.
    Kind.UPLOAD_OPENED: ("C", _("began to send")),
    Kind.LINK_OPENED: ("E", _("opened the link")),
}


def word(kind: Kind) -> Promise:
    """What happened, as a patient reads it, in the language of the page: "opened", "downloaded", "signed"."""
    return _entry(kind)[1]


def action(kind: Kind) -> str:
    """One letter of the DICOM and IHE audit action: C(reate), R(ead), U(pdate), D(elete), E(xecute)."""
    return _entry(kind)[0]


def _entry(kind: Kind) -> tuple[str, Promise]:
    return _OWN_WORDS.get(kind) or _WORDS[kind.rpartition("_")[2]]


LOOKS: Final = frozenset(kind for kind in Kind if action(kind) == "R" and kind is not Kind.EMERGENCY_SHOWN)
