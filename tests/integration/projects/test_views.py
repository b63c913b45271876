"""The screens of projects: the right people get them, the others do not."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from projects import services
from projects.models import MonitoringReport, Project
from projects.workflow import ProjectStatus, ReportStatus
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.files import pdf

pytestmark = pytest.mark.django_db

FOR_ALL = pdf("for all")


@pytest.fixture
def browse(client):
    """Return a function that signs a person in (None: nobody) and gives the browser."""

    def as_person(person):
        client.logout()
        if person is not None:
            client.force_login(person)
        return client

    return as_person


def design_url(project, part=""):
    return reverse("projects:design", args=[project.pk]) + part


def project_url(project, part=""):
    return reverse("projects:detail", args=[project.number]) + part


def report_url(report, part=""):
    return report.get_absolute_url() + part


class Screen(NamedTuple):
    """Where it is, who may open it, what others inside the partnership get, and people of another partnership."""

    address: Callable[[Any], str]
    allowed: str
    inside: int
    outside: int


SCREENS = {
    "draft": Screen(lambda _p: "/projects/designs/new/", "participant", 403, 403),
    "design": Screen(lambda p: design_url(cycle.drafted_project(p)), "participant", 404, 404),
    "section": Screen(lambda p: design_url(cycle.drafted_project(p), "values/"), "participant", 404, 404),
    "document": Screen(lambda p: design_url(cycle.drafted_project(p), "document/"), "participant", 404, 404),
    "validate": Screen(lambda p: project_url(cycle.designed_project(p), "validate/"), "tpe", 403, 403),
    "report": Screen(lambda p: project_url(cycle.designed_project(p), "reports/new/"), "participant", 403, 403),
    "readings": Screen(lambda p: report_url(cycle.drafted_report(p), "readings/"), "participant", 403, 404),
    "verify": Screen(lambda p: report_url(cycle.submitted_report(p), "verify/"), "tpe", 403, 404),
    "request": Screen(lambda p: report_url(cycle.verified_report(p), "request-issuance/"), "participant", 403, 403),
}


@pytest.mark.parametrize("name", SCREENS)
def test_each_screen_opens_to_the_right_people(people, strangers, browse, name):
    screen = SCREENS[name]
    url = screen.address(people)
    for who in ("participant", "tpe", "japan_secretariat", "host_chair"):
        status = browse(getattr(people, who)).get(url).status_code
        assert status == (200 if who == screen.allowed else screen.inside), who
    assert browse(strangers.host_secretariat).get(url).status_code == screen.outside
    answer = browse(None).get(url)
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


class Button(NamedTuple):
    """The record on whose page it is, the end of its address, and who may press it."""

    make: Callable[[Any], Any]
    part: str
    allowed: str


BUTTONS = [
    Button(cycle.drafted_project, "submit/", "participant"),
    Button(cycle.validated_project, "request-registration/", "participant"),
    Button(cycle.requested_project, "withdraw/", "participant"),
    Button(cycle.requested_project, "accept/", "japan_secretariat"),
    Button(cycle.requested_project, "return/", "japan_secretariat"),
    Button(cycle.measured_report, "submit/", "participant"),
    Button(cycle.submitted_report, "return/", "tpe"),
    Button(cycle.submitted_request, "accept/", "japan_secretariat"),
    Button(cycle.submitted_request, "return/", "japan_secretariat"),
    Button(cycle.submitted_request, "withdraw/", "participant"),
]


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: f"{b.make.__name__}-{b.part}")
def test_each_button_works_for_the_right_people(people, strangers, browse, button):
    record = button.make(people)
    url, before = record.get_absolute_url() + button.part, record.status
    assert browse(people.participant).get(url).status_code == 405
    assert browse(None).post(url).url.startswith(reverse("account_login"))
    inside = {"participant", "tpe", "japan_secretariat", "host_chair"} - {button.allowed}
    for person in [*(getattr(people, who) for who in inside), strangers.participant]:
        assert browse(person).post(url, {"reason": "Because."}).status_code in {403, 404}
    record.refresh_from_db()
    assert record.status == before
    assert browse(getattr(people, button.allowed)).post(url, {"reason": "Because."}).status_code == 302
    record.refresh_from_db()
    assert record.status != before


class TestProjectDetail:
    @pytest.mark.parametrize(
        "make",
        [
            cycle.designed_project,
            cycle.validated_project,
            cycle.requested_project,
            cycle.considered_project,
            cycle.registered_project,
        ],
    )
    def test_is_public_from_the_submission_on(self, people, browse, make):
        project = make(people)
        for person in (None, people.participant, people.tpe, people.host_secretariat):
            page = browse(person).get(project.get_absolute_url())
            assert page.status_code == 200
            assert people.company.name in page.content.decode()
        assert b"<form method" not in browse(None).get(project.get_absolute_url()).content.split(b"<main")[1]

    def test_shows_verified_reports_and_hides_others(self, people, browse):
        project = cycle.registered_project(people)
        verified = cycle.verified_report(people, project=project)
        draft = cycle.drafted_report(people, project=project, start=date(2024, 1, 1), end=date(2024, 12, 31))
        public = browse(None).get(project.get_absolute_url()).content.decode()
        assert verified.get_absolute_url() in public
        assert draft.get_absolute_url() not in public
        assert draft.get_absolute_url() in browse(people.tpe).get(project.get_absolute_url()).content.decode()

    def test_is_not_there_for_an_unknown_number(self, people, browse):
        assert browse(None).get("/projects/XX001/").status_code == 404

    def test_shows_a_bare_public_record(self, people, browse):
        project = Project.objects.create(
            partnership=people.partnership,
            number="MN001",
            title="Heat",
            status=ProjectStatus.REGISTERED,
            source="public_record",
            incomplete=True,
        )
        page = browse(None).get(project.get_absolute_url())
        assert page.status_code == 200
        assert "Incomplete record" in page.content.decode()

    def test_needs_no_more_queries_for_more_reports(self, people, browse, django_assert_max_num_queries):
        project = cycle.registered_project(people)
        for year in (2024, 2025):
            cycle.verified_report(people, project=project, start=date(year, 1, 1), end=date(year, 12, 31))
        with django_assert_max_num_queries(30):
            browse(None).get(project.get_absolute_url())


class TestProjectDocument:
    def project(self, people):
        project = cycle.drafted_project(people)
        files = {
            "public": SimpleUploadedFile("pdd.pdf", FOR_ALL),
            "restricted": SimpleUploadedFile("full.pdf", b"%PDF for few"),
        }
        services.project_attach_document(project_id=project.pk, files=files, actor=people.participant, at=NOON)
        return services.project_submit_design(project_id=project.pk, actor=people.participant, at=NOON)

    def test_gives_everybody_the_public_rendition(self, people, browse):
        answer = browse(None).get(project_url(self.project(people), "documents/public/"))
        assert b"".join(answer.streaming_content) == FOR_ALL
        assert answer.headers["Content-Disposition"] == 'attachment; filename="pdd.pdf"'

    def test_keeps_the_complete_one_for_those_involved(self, people, strangers, browse):
        url = project_url(self.project(people), "documents/restricted/")
        for person in (None, strangers.tpe, strangers.host_secretariat):
            assert browse(person).get(url).status_code == 404
        for person in (people.participant, people.tpe, people.host_secretariat):
            answer = browse(person).get(url)
            assert b"".join(answer.streaming_content) == b"%PDF for few"
        refused = browse(people.japan_chair).get(url)
        assert refused.status_code == 403, "a member first declares that there is no conflict of interest"


class TestDesign:
    def post(self, browse, people, project, section, **content):
        return browse(people.participant).post(design_url(project, f"{section}/"), content)

    def test_a_design_is_filled_in_section_by_section_and_submitted(self, people, browse):
        methodology = cycle.approved_methodology(people)
        browse(people.participant).post(
            "/projects/designs/new/", {"partnership": people.partnership.pk, "title": "Plant"}
        )
        project = Project.objects.get()
        assert b"0 of 5 sections complete" not in browse(people.participant).get(design_url(project)).content
        self.post(
            browse, people, project, "description",
            title="Plant", description="Panels.", technology="Solar PV", location="Darkhan",
            latitude="49.48694", longitude="105.92278",
        )  # fmt: skip
        self.post(
            browse, people, project, "operation",
            operation_start="2024-01-01", lifetime_years="17", estimated_per_year="7900",
        )  # fmt: skip
        self.post(browse, people, project, "methodologies", methodologies=[methodology.pk])
        self.post(browse, people, project, "values", EF="0.5")
        self.post(
            browse, people, project, "participants",
            acquirer=f"{people.company.name}\n\n  Second   Company ", host=people.partner_company.name,
            focal_point="host",
        )  # fmt: skip
        page = browse(people.participant).get(design_url(project)).content.decode()
        assert "5 of 5 sections complete" in page
        answer = browse(people.participant).post(design_url(project, "submit/"), follow=True)
        project.refresh_from_db()
        assert "The design is submitted. Its reference number is MN900." in answer.content.decode()
        assert answer.redirect_chain[-1][0] == project.get_absolute_url()
        assert project.fixed_values == {"EF": "0.5"}
        assert set(project.participants.values_list("organisation__name", "focal_point")) == {
            (people.company.name, False),
            ("Second Company", False),
            (people.partner_company.name, True),
        }

    def test_a_section_keeps_what_was_answered(self, people, browse):
        project = cycle.drafted_project(people, fixed_values={"EF": "0.5"})
        for section, text in {
            "description": "Solar power plant",
            "operation": 'value="2024-01-01"',
            "methodologies": "checked",
            "values": 'value="0.5"',
            "participants": people.company.name,
        }.items():
            page = browse(people.participant).get(design_url(project, f"{section}/")).content.decode()
            assert text in page, section

    @pytest.mark.parametrize(
        ("section", "content", "complaint"),
        [
            ("description", {"title": ""}, "Give the project a title."),
            ("description", {"title": "T", "latitude": "47"}, "Give both coordinates or none."),
            ("description", {"title": "T", "latitude": "91", "longitude": "0"}, "less than or equal to 90"),
            ("operation", {"operation_start": "tomorrow"}, "Enter a valid date."),
            ("values", {"EF": "0,5"}, "is not a decimal number such as 0.797."),
        ],
    )
    def test_a_section_says_what_is_wrong(self, people, browse, section, content, complaint):
        project = cycle.drafted_project(people)
        page = self.post(browse, people, project, section, **content)
        assert page.status_code == 200
        assert complaint in page.content.decode()

    def test_there_are_no_other_sections(self, people, browse):
        project = cycle.drafted_project(people)
        assert browse(people.participant).get(design_url(project, "nonsense/")).status_code == 404

    def test_a_submitted_design_is_at_its_number_and_closed(self, people, browse):
        project = cycle.designed_project(people)
        assert browse(people.participant).get(design_url(project)).url == project.get_absolute_url()
        assert browse(people.participant).get(design_url(project, "values/")).status_code == 403

    def test_a_document_is_filed(self, people, browse):
        project = cycle.drafted_project(people)
        url = design_url(project, "document/")
        assert b"Choose at least one file." in browse(people.participant).post(url, {}).content
        refused = browse(people.participant).post(url, {"public": SimpleUploadedFile("pdd.exe", b"MZ")})
        assert b"Use a PDF, CSV, XLSX or DOCX file." in refused.content
        answer = browse(people.participant).post(url, {"public": SimpleUploadedFile("pdd.pdf", b"%PDF")})
        assert answer.url == design_url(project)
        assert b"pdd.pdf" in browse(people.participant).get(design_url(project)).content


class TestOpinions:
    def test_the_entity_validates_a_design(self, people, browse):
        project = cycle.designed_project(people)
        url = project_url(project, "validate/")
        assert b"This field is required." in browse(people.tpe).post(url, {"statement": ""}).content
        browse(people.tpe).post(url, {"designation": people.designation.pk, "statement": "Positive."})
        project.refresh_from_db()
        assert project.status == ProjectStatus.VALIDATED

    def test_a_scope_that_is_missing_is_said_at_the_designation(self, people, browse):
        people.designation.scopes_validation.clear()
        url = project_url(cycle.designed_project(people), "validate/")
        page = browse(people.tpe).post(url, {"designation": people.designation.pk, "statement": "Positive."})
        assert "does not cover the sectoral scope" in page.content.decode()

    def test_the_entity_verifies_a_report(self, people, browse):
        report = cycle.submitted_report(people)
        url = report_url(report, "verify/")
        assert b"7,970" in browse(people.tpe).get(url).content
        browse(people.tpe).post(url, {"designation": people.designation.pk, "statement": "Right."})
        report.refresh_from_db()
        assert report.status == ReportStatus.VERIFIED
        assert "Right." in browse(None).get(report_url(report)).content.decode()


class TestReports:
    def test_a_period_that_overlaps_is_explained(self, people, browse):
        report = cycle.drafted_report(people)
        url = project_url(report.project, "reports/new/")
        page = browse(people.participant).post(url, {"period_start": "2025-06-01", "period_end": "2025-12-31"})
        assert "covers part of this period" in page.content.decode()
        answer = browse(people.participant).post(url, {"period_start": "2024-01-01", "period_end": "2024-12-31"})
        assert answer.url == MonitoringReport.objects.latest("pk").get_absolute_url()

    def test_the_figure_is_explained(self, people, browse):
        page = browse(None).get(report_url(cycle.verified_report(people))).content.decode()
        assert "EG × EF = 10,000.5 MWh × 0.797 tCO2/MWh = 7,970.3985 tCO2" in page
        assert "2,025" not in page

    def test_the_template_names_every_month(self, people, browse):
        report = cycle.drafted_report(people)
        answer = browse(people.participant).get(report_url(report, "template.csv"))
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert lines[0] == "meter,parameter,month,value,unit"
        assert lines[1:] == [f"EG-1,EG,2025-{month:02d},,MWh" for month in range(1, 13)]
        assert "MN900_20250101-20251231.csv" in answer.headers["Content-Disposition"]

    def upload(self, browse, people, report, **content):
        return browse(people.participant).post(report_url(report, "readings/"), content)

    @pytest.mark.parametrize("way", ["file", "pasted"])
    def test_readings_are_uploaded_or_pasted(self, people, browse, way):
        report = cycle.drafted_report(people)
        table = cycle.solar_table(report.period_start, report.period_end)
        content = SimpleUploadedFile("r.csv", table.encode("utf-8-sig")) if way == "file" else table.replace(",", "\t")
        answer = self.upload(browse, people, report, **{way: content})
        assert answer.url == report_url(report)
        assert report.results.get().reductions == 7970

    def test_faults_are_listed_by_row_and_column(self, people, browse):
        report = cycle.drafted_report(people)
        table = cycle.solar_table(report.period_start, report.period_end).replace("612.5", "lots")
        page = self.upload(browse, people, report, pasted=table).content.decode()
        assert "The table has 1 fault; nothing was stored" in page
        assert "Row 2, column “value”" in page
        assert "lots" in page.split("<textarea")[1]  # what was pasted is still there

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            ({}, "Choose a file or paste a table"),
            ({"pasted": "a,b\n1,2"}, "The first row must name the columns"),
            ({"file": SimpleUploadedFile("r.csv", "発電量".encode("cp932"))}, "not UTF-8"),
        ],
    )
    def test_what_is_no_table_is_refused(self, people, browse, content, complaint):
        report = cycle.drafted_report(people)
        assert complaint in self.upload(browse, people, report, **content).content.decode()


class TestIssuanceRequests:
    def url(self, report):
        return report_url(report, "request-issuance/")

    def amounts(self, report, japan, host):
        split = {party.iso2: number for _year, party, number, _t in cycle.split(report)}
        return {"account_1": split["JP"], "t_1_2025": japan, "account_2": split["MN"], "t_2_2025": host}

    def test_answers_are_checked_before_they_are_submitted(self, people, browse):
        report = cycle.verified_report(people)
        page = browse(people.participant).get(self.url(report)).content.decode()
        assert "7,970" in page
        content = self.amounts(report, 6376, 1594)
        check = browse(people.participant).post(self.url(report), content | {"check": "1"}).content.decode()
        assert "Check your answers" in check
        assert "6,376" in check
        assert not report.issuance_requests.exists()
        change = browse(people.participant).post(self.url(report), content | {"change": "1"}).content.decode()
        assert 'value="6376"' in change
        assert not report.issuance_requests.exists()
        answer = browse(people.participant).post(self.url(report), content | {"submit": "1"})
        request = report.issuance_requests.get()
        assert answer.url == request.get_absolute_url()
        receipt = browse(people.participant).get(answer.url).content.decode()
        assert "Request received" in receipt
        assert request.reference in receipt

    def test_amounts_that_do_not_sum_are_refused_with_both_figures(self, people, browse):
        report = cycle.verified_report(people)
        content = self.amounts(report, 6376, 1593) | {"submit": "1"}
        page = browse(people.participant).post(self.url(report), content).content.decode()
        assert "2025: the amounts sum to 7,969 t, but 7,970 t were verified." in page
        assert not report.issuance_requests.exists()

    def test_an_amount_needs_an_account(self, people, browse):
        report = cycle.verified_report(people)
        content = self.amounts(report, 6376, 1594) | {"account_2": ""}
        page = browse(people.participant).post(self.url(report), content).content.decode()
        assert "Choose the account for these amounts." in page

    def test_fractions_of_a_tonne_are_refused(self, people, browse):
        report = cycle.verified_report(people)
        content = self.amounts(report, "6375.5", "1594.5")
        page = browse(people.participant).post(self.url(report), content).content.decode()
        assert "Enter a whole number." in page

    def test_accounts_and_names_are_kept_from_the_public(self, people, browse):
        request = cycle.decided_request(people)
        number = request.allocations.first().account_number
        public = browse(None).get(request.get_absolute_url()).content.decode()
        assert "3,985" in public
        assert number not in public
        assert people.participant.name not in public
        assert number in browse(people.host_secretariat).get(request.get_absolute_url()).content.decode()

    def test_a_returned_request_is_corrected(self, people, browse):
        request = cycle.submitted_request(people)
        browse(people.japan_secretariat).post(request.get_absolute_url() + "return/", {"reason": "80 to 20."})
        page = browse(people.participant).get(request.get_absolute_url()).content.decode()
        assert "80 to 20." in page
        assert self.url(request.report) in page
        content = self.amounts(request.report, 6376, 1594) | {"submit": "1"}
        assert browse(people.participant).post(self.url(request.report), content).url == request.get_absolute_url()
