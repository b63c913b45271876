"""Invite the first people of a system: whom nobody could invite in the browser yet, and auditors."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from parties.models import Country, Organisation, Partnership, Role
from parties.services import Grant, invite


class Command(BaseCommand):
    """The operator's way in; what was given is in the audit trail like everything else."""

    help = "Invite somebody by e-mail, for example: invite auditor a@example.org 'A. Auditor' --until 2027-03-31"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--language", default="en")
        parser.add_argument("--partnership", help="the partner country's code, as in MN")
        parser.add_argument("--party", help="the Party's code, as in JP")
        parser.add_argument("--organisation", help="its exact name")
        parser.add_argument("--until", type=date.fromisoformat)

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        try:
            invitation = invite(
                email=options["email"],
                name=options["name"],
                language=options["language"],
                grant=_grant(options),
                valid_from=now.date(),
                valid_until=options["until"],
                actor=None,
                at=now,
            )
        except (Country.DoesNotExist, Partnership.DoesNotExist, Organisation.DoesNotExist) as missing:
            raise CommandError(str(missing)) from missing
        except DomainError as refusal:
            raise CommandError(" ".join([str(refusal), *refusal.fields.values()])) from refusal
        self.stdout.write(f"{invitation} is invited; the letter is on its way.")


def _grant(options: dict[str, Any]) -> Grant:
    return Grant(
        role=Role(options["role"]),
        partnership=Partnership.objects.get(host__iso2=options["partnership"]) if options["partnership"] else None,
        party=Country.objects.get(iso2=options["party"]) if options["party"] else None,
        organisation=Organisation.objects.get(name=options["organisation"]) if options["organisation"] else None,
    )
