"""What each kind of row becomes, how a later version of the list changes it, and why rows are refused."""

from datetime import date

import pytest

from committee.models import Decision
from core.models import Source
from jcm.demo.cast import assemble
from methodologies.models import Methodology, MethodologyVersion
from parties.models import Country, Designation, Organisation, Partnership
from projects.models import Project, ProjectIdeaNote
from registry.models import Account
from tests.factories import cycle
from tests.factories.public_records import Folder, counts

pytestmark = pytest.mark.django_db
CREATED, CHANGED, UNCHANGED, REFUSED = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)


@pytest.fixture
def folder(tmp_path) -> Folder:
    return Folder(tmp_path)


NOT_A_DAY = "is not a date such as 2026-01-31."
REFUSALS = [
    ("countries", {"iso2": "JP", "iso3": "JPN"}, "iso2", "Japan is the other side of every partnership."),
    ("countries", {"iso2": "mn"}, "iso2", "“mn” is not a country code."),
    ("countries", {"iso3": "MON"}, "iso3", "MN is MNG."),
    ("countries", {"iso3": ""}, "iso3", "The cell is empty"),
    ("countries", {"jcm_code": "MO"}, "jcm_code", "another code is not supported"),
    ("countries", {"signed_date": ""}, "signed_date", "needs the date of its bilateral document"),
    ("countries", {"signed_date": "8 January 2013"}, "signed_date", NOT_A_DAY),
    ("tpes", {"number": "TPE-ID-101"}, "number", "does not have the form TPE-MN-001."),
    ("tpes", {"country_iso2": "XX"}, "country_iso2", "“XX” is not a partner country."),
    ("tpes", {"name": ""}, "name", "The cell is empty"),
    ("tpes", {"name": "x" * 301}, "name", "The text is longer than 300 characters."),
    ("tpes", {"scopes_verification": "1,99"}, "scopes_verification", "There is no sectoral scope “99”."),
    ("tpes", {"designated_date": "2014-02-30"}, "designated_date", NOT_A_DAY),
    ("tpes", {"status": "asleep"}, "status", "not one of: active_as_listed, partially_withdrawn, withdrawn."),
    ("methodologies", {"number": "MN_AM1"}, "number", "does not have the form MN_AM001 or MN_PM001."),
    ("methodologies", {"version": ""}, "version", "is not a version such as Ver1.0."),
    ("methodologies", {"version": "Ver1"}, "version", "is not a version such as Ver1.0."),
    ("methodologies", {"status": "proposed"}, "status", "has an AM number, a proposal a PM number."),
    ("methodologies", {"number": "MN_PM101"}, "status", "has an AM number, a proposal a PM number."),
    ("methodologies", {"sectoral_scope_no": "3.5"}, "sectoral_scope_no", "There is no sectoral scope “3.5”."),
    ("methodologies", {"proposed_number": "PM3"}, "proposed_number", "does not have the form MN_PM001."),
    ("methodologies", {"public_input_end": "2014-12-31"}, "public_input_end", "end before they start"),
    ("methodologies", {"approval_date": "20150506"}, "approval_date", NOT_A_DAY),
    ("projects", {"reference_no": "MN-101"}, "reference_no", "does not have the form MN001."),
    ("projects", {"reference_no": "ID101"}, "reference_no", "does not have the form MN001."),
    ("projects", {"title": "x" * 401}, "title", "The text is longer than 400 characters."),
    ("projects", {"status": "Validation"}, "status", "“Validation” is not one of: validation, registered"),
    ("projects", {"status": "validation"}, "registration_date", "Only a registered project"),
    ("projects", {"registration_date": "0216-07-08"}, "registration_date", NOT_A_DAY),
    ("projects", {"methodologies": "MN_AM101"}, "methodologies", "is not a methodology with its version"),
    ("projects", {"estimated_er_tco2_per_year": "1,234"}, "estimated_er_tco2_per_year", "not a whole number"),
    ("projects", {"estimated_er_tco2_per_year": "-1"}, "estimated_er_tco2_per_year", "not a whole number"),
    ("projects", {"estimated_er_tco2_per_year": "４２"}, "estimated_er_tco2_per_year", "not a whole number"),
    ("projects", {"estimated_er_tco2_per_year": "9" * 19}, "estimated_er_tco2_per_year", "not a whole number"),
    ("projects", {"host_participants": "x" * 301}, "host_participants", "longer than 300 characters"),
    ("pins", {"pin_no": ""}, "pin_no", "The cell is empty"),
    ("pins", {"pin_no": "MN_PIN1"}, "pin_no", "does not have the form MN_PIN001."),
    ("pins", {"no_objection_date": "2025/02/03"}, "no_objection_date", NOT_A_DAY),
    ("jc_decisions", {"decision_date": ""}, "decision_date", "The cell is empty"),
    ("jc_decisions", {"decision_date": "February"}, "decision_date", NOT_A_DAY),
    ("jc_decisions", {"mode": "written"}, "mode", "not one of: electronic, meeting, unknown, an empty cell."),
    ("jc_decisions", {"decision_type": "party"}, "decision_type", "“party” is no known kind"),
    ("jc_decisions", {"decision_type": "issuance;issuance"}, "decision_type", "or is there twice"),
    ("jc_decisions", {"meeting": "x" * 201}, "meeting", "The text is longer than 200 characters."),
]


