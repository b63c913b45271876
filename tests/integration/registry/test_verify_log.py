"""tools/verify_log.py: finds every tampering of an export and says where."""

import json
import random
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from registry import services
from registry.accounts import account_number
from registry.log import merkle
from registry.log.checkpoint import signer
from registry.models import LogEntry
from tests.factories import logs
from tests.factories.ledger import NOON, leg, registered_project
from tests.factories.logs import ACCOUNTS, BEGIN, canonical
from tools import verify_log
from tools.verify_log import Check, Export, Fault

ROOT = Path(__file__).resolve().parents[3]
SIZE, EVERY, ROUNDS = 200, 10, 72
TEXTS = list(logs.bodies(SIZE, seed=1))
HONEST = logs.export(TEXTS, every=EVERY)
TRUSTED = [HONEST.checkpoints[0]]


def edited(body: str, chance: random.Random) -> str:
    """Change one thing in an entry."""
    entry = json.loads(body)
    move = entry["movements"][0]
    change = chance.randrange(5)
    if change == 0:
        move["last"] += 1
    elif change == 1:
        move["to"] = account_number("JP", "entity", chance.randint(40, 99))
    elif change == 2:
        entry["at"] = entry["at"].replace("2026", "2025")
    elif change == 3:
        entry["cause"] = "another cause"
    else:
        entry["id"] = entry["id"][::-1]
    return canonical(entry)


def edit(texts: list[str], at: int, chance: random.Random) -> list[str]:
    return [*texts[:at], edited(texts[at], chance), *texts[at + 1 :]]


def delete(texts: list[str], at: int, chance: random.Random) -> list[str]:
    return texts[:at] + texts[at + chance.randint(1, 3) :]


def insert(texts: list[str], at: int, chance: random.Random) -> list[str]:
    return [*texts[:at], edited(chance.choice(texts), chance), *texts[at:]]


def repeat(texts: list[str], at: int, chance: random.Random) -> list[str]:
    return [*texts[: at + 1], texts[chance.randint(0, at)], *texts[at + 1 :]]


def swap(texts: list[str], at: int, chance: random.Random) -> list[str]:
    other = (at + chance.randint(1, SIZE - 1)) % SIZE
    changed = [*texts]
    changed[at], changed[other] = texts[other], texts[at]
    return changed


def truncate(texts: list[str], at: int, chance: random.Random) -> list[str]:
    return texts[:at]


def rewrite_tail(texts: list[str], at: int, chance: random.Random) -> list[str]:
    """Another history from an entry on, which the ledger would have allowed as well."""
    return list(logs.bodies(SIZE, seed=1, fork=at))


TAMPERINGS = [edit, delete, insert, repeat, swap, truncate, rewrite_tail]


def forged(texts: list[str], chance: random.Random) -> Export:
    """Write the export anew around other texts: indices, leaf hashes and balances fit; signatures cannot be made."""
    tree = merkle.root_of(merkle.leaf_hash(body.encode()) for body in texts) if texts else merkle.EMPTY
    other = signer("JP", b64encode(chance.randbytes(32)).decode())
    head = other.sign(size=len(texts), root=tree, at=BEGIN.replace(year=2027))
    kept = chance.choice([HONEST.checkpoints, [head, *HONEST.checkpoints]])
    return Export(
        [logs.line(index, body) for index, body in enumerate(texts)],
        HONEST.key,
        kept,
        b"".join(merkle.leaf_hash(body.encode()) for body in texts),
        logs.holdings(texts),
    )


def first_difference(texts: list[str]) -> int:
    return next(at for at in range(SIZE + 1) if texts[at : at + 1] != TEXTS[at : at + 1])


def rounds(tampering) -> Iterator[tuple[list[str], int, random.Random]]:
    """Yield what a tampering makes of the texts, and the first entry that is another."""
    for number in range(ROUNDS):
        chance = random.Random(f"{tampering.__name__} {number}")
        texts = tampering(TEXTS, chance.randrange(SIZE), chance)
        yield texts, first_difference(texts), chance


class TestHonestExport:
    def test_is_found_to_be_right(self):
        found = Check(HONEST, TRUSTED)
        assert found.fault is None
        assert found.notes == []
        assert str(found).startswith(f"{SIZE} entries")
        assert {json.loads(body)["kind"] for body in TEXTS} == verify_log.KINDS

    def test_is_found_to_be_right_by_an_earlier_checkpoint(self):
        assert Check(HONEST, [HONEST.checkpoints[7]]).fault is None

    def test_is_found_to_be_right_without_cryptography(self, monkeypatch):
        monkeypatch.setattr(verify_log, "Ed25519PublicKey", None)
        found = Check(HONEST, TRUSTED)
        assert found.fault is None
        assert found.notes == [verify_log.UNSIGNED]

    def test_says_when_there_was_nothing_to_trust(self):
        assert Check(HONEST, []).notes == [verify_log.UNTRUSTED]


