"""The screens of methodologies: the right people get them, the others do not, and forms say what is wrong."""

import pytest
from django.urls import reverse

from methodologies.models import MethodologyVersion
from methodologies.workflow import Status
from parties.models import SectoralScope
from tests.factories import cycle

pytestmark = pytest.mark.django_db


@pytest.fixture
def browse(client):
    """Return a function that signs a person in (None: nobody) and gives the browser."""

    def as_person(person):
        client.logout()
        if person is not None:
            client.force_login(person)
        return client

    return as_person


def login_of(response):
    return response.status_code == 302 and response.url.startswith(reverse("account_login"))


def proposal(people, **changes):
    """Return what the form sends for the solar methodology."""
    return {
        "partnership": people.partnership.pk,
        "proponent": people.company.pk,
        "title": "Solar",
        "sectoral_scope": SectoralScope.objects.get(number=1).pk,
        **cycle.TEXTS,
        "symbol_1": "EG",
        "name_1": "Generation",
        "unit_1": "MWh",
        "kind_1": "monitored",
        # row 2 stays empty
        "symbol_3": "EF",
        "name_3": "Factor",
        "unit_3": "tCO2/MWh",
        "kind_3": "fixed",
        "default_3": "0.797",
        "reference": "EG * EF",
        "project": "0",
        **changes,
    }


class TestMethodologyDetail:
    def test_shows_everybody_what_is_approved(self, people, browse):
        version = cycle.approved_methodology(people)
        page = browse(None).get(version.get_absolute_url())
        assert page.status_code == 200
        for text in (
            "MN_AM900 ver1.0",
            "<mo>×</mo>",
            "0.797",
            "MN_JC900",
            "Installation of solar PV systems",
        ):
            assert text in page.content.decode()
        assert b"<form method" not in page.content.split(b"<main")[1]

    def test_lists_projects_and_other_versions(self, people, browse):
        version = cycle.approved_methodology(people)
        later = cycle.approved_methodology(people, methodology=version.methodology)
        project = cycle.designed_project(people, methodologies=[version])
        page = browse(None).get(version.get_absolute_url()).content.decode()
        assert project.get_absolute_url() in page
        assert later.get_absolute_url() in page

    def test_is_not_there_for_an_unknown_version(self, people, browse):
        version = cycle.approved_methodology(people)
        assert browse(None).get(f"/methodologies/{version.methodology.number}/9.0/").status_code == 404

    def test_shows_a_public_record_without_equations(self, people, browse):
        version = cycle.approved_methodology(people)
        MethodologyVersion.objects.filter(pk=version.pk).update(definition=None, source="public_record", title="")
        page = browse(None).get(version.get_absolute_url())
        assert b"holds no parameters and equations" in page.content


class TestMethodologyCase:
    def test_leads_to_the_number_once_approved(self, people, browse):
        version = cycle.approved_methodology(people)
        answer = browse(None).get(reverse("methodologies:case", args=[version.pk]))
        assert (answer.status_code, answer.url) == (302, version.get_absolute_url())

    @pytest.mark.parametrize("make", [cycle.drafted_methodology, cycle.submitted_methodology])
    def test_hides_what_is_not_public(self, people, strangers, browse, make):
        url = make(people).get_absolute_url()
        for person in (None, strangers.participant, strangers.host_secretariat):
            assert browse(person).get(url).status_code == 404

    def test_offers_each_what_that_person_may_do(self, people, browse):
        version = cycle.submitted_methodology(people)
        url = version.get_absolute_url()
        accept = reverse("methodologies:accept", args=[version.pk]).encode()
        withdraw = reverse("methodologies:withdraw", args=[version.pk]).encode()
        secretariat = browse(people.host_secretariat).get(url).content
        assert accept in secretariat
        assert withdraw not in secretariat
        participant = browse(people.participant).get(url).content
        assert withdraw in participant
        assert accept not in participant

    def test_tells_the_proponent_what_is_missing(self, people, browse):
        draft = cycle.drafted_methodology(people, definition={"reference": "EG", "project": "0"})
        page = browse(people.participant).get(draft.get_absolute_url()).content.decode()
        assert "Before you can submit" in page
        assert "Give between 1 and 50 parameters." in page
        assert reverse("methodologies:submit", args=[draft.pk]) not in page


class TestMethodologyPropose:
    url = "/methodologies/propose/"

    def test_asks_to_sign_in(self, browse):
        assert login_of(browse(None).get(self.url))

    def test_is_closed_to_others_than_participants_and_the_secretariat(self, people, browse):
        for person in (people.tpe, people.japan_proposer, people.japan_chair):
            assert browse(person).get(self.url).status_code == 403

    def test_saves_a_draft_and_leaves_empty_rows_out(self, people, browse):
        answer = browse(people.participant).post(self.url, proposal(people))
        version = MethodologyVersion.objects.get()
        assert (answer.status_code, answer.url) == (302, version.get_absolute_url())
        assert [p["symbol"] for p in version.definition["parameters"]] == ["EG", "EF"]
        assert browse(people.participant).post(reverse("methodologies:submit", args=[version.pk])).status_code == 302
        version.refresh_from_db()
        assert version.status == Status.SUBMITTED

    def test_refuses_another_companys_name(self, people, browse):
        page = browse(people.participant).post(self.url, proposal(people, proponent=people.partner_company.pk))
        assert page.status_code == 200
        assert not MethodologyVersion.objects.exists()

    def test_wants_a_title(self, people, browse):
        page = browse(people.participant).post(self.url, proposal(people, title=""))
        assert b"Give the methodology a title." in page.content
        assert not MethodologyVersion.objects.exists()

    def test_keeps_a_draft_that_does_not_compute_yet(self, people, browse):
        browse(people.participant).post(self.url, proposal(people, reference="EG *"))
        version = MethodologyVersion.objects.get()
        page = browse(people.participant).get(version.get_absolute_url()).content.decode()
        assert "The expression ends where a number" in page


