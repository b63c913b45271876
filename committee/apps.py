"""Start-up of committee."""

from django.apps import AppConfig


class CommitteeConfig(AppConfig):
    """Subscribers are registered when the app registry is ready."""

    name = "committee"
    verbose_name = "Committee"

    def ready(self) -> None:
        from committee import receivers  # noqa: F401, PLC0415
