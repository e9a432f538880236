"""The steps of a whole journey, in their order."""

from __future__ import annotations

from typing import Final

from consilia.cli.journey import beginning, desk, experts, leaving, records, report
from consilia.cli.journey.runner import Step

STEPS: Final = (
    Step("answer the self-check", "patient", beginning.self_check),
    Step("make an account", "patient", beginning.account),
    Step("open a case", "patient", beginning.open_case),
    Step("say what it is about", "patient", beginning.describe),
    Step("write the questions", "patient", beginning.questions),
    Step("agree, purpose by purpose", "patient", beginning.consents),
    Step("choose countries", "patient", beginning.countries),
    Step("send the records", "patient", records.send),
    Step("have them sorted", "worker", records.be_sorted),
    Step("see what is held, and why", "patient", records.see_held),
    Step("see what is missing", "patient", records.see_missing),
    Step("write to the hospital", "patient", records.write_letter),
    Step("send one record by link", "hospital", records.hospital_sends),
    Step("hand in", "patient", records.hand_in),
    Step("take the case", "desk", desk.take),
    Step("decide about held records", "desk", desk.decide_held),
    Step("pass the quality gate", "editor", desk.pass_gate),
    Step("make the offer", "desk", desk.offer),
    Step("accept the offer", "patient", beginning.accept_offer),
    Step("plan the seats", "desk", desk.plan_seats),
    Step("ask the experts", "desk", desk.invite),
    Step("decline with a code", "expert IL", experts.decline),
    Step("accept", "expert DE", experts.accept),
    Step("open every record", "expert DE", experts.read),
    Step("ask the patient", "expert DE", experts.ask),
    Step("answer the expert", "patient", experts.answer),
    Step("write with sources", "expert DE", experts.write),
    Step("cite a key image", "expert DE", experts.cite_image),
    Step("hand in the opinion", "expert DE", experts.hand_in),
    Step("send it back", "editor", desk.send_back),
    Step("mend it, hand it in again", "expert DE", experts.mend),
    Step("pass it", "editor", desk.pass_on),
    Step("sign", "expert DE", experts.sign),
    Step("read the opinion", "patient", report.read),
    Step("download it", "patient", report.download),
    Step("verify the PDF", "anybody", report.verify),
    Step("ask about it", "patient", report.follow_up),
    Step("answer by an addendum", "expert DE", experts.add),
    Step("read the addendum", "patient", report.see_answer),
    Step("share it", "patient", report.share),
    Step("read and answer", "doctor", report.doctor_answers),
    Step("see the doctor's answer", "patient", report.see_doctor),
    Step("see who looked", "patient", report.see_who_looked),
    Step("take everything along", "patient", report.take_along),
    Step("begin a second case", "2nd patient", leaving.begin),
    Step("send records to it", "2nd patient", leaving.send),
    Step("withdraw and erase it", "2nd patient", leaving.erase),
    Step("look for traces", "worker", leaving.leave_no_trace),
)
