"""Give a program access to a registry, or take it away."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from core.models import User
from registry import services
from registry.models import Client, Counterpart, Registry, Scope


class Command(BaseCommand):
    """Prints identifier and secret once; the secret is stored as a hash alone."""

    help = "Create the OAuth2 client of a program that acts in a registry as one person, or revoke a client."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--registry", help="the country code of the registry, for example JP")
        parser.add_argument("--email", help="whose rights the program has")
        parser.add_argument("--name", default="", help="what the program is called")
        parser.add_argument("--scope", action="append", choices=Scope.values, default=[])
        parser.add_argument("--counterpart", help="the code of the registry kept elsewhere whose program this is")
        parser.add_argument("--revoke", metavar="CLIENT_ID", help="revoke this client instead")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["revoke"]:
                services.client_revoke(client_id=options["revoke"], at=timezone.now())
                self.stdout.write("revoked")
                return
            registry = Registry.objects.get(party__iso2=options["registry"])
            code, in_use = options["counterpart"], Counterpart.objects.filter(registry=registry, stopped_at=None)
            client, secret = services.client_create(
                registry=registry,
                counterpart=in_use.get(code=code) if code else None,
                user=User.objects.get(email__iexact=options["email"]),
                name=options["name"],
                scopes=options["scope"] or [Scope.EXCHANGE if code else Scope.READ],
                at=timezone.now(),
            )
        except (Registry.DoesNotExist, User.DoesNotExist, Client.DoesNotExist, Counterpart.DoesNotExist) as unknown:
            raise CommandError(str(unknown)) from unknown
        except DomainError as refusal:
            raise CommandError("; ".join([str(refusal), *refusal.fields.values()])) from refusal
        self.stdout.write(f"client_id={client.application.client_id}\nclient_secret={secret}")
