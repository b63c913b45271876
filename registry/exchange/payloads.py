"""The form of each type's payload: exactly these fields, each of its kind."""

import re
from collections.abc import Callable
from typing import Any

from registry.exchange.envelope import Refused, read_moment
from registry.exchange.words import MessageType, Reason

Check = Callable[[Any], None]
SERIES = re.compile(r"[A-Z]{2}-[A-Z]{2}-[A-Z]{2}\d{1,8}-\d{4}", re.ASCII)
HEX = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 100
LONGEST_TEXT = 20_000
MOST_RANGES = 1000
STAGES = {
    "totals": MessageType.SNAPSHOT_TOTALS,
    "blocks": MessageType.SNAPSHOT_BLOCKS,
    "audit_trail": MessageType.SNAPSHOT_AUDIT_TRAIL,
}
RESULTS = ("consistent", "inconsistent", "closed")


def _must(right: bool) -> None:  # noqa: FBT001 (reads as a sentence)
    if not right:
        raise ValueError


def _text(value: Any) -> None:
    _must(type(value) is str and len(value) <= LONGEST_TEXT)


def _name(value: Any) -> None:
    _must(type(value) is str and len(value) <= LONGEST_NAME)


def _series(value: Any) -> None:
    _must(type(value) is str and SERIES.fullmatch(value) is not None)


def _hash(value: Any) -> None:
    _must(type(value) is str and HEX.fullmatch(value) is not None)


def _moment(value: Any) -> None:
    _must(type(value) is str)
    read_moment(value)


def _count(value: Any) -> None:
    _must(type(value) is int and value >= 0)


def _serial(value: Any) -> None:
    _must(type(value) is int and value >= 1)


def _one_of(*known: str) -> Check:
    return lambda value: _must(value in known)


def _list(check: Check, most: int | None = None) -> Check:
    def checked(value: Any) -> None:
        _must(type(value) is list and (most is None or len(value) <= most))
        for item in value:
            check(item)

    return checked


def _object(**form: Check) -> Check:
    def checked(value: Any) -> None:
        _must(type(value) is dict and value.keys() == form.keys())
        for name, check in form.items():
            try:
                check(value[name])
            except ValueError as wrong:
                raise ValueError(f"{name} {wrong}".strip()) from wrong
        if "first" in value:
            _must(value["first"] <= value["last"])

    return checked


RANGE = _object(series=_series, first=_serial, last=_serial)
TOTAL = _object(approach=_name, vintage=_serial, account_kind=_name, party=_name, quantity=_count)
BLOCK = _object(
    series=_series,
    first=_serial,
    last=_serial,
    quantity=_count,
    account=_name,
    account_kind=_name,
    holder=_text,
    decision=_text,
    authorization=_text,
    approach=_name,
)
MOVEMENT = _object(**{"series": _series, "first": _serial, "last": _serial, "from": _name, "to": _name})
TRANSACTION = _object(id=_name, kind=_name, at=_moment, cause=_text, movements=_list(MOVEMENT))
FORMS: dict[str, Check] = {
    MessageType.SNAPSHOT_REQUEST: _object(
        as_of=_moment, stage=_one_of(*STAGES), ranges=_list(RANGE, MOST_RANGES)
    ),
    MessageType.SNAPSHOT_TOTALS: _object(as_of=_moment, totals=_list(TOTAL), blocks_sha256=_hash),
    MessageType.SNAPSHOT_BLOCKS: _object(as_of=_moment, blocks=_list(BLOCK), blocks_sha256=_hash),
    MessageType.SNAPSHOT_AUDIT_TRAIL: _object(as_of=_moment, transactions=_list(TRANSACTION)),
    MessageType.RECONCILIATION_RESULT: _object(as_of=_moment, result=_one_of(*RESULTS), differences=_count),
}  # fmt: skip


def check(kind: str, payload: dict[str, Any]) -> None:
    """Raise Refused unless the payload has the form of its type."""
    try:
        FORMS[kind](payload)
    except ValueError as wrong:
        raise Refused(Reason.PAYLOAD, str(wrong)[:200]) from wrong
