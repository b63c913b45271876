"""An account's statement as rows for spreadsheets, and as PDF in the reader's language."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from registry.models import Account, Movement
from registry.papers import sheet
from registry.selectors.statements import Balance, Statement

WIDTH = A4[0] - 2 * sheet.MARGIN
HEAD = (
    "row",
    "recorded_at",
    "kind",
    "serial",
    "vintage",
    "received_tco2e",
    "sent_tco2e",
    "balance_tco2e",
    "other_account",
    "other_holder",
    "transaction",
)


def statement_rows(statement: Statement) -> Iterator[Sequence[object]]:
    """Yield the head, the opening balance of each vintage, the movements, and the closing balances."""
    yield HEAD
    for balance in statement.balances:
        yield _balance("opening", balance.vintage, balance.opening)
    for move in statement.movements.iterator(chunk_size=2000):
        came, other = _seen_from(statement, move)
        amounts = (move.quantity, None) if came else (None, move.quantity)
        at = move.transaction.at.astimezone(UTC).isoformat(timespec="seconds")
        yield (
            "movement", at, move.transaction.kind, str(move), move.series.vintage, *amounts, None,
            other.number, other.holder_name, str(move.transaction_id),
        )  # fmt: skip
    for balance in statement.balances:
        yield _balance("closing", balance.vintage, balance.closing)


def _balance(row: str, vintage: int, tonnes: int) -> tuple[object, ...]:
    return (row, None, None, None, vintage, None, None, tonnes, None, None, None)


def _seen_from(statement: Statement, move: Movement) -> tuple[bool, Account]:
    came = move.to_account_id == statement.account.pk
    return came, move.from_account if came else move.to_account


def statement_pdf(statement: Statement, *, at: datetime) -> bytes:
    """Return the statement as PDF, made at a time."""
    account, title = statement.account, _("Statement of account")
    period = f"{statement.first_day:%Y-%m-%d} – {statement.last_day:%Y-%m-%d} (UTC)"
    about = [
        (_("Account"), account.number),
        (_("Holder"), account.holder_name),
        (_("Kind"), account.get_kind_display()),
        (_("Period"), period),
        (_("Made at"), f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"),
    ]
    story: list[Flowable] = [
        sheet.text(account.registry, 10, colour=sheet.MUTED, space=4 * mm),
        sheet.text(title, 20, bold=True, colour=sheet.BRAND, space=4 * mm),
        sheet.facts(about, WIDTH),
        Spacer(1, 6 * mm),
        sheet.text(_("Balances by vintage, in tonnes"), 12, bold=True, space=2 * mm),
        _balances(statement),
        Spacer(1, 6 * mm),
        sheet.text(_("Movements"), 12, bold=True, space=2 * mm),
        _movements(statement),
    ]
    foot = f"{account.number}, {period}"
    return sheet.pdf(
        story, title=f"{title} {account.number}", author=str(account.registry), language=get_language() or "en",
        foot=lambda page: _("%(what)s, page %(page)s") % {"what": foot, "page": page},
    )  # fmt: skip


def _balances(statement: Statement) -> Flowable:
    head = [_("Vintage"), _("Opening balance"), pgettext("amount", "Received"), pgettext("amount", "Sent"),
            _("Closing balance")]  # fmt: skip
    rows = [_figures(str(balance.vintage), balance) for balance in statement.balances]
    return sheet.listing(head, [*rows, _figures(_("Total"), statement.total)], [WIDTH / 5] * 5, numeric=4)


def _figures(label: str, balance: Balance) -> list[str]:
    return [label, *(f"{amount:,}" for amount in (balance.opening, balance.received, balance.sent, balance.closing))]


def _movements(statement: Statement) -> Flowable:
    head = [_("Recorded at"), _("Kind"), _("Serial numbers"), _("Other account"), _("Quantity")]
    rows = []
    for move in statement.movements.iterator(chunk_size=2000):
        came, other = _seen_from(statement, move)
        rows.append([
            f"{move.transaction.at.astimezone(UTC):%Y-%m-%d %H:%M}", move.transaction.get_kind_display(), str(move),
            f"{other.number} {other.holder_name}", f"{'+' if came else '-'}{move.quantity:,}",
        ])  # fmt: skip
    return sheet.listing(head, rows, [WIDTH * part for part in (0.16, 0.14, 0.31, 0.26, 0.13)], numeric=1)
