"""Certificates: made once for what is retired or cancelled, asked for what is held, checked by anybody who has one."""

import hashlib
import json
from datetime import timedelta

import pytest

from core import events
from core.errors import NotPermitted
from parties.models import Role, RoleAssignment
from registry import selectors, services
from registry.errors import NothingToCertify
from registry.models import AccountRepresentative, Certificate, Transaction
from registry.papers.certificate import certificate_pdf
from registry.services import Ask
from tests.factories.ledger import person
from tests.integration.registry.test_history import Market
from tests.papers import text_of

pytestmark = pytest.mark.django_db
ADDRESS = "https://registry.example/certificates/JP-C-2026-000001/"


@pytest.fixture
def market() -> Market:
    market = Market()
    market.issue({2019: 100})
    return market


def retired(market: Market, *asks: Ask) -> list[Certificate]:
    """Retire, and have the worker certify it."""
    proposal = services.proposal_create(
        kind="retirement", from_account=market.accounts[0], asks=asks, key="retire", actor=market.proposer,
        at=market.at,
    )  # fmt: skip
    services.proposal_approve(proposal_id=proposal.pk, actor=market.approver, at=market.at)
    entry = services.proposal_execute(proposal_id=proposal.pk, at=market.at)
    return services.certificates_issue(transaction_id=entry, at=market.at)


def ask(quantity: int = 15, beneficiary: str = "Alpha Works Ltd", year: int = 2026, purpose: str = "ndc") -> Ask:
    return Ask(quantity=quantity, purpose=purpose, beneficiary=beneficiary, reporting_year=year)


