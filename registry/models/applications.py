"""How an account comes to be: applied for by its holder, checked by one administrator, opened by another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.models import Document, User
from registry.models.accounts import Account


class AccountApplication(models.Model):
    """What the holder said, who checked it, and who opened or refused the account."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="application")
    representative = models.CharField(_("name of the representative"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    address = models.TextField(_("address"))
    documents = models.ManyToManyField(Document, related_name="+")
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason of the refusal"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by=None, checked_at=None) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="registry_application_check_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(opened_by=None, opened_at=None)
                | Q(opened_by__isnull=False, opened_at__isnull=False, checked_by__isnull=False)
                & ~Q(opened_by=F("checked_by")),
                name="registry_account_opened_by_second_person",
            ),
            models.CheckConstraint(
                condition=Q(refused_by=None, refused_at=None)
                | Q(refused_by__isnull=False, refused_at__isnull=False, reason__gt=""),
                name="registry_refusal_has_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}"
