"""The command: files, transactions, report, exit code; and the real records where they are at hand."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError
from django.db.models import Q, Sum

from committee.models import Decision
from core.models import Event, ImportRun, Source
from core.numbering import allot
from jcm.importer import projects as project_loader
from methodologies.models import Methodology, MethodologyVersion
from parties.models import Designation, Organisation, Partnership
from projects.models import Project, ProjectIdeaNote
from registry.models import CreditBlock, IssuanceLeg, IssuanceNotification
from tests.factories.public_records import ROWS, Folder, counts

pytestmark = pytest.mark.django_db
REAL = Path(settings.BASE_DIR).parent / "shared" / "real"


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


class TestImportPublicRecords:
    def test_creates_a_record_for_each_row(self, folder):
        report = folder.write_all().load()
        assert report.pop("exit") == 0
        assert {name: counts(file)[0] for name, file in report.items()} == {
            "countries": 0, "tpes": 1, "methodologies": 1, "projects": 1, "pins": 1, "jc_decisions": 1, "issuances": 2,
        }  # fmt: skip
        assert [file["problems"] for file in report.values()] == [[]] * 7

    def test_changes_nothing_the_second_time(self, folder):
        folder.write_all().load()
        events = Event.objects.count()
        report = folder.load()
        assert report.pop("exit") == 0
        assert {name: counts(file) for name, file in report.items()} == {
            name: (0, 0, 2 if name == "issuances" else 1, 0) for name in ROWS
        }
        assert Event.objects.count() == events

    def test_marks_what_it_creates_as_public_record(self, folder):
        folder.write_all().load()
        models = (Designation, Methodology, MethodologyVersion, Project, ProjectIdeaNote, Decision, Organisation)
        for model in (*models, IssuanceNotification, IssuanceLeg):
            assert {row.source for row in model.objects.all()} == {Source.PUBLIC_RECORD}, model

    def test_tells_the_story_of_each_record(self, folder):
        folder.write_all().load()
        event = Event.objects.get(name="public_record.created", subject_type="projects.project")
        assert (event.actor, event.data) == (None, {"file": "projects.csv", "line": 2})
        folder.load_one("projects", {"title": "Renamed plant"})
        assert Event.objects.get(name="public_record.changed").subject_label == "MN101 Renamed plant"

    def test_keeps_the_report_of_a_run(self, folder):
        report = folder.write_all().load()
        report.pop("exit")
        run = ImportRun.objects.get()
        assert run.report == {"files": report}
        assert run.started_at <= run.finished_at

    def test_saves_nothing_in_a_dry_run_and_reports_the_same(self, folder):
        dry = folder.write_all().load("--dry-run")
        for model in (Project, Methodology, Organisation, Decision, IssuanceNotification, ImportRun, Event):
            assert not model.objects.exists()
        assert dry == folder.load()

    def test_reports_files_that_are_absent_and_ignores_others(self, folder):
        (folder.path / "forms.csv").write_text("anything")
        report = folder.write("pins", {}).load()
        assert report["exit"] == 0
        assert set(report) == {*ROWS, "exit"}
        assert counts(report["pins"]) == (1, 0, 0, 0)
        (problem,) = report["tpes"]["problems"]
        assert (problem["kind"], problem["file"], problem["line"]) == ("absent", "tpes.csv", 0)

    def test_refuses_a_folder_that_is_none(self, folder):
        with pytest.raises(CommandError, match=r"nowhere is not a folder\.$"):
            call_command("import_public_records", folder.path / "nowhere")

    def test_refuses_a_folder_without_any_record_file(self, folder):
        (folder.path / "forms.csv").write_text("anything")
        with pytest.raises(CommandError, match=r"has none of the files countries\.csv, tpes\.csv"):
            call_command("import_public_records", folder.path)
        assert not ImportRun.objects.exists()

    def test_says_the_counts_and_problems_in_words(self, folder):
        folder.write("projects", {"status": "dreamt"}).write("pins", {"title": ""})
        output, errors = StringIO(), StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("import_public_records", folder.path, "--dry-run", stdout=output, stderr=errors)
        assert end.value.code == 1
        lines = output.getvalue().splitlines()
        assert "projects.csv: 1 read, 0 created, 0 changed, 0 unchanged, 1 refused" in lines
        assert "incomplete: pins.csv:2: title: The record has no title." in lines
        assert any(line.startswith("refused: projects.csv:2: status: “dreamt” is not one of:") for line in lines)
        assert lines[-1] == "This was a dry run; nothing was saved."
        assert "projects.csv: 1 rows done" in errors.getvalue()

    def test_prints_nothing_but_json_when_asked(self, folder, capfd):
        with pytest.raises(SystemExit):
            call_command("import_public_records", folder.write("pins", {"pin_no": "MN_7"}).path, "--json")
        printed, progress = capfd.readouterr()
        assert json.loads(printed)["files"]["pins"]["refused"] == 1
        assert "pins.csv" in progress

    def test_draws_a_bar_on_a_terminal(self, folder):
        class Terminal(StringIO):
            def isatty(self) -> bool:
                return True

        terminal = Terminal()
        folder.write("pins", {}, {"pin_no": "MN_PIN102"})
        call_command("import_public_records", folder.path, stdout=StringIO(), stderr=terminal)
        assert "pins.csv             [###############               ] 1/2" in terminal.getvalue()
        assert "[##############################] 2/2\n" in terminal.getvalue()


class TestReadingAFile:
    def test_understands_quotes_a_byte_order_mark_and_blank_lines(self, folder):
        text = 'title,pin_no,country_iso2,no_objection_date\r\n\r\n"A ""b"", c\nd",MN_PIN101,MN,2025-02-03\r\n ,,,\r\n'
        (folder.path / "pins.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
        assert counts(folder.load()["pins"]) == (1, 0, 0, 0)
        assert ProjectIdeaNote.objects.get().title == 'A "b", c d'

    @pytest.mark.parametrize(
        ("header", "reason"),
        [
            ("pin_no,country_iso2,title", "The column “no_objection_date” is missing."),
            ("pin_no,country_iso2,title,no_objection_date,title", "“title” is there twice."),
            ("", "The file has no header line."),
        ],
    )
    def test_leaves_out_a_file_with_another_header(self, folder, header, reason):
        (folder.path / "pins.csv").write_text(header and f"{header}\nMN_PIN101,MN,Idea\n")
        report = folder.write("tpes", {}).load()
        assert (report["exit"], counts(report["tpes"])) == (1, (1, 0, 0, 0))
        (problem,) = report["pins"]["problems"]
        assert (problem["kind"], problem["reason"]) == ("refused", reason)
        assert not ProjectIdeaNote.objects.exists()

    def test_leaves_out_a_file_that_is_not_utf_8_and_says_the_line(self, folder):
        folder.write("pins", {}, {"pin_no": "MN_PIN102", "title": "Los Ba?os"})
        path = folder.path / "pins.csv"
        path.write_bytes(path.read_bytes().replace(b"?", b"\xf1"))
        report = folder.load()
        assert (report["exit"], report["pins"]["problems"][0]["line"]) == (1, 3)
        assert report["pins"]["problems"][0]["reason"] == "The file is not UTF-8 text."

    def test_leaves_out_what_cannot_be_opened(self, folder):
        (folder.path / "pins.csv").mkdir()
        report = folder.write("tpes", {}).load()
        assert report["exit"] == 1
        assert report["pins"]["problems"][0]["reason"] == "The file cannot be read: Is a directory."

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            ("MN_PIN102,MN,one, two,2025-02-03,x", "The line has 6 cells, the header has 5."),
            ("MN_PIN102,MN", "The line has 2 cells, the header has 5."),
            ('MN_PIN102,MN,"a"b,2025-02-03,x', "The line is not well-formed CSV (',' expected after '\"')."),
            ("MN_PIN102,MN,a\x00b,2025-02-03,x", "The line holds a character that is not text."),
        ],
    )
    def test_refuses_a_broken_line_and_loads_the_others(self, folder, line, reason):
        folder.write("pins", {}, {"pin_no": "MN_PIN103"})
        path = folder.path / "pins.csv"
        lines = path.read_text().splitlines()
        path.write_text("\n".join([*lines[:2], line, *lines[2:]]))
        report = folder.load()
        assert (report["exit"], counts(report["pins"])) == (1, (2, 0, 0, 1))
        (problem,) = report["pins"]["problems"]
        assert (problem["line"], problem["reason"]) == (3, reason)

    def test_says_where_a_quote_opens_that_never_closes(self, folder):
        folder.write("pins", {})
        with (folder.path / "pins.csv").open("a") as file:
            file.write('MN_PIN102,MN,"never closed,2025-02-03,x\nMN_PIN103,MN,b,2025-02-03,x\n')
        report = folder.load()["pins"]
        assert (counts(report), report["problems"][0]["line"]) == ((1, 0, 0, 1), 3)


class TestRepeatedRows:
    def test_count_as_unchanged_when_they_say_the_same(self, folder):
        assert counts(folder.load_one("pins", {}, {"title": " Invented  idea"})) == (1, 0, 1, 0)

    def test_are_refused_when_they_say_something_else(self, folder):
        report = folder.load_one("pins", {}, {"title": "Another"})
        assert counts(report) == (1, 0, 0, 1)
        (problem,) = report["problems"]
        assert (problem["line"], problem["column"]) == (3, "title")
        assert problem["reason"] == "Line 2 says something else of the same record."
        assert ProjectIdeaNote.objects.get().title == "Invented idea"

    def test_may_follow_a_refused_one(self, folder):
        assert counts(folder.load_one("pins", {"no_objection_date": "soon"}, {})) == (1, 0, 0, 1)


class TestFailures:
    def test_of_the_database_save_nothing_of_the_file_and_leave_the_others(self, folder, monkeypatch):
        folder.write_all().write("projects", {}, {"reference_no": "MN102"}, {"reference_no": "MN103"})
        monkeypatch.setattr(project_loader, "reserve", self._fail_at("MN102", OperationalError("the disk is full")))
        report = folder.load()
        assert report["exit"] == 1
        assert not Project.objects.exists()
        assert not Organisation.objects.filter(name="Invented Heat LLC").exists()
        assert counts(report["projects"]) == (0, 0, 0, 3)
        assert report["projects"]["problems"] == [
            {
                "file": "projects.csv",
                "line": 0,
                "column": "",
                "reason": "The database failed, and nothing of this file was saved: the disk is full",
                "kind": "refused",
            }
        ]
        assert counts(report["methodologies"]) == (1, 0, 0, 0)
        assert counts(report["issuances"]) == (0, 0, 0, 2)  # the project that they need is not there
        monkeypatch.undo()
        assert counts(folder.load()["projects"]) == (3, 0, 0, 0)

    def test_of_a_row_refuse_that_row_with_all_that_it_wrote(self, folder, monkeypatch):
        # Both rows name the organisation: the second must make it again.
        folder.write("projects", {}, {"reference_no": "MN102"})
        monkeypatch.setattr(project_loader, "reserve", self._fail_at("MN101", IntegrityError("a rule says no\nDETAIL")))
        report = folder.load()
        assert (report["exit"], counts(report["projects"])) == (1, (1, 0, 0, 1))
        assert report["projects"]["problems"][0]["reason"] == "The database refused the row: a rule says no"
        assert [p.organisation.name for p in Project.objects.get().participants.order_by("pk")] == [
            "Invented Boilers Co., Ltd.",
            "Invented Heat LLC",
        ]

    @staticmethod
    def _fail_at(number: str, problem: Exception):
        def reserve(text: str) -> None:
            if text == number:
                raise problem

        return reserve


@pytest.mark.slow
@pytest.mark.skipif(not REAL.is_dir(), reason="the real records are not beside the project (../shared/real)")
class TestRealRecords:
    @pytest.fixture
    def report(self):
        return Folder(REAL).load()

    def test_load_without_a_refusal(self, report):
        assert report.pop("exit") == 0
        assert {name: (file["read"], file["created"], file["refused"]) for name, file in report.items()} == {
            "countries": (31, 0, 0),
            "tpes": (19, 19, 0),
            "methodologies": (104, 104, 0),
            "projects": (147, 147, 0),
            "pins": (10, 10, 0),
            "jc_decisions": (38, 38, 0),
            "issuances": (27, 27, 0),
        }
        assert (Partnership.objects.count(), Designation.objects.count(), Project.objects.count()) == (31, 19, 147)
        assert (MethodologyVersion.objects.count(), Decision.objects.count()) == (104, 38)
        assert MethodologyVersion.objects.filter(incomplete=True).count() == 38

    def test_give_the_published_amounts_to_the_ledger_and_no_more(self, report):
        mongolian = IssuanceLeg.objects.filter(notification__project__partnership__host__iso2="MN")
        assert mongolian.aggregate(total=Sum("notified"))["total"] == 129_320
        blocks = CreditBlock.objects.filter(series__project__number="MN004", series__registry__party__iso2="JP")
        assert sum(block.quantity for block in blocks) == 43_012
        split = IssuanceLeg.objects.filter(incomplete=False).annotate(by_vintage=Sum("lines__quantity"))
        assert [leg.pk for leg in split if (leg.by_vintage or 0) != leg.notified] == []
        pending = IssuanceLeg.objects.filter(notification__decided_on__year=2026, issued_on=None)
        assert sorted((leg.registry.party.iso2, leg.state, leg.notified) for leg in pending) == [
            ("MN", "notified", 29),
            ("MN", "notified", 66),
            ("MN", "notified", 6063),
        ]
        incomplete = IssuanceNotification.objects.filter(incomplete=True)
        assert [row.published_total for row in incomplete if row.published_total] == [40]
        assert incomplete.count() == 5
        without_credits = CreditBlock.objects.filter(Q(leg__in=pending) | Q(leg__notification__in=incomplete))
        assert not without_credits.exists()

    def test_change_nothing_the_second_time_and_keep_their_numbers(self, report):
        again = Folder(REAL).load()
        assert again.pop("exit") == 0
        for file in again.values():
            assert counts(file) == (0, 0, file["read"], 0)
        assert (allot("MN", source=Source.ENTERED), allot("VN_AM", source=Source.ENTERED)) == (8, 16)
