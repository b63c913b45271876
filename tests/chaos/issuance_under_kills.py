"""Issue credits while the worker and PostgreSQL are killed at random, then count every credit.

A program of its own: it starts its own servers (the test run's must not be killed), a real worker and a real
scheduler, kills -9 as told, and prints one line of JSON with what it found. The seed makes the kills repeatable.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from jcm.local import children, environment, schema
from jcm.local.places import local_dir
from jcm.local.programs import site
from jcm.local.servers import Servers

WITHIN = 240.0


class Site:
    """Servers, a worker and a scheduler that can be killed and started again."""

    def __init__(self) -> None:
        home = local_dir()
        self.servers = Servers(home, owner="chaos")
        if not self.servers.claim():
            sys.exit(f"{home} is in use.")
        environment.fill(environment.local_defaults(home))
        self.servers.start()
        environment.fill(self.servers.environment)
        place = self.servers.place
        schema.migrate(place.base / "schema", os.environ["DATABASE_OWNER_URL"], place.log("migrate"))
        self.programs = {p.name: p for p in site(place, 1) if p.name in {"worker", "beat"}}
        for program in self.programs.values():
            program.start()
            program.wait()

    def kill_worker(self) -> None:
        worker = self.programs["worker"]
        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        worker.start()

    def kill_postgres(self) -> None:
        postgres = self.servers.postgres
        postgres.process.send_signal(signal.SIGKILL)
        postgres.process.wait()
        postgres.start()
        postgres.wait()

    def stop(self) -> None:
        for program in self.programs.values():
            children.end(program.process, (signal.SIGTERM, 5))
        self.servers.stop()


def persist(act: Callable[[], Any]) -> Any:
    """Do it again until the database lets us, as a person would who sees "try again"."""
    from django.db import InterfaceError, OperationalError, close_old_connections, connection

    end = time.monotonic() + WITHIN
    while True:
        try:
            return act()
        except (OperationalError, InterfaceError):
            if time.monotonic() > end:
                raise
            connection.close()
            close_old_connections()
            time.sleep(0.05)


def prepare(count: int) -> tuple[list[int], Any]:
    """Make legs of varied amounts in a few series, each approved by nobody yet."""
    from django.db import transaction

    from jcm.demo.cast import assemble
    from registry import services
    from registry.workflow import LegState
    from tests.factories.ledger import NOON, leg, registered_project

    cast = assemble("MN")
    projects = [registered_project() for _ in range(4)]
    legs = []
    with transaction.atomic():
        for number in range(count):
            made = leg(projects[number % 4], {2019: 100 + number, 2020: 7 * number + 1}, state=LegState.NOTIFIED)
            services.leg_propose(leg_id=made.pk, actor=cast.japan_proposer, at=NOON)
            legs.append(made.pk)
    return legs, cast.japan_approver


def approve(leg_id: int, approver: Any) -> None:
    """Approve a leg; a commit whose answer was lost shows as a refusal the second time."""
    from core.errors import TransitionRefused
    from registry import services
    from tests.factories.ledger import NOON

    try:
        services.leg_approve(leg_id=leg_id, actor=approver, at=NOON)
    except TransitionRefused:
        pass


def audit(legs: list[int]) -> dict[str, Any]:
    """Count what the ledger holds after all that."""
    from django.db.models import F, Sum

    from core.models import Delivery, Event
    from registry.models import CreditBlock, IssuanceLeg, Movement, Series, Transaction

    gaps = overlaps = 0
    for series in Series.objects.all():
        expected = 1
        for first, last in Movement.objects.filter(series=series).order_by("first").values_list("first", "last"):
            gaps += first > expected
            overlaps += first < expected
            expected = last + 1
    units = Sum(F("last") - F("first") + 1)
    return {
        "issued_legs": IssuanceLeg.objects.filter(pk__in=legs, state="issued").count(),
        "transactions": Transaction.objects.count(),
        "notified": IssuanceLeg.objects.aggregate(total=Sum("notified"))["total"],
        "moved": Movement.objects.aggregate(total=units)["total"],
        "held": CreditBlock.objects.aggregate(total=units)["total"],
        "gaps": gaps,
        "overlaps": overlaps,
        "events": Event.objects.filter(name="credits.issued").count(),
        "undelivered": Delivery.objects.filter(delivered_at=None).count(),
    }


def main() -> int:
    """Run the storm and print what is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issuances", type=int, default=60)
    parser.add_argument("--worker-kills", type=int, default=10)
    parser.add_argument("--postgres-kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    began = time.monotonic()
    storm = Site()
    try:
        import django

        os.environ["DJANGO_SETTINGS_MODULE"] = "jcm.settings"
        django.setup()
        from registry.models import IssuanceLeg

        legs, approver = prepare(options.issuances)
        kills = [storm.kill_worker] * options.worker_kills + [storm.kill_postgres] * options.postgres_kills
        acts: list[Callable[[], Any]] = [lambda leg=leg: persist(lambda: approve(leg, approver)) for leg in legs]
        storm_of_acts = acts + kills
        chance.shuffle(storm_of_acts)
        for act in storm_of_acts:
            act()
            time.sleep(chance.random() * 0.1)
        end = time.monotonic() + WITHIN
        pending = IssuanceLeg.objects.filter(pk__in=legs).exclude(state="issued")
        while persist(pending.count) and time.monotonic() < end:
            time.sleep(0.2)
        found = persist(lambda: audit(legs))
    finally:
        storm.stop()
    found |= {"worker_kills": options.worker_kills, "postgres_kills": options.postgres_kills, "seed": options.seed}
    print(json.dumps(found | {"seconds": round(time.monotonic() - began, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
