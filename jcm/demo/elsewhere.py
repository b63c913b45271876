"""A registry kept elsewhere, played here: its books agreed yesterday and hold one block too many today."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from jcm.demo.cast import Cast
from registry import services
from registry.exchange import compare
from registry.exchange.compare import Line
from registry.exchange.envelope import START, Key, moment, seal
from registry.models import Counterpart, Registry
from registry.selectors import reconciliation
from registry.selectors.snapshots import snapshot_lines

NAME, CODE = "Ledger of the ministry of the environment", "LEDGER"


class Ministry:
    """The other side of the exchange."""

    def __init__(self, people: Cast, at: datetime) -> None:
        self.key = Key(hashlib.sha256(b"a key that everybody knows").digest())
        registry = Registry.objects.get(party=people.partnership.host)
        entered = services.counterpart_enter(
            registry=registry, code=CODE, name=NAME, public_key=self.key.public, actor=people.host_proposer, at=at
        )
        confirmed = services.counterpart_confirm(counterpart_id=entered.pk, actor=people.host_approver, at=at)
        self.counterpart: Counterpart = confirmed
        self.number, self.before, self.seen = 0, START, 0

    def compare(self, *, at: datetime, too_much: bool) -> None:
        """Let the registry compare both books as of a moment, and answer all that it asks."""
        services.cycle_start(counterpart_id=self.counterpart.pk, as_of=at, actor=None, at=at)
        lines = snapshot_lines(self.counterpart.registry, as_of=at)
        if too_much:
            last = lines[-1]
            lines.append(Line(last.series, last.last + 1, last.last + 25, *last.attributes))
        while asked := list(reconciliation.messages_out(self.counterpart, after=self.seen)):
            for message in asked:
                self.seen = message.sequence_no
                if message.type == "SNAPSHOT_REQUEST":
                    wish = json.loads(message.payload)
                    self._send(message.envelope["correlation_id"], wish["stage"], self._tell(wish, lines), at)

    def _tell(self, wish: dict[str, Any], lines: list[Line]) -> dict[str, Any]:
        told: dict[str, Any] = {"as_of": wish["as_of"]}
        if wish["stage"] == "audit_trail":
            return told | {"transactions": []}
        told["blocks_sha256"] = compare.digest_of(lines)
        if wish["stage"] == "totals":
            return told | {"totals": compare.totals_of(lines)}
        return told | {"blocks": [line.told() for line in lines]}

    def _send(self, correlation: str, stage: str, payload: dict[str, Any], at: datetime) -> None:
        envelope = seal(
            self.key, payload, type=f"SNAPSHOT_{stage.upper()}", sender_registry=CODE,
            receiver_registry=self.counterpart.registry.party.iso2, sequence_no=self.number + 1,
            prev_hash=self.before, correlation_id=correlation, created_at=moment(at),
        )  # fmt: skip
        services.message_receive(
            counterpart_id=self.counterpart.pk, raw=json.dumps(envelope.fields).encode(), at=at
        )  # fmt: skip
        self.number, self.before = self.number + 1, envelope.hash


def ministry(people: Cast, at: datetime) -> None:
    """Compare the host's registry with the ministry's ledger twice."""
    other = Ministry(people, at - timedelta(days=2))
    other.compare(at=at - timedelta(days=1), too_much=False)
    other.compare(at=at, too_much=True)
