"""The registry for programs: client credentials, scopes, one effect for one key, and two people still."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from core.models import Event
from registry import services
from registry.models import Client, Proposal, Registry, Scope, StoredAnswer
from tests.factories.holders import holder

pytestmark = pytest.mark.django_db
PROPOSALS = "/api/v1/proposals/"


class Program:
    """A program of the registry that signs in and asks."""

    def __init__(self, user, scopes=tuple(Scope.values), registry="JP") -> None:
        self.browser = Browser()
        self.client, self.secret = services.client_create(
            registry=Registry.objects.get(party__iso2=registry), user=user, name="Desk", scopes=scopes,
            at=timezone.now(),
        )  # fmt: skip
        self.keys = 0

    def sign_in(self, **other):
        sent = {
            "grant_type": "client_credentials",
            "client_id": self.client.application.client_id,
            "client_secret": self.secret,
        }
        return self.browser.post("/oauth/token/", sent | other)

    @property
    def headers(self):
        return {"authorization": f"Bearer {self.sign_in().json()['access_token']}"}

    def get(self, path, **headers):
        return self.browser.get(path, headers=self.headers | headers)

    def post(self, path, body=None, key=None):
        self.keys += 1
        headers = self.headers | {"idempotency-key": key or f"key-{self.keys}"}
        return self.browser.post(path, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def people():
    return holder()


@pytest.fixture
def proposer(people):
    return Program(people.people["proposer"])


@pytest.fixture
def approver(people):
    return Program(people.people["approver"])


@pytest.fixture
def wish(people):
    return {
        "proposal_kind": "retirement",
        "from_account": people.account.number,
        "parts": [{"quantity": 12, "vintage": 2019, "purpose": "ndc", "beneficiary": "Alpha", "reporting_year": 2026}],
    }


def code(answer):
    return answer.status_code, answer.json()["code"]


class TestSignIn:
    def test_gives_a_token_of_all_scopes(self, proposer):
        answer = proposer.sign_in()
        assert answer.status_code == 200
        assert set(answer.json()["scope"].split()) == set(Scope.values)

    def test_refuses_a_wrong_secret(self, proposer):
        assert proposer.sign_in(client_secret="wrong").status_code == 401

    def test_refuses_a_scope_that_the_client_lacks(self, people):
        reader = Program(people.people["proposer"], [Scope.READ])
        assert reader.sign_in(scope="registry:propose").json()["error"] == "invalid_scope"

    def test_stores_neither_secret_nor_token(self, proposer):
        token = proposer.sign_in().json()["access_token"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT a::text FROM oauth2_provider_application a")
            stored = str(cursor.fetchall())
            cursor.execute("SELECT t::text FROM oauth2_provider_accesstoken t")
            stored += str(cursor.fetchall())
        assert proposer.secret not in stored
        assert token not in stored

    def test_ends_when_the_client_is_revoked(self, proposer):
        headers = proposer.headers
        services.client_revoke(client_id=proposer.client.application.client_id, at=timezone.now())
        assert proposer.browser.get(PROPOSALS, headers=headers).status_code == 401
        assert proposer.sign_in().status_code == 401

    def test_ends_when_the_person_is_out_of_use(self, proposer, people):
        headers = proposer.headers
        person = people.people["proposer"]
        person.is_active = False
        person.save()
        assert proposer.browser.get(PROPOSALS, headers=headers).status_code == 401

    @pytest.mark.parametrize("path", [PROPOSALS, "/api/v1/accounts/"])
    def test_is_asked_for(self, client, path):
        answer = client.get(path)
        assert code(answer) == (401, "not-authenticated")
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_of_a_person_in_a_browser_is_not_enough(self, client, people):
        client.force_login(people.people["proposer"])
        assert client.get(PROPOSALS).status_code == 401


class TestAccounts:
    def test_are_those_that_the_person_sees(self, people, proposer):
        [row] = proposer.get("/api/v1/accounts/").json()["results"]
        assert (row["number"], row["held"]) == (people.account.number, 180)
        assert proposer.get(row["url"]).json()["holder"] == "Alpha"

    def test_stay_in_the_clients_registry(self, people):
        elsewhere = Program(people.people["proposer"], registry="MN")
        assert elsewhere.get("/api/v1/accounts/").json()["results"] == []
        assert elsewhere.get(f"/api/v1/accounts/{people.account.number}/").status_code == 404


class TestPropose:
    def test_reserves_the_credits(self, proposer, wish, people):
        answer = proposer.post(PROPOSALS, wish)
        assert answer.status_code == 201
        body = answer.json()
        assert (body["state"], body["quantity"], body["account"]) == ("proposed", 12, people.account.number)
        assert [line["serial"] for line in body["lines"]] == [f"JP-MN-{people.project.number}-2019-1-12"]
        assert body["available_actions"] == ["cancel"]
        assert Proposal.objects.get().proposed_by == people.people["proposer"]

    def test_repeated_answers_the_same_and_does_nothing(self, proposer, wish):
        first, again = (proposer.post(PROPOSALS, wish, key="one") for _ in range(2))
        assert (first.status_code, first.content) == (again.status_code, again.content)
        assert Proposal.objects.count() == 1
        assert Event.objects.filter(name="proposal.created").count() == 1

    def test_answers_the_same_even_when_the_proposal_went_on(self, proposer, approver, wish):
        first = proposer.post(PROPOSALS, wish, key="one")
        approver.post(f"{PROPOSALS}{first.json()['id']}/reject/")
        assert proposer.post(PROPOSALS, wish, key="one").content == first.content

    def test_refuses_a_key_that_asked_for_something_else(self, proposer, wish):
        proposer.post(PROPOSALS, wish, key="one")
        wish["parts"][0]["quantity"] = 13
        assert code(proposer.post(PROPOSALS, wish, key="one")) == (422, "key-reused")
        assert Proposal.objects.count() == 1

    def test_lets_two_clients_use_the_same_key(self, people, proposer, wish):
        other = Program(people.people["proposer"])
        made = {program.post(PROPOSALS, wish, key="one").json()["id"] for program in (proposer, other)}
        assert len(made) == 2

    @pytest.mark.parametrize("key", ["", " ", "k" * 65])
    def test_asks_for_a_key(self, proposer, wish, key):
        headers = proposer.headers | {"idempotency-key": key}
        answer = proposer.browser.post(PROPOSALS, json.dumps(wish), content_type="application/json", headers=headers)
        assert code(answer) == (400, "idempotency-key-missing")

    def test_does_not_keep_a_refusal(self, proposer, wish):
        wish["parts"][0]["quantity"] = 1000
        assert code(proposer.post(PROPOSALS, wish, key="one")) == (409, "not-enough-credits")
        assert not StoredAnswer.objects.exists()
        wish["parts"][0]["quantity"] = 10
        assert proposer.post(PROPOSALS, wish, key="one").status_code == 201

    def test_waits_for_the_first_request_with_the_key(self, proposer, wish):
        elsewhere = connection.copy()
        lock = ["answer one", proposer.client.pk]
        try:
            with elsewhere.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, %s))", lock)
            assert code(proposer.post(PROPOSALS, wish, key="one")) == (409, "idempotency-key-in-use")
        finally:
            elsewhere.close()
        assert proposer.post(PROPOSALS, wish, key="one").status_code == 201

    def test_keeps_answer_and_effect_together(self, proposer, wish, monkeypatch):
        def fails(*_args, **_kwargs):
            raise RuntimeError

        monkeypatch.setattr(StoredAnswer.objects, "create", fails)
        with pytest.raises(RuntimeError):
            proposer.post(PROPOSALS, wish, key="one")
        assert not Proposal.objects.exists()

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"proposal_kind": "gift"}, "/proposal_kind"),
            ({"from_account": "JP-0-0"}, "/from_account"),
            ({"parts": []}, "/parts"),
        ],
    )
    def test_says_where_the_request_is_wrong(self, proposer, wish, change, pointer):
        answer = proposer.post(PROPOSALS, wish | change)
        assert answer.status_code in {400, 422}
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]

    def test_needs_the_scope(self, people, wish):
        reader = Program(people.people["proposer"], [Scope.READ])
        assert code(reader.post(PROPOSALS, wish)) == (403, "permission-denied")

    def test_needs_the_right_of_the_person(self, approver, wish):
        assert code(approver.post(PROPOSALS, wish)) == (403, "not-permitted")


class TestDecide:
    @pytest.fixture
    def made(self, proposer, wish):
        return f"{PROPOSALS}{proposer.post(PROPOSALS, wish).json()['id']}/"

    def test_another_persons_program_approves(self, approver, made, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            answer = approver.post(f"{made}approve/")
        assert (answer.status_code, answer.json()["state"]) == (200, "approved")
        done = approver.get(made).json()
        assert done["state"] == "completed"
        assert done["transaction"] == str(Proposal.objects.get().transaction.pk)

    def test_approving_again_under_the_key_answers_the_same(self, approver, made):
        first, again = (approver.post(f"{made}approve/", key="one") for _ in range(2))
        assert first.content == again.content
        assert Event.objects.filter(name="proposal.approved").count() == 1

    def test_approving_again_under_another_key_is_refused(self, approver, made):
        approver.post(f"{made}approve/")
        assert code(approver.post(f"{made}approve/")) == (409, "transition-refused")

    def test_a_key_belongs_to_one_address(self, approver, made):
        approver.post(f"{made}approve/", key="one")
        assert code(approver.post(f"{made}reject/", key="one")) == (422, "key-reused")

    def test_no_second_program_of_the_same_person_approves(self, people, made):
        people.account.representatives.create(
            user=people.people["proposer"], right="approve", valid_from=timezone.now().date() - timedelta(days=1)
        )
        second = Program(people.people["proposer"])
        assert code(second.post(f"{made}approve/")) == (403, "two-people-needed")

    def test_the_proposer_cancels(self, proposer, made):
        assert proposer.post(f"{made}cancel/").json()["state"] == "cancelled"

    def test_another_rejects(self, approver, made):
        assert approver.post(f"{made}reject/").json()["state"] == "rejected"

    def test_needs_the_scope(self, people, made):
        reader = Program(people.people["approver"], [Scope.READ, Scope.PROPOSE])
        assert code(reader.post(f"{made}approve/")) == (403, "permission-denied")

    def test_hides_what_the_person_does_not_see(self, people, made):
        stranger = Program(people.people["stranger"])
        assert stranger.get(made).status_code == 404
        assert stranger.post(f"{made}approve/").status_code == 404
        assert stranger.get(PROPOSALS).json()["results"] == []

    def test_is_listed_and_filtered(self, proposer, made):
        [row] = proposer.get(f"{PROPOSALS}?state=proposed").json()["results"]
        assert row["url"].endswith(made)
        assert proposer.get(f"{PROPOSALS}?state=completed").json()["results"] == []

    def test_is_read_on_condition(self, proposer, made):
        first = proposer.get(made)
        assert proposer.get(made, if_none_match=first["ETag"]).status_code == 304


class TestCommand:
    def test_prints_what_the_program_signs_in_with(self, people, capsys):
        email = people.people["proposer"].email
        call_command("api_client", "--registry", "JP", "--email", email, "--name", "Desk", "--scope", "registry:read")
        told = dict(line.split("=", 1) for line in capsys.readouterr().out.split())
        answer = Browser().post("/oauth/token/", {"grant_type": "client_credentials", **told})
        assert answer.json()["scope"] == "registry:read"
        call_command("api_client", "--revoke", told["client_id"])
        assert Client.objects.get().revoked_at is not None
