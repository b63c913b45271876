"""Start-up of registry."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    """Subscribers and the account directory are registered when the app registry is ready."""

    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry import receivers, reference  # noqa: F401, PLC0415

        post_migrate.connect(reference.load, sender=self)
