"""Holdings and lists of the past: what the movements say equals what the positions said then."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F

from core.models import Source
from parties.models import Country, Organisation
from registry import selectors, services
from registry.errors import NotEnoughCredits
from registry.models import Account, AccountRepresentative, CreditBlock, Registry
from registry.services import Ask
from tests.factories.ledger import NOON, leg, person, registered_project

pytestmark = pytest.mark.django_db
FACTS = ("series", "first", "last", "account", "leg")
Facts = set[tuple[int, ...]]


class Market:
    """Three entities' accounts in Japan's registry that trade without delay, an hour apart."""

    def __init__(self) -> None:
        Registry.objects.update(delays_untrusted=False)
        japan = Country.objects.get(iso2="JP")
        self.proposer, self.approver = person("Proposer"), person("Approver")
        self.accounts = [self._open(name, japan) for name in ("Alpha", "Beta", "Gamma")]
        self.projects = [registered_project(), registered_project("VN")]
        self.at = NOON

    def _open(self, name: str, japan: Country) -> Account:
        holder = Organisation.objects.create(name=name, country=japan)
        account = services.account_open(party=japan, holder=holder, source=Source.ENTERED)
        for user, right in ((self.proposer, "propose"), (self.approver, "approve")):
            AccountRepresentative.objects.create(account=account, user=user, right=right, valid_from=date(2020, 1, 1))
        return account

    def issue(self, amounts: dict[int, int], *, to: int = 0, project: int = 0) -> None:
        self.at += timedelta(hours=1)
        made = leg(self.projects[project], amounts, account=self.accounts[to])
        services.credits_issue(leg_id=made.pk, at=self.at)

    def move(self, quantity: int, *, kind: str = "transfer", by: int = 0, to: int = 1) -> None:
        self.at += timedelta(hours=1)
        purpose = {"retirement": "ndc", "cancellation": "voluntary"}.get(kind, "")
        more = {"beneficiary": "Alpha", "reporting_year": 2026} if purpose else {"to_account": self.accounts[to]}
        proposal = services.proposal_create(
            kind=kind, from_account=self.accounts[by], asks=[Ask(quantity=quantity, purpose=purpose, **more)],
            key=f"{self.at}", actor=self.proposer, at=self.at,
        )  # fmt: skip
        services.proposal_approve(proposal_id=proposal.pk, actor=self.approver, at=self.at)
        services.proposal_execute(proposal_id=proposal.pk, at=self.at)

    def at_random(self, chance: random.Random) -> None:
        """Do one of the things that happen in a registry; nothing where the account has too little."""
        act = chance.choice(["issue", "transfer", "transfer", "transfer", "retirement", "cancellation"])
        if act == "issue":
            amounts = {2019 + chance.randrange(3): chance.randint(1, 50)}
            return self.issue(amounts, to=chance.randrange(3), project=chance.randrange(2))
        by = chance.randrange(3)
        with_others = [index for index in range(3) if index != by]
        try:
            return self.move(chance.randint(1, 30), kind=act, by=by, to=chance.choice(with_others))
        except NotEnoughCredits:
            return None


@pytest.fixture
def market() -> Market:
    return Market()


def now() -> Facts:
    return set(CreditBlock.objects.values_list(*FACTS))


def then(at: datetime) -> Facts:
    return set(selectors.blocks_at(at).values_list(*FACTS))


class TestBlocksAt:
    @pytest.mark.parametrize("seed", range(4))
    def test_equals_the_positions_that_were_recorded_then(self, market, seed):
        chance, recorded = random.Random(seed), {market.at: now()}
        market.issue({2019: 60, 2020: 40})
        for _ in range(25):
            recorded[market.at] = now()
            market.at_random(chance)
        recorded[market.at] = now()
        assert {at: then(at) for at in recorded} == recorded

    def test_follows_credits_that_come_back(self, market):
        market.issue({2019: 100})
        market.move(40)
        before = then(market.at)
        market.move(40, by=1, to=0)
        assert then(market.at) == now() != before
        assert then(market.at - timedelta(hours=1)) == before

    def test_is_empty_before_the_first_issuance(self, market):
        market.issue({2019: 100})
        assert then(market.at - timedelta(microseconds=1)) == set()

    def test_names_every_block_once(self, market):
        market.issue({2019: 100})
        for _ in range(5):
            market.move(10)
        names = list(selectors.blocks_at(market.at).values_list("pk", flat=True))
        assert len(names) == len(set(names)) == CreditBlock.objects.count()

    def test_can_be_asked_like_any_list(self, market):
        market.issue({2019: 100, 2020: 50})
        market.move(120)
        blocks = selectors.blocks_at(market.at).filter(account=market.accounts[1], series__vintage=2020)
        assert [(block.serial.split("-", 3)[3], block.quantity) for block in blocks] == [("2020-1-20", 20)]
        assert blocks.annotate(size=F("last") - F("first")).get().size == 19


class TestCreditList:
    def test_shows_the_end_of_a_day(self, client, market):
        market.issue({2019: 100})
        market.at = datetime(2026, 11, 4, 23, 0, tzinfo=UTC) - timedelta(hours=1)
        market.move(40)
        market.move(1)  # at midnight, so on the next day
        page = client.get("/credits/?as_of=2026-11-04").content.decode()
        assert "2019-1-40" in page
        assert "2019-41-100" in page
        assert "4 November 2026" in page
        assert "2019-41-41" not in page

    @pytest.mark.parametrize("file_format", ["csv", "json"])
    def test_downloads_it(self, client, market, file_format):
        market.issue({2019: 100})
        market.move(40)
        response = client.get(f"/credits/?as_of={market.at - timedelta(hours=1):%Y-%m-%d}&format={file_format}")
        assert b"2019-41-100" in b"".join(response.streaming_content)

    def test_pages_through_it(self, client, market):
        market.issue({2019: 100})
        for _ in range(60):
            market.move(1)
        first = client.get("/credits/?as_of=2026-11-22&sort=recorded")
        second = client.get(f"/credits/{first.context['next_url']}")
        rows = [row.pk for page in (first, second) for row in page.context["rows"]]
        assert first.context["tonnes"] == 100
        assert len(rows) == len(set(rows)) == first.context["total"] == 61

    def test_refuses_a_day_to_come(self, client, market):
        page = client.get("/credits/?as_of=2999-01-01")
        assert "Choose a day that is not in the future." in page.content.decode()

    def test_is_given_to_programs_too(self, client, market):
        market.issue({2019: 100})
        market.move(40)
        url = f"/api/v1/credits/?as_of={market.at:%Y-%m-%d}"
        assert {row["quantity"] for row in client.get(url).json()["results"]} == {40, 60}
        assert client.get("/api/v1/credits/?as_of=2026-10-01").json()["results"] == []
