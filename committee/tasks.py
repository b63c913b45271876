"""Celery tasks of the committee."""
