"""Replacing the readings of a report: all or nothing, every fault named by row and column."""

from datetime import date
from decimal import Decimal

import pytest

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from projects import services
from projects.errors import ReadingsRefused
from projects.models import MeterReading
from projects.periods import empty_table
from tests.factories import cycle
from tests.factories.cycle import NOON

HEADER = "meter,parameter,month,value,unit"


@pytest.fixture
def report(people):
    """A report of three months."""
    return cycle.drafted_report(people, start=date(2025, 1, 15), end=date(2025, 3, 10))


def replace(report, people, *lines, actor=None):
    rows = services.readings_read("\n".join([HEADER, *lines]))
    return services.readings_replace(report_id=report.pk, rows=rows, actor=actor or people.participant, at=NOON)


def good(meter="M1", value="10"):
    return [f"{meter},EG,2025-0{month},{value},MWh" for month in (1, 2, 3)]


def faults(report, people, *lines):
    with pytest.raises(ReadingsRefused) as refusal:
        replace(report, people, *lines)
    assert not MeterReading.objects.exists()
    return [(fault.row, fault.column) for fault in refusal.value.faults]


class TestReadingsReplace:
    def test_stores_exact_values_and_calculates(self, people, report):
        replace(report, people, *good(value="0.000001"), *good("M2", "33333333333333.333333"))
        assert set(report.readings.values_list("meter", "value")) == {
            ("M1", Decimal("0.000001")),
            ("M2", Decimal("33333333333333.333333")),
        }
        # 3 × (0.000001 + 33333333333333.333333) × 0.797, rounded down
        assert report.results.get().reductions == 79_700_000_000_000
        assert Event.objects.get(name="report.readings_replaced").data == {"readings": 6}

    def test_replaces_what_was_there(self, people, report):
        replace(report, people, *good(), *good("M2"))
        replace(report, people, *good(value="20"))
        assert report.readings.count() == 3
        assert report.results.get().reductions == 47

    def test_keeps_what_was_there_when_it_refuses(self, people, report):
        replace(report, people, *good())
        before = list(report.readings.values_list("meter", "month", "value")), report.results.get().reductions
        with pytest.raises(ReadingsRefused):
            replace(report, people, *good()[:2])
        assert (list(report.readings.values_list("meter", "month", "value")), report.results.get().reductions) == before

    @pytest.mark.parametrize("month", ["2025-01", "2025/1", "2025/01", "2025/1/1", "2025-01-01"])
    def test_takes_months_as_spreadsheets_write_them(self, people, report, month):
        replace(report, people, f"M1,EG,{month},10,MWh", *good()[1:])
        assert report.readings.filter(month=date(2025, 1, 1)).exists()

    @pytest.mark.parametrize("month", ["", "January", "2025", "2025-13", "2025-00", "0000-01", "01-2025", "2025-01-02"])
    def test_refuses_what_is_no_month(self, people, report, month):
        assert faults(report, people, f"M1,EG,{month},10,MWh", *good()[1:]) == [(2, "month")]

    @pytest.mark.parametrize("month", ["2024-12", "2025-04", "2015-01"])
    def test_refuses_a_month_outside_the_period(self, people, report, month):
        assert faults(report, people, *good(), f"M2,EG,{month},10,MWh") == [(5, "month")]

    @pytest.mark.parametrize(
        "value", ["", "-1", "1e3", "1 000", '"1,000"', "nan", "0.0000001", "1.", "١", "123456789012345", "=1+1"]
    )
    def test_refuses_what_is_no_plain_number(self, people, report, value):
        assert faults(report, people, f"M1,EG,2025-01,{value},MWh", *good()[1:]) == [(2, "value")]

    def test_takes_nought(self, people, report):
        replace(report, people, *good(value="0"))
        assert report.results.get().reductions == 0

    def test_refuses_another_unit(self, people, report):
        assert faults(report, people, good()[0].replace("MWh", "kWh"), *good()[1:]) == [(2, "unit")]

    def test_refuses_a_parameter_that_is_not_monitored(self, people, report):
        assert faults(report, people, *good(), "M1,EF,2025-01,0.8,tCO2/MWh") == [(5, "parameter")]

    @pytest.mark.parametrize("meter", ["", "x" * 61, "M\x01"])
    def test_refuses_a_meter_without_a_readable_name(self, people, report, meter):
        assert (5, "meter") in faults(report, people, *good(), f"{meter},EG,2025-01,1,MWh")

    def test_refuses_a_month_twice(self, people, report):
        assert faults(report, people, *good(), "M1,EG,2025-02,10,MWh") == [(5, "month")]

    def test_names_the_months_that_a_meter_lacks(self, people, report):
        with pytest.raises(ReadingsRefused) as refusal:
            replace(report, people, *good(), good("M2")[1])
        (fault,) = refusal.value.faults
        assert (fault.row, fault.place, fault.text) == (
            None,
            "Meter M2, EG",
            "There is no reading for 2025-01, 2025-03.",
        )

    def test_needs_a_meter_for_every_monitored_parameter(self, people):
        definition = {
            **cycle.SOLAR,
            "parameters": [
                *cycle.SOLAR["parameters"],
                {"symbol": "AUX", "name": "Own use", "unit": "MWh", "kind": "monitored"},
            ],
            "project": "AUX * EF",
        }
        methodology = cycle.approved_methodology(people, definition=definition)
        project = cycle.registered_project(people, methodologies=[methodology])
        report = cycle.drafted_report(people, project=project, start=date(2025, 1, 1), end=date(2025, 3, 31))
        assert faults(report, people, *good()) == [(None, "AUX")]

    def test_lists_every_fault_at_once_by_row_and_column(self, people, report):
        found = faults(
            report,
            people,
            "M1,EG,2025-01,ten,kWh",
            "M1,XX,2025-02,1,MWh",
            "M1,EG,2025-99,1,MWh",
            "M2,EG,2025-01,1,MWh",
        )
        assert found == [
            (2, "unit"),
            (2, "value"),
            (3, "parameter"),
            (4, "month"),
            (None, "Meter M2, EG"),
        ]

    def test_names_places_for_programs_too(self, people, report):
        with pytest.raises(ReadingsRefused) as refusal:
            replace(report, people, "M1,EG,2025-01,ten,MWh", *good()[1:])
        assert set(refusal.value.fields) == {"2/value"}

    def test_refuses_an_empty_table(self, people, report):
        with pytest.raises(InvalidInput, match="Give between 1 and"):
            replace(report, people)

    def test_refuses_other_people(self, people, report, strangers):
        for person in (people.tpe, people.host_secretariat, strangers.participant):
            with pytest.raises(NotPermitted):
                replace(report, people, *good(), actor=person)

    def test_refuses_once_the_report_is_submitted(self, people):
        report = cycle.submitted_report(people)
        with pytest.raises(TransitionRefused):
            replace(report, people, *good())

    def test_says_that_a_public_record_cannot_compute(self, people, report):
        report.project.methodologies.update(definition=None)
        with pytest.raises(InvalidInput, match="cannot be calculated"):
            replace(report, people, *good())


class TestEmptyTable:
    def test_is_accepted_once_it_is_filled_in(self, people, report):
        table = empty_table(report).replace(",,MWh", ",5,MWh")
        assert table.splitlines()[1] == "EG-1,EG,2025-01,5,MWh"
        replace(report, people, *table.splitlines()[1:])
        assert report.readings.count() == 3