class TestMethodologyRevise:
    def test_starts_from_the_approved_text(self, people, browse):
        version = cycle.approved_methodology(people)
        url = reverse("methodologies:revise", args=[version.methodology.number])
        page = browse(people.participant).get(url).content.decode()
        assert 'value="Installation of solar PV systems"' in page
        assert 'value="EG"' in page
        browse(people.participant).post(url, proposal(people, title="Better"))
        assert MethodologyVersion.objects.get(title="Better").version == "2.0"

    def test_is_closed_to_others(self, people, browse):
        version = cycle.approved_methodology(people)
        url = reverse("methodologies:revise", args=[version.methodology.number])
        assert login_of(browse(None).get(url))
        assert browse(people.tpe).get(url).status_code == 403
        assert browse(people.participant).get("/methodologies/XX_AM001/revise/").status_code == 404


class TestMethodologyEdit:
    def test_changes_what_was_returned_and_shows_why(self, people, browse):
        version = cycle.returned_methodology(people)
        url = reverse("methodologies:edit", args=[version.pk])
        assert b"The summary is too short." in browse(people.participant).get(url).content
        answer = browse(people.participant).post(url, proposal(people, summary="Longer."))
        version.refresh_from_db()
        assert (answer.status_code, version.summary) == (302, "Longer.")

    def test_is_closed_to_others_and_to_later_states(self, people, strangers, browse):
        draft = cycle.drafted_methodology(people)
        submitted = cycle.submitted_methodology(people)
        assert login_of(browse(None).get(reverse("methodologies:edit", args=[draft.pk])))
        assert browse(strangers.participant).get(reverse("methodologies:edit", args=[draft.pk])).status_code == 404
        for person in (people.participant, people.japan_secretariat):
            assert browse(person).get(reverse("methodologies:edit", args=[submitted.pk])).status_code == 403


class TestSaveAndSubmit:
    def send(self, browse, people, version, **changes):
        url = reverse("methodologies:edit", args=[version.pk])
        return browse(people.participant).post(url, proposal(people, submit="1", **changes))

    def test_submits_what_is_complete(self, people, browse):
        version = cycle.drafted_methodology(people)
        assert self.send(browse, people, version).url == version.get_absolute_url()
        version.refresh_from_db()
        assert version.status == Status.SUBMITTED

    @pytest.mark.parametrize(
        ("changes", "field", "complaint"),
        [
            ({"summary": ""}, "summary", "Section C. Emission reduction measures is not filled in."),
            (
                {"establishment": " "},
                "establishment",
                "Section F.1 Establishment of reference",
            ),
            ({"reference": "EG * EX"}, "reference", "Unknown symbol: EX."),
            ({"project": "EG *"}, "project", "The expression ends where"),
            # the second parameter of the definition stands in the third row
            ({"symbol_3": "3F"}, "symbol_3", "The symbol must start with a letter"),
            ({"unit_3": ""}, "symbol_3", "The unit is missing."),
            ({"kind_1": "fixed", "default_1": "1"}, None, "At least one parameter must be monitored."),
        ],
    )
    def test_says_at_the_field_what_is_wrong_and_keeps_the_draft(self, people, browse, changes, field, complaint):
        version = cycle.drafted_methodology(people)
        page = self.send(browse, people, version, title="Kept", **changes)
        (text,) = page.context["form"].errors[field or "__all__"]
        assert text.startswith(complaint)
        version.refresh_from_db()
        assert (version.status, version.title) == (Status.DRAFT, "Kept")


class TestButtons:
    @pytest.mark.parametrize("name", ["submit", "withdraw", "accept", "return"])
    def test_answer_to_posts_of_people_who_signed_in(self, people, browse, name):
        url = reverse(f"methodologies:{name}", args=[cycle.submitted_methodology(people).pk])
        assert login_of(browse(None).post(url))
        assert browse(people.host_secretariat).get(url).status_code == 405

    @pytest.mark.parametrize(("name", "who"), [("submit", "host_secretariat"), ("accept", "participant")])
    def test_are_closed_to_the_wrong_person(self, people, browse, name, who):
        version = cycle.submitted_methodology(people)
        url = reverse(f"methodologies:{name}", args=[version.pk])
        assert browse(getattr(people, who)).post(url).status_code == 403
        version.refresh_from_db()
        assert version.status == Status.SUBMITTED

    def test_accept(self, people, browse):
        version = cycle.submitted_methodology(people)
        page = browse(people.japan_secretariat).post(reverse("methodologies:accept", args=[version.pk]), follow=True)
        assert b"Everybody can comment now" in page.content
        version.refresh_from_db()
        assert version.status == Status.PUBLIC_INPUTS

    def test_return_wants_a_reason(self, people, browse):
        version = cycle.submitted_methodology(people)
        url = reverse("methodologies:return", args=[version.pk])
        page = browse(people.japan_secretariat).post(url, {"reason": ""})
        assert page.status_code == 200
        assert b" open>" in page.content
        browse(people.japan_secretariat).post(url, {"reason": "Too short."})
        version.refresh_from_db()
        assert (version.status, version.status_reason) == (Status.RETURNED, "Too short.")

    def test_say_when_the_moment_has_passed(self, people, browse):
        version = cycle.considered_methodology(people)
        page = browse(people.japan_secretariat).post(reverse("methodologies:accept", args=[version.pk]), follow=True)
        assert "not possible while the state is" in page.content.decode()
