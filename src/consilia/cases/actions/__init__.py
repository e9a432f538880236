"""All changes of a case: lock, policy, change, audit event, in that order, in one transaction."""

from __future__ import annotations

from consilia.cases.actions.conditions import say_condition, say_of_advice
from consilia.cases.actions.consents import give_consent, withdraw_consent
from consilia.cases.actions.desk import (
    break_glass,
    clear_urgent,
    decline_case,
    keep_note,
    make_offer,
    mark_urgent,
    pass_gate,
    send_back,
    start_matching,
    take_case,
)
from consilia.cases.actions.ending import close, erase_rows, withdraw_case
from consilia.cases.actions.messages import mark_read, write
from consilia.cases.actions.opening import (
    Description,
    adopt_self_check,
    choose_countries,
    describe,
    hand_in,
    keep_self_check,
    open_case,
    set_questions,
)
from consilia.cases.actions.review import back_to_experts, deliver, pass_signing, to_editorial
from consilia.cases.actions.seats import (
    accept,
    answer_question,
    ask,
    close_seat,
    decline,
    finish_seat,
    invite,
    plan_seat,
    show_treating,
)

__all__ = [
    "Description",
    "accept",
    "adopt_self_check",
    "answer_question",
    "ask",
    "back_to_experts",
    "break_glass",
    "choose_countries",
    "clear_urgent",
    "close",
    "close_seat",
    "decline",
    "decline_case",
    "deliver",
    "describe",
    "erase_rows",
    "finish_seat",
    "give_consent",
    "hand_in",
    "invite",
    "keep_note",
    "keep_self_check",
    "make_offer",
    "mark_read",
    "mark_urgent",
    "open_case",
    "pass_gate",
    "pass_signing",
    "plan_seat",
    "say_condition",
    "say_of_advice",
    "send_back",
    "set_questions",
    "show_treating",
    "start_matching",
    "take_case",
    "to_editorial",
    "withdraw_case",
    "withdraw_consent",
    "write",
]
