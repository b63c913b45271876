"""The composition root as an app: management commands and project-wide templates."""

from django.apps import AppConfig


class JcmConfig(AppConfig):
    """Knows every app; nothing imports it."""

    name = "jcm"
    verbose_name = "JCM"
