"""The transparency log: sealed without gaps, signed, published, provable, and closed to everybody's hand."""

import json
import re
from base64 import b64decode
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction

from registry import services, tasks
from registry.errors import NoSuchProof
from registry.log import checkpoint, merkle
from registry.models import Checkpoint, CreditBlock, LogEntry, LogLeaf, Registry, UnsealedLeaf
from registry.selectors import log as selectors
from registry.services import log
from registry.views import log as pages
from tests.factories.ledger import NOON, leg, registered_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.LOG_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def registry() -> Registry:
    return Registry.objects.select_related("party").get(party__iso2="JP")


def issue(count: int = 1, *, party: str = "JP") -> list[LogLeaf]:
    """Issue so many legs; each becomes a leaf at once, as it would at its commit."""
    transactions = []
    for _ in range(count):
        approved = leg(registered_project(), {2019: 40}, party=party)
        transactions.append(services.credits_issue(leg_id=approved.pk, at=NOON))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return list(LogLeaf.objects.filter(transaction__in=transactions))


def seal(registry: Registry, at: datetime = NOON) -> int:
    return services.log_seal(registry_id=registry.pk, at=at)


class TestLogSeal:
    def test_numbers_the_leaves_in_their_order_and_signs_the_root(self, registry):
        issue(7)
        assert seal(registry) == 7
        entries = list(LogEntry.objects.filter(registry=registry).select_related("leaf"))
        assert [entry.index for entry in entries] == list(range(7))
        latest = selectors.log_checkpoint(registry)
        assert latest.size == 7
        assert bytes(latest.root) == merkle.root_of(merkle.leaf_hash(e.leaf.body.encode()) for e in entries)
        assert not UnsealedLeaf.objects.exists()

    def test_goes_on_where_the_last_one_ended(self, registry, monkeypatch):
        monkeypatch.setattr(log, "BATCH", 3)
        issue(7)
        assert services.logs_seal(at=NOON) == 7
        issue(4)
        assert services.logs_seal(at=NOON) == 4
        hashes = LogEntry.objects.filter(registry=registry).values_list("leaf__leaf_hash", flat=True)
        assert bytes(selectors.log_checkpoint(registry).root) == merkle.root_of(map(bytes, hashes))
        assert list(registry.checkpoints.order_by("pk").values_list("size", flat=True)) == [3, 6, 7, 10, 11]

    def test_keeps_each_registry_apart(self, registry):
        issue(2)
        issue(3, party="MN")
        services.logs_seal(at=NOON)
        sizes = {c.registry.party.iso2: c.size for c in selectors.log_latest()}
        assert sizes == {"JP": 2, "MN": 3}

    def test_does_nothing_in_one_query_when_nothing_waits(self, registry, django_assert_num_queries):
        with django_assert_num_queries(1):
            tasks.seal_logs()
        assert not Checkpoint.objects.exists()

    def test_takes_as_many_queries_for_many_as_for_one(self, registry, django_assert_max_num_queries):
        issue(20)
        with django_assert_max_num_queries(12):
            seal(registry)

    def test_is_never_dated_before_what_it_holds_or_what_was_signed(self, registry):
        issue()
        seal(registry, NOON - timedelta(days=1))
        assert selectors.log_checkpoint(registry).at == NOON
        issue()
        seal(registry, NOON + timedelta(days=1))
        services.log_sign(registry_id=registry.pk, at=NOON)
        assert selectors.log_checkpoint(registry).at == NOON + timedelta(days=1)

    def test_publishes_files(self, registry, folder, django_capture_on_commit_callbacks):
        issue(2)
        with django_capture_on_commit_callbacks(execute=True):
            seal(registry)
        text = selectors.log_checkpoint(registry).text
        assert (folder / "jp" / "checkpoint").read_text() == text
        assert (folder / "jp" / "checkpoints" / "2").read_text() == text
        assert not list(folder.rglob(".*"))

    def test_goes_on_when_no_file_can_be_written(self, registry, settings, folder, django_capture_on_commit_callbacks):
        settings.LOG_ROOT = folder / "a file"
        settings.LOG_ROOT.touch()
        issue()
        with django_capture_on_commit_callbacks(execute=True):
            seal(registry)
        assert selectors.log_checkpoint(registry).size == 1


