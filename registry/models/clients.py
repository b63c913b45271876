"""Programs that act in a registry, and the answers that they were given."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import Application

from core.models import AppendOnly, User
from registry.models.accounts import Registry
from registry.models.reconciliation import Counterpart


class Scope(models.TextChoices):
    """What a program may ask for. What its person may do limits it further."""

    READ = "registry:read", _("Read accounts and proposals")
    PROPOSE = "registry:propose", _("Propose movements of credits")
    APPROVE = "registry:approve", _("Approve and reject movements of credits")
    EXCHANGE = "registry:exchange", _("Exchange signed messages as a registry kept elsewhere")


class Client(models.Model):
    """A program with OAuth2 client credentials. It acts in one registry, as one person, within its scopes.

    A program of a registry kept elsewhere exchanges the messages of its counterpart, and no other's.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="registry_client")
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="clients")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    counterpart = models.ForeignKey(Counterpart, on_delete=models.PROTECT, null=True, related_name="clients")
    scopes = ArrayField(models.CharField(max_length=32, choices=Scope.choices))
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="registry_client_has_scopes"),
        ]

    def __str__(self) -> str:
        return f"{self.application.name} ({self.registry.party.iso2})"


class StoredAnswer(AppendOnly):
    """What a program was answered under one Idempotency-Key; committed together with what the request did."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="answers")
    key = models.CharField(max_length=64)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="registry_key_answered_once")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.key}"