class TestRefusals:
    @pytest.mark.parametrize(("name", "row", "column", "reason"), REFUSALS)
    def test_name_the_line_the_column_and_the_reason(self, folder, name, row, column, reason):
        report = folder.load_one(name, row)
        assert counts(report) == REFUSED
        (problem,) = report["problems"]
        assert (problem["kind"], problem["file"], problem["line"]) == ("refused", f"{name}.csv", 2)
        assert problem["column"] == column
        assert reason in problem["reason"]


class TestCountries:
    def test_leave_a_known_country_and_say_when_the_day_differs(self, folder):
        report = folder.load_one("countries", {"signed_date": "2013-01-09"})
        assert counts(report) == UNCHANGED
        assert [(p["kind"], p["column"], p["reason"]) for p in report["problems"]] == [
            ("different", "signed_date", "2013-01-08 is recorded and was kept.")
        ]
        assert Partnership.objects.get(host__iso2="MN").signed_on == date(2013, 1, 8)

    def test_add_a_country_with_its_registry(self, folder):
        new = {"iso2": "XA", "iso3": "XAA", "jcm_code": "XA", "name_en": "New Land", "name_ja": "新国"}
        folder.write("countries", {**new, "signed_date": "2026-03-04"}).write("pins", {})
        report = folder.write("pins", {"pin_no": "XA_PIN101", "country_iso2": "XA"}).load()
        assert (report["exit"], counts(report["countries"]), counts(report["pins"])) == (0, CREATED, CREATED)
        partnership = Partnership.objects.get(host__iso2="XA")
        assert (partnership.signed_on, partnership.acquirer.iso2) == (date(2026, 3, 4), "JP")
        assert partnership.host.slug == "new-land"
        kinds = Account.objects.filter(registry__party=partnership.host).values_list("kind", flat=True)
        assert sorted(kinds) == ["administrative", "cancellation", "government", "retirement", "source"]
        assert counts(folder.load()["countries"]) == UNCHANGED

    def test_refuse_a_new_country_without_names(self, folder):
        new = {"iso2": "XA", "iso3": "XAA", "jcm_code": "XA", "name_ja": ""}
        assert counts(folder.load_one("countries", new)) == REFUSED
        assert not Country.objects.filter(iso2="XA").exists()


class TestTpes:
    def test_are_designated_with_two_sets_of_scopes(self, folder):
        folder.load_one("tpes", {"valid_until": "2027-01-31"})
        entity = Designation.objects.get()
        assert (entity.partnership.code, entity.status, entity.organisation.country) == ("MN", "designated", None)
        assert (entity.designated_on, entity.valid_until) == (date(2014, 3, 2), date(2027, 1, 31))
        assert [scope.number for scope in entity.scopes_validation.all()] == [1, 3]
        assert [scope.number for scope in entity.scopes_verification.all()] == [1, 3, 14]

    @pytest.mark.parametrize(
        "row", [{"status": "withdrawn"}, {"scopes_validation": "1"}, {"valid_until": "2027-01-31"}, {"name": "B"}]
    )
    def test_follow_the_list(self, folder, row):
        folder.load_one("tpes", {})
        assert counts(folder.load_one("tpes", row)) == CHANGED
        assert counts(folder.load()["tpes"]) == UNCHANGED

    def test_stay_designated_when_some_scopes_are_withdrawn(self, folder):
        folder.load_one("tpes", {"status": "partially_withdrawn", "designated_date": ""})
        assert Designation.objects.get().status == "designated"

    def test_without_a_day_of_designation_are_told(self, folder):
        report = folder.load_one("tpes", {"designated_date": ""})
        assert counts(report) == CREATED
        assert [(p["kind"], p["column"]) for p in report["problems"]] == [("incomplete", "designated_date")]


