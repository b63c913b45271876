"""Issue, transfer and retire credits while worker and PostgreSQL are killed at random, then count every credit.

A program of its own: it starts its own servers (the test run's must not be killed), a real worker and a real
scheduler, kills -9 as told, and prints one line of JSON with what it found. The worker's processes also kill
themselves at named points (crashing.py). The seed makes the order of commands and kills repeatable.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from jcm.local import children, environment, schema
from jcm.local.places import local_dir
from jcm.local.programs import site
from jcm.local.servers import Servers

WITHIN = 3600.0
AT_ONCE = 20  # commands in one transaction of the people
SHARES = {"issue": 3, "transfer": 4, "retirement": 3}  # of ten commands


class Site:
    """Servers, a worker and a scheduler that can be killed and started again."""

    def __init__(self, odds: int) -> None:
        home = local_dir()
        self.servers = Servers(home, owner="chaos")
        if not self.servers.claim():
            sys.exit(f"{home} is in use.")
        environment.fill(environment.local_defaults(home))
        self.servers.start()
        environment.fill(self.servers.environment)
        place = self.servers.place
        schema.migrate(place.base / "schema", os.environ["DATABASE_OWNER_URL"], place.log("migrate"))
        self.notes = place.base / "crashes"
        os.environ |= {"JCM_CRASH_NOTES": str(self.notes), "JCM_CRASH_ODDS": str(odds)}
        self.answers_after: list[float] = []
        self.serving_after: list[float] = []
        self.working_after: list[float] = []
        self.watch = Thread()
        self.watch.start()
        self.programs = {p.name: p for p in site(place, 1) if p.name in {"worker", "beat"}}
        worker = self.programs["worker"].argv
        worker[worker.index("jcm")] = "tests.chaos.crashing"
        for program in self.programs.values():
            program.start()
            program.wait()

    def kill_worker(self) -> None:
        """Kill it and start it, as its supervisor would; note how long until it takes work again."""
        worker = self.programs["worker"]
        self.watch.join()  # the one before was ready to work
        os.killpg(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        worker.start()
        self.watch = Thread(target=self._note_work, args=(time.monotonic(),))
        self.watch.start()

    def _note_work(self, began: float) -> None:
        self.programs["worker"].wait()
        self.working_after.append(time.monotonic() - began)

    def kill_postgres(self) -> None:
        """Kill it and start it, as its supervisor would; note how long until it answers, and then the application."""
        postgres, began = self.servers.postgres, time.monotonic()
        postgres.process.send_signal(signal.SIGKILL)
        postgres.process.wait()
        postgres.start()
        self.servers.postgres.wait()
        self.answers_after.append(time.monotonic() - began)
        persist(answers)
        self.serving_after.append(time.monotonic() - began)

    def crashes(self) -> Counter[str]:
        """Return how often a process killed itself at each named point."""
        return Counter(self.notes.read_text().splitlines() if self.notes.exists() else [])

    def stop(self) -> None:
        self.watch.join()
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


def answers() -> None:
    """Ask PostgreSQL something."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


