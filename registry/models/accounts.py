"""The registry of each Party, its accounts, and who may act for an account."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.models import source_field
from parties.models import Country, Organisation


class Registry(models.Model):
    """The registry of one Party: its own accounts, serial numbers and administrators."""

    party = models.OneToOneField(Country, on_delete=models.PROTECT, related_name="registry")

    class Meta:
        verbose_name_plural = "registries"
        ordering = ["party__name_en"]

    def __str__(self) -> str:
        return str(_("Registry of %(country)s") % {"country": self.party})


class Account(models.Model):
    """Where credits are recorded. The source account is where issuance comes from and nothing returns to."""

    class Kind(models.TextChoices):
        """What an account is for."""

        SOURCE = "source", _("Issuance source")
        GOVERNMENT = "government", _("Government holding account")
        ENTITY = "entity", _("Entity holding account")

    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="accounts")
    number = models.CharField(_("account number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="accounts")
    source = source_field()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["registry", "kind"],
                condition=Q(kind__in=["source", "government"]),
                name="registry_one_source_and_government_account",
            ),
            models.CheckConstraint(
                condition=Q(kind="entity", holder__isnull=False) | ~Q(kind="entity"),
                name="registry_entity_account_has_holder",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.holder_name}"

    @property
    def holder_name(self) -> str:
        """Who holds the credits, in words."""
        if self.holder is not None:
            return self.holder.name
        if get_language() == "ja":
            return f"{self.registry.party.name_ja}政府"
        return f"Government of {self.registry.party.name_en}"
