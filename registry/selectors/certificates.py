"""Certificates as everybody may check them: what was certified, and where the credits are now."""

from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Greatest, Least
from django.utils.crypto import constant_time_compare

from registry.models import Certificate, CertificateLine, CreditBlock, LogEntry, Proposal


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of a certificate's credits there are, and how many still are where it says. Whole tonnes."""

    quantity: int
    still_there: int

    @property
    def complete(self) -> bool:
        """Whether all of them still are where the certificate says."""
        return self.quantity == self.still_there


def certificate_to_check(number: str, *, key: str) -> Certificate | None:
    """Return the certificate, or None; one of a holding is shown only with the key that is printed on it."""
    related = ("registry__party", "transaction", "account")
    found = Certificate.objects.select_related(*related).filter(number=number).first()
    if found is None or (found.kind == Certificate.Kind.HOLDING and not constant_time_compare(key, found.fingerprint)):
        return None
    return found


def certificates_of(proposal: Proposal) -> QuerySet[Certificate]:
    """Return what was certified when the proposal was carried out."""
    return Certificate.objects.filter(transaction__proposal=proposal).order_by("pk")


def in_the_log(certificate: Certificate) -> bool:
    """Return whether the log has numbered the certificate's transaction, so that its inclusion can be proven."""
    return LogEntry.objects.filter(leaf=certificate.transaction_id).exists()


def certificate_lines(certificate: Certificate) -> QuerySet[CertificateLine]:
    """Return the certificate's ranges with what their rows show."""
    return certificate.lines.select_related("series__registry__party", "series__project__partnership__host")


def certificate_standing(certificate: Certificate) -> Standing:
    """Return where the certificate's credits are now, in two queries."""
    lines = certificate.lines.order_by()
    quantity = lines.aggregate(tonnes=Sum(F("last") - F("first") + 1))["tonnes"]
    there = CreditBlock.objects.filter(
        account=certificate.account,
        series__certificate_lines__certificate=certificate,
        first__lte=F("series__certificate_lines__last"),
        last__gte=F("series__certificate_lines__first"),
    )
    first = Greatest(F("first"), F("series__certificate_lines__first"))
    last = Least(F("last"), F("series__certificate_lines__last"))
    still = there.order_by().aggregate(tonnes=Sum(last - first + 1))["tonnes"]
    return Standing(quantity=quantity, still_there=still or 0)
