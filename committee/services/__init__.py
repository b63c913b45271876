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
from committee.services.successors import decision_recirculate, decision_supersede

__all__ = [
    "agenda_add",
    "agenda_remove",
    "conflicts_declare",
    "decision_answer",
    "decision_open",
    "decision_prepare",
    "decision_recirculate",
    "decision_supersede",
    "decision_withdraw",
    "decisions_close_due",
    "delegation_end",
    "delegation_name",
]
