"""Certificates: made by the registry itself for what is retired or cancelled, and on request for what is held."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from core import numbering
from core.models import User
from registry import policies
from registry.errors import NothingToCertify
from registry.models import Account, Certificate, CertificateLine, ProposalLine, Series, Transaction
from registry.selectors.history import blocks_at

CERTIFIED = {Transaction.Kind.RETIREMENT.value, Transaction.Kind.CANCELLATION.value}


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one certificate says besides its number."""

    kind: str
    account: Account
    holder: Account
    as_of: datetime
    lines: Sequence[ProposalLine | CertificateLine]
    entry: Transaction | None = None
    purpose: str = ""
    beneficiary: str = ""
    reporting_year: int | None = None


@transaction.atomic
def certificates_issue(*, transaction_id: UUID, at: datetime) -> list[Certificate]:
    """Certify what a transaction retired or cancelled, once for each beneficiary, purpose and year.

    Repeating it gives the same certificates; another kind of transaction has none.
    """
    related = ("registry__party", "proposal")
    entry = Transaction.objects.select_related(*related).get(pk=transaction_id)
    if entry.kind not in CERTIFIED or entry.proposal is None:
        return []
    # The proposal's row is the lock: two deliveries of one event follow each other.
    proposal = type(entry.proposal).objects.select_for_update().get(pk=entry.proposal.pk)
    done = list(Certificate.objects.filter(transaction=entry).order_by("pk"))
    if done:
        return done
    lines = proposal.lines.select_related(
        "from_account__holder", "from_account__registry__party", "to_account", *_of_series()
    ).order_by("pk")
    groups: dict[tuple[str, str, int | None], list[ProposalLine]] = {}
    for line in lines:
        groups.setdefault((line.purpose, line.beneficiary, line.reporting_year), []).append(line)
    return [
        _certify(
            _Facts(
                kind=entry.kind,
                account=group[0].to_account,
                holder=group[0].from_account,
                as_of=entry.at,
                lines=group,
                entry=entry,
                purpose=purpose,
                beneficiary=beneficiary,
                reporting_year=year,
            ),
            actor=None,
            source=entry.source,
            at=at,
        )
        for (purpose, beneficiary, year), group in groups.items()
    ]


@transaction.atomic
def holding_certify(*, account: Account, as_of: datetime, actor: User, at: datetime) -> Certificate:
    """Certify what an account held at a moment. Raises NotPermitted, NothingToCertify."""
    policies.check_can_view_account(actor, account, at=at)
    blocks = blocks_at(as_of).filter(account=account).select_related(*_of_series())
    held = blocks.order_by("series__vintage", "series", "first")
    lines = [CertificateLine(series=block.series, first=block.first, last=block.last) for block in held]
    if not lines:
        raise NothingToCertify
    facts = _Facts(kind=Certificate.Kind.HOLDING, account=account, holder=account, as_of=as_of, lines=lines)
    return _certify(facts, actor=actor, source=actor.record_source, at=at)


def _of_series() -> tuple[str, ...]:
    return ("series__registry__party", "series__project__partnership__host")


def _certify(facts: _Facts, *, actor: User | None, source: str, at: datetime) -> Certificate:
    code = facts.lines[0].series.registry.party.iso2
    running = numbering.allot(f"{code}:certificate:{at:%Y}", source=source)
    number = f"{code}-C-{at:%Y}-{running:06d}"
    body = json.dumps(_body(number, facts, at), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made = Certificate.objects.create(
        number=number,
        kind=facts.kind,
        registry=facts.lines[0].series.registry,
        transaction=facts.entry,
        account=facts.account,
        as_of=facts.as_of,
        purpose=facts.purpose,
        beneficiary=facts.beneficiary,
        reporting_year=facts.reporting_year,
        body=body,
        fingerprint=hashlib.sha256(body.encode()).hexdigest(),
        issued_by=actor,
        issued_at=at,
        source=source,
    )
    CertificateLine.objects.bulk_create(
        CertificateLine(certificate=made, series=line.series, first=line.first, last=line.last) for line in facts.lines
    )
    return made


def _body(number: str, facts: _Facts, at: datetime) -> dict[str, object]:
    party = facts.lines[0].series.registry.party
    return {
        "as_of": facts.as_of.isoformat(),
        "beneficiary": facts.beneficiary,
        "holder": {language: _holder_name(facts.holder, language) for language in ("en", "ja")},
        "account": facts.account.number if facts.entry is None else "",
        "issued_at": at.isoformat(),
        "kind": str(facts.kind),
        "lines": list(_lines(facts.lines)),
        "nonce": secrets.token_hex(16),
        "number": number,
        "purpose": facts.purpose,
        "quantity": sum(line.quantity for line in facts.lines),
        "registry": party.iso2,
        "registry_name": {"en": party.name_en, "ja": party.name_ja},
        "reporting_year": facts.reporting_year,
        "transaction": str(facts.entry.pk) if facts.entry else "",
        "v": 1,
    }


def _holder_name(account: Account, language: str) -> str:
    with translation.override(language):
        return account.holder_name


def _lines(lines: Iterable[ProposalLine | CertificateLine]) -> Iterable[dict[str, object]]:
    names: dict[int, Series] = {}
    for line in lines:
        series = names.setdefault(line.series_id, line.series)
        host = series.project.partnership.host
        yield {
            "country": {"en": host.name_en, "ja": host.name_ja},
            "project": series.project.number,
            "quantity": line.quantity,
            "serial": series.serial(line.first, line.last),
            "title": series.project.title,
            "vintage": series.vintage,
        }
