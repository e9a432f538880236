"""The closed list of messages: each names a template that says what happened in neutral words and whose turn it is."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """Value = name of the template in templates/notify/; CODE has none, its words come through Django's mail door."""

    CODE = "code", "code"
    RECORD_HELD = "record_held", "record_held"
    RECORDS_SORTED = "records_sorted", "records_sorted"
    RECORDS_MISSING = "records_missing", "records_missing"
    HOSPITAL_REQUEST = "hospital_request", "hospital_request"
    DOCTOR_INVITED = "doctor_invited", "doctor_invited"
    CASE_READY = "case_ready", "case_ready"
    OFFER_MADE = "offer_made", "offer_made"
    PAYMENT_RECEIVED = "payment_received", "payment_received"
    EXPERT_INVITED = "expert_invited", "expert_invited"
    EXPERT_REMINDER = "expert_reminder", "expert_reminder"
    QUESTION_FROM_EXPERT = "question_from_expert", "question_from_expert"
    OPINION_TO_CHECK = "opinion_to_check", "opinion_to_check"
    OPINION_RETURNED = "opinion_returned", "opinion_returned"
    OPINION_PASSED = "opinion_passed", "opinion_passed"
    OPINION_SIGNED = "opinion_signed", "opinion_signed"
    DELIVERED = "delivered", "delivered"
    FOLLOWUP_ANSWERED = "followup_answered", "followup_answered"
    DOCTOR_SHARED = "doctor_shared", "doctor_shared"
    DOCTOR_ANSWERED = "doctor_answered", "doctor_answered"
    PROMISE_LATE = "promise_late", "promise_late"
    DAMAGE_FOUND = "damage_found", "damage_found"
    URGENT_FOR_STAFF = "urgent_for_staff", "urgent_for_staff"
    URGENT_FOR_PATIENT = "urgent_for_patient", "urgent_for_patient"
    CONSENT_WITHDRAWN = "consent_withdrawn", "consent_withdrawn"
    CASE_WITHDRAWN = "case_withdrawn", "case_withdrawn"
    CASE_ERASED = "case_erased", "case_erased"
    MESSAGE_NEW = "message_new", "message_new"
