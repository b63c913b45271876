"""Workflow tables: the same for Python, database and buttons."""

import pytest

from committee.workflow import DECISION
from core.errors import TransitionRefused
from core.workflow import Transition, Workflow, reachable
from methodologies.workflow import METHODOLOGY
from projects.workflow import ISSUANCE_REQUEST, PROJECT, REPORT
from registry.workflow import ACCOUNT, CYCLE, LEG, PROPOSAL

DOOR = Workflow(Transition("open", ("shut",), "open"), Transition("shut", ("open",), "shut"))
STARTS = [
    (METHODOLOGY, {"draft"}),
    (PROJECT, {"draft"}),
    (REPORT, {"draft"}),
    (ISSUANCE_REQUEST, {"submitted"}),
    (LEG, {"notified", "awaiting_authorization", "closed"}),
    (DECISION, {"prepared"}),
    (PROPOSAL, {"proposed"}),
    (ACCOUNT, {"applied"}),
    (CYCLE, {"initiated"}),
]


class TestWorkflow:
    def test_leads_to_the_target(self):
        assert DOOR.next_state("open", state="shut") == "open"

    def test_refuses_what_is_not_in_the_table_and_says_why(self):
        with pytest.raises(TransitionRefused, match="“open” is not possible while the state is “open”"):
            DOOR.next_state("open", state="open")

    def test_offers_what_is_legal(self):
        assert DOOR.available("open") == ["shut"]

    def test_draws_itself(self):
        assert DOOR.mermaid() == "stateDiagram-v2\n    shut --> open: open\n    open --> shut: shut"

    @pytest.mark.parametrize(("workflow", "starts"), STARTS)
    def test_every_state_can_be_reached(self, workflow, starts):
        named = {state for edge in workflow.edges() for state in edge}
        assert named <= set().union(*(reachable(workflow, start) for start in starts))
