"""Write the registries' transparency logs as files that anybody can check offline."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from registry.log import export
from registry.models import Registry


class Command(BaseCommand):
    """Write one folder per registry; tools/verify_log.py checks it."""

    help = "Write the transparency logs: entries, leaf hashes, holdings, checkpoints and public keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="where to write; one folder per registry is made in it")
        parser.add_argument("--registry", default="", help="the country code of one registry, for example JP")

    def handle(self, *_args: Any, folder: Path, registry: str, **_options: Any) -> None:
        wanted = Registry.objects.select_related("party").order_by("party__iso2")
        if registry:
            wanted = wanted.filter(party__iso2=registry.upper())
            if not wanted:
                raise CommandError(_("There is no registry of %(code)s.") % {"code": registry})
        for each in wanted:
            checkpoint = export.write(each, folder, seed=settings.LOG_SIGNING_KEY)
            if checkpoint:
                self.stdout.write(
                    _("%(registry)s: %(size)s entries, root %(root)s")
                    % {"registry": each, "size": checkpoint.size, "root": checkpoint.root_hex}
                )
