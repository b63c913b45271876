"""Decisions of Joint Committees, the voices behind them, and the meetings."""

from committee.models.decisions import Decision, DecisionItem
from committee.models.seats import Answer, Declaration, Delegation

__all__ = ["Answer", "Decision", "DecisionItem", "Declaration", "Delegation"]
