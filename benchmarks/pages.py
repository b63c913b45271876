"""How many public pages a second one machine serves, beside the server's own ceiling in the same run.

    python benchmarks/pages.py --json

Fills a database of its own with many projects and credit blocks, starts the web server as run.py does, and asks
each address over eight connections. Prints requests a second, the median and the 95th percentile in milliseconds,
and the share of the ceiling (an address that does nothing but answer).
"""

import argparse
import http.client
import json
import signal
import socket
import statistics
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jcm.local.places import open_place
from jcm.local.programs import site
from jcm.local.script import django_ready

CONNECTIONS = 8
PAGES = {
    "ceiling": "/healthz",
    "project list": "/projects/",
    "project list, one country": "/projects/?country=VN",
    "project": "/projects/{project}/",
    "credit": "/credits/{serial}/",
    "search": "/search/?q=solar+plant+17",
    "api projects": "/api/v1/projects/?limit=20",
    "api credits": "/api/v1/credits/?limit=20",
}


def fill(projects: int, issuances: int) -> tuple[str, str]:
    """Make projects, some with issued credits; return a project's number and a serial number."""
    from parties.models import Partnership
    from projects.models import Project
    from registry.models import CreditBlock

    partnerships = list(Partnership.objects.select_related("host", "acquirer"))
    Project.objects.bulk_create(
        [
            Project(
                partnership=partnerships[n % len(partnerships)],
                number=f"{partnerships[n % len(partnerships)].code}{n:05d}",
                title=f"Solar power plant {n}",
                status="registered",
                registered_on=date(2016, 1, 1),
                source="public_record",
            )
            for n in range(projects)
        ],
        batch_size=2000,
        ignore_conflicts=True,
    )
    missing = issuances - CreditBlock.objects.count()
    for project in Project.objects.select_related("partnership__acquirer").order_by("-pk")[: max(0, missing)]:
        issue(project)
    block = CreditBlock.objects.select_related("series__registry__party", "series__project__partnership__host").latest(
        "pk"
    )
    return str(block.series.project.number), block.serial


def issue(project: Any) -> None:
    """Record an issuance to Japan as a public record has it."""
    from registry.services import PublishedIssuance, issuance_record

    key = f"benchmark {project.number}"
    issuance_record(
        PublishedIssuance(
            key=key,
            keys={key},
            projects=(project,),
            period_start=date(2019, 1, 1),
            period_end=date(2019, 12, 31),
            decided_on=date(2020, 6, 1),
            party=project.partnership.acquirer,
            notified=1000 + project.pk % 977,
            issued_on=date(2020, 7, 1),
            issued=1000 + project.pk % 977,
            note="",
        )
    )


def load(port: int, path: str, seconds: float) -> dict[str, float]:
    """Ask one address over several kept-open connections for some seconds."""
    times: list[float] = []
    failures: list[int] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while time.monotonic() < end:
            began = time.perf_counter()
            connection.request("GET", path, headers={"Host": "127.0.0.1", "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != 200:
                failures.append(answer.status)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{path} answered {failures[0]}")
    ordered = sorted(times)
    return {
        "requests_per_second": round(len(times) / seconds, 1),
        "p50_ms": round(statistics.median(ordered) * 1000, 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
    }


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Fill, serve and ask; return the figures by page."""
    from django.core.management import call_command

    from jcm.local import children
    from jcm.local.places import local_dir

    number, serial = fill(options.projects, options.issuances)
    call_command("collectstatic", "--no-input", verbosity=0)
    port = free_port()
    web = next(program for program in site(open_place(local_dir() / "bench"), port) if program.name == "web")
    web.start()
    try:
        web.wait()
        figures = {}
        for name, pattern in PAGES.items():
            path = pattern.format(project=number, serial=serial)
            load(port, path, 1.0)
            figures[name] = load(port, path, options.seconds)
            print(f"{name:<28} {figures[name]}", file=sys.stderr, flush=True)
    finally:
        children.end(web.process, (signal.SIGTERM, 5))
    ceiling = figures["ceiling"]["requests_per_second"]
    for figure in figures.values():
        figure["share_of_ceiling"] = round(figure["requests_per_second"] / ceiling, 3)
    return {"projects": options.projects, "connections": CONNECTIONS, "pages": figures}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.add_argument("--projects", type=int, default=10_000)
    parser.add_argument("--issuances", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    with django_ready("bench"):
        figures = measure(options)
    if options.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
