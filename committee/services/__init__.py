"""Every change of the Joint Committees: agenda, decisions with their effects, declarations and delegates."""

from committee.services.agenda import agenda_add, agenda_remove
from committee.services.ballots import (
    decision_answer,
    decision_open,
    decision_prepare,
    decision_withdraw,
    decisions_close_due,
)
from committee.services.declarations import conflicts_declare, delegation_end, delegation_name
from committee.services.meetings import (
    Details,
    Present,
    action_add,
    action_done,
    attendance_record,
    decision_record,
    decision_table,
    meeting_agenda,
    meeting_cancel,
    meeting_change,
    meeting_close,
    meeting_open,
    meeting_plan,
    minutes_publish,
    minutes_write,
)
from committee.services.successors import decision_recirculate, decision_supersede

__all__ = [
    "Details",
    "Present",
    "action_add",
    "action_done",
    "agenda_add",
    "agenda_remove",
    "attendance_record",
    "conflicts_declare",
    "decision_answer",
    "decision_open",
    "decision_prepare",
    "decision_recirculate",
    "decision_record",
    "decision_supersede",
    "decision_table",
    "decision_withdraw",
    "decisions_close_due",
    "delegation_end",
    "delegation_name",
    "meeting_agenda",
    "meeting_cancel",
    "meeting_change",
    "meeting_close",
    "meeting_open",
    "meeting_plan",
    "minutes_publish",
    "minutes_write",
]
