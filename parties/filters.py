"""What the lists of countries and third-party entities can be asked."""

from datetime import date

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import YES, RecordFilter, source_filter, yes_no_filter
from core.search import similar, words
from parties.models import Case, Country, Designation, DesignationQuerySet, Partnership, SectoralScope
from parties.search import country_like, organisation_like
from parties.workflow import OPEN_STAGES, CaseKind, DesignationStatus


def partner_countries(_request: object = None) -> QuerySet[Country]:
    """Return the countries with a bilateral document."""
    return Country.objects.filter(partnership__isnull=False)


def sectoral_scopes(_request: object = None) -> QuerySet[SectoralScope]:
    """Return the sectoral scopes."""
    return SectoralScope.objects.all()


def country_filter(field: str = "partnership__host") -> filters.ModelChoiceFilter:
    """Return a filter by partner country, named by its ISO code as in MN."""
    return filters.ModelChoiceFilter(
        label=_("Partner country"),
        field_name=field,
        queryset=partner_countries,
        to_field_name="iso2",
        empty_label=_("All"),
    )


def scope_filter(field: str, method: str | None = None) -> filters.ModelChoiceFilter:
    """Return a filter by sectoral scope, named by its number; a `method` says how where `field` alone cannot."""
    return filters.ModelChoiceFilter(
        label=_("Sectoral scope"),
        field_name=field,
        queryset=sectoral_scopes,
        to_field_name="number",
        empty_label=_("All"),
        method=method,
    )


class CountryFilter(RecordFilter):
    """Countries are reference data: they have no source of their own."""

    q = filters.CharFilter(label=_("Country"), method="search")

    class Meta:
        model = Country
        fields: list[str] = []

    def search(self, countries: QuerySet[Country], _name: str, text: str) -> QuerySet[Country]:
        """Keep the countries whose name or code is like what was typed."""
        for word in words(text):
            countries = countries.filter(country_like(word))
        return countries


class PartnershipFilter(RecordFilter):
    """Partnerships, by partner country."""

    country = country_filter("host")

    class Meta:
        model = Partnership
        fields: list[str] = []


class DesignationFilter(RecordFilter):
    """Third-party entities, by country, name, scope and whether they may work today."""

    q = filters.CharFilter(label=_("Number or name"), method="search")
    country = country_filter()
    scope = scope_filter("scopes_validation", "in_scope")
    status = filters.ChoiceFilter(label=_("Status"), choices=DesignationStatus.choices, empty_label=_("All"))
    in_force_on = filters.DateFilter(
        label=_("In force on"), method="by_day", widget=forms.DateInput(attrs={"type": "date"})
    )
    source = source_filter()

    class Meta:
        model = Designation
        fields: list[str] = []

    def search(self, designations: QuerySet[Designation], _name: str, text: str) -> QuerySet[Designation]:
        """Keep the entities whose number or name is like what was typed."""
        for word in words(text):
            named = organisation_like(word, "organisation__name")
            designations = designations.filter(Q(number__icontains=word) | named)
        return designations

    def in_scope(self, designations: QuerySet[Designation], _name: str, scope: SectoralScope) -> QuerySet[Designation]:
        """Keep the entities that may validate or verify in this scope."""
        validates = Designation.objects.filter(scopes_validation=scope)
        verifies = Designation.objects.filter(scopes_verification=scope)
        return designations.filter(Q(pk__in=validates) | Q(pk__in=verifies))

    def by_day(self, designations: DesignationQuerySet, _name: str, day: date) -> QuerySet[Designation]:
        """Keep the entities that might begin work on that day."""
        return designations.on(day)


class BoardFilter(RecordFilter):
    """Open cases, by words, country, kind, stage and lateness."""

    q = filters.CharFilter(label=_("Number or title"), method="search")
    country = country_filter()
    stage = filters.ChoiceFilter(
        label=_("Stage"), choices=[(stage.value, stage.label) for stage in OPEN_STAGES], empty_label=_("All")
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=CaseKind.choices, empty_label=_("All"))
    overdue = yes_no_filter(_("Overdue"), "by_lateness")

    class Meta:
        model = Case
        fields: list[str] = []

    def search(self, cases: QuerySet[Case], _name: str, text: str) -> QuerySet[Case]:
        """Keep the cases in whose number or title each word is found."""
        for word in words(text):
            cases = cases.filter(Q(number__istartswith=word) | similar("title", word))
        return cases

    def by_lateness(self, cases: QuerySet[Case], _name: str, asked: str) -> QuerySet[Case]:
        """Keep the cases whose deadline is over, or those where it is not."""
        late = Q(due_at__lt=timezone.now())
        return cases.filter(late if asked == YES else ~late | Q(due_at=None))
