"""Start-up of parties."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PartiesConfig(AppConfig):
    """Reference data follows each migrate; subscribers are registered when the app registry is ready."""

    name = "parties"
    verbose_name = "Parties"

    def ready(self) -> None:
        from parties import receivers, reference  # noqa: F401, PLC0415 (the app registry must be ready)

        post_migrate.connect(reference.load, sender=self)
