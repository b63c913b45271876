"""Composition root: the only package that knows every app; nothing imports it."""

from jcm.celery import app as celery_app

__all__ = ["celery_app"]
