"""Many movements from one file: all or nothing, faults by row and column, ten thousand rows in a few statements."""

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted
from registry import services
from registry.errors import KeyReused, NotEnoughCredits
from registry.models import Proposal, ProposalLine
from tests.factories.ledger import leg

pytestmark = pytest.mark.django_db
TRANSFER = "to_account,quantity,project,vintage,serial"
FINAL = "quantity,project,vintage,serial,purpose,beneficiary,reporting_year"


def propose(holder, *rows, kind="transfer", key="", who="proposer"):
    return services.batch_create(
        kind=kind,
        from_account=holder.account,
        text="\n".join([TRANSFER if kind == "transfer" else FINAL, *rows]),
        key=key or str(uuid.uuid4()),
        actor=holder.people[who],
        at=timezone.now(),
    )


def lines(proposal):
    return [(line.series.vintage, line.first, line.last) for line in proposal.lines.select_related("series")]


class TestBatchCreate:
    def test_makes_one_proposal_of_all_rows(self, holder):
        to, number = holder.other.number, holder.project.number
        proposal = propose(
            holder, f"{to},10,,,", f"{to},20,{number},2020,", f"{to},,,,JP-MN-{number}-2019-1-5", f"{to.lower()},95,,,"
        )
        # The serial number first, then the rows in their order, each from the oldest vintage that fits.
        assert lines(proposal) == [(2019, 1, 5), (2019, 6, 15), (2019, 16, 100), (2020, 1, 20), (2020, 21, 30)]
        assert holder.done(proposal).state == "completed"

    def test_retires_for_the_purpose_of_each_row(self, holder):
        proposal = propose(holder, "1,,,,ndc,Government of Japan,2025", "2,,2022,,gx_ets,Alpha,2026", kind="retirement")
        told = list(proposal.lines.values_list("purpose", "beneficiary", "reporting_year"))
        assert told == [("ndc", "Government of Japan", 2025), ("gx_ets", "Alpha", 2026)]

    def test_repeated_gives_the_same_proposal(self, holder):
        row = f"{holder.other.number},10,,,"
        assert propose(holder, row, row, key="once") == propose(holder, row, row, key="once")
        with pytest.raises(KeyReused):
            propose(holder, row, key="once")

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("JP-2000002-00,1,,,", "to_account"),
            ("JP-2000009-31,1,,,", "to_account"),
            (",1,,,", "to_account"),
            ("{own},1,,,", "to_account"),
            ("{to},,,,", "quantity"),
            ("{to},0,,,", "quantity"),
            ("{to},-4000,,,", "quantity"),
            ('{to},"1,000",,,', "quantity"),
            ("{to},1,,twenty,", "vintage"),
            ("{to},,,,nonsense", "serial"),
            ("{to},,,,JP-MN-XX999-2019-1-5", "serial"),
            ("{to},1,,20190,", "vintage"),
            ("{to},1,000,,,,7", "…"),
        ],
    )
    def test_says_row_and_column_of_a_fault(self, holder, row, column):
        row = row.format(to=holder.other.number, own=holder.account.number)
        with pytest.raises(InvalidInput) as refusal:
            propose(holder, f"{holder.other.number},1,,,", row)
        assert list(refusal.value.fields) == [f"Row 3, column {column}"]

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("1,,,,voluntary,Alpha,2026", "purpose"),
            ("1,,,,ndc,,2026", "beneficiary"),
            ("1,,,,ndc,Alpha,", "reporting_year"),
            (f"1,,,,ndc,{'A' * 301},2026", "beneficiary"),
            ("1,,2019,,gx_ets,Alpha,2026", "purpose"),
        ],
    )
    def test_keeps_the_rules_of_retirement_for_each_row(self, holder, row, column):
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            propose(holder, "1,,,,ndc,Alpha,2026", row, kind="retirement")
        assert list(refusal.value.fields) == [f"Row 3, column {column}"]

    def test_counts_rows_as_a_spreadsheet_does(self, holder):
        with pytest.raises(InvalidInput) as refusal:
            propose(holder, "", ",,,,", f"{holder.other.number},1,,,", "", f"{holder.other.number},0,,,")
        assert list(refusal.value.fields) == ["Row 6, column quantity"]

    def test_reads_column_names_with_spaces(self, holder):
        text = f"{TRANSFER.replace(',', ' , ')}\n{holder.other.number},1,,,"
        batch = services.batch_check(
            kind="transfer", from_account=holder.account, text=text, actor=holder.people["proposer"], at=timezone.now()
        )
        assert [span.quantity for [span] in batch.found] == [1]

    def test_says_which_rows_find_no_credits(self, holder):
        to = holder.other.number
        with pytest.raises(NotEnoughCredits) as refusal, transaction.atomic():
            propose(holder, f"{to},170,,,", f"{to},5,,,", f"{to},6,,,")
        assert list(refusal.value.fields) == ["Row 4, column quantity"]
        assert not Proposal.objects.exists()

    def test_names_the_row_of_a_file_with_one_row(self, holder):
        with pytest.raises(NotEnoughCredits) as refusal, transaction.atomic():
            propose(holder, f"{holder.other.number},1000,,,")
        assert list(refusal.value.fields) == ["Row 2, column quantity"]

    @pytest.mark.parametrize("text", ["", "quantity,to_account\n1,x", TRANSFER, f"{TRANSFER}\n,,,,"])
    def test_refuses_other_columns_and_empty_files(self, holder, text):
        with pytest.raises(InvalidInput) as refusal:
            services.batch_create(
                kind="transfer", from_account=holder.account, text=text, key="x", actor=holder.people["proposer"],
                at=timezone.now(),
            )  # fmt: skip
        assert list(refusal.value.fields) == ["file"]

    def test_refuses_those_who_may_not_propose(self, holder):
        with pytest.raises(NotPermitted):
            propose(holder, f"{holder.other.number},1,,,", who="viewer")

    def test_asks_as_much_of_the_database_for_ten_thousand_rows(self, holder):
        more = leg(holder.project, {2021: 20_000}, account=holder.account)
        services.credits_issue(leg_id=more.pk, at=timezone.now())
        rows = [f"{holder.other.number},1,,2021,"] * 10_000
        with CaptureQueriesContext(
            connection,
        ) as asked:
            proposal = propose(holder, *rows)
        assert len(asked) < 30
        assert ProposalLine.objects.filter(proposal=proposal).count() == 10_000
