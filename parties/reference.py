"""The partner countries, sectoral scopes and first rule packs, written into a database that lacks them.

Rows that exist are left as they are: an administrator's change is never undone by a migrate.
Source: jcm.md sections 4.1 and 4.2.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db.models import F

from parties.models import JAPAN, ChecklistItem, Country, Partnership, RulePack, SectoralScope
from parties.workflow import PackStatus

DATA = Path(__file__).parent / "data"
FILE, CHECKLISTS = DATA / "reference.json", DATA / "checklists.json"
# Partnerships signed since then follow the rules aligned to the Paris Agreement (jcm.md 1.0).
PARIS_ALIGNED_FROM = date(2022, 1, 1)


def load(*, using: str = "default", **_kwargs: Any) -> None:
    """Add the countries, partnerships and scopes that are not there yet."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    fields = ("iso2", "iso3", "slug", "name_en", "name_ja", "time_zone")
    Country.objects.using(using).bulk_create(
        [Country(**dict(zip(fields, row[:6], strict=True))) for row in data["countries"]],
        ignore_conflicts=True,
    )
    countries = {c.iso2: c for c in Country.objects.using(using)}
    Partnership.objects.using(using).bulk_create(
        [
            Partnership(
                host=countries[row[0]],
                acquirer=countries[JAPAN],
                signed_on=row[6],
            )
            for row in data["countries"]
            if row[6]
        ],
        ignore_conflicts=True,
    )
    SectoralScope.objects.using(using).bulk_create(
        [SectoralScope(number=n, name_en=en, name_ja=ja) for n, en, ja in data["scopes"]],
        ignore_conflicts=True,
    )
    first_packs(using=using)


def first_packs(*, using: str = "default") -> None:
    """Give partnerships that have none the deadlines and checklists of jcm.md 1.3–1.11, in force since the signature.

    They are adopted last: the checklist of an adopted pack cannot be changed any more.
    """
    lacking = Partnership.objects.using(using).filter(rule_packs=None).select_related("host")
    packs = RulePack.objects.using(using).bulk_create([_first_pack(partnership) for partnership in lacking])
    checklists = json.loads(CHECKLISTS.read_text(encoding="utf-8"))
    ChecklistItem.objects.using(using).bulk_create(
        ChecklistItem(pack=pack, kind=kind, order=order, code=code, text_en=english, text_ja=japanese)
        for pack in packs
        for kind, rows in checklists.items()
        for order, (code, english, japanese) in enumerate(rows, 1)
    )
    RulePack.objects.using(using).filter(pk__in=[pack.pk for pack in packs]).update(
        status=PackStatus.ADOPTED, adopted_on=F("effective_from")
    )


def _first_pack(partnership: Partnership) -> RulePack:
    recent = partnership.signed_on >= PARIS_ALIGNED_FROM
    return RulePack(
        partnership=partnership,
        version=1,
        number=f"JCM_{partnership.code}_RP_ver01.0",
        effective_from=partnership.signed_on,
        status=PackStatus.PROPOSED,
        time_zone=partnership.host.time_zone,
        generation=RulePack.Generation.PARIS_ALIGNED if recent else RulePack.Generation.CLASSIC,
        allocation=RulePack.Allocation.REGISTRATION if recent else RulePack.Allocation.REQUEST,
    )
