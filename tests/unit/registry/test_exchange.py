"""Messages: one text, one hash, one signature; and the comparison finds whatever differs."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from registry.exchange import compare, payloads
from registry.exchange.compare import Line
from registry.exchange.envelope import (
    RECEIPT,
    START,
    Envelope,
    Key,
    Refused,
    canonical,
    check_signature,
    is_public_key,
    key_of,
    read,
    read_receipt,
    receipt,
    seal,
)
from registry.exchange.words import DifferenceKind, MessageType, Reason
from tools import conformance

KEY = Key(b"1" * 32)
HEADER = {
    "type": "SNAPSHOT_REQUEST",
    "sender_registry": "ELSEWHERE",
    "receiver_registry": "JP",
    "sequence_no": 1,
    "prev_hash": START,
    "correlation_id": "00000000-0000-4000-8000-000000000000",
    "created_at": "2026-11-22T10:00:00.000000Z",
}
PAYLOAD = {"as_of": "2026-11-22T10:00:00.000000Z", "stage": "totals", "ranges": []}


def sent(**changed: object) -> bytes:
    return canonical({**seal(KEY, PAYLOAD, **HEADER).fields, **changed}).encode()


def refused(reason: Reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


class TestCanonical:
    def test_is_that_of_rfc_8785(self):
        value = {"b": [1, True, None, "é\n\u2028"], "a": {"d": "", "c": -5}, "\u20ac": 'q"\\/'}
        assert canonical(value) == '{"a":{"c":-5,"d":""},"b":[1,true,null,"é\\n\u2028"],"€":"q\\"\\\\/"}'

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner)
           | st.dictionaries(st.text(), inner)))  # fmt: skip
    def test_is_read_as_what_was_written(self, value):
        assert json.loads(canonical(value)) == value
        assert canonical(json.loads(canonical(value))) == canonical(value) == conformance.canonical(value)


class TestRead:
    def test_gives_what_was_sealed(self):
        envelope = read(sent())
        envelope.check(KEY.public)
        assert envelope.fields["payload"] == PAYLOAD

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            (b"", Reason.MALFORMED),
            (b"\xff", Reason.MALFORMED),
            (b"[]", Reason.MALFORMED),
            (b"{}", Reason.MALFORMED),
            (b"[" * 100_000, Reason.MALFORMED),
            (b'{"a":1,"a":1}', Reason.MALFORMED),
            (b" " * (2**24 + 1), Reason.TOO_LARGE),
            (sent(version=2), Reason.VERSION),
            (sent(version=True), Reason.MALFORMED),
            (sent(sequence_no=2**53), Reason.MALFORMED),
            (sent(sequence_no="1"), Reason.MALFORMED),
            (sent(message_id="0"), Reason.MALFORMED),
            (sent(message_id="{00000000-0000-4000-8000-000000000000}"), Reason.MALFORMED),
            (sent(created_at="2026-11-22"), Reason.MALFORMED),
            (sent(more=1), Reason.MALFORMED),
            (sent(payload={"a": 1}).replace(b'"a":1', b'"a":1e3'), Reason.MALFORMED),
            (sent(payload={"a": 1}).replace(b'"a":1', b'"a":NaN'), Reason.MALFORMED),
            (sent(payload={"a": "\x00"}), Reason.MALFORMED),
            (sent(payload={"a": 1}).replace(b'"a":1', b'"a":"\\ud800"'), Reason.MALFORMED),
        ],
    )
    def test_refuses_what_is_not_agreed(self, raw, reason):
        with refused(reason):
            read(raw)


class TestSignature:
    @pytest.mark.parametrize("name", sorted(HEADER))
    def test_covers_every_field(self, name):
        fields = seal(KEY, PAYLOAD, **HEADER).fields
        with refused(Reason.SIGNATURE):
            Envelope({**fields, name: 7}).check(KEY.public)

    def test_covers_the_payload_by_its_hash(self):
        fields = seal(KEY, PAYLOAD, **HEADER).fields
        with refused(Reason.PAYLOAD_ALTERED):
            Envelope({**fields, "payload": {}}).check(KEY.public)
        with refused(Reason.SIGNATURE):
            Envelope({**fields, "payload": {}, "payload_sha256": conformance.sha256("{}")}).check(KEY.public)

    @pytest.mark.parametrize("signature", ["", "ed25519", "rsa:00000000:AA", f"ed25519:00000000:{'A' * 86}=="])
    def test_of_another_key_is_told_apart(self, signature):
        fields = seal(KEY, PAYLOAD, **HEADER).fields
        with refused(Reason.UNKNOWN_KEY):
            Envelope({**fields, "signature": signature}).check(KEY.public)

    def test_of_a_receipt_is_none_of_a_message(self):
        body = receipt(KEY, message_id="", message_hash="", outcome="accepted", reason="", detail="",
                       **{"from": "JP", "to": "ELSEWHERE", "received_at": ""})  # fmt: skip
        assert read_receipt(body.encode(), KEY.public)["outcome"] == "accepted"
        said = json.loads(body)
        unsigned = {name: value for name, value in said.items() if name != "signature"}
        check_signature(unsigned, said["signature"], KEY.public, RECEIPT)
        with refused(Reason.SIGNATURE):
            check_signature(unsigned, said["signature"], KEY.public)

    def test_differs_for_each_registry(self):
        seed = base64.b64encode(b"9" * 32).decode()
        assert key_of("JP", seed).public == key_of("JP", seed).public != key_of("MN", seed).public

    def test_is_the_same_on_the_other_side(self):
        assert conformance.key_of(b"1" * 32)[1] == KEY.public
        unsigned = {**HEADER, "version": 1}
        assert conformance.sign(b"1" * 32, unsigned, b"jcm-message/1\n") == KEY.sign(unsigned)

    @pytest.mark.parametrize("text", ["", "A", "AAAA", "é"])
    def test_needs_a_key_of_32_bytes(self, text):
        assert not is_public_key(text)
        assert is_public_key(KEY.public)


class TestChain:
    def test_hash_depends_on_everything(self):
        one = seal(KEY, PAYLOAD, **HEADER)
        hashes = {one.hash, conformance.hash_of(one.fields)}
        assert len(hashes) == 1
        for name in one.header:
            hashes.add(Envelope({**one.fields, name: "x"}).hash)
        assert len(hashes) == 1 + len(one.header)


class TestPayload:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"stage": "everything"}, {"ranges": None}, {"as_of": 5}, {"as_of": "yesterday"}, {"more": 1},
            {"ranges": [{"series": "JP-MN-MN001-2019", "first": 2, "last": 1}]},
            {"ranges": [{"series": "JP-MN-MN001", "first": 1, "last": 1}]},
            {"ranges": [{"series": "JP-MN-MN001-2019", "first": 0, "last": 1}]},
            {"ranges": [{"series": "JP-MN-MN001-2019", "first": 1, "last": 1}] * 1001},
            {"ranges": [{"series": "JP-MN-MN001-2019", "first": True, "last": 1}]},
        ],
    )  # fmt: skip
    def test_has_exactly_the_agreed_form(self, wrong):
        payloads.check(MessageType.SNAPSHOT_REQUEST, PAYLOAD)
        with refused(Reason.PAYLOAD):
            payloads.check(MessageType.SNAPSHOT_REQUEST, {**PAYLOAD, **wrong})

    def test_takes_every_text_that_our_own_books_may_hold(self):
        row = Line(
            "JP-MN-MN001-2019", 1, 2, "A", "entity", "\u682a\u5f0f\u4f1a\u793e\u3000\n", "", "x" * 5000, ""
        ).told()
        payload = {"as_of": PAYLOAD["as_of"], "blocks": [row], "blocks_sha256": "0" * 64}
        payloads.check(MessageType.SNAPSHOT_BLOCKS, payload)
        row["account"] = "x" * 101
        with refused(Reason.PAYLOAD):
            payloads.check(MessageType.SNAPSHOT_BLOCKS, payload)


# --- comparing -------------------------------------------------------------------------------------------------------

SERIES = ["JP-MN-MN001-2019", "JP-MN-MN001-2020", "JP-VN-VN002-2022"]
TEXTS = st.sampled_from(["A", "B", "C"])


@st.composite
def books(draw):
    """Return blocks of up to three series without overlap."""
    lines = []
    for series in draw(
        st.sets(st.sampled_from(["JP-MN-MN001-2019", "JP-MN-MN001-2020", "JP-VN-VN002-2022"]), min_size=1)
    ):
        serial = 1
        for size in draw(st.lists(st.integers(1, 50), min_size=1, max_size=5)):
            gap = draw(st.integers(0, 2))
            attributes = [draw(TEXTS) for _name in compare.NAMED]
            lines.append(Line(series, serial + gap, serial + gap + size - 1, *attributes))
            serial += gap + size
    return lines


def told(lines):
    return [line.told() for line in lines]


@st.composite
def cut_otherwise(draw, lines):
    """Return the same credits, split anew and in any order."""
    parts = []
    for line in lines:
        middle = draw(st.integers(line.first, line.last))
        parts.append(replace(line, last=middle))
        if middle < line.last:
            parts.append(replace(line, first=middle + 1))
    return draw(st.permutations(parts))


MUTATIONS = ["series", "first", "last", "quantity", *compare.NAMED]


class TestCompare:
    @given(st.data())
    def test_finds_nothing_where_the_same_credits_are_split_otherwise(self, data):
        ours = data.draw(books())
        theirs = data.draw(cut_otherwise(ours))
        assert compare.compare(ours, told(theirs)) == []
        assert compare.digest_of(ours) == compare.digest_of(theirs)
        assert compare.totals_of(ours) == compare.totals_of(theirs)

    @pytest.mark.parametrize("name", MUTATIONS)
    @given(data=st.data())
    def test_finds_every_change_of_one_field(self, name, data):
        ours = data.draw(books())
        rows = told(data.draw(cut_otherwise(ours)))
        row = data.draw(st.sampled_from(rows))
        if name == "series":
            row[name] = "JP-MN-MN001-2021"
        elif name in ("first", "last", "quantity"):
            row[name] += data.draw(
                st.integers(1, 5) if name != "first" or row["first"] == 1 else st.sampled_from([-1, 1])
            )
        else:
            row[name] += "x"
        assume(1 <= row["first"] <= row["last"])  # everything else is refused at the door
        findings = compare.compare(ours, rows)
        assert findings
        if name in compare.NAMED:
            assert {found.kind for found in findings} == {compare.NAMED[name]}
            assert sum(found.last - found.first + 1 for found in findings) == row["quantity"]

    @given(books(), books())
    def test_finds_the_same_from_both_sides(self, ours, theirs):
        forth, back = compare.compare(ours, told(theirs)), compare.compare(theirs, told(ours))
        assert compare.ranges_of(forth) == compare.ranges_of(back)
        assert (forth == []) == (compare.digest_of(ours) == compare.digest_of(theirs))

    @given(books(), st.data())
    def test_finds_every_block_that_is_left_out_or_listed_twice(self, ours, data):
        line = data.draw(st.sampled_from(ours))
        without = [other for other in ours if other != line]
        assert compare.ranges_of(compare.compare(ours, told(without))) == [(line.series, line.first, line.last)]
        twice = compare.compare(ours, told([*ours, line]))
        assert {found.kind for found in twice} == {DifferenceKind.DUPLICATE}


class TestCompareTotals:
    def test_takes_what_one_side_lacks_for_nothing(self):
        row = {"approach": "JP-MN", "vintage": 2019, "account_kind": "entity", "party": "JP", "quantity": 5}
        [found] = compare.compare_totals([row], [])
        assert (found.reference, found.ours, found.theirs) == (
            "JP-MN 2019 entity JP", {"quantity": 5}, {"quantity": 0},
        )  # fmt: skip
        assert compare.compare_totals([row, row], [{**row, "quantity": 10}]) == []


class TestCompareTrails:
    def test_names_what_is_missing_extra_or_changed(self):
        rows = [{"id": name, "cause": ""} for name in "abc"]
        theirs = [rows[0], {**rows[1], "cause": "x"}, {**rows[2], "id": "d"}, rows[0]]
        kinds = [(found.kind, found.reference) for found in compare.compare_trails(rows, theirs)]
        assert kinds == [
            ("transaction-changed", "b"), ("transaction-extra", "d"), ("transaction-extra", "a"),
            ("transaction-missing", "c"),
        ]  # fmt: skip
