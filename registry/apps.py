"""Start-up of registry."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Subscribers are registered when the app registry is ready."""

    name = "registry"
    verbose_name = "Registry"

    def ready(self) -> None:
        from registry import receivers  # noqa: F401, PLC0415
