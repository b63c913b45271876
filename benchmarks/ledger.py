"""How fast the ledger is, beside what PostgreSQL itself can do in the same run.

    python benchmarks/ledger.py --json

Starts a PostgreSQL of its own with fsync on. Prints ratios: transfers a second of the service (execution of approved
whole-block moves between distinct accounts, all checks, log leaf and outbox row included, eight connections) to
transactions a second of `pgbench -N -M prepared -c 8 -s 10`, the median of rounds; the same for single transfers, each
in a database transaction of its own, where the schedule takes up to fifty that are due; the cost of issuing 10^9 t to
that of 10^3 t; serial look-up and holdings with many blocks to the same with few; a line of a batch to a single
transfer.
"""

import argparse
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jcm.local.script import django_ready

CONNECTIONS = 8
PROCESSES = 2
WARM_UP = 20  # first moves of a session, which make its plans and are not measured
AT = datetime.now(UTC)  # PostgreSQL lets the application record nothing ahead of the clock


def note(text: str) -> None:
    """Tell how far it is, on standard error."""
    print(text, file=sys.stderr, flush=True)


# --- pgbench -----------------------------------------------------------------------------------------------------


def pgbench(seconds: int, scale: int = 10) -> float:
    """Return transactions a second of pgbench on the same server."""
    from urllib.parse import unquote, urlparse

    from jcm.local.postgres import _wheel

    parts = urlparse(os.environ["DATABASE_OWNER_URL"])
    host = unquote(parts.netloc.rpartition("@")[2])
    programs = _wheel() / "pginstall" / "bin"
    who = ["-h", host, "-U", str(parts.username)]
    subprocess.run([programs / "dropdb", *who, "--if-exists", "pgbench"], check=True, capture_output=True)
    subprocess.run([programs / "createdb", *who, "pgbench"], check=True, capture_output=True)
    subprocess.run(
        [programs / "pgbench", *who, "-i", "-q", "-s", str(scale), "pgbench"], check=True, capture_output=True
    )
    run = [programs / "pgbench", *who, "-N", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2", "-T", str(seconds)]
    done = subprocess.run([*run, "pgbench"], check=True, capture_output=True, text=True)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(done.stdout)
    return float(found[1])


# --- material ----------------------------------------------------------------------------------------------------


class Material:
    """Accounts, projects and people; everything is made through the services or as they would make it."""

    def __init__(self) -> None:
        from jcm.demo.cast import assemble
        from registry.models import Registry

        Registry.objects.update(delays_untrusted=False)
        self.cast = assemble("MN")
        self.registry = Registry.objects.select_related("party").get(party__iso2="JP")
        self.batch = int(time.time())

    def accounts(self, count: int) -> list[Any]:
        """Make entity accounts whose representatives are the registry's two people."""
        from parties.models import Organisation
        from registry.accounts import check_digits
        from registry.models import Account, AccountRepresentative

        self.batch += 1
        bodies = [f"JP-{self.batch}{n:05d}" for n in range(count)]
        holders = Organisation.objects.bulk_create(
            Organisation(name=f"Holder {self.batch} {n}", country=self.registry.party) for n in range(count)
        )
        made = Account.objects.bulk_create(
            Account(registry=self.registry, kind="entity", number=f"{body}-{check_digits(body)}", holder=holder)
            for body, holder in zip(bodies, holders, strict=True)
        )
        AccountRepresentative.objects.bulk_create(
            AccountRepresentative(account=account, user=user, right=right, valid_from=date(2020, 1, 1))
            for account in made
            for user, right in (
                (self.cast.japan_proposer, "propose"),
                (self.cast.japan_approver, "approve"),
            )
        )
        return made

    def project(self) -> Any:
        """Make a registered project."""
        from projects.models import Project

        self.batch += 1
        return Project.objects.create(
            partnership=self.cast.partnership,
            number=f"MN{self.batch % 10**8}",
            title="Benchmark",
            status="registered",
            registered_on=date(2020, 1, 1),
            source="public_record",
        )

    def issue(self, amounts: list[tuple[Any, int]]) -> float:
        """Issue to these accounts in one leg; return the seconds that the issuance itself took."""
        from django.db import transaction

        from registry import services
        from registry.models import IssuanceLeg, IssuanceNotification, LegLine

        cast = self.cast
        with transaction.atomic():
            notification = IssuanceNotification.objects.create(
                project=self.project(),
                period_start=date(2019, 1, 1),
                period_end=date(2019, 12, 31),
                decided_on=date(2020, 6, 1),
                decision_number="MN_JC001",
                signatory_acquirer="A",
                signatory_host="B",
            )
            leg = IssuanceLeg.objects.create(
                notification=notification,
                registry=self.registry,
                notified=sum(quantity for _account, quantity in amounts),
                state="approved",
                proposed_by=cast.japan_proposer,
                proposed_at=AT,
                approved_by=cast.japan_approver,
                approved_at=AT,
            )
            LegLine.objects.bulk_create(
                LegLine(leg=leg, vintage=2019, account=account, quantity=quantity) for account, quantity in amounts
            )
        began = time.perf_counter()
        services.credits_issue(leg_id=leg.pk, at=AT)
        return time.perf_counter() - began


def approved_transfers(material: Material, count: int) -> list[UUID]:
    """Make approved proposals, each of a whole block between two accounts that nobody else uses."""
    import psycopg

    from registry import services

    accounts = material.accounts(2 * count)
    for start in range(0, count, 500):
        material.issue([(account, 1000) for account in accounts[start : min(start + 500, count)]])
    ready = []
    for giver, taker in zip(accounts[:count], accounts[count:], strict=True):
        proposal = services.proposal_create(
            kind="transfer",
            from_account=giver,
            asks=[services.Ask(quantity=1000, to_account=taker)],
            key=f"bench {giver.pk}",
            actor=material.cast.japan_proposer,
            at=AT,
        )
        services.proposal_approve(proposal_id=proposal.pk, actor=material.cast.japan_approver, at=AT)
        ready.append(proposal.pk)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")  # as pgbench does after it made its rows
    return ready


# --- measures ----------------------------------------------------------------------------------------------------


def _serve(shares: list[list[UUID]], gate: Any, times: Any, *, together: bool) -> None:
    """One process as the site runs it, with a session for each share: make their plans, wait, execute."""
    import threading

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jcm.settings")
    django.setup()
    from django.db import connection

    from registry import services

    spans = []

    def session(share: list[UUID]) -> None:
        for proposal_id in share[:WARM_UP]:
            services.proposal_execute(proposal_id=proposal_id, at=AT)
        gate.wait()
        began = time.perf_counter()
        if together:
            services.proposals_execute_due(at=AT)
        else:
            for proposal_id in share[WARM_UP:]:
                services.proposal_execute(proposal_id=proposal_id, at=AT)
        spans.append((began, time.perf_counter()))
        connection.close()

    threads = [threading.Thread(target=session, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.put(spans)


def transfers_per_second(ready: list[UUID], *, together: bool) -> float:
    """Return committed transfers a second over eight connections: two processes of four threads, as the site runs.

    Together: all that is due, as the schedule does it. Otherwise one call for each.
    """
    from registry.models import Proposal

    fresh = multiprocessing.get_context("spawn")  # a forked pool of connections would hang
    gate, times = fresh.Barrier(CONNECTIONS), fresh.SimpleQueue()
    shares = [ready[n::CONNECTIONS] for n in range(CONNECTIONS)]
    how = {"together": together}
    served = [
        fresh.Process(target=_serve, args=(shares[n::PROCESSES], gate, times), kwargs=how) for n in range(PROCESSES)
    ]
    for process in served:
        process.start()
    spans = [span for _ in served for span in times.get()]
    for process in served:
        process.join()
    if Proposal.objects.filter(pk__in=ready).exclude(state="completed").exists():
        raise SystemExit("not every transfer was carried out")
    seconds = max(end for _, end in spans) - min(start for start, _ in spans)
    return (len(ready) - CONNECTIONS * WARM_UP) / seconds


def speed(material: Material, count: int, rounds: int, seconds: int) -> dict[str, Any]:
    """Return transfers beside pgbench, one after the other in each round: the machine's mood changes between them."""
    each = count + CONNECTIONS * WARM_UP
    found = []
    for n in range(rounds):
        ready = approved_transfers(material, each)
        due = transfers_per_second(ready, together=True)
        single = transfers_per_second(approved_transfers(material, each), together=False)
        theirs = pgbench(seconds)
        found.append((due, single, theirs, due / theirs, single / theirs))
        note(f"round {n + 1}: due {due:.0f}/s, single {single:.0f}/s, pgbench {theirs:.0f}/s, ratio {due / theirs:.3f}")
    middle = [statistics.median(column) for column in zip(*found, strict=True)]
    names = ("transfers_per_second", "single_transfers_per_second", "pgbench_per_second")
    ratios = ("transfers_per_pgbench_transaction", "single_transfers_per_pgbench_transaction")
    return {name: round(value, 1 if name in names else 3) for name, value in zip(names + ratios, middle, strict=True)}


def median(act: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of an act."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def issuance_ratio(material: Material) -> float:
    """Return the cost of issuing 10^9 t to that of issuing 10^3 t."""
    account = material.accounts(1)[0]
    for _ in range(3):
        material.issue([(account, 7)])
    small, large = [], []
    for _ in range(25):
        small.append(material.issue([(account, 10**3)]))
        large.append(material.issue([(account, 10**9)]))
    return statistics.median(large) / statistics.median(small)


def batch_speedup(material: Material, lines: int, singles: int) -> float:
    """Return how many times as fast a line of a batch is as a single transfer: proposed, approved and executed."""
    from registry import services

    cast, takers = material.cast, material.accounts(100)
    giver, single = material.accounts(2)
    material.issue([(giver, lines), (single, singles)])
    rows = "".join(f"{takers[n % 100].number},1,,,\n" for n in range(lines))

    def carry_out(proposal: Any) -> None:
        services.proposal_approve(proposal_id=proposal.pk, actor=cast.japan_approver, at=AT)
        services.proposal_execute(proposal_id=proposal.pk, at=AT)

    began = time.perf_counter()
    for n in range(singles):
        ask = services.Ask(quantity=1, to_account=takers[n % 100])
        carry_out(
            services.proposal_create(
                kind="transfer",
                from_account=single,
                asks=[ask],
                key=f"{single.pk} {n}",
                actor=cast.japan_proposer,
                at=AT,
            )
        )
    one = (time.perf_counter() - began) / singles
    began = time.perf_counter()
    carry_out(
        services.batch_create(
            kind="transfer",
            from_account=giver,
            text="to_account,quantity,project,vintage,serial\n" + rows,
            key=f"{giver.pk}",
            actor=cast.japan_proposer,
            at=AT,
        )
    )
    line = (time.perf_counter() - began) / lines
    note(f"single transfer {one * 1000:.2f} ms, line of a batch {line * 1000:.3f} ms")
    return one / line


def lookups(material: Material, blocks: int) -> tuple[float, float]:
    """Return the median seconds of a serial look-up and of an account's holdings, with at least so many blocks."""
    from django.db.models import Count, F, Sum

    from registry import selectors
    from registry.models import CreditBlock
    from registry.serials import read

    fill_blocks(material, blocks)
    some = list(
        CreditBlock.objects.select_related("series__registry__party", "series__project__partnership__host")[:50]
    )
    serials = [read(block.serial) for block in some]
    # Fifty accounts that hold a usual number of blocks, whatever the size of the ledger.
    newest = CreditBlock.objects.order_by("-pk").values_list("account_id", flat=True)[:10_000]
    accounts = list(dict.fromkeys(newest))[-50:]

    def look_up() -> None:
        for serial in serials:
            selectors.serial_lookup(serial)

    def holdings() -> None:
        for account in accounts:
            held = CreditBlock.objects.filter(account=account).values("series__vintage")
            list(held.annotate(tonnes=Sum(F("last") - F("first") + 1), blocks=Count("pk")))

    look_up()
    holdings()
    return median(look_up, 9), median(holdings, 9)


def fill_blocks(material: Material, wanted: int) -> None:
    """Add blocks of 10 t, 100 to an account, as the owner and past the triggers: the figures need rows, not history."""
    import psycopg

    from registry.models import CreditBlock, IssuanceLeg, Series

    missing = wanted - CreditBlock.objects.count()
    if missing <= 0:
        return
    material.issue([(material.accounts(1)[0], 1)])
    leg = IssuanceLeg.objects.latest("pk")
    series = [
        Series.objects.create(registry=material.registry, project=material.project(), vintage=2019) for _ in range(20)
    ]
    material.batch += 1
    holder = material.accounts(1)[0].holder_id
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("ALTER TABLE registry_creditblock DISABLE TRIGGER registry_position_only_follows")
        rules = owner.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = 'registry_creditblock'::regclass AND contype IN ('f', 'u', 'x')"
        ).fetchall()
        for name, _definition in rules:
            owner.execute(f"ALTER TABLE registry_creditblock DROP CONSTRAINT {name}")
        holders = _fillers(owner, material.registry.pk, holder, missing // 100 + 1)
        owner.execute(
            "INSERT INTO registry_creditblock (series_id, first, last, account_id, leg_id) "
            "SELECT (%s::bigint[])[1 + n %% 20], (n / 20) * 10 + 1, (n / 20) * 10 + 10, %s + n / 100, %s "
            "FROM generate_series(0, %s) n",
            [[s.pk for s in series], holders, leg.pk, missing - 1],
        )
        for name, definition in rules:
            owner.execute(f"ALTER TABLE registry_creditblock ADD CONSTRAINT {name} {definition}")
        owner.execute("ALTER TABLE registry_creditblock ENABLE TRIGGER registry_position_only_follows")
        owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE registry_creditblock")
        owner.execute("VACUUM ANALYZE registry_account")


def _fillers(owner: Any, registry: int, holder: int, count: int) -> int:
    """Make accounts with consecutive keys; return the first key."""
    first: int = owner.execute("SELECT max(id) + 1000 FROM registry_account").fetchone()[0]
    owner.execute(
        "INSERT INTO registry_account (id, registry_id, number, kind, holder_id, state, source) "
        "SELECT n, %s, 'JP-F' || n, 'entity', %s, 'open', 'entered' FROM generate_series(%s::bigint, %s) n",
        [registry, holder, first, first + count],
    )
    owner.execute("SELECT setval(pg_get_serial_sequence('registry_account', 'id'), %s)", [first + count])
    return first


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the ratios, with the figures that they are made of."""
    material = Material()
    figures: dict[str, Any] = {}
    figures |= speed(material, options.transfers, options.rounds, options.seconds)
    note(f"{figures}")
    if not options.quick:
        figures["batch_line_speedup"] = round(batch_speedup(material, 10_000, 300), 1)
        figures["issue_1e9_over_1e3"] = round(issuance_ratio(material), 3)
        few = lookups(material, 100_000)
        note(f"few blocks: {few}")
        many = lookups(material, options.blocks)
        note(f"many blocks: {many}")
        figures["lookup_10m_over_100k"] = round(many[0] / few[0], 3)
        figures["holdings_10m_over_100k"] = round(many[1] / few[1], 3)
        note("transfers among many blocks …")
        again = transfers_per_second(approved_transfers(material, options.transfers), together=True)
        figures["transfers_with_many_blocks_over_few"] = round(again / figures["transfers_per_second"], 3)
    return figures


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--quick", action="store_true", help="only transfers against pgbench")
    parser.add_argument("--transfers", type=int, default=2_000, help="of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--blocks", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=int, default=10, help="of pgbench")
    options = parser.parse_args()
    with django_ready("bench-ledger"):
        figures = measure(options)
    print(json.dumps(figures) if options.json else figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
