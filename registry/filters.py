"""What the lists of credits and issuances can be asked."""

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.filters import RecordFilter, day_filter, source_filter
from parties.filters import country_filter
from parties.models import Country
from registry import selectors, serials
from registry.exchange.words import DifferenceKind
from registry.models import (
    Account,
    CreditBlock,
    Cycle,
    Difference,
    IssuanceNotification,
    Movement,
    Proposal,
    Transaction,
)
from registry.workflow import AccountState, CycleState, LegState, ProposalState

HOLDERS = [choice for choice in Account.Kind.choices if choice[0] != Account.Kind.SOURCE]


def registry_parties(_request: object = None) -> QuerySet[Country]:
    """Return the Parties that keep a registry."""
    return Country.objects.filter(registry__isnull=False)


class SerialField(forms.CharField):
    """A serial number, written with or without spaces, in capitals or not."""

    def clean(self, value: Any) -> serials.Serial | None:
        """Return the serial number that was typed. Raises ValidationError where it is not one."""
        text = super().clean(value)
        if not text:
            return None
        serial = serials.read(text)
        if serial is None:
            raise ValidationError(_("Write a serial number as in JP-MN-MN004-2017-1-100."))
        return serial


class SerialFilter(filters.CharFilter):  # type: ignore[misc]  # django-filter ships no types
    """Keeps the blocks that hold a credit of the serial number or range."""

    field_class = SerialField

    def filter(self, qs: QuerySet[CreditBlock], value: serials.Serial | None) -> QuerySet[CreditBlock]:
        """Keep the blocks that overlap the range."""
        if not value:
            return qs
        return qs.filter(
            series__registry__party__iso2=value.registry,
            series__project__number=value.project,
            series__project__partnership__host__iso2=value.host,
            series__vintage=value.vintage,
            first__lte=value.last,
            last__gte=value.first,
        )


class PastDayField(forms.DateField):
    """A day that has come: what is recorded later is not known yet."""

    def clean(self, value: Any) -> date | None:
        """Return the day. Raises ValidationError for one in the future."""
        day: date | None = super().clean(value)
        if day and day > timezone.now().date():
            raise ValidationError(_("Choose a day that is not in the future."))
        return day


