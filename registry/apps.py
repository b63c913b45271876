"""Start-up of registry."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    """Subscribers and the account directory are registered when the app registry is ready."""

    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from projects import ports  # noqa: PLC0415 (the app registry must be ready)
        from registry import receivers, reference  # noqa: F401, PLC0415
        from registry.selectors import administration  # noqa: PLC0415

        ports.register_accounts(administration.account_directory)
        post_migrate.connect(reference.load, sender=self)
