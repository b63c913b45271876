"""A transfer, retirement or cancellation as its holder asks for it, or a correction as an administrator does."""

import uuid
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parties.models import JAPAN
from registry import patterns, rules, serials
from registry.accounts import is_account_number
from registry.filters import SerialField
from registry.holdings import Span, Wanted
from registry.models import Account, Proposal, ProposalLine, Series
from registry.selectors import accounts, gx_ets
from registry.services import Ask
from registry.stops import Stops

LARGEST = 10**15


class MovementForm(forms.Form):
    """How many credits of one account, and which. The key makes one proposal of a form that is sent twice."""

    kind: ClassVar[str]

    key = forms.UUIDField(widget=forms.HiddenInput)
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity, tCO2eq"),
        help_text=gettext_lazy("Whole tonnes. Leave it empty to move all of a serial number."),
        min_value=1,
        max_value=LARGEST,
        required=False,
    )
    serial = SerialField(
        label=gettext_lazy("Serial number"),
        help_text=gettext_lazy("Only if certain credits are wanted, as in JP-MN-MN004-2017-1-100."),
        required=False,
        max_length=patterns.LONGEST,
    )
    project = forms.CharField(
        label=gettext_lazy("Project number"),
        help_text=gettext_lazy("Empty: the oldest vintages of all projects are taken first."),
        max_length=12,
        required=False,
    )
    vintage = forms.IntegerField(label=gettext_lazy("Vintage"), min_value=2013, max_value=2100, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Note for the colleague who approves"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )
    order: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        self.account = account
        self.target: Account | None = None
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.order_fields([*self.order, "quantity", "serial", "project", "vintage", "reason"])

    def clean_project(self) -> str:
        """Return the number as projects write it."""
        number: str = self.cleaned_data["project"]
        return number.strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        serial: serials.Serial | None = cleaned.get("serial")
        self.wanted = Wanted(project=cleaned.get("project") or None, vintage=cleaned.get("vintage"))
        if serial is not None:
            self._choose(serial, cleaned)
        if not cleaned.get("quantity") and "quantity" not in self.errors:
            self.add_error("quantity", _("Say how many credits."))
        return cleaned

    def _choose(self, serial: serials.Serial, cleaned: dict[str, Any]) -> None:
        series = accounts.series_named(self.account.registry, serial)
        if series is None:
            self.add_error("serial", _("This registry has no credits with this serial number."))
            return
        self.wanted = Wanted(series_id=series.pk, first=serial.first, last=serial.last)
        cleaned["quantity"] = cleaned.get("quantity") or serial.quantity

    def ask(self) -> Ask:
        """Return what the service is asked for."""
        return Ask(quantity=self.cleaned_data["quantity"], wanted=self.wanted, to_account=self.target)

    def accepts(self, spans: list[Span]) -> bool:
        """Return whether these credits can be taken, or say why not at the field."""
        for why in rules.r_rg_08(self.account).values():
            self.add_error(None, why)
        stops = Stops(self.account)
        if why := stops.receiver(self.target):
            self.add_error("to_account", why)
        free = sum(span.quantity for span in spans)
        if free < self.cleaned_data["quantity"]:
            self.add_error("quantity", _("Only %(free)s tCO2eq of this are free to move.") % {"free": f"{free:,}"})
            if why := stops.credits(self.wanted):
                self.add_error("quantity", why)
        return not self.errors

    @property
    def warnings(self) -> list[str]:
        """What the person should think about before going on."""
        return []

    @property
    def decision(self) -> str:
        """The decision that orders the movement; only a correction has one."""
        return str(self.cleaned_data.get("decision_number", ""))


class TransferForm(MovementForm):
    """Credits for another account of the same registry."""

    kind = Proposal.Kind.TRANSFER
    order: ClassVar[tuple[str, ...]] = ("to_account",)

    to_account = forms.CharField(
        label=gettext_lazy("Account number of the recipient"),
        help_text=gettext_lazy("As in JP-2000001-12; the last two digits tell typing errors."),
        max_length=24,
    )

    def clean_to_account(self) -> str:
        """Find the account. Raises ValidationError for a typing error, and for a number that is not there."""
        number: str = self.cleaned_data["to_account"].strip().upper()
        if not is_account_number(number):
            raise forms.ValidationError(_("This is not an account number. Check every digit."))
        found = Account.objects.select_related("registry__party", "holder").filter(number=number).first()
        if found is None:
            raise forms.ValidationError(_("There is no account with this number."))
        faults = rules.r_rg_02(self.kind, self.account, Ask(quantity=1, to_account=found))
        if faults:
            raise forms.ValidationError(faults["to_account"])
        self.target = found
        return number


class CorrectionForm(TransferForm):
    """Credits for the account that should have had them, as a decision orders."""

    kind = Proposal.Kind.CORRECTION
    order = ("to_account", "decision_number")

    decision_number = forms.CharField(
        label=gettext_lazy("Decision"),
        help_text=gettext_lazy("The number of the decision that orders the correction, as in MN_JC012."),
        max_length=40,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_account"].label = _("Account number that the credits should have gone to")


class FinalForm(MovementForm):
    """Credits that are used up: what for, for whom, and for which year."""

    purposes: ClassVar[tuple[ProposalLine.Purpose, ...]]
    order = ("purpose", "beneficiary", "reporting_year", "declared_emissions")

    purpose = forms.ChoiceField(label=gettext_lazy("Purpose"), widget=forms.RadioSelect)
    beneficiary = forms.CharField(
        label=gettext_lazy("Beneficiary"), help_text=gettext_lazy("For whom, as it is written on the certificate."),
        max_length=300,
    )  # fmt: skip
    reporting_year = forms.IntegerField(label=gettext_lazy("Reporting year"), min_value=2013, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = {ProposalLine.Purpose.GX_ETS, ProposalLine.Purpose.SHK}
        japan = self.account.registry.party.iso2 == JAPAN
        choices = [(p.value, p.label) for p in self.purposes if japan or p not in schemes]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]

    @property
    def purpose_name(self) -> str:
        """The purpose in words."""
        return str(ProposalLine.Purpose(self.cleaned_data["purpose"]).label)

    def ask(self) -> Ask:
        """Return what the service is asked for."""
        words = {name: self.cleaned_data[name] for name in ("purpose", "beneficiary", "reporting_year")}
        return Ask(quantity=self.cleaned_data["quantity"], wanted=self.wanted, **words)


class RetirementForm(FinalForm):
    """Credits used for the contribution of the registry's Party, directly or through a scheme that counts for it."""

    kind = Proposal.Kind.RETIREMENT
    purposes = ProposalLine.RETIRES

    declared_emissions = forms.IntegerField(
        label=gettext_lazy("Declared emissions of the year, tCO2eq"),
        help_text=gettext_lazy("For GX-ETS only, to see whether the share that credits may cover is kept."),
        min_value=1,
        max_value=LARGEST,
        required=False,
    )

    def accepts(self, spans: list[Span]) -> bool:
        """Refuse also the vintages that the purpose does not take."""
        if not super().accepts(spans):
            return False
        vintages = Series.objects.filter(pk__in={span.series_id for span in spans}).values_list("vintage", flat=True)
        for field, fault in rules.r_rg_05(self.cleaned_data["purpose"], vintages).items():
            self.add_error(field, fault)
        return not self.errors

    @property
    def warnings(self) -> list[str]:
        """Warn above the share of declared emissions that GX-ETS takes."""
        told = self.cleaned_data
        if told["purpose"] != ProposalLine.Purpose.GX_ETS:
            return []
        use = gx_ets.Use(told["beneficiary"], told["reporting_year"], told["quantity"], told["declared_emissions"])
        return gx_ets.warnings(self.account.registry, [use])


class CancellationForm(FinalForm):
    """Credits taken out of use for any other purpose."""

    kind = Proposal.Kind.CANCELLATION
    purposes = ProposalLine.CANCELS


FORMS: dict[str, type[MovementForm]] = {
    form.kind: form for form in (TransferForm, RetirementForm, CancellationForm, CorrectionForm)
}
