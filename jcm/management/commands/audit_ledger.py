"""Audit the whole ledger."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from registry.audit import CHECKS, audit


class Command(BaseCommand):
    """The exit code is 1 where anything was found, so that a schedule notices."""

    help = "Check the ledger's invariants over the whole database and print every breach."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *_args: Any, **options: Any) -> None:
        findings = audit()
        if options["json"]:
            told = {"checks": len(CHECKS), "findings": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for found in findings:
                self.stdout.write(f"{found.invariant}: {found.subject}: {found.told} ({found.check})")
            self.stdout.write(f"{len(CHECKS)} checks, {len(findings)} findings")
        if findings:
            sys.exit(1)