class Story:
    """The commands, what each would do, and whether all of it was done."""

    def __init__(self, commands: int, chance: random.Random) -> None:
        from django.db import transaction
        from django.utils import timezone

        from jcm.demo.cast import assemble
        from registry import services
        from registry.models import AccountRepresentative, Registry
        from registry.workflow import LegState
        from tests.factories.ledger import leg, person, registered_project

        now = timezone.now()
        Registry.objects.update(delays_untrusted=False)
        self.cast = assemble("MN")
        japan = self.cast.partnership.acquirer
        self.account, self.other = (
            services.account_open(party=japan, holder=holder)
            for holder in (self.cast.company, self.cast.designation.organisation)
        )
        self.proposer, self.approver = person("Proposer"), person("Approver")
        for user, right in ((self.proposer, "propose"), (self.approver, "approve")):
            AccountRepresentative.objects.create(account=self.account, user=user, right=right, valid_from=now.date())
        projects = [registered_project() for _ in range(4)]
        kinds = chance.choices(list(SHARES), list(SHARES.values()), k=commands)
        self.commands: list[tuple[str, int]] = []  # kind, and the leg or the quantity
        self.wanted: Counter[str] = Counter()
        with transaction.atomic():
            stock = leg(projects[0], {2019: commands * 50}, account=self.account)
            for number, kind in enumerate(kinds):
                if kind == "issue":
                    amounts = {2019: 100 + number, 2020: 7 * number + 1}
                    made = leg(projects[number % 4], amounts, state=LegState.NOTIFIED)
                    services.leg_propose(leg_id=made.pk, actor=self.cast.japan_proposer, at=now)
                    self.commands.append((kind, made.pk))
                    self.wanted[kind] += sum(amounts.values())
                else:
                    self.commands.append((kind, chance.randint(1, 50)))
                    self.wanted[kind] += self.commands[-1][1]
        services.credits_issue(leg_id=stock.pk, at=now)
        self.wanted["issue"] += commands * 50

    def give(self, begin: int) -> None:
        """Give some commands in one transaction, all or none."""
        from django.db import transaction

        with transaction.atomic():
            for number, (kind, what) in list(enumerate(self.commands))[begin : begin + AT_ONCE]:
                self._issue(what) if kind == "issue" else self._move(kind, what, f"command {number}")

    def _issue(self, leg_id: int) -> None:
        from django.utils import timezone

        from core.errors import TransitionRefused
        from registry import services

        with contextlib.suppress(TransitionRefused):  # approved already: only the answer was lost
            services.leg_approve(leg_id=leg_id, actor=self.cast.japan_approver, at=timezone.now())

    def _move(self, kind: str, quantity: int, key: str) -> None:
        from django.utils import timezone

        from core.errors import TransitionRefused
        from registry import services
        from registry.services import Ask

        ask = Ask(quantity, to_account=self.other)
        if kind == "retirement":
            ask = Ask(quantity, purpose="ndc", beneficiary="Government of Japan", reporting_year=2026)
        made = services.proposal_create(
            kind=kind, from_account=self.account, asks=[ask], key=key, actor=self.proposer, at=timezone.now()
        )
        with contextlib.suppress(TransitionRefused):
            services.proposal_approve(proposal_id=made.pk, actor=self.approver, at=timezone.now())

    def waiting(self) -> int:
        """Return how many effects are still to come."""
        from core.models import Delivery
        from registry.models import IssuanceLeg, Proposal

        legs = IssuanceLeg.objects.exclude(state="issued").count()
        proposals = Proposal.objects.exclude(state="completed").count()
        # Certificates are drawn afterwards, at leisure; they have tests of their own.
        undelivered = Delivery.objects.filter(delivered_at=None).exclude(subscriber__endswith="certify_credits")
        return legs + proposals + undelivered.count()

    def found(self) -> dict[str, Any]:
        """Count what the ledger holds after all that."""
        from django.db.models import F, Sum

        from core.models import Event
        from registry.audit import audit
        from registry.models import Movement, Transaction

        units = Sum(F("last") - F("first") + 1)
        moved = dict(Movement.objects.values_list("transaction__kind").annotate(sum=units))
        return {
            "commands": len(self.commands),
            "transactions": Transaction.objects.count() - 1,  # less the stock
            "events": Event.objects.filter(name__in=["credits.issued", "credits.moved"]).count() - 1,
            "wanted": dict(sorted(self.wanted.items())),
            "moved": {"issue": moved["issuance"], "retirement": moved["retirement"], "transfer": moved["transfer"]},
            "waiting": self.waiting(),
            "findings": [str(finding) for finding in audit()],
        }


def rounded(seconds: list[float]) -> list[float]:
    return [round(each, 1) for each in sorted(seconds)]


def main() -> int:
    """Run the storm and print what is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", type=int, default=100)
    parser.add_argument("--worker-kills", type=int, default=10)
    parser.add_argument("--postgres-kills", type=int, default=5)
    parser.add_argument("--odds", type=int, default=150, help="a process dies at a named point once in so many times")
    parser.add_argument("--within", type=float, default=WITHIN, help="seconds until everything must be done")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    began = time.monotonic()
    storm = Site(options.odds)
    try:
        import django

        os.environ["DJANGO_SETTINGS_MODULE"] = "jcm.settings"
        django.setup()
        story = Story(options.commands, chance)
        kills = [storm.kill_worker] * options.worker_kills + [storm.kill_postgres] * options.postgres_kills
        acts: list[Callable[[], Any]] = [
            lambda begin=begin: persist(lambda: story.give(begin)) for begin in range(0, options.commands, AT_ONCE)
        ]
        acts += kills
        chance.shuffle(acts)
        for act in acts:
            act()
            time.sleep(chance.random() * 0.1)
        end = time.monotonic() + options.within
        while persist(story.waiting) and time.monotonic() < end:
            time.sleep(0.2)
        found = persist(story.found)
    finally:
        storm.stop()
    found |= {
        "worker_kills": options.worker_kills, "postgres_kills": options.postgres_kills, "crashes": storm.crashes(),
        "worker_works_after_s": rounded(storm.working_after),
        "postgres_answers_after_s": rounded(storm.answers_after),
        "application_answers_after_s": rounded(storm.serving_after),
        "seed": options.seed,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
