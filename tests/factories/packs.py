"""Rule packs other than the first one."""

from datetime import date
from typing import Any

from parties.models import Partnership, RulePack
from parties.models.packs import SETTINGS
from parties.selectors import pack_in_force
from parties.workflow import PackStatus
from tests.factories.cycle import NOON


def pack(partnership: Partnership, *, since: date = date(2020, 1, 1), **settings: Any) -> RulePack:
    """Return an adopted pack that is in force since a day, with some settings that differ from the one before."""
    before = pack_in_force(partnership, NOON.date())
    kept = {name: getattr(before, name) for name in SETTINGS}
    version = before.version + 1
    return RulePack.objects.create(
        partnership=partnership,
        version=version,
        number=f"JCM_{partnership.code}_RP_ver{version:02d}.0",
        effective_from=since,
        adopted_on=since,
        status=PackStatus.ADOPTED,
        **{**kept, **settings},
    )


def silent_pack(partnership: Partnership) -> RulePack:
    """Return a pack that asks for no public inputs."""
    return pack(partnership, pm_public_inputs_days=0, pdd_public_inputs_days=0)
