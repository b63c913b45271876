"""Random ballots through the services and PostgreSQL end as the oracle says."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from committee import services
from committee.models import DecisionItem, Declaration
from core.errors import DomainError
from core.models import User
from jcm.demo.cast import Cast
from parties.models import Holiday, Partnership, Role, RoleAssignment, RulePack
from parties.workflow import PackStatus
from tests.factories import cycle
from tests.factories.ballots import DAY, HOLIDAYS, Deed, Tale, judge, side, tell

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BALLOTS = 60


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def people_of(tale: Tale, cast: Cast) -> dict[str, User]:
    """Fill the committee as the tale has it."""
    parties = dict(zip("jh", cast.partnership.parties, strict=True))
    RoleAssignment.objects.committee().filter(partnership=cast.partnership).delete()
    RoleAssignment.objects.update(valid_from=date(2000, 1, 1))  # before any tale
    people = {name: User.objects.create(email=f"{name}@committee.example", name=name) for name in tale.people}
    for name, person in people.items():
        RoleAssignment.objects.create(
            user=person, role=Role.CO_CHAIR if name in tale.chairs else Role.MEMBER, party=parties[side(name)],
            partnership=cast.partnership, valid_from=date(2000, 1, 1),
        )  # fmt: skip
    return people


def settle_rules(tale: Tale, partnership: Partnership) -> None:
    """Let a rule pack of the partnership count days as the tale has it."""
    begins = moment(tale.opened).date() - timedelta(days=60)
    RulePack.objects.create(
        partnership=partnership, version=2, number="JCM_MN_RP_ver99.0", effective_from=begins, adopted_on=begins,
        status=PackStatus.ADOPTED, electronic_decision_days=tale.days, time_zone=tale.zone,
        opening_day_counts=tale.opening_day_counts, holidays_extend=tale.holidays_extend,
    )  # fmt: skip
    Holiday.objects.filter(country__in=partnership.parties).delete()
    Holiday.objects.bulk_create(
        Holiday(country=partnership.host, day=date(year, month, day), name="A holiday")
        for year in (begins.year, begins.year + 1)
        for month, day in HOLIDAYS
    )


def do(deed: Deed, people: dict[str, User], decision_id: int, item_id: int) -> bool:
    """Do what the deed says; return whether it was taken."""
    actor, at = people[deed.who], moment(deed.second)
    try:
        if not deed.seat:
            text = "A conflict." if deed.what == "conflict" else ""
            services.conflicts_declare(statements={item_id: text}, actor=actor, at=at)
            return True
        if not Declaration.objects.filter(item=item_id, member=actor).exists():
            services.conflicts_declare(statements={item_id: ""}, actor=actor, at=at)
        services.decision_answer(
            decision_id=decision_id,
            value="affirm" if deed.what == "yes" else "object",
            reason="Because.",
            actor=actor,
            at=at,
            member_id=people[deed.seat].pk,
        )
    except DomainError:
        return False
    return True


@pytest.mark.parametrize("seed", range(BALLOTS))
def test_ends_as_the_oracle_says(seed):
    tale = tell(random.Random(f"services {seed}"), most_members=2)
    expected = judge(tale)
    cast = cycle.cast("MN")
    cycle.considered_methodology(cast)
    people = people_of(tale, cast)
    partnership = cast.partnership
    settle_rules(tale, partnership)
    for errand in tale.errands:
        services.delegation_name(
            partnership=partnership, delegate=people[errand.stand_in], starts_on=errand.first, ends_on=errand.last,
            actor=people[errand.away], at=moment(tale.opened - 30 * DAY),
        )  # fmt: skip
    item = DecisionItem.objects.get()
    at = moment(tale.opened)
    decision = services.decision_prepare(
        partnership=partnership, item_ids=[item.pk], text="As proposed.", actor=cast.host_secretariat, at=at
    )
    decision = services.decision_open(decision_id=decision.pk, actor=cast.host_secretariat, at=at)
    assert decision.closes_at == moment(tale.closes)
    refused = []
    for number, deed in enumerate(tale.deeds):
        decision.refresh_from_db()
        if decision.status != "open":
            break
        if deed.second >= tale.closes and services.decisions_close_due(at=moment(deed.second)):
            break
        if not do(deed, people, decision.pk, item.pk):
            refused.append(number)
    services.decisions_close_due(at=moment(tale.closes + 9 * DAY))
    decision.refresh_from_db()
    how = {"objected": "stopped"}.get(decision.status, decision.status)
    assert (how, tuple(refused)) == (expected.how, expected.refused)
    if expected.how == "adopted":
        assert decision.adopted_on == moment(expected.second).astimezone(ZoneInfo(tale.zone)).date()
