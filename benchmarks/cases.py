"""What inbox and board cost a secretariat with ten open cases and with ten thousand.

    python benchmarks/cases.py --json

Fills a database of its own with open cases of one partnership, half of them waiting for the check of completeness,
half before the committee, and asks both pages in this process as the secretariat. Prints for each page and number of
cases the queries, and the median and 95th percentile in milliseconds.
"""

import argparse
import json
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jcm.local.script import django_ready

PAGES = {"inbox": "/inbox/", "board": "/board/", "board, one stage": "/board/?stage=submitted&sort=due"}
FEW = 10


def fill(wanted: int) -> Any:
    """Bring the number of open cases to at least `wanted`; return somebody who serves the partnership."""
    from django.utils import timezone

    from committee.models import DecisionItem
    from jcm.demo.cast import assemble
    from methodologies.models import Methodology, MethodologyVersion
    from parties.models import Case, CaseStage
    from parties.selectors import pack_in_force

    cast, now = assemble("MN"), timezone.now()
    pack = pack_in_force(cast.partnership, now.date())
    present = Case.objects.count()
    stages = ("submitted", "consideration")
    cases = Case.objects.bulk_create(
        [
            Case(
                partnership=cast.partnership, kind="methodology", number=f"MN_PM{n:06d}", title=f"Solar plant {n}",
                url="/", organisation=cast.company, rule_pack=pack, stage=stages[n % 2], stage_since=now,
                due_at=now + timedelta(hours=n % 2000 - 500), submitted_by=cast.participant, submitted_at=now,
            )
            for n in range(present, wanted)
        ],
        batch_size=2000,
    )  # fmt: skip
    CaseStage.objects.bulk_create(
        [CaseStage(case=case, stage=case.stage, from_at=now) for case in cases], batch_size=2000
    )
    families = Methodology.objects.bulk_create([Methodology(partnership=cast.partnership) for _case in cases], 2000)
    versions = MethodologyVersion.objects.bulk_create(
        [
            MethodologyVersion(
                methodology=family, title=case.title, proposed_number=case.number, case=case, proponent=cast.company,
                status="submitted" if case.stage == "submitted" else "considered",
            )
            for family, case in zip(families, cases, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    DecisionItem.objects.bulk_create(
        [
            DecisionItem(
                partnership=cast.partnership, kind="methodology_approval", subject=version.title, waiting_since=now,
                methodology_version=version,
            )
            for version in versions
            if version.status == "considered"
        ],
        batch_size=2000,
    )  # fmt: skip
    return cast.host_secretariat


def ask(person: Any, path: str, times: int) -> dict[str, float]:
    """Open one page so many times; return its queries and milliseconds."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(person)
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        if browser.get(path).status_code != 200:
            raise SystemExit(f"{path} cannot be opened")
    asked = len(queries)  # the next request forgets them
    taken = []
    for _n in range(times):
        began = time.perf_counter()
        browser.get(path)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        "queries": asked,
        "p50_ms": round(statistics.median(taken), 1),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 1),
    }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Ask with few cases, then with many."""
    from django.core.management import call_command
    from django.db import connection

    call_command("collectstatic", "--no-input", verbosity=0)
    figures: dict[str, Any] = {}
    for cases in (FEW, options.cases):
        person = fill(cases)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for name, path in PAGES.items():
            figures.setdefault(name, {})[str(cases)] = ask(person, path, options.times)
            print(f"{name}, {cases} cases: {figures[name][str(cases)]}", file=sys.stderr, flush=True)
    return figures


def main() -> int:
    """Measure and print; fail where many cases take more queries than few."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=200, help="how often each page is opened")
    options = parser.parse_args()
    with django_ready("bench-cases"):
        figures = measure(options)
    if options.json:
        print(json.dumps(figures))
    return 0 if all(len({each["queries"] for each in page.values()}) == 1 for page in figures.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
