"""Start-up of projects."""

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    """Subscribers are registered when the app registry is ready."""

    name = "projects"
    verbose_name = "Projects"
