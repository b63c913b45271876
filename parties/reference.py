"""The partner countries and sectoral scopes of today, written into a database that lacks them.

Rows that exist are left as they are: an administrator's change is never undone by a migrate.
Source: jcm.md sections 4.1 and 4.2.
"""

import json
from pathlib import Path
from typing import Any

from parties.models import JAPAN, Country, Partnership, SectoralScope

FILE = Path(__file__).parent / "data" / "reference.json"


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
                decision_time_zone=countries[row[0]].time_zone,
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
