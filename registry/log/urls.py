"""Addresses of the transparency log; in the namespace of the registry's pages."""

from django.urls import path

from registry.api import log as proofs
from registry.views import log

urlpatterns = [
    path("", log.overview, name="log"),
    path("<str:code>/checkpoint", log.checkpoint, name="log-checkpoint"),
    path("<str:code>/checkpoints/<int:size>", log.checkpoint, name="log-checkpoint-at"),
    path("<str:code>/key", log.key, name="log-key"),
    path("<str:code>/entries", log.entries, name="log-entries"),
    path("<str:code>/inclusion/<int:entry>", proofs.inclusion, name="log-inclusion-at"),
    path("<str:code>/inclusion/<uuid:entry>", proofs.inclusion, name="log-inclusion"),
    path("<str:code>/consistency", proofs.consistency, name="log-consistency"),
]