@pytest.mark.parametrize("tampering", TAMPERINGS)
class TestTampering:
    """7 kinds x 2 x 72 rounds = 1,008 tamperings."""

    def test_of_the_entries_is_found_at_the_very_entry(self, tampering):
        for texts, first, _chance in rounds(tampering):
            lines = [logs.line(index, body) for index, body in enumerate(texts)]
            found = Check(replace(HONEST, lines=lines), TRUSTED).fault
            assert (found.first, found.last) == (first, first), found

    def test_of_everything_but_the_signatures_is_found_between_two_checkpoints(self, tampering):
        for texts, first, chance in rounds(tampering):
            found = Check(forged(texts, chance), TRUSTED).fault
            assert found.first <= first <= found.last, found
            assert found.last - found.first < EVERY

    def test_of_everything_is_found_with_one_checkpoint_and_no_cryptography(self, tampering, monkeypatch):
        monkeypatch.setattr(verify_log, "Ed25519PublicKey", None)
        for texts, first, chance in rounds(tampering):
            forgery = forged(texts, chance)
            found = Check(replace(forgery, checkpoints=[], leaves=b"", key=""), TRUSTED).fault
            assert found.first <= first <= found.last, found


def without(entry: int, **changes: object) -> list[bytes]:
    lines = [*HONEST.lines]
    lines[entry] = json.dumps({**json.loads(lines[entry]), **changes}).encode()
    return lines


class TestLine:
    @pytest.mark.parametrize(
        ("lines", "entry"),
        [
            ([*HONEST.lines[:5], b"\n", *HONEST.lines[5:]], 5),
            ([*HONEST.lines[:5], b"[]", *HONEST.lines[6:]], 5),
            (without(9, index=10), 9),
            (without(9, index="9"), 9),
            (without(9, index=True), 9),
            (without(9, body=None), 9),
            (without(9, body=TEXTS[9] + " "), 9),
            ([*HONEST.lines, logs.line(SIZE, next(logs.bodies(1, seed=5)))], SIZE),
        ],
    )
    def test_that_is_no_entry_is_named(self, lines, entry):
        found = Check(replace(HONEST, lines=lines), TRUSTED).fault
        assert (found.first, found.last) == (entry, entry)


class TestLedger:
    """A registry that signs a history which the ledger forbids."""

    ISSUED = {"series": "JP-MN-MN001-2021", "first": 1, "last": 100, "from": ACCOUNTS["source"]}
    HOLDER, OTHER = (account_number("JP", "entity", number) for number in (1, 2))

    def fault(self, *steps: tuple[str, dict]) -> Fault | None:
        texts = []
        for number, (kind, change) in enumerate([("issuance", {}), *steps]):
            entry = json.loads(next(logs.bodies(1, seed=number)))
            move = {**self.ISSUED, "to": self.HOLDER, **change}
            texts.append(canonical({**entry, "kind": kind, "movements": [move]}))
        export = logs.export(texts, every=100)
        return Check(export, export.checkpoints).fault

    @pytest.mark.parametrize(
        ("kind", "change"),
        [
            ("issuance", {"first": 102, "last": 200}),
            ("issuance", {"first": 100, "last": 200}),
            ("issuance", {"first": 101, "last": 100}),
            ("issuance", {"first": 101, "last": 200, "from": HOLDER, "to": OTHER}),
            ("issuance", {"first": 101, "last": 200, "to": ACCOUNTS["retirement"]}),
            ("transfer", {"to": OTHER}),
            ("transfer", {"from": OTHER}),
            ("transfer", {"from": HOLDER, "to": OTHER, "last": 101}),
            ("transfer", {"from": HOLDER, "to": OTHER, "series": "JP-MN-MN002-2021"}),
            ("transfer", {"from": HOLDER, "to": ACCOUNTS["retirement"]}),
            ("transfer", {"from": HOLDER, "to": account_number("MN", "entity", 1)}),
            ("transfer", {"from": HOLDER, "to": ACCOUNTS["source"]}),
            ("retirement", {"from": HOLDER, "to": ACCOUNTS["cancellation"]}),
            ("cancellation", {"from": HOLDER, "to": OTHER}),
            ("payment", {"from": HOLDER, "to": OTHER}),
        ],
    )
    def test_names_the_entry_that_breaks_its_rules(self, kind, change):
        found = self.fault((kind, change))
        assert (found.first, found.last) == (1, 1)

    @pytest.mark.parametrize("final", ["retirement", "cancellation"])
    def test_lets_nothing_leave_a_final_account(self, final):
        there = {"from": self.HOLDER, "to": ACCOUNTS[final]}
        assert self.fault((final, there)) is None
        found = self.fault((final, there), ("correction", {"from": ACCOUNTS[final]}))
        assert (found.first, found.last) == (2, 2)
        assert "final" in found.why


