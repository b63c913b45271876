"""Load the demonstration data once, or list who can sign in to it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from jcm.demo import load


class Command(BaseCommand):
    """Demonstration records are labelled and use numbers from 900 up."""

    help = "Load labelled demonstration data that shows every state of every workflow; does nothing the second time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only list who can sign in")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self.stdout.write(load.sign_in_table())
        elif load.is_loaded():
            self.stderr.write("The demonstration data is there already; nothing was changed.")
        else:
            load.load(lambda host: self.stderr.write(f"demonstration data: {host}"), at=timezone.now())