class TestCertificatesIssue:
    def test_does_not_wait_in_line_with_issuances(self):
        assert {subscriber.queue for subscriber in events.subscribers_of("credits.moved")} == {"default"}

    def test_says_what_was_retired_for_whom_and_what_for(self, market):
        [made] = retired(market, ask())
        body = json.loads(made.body)
        assert (made.number, made.kind, made.issued_by) == ("JP-C-2026-000001", "retirement", None)
        assert (body["beneficiary"], body["purpose"], body["reporting_year"]) == ("Alpha Works Ltd", "ndc", 2026)
        assert (body["quantity"], body["holder"]["ja"]) == (15, "Alpha")
        assert [line["serial"] for line in body["lines"]] == [f"JP-MN-{market.projects[0].number}-2019-1-15"]
        assert made.fingerprint == hashlib.sha256(made.body.encode()).hexdigest()

    def test_gives_each_beneficiary_its_own(self, market):
        made = retired(market, ask(10), ask(5, "Beta"), ask(3, "Beta"), ask(2, "Beta", year=2025))
        assert [(one.beneficiary, json.loads(one.body)["quantity"]) for one in made] == [
            ("Alpha Works Ltd", 10), ("Beta", 8), ("Beta", 2),
        ]  # fmt: skip
        assert not any("Alpha Works" in one.body for one in made[1:])

    def test_happens_once(self, market):
        made = retired(market, ask())
        assert services.certificates_issue(transaction_id=made[0].transaction_id, at=market.at) == made

    def test_follows_the_movement_by_a_worker(self, market, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            market.move(5, kind="cancellation")
        certificate = Certificate.objects.get()
        assert (certificate.kind, certificate.purpose) == ("cancellation", "voluntary")

    def test_leaves_transfers_and_issuances_alone(self, market):
        market.move(5)
        for entry in Transaction.objects.all():
            assert services.certificates_issue(transaction_id=entry.pk, at=market.at) == []

    def test_numbers_without_a_gap(self, market):
        made = retired(market, *(ask(1, f"Company {n}") for n in range(3)))
        assert [one.number[-2:] for one in made] == ["01", "02", "03"]


class TestHoldingCertify:
    def test_says_what_an_account_held_then(self, market):
        before = market.at
        market.move(40)
        made = services.holding_certify(account=market.accounts[0], as_of=before, actor=market.proposer, at=market.at)
        body = json.loads(made.body)
        assert (made.kind, body["quantity"], body["account"]) == ("holding", 100, market.accounts[0].number)
        assert made.issued_by == market.proposer

    def test_refuses_an_empty_account(self, market):
        with pytest.raises(NothingToCertify):
            services.holding_certify(account=market.accounts[1], as_of=market.at, actor=market.proposer, at=market.at)

    def test_is_for_representatives_and_administrators(self, market):
        asked = {"account": market.accounts[0], "as_of": market.at, "at": market.at}
        stranger, viewer, keeper = person("Stranger"), person("Viewer"), person("Keeper")
        day = market.at.date()
        AccountRepresentative.objects.create(
            account=market.accounts[0], user=viewer, right="view", valid_from=day - timedelta(days=1)
        )
        party = market.accounts[0].registry.party
        RoleAssignment.objects.create(
            user=keeper, role=Role.REGISTRY_APPROVER, party=party, valid_from=day - timedelta(days=1)
        )
        with pytest.raises(NotPermitted):
            services.holding_certify(actor=stranger, **asked)
        assert services.holding_certify(actor=viewer, **asked)
        assert services.holding_certify(actor=keeper, **asked)


class TestStanding:
    def test_counts_what_still_is_there(self, market):
        made = services.holding_certify(
            account=market.accounts[0], as_of=market.at, actor=market.proposer, at=market.at
        )
        services.holding_certify(account=market.accounts[0], as_of=market.at, actor=market.proposer, at=market.at)
        market.move(40)
        market.move(5, by=1, to=0)
        standing = selectors.certificate_standing(made)
        assert (standing.quantity, standing.still_there, standing.complete) == (100, 65, False)

    def test_of_retired_credits_is_complete_for_ever(self, market):
        [made] = retired(market, ask())
        market.move(40)
        assert selectors.certificate_standing(made).complete


class TestPdf:
    def test_says_everything_in_english(self, market):
        [made] = retired(market, ask(beneficiary="Alpha & <Sons> (株式会社アルファ)"))
        said = text_of(certificate_pdf(made, language="en", address=ADDRESS))
        body = json.loads(made.body)
        for words in (
            "Certificate of retirement", "JP-C-2026-000001", "15 tCO2eq", "Registry of Japan",
            "Alpha & <Sons> (株式会社アルファ)", "Nationally determined contribution (NDC) of Japan", "2026",
            body["lines"][0]["serial"], market.projects[0].number, "Mongolia", "2019", body["transaction"],
            made.fingerprint, "2026-11-02 13:00:00 UTC",
        ):  # fmt: skip
            assert words in said, words

    def test_says_everything_in_japanese(self, market):
        [made] = retired(market, ask(beneficiary="株式会社アルファ"))
        said = text_of(certificate_pdf(made, language="ja", address=ADDRESS))
        for words in ("無効化証明書", "日本の登録簿", "株式会社アルファ", "受益者", "モンゴル", "JP-C-2026-000001"):
            assert words in said, words

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_has_the_same_bytes_each_time(self, market, language):
        [made] = retired(market, ask())
        first = certificate_pdf(made, language=language, address=ADDRESS)
        assert first == certificate_pdf(made, language=language, address=ADDRESS)
        assert first != certificate_pdf(made, language=language, address=ADDRESS + "2")

    def test_spells_names_that_no_font_has_without_marks(self, market):
        [made] = retired(market, ask(beneficiary="Công ty Điện lực Ünal Монгол"))
        said = text_of(certificate_pdf(made, language="en", address=ADDRESS))
        assert "Công ty Dien luc Ünal Монгол" in said

    def test_takes_as_many_pages_as_there_are_ranges(self, market):
        for _ in range(45):
            market.move(1)
            market.move(1, kind="cancellation")
        made = services.holding_certify(
            account=market.accounts[1], as_of=market.at, actor=market.proposer, at=market.at
        )
        said = text_of(certificate_pdf(made, language="en", address=ADDRESS))
        assert f"{made.number}, page 2" in said
        assert all(line["serial"] in said for line in json.loads(made.body)["lines"])


class TestPages:
    def test_shows_a_retirement_to_everybody(self, client, market):
        [made] = retired(market, ask())
        page = client.get(f"/certificates/{made.number}/").content.decode()
        for words in ("Alpha Works Ltd", "NDC of the registry", "15\u00a0t", made.fingerprint, "genuine"):
            assert words in page, words
        assert market.accounts[0].number not in page

    def test_keeps_a_holding_to_who_has_the_certificate(self, client, market):
        made = services.holding_certify(
            account=market.accounts[0], as_of=market.at, actor=market.proposer, at=market.at
        )
        bare = f"/certificates/{made.number}/"
        for address in (bare, f"{bare}?key={'0' * 64}", f"{bare}en.pdf", f"{bare}?key=é"):
            assert client.get(address).status_code == 404, address
        assert "still holds all" in client.get(made.get_absolute_url()).content.decode()
        assert client.get(made.file_url("en")).status_code == 200
        market.move(40)
        assert "60 of the 100 credits" in client.get(made.get_absolute_url()).content.decode()

    def test_gives_the_pdf_in_both_languages(self, client, market, settings):
        [made] = retired(market, ask())
        for language, words in (("en", "Certificate of retirement"), ("ja", "無効化証明書")):
            response = client.get(f"/certificates/{made.number}/{language}.pdf")
            said = text_of(response.content)
            assert response["Content-Type"] == "application/pdf"
            assert words in said
            assert f"{settings.SITE_URL}/certificates/{made.number}/" in said
        assert client.get(f"/certificates/{made.number}/fr.pdf").status_code == 404

    def test_does_not_know_other_numbers(self, client):
        assert client.get("/certificates/JP-C-2026-000001/").status_code == 404

    def test_is_found_by_serial_number(self, client, market):
        [made] = retired(market, ask())
        secret = services.holding_certify(
            account=market.accounts[0], as_of=market.at, actor=market.proposer, at=market.at
        )
        number = market.projects[0].number
        assert made.number in client.get(f"/credits/JP-MN-{number}-2019-15-16/").content.decode()
        other = client.get(f"/credits/JP-MN-{number}-2019-16-20/").content.decode()
        assert made.number not in other
        assert secret.number not in other

    def test_is_linked_from_its_proposal(self, client, market):
        [made] = retired(market, ask())
        client.force_login(market.approver)
        page = client.get(f"/registry/proposals/{made.transaction.proposal_id}/").content.decode()
        assert f"/certificates/{made.number}/" in page


class TestCertifyHoldingButton:
    def test_leads_to_the_certificate(self, client, market):
        client.force_login(market.proposer)
        response = client.post(f"/registry/accounts/{market.accounts[0].number}/certify/", {"as_of": ""})
        assert response["Location"] == Certificate.objects.get().get_absolute_url()

    @pytest.mark.parametrize(("day", "says"), [("2999-01-01", "not in the future"), ("2020-01-01", "held no credits")])
    def test_says_why_not(self, client, market, day, says):
        client.force_login(market.proposer)
        address = f"/registry/accounts/{market.accounts[0].number}/certify/"
        assert says in client.post(address, {"as_of": day}, follow=True).content.decode()
        assert not Certificate.objects.exists()

    def test_is_hidden_from_others(self, client, market):
        client.force_login(person("Stranger"))
        assert client.post(f"/registry/accounts/{market.accounts[0].number}/certify/").status_code == 404
