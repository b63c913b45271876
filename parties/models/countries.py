"""Countries, sectoral scopes and partnerships with their settings."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

JAPAN = "JP"


class Country(models.Model):
    """A Party: Japan or a partner country."""

    iso2 = models.CharField("ISO 3166-1 alpha-2", max_length=2, unique=True)
    iso3 = models.CharField("ISO 3166-1 alpha-3", max_length=3, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    name_en = models.CharField(max_length=80)
    name_ja = models.CharField(max_length=80)
    time_zone = models.CharField(_("time zone of the capital"), max_length=40)

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["name_en"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_ja if get_language() == "ja" else self.name_en


class SectoralScope(models.Model):
    """A field of activity, numbered as on the JCM site. Data, not an enum: a partnership may add one."""

    number = models.PositiveSmallIntegerField(unique=True)
    name_en = models.CharField(max_length=160)
    name_ja = models.CharField(max_length=160)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.name}"

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_ja if get_language() == "ja" else self.name_en


class Partnership(models.Model):
    """The bilateral document of Japan and one partner country, with what it fixes for the credits.

    Each setting's default and its certainty stand in jcm.md sections 1.8 and 1.10. Deadlines and practices, which
    change from time to time, are in rule packs.
    """

    host = models.OneToOneField(Country, on_delete=models.PROTECT, related_name="partnership")
    acquirer = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="partnerships_as_acquirer")
    signed_on = models.DateField(_("bilateral document signed on"))
    split_after = models.DateField(_("no monitoring period crosses the end of"), null=True, default=date(2020, 12, 31))
    authorization_from_vintage = models.PositiveSmallIntegerField(
        _("vintages that need authorization, from"), null=True, default=2021
    )
    earliest_operation = models.DateField(_("earliest start of operation"), default=date(2013, 1, 1))

    class Meta:
        ordering = ["signed_on"]
        constraints = [
            models.CheckConstraint(condition=~Q(host=F("acquirer")), name="parties_partnership_has_two_parties"),
        ]

    def __str__(self) -> str:
        return f"{self.acquirer} – {self.host}"

    @cached_property
    def code(self) -> str:
        """The two letters that start every number of this partnership."""
        return self.host.iso2

    @cached_property
    def parties(self) -> tuple[Country, Country]:
        """Japan first, then the partner country."""
        return self.acquirer, self.host
