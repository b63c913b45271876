"""Issuances of the public list: legs that go their own way, vintages by days, nothing that the list does not say."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from core.models import Source
from parties.models import Country, Partnership
from projects.models import Project
from registry.models import CreditBlock, IssuanceLeg, IssuanceNotification, LegLine, Transaction
from registry.workflow import LegState
from tests.factories import ledger
from tests.factories.public_records import HOST_SIDE, Folder, counts

pytestmark = pytest.mark.django_db
NOT_ISSUED = {"issuance_date": "", "issued_amount": ""}
NO_PERIOD = {"monitoring_start": "", "monitoring_end": "", "jc_decision_date": ""}
BOTH = {"party": "ALL", "notified_amount": "", **NOT_ISSUED}
CREATED, CHANGED, UNCHANGED, REFUSED = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)


@pytest.fixture
def folder(tmp_path) -> Folder:
    """Return a folder with two registered projects."""
    folder = Folder(tmp_path).write("methodologies", {})
    return folder.write(
        "projects",
        {},
        {"reference_no": "MN102"},
        {"reference_no": "MN103", "status": "validation", "registration_date": ""},
    )


def leg(party: str = "JP") -> IssuanceLeg:
    return IssuanceLeg.objects.select_related("notification").get(registry__party__iso2=party)


def tonnes(party: str) -> int:
    return sum(block.quantity for block in CreditBlock.objects.filter(account__registry__party__iso2=party))


class TestIssuances:
    def test_are_issued_in_both_registries(self, folder):
        report = folder.load_one("issuances", {}, HOST_SIDE)
        assert (counts(report), report["problems"]) == ((2, 0, 0, 0), [])
        notification = IssuanceNotification.objects.get()
        assert (notification.project.number, notification.incomplete) == ("MN101", False)
        assert (notification.period_start, notification.period_end) == (date(2017, 7, 1), date(2018, 6, 30))
        assert (notification.decided_on, notification.decision_number) == (date(2019, 1, 10), "")
        assert {(x.registry.party.iso2, x.notified, x.state, x.issued_on) for x in notification.legs.all()} == {
            ("JP", 80, "issued", date(2019, 2, 1)),
            ("MN", 20, "issued", date(2019, 2, 3)),
        }
        assert (tonnes("JP"), tonnes("MN")) == (80, 20)

    def test_are_recorded_in_the_ledger_on_their_day_without_people(self, folder):
        folder.load_one("issuances", {}, HOST_SIDE)
        entry = leg().transaction
        assert (entry.source, entry.proposed_by, entry.approved_by) == (Source.PUBLIC_RECORD, None, None)
        assert entry.at == datetime(2019, 2, 1, 12, tzinfo=UTC)
        assert {block.account.kind for block in CreditBlock.objects.all()} == {"government"}

    def test_apportion_the_amount_to_years_by_days_as_an_estimate(self, folder):
        folder.load_one("issuances", {}, HOST_SIDE)
        # 184 days of 2017 and 181 of 2018: 40.33 and 39.67 t of 80; the largest remainder gets the tonne left over.
        lines = leg().lines.order_by("vintage").values_list("vintage", "quantity", "estimated")
        assert list(lines) == [(2017, 40, True), (2018, 40, True)]

    def test_need_no_estimate_within_one_year(self, folder):
        folder.load_one("issuances", {"monitoring_end": "2017-12-31"}, HOST_SIDE)
        assert list(leg().lines.values_list("vintage", "quantity", "estimated")) == [(2017, 80, False)]

    def test_take_serial_numbers_in_the_order_of_issuance(self, folder):
        later = {"monitoring_start": "2017-01-01", "monitoring_end": "2017-06-30", "issuance_date": "2020-01-01"}
        folder.load_one("issuances", later, {"monitoring_end": "2017-12-31", "issuance_date": "2019-02-01"})
        assert [(b.first, b.leg.issued_on.year) for b in CreditBlock.objects.order_by("first")] == [
            (1, 2019),
            (81, 2020),
        ]

    def test_sum_to_the_leg_whatever_amount_and_period(self, folder):
        random = Random(20261122)
        rows = []
        start = date(2013, 1, 1)
        while start.year < 2024:
            end = start + timedelta(days=random.randrange(700))
            rows.append(
                {
                    "monitoring_start": str(start),
                    "monitoring_end": str(end),
                    "jc_decision_date": "2025-01-01",
                    "notified_amount": (amount := str(random.choice([1, 2, 3, 7, 97, 10_007, 3_000_001]))),
                    "issued_amount": amount,
                    "issuance_date": "2025-02-02",
                }
            )
            start = end + timedelta(days=1)
        assert counts(folder.load_one("issuances", *rows)) == (len(rows), 0, 0, 0)
        for found in IssuanceLeg.objects.prefetch_related("lines", "blocks"):
            lines = list(found.lines.all())
            assert sum(line.quantity for line in lines) == found.notified
            assert sum(block.quantity for block in found.blocks.all()) == found.notified
            years = range(found.notification.period_start.year, found.notification.period_end.year + 1)
            assert {line.vintage for line in lines} <= set(years)


class TestPendingLegs:
    def test_stay_pending_whatever_the_other_leg_does(self, folder):
        report = folder.load_one("issuances", {}, {**HOST_SIDE, **NOT_ISSUED})
        assert (counts(report), report["problems"]) == ((2, 0, 0, 0), [])
        assert (leg("JP").state, leg("MN").state, leg("MN").issued_on) == ("issued", "notified", None)
        assert (tonnes("JP"), tonnes("MN")) == (80, 0)
        assert sum(line.quantity for line in leg("MN").lines.all()) == 20
        assert not leg("MN").notification.incomplete

    def test_stay_pending_when_nought_is_issued_so_far(self, folder):
        report = folder.load_one("issuances", {}, {**HOST_SIDE, **NOT_ISSUED, "issued_amount": "0"})
        assert (counts(report), report["problems"]) == ((2, 0, 0, 0), [])
        assert (leg("MN").state, tonnes("MN")) == ("notified", 0)

    def test_are_issued_when_the_list_says_so(self, folder):
        folder.load_one("issuances", {}, {**HOST_SIDE, **NOT_ISSUED})
        assert counts(folder.load_one("issuances", {}, HOST_SIDE)) == (0, 1, 1, 0)
        assert (leg("MN").state, leg("MN").issued_on, tonnes("MN")) == ("issued", date(2019, 2, 3), 20)
        assert counts(folder.load()["issuances"]) == (0, 0, 2, 0)
        assert Transaction.objects.count() == 2

    def test_stay_pending_when_only_the_day_is_missing(self, folder):
        report = folder.load_one("issuances", {"issuance_date": ""}, HOST_SIDE)
        assert counts(report) == (2, 0, 0, 0)
        assert [(p["kind"], p["column"]) for p in report["problems"]] == [("incomplete", "issuance_date")]
        assert (leg("JP").state, tonnes("JP")) == ("notified", 0)

    def test_of_japan_wait_for_the_authorization_of_their_vintages(self, folder):
        period = {"monitoring_start": "2021-01-01", "monitoring_end": "2021-12-31", "jc_decision_date": "2023-01-10"}
        folder.load_one("issuances", {**period, **NOT_ISSUED}, {**HOST_SIDE, **period, **NOT_ISSUED})
        assert (leg("JP").state, leg("MN").state) == ("awaiting_authorization", "notified")
        rows = [{**row, **period, "issuance_date": "2023-02-03"} for row in ({}, HOST_SIDE)]
        assert counts(folder.load_one("issuances", *rows)) == (0, 2, 0, 0)
        assert (tonnes("JP"), tonnes("MN")) == (80, 20)

    def test_of_nought_close_without_issuance(self, folder):
        nought = {**NOT_ISSUED, "notified_amount": "0", "issued_amount": "0"}
        report = folder.load_one("issuances", nought, {**HOST_SIDE, "notified_amount": "1", "issued_amount": "1"})
        assert (counts(report), report["problems"]) == ((2, 0, 0, 0), [])
        assert (leg("JP").state, leg("JP").lines.count(), leg("JP").incomplete) == ("closed", 0, False)
        assert (tonnes("JP"), tonnes("MN")) == (0, 1)
        assert counts(folder.load()["issuances"]) == (0, 0, 2, 0)

    def test_that_administrators_have_in_hand_are_left_to_them(self, folder):
        folder.load_one("issuances", {}, {**HOST_SIDE, **NOT_ISSUED})
        IssuanceLeg.objects.filter(registry__party__iso2="MN").update(state=LegState.PROPOSED)
        assert counts(folder.load()["issuances"]) == (0, 0, 2, 0)
        report = folder.load_one("issuances", {}, HOST_SIDE)
        assert counts(report) == (0, 0, 1, 1)
        assert "administrators are issuing this" in report["problems"][0]["reason"]
        assert tonnes("MN") == 0


class TestIncompleteRecords:
    def test_without_period_make_no_credits(self, folder):
        report = folder.load_one("issuances", NO_PERIOD, {**HOST_SIDE, **NO_PERIOD, **NOT_ISSUED})
        assert counts(report) == (2, 0, 0, 0)
        assert [(p["kind"], p["line"], p["column"]) for p in report["problems"]] == [
            ("incomplete", 2, "monitoring_start"),
            ("incomplete", 3, "monitoring_start"),
        ]
        assert (leg("JP").state, leg("JP").incomplete, leg("JP").issued_on) == ("issued", True, date(2019, 2, 1))
        assert (leg("MN").state, leg("MN").incomplete) == ("notified", True)
        assert leg().notification.incomplete
        assert not LegLine.objects.exists()
        assert not CreditBlock.objects.exists()
        assert counts(folder.load()["issuances"]) == (0, 0, 2, 0)

    def test_get_their_credits_when_the_list_names_the_period(self, folder):
        folder.load_one("issuances", NO_PERIOD, {**HOST_SIDE, **NO_PERIOD, **NOT_ISSUED})
        report = folder.load_one("issuances", {}, {**HOST_SIDE, **NOT_ISSUED})
        assert (counts(report), report["problems"]) == ((0, 2, 0, 0), [])
        notification = IssuanceNotification.objects.get()
        assert (notification.period_start, notification.incomplete) == (date(2017, 7, 1), False)
        assert (tonnes("JP"), tonnes("MN")) == (80, 0)
        assert [(x.incomplete, x.state) for x in notification.legs.order_by("pk")] == [
            (False, "issued"),
            (False, "notified"),
        ]
        assert counts(folder.load()["issuances"]) == (0, 0, 2, 0)

    def test_do_not_get_a_period_that_overlaps_another(self, folder):
        other = {"monitoring_start": "2018-06-30", "monitoring_end": "2018-12-31", "notified_amount": "7"}
        folder.load_one("issuances", NO_PERIOD, {**other, "issued_amount": "7"})
        report = folder.load_one("issuances", {}, {**other, "issued_amount": "7"})
        assert counts(report) == (0, 0, 1, 1)
        assert "do not overlap" in report["problems"][0]["reason"]
        assert tonnes("JP") == 7

    def test_are_not_taken_for_a_period_while_the_list_still_has_them(self, folder):
        report = folder.load_one("issuances", NO_PERIOD, {})
        assert counts(report) == (2, 0, 0, 0)
        assert IssuanceNotification.objects.count() == 2

    def test_without_the_day_of_the_decision_still_have_credits(self, folder):
        report = folder.load_one("issuances", {"jc_decision_date": ""}, {**HOST_SIDE, "jc_decision_date": ""})
        assert [p["column"] for p in report["problems"]] == ["jc_decision_date"] * 2
        assert (leg().notification.incomplete, leg().incomplete, tonnes("JP")) == (True, False, 80)

    def test_without_the_other_side_are_completed_by_it(self, folder):
        report = folder.load_one("issuances", {})
        assert [(p["kind"], p["column"]) for p in report["problems"]] == [("incomplete", "party")]
        assert (leg().notification.incomplete, tonnes("JP")) == (True, 80)
        assert counts(folder.load_one("issuances", {}, HOST_SIDE)) == (1, 0, 1, 0)
        assert not leg("MN").notification.incomplete

    @pytest.mark.parametrize(
        ("row", "column", "legs"),
        [({"issued_amount": ""}, "issued_amount", 2), ({"notified_amount": "", **NOT_ISSUED}, "notified_amount", 1)],
    )
    def test_without_an_amount_make_no_credits(self, folder, row, column, legs):
        report = folder.load_one("issuances", row, HOST_SIDE)
        assert counts(report) == (legs, 0, 2 - legs, 0)
        assert IssuanceLeg.objects.count() == legs
        assert [(p["kind"], p["column"]) for p in report["problems"]] == [("incomplete", column)]
        assert (tonnes("JP"), tonnes("MN")) == (0, 20)
        assert leg("MN").notification.incomplete
        assert counts(folder.load()["issuances"]) == (0, 0, 2, 0)
        folder.load_one("issuances", {}, HOST_SIDE)
        assert (tonnes("JP"), leg("JP").notification.incomplete) == (80, False)

    def test_without_split_are_kept_with_their_total(self, folder):
        total = {"issuance_date": "2019-02-01", "issued_amount": "40", "granularity": "aggregate"}
        report = folder.load_one(
            "issuances", {**BOTH, **NO_PERIOD, **total, "reference_no": "MN101;MN102", "note": "A note"}
        )
        assert counts(report) == CREATED
        notification = IssuanceNotification.objects.get()
        assert (notification.project.number, [p.number for p in notification.shared_with.all()]) == ("MN101", ["MN102"])
        assert (notification.published_total, notification.incomplete) == (40, True)
        assert notification.note == "A note\nIssued on 2019-02-01."
        assert not IssuanceLeg.objects.exists()
        assert counts(folder.load()["issuances"]) == UNCHANGED

    def test_without_amount_keep_the_decision_until_the_sides_are_known(self, folder):
        decision_only = {**BOTH, "granularity": "decision_only"}
        report = folder.load_one("issuances", decision_only)
        assert (counts(report), report["problems"][0]["column"]) == (CREATED, "party")
        assert IssuanceNotification.objects.get().published_total is None
        assert counts(folder.load_one("issuances", {}, HOST_SIDE)) == (2, 0, 0, 0)
        assert not IssuanceNotification.objects.get().incomplete
        assert tonnes("JP") == 80

    def test_of_several_projects_make_no_credits_even_with_a_side(self, folder):
        report = folder.load_one("issuances", {"reference_no": "MN101;MN102"})
        assert counts(report) == CREATED
        assert (leg().incomplete, leg().state, tonnes("JP")) == (True, "issued", 0)

    def test_follow_the_note(self, folder):
        folder.load_one("issuances", {}, HOST_SIDE)
        assert counts(folder.load_one("issuances", {"note": "As published"}, HOST_SIDE)) == (0, 1, 1, 0)
        assert leg().notification.note == "As published"


FIRST_RUN = [
    ({"reference_no": "MN999"}, "reference_no", "There is no project “MN999”."),
    ({"reference_no": "MN103"}, "reference_no", "Credits are issued for registered projects only."),
    ({"party": "ID"}, "party", "This country is no side of the project's partnership."),
    ({"party": "XX"}, "party", "“XX” is no country of a partnership."),
    ({"party": ""}, "party", "The cell is empty"),
    ({"party": "ALL"}, "party", "does not go with this granularity"),
    ({"granularity": "aggregate"}, "party", "does not go with this granularity"),
    ({"granularity": "guess"}, "granularity", "is not one of: project_period_party, aggregate, decision_only."),
    ({"notified_amount": "80.5"}, "notified_amount", "is not a whole number written in digits."),
    ({"notified_amount": "-80"}, "notified_amount", "is not a whole number written in digits."),
    ({"issued_amount": "79"}, "issued_amount", "The issued amount differs from the notified amount."),
    ({"issuance_date": "N.A."}, "issuance_date", "is not a date such as 2026-01-31."),
    ({"issuance_date": "2019-01-09"}, "issuance_date", "issued before the Joint Committee decided"),
    ({"jc_decision_date": "2018-06-29"}, "jc_decision_date", "decided before the period ended"),
    ({"monitoring_end": "2017-06-30"}, "monitoring_end", "ends before it starts"),
    ({"monitoring_start": "2012-12-31"}, "monitoring_start", "Reductions count from 2013-01-01 on."),
]
LATER_RUN = [
    ({"notified_amount": "81", "issued_amount": "81"}, "notified_amount", "Recorded are 80 t"),
    ({"issuance_date": "2019-02-02"}, "issuance_date", "Issued on 2019-02-01 is recorded"),
    (NOT_ISSUED, "issuance_date", "Issued on 2019-02-01 is recorded"),
    ({"jc_decision_date": "2019-01-11"}, "monitoring_start", "Periods of one project do not overlap"),
    ({"monitoring_end": "2018-12-31"}, "monitoring_start", "Periods of one project do not overlap"),
]


class TestRefusals:
    @pytest.mark.parametrize(("row", "column", "reason"), FIRST_RUN)
    def test_name_the_column_and_the_reason(self, folder, row, column, reason):
        report = folder.load_one("issuances", row)
        assert counts(report) == REFUSED
        (problem,) = report["problems"]
        assert (problem["kind"], problem["line"], problem["column"]) == ("refused", 2, column)
        assert reason in problem["reason"]
        assert not IssuanceNotification.objects.exists()

    @pytest.mark.parametrize(("row", "column", "reason"), LATER_RUN)
    def test_keep_what_is_recorded(self, folder, row, column, reason):
        folder.load_one("issuances", {}, HOST_SIDE)
        report = folder.load_one("issuances", row, HOST_SIDE)
        assert counts(report) == (0, 0, 1, 1)
        (problem,) = report["problems"]
        assert (problem["kind"], problem["column"]) == ("refused", column)
        assert reason in problem["reason"]
        assert (tonnes("JP"), IssuanceNotification.objects.count()) == (80, 1)

    def test_keep_a_total_that_is_recorded(self, folder):
        row = {**BOTH, "granularity": "aggregate", "notified_amount": "40"}
        folder.load_one("issuances", row)
        report = folder.load_one("issuances", {**row, "notified_amount": "41"})
        assert counts(report) == REFUSED
        assert report["problems"][0]["reason"].startswith("Recorded are 40 t")
        assert counts(folder.load_one("issuances", {**row, "notified_amount": ""})) == UNCHANGED

    def test_of_one_side_leave_the_other(self, folder):
        report = folder.load_one("issuances", {**HOST_SIDE, "issued_amount": "21"}, {})
        assert counts(report) == (1, 0, 0, 1)
        assert (tonnes("JP"), leg("JP").notification.incomplete) == (80, True)

    def test_protect_what_this_system_issued_for_the_same_period(self, folder):
        folder.load()
        project = Project.objects.get(number="MN101")
        ledger.leg(project, {2017: 40, 2018: 40})
        report = folder.load_one("issuances", {})
        assert counts(report) == REFUSED
        assert "do not overlap" in report["problems"][0]["reason"]

    def test_hold_for_a_country_whose_registry_is_another(self, folder):
        assert Country.objects.filter(iso2="ID").exists()
        assert Partnership.objects.filter(host__iso2="ID").exists()
        report = folder.load_one("issuances", {}, {**HOST_SIDE, "party": "ID"})
        assert counts(report) == (1, 0, 0, 1)