class TestMethodologies:
    def test_are_approved_versions_of_one_number(self, folder):
        folder.load_one("methodologies", {}, {"version": "ver02.1", "title": "", "proposed_number": ""})
        first, second = MethodologyVersion.objects.order_by("version")
        assert first.methodology == second.methodology == Methodology.objects.get(number="MN_AM101")
        assert (first.version, first.status, first.approved_on) == ("1.0", "superseded", date(2015, 5, 6))
        assert (first.ended_on, second.status) == (second.approved_on, "approved")
        assert (first.sectoral_scope.number, first.proposed_number, first.incomplete) == (3, "MN_PM103", False)
        assert first.proponent_name == "Invented Proponent, Inc.; Another Ltd."
        assert (first.public_inputs_from, first.public_inputs_until) == (date(2015, 1, 1), date(2015, 1, 15))
        assert (second.version, second.title, second.incomplete) == ("2.1", "", True)

    def test_stay_superseded_when_the_list_is_loaded_again(self, folder):
        folder.load_one(
            "methodologies", {"version": "10.0", "proposed_number": ""}, {}, {"version": "2.0", "proposed_number": ""}
        )
        assert counts(folder.load()["methodologies"]) == (0, 0, 3, 0)
        found = MethodologyVersion.objects.values_list("version", "status")
        assert dict(found) == {"1.0": "superseded", "2.0": "superseded", "10.0": "approved"}

    def test_without_title_are_kept_as_incomplete(self, folder):
        report = folder.load_one("methodologies", {"title": "", "approval_date": "", "sectoral_scope_no": ""})
        assert counts(report) == CREATED
        (problem,) = report["problems"]
        assert (problem["kind"], problem["line"], problem["column"]) == ("incomplete", 2, "title")
        assert counts(folder.load_one("methodologies", {})) == CHANGED
        assert not MethodologyVersion.objects.get().incomplete

    def test_that_are_proposed_have_no_number_yet(self, folder):
        proposal = {"number": "MN_PM103", "version": "", "status": "proposed", "approval_date": ""}
        assert counts(folder.load_one("methodologies", proposal)) == CREATED
        assert counts(folder.load()["methodologies"]) == UNCHANGED
        version = MethodologyVersion.objects.get()
        assert (version.label, version.status, version.methodology.number) == ("MN_PM103", "considered", None)

    @pytest.mark.parametrize("family", [[], [{"version": "2.0", "proposed_number": ""}]])
    def test_that_were_proposed_become_the_approved_version(self, folder, family):
        proposal = {"number": "MN_PM103", "version": "", "status": "proposed", "approval_date": ""}
        folder.load_one("methodologies", proposal, *family)
        pk = MethodologyVersion.objects.get(proposed_number="MN_PM103").pk
        report = folder.load_one("methodologies", {}, *family)
        assert counts(report) == (0, 1, len(family), 0)
        version = MethodologyVersion.objects.get(proposed_number="MN_PM103")
        # Where there is a later version, it is not valid any more.
        status = "superseded" if family else "approved"
        assert (version.pk, version.status, version.label) == (pk, status, "MN_AM101 ver1.0")
        assert Methodology.objects.count() == 1
        assert counts(folder.load_one("methodologies", proposal)) == REFUSED

    def test_that_were_denied_cannot_become_approved(self, folder):
        proposal = {"number": "MN_PM103", "version": "", "approval_date": ""}
        folder.load_one("methodologies", {**proposal, "status": "denied"})
        report = folder.load_one("methodologies", {})
        assert counts(report) == REFUSED
        assert report["problems"][0]["reason"] == "“denied” cannot become “approved”."
        assert Methodology.objects.get().number is None


