"""Start-up of article6."""

from django.apps import AppConfig


class Article6Config(AppConfig):
    """No records of its own yet: the import contract already holds for the package."""

    name = "article6"
    verbose_name = "Article 6"
