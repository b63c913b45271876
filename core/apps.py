"""The kernel's start-up."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """Grants and the keeping of changes follow the models after each migrate."""

    name = "core"
    verbose_name = "Kernel"

    def ready(self) -> None:
        from core import changes, grants, tasks  # noqa: F401, PLC0415 (the app registry must be ready)

        post_migrate.connect(grants.apply, sender=self)
        post_migrate.connect(changes.apply, sender=self)
