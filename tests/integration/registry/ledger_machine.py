"""A machine that asks the ledger for anything, in any order, and compares it with a dictionary after every step.

Each step draws one of the verbs for which there is something to do; most verbs choose something that they fit, the
verb `misuse` chooses anything. What the model says may be done must work, everything else must be refused.
"""

from collections import Counter

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from psycopg import ClientCursor

from tests.factories.ledger import NOON
from tests.integration.registry.ledger_model import OPEN, Ledger, Leg
from tests.integration.registry.ledger_stops import Clock, Stops
from tests.integration.registry.ledger_verbs import Issuance, Movements, Steps

# How often a verb is drawn where it applies; the sum is about 100. What carries on what was begun comes first: that is
# what Hypothesis' simplest example does.
WEIGHTS = {
    "execute": 14, "approve": 14, "issue": 10, "approve_issue": 10, "propose_issue": 10,
    "transfer": 7, "retire": 5, "cancel_credits": 5, "correct": 5, "batch": 4, "notify": 7, "authorize": 5,
    "issue_again": 3, "propose_again": 2, "reject": 3, "cancel": 4, "wait": 3, "strike": 3,
    "freeze": 3, "lift": 3, "suspend": 2, "resume": 2, "misuse": 4, "attack": 3, "seal": 3,
}  # fmt: skip
MOST_STOPS = 2
LOOK = """
SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED;
SELECT * FROM pg_temp.ledger_audit() AS found (invariant int, checked text, subject text, told text);
SELECT series_id, first, last, account_id, leg_id FROM registry_creditblock;
SELECT series_id, first, last, proposal_id FROM registry_proposalline WHERE reserved
"""


class LedgerMachine(Issuance, Movements, Stops, Clock, RuleBasedStateMachine):
    """Four accounts of Japan's registry and one of Mongolia's, two projects; a clock that only moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.model, self.now, self.keys = Ledger(finals=self.world.finals), NOON, 0
        self.series: dict[tuple[int, int], dict[int, int]] = {}  # (registry, project) → vintage → series
        self.names: dict[int, str] = {}
        self.folded: dict[tuple[str, int], str] = {}
        self.sealed: Counter[int] = Counter()
        self.last_at = ""
        first = self.world.first_leg
        key = (self.world.registry.pk, first.notification.project_id)
        lines = {(line.vintage, line.account_id): line.quantity for line in first.lines.all()}
        self.model.legs[first.pk] = Leg(*key, lines, "issued", entry=first.transaction.pk)
        self._learn_series(*key)
        self.model.issue(first.pk, self.series[key])

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        self.draw = data.draw
        getattr(self, self.draw(st.sampled_from(self.verbs()), label="verb"))()

    def verbs(self) -> list[str]:
        """Return the verbs that apply, each as often as it weighs."""
        legs = {leg.state for leg in self.model.legs.values()}
        proposals = {made.state for made in self.model.proposals.values()}
        late = [m for m in self.model.proposals.values() if m.state == "proposed" and m.expires_at <= self.now]
        applies = {
            "authorize": "awaiting_authorization" in legs, "propose_issue": "notified" in legs,
            "approve_issue": "proposed" in legs, "issue": any(map(self.may_issue, self.model.legs.values())),
            "approve": "proposed" in proposals, "reject": "proposed" in proposals, "cancel": bool(proposals & OPEN),
            "execute": any(map(self.model.can_move, self.model.proposals.values())),
            "propose_again": bool(proposals), "misuse": bool(proposals), "strike": bool(proposals & OPEN),
            "freeze": len(self.model.stops) < MOST_STOPS, "lift": bool(self.model.stops),
            "suspend": not self.model.suspended, "resume": bool(self.model.suspended),
        }  # fmt: skip
        # What stops much is soon lifted, so that most of a run is not refusals.
        stopped = max((len(stop.accounts) for stop in self.model.stops.values()), default=0)
        heavy = {"lift": 4 * stopped, "resume": 6, "strike": 6 * bool(late)}
        return [v for v, weight in WEIGHTS.items() if applies.get(v, True) for _ in range(weight + heavy.get(v, 0))]

    @invariant()
    def the_database_holds_what_the_model_holds(self) -> None:
        """And the audit of all invariants finds nothing. One message to PostgreSQL asks everything."""
        Steps.taken += 1
        with ClientCursor(connection.connection) as cursor:
            cursor.execute(LOOK)
            answers = []
            for wanted in (True, True, False, False, False):
                answers.append([] if wanted else cursor.fetchall())
                cursor.nextset()
        _immediate, _deferred, findings, blocks, lines = answers
        assert findings == []
        found = {(series, n): of for series, first, last, *of in blocks for n in range(first, last + 1)}
        assert len(found) == sum(last - first + 1 for _series, first, last, *_ in blocks)
        assert found == {unit: [owner, self.model.leg_of[unit]] for unit, owner in self.model.owner.items()}
        reserved = {(series, n): key for series, first, last, key in lines for n in range(first, last + 1)}
        assert reserved == self.model.reserved()
