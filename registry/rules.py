"""Numbered rules on what may be asked of a registry. The docstring says what must hold (jcm.md 3.4, 3.8, 3.9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from parties.models import JAPAN, Country, Partnership
from projects.models import Project
from registry.holdings import Wanted
from registry.models import Account, Proposal, ProposalLine
from registry.workflow import AccountState

# GX-ETS takes no credits of efforts of 2020 and before.
GX_ETS_FIRST_VINTAGE = 2021
LAST_VINTAGE = 2100
FINAL_KINDS = frozenset({Account.Kind.RETIREMENT, Account.Kind.CANCELLATION})


class Asked(Protocol):
    """What the rules read of one part of a proposal."""

    @property
    def quantity(self) -> int: ...
    @property
    def wanted(self) -> Wanted: ...
    @property
    def to_account(self) -> Account | None: ...
    @property
    def purpose(self) -> str: ...
    @property
    def beneficiary(self) -> str: ...
    @property
    def reporting_year(self) -> int | None: ...


def enforce_asks(kind: str, account: Account, asks: Sequence[Asked], *, decision_number: str) -> None:
    """Raise InvalidInput, naming the fields, for what R-RG-01 … R-RG-04 and R-RG-08 do not allow."""
    faults: dict[str, str] = {}
    if not asks:
        faults["quantity"] = _("Say how many credits.")
    for n, ask in enumerate(asks):
        found = r_rg_01(ask) | r_rg_02(kind, account, ask) | r_rg_03(kind, account, ask)
        faults |= {place(n, field, asks): text for field, text in found.items()}
    faults |= r_rg_04(kind, decision_number) | r_rg_08(account)
    if faults:
        raise InvalidInput(fields=faults)


def place(n: int, field: str, asks: Sequence[Asked]) -> str:
    """Return the name of a field of the n-th part, counted from 0; with a single part, the field's own name."""
    return field if len(asks) == 1 else f"{n}.{field}"


def r_rg_01(ask: Asked) -> dict[str, str]:
    """R-RG-01: whole tonnes, at least one."""
    return {} if ask.quantity >= 1 else {"quantity": _("Give a whole number of tonnes, at least 1.")}


def r_rg_02(kind: str, account: Account, ask: Asked) -> dict[str, str]:
    """R-RG-02: a transfer stays in its registry and goes to another holding account that is open."""
    if kind in {Proposal.Kind.RETIREMENT, Proposal.Kind.CANCELLATION}:
        return (
            {"to_account": _("Retired and cancelled credits go to the registry's own account.")}
            if ask.to_account
            else {}
        )
    holding = {Account.Kind.GOVERNMENT, Account.Kind.ENTITY, Account.Kind.ADMINISTRATIVE}
    target = ask.to_account
    if target is None or target.pk == account.pk or target.kind not in holding:
        return {"to_account": _("Choose another holding account.")}
    if target.registry_id != account.registry_id:
        return {"to_account": _("Credits do not move from one registry to another.")}
    if target.state != AccountState.OPEN:
        return {"to_account": _("An account is not open.")}
    return {}


def r_rg_03(kind: str, account: Account, ask: Asked) -> dict[str, str]:
    """R-RG-03: retirement and cancellation say purpose, beneficiary and reporting year.

    GX-ETS and SHK are schemes of Japan, and count for its NDC only from Japan's registry.
    """
    purposes = {
        Proposal.Kind.RETIREMENT.value: ProposalLine.RETIRES,
        Proposal.Kind.CANCELLATION.value: ProposalLine.CANCELS,
    }.get(kind)
    if purposes is None:
        return {"purpose": _("A transfer has no purpose.")} if ask.purpose else {}
    faults = {}
    if ask.purpose not in purposes:
        faults["purpose"] = _("Choose what the credits are for.")
    schemes = {ProposalLine.Purpose.GX_ETS, ProposalLine.Purpose.SHK}
    if ask.purpose in schemes and account.registry.party.iso2 != JAPAN:
        faults["purpose"] = _("This purpose exists in Japan's registry only.")
    if not ask.beneficiary.strip():
        faults["beneficiary"] = _("Say for whom.")
    if ask.reporting_year is None or not 2013 <= ask.reporting_year <= 2100:
        faults["reporting_year"] = _("Give the year for which it is reported.")
    return faults


def r_rg_04(kind: str, decision_number: str) -> dict[str, str]:
    """R-RG-04: a correction refers to the decision that orders it."""
    missing = kind == Proposal.Kind.CORRECTION and not decision_number.strip()
    return {"decision_number": _("Give the number of the decision that orders the correction.")} if missing else {}


def r_rg_05(purpose: str, vintages: Iterable[int]) -> dict[str, str]:
    """R-RG-05: GX-ETS takes no credits of vintages of 2020 and before."""
    early = purpose == ProposalLine.Purpose.GX_ETS and any(vintage < GX_ETS_FIRST_VINTAGE for vintage in vintages)
    return {"purpose": _("GX-ETS takes no credits of vintages of 2020 and before.")} if early else {}


def r_rg_08(account: Account) -> dict[str, str]:
    """R-RG-08: credits leave open accounts only, and never those of retired and cancelled credits."""
    if account.kind in FINAL_KINDS:
        return {"account": _("Retired and cancelled credits are final.")}
    return {} if account.state == AccountState.OPEN else {"account": _("An account is not open.")}


def exceeds_share(quantity: int, emissions: int, *, percent: int) -> bool:
    """Return whether the credits are more than so many percent of the emissions, both in whole tonnes."""
    return quantity * 100 > emissions * percent


@dataclass(frozen=True, slots=True)
class Terms:
    """What a Party authorizes: None for every project, or any quantity."""

    party: Country
    project: Project | None
    vintage_from: int
    vintage_to: int
    quantity: int | None
    authorized_on: date
    reference: str


def enforce_terms(partnership: Partnership, terms: Terms, *, today: date) -> None:
    """Raise InvalidInput, naming the fields, for what R-RG-06 and R-RG-07 do not allow."""
    if faults := r_rg_06(partnership, terms) | r_rg_07(terms, today):
        raise InvalidInput(fields=faults)


def r_rg_06(partnership: Partnership, terms: Terms) -> dict[str, str]:
    """R-RG-06: a Party authorizes outcomes of its own partnership, of the vintages that need it, a positive amount."""
    faults = {}
    if terms.party not in partnership.parties:
        faults["party"] = _("This Party does not take part in the partnership.")
    if terms.project is not None and terms.project.partnership_id != partnership.pk:
        faults["project"] = _("This project belongs to another partnership.")
    threshold = partnership.authorization_from_vintage
    if threshold is None or terms.vintage_from < threshold:
        faults["vintage_from"] = _("Vintages before %(year)s need no authorization.") % {"year": threshold or 2100}
    if not terms.vintage_from <= terms.vintage_to <= LAST_VINTAGE:
        faults["vintage_to"] = _("The last vintage is not before the first, and not after %(year)d.") % {
            "year": LAST_VINTAGE
        }
    if terms.quantity is not None and terms.quantity < 1:
        faults["quantity"] = _("Give a whole number of tonnes, at least 1.")
    return faults


def r_rg_07(terms: Terms, today: date) -> dict[str, str]:
    """R-RG-07: an authorization was made already, and refers to the document that proves it."""
    faults = {}
    if terms.authorized_on > today:
        faults["authorized_on"] = _("This day has not come yet.")
    if not terms.reference.strip():
        faults["reference"] = _("Name the document by which the Party authorizes.")
    return faults
