"""The exchange over HTTP: who may, what is answered, and the whole way with tools/conformance.py as a program."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client as Browser
from django.utils import timezone

from core.errors import InvalidInput
from registry import services
from registry.models import Client, Counterpart, Cycle, Message, Receipt, RefusedMessage, Registry, Scope
from registry.services.messages import our_key
from tests.factories import exchange, holders
from tools import conformance

EXCHANGE, RECEIPTS = "/api/v1/exchange/", "/api/v1/exchange/receipts/"
ROOT = Path(__file__).resolve().parents[3]


class Program:
    """A client of a counterpart, signed in."""

    def __init__(self, holder, counterpart, scopes=(Scope.EXCHANGE,)) -> None:
        self.browser = Browser()
        self.client, self.secret = services.client_create(
            registry=holder.registry, user=holder.people["keeper"], name="Their system", scopes=scopes,
            at=timezone.now(), counterpart=counterpart,
        )  # fmt: skip
        sent = {
            "grant_type": "client_credentials", "client_id": self.client.application.client_id,
            "client_secret": self.secret,
        }  # fmt: skip
        token = self.browser.post("/oauth/token/", sent).json()["access_token"]
        self.headers = {"authorization": f"Bearer {token}"}

    def get(self, path=EXCHANGE):
        return self.browser.get(path, headers=self.headers)

    def post(self, body, path=EXCHANGE, content_type="application/json"):
        return self.browser.post(path, body, content_type=content_type, headers=self.headers)


def in_use(holder, **other):
    return exchange.counterpart(holder.registry, holder.people["keeper"], holder.people["second_keeper"], **other)


@pytest.fixture
def made(holder):
    return in_use(holder)


@pytest.fixture
def program(holder, made):
    return Program(holder, made)


class TestMessages:
    def test_are_fetched_in_order_after_a_number(self, program, made):
        now = timezone.now()
        services.cycle_start(counterpart_id=made.pk, as_of=now, actor=None, at=now)
        answer = program.get().json()
        assert [message["type"] for message in answer["messages"]] == ["SNAPSHOT_REQUEST"]
        assert (answer["registry"], answer["counterpart"], answer["last_sequence_no"]) == ("JP", "ELSEWHERE", 1)
        assert conformance.signed_by(our_key(made).public, answer["messages"][0], b"jcm-message/1\n")
        assert program.get(f"{EXCHANGE}?after=1").json()["messages"] == []
        assert program.get(f"{EXCHANGE}?after=-1").status_code == 400

    def test_are_answered_by_a_signed_receipt(self, program, made):
        other = exchange.side(made)
        wish = {"as_of": "2026-01-01T00:00:00.000000Z", "stage": "totals", "ranges": []}
        good = other.seal("SNAPSHOT_REQUEST", "00000000-0000-4000-8000-000000000000", wish)
        answer = program.post(conformance.canonical(good))
        assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")
        assert conformance.signed_by(our_key(made).public, answer.json(), b"jcm-receipt/1\n")
        again = program.post(conformance.canonical(good))
        assert again.content == answer.content
        refused = program.post("not JSON")
        assert (refused.status_code, refused.json()["reason"]) == (422, "malformed")
        assert conformance.signed_by(our_key(made).public, refused.json(), b"jcm-receipt/1\n")
        assert program.post("").json()["reason"] == "malformed"
        assert program.post("<a/>", content_type="text/xml").status_code == 415

    def test_that_are_too_large_are_refused_without_being_kept(self, program):
        assert program.post(b" " * (2**24 + 1)).json()["reason"] == "too-large"
        assert RefusedMessage.objects.get().reason == "too-large"

    def test_are_those_of_the_clients_counterpart_alone(self, holder, program, made):
        another = Program(holder, in_use(holder, code="ANOTHER", seed=b"8" * 32))
        now = timezone.now()
        services.cycle_start(counterpart_id=made.pk, as_of=now, actor=None, at=now)
        assert another.get().json()["messages"] == []
        good = exchange.side(made).seal("SNAPSHOT_REQUEST", "00000000-0000-4000-8000-000000000000", {})
        assert another.post(conformance.canonical(good)).json()["reason"] == "wrong-sender"


class TestReceipt:
    def test_is_kept_for_the_message_that_it_names(self, program, made):
        other = exchange.side(made)
        sent = Message.objects.filter(direction="out").latest("pk")
        good = conformance.canonical(other.receipt(sent.envelope))
        for _once_and_again in range(2):
            assert program.post(good, RECEIPTS).json() == {"sequence_no": sent.sequence_no}
        assert Receipt.objects.get(message=sent).body

    @pytest.mark.parametrize("wrong", ["signature", "message_hash"])
    def test_is_refused_where_it_is_not_theirs_or_of_another_message(self, program, made, wrong):
        other = exchange.side(made)
        said = other.receipt(Message.objects.filter(direction="out").latest("pk").envelope)
        said[wrong] = "0" * 64
        if wrong != "signature":
            unsigned = {name: value for name, value in said.items() if name != "signature"}
            said["signature"] = conformance.sign(other.seed, unsigned, b"jcm-receipt/1\n")
        answer = program.post(conformance.canonical(said), RECEIPTS)
        assert (answer.status_code, answer.json()["code"]) == (422, "receipt-refused")


class TestAccess:
    def test_needs_the_scope(self, holder, made):
        reader = Program(holder, made, [Scope.READ])
        assert reader.get().status_code == 403
        assert reader.post("{}").status_code == 403

    def test_needs_a_client_of_a_counterpart_in_use(self, holder, made, program):
        assert Program(holder, None).get().status_code == 404
        services.counterpart_stop(counterpart_id=made.pk, actor=holder.people["keeper"], at=timezone.now())
        assert program.get().status_code == 404
        assert program.post("{}").status_code == 404

    def test_is_given_by_a_command(self, holder, made, capsys):
        email = holder.people["keeper"].email
        call_command("api_client", registry="JP", email=email, name="Theirs", counterpart="ELSEWHERE")
        assert "client_secret=" in capsys.readouterr().out
        client = Client.objects.get()
        assert (client.counterpart, client.scopes) == (made, ["registry:exchange"])
        with pytest.raises(CommandError):
            call_command("api_client", registry="JP", email=email, counterpart="NOBODY")

    def test_is_not_given_in_another_registry(self, holder, made):
        elsewhere = Registry.objects.get(party__iso2="MN")
        with pytest.raises(InvalidInput) as refusal:
            services.client_create(
                registry=elsewhere, user=holder.people["keeper"], name="", scopes=[Scope.EXCHANGE],
                at=timezone.now(), counterpart=made,
            )  # fmt: skip
        assert list(refusal.value.fields) == ["counterpart"]


@pytest.mark.django_db(transaction=True)
class TestProgramOnTheOtherSide:
    """tools/conformance.py as its own process against a running server."""

    def test_copies_the_books_compares_and_is_found_out(self, live_server, tmp_path):
        folder = tmp_path / "elsewhere"
        public = self.call("key", folder).removeprefix("public key: ").strip()
        with transaction.atomic():
            holder = holders.holder()
        now = timezone.now()
        made = services.counterpart_enter(
            registry=holder.registry, code="ELSEWHERE", name="Elsewhere", public_key=public,
            actor=holder.people["keeper"], at=now,
        )  # fmt: skip
        services.counterpart_confirm(counterpart_id=made.pk, actor=holder.people["second_keeper"], at=now)
        program = Program(holder, made)
        options = [
            f"--url={live_server.url}", f"--client-id={program.client.application.client_id}",
            f"--client-secret={program.secret}", "--code=ELSEWHERE", "--registry=JP",
            f"--registry-key={our_key(made).public}",
        ]  # fmt: skip
        assert self.call("copy", folder, *options) == "3 blocks, 1 transactions\n"
        found = {fault: self.compare(folder, options, fault) for fault in ("", "replay-altered", "gap")}
        assert found == {"": "closed", "replay-altered": "closed", "gap": "manual"}
        assert not Message.objects.filter(direction="out", receipt=None).exclude(type="RECONCILIATION_RESULT").exists()

    def test_sends_one_message_eight_times_at_once(self):
        with transaction.atomic():
            made = in_use(holders.holder())
        wish = {"as_of": "2026-01-01T00:00:00.000000Z", "stage": "totals", "ranges": []}
        other = exchange.side(made)
        good = other.seal("SNAPSHOT_REQUEST", "00000000-0000-4000-8000-000000000000", wish)
        body = conformance.canonical(good).encode()

        def send(_number):
            try:
                return services.message_receive(counterpart_id=made.pk, raw=body, at=timezone.now())
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            answers = set(pool.map(send, range(8)))
        assert [answer.taken for answer in answers] == [True]
        assert Message.objects.filter(message_id=good["message_id"]).count() == 1
        assert Message.objects.filter(type="SNAPSHOT_TOTALS").count() == 1

    def compare(self, folder, options, fault):
        now = timezone.now()
        made = Counterpart.objects.get()
        cycle = services.cycle_start(counterpart_id=made.pk, as_of=now, actor=None, at=now)
        printed = self.call("run", folder, *options, f"--fault={fault}")
        assert [json.loads(line)["outcome"] for line in printed.splitlines()]
        return Cycle.objects.get(pk=cycle.pk).state

    def call(self, *arguments):
        done = subprocess.run(
            [sys.executable, str(ROOT / "tools" / "conformance.py"), *map(str, arguments)],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