class TestLogsSign:
    def test_signs_every_log_with_entries_again(self, registry):
        issue(2)
        seal(registry)
        tasks.sign_logs()
        first, second = registry.checkpoints.order_by("pk")
        assert (first.size, bytes(first.root)) == (second.size, bytes(second.root))
        assert second.at > first.at
        assert selectors.log_checkpoint(registry, 2) == first
        assert selectors.log_checkpoint(registry) == second


class TestCheckpoint:
    def test_is_signed_by_the_published_key(self, registry, settings):
        issue(3)
        seal(registry)
        text = selectors.log_checkpoint(registry).text
        key = checkpoint.signer("JP", settings.LOG_SIGNING_KEY).verifier_key
        told = checkpoint.read(text, key)
        assert (told.origin, told.size, told.at) == ("jcm-registry/JP", 3, NOON)
        assert told.root == bytes(selectors.log_checkpoint(registry).root)

    @pytest.mark.parametrize(("old", "new"), [("\n3\n", "\n4\n"), ("2026", "2025"), ("JP", "MN"), ("\n\n", "\n")])
    def test_is_refused_when_a_word_is_changed(self, registry, settings, old, new):
        issue(3)
        seal(registry)
        text = selectors.log_checkpoint(registry).text
        key = checkpoint.signer("JP", settings.LOG_SIGNING_KEY).verifier_key
        assert old in text
        with pytest.raises(ValueError, match="checkpoint"):
            checkpoint.read(text.replace(old, new, 1), key)

    def test_is_refused_when_signed_with_another_key(self, registry):
        issue()
        seal(registry)
        other = checkpoint.signer("JP", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=").verifier_key
        with pytest.raises(ValueError, match="another key"):
            checkpoint.read(selectors.log_checkpoint(registry).text, other)


class TestProofs:
    def test_prove_every_entry_at_every_size(self, registry):
        issue(9)
        seal(registry)
        leaves = [bytes(e.leaf.leaf_hash) for e in selectors.log_entries(registry)]
        for size in range(1, 10):
            root = merkle.root_of(leaves[:size])
            for index in range(size):
                proof = selectors.inclusion(registry, index, size)
                assert proof.root == root
                assert merkle.verify_inclusion(leaves[index], index, size, proof.path, root)
            for old in range(size + 1):
                grown = selectors.consistency(registry, old, size)
                assert merkle.verify_consistency(old, size, grown.path, merkle.root_of(leaves[:old]), root)

    @pytest.mark.parametrize("asked", [(3, None), (0, 4), (2, 2), (uuid4(), None)])
    def test_are_refused_for_what_the_log_does_not_have(self, registry, asked):
        issue(3)
        seal(registry)
        with pytest.raises(NoSuchProof):
            selectors.inclusion(registry, *asked)

    @pytest.mark.parametrize("asked", [(0, 4), (3, 2), (4, None)])
    def test_are_refused_for_sizes_the_log_does_not_have(self, registry, asked):
        issue(3)
        seal(registry)
        with pytest.raises(NoSuchProof):
            selectors.consistency(registry, *asked)

    def test_take_as_many_queries_for_a_large_log(self, registry, django_assert_num_queries):
        issue(21)
        seal(registry)
        with django_assert_num_queries(3):
            selectors.inclusion(registry, 4)
        with django_assert_num_queries(2):
            selectors.consistency(registry, 13)


class TestLogPages:
    @pytest.fixture
    def leaves(self, registry) -> list[LogLeaf]:
        issue(5)
        seal(registry)
        return [entry.leaf for entry in selectors.log_entries(registry)]

    def test_explain_the_log_with_its_latest_checkpoints(self, client, leaves, registry):
        text = client.get("/log/").content.decode()
        assert "Transparency log" in text
        assert selectors.log_checkpoint(registry).root_hex[:16] in text

    def test_explain_the_log_while_it_is_empty(self, client):
        assert "No registry has recorded anything yet" in client.get("/log/").content.decode()

    def test_give_checkpoints_that_verify_with_the_key(self, client, leaves):
        key = client.get("/log/jp/key").content.decode().strip()
        for address in ("/log/jp/checkpoint", "/log/JP/checkpoints/5"):
            response = client.get(address)
            assert response["Content-Type"] == "text/plain; charset=utf-8"
            assert checkpoint.read(response.content.decode(), key).size == 5

    def test_prove_an_entry_by_index_and_by_transaction(self, client, leaves):
        for entry in (2, leaves[2].pk):
            told = client.get(f"/log/jp/inclusion/{entry}?size=4").json()
            assert (told["index"], told["size"], told["body"]) == (2, 4, leaves[2].body)
            path, root = [b64decode(step) for step in told["path"]], b64decode(told["root"])
            assert merkle.verify_inclusion(merkle.leaf_hash(told["body"].encode()), 2, 4, path, root)

    def test_prove_that_the_log_only_grew(self, client, leaves):
        told = client.get("/log/jp/consistency?from=2&to=5").json()
        hashes = [bytes(leaf.leaf_hash) for leaf in leaves]
        roots = b64decode(told["from_root"]), b64decode(told["to_root"])
        assert roots == (merkle.root_of(hashes[:2]), merkle.root_of(hashes))
        assert merkle.verify_consistency(2, 5, [b64decode(step) for step in told["path"]], *roots)

    def test_give_the_entries_page_by_page(self, client, leaves, monkeypatch):
        monkeypatch.setattr(pages, "PAGE", 2)
        address, bodies = "/log/jp/entries", []
        while address:
            response = client.get(address)
            assert response["Content-Type"] == "application/x-ndjson"
            bodies += [json.loads(line) for line in response.content.decode().splitlines()]
            address = response.headers.get("Link", "").partition(">")[0].removeprefix("<")
        assert bodies == [{"index": index, "body": leaf.body} for index, leaf in enumerate(leaves)]

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/log/xx/checkpoint", 404),
            ("/log/mn/checkpoint", 404),
            ("/log/jp/checkpoints/4", 404),
            ("/log/jp/checkpoints/99999999999999999999", 404),
            ("/log/jp/entries?after=x", 404),
            ("/log/jp/entries?after=99999999999999999999", 404),
            ("/log/xx/inclusion/1", 404),
            ("/log/jp/inclusion/5", 404),
            ("/log/jp/inclusion/99999999999999999999", 404),
            ("/log/jp/inclusion/1?size=6", 404),
            ("/log/jp/inclusion/1?size=x", 400),
            ("/log/jp/inclusion/1?size=0", 400),
            ("/log/jp/consistency", 400),
            ("/log/jp/consistency?from=4&to=3", 404),
            ("/log/jp/consistency?from=-1", 400),
        ],
    )
    def test_refuse_what_does_not_exist(self, client, leaves, address, status):
        assert client.get(address).status_code == status

    def test_link_a_credit_to_its_proof(self, client, leaves):
        page = client.get(CreditBlock.objects.first().get_absolute_url()).content.decode()
        address = re.search(r'href="(/log/jp/inclusion/[^"]+)"', page)[1]
        assert client.get(address).status_code == 200