class TestProjects:
    def test_have_methodologies_and_participants_of_both_sides(self, folder):
        folder.write("methodologies", {}, {"version": "2.0"})
        report = folder.load_one("projects", {"methodologies": "MN_AM101@1.0;MN_AM101@2.0"})
        assert (counts(report), report["problems"]) == (CREATED, [])
        project = Project.objects.get()
        assert (project.number, project.status, project.registered_on) == ("MN101", "registered", date(2016, 7, 8))
        assert (project.technology, project.estimated_per_year, project.incomplete) == ("EE service", 420, False)
        assert {version.version for version in project.methodologies.all()} == {"1.0", "2.0"}
        assert [(str(p), p.party.iso2, p.focal_point) for p in project.participants.order_by("pk")] == [
            ("Invented Boilers Co., Ltd.", "JP", True),
            ("Invented Heat LLC", "MN", False),
        ]

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ({"title": ""}, "title"),
            ({"registration_date": ""}, "registration_date"),
            ({"estimated_er_tco2_per_year": ""}, "estimated_er_tco2_per_year"),
            ({"methodologies": ""}, "methodologies"),
            ({"methodologies": "MN_AM101@9.9"}, "methodologies"),
            ({"host_participants": ""}, "host_participants"),
        ],
    )
    def test_that_lack_something_are_kept_as_incomplete(self, folder, row, column):
        folder.write("methodologies", {})
        report = folder.load_one("projects", row)
        assert counts(report) == CREATED
        assert [(p["kind"], p["column"]) for p in report["problems"]] == [("incomplete", column)]
        assert Project.objects.get().incomplete
        assert counts(folder.load_one("projects", {})) == CHANGED
        assert not Project.objects.get().incomplete

    def test_may_have_nobody_on_one_side(self, folder):
        folder.write("methodologies", {})
        report = folder.load_one("projects", {"japan_participants": "N/A"})
        assert (counts(report), report["problems"]) == (CREATED, [])
        assert [str(p) for p in Project.objects.get().participants.all()] == ["Invented Heat LLC"]

    @pytest.mark.parametrize(
        "row",
        [
            {"title": "B"},
            {"estimated_er_tco2_per_year": "421"},
            {"methodologies": "MN_AM101@2.0"},
            {"host_participants": "Other LLC"},
            {"host_participants": "Invented Heat LLC (Focal Point (2) )"},
            {"unep_type": "Solar"},
        ],
    )
    def test_follow_the_list(self, folder, row):
        folder.write("methodologies", {}, {"version": "2.0"})
        folder.load_one("projects", {})
        assert counts(folder.load_one("projects", row)) == CHANGED
        assert counts(folder.load()["projects"]) == UNCHANGED

    @pytest.mark.parametrize("status", ["registered", "registration_request_withdrawn"])
    def test_move_on_from_validation(self, folder, status):
        row = {"status": "validation", "registration_date": ""}
        folder.load_one("projects", row)
        day = "2016-07-08" if status == "registered" else ""
        assert counts(folder.load_one("projects", {"status": status, "registration_date": day})) == CHANGED
        assert Project.objects.get().status in {"registered", "request_withdrawn"}

    def test_that_are_registered_do_not_go_back(self, folder):
        folder.load_one("projects", {})
        report = folder.load_one("projects", {"status": "validation", "registration_date": ""})
        assert counts(report) == REFUSED
        assert report["problems"][0]["reason"] == "“registered” cannot become “validation”."
        assert Project.objects.get().registered_on == date(2016, 7, 8)

    def test_share_an_organisation_that_is_spelt_otherwise(self, folder):
        other = {"reference_no": "MN102", "host_participants": "INVENTED  HEAT, L.L.C."}
        folder.load_one("projects", {}, other)
        assert Organisation.objects.filter(country__iso2="MN").count() == 1

    def test_of_this_system_are_left_as_they_are(self, folder):
        Project.objects.create(partnership=Partnership.objects.get(host__iso2="MN"), number="MN101", title="Ours")
        report = folder.load_one("projects", {})
        assert counts(report) == REFUSED
        assert "was entered in this system" in report["problems"][0]["reason"]
        assert Project.objects.get().title == "Ours"


class TestPins:
    def test_are_idea_notes_with_the_day_of_the_answer(self, folder):
        assert counts(folder.load_one("pins", {})) == CREATED
        note = ProjectIdeaNote.objects.get()
        assert (note.number, note.partnership.code, note.decided_on) == ("MN_PIN101", "MN", date(2025, 2, 3))
        assert counts(folder.load_one("pins", {"title": "B"})) == CHANGED

    def test_without_a_day_are_told(self, folder):
        report = folder.load_one("pins", {"no_objection_date": "", "title": "N/A"})
        assert counts(report) == CREATED
        (problem,) = report["problems"]
        assert problem["reason"] == "The record has no title. The record has no date of the committee's answer."


