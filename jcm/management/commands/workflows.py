"""Draw every workflow into docs/reference/workflows.md."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from committee.workflow import DECISION, MEETING
from methodologies.workflow import METHODOLOGY
from parties.workflow import APPLICATION, CASE, DESIGNATION, INPUT, PACK, RULE_SET
from parties.workflow import PROPOSAL as COMMITTEE_PROPOSAL
from projects.workflow import IDEA_NOTE, ISSUANCE_REQUEST, PROJECT, REPORT
from registry.workflow import ACCOUNT, CYCLE, LEG, PROPOSAL

WORKFLOWS = {
    "Case, whatever it is about": CASE,
    "Rule pack": PACK,
    "Public input": INPUT,
    "Methodology version": METHODOLOGY,
    "Project idea note": IDEA_NOTE,
    "Project": PROJECT,
    "Monitoring report": REPORT,
    "Issuance request": ISSUANCE_REQUEST,
    "Decision of the Joint Committee": DECISION,
    "Meeting of the Joint Committee": MEETING,
    "Designation of a third-party entity": DESIGNATION,
    "Application for designation": APPLICATION,
    "Set of rule documents": RULE_SET,
    "Proposal of the secretariat to the Joint Committee": COMMITTEE_PROPOSAL,
    "Issuance leg of one government": LEG,
    "Proposal to move credits": PROPOSAL,
    "Account": ACCOUNT,
    "Comparison with a registry kept elsewhere": CYCLE,
}
PAGE = Path("docs") / "reference" / "workflows.md"


def page() -> str:
    """Return the page as the tables say it today."""
    parts = ["# Workflows\n\nMade by `manage.py workflows` from the tables that the code and the database use.\n"]
    parts += [f"\n## {name}\n\n```mermaid\n{flow.mermaid()}\n```\n" for name, flow in WORKFLOWS.items()]
    return "".join(parts)


class Command(BaseCommand):
    """The page is generated, never written by hand."""

    help = "Write docs/reference/workflows.md; with --check only say whether it is current."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / PAGE
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != page():
                raise CommandError(f"{PAGE} is stale: run manage.py workflows.")
        else:
            path.write_text(page(), encoding="utf-8")