class AsOfForm(forms.Form):
    """Asks for what was recorded by the end of a day."""

    as_of = PastDayField(
        label=_("As of the end of (UTC)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class PeriodForm(forms.Form):
    """Asks for what was recorded from one day to another, in UTC."""

    first_day = PastDayField(label=_("From (UTC)"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = PastDayField(label=_("Until the end of (UTC)"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it starts."""
        days: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = days.get("first_day"), days.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The period ends before it starts."))
        return days


class PastDayFilter(filters.DateFilter):  # type: ignore[misc]  # django-filter ships no types
    """Asks for the list as it was; the filter set itself takes other rows for it."""

    field_class = PastDayField

    def filter(self, qs: QuerySet[Any], _value: date | None) -> QuerySet[Any]:
        """Keep every row."""
        return qs


class CreditFilter(RecordFilter):
    """Credit blocks, by serial number, registry, country, project, vintage, holder and day of issuance.

    `as_of` asks for the blocks as they were at the end of a day in UTC.
    """

    serial = SerialFilter(label=_("Serial number"))
    registry = filters.ModelChoiceFilter(
        label=_("Registry"),
        field_name="series__registry__party",
        queryset=registry_parties,
        to_field_name="iso2",
        empty_label=_("All"),
    )
    country = country_filter("series__project__partnership__host")
    project = filters.CharFilter(label=_("Project number"), field_name="series__project__number", lookup_expr="iexact")
    vintage = filters.NumberFilter(label=_("Vintage"), field_name="series__vintage", min_value=2013, max_value=2100)
    holder = filters.ChoiceFilter(label=_("Held by"), field_name="account__kind", choices=HOLDERS, empty_label=_("All"))
    issued_from = day_filter(_("Issued from"), "leg__issued_on", "gte")
    issued_until = day_filter(_("Issued until"), "leg__issued_on", "lte")
    source = source_filter("leg__source")
    as_of = PastDayFilter(label=_("As of the end of (UTC)"), widget=forms.DateInput(attrs={"type": "date"}))

    class Meta:
        model = CreditBlock
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filter the blocks of today, or those of the day that is asked for."""
        day = self.form.cleaned_data.get("as_of")
        asked = selectors.block_list_at(selectors.end_of(day)) if day else queryset
        filtered: QuerySet[Any] = super().filter_queryset(asked)
        return filtered


class IssuanceFilter(RecordFilter):
    """Issuances as the Joint Committees notified them."""

    country = country_filter("project__partnership__host")
    project = filters.CharFilter(label=_("Project number"), field_name="project__number", lookup_expr="iexact")
    decided_from = day_filter(_("Decided from"), "decided_on", "gte")
    decided_until = day_filter(_("Decided until"), "decided_on", "lte")
    state = filters.ChoiceFilter(
        label=_("State of a leg"),
        choices=[(state.value, state.label) for state in (LegState.NOTIFIED, LegState.ISSUED, LegState.CLOSED)],
        method="by_state",
    )
    source = source_filter()

    class Meta:
        model = IssuanceNotification
        fields: list[str] = []

    def by_state(
        self, notifications: QuerySet[IssuanceNotification], _name: str, state: str
    ) -> QuerySet[IssuanceNotification]:
        """Keep the issuances with a leg in this state; steps inside a registry count as notified."""
        inside = [LegState.NOTIFIED, LegState.PROPOSED, LegState.APPROVED]
        states = inside if state == LegState.NOTIFIED else [state]
        return notifications.filter(pk__in=notifications.model.objects.filter(legs__state__in=states).values("pk"))


class AccountFilter(RecordFilter):
    """Accounts, by number or holder, kind and state."""

    text = filters.CharFilter(label=_("Account number or holder"), method="by_text")
    kind = filters.ChoiceFilter(label=_("Kind"), choices=HOLDERS, empty_label=_("All"))
    state = filters.ChoiceFilter(label=_("State"), choices=AccountState.choices, empty_label=_("All"))

    class Meta:
        model = Account
        fields: list[str] = []

    def by_text(self, accounts: QuerySet[Account], _name: str, text: str) -> QuerySet[Account]:
        """Keep the accounts whose number or holder has this text."""
        return accounts.filter(Q(number__icontains=text) | Q(holder__name__icontains=text))


class HoldingFilter(RecordFilter):
    """Blocks of one account, by project and vintage."""

    project = filters.CharFilter(label=_("Project number"), field_name="series__project__number", lookup_expr="iexact")
    vintage = filters.NumberFilter(label=_("Vintage"), field_name="series__vintage", min_value=2013, max_value=2100)

    class Meta:
        model = CreditBlock
        fields: list[str] = []


class MovementFilter(RecordFilter):
    """Movements of one account, by kind, project and day."""

    kind = filters.ChoiceFilter(
        label=_("Kind"), field_name="transaction__kind", choices=Transaction.Kind.choices, empty_label=_("All")
    )
    project = filters.CharFilter(label=_("Project number"), field_name="series__project__number", lookup_expr="iexact")
    recorded_from = day_filter(_("Recorded from"), "transaction__at__date", "gte")
    recorded_until = day_filter(_("Recorded until"), "transaction__at__date", "lte")

    class Meta:
        model = Movement
        fields: list[str] = []


class ProposalFilter(RecordFilter):
    """Proposals, by state and kind."""

    state = filters.ChoiceFilter(label=_("State"), choices=ProposalState.choices, empty_label=_("All"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Proposal.Kind.choices, empty_label=_("All"))

    class Meta:
        model = Proposal
        fields: list[str] = []


class CycleFilter(RecordFilter):
    """Comparisons with registries kept elsewhere, by counterpart, state and day."""

    code = filters.CharFilter(label=_("Code"), field_name="counterpart__code", lookup_expr="iexact")
    state = filters.ChoiceFilter(label=_("State"), choices=CycleState.choices, empty_label=_("All"))
    started_from = day_filter(_("Started from"), "started_at__date", "gte")
    started_until = day_filter(_("Started until"), "started_at__date", "lte")

    class Meta:
        model = Cycle
        fields: list[str] = []


class DifferenceFilter(RecordFilter):
    """Differences of one comparison, by kind, serial number or identifier."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=DifferenceKind.choices, empty_label=_("All"))
    text = filters.CharFilter(label=_("Serial number or identifier"), field_name="reference", lookup_expr="icontains")

    class Meta:
        model = Difference
        fields: list[str] = []
