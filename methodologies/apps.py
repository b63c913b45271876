"""Start-up of methodologies."""

from django.apps import AppConfig


class MethodologiesConfig(AppConfig):
    """Subscribers are registered when the app registry is ready."""

    name = "methodologies"
    verbose_name = "Methodologies"

    def ready(self) -> None:
        from methodologies import receivers  # noqa: F401, PLC0415
