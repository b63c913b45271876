"""Start-up of committee."""

from django.apps import AppConfig


class CommitteeConfig(AppConfig):
    """Subscribers, and who may read restricted documents, are registered when the app registry is ready."""

    name = "committee"
    verbose_name = "Committee"

    def ready(self) -> None:
        from committee import policies, receivers  # noqa: F401, PLC0415 (the app registry must be ready)
        from parties import ports  # noqa: PLC0415

        ports.register_reading(policies.check_may_read)