class TestDecisions:
    def test_are_adopted_without_number_and_name_their_subject(self, folder):
        folder.write("pins", {}, {"pin_no": "MN_PIN102"})
        row = {"subject": "MN_PIN101; MN_PIN102 (with a remark), MN_PIN103"}
        assert counts(folder.load_one("jc_decisions", row)) == CREATED
        decision = Decision.objects.get()
        assert (decision.number, decision.status, decision.mode) == (None, "adopted", "electronic")
        assert (decision.adopted_on, decision.text) == (date(2025, 2, 3), row["subject"])
        assert [(i.kind, i.subject, i.idea_note and i.idea_note.number) for i in decision.items.all()] == [
            ("pin_no_objection", "MN_PIN101", "MN_PIN101"),
            ("pin_no_objection", "MN_PIN102 (with a remark)", "MN_PIN102"),
            ("pin_no_objection", "MN_PIN103", None),
        ]

    @pytest.mark.parametrize(
        ("kind", "subject", "linked"),
        [
            ("methodology_approval", "MN_AM101", "MN_AM101 ver1.0"),
            ("methodology_approval", "MN_AM102", "MN_AM102 ver3.0"),
            ("methodology_revision_approval", "MN_AM102 ver02.0 (with revisions)", "MN_AM102 ver2.0"),
            ("methodology_revision_approval", "MN_AM102 ver4.0", None),
            ("project_registration", "MN101", "MN101"),
            ("issuance", "MN101 monitoring period 1 Jul 17 - 30 Jun 18", "MN101"),
            ("issuance", "one project without its number", None),
            ("tpe_designation", "Invented Verification GmbH (additional scopes 2,4)", "TPE-MN-101"),
            ("tpe_designation", "Another Verification GmbH", None),
            ("rules_adoption", "Rules; MN101 is no subject of them", None),
        ],
    )
    def test_point_to_what_is_known(self, folder, kind, subject, linked):
        folder.write_all().write(
            "methodologies",
            {},
            {"number": "MN_AM102", "version": "2.0", "proposed_number": ""},
            {"number": "MN_AM102", "version": "3.0", "proposed_number": "", "approval_date": "2025-02-03"},
        )
        assert counts(folder.load_one("jc_decisions", {"decision_type": kind, "subject": subject})) == CREATED
        (item,) = Decision.objects.get().items.all()
        version, project, designation = item.methodology_version, item.project, item.designation
        found = [version and version.label, project and project.number, designation and designation.number]
        assert [name for name in found if name] == ([linked] if linked else [])
        assert (item.kind, item.subject) == (kind, subject)

    def test_of_several_kinds_have_items_of_each(self, folder):
        folder.write("pins", {})
        row = {"decision_type": "pin_no_objection;tpe_designation", "subject": "MN_PIN101; Two entities"}
        folder.load_one("jc_decisions", row)
        assert [(i.kind, i.subject, bool(i.idea_note)) for i in Decision.objects.get().items.all()] == [
            ("pin_no_objection", "MN_PIN101", True),
            ("tpe_designation", "MN_PIN101; Two entities", False),
        ]

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ({"mode": "unknown"}, "mode"),
            ({"mode": ""}, "mode"),
            ({"mode": "meeting"}, "meeting"),
            ({"subject": ""}, "subject"),
        ],
    )
    def test_that_lack_something_are_kept_as_incomplete(self, folder, row, column):
        report = folder.load_one("jc_decisions", row)
        assert counts(report) == CREATED
        assert [(p["kind"], p["column"]) for p in report["problems"]] == [("incomplete", column)]
        assert Decision.objects.get().incomplete
        assert counts(folder.load()["jc_decisions"]) == UNCHANGED

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ({"mode": "meeting", "meeting": "2nd"}, "mode"),
            ({"meeting": "2nd"}, "meeting"),
            ({"subject": "B"}, "subject"),
        ],
    )
    def test_are_final(self, folder, row, column):
        folder.load_one("jc_decisions", {})
        report = folder.load_one("jc_decisions", row)
        assert counts(report) == REFUSED
        assert report["problems"][0]["column"] == column
        assert "it is final" in report["problems"][0]["reason"]

    def test_point_to_a_record_that_becomes_known_later(self, folder):
        folder.load_one("jc_decisions", {})
        folder.write("pins", {})
        assert counts(folder.load()["jc_decisions"]) == CHANGED
        assert Decision.objects.get().items.get().idea_note.number == "MN_PIN101"
        assert counts(folder.load()["jc_decisions"]) == UNCHANGED


class TestNumbers:
    def test_of_public_records_are_never_given_again(self, folder):
        folder.write("methodologies", {"proposed_number": "MN_PM203"}).write(
            "projects", {"reference_no": "MN150"}
        ).load()
        people = assemble("MN", source=Source.ENTERED)
        methodology = cycle.approved_methodology(people)
        project = cycle.designed_project(people, methodologies=[methodology])
        assert (methodology.proposed_number, methodology.methodology.number) == ("MN_PM204", "MN_AM102")
        assert project.number == "MN151"