class TestBeside:
    def test_a_balance_that_differs_is_named(self):
        account = sorted(HONEST.holdings)[3]
        holdings = {**HONEST.holdings, account: HONEST.holdings[account] + 1}
        found = Check(replace(HONEST, holdings=holdings), TRUSTED).fault
        assert account in found.why

    def test_an_account_that_was_left_out_is_named(self):
        account = next(name for name, held in HONEST.holdings.items() if held)
        holdings = {name: held for name, held in HONEST.holdings.items() if name != account}
        assert account in Check(replace(HONEST, holdings=holdings), TRUSTED).fault.why

    def test_an_entry_younger_than_its_checkpoint_is_named(self):
        late = json.loads(TEXTS[-1])
        late["at"] = "2027-01-01T00:00:00.000000Z"
        export = logs.export([*TEXTS[:-1], canonical(late)], every=EVERY)
        found = Check(export, export.checkpoints).fault
        assert (found.first, found.last) == (SIZE - 1, SIZE - 1)

    def test_a_checkpoint_with_a_wrong_signature_is_named(self):
        changed = [HONEST.checkpoints[0], HONEST.checkpoints[1].replace("\n190\n", "\n189\n")]
        assert "189 entries" in Check(replace(HONEST, checkpoints=changed), TRUSTED).fault.why

    def test_a_checkpoint_that_contradicts_the_trusted_one_is_named(self):
        other = logs.export(list(logs.bodies(SIZE, seed=1, fork=SIZE - 1)), every=EVERY)
        assert "contradict" in Check(replace(HONEST, checkpoints=other.checkpoints[:1]), TRUSTED[:1]).fault.why

    def test_checkpoints_that_go_back_in_time_are_named(self):
        signs, root = signer("JP", logs.SEED), merkle.root_of(merkle.leaf_hash(b.encode()) for b in TEXTS[:50])
        young = signs.sign(size=50, root=root, at=BEGIN.replace(year=2028))
        own = [text for text in HONEST.checkpoints if "\n50\n" not in text]
        assert "order of time" in Check(replace(HONEST, checkpoints=[young, *own]), TRUSTED).fault.why

    @pytest.mark.parametrize("trusted", [["nonsense"], []])
    def test_nothing_to_compare_with_is_a_fault(self, trusted):
        assert Check(replace(HONEST, checkpoints=[]), trusted).fault.first is None


def committed_leg(party: str) -> int:
    with transaction.atomic():
        return leg(registered_project(), {2019: 40}, party=party).pk


@pytest.mark.django_db(transaction=True)
class TestExportLog:
    @pytest.fixture
    def folder(self, settings, tmp_path: Path) -> Path:
        settings.LOG_ROOT = tmp_path / "published"
        for party, number in (("JP", 3), ("MN", 2)):
            for _ in range(number):
                services.credits_issue(leg_id=committed_leg(party), at=NOON)
        services.logs_seal(at=NOON)
        services.credits_issue(leg_id=committed_leg("JP"), at=NOON)  # not numbered yet
        call_command("export_log", tmp_path / "export", stdout=StringIO())
        return tmp_path / "export"

    def test_writes_what_the_verifier_accepts(self, folder):
        for code, entries in (("JP", 3), ("MN", 2)):
            command = [sys.executable, "tools/verify_log.py", folder / code, "--trust", folder / code / "checkpoint"]
            answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert answer.returncode == 0, answer.stdout + answer.stderr
            assert answer.stdout.startswith(f"{entries} entries")
        assert LogEntry.objects.count() == 5

    def test_writes_what_the_verifier_refuses_once_it_is_changed(self, folder, capsys):
        entries = folder / "JP" / "entries.ndjson"
        entries.write_text(entries.read_text().replace("MN_JC002", "MN_JC003", 1))
        assert verify_log.main([str(folder / "JP"), "--trust", str(folder / "JP" / "checkpoint")]) == 1
        assert "FAULT, entry 0: this is not the entry that was recorded" in capsys.readouterr().out

    def test_writes_one_registry_alone(self, folder, tmp_path, capsys):
        call_command("export_log", tmp_path / "one", "--registry", "mn")
        assert [path.name for path in (tmp_path / "one").iterdir()] == ["MN"]
        assert "2 entries" in capsys.readouterr().out

    def test_refuses_a_registry_that_does_not_exist(self, tmp_path):
        with pytest.raises(CommandError, match="XX"):
            call_command("export_log", tmp_path, "--registry", "XX")