def committed_leg() -> int:
    with transaction.atomic():
        return leg(registered_project(), {2019: 5}).pk


@pytest.mark.django_db(transaction=True)
class TestSealers:
    """Sealers run while transactions commit."""

    def test_leave_no_gap_and_no_leaf_behind(self, registry):
        approved = [committed_leg() for _ in range(24)]

        def write(number: int) -> None:
            try:
                for pk in approved[number::4]:
                    services.credits_issue(leg_id=pk, at=NOON)
            finally:
                connection.close()

        def keep_sealing() -> None:
            try:
                while not all(each.done() for each in writers):
                    services.logs_seal(at=NOON)
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            writers = [pool.submit(write, number) for number in range(4)]
            sealers = [pool.submit(keep_sealing) for _ in range(2)]
            for each in (*writers, *sealers):
                each.result()
        services.logs_seal(at=NOON)
        entries = list(LogEntry.objects.filter(registry=registry).select_related("leaf"))
        assert [entry.index for entry in entries] == list(range(24))
        root = merkle.root_of(bytes(entry.leaf.leaf_hash) for entry in entries)
        assert bytes(selectors.log_checkpoint(registry).root) == root

    def test_give_a_leaf_that_commits_late_a_later_number(self, registry):
        late, early = committed_leg(), committed_leg()
        written, sealed = Event(), Event()

        def commit_late() -> None:
            try:
                with transaction.atomic():
                    services.credits_issue(leg_id=late, at=NOON - timedelta(hours=1))
                    with connection.cursor() as cursor:
                        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    written.set()
                    assert sealed.wait(30)
            finally:
                written.set()
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(commit_late)
            assert written.wait(30)
            services.credits_issue(leg_id=early, at=NOON)
            assert seal(registry) == 1
            sealed.set()
            waiting.result()
        assert seal(registry) == 1
        legs = LogEntry.objects.order_by("index").values_list("leaf__transaction__leg_id", flat=True)
        assert list(legs) == [early, late]
