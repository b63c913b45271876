"""Certificates of what was retired or cancelled, and of what an account held."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.models import AppendOnly, User, source_field
from registry.models.accounts import Account, Registry
from registry.models.ledger import Transaction
from registry.models.proposals import ProposalLine, Series


class Certificate(AppendOnly):
    """What the registry certified once: the facts as canonical JSON in `body`, from which every copy is drawn.

    `fingerprint` is the body's SHA-256. The body holds a random value, so that only who has a copy knows it.
    """

    class Kind(models.TextChoices):
        """What is certified."""

        RETIREMENT = "retirement", _("Certificate of retirement")
        CANCELLATION = "cancellation", _("Certificate of cancellation")
        HOLDING = "holding", _("Certificate of holding")

    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    registry = models.ForeignKey(Registry, on_delete=models.PROTECT, related_name="certificates")
    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, null=True, related_name="certificates")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="certificates")
    as_of = models.DateTimeField(_("as of"))
    purpose = models.CharField(_("purpose"), max_length=24, choices=ProposalLine.Purpose.choices, blank=True)
    beneficiary = models.CharField(_("beneficiary"), max_length=300, blank=True)
    reporting_year = models.PositiveSmallIntegerField(_("reporting year"), null=True)
    body = models.TextField()
    fingerprint = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued at"))
    source = source_field()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "purpose", "beneficiary", "reporting_year"],
                condition=Q(transaction__isnull=False),
                nulls_distinct=False,
                name="registry_certified_once_for_each_beneficiary",
            ),
            models.CheckConstraint(
                condition=Q(kind="holding", transaction=None) | ~Q(kind="holding") & Q(transaction__isnull=False),
                name="registry_certificate_has_its_cause",
            ),
            # What follows a movement is certified by nobody; a holding, by the person who asked.
            models.CheckConstraint(
                condition=~Q(kind="holding") | Q(issued_by__isnull=False, issued_at__isnull=False),
                name="registry_holding_certified_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the public page; what an account held is told only to who has the certificate."""
        page = reverse("registry:certificate", args=[self.number])
        return f"{page}?key={self.fingerprint}" if self.kind == self.Kind.HOLDING else page

    def file_url(self, language: str) -> str:
        """Return the address of the PDF in "en" or "ja"."""
        page, _question, query = self.get_absolute_url().partition("?")
        return f"{page}{language}.pdf" + (f"?{query}" if query else "")


class CertificateLine(AppendOnly):
    """A range of credits that a certificate names."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="lines")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="certificate_lines")
    first = models.BigIntegerField(validators=[MinValueValidator(1)])
    last = models.BigIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")), name="registry_certificate_line_has_a_range"
            )
        ]

    def __str__(self) -> str:
        return self.series.serial(self.first, self.last)

    @property
    def quantity(self) -> int:
        """Whole tonnes."""
        return self.last - self.first + 1
