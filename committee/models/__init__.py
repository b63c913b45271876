"""Decisions of Joint Committees, the voices behind them, and the meetings."""

from committee.models.decisions import Decision, DecisionItem
from committee.models.meetings import ActionItem, AgendaEntry, Attendance, Meeting
from committee.models.seats import Answer, Declaration, Delegation

__all__ = [
    "ActionItem",
    "AgendaEntry",
    "Answer",
    "Attendance",
    "Decision",
    "DecisionItem",
    "Declaration",
    "Delegation",
    "Meeting",
]
