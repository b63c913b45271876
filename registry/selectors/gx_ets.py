"""GX-ETS: the share of a year's declared emissions that credits may cover. More of it is a warning, not a refusal."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from registry import rules
from registry.models import ProposalLine, Registry
from registry.selectors.public import TONNES
from registry.workflow import OPEN_PROPOSAL, ProposalState

Whose = tuple[str, int]  # beneficiary in capitals, reporting year


@dataclass(frozen=True, slots=True)
class Use:
    """So many tonnes for one beneficiary's reporting year; `declared` are its emissions, None where not told."""

    beneficiary: str
    year: int
    quantity: int
    declared: int | None


def warnings(registry: Registry, uses: Iterable[Use]) -> list[str]:
    """Return a sentence for each beneficiary and year above the share, what was retired or proposed before included.

    One more says whose share cannot be told because nobody declared emissions.
    """
    whose: dict[Whose, list[Use]] = {}
    for use in uses:
        whose.setdefault((use.beneficiary.upper(), use.year), []).append(use)
    before = _before(registry, whose)
    told: list[str] = []
    silent: list[str] = []
    for key, mine in whose.items():
        declared = next((use.declared for use in mine if use.declared is not None), None)
        total = before.get(key, 0) + sum(use.quantity for use in mine)
        if declared is None:
            silent.append(f"{mine[0].beneficiary} ({mine[0].year})")
        elif rules.exceeds_share(total, declared, percent=registry.gx_ets_share):
            told.append(_sentence(registry, mine[0], total, declared))
    if silent:
        told.append(
            _("Emissions are not declared, so the GX-ETS share cannot be checked, for: %(names)s.")
            % {"names": ", ".join(silent)}
        )
    return told


def _sentence(registry: Registry, use: Use, total: int, declared: int) -> str:
    return _(
        "For %(name)s and %(year)s, %(total)s tCO2eq would be retired for GX-ETS, with what was retired or proposed "
        "before. This is more than %(share)s percent of the declared emissions of %(declared)s tCO2eq."
    ) % {
        "name": use.beneficiary,
        "year": use.year,
        "total": f"{total:,}",
        "share": registry.gx_ets_share,
        "declared": f"{declared:,}",
    }


def _before(registry: Registry, whose: Iterable[Whose]) -> dict[Whose, int]:
    """Return the tonnes that completed and open proposals of the registry retire for these, in one query."""
    names, years = {name for name, _year in whose}, {year for _name, year in whose}
    counts = Q(proposal__state__in=[*OPEN_PROPOSAL, ProposalState.COMPLETED])
    lines = ProposalLine.objects.filter(counts, purpose=ProposalLine.Purpose.GX_ETS, proposal__registry=registry)
    named = lines.order_by().annotate(name=Upper("beneficiary")).filter(name__in=names, reporting_year__in=years)
    rows = named.values_list("name", "reporting_year").annotate(tonnes=TONNES)
    return {(name, year): tonnes for name, year, tonnes in rows}
