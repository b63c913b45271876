"""How long an approved version is valid, who ends that, and what it means for designs and registered projects."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from committee.errors import BeforeTheCommittee
from committee.models import DecisionItem
from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from methodologies import services
from methodologies.models import MethodologyVersion
from methodologies.rules import r_pm_08
from methodologies.workflow import Status
from parties.decision import DecisionReference
from parties.workflow import ProposalStatus
from projects import selectors as projects
from projects import services as project_services
from tests.factories import cycle, decisions
from tests.factories.cycle import NOON
from tests.factories.packs import pack

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)


@pytest.fixture
def first(people):
    return cycle.approved_methodology(people)


def revised(people, first, *, days_ago=0):
    """Return the version that superseded the first one so many days ago."""
    considered = cycle.considered_methodology(people, methodology=first.methodology)
    decision = DecisionReference("MN_JC901", TODAY - days_ago * DAY, ("A", "B"))
    newer = services.methodology_approve(version_id=considered.pk, decision=decision, at=NOON)
    first.refresh_from_db()
    return newer


def proposed(people, version, reason="The default is ten times too high."):
    return services.withdrawal_propose(version_id=version.pk, reason=reason, actor=people.host_secretariat, at=NOON)


def revoked(people, version):
    withdrawal = proposed(people, version)
    return services.withdrawal_adopt(withdrawal_id=withdrawal.pk, decision=cycle.decision(people), at=NOON)


def refusal(people, version):
    draft = cycle.drafted_project(people, methodologies=[version])
    with pytest.raises(InvalidInput) as refused:
        project_services.project_submit_design(project_id=draft.pk, actor=people.participant, at=NOON)
    return refused.value.fields["methodologies"]


class TestSupersession:
    def test_the_approval_of_a_revision_ends_the_version_before(self, people, first):
        newer = revised(people, first)
        assert (first.status, first.ended_on) == (Status.SUPERSEDED, TODAY)
        assert (newer.status, newer.ended_on, newer.revises) == (Status.APPROVED, None, first)
        told = Event.objects.get(name="methodology.superseded")
        assert (told.subject_id, told.data) == (str(first.pk), {"decision": "MN_JC901", "by": "2.0"})

    def test_leaves_other_methodologies_alone(self, people, first):
        other = cycle.approved_methodology(people)
        revised(people, first)
        other.refresh_from_db()
        assert other.status == Status.APPROVED

    def test_a_denied_revision_ends_nothing(self, people, first):
        considered = cycle.considered_methodology(people, methodology=first.methodology)
        services.methodology_deny(version_id=considered.pk, decision=cycle.decision(people), reason="No.", at=NOON)
        first.refresh_from_db()
        assert first.status == Status.APPROVED

    def test_minor_revisions_supersede_too(self, people, first):
        considered = cycle.considered_methodology(people, methodology=first.methodology, minor=True)
        services.methodology_approve(version_id=considered.pk, decision=cycle.decision(people), at=NOON)
        first.refresh_from_db()
        assert (considered.version, first.status) == ("1.1", Status.SUPERSEDED)

    def test_local_copies_from_before_are_brought_up_to_date(self, first):
        later = [
            MethodologyVersion.objects.create(
                methodology=first.methodology, version=version, status=Status.APPROVED, source="public_record",
                approved_on=approved_on,
            )
            for version, approved_on in (("9.0", TODAY + 9 * DAY), ("10.0", TODAY + 10 * DAY))
        ]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(import_module("methodologies.migrations.0004_older_versions_are_superseded").SUPERSEDE)
        for version in (first, *later):
            version.refresh_from_db()
        assert [(v.status, v.ended_on) for v in (first, *later)] == [
            (Status.SUPERSEDED, TODAY + 9 * DAY), (Status.SUPERSEDED, TODAY + 10 * DAY), (Status.APPROVED, None),
        ]  # fmt: skip


class TestNewDesigns:
    def test_a_version_superseded_yesterday_is_refused_with_what_to_do(self, people, first):
        revised(people, first, days_ago=1)
        assert refusal(people, first) == "MN_AM900 ver1.0 was superseded on 2026-11-01. Apply MN_AM900 ver2.0."

    def test_the_day_of_the_supersession_is_still_in_time(self, people, first):
        revised(people, first)
        assert cycle.designed_project(people, methodologies=[first]).number

    @pytest.mark.parametrize(("grace", "right"), [(9, False), (10, True)])
    def test_the_rule_pack_may_grant_days_of_grace(self, people, first, grace, right):
        pack(people.partnership, methodology_grace_days=grace)
        revised(people, first, days_ago=10)
        if right:
            assert cycle.designed_project(people, methodologies=[first]).number
        else:
            assert "Apply MN_AM900 ver2.0." in refusal(people, first)

    def test_a_withdrawn_version_has_no_grace(self, people, first):
        pack(people.partnership, methodology_grace_days=100)
        revoked(people, first)
        wanted = "The Joint Committee withdrew MN_AM900 ver1.0. Choose another methodology."
        assert refusal(people, first) == wanted

    def test_a_record_without_the_day_of_its_end_is_refused(self, people, first):
        newer = revised(people, first)
        MethodologyVersion.objects.filter(pk=first.pk).update(source="public_record", ended_on=None)
        first.refresh_from_db()
        assert "an earlier day" in r_pm_08(first, TODAY, grace=0)
        services.withdrawal_adopt(withdrawal_id=proposed(people, newer).pk, decision=cycle.decision(people), at=NOON)
        assert r_pm_08(first, TODAY, grace=0) == "MN_AM900 ver1.0 is no longer valid. Choose another methodology."

    def test_the_form_offers_what_may_be_applied(self, people, first):
        draft = cycle.drafted_project(people, methodologies=[])
        newer = revised(people, first, days_ago=1)
        gone = revoked(people, cycle.approved_methodology(people))
        assert list(projects.methodologies_usable(draft, TODAY)) == [newer]
        assert set(projects.methodologies_usable(draft, TODAY - DAY)) == {first, newer}
        assert gone not in projects.methodologies_usable(draft, TODAY - DAY)

    def test_the_task_list_says_it_before_the_submission(self, people, first, client):
        draft = cycle.drafted_project(people, methodologies=[first])
        revised(people, first, days_ago=1)
        client.force_login(people.participant)
        page = client.get(reverse("projects:design", args=[draft.pk])).content.decode()
        assert "Apply MN_AM900 ver2.0." in page


class TestRegisteredProjects:
    @pytest.mark.parametrize("end", [revised, revoked])
    def test_keep_their_version_and_go_on_reporting(self, people, first, end):
        project = cycle.registered_project(people, methodologies=[first])
        told = Event.objects.filter(subject_id=str(project.pk)).count()
        end(people, first)
        project.refresh_from_db()
        assert (project.status, list(project.methodologies.all())) == ("registered", [first])
        assert Event.objects.filter(subject_id=str(project.pk)).count() == told
        assert cycle.verified_report(people, project=project).status == "verified"

    def test_a_design_that_was_in_time_is_registered_later(self, people, first):
        project = cycle.designed_project(people, methodologies=[first])
        project_services.project_validate(
            project_id=project.pk, designation_id=people.designation.pk, statement="Good.", actor=people.tpe, at=NOON
        )
        revoked(people, first)
        project_services.project_request_registration(project_id=project.pk, actor=people.participant, at=NOON)
        project_services.project_accept(project_id=project.pk, actor=people.host_secretariat, at=NOON)
        done = project_services.project_register(project_id=project.pk, decision=cycle.decision(people), at=NOON)
        assert done.status == "registered"


class TestWithdrawal:
    def test_waits_on_the_agenda_and_is_carried_out_by_the_decision(self, people, first):
        withdrawal = proposed(people, first)
        item = DecisionItem.objects.get(methodology_withdrawal=withdrawal)
        assert (item.kind, item.methodology_version) == (DecisionItem.Kind.METHODOLOGY_WITHDRAWAL, first)
        decision = decisions.adopted_decision(people)
        first.refresh_from_db()
        withdrawal.refresh_from_db()
        assert (first.status, first.ended_on) == (Status.REVOKED, decision.adopted_on)
        assert (withdrawal.status, withdrawal.decision_number) == (ProposalStatus.ADOPTED, decision.number)

    def test_changes_nothing_where_the_committee_says_no(self, people, first):
        withdrawal = proposed(people, first)
        decisions.adopted_decision(people, outcome="deny")
        first.refresh_from_db()
        withdrawal.refresh_from_db()
        assert (first.status, withdrawal.status) == (Status.APPROVED, ProposalStatus.DENIED)
        assert withdrawal.status_reason == "The Joint Committee decides as proposed."
        assert proposed(people, first).status == ProposalStatus.PROPOSED, "it can be proposed again"

    def test_ends_the_grace_of_a_superseded_version_and_keeps_its_day(self, people, first):
        revised(people, first, days_ago=3)
        assert revoked(people, first).ended_on == TODAY - 3 * DAY

    @pytest.mark.parametrize("who", ["participant", "tpe", "host_chair"])
    def test_is_proposed_by_the_secretariat(self, people, first, who):
        with pytest.raises(NotPermitted):
            services.withdrawal_propose(version_id=first.pk, reason="x", actor=getattr(people, who), at=NOON)

    def test_needs_a_reason_and_waits_once(self, people, first):
        with pytest.raises(InvalidInput, match="Give the reasons"):
            proposed(people, first, " ")
        proposed(people, first)
        with pytest.raises(InvalidInput, match="already"):
            proposed(people, first)

    @pytest.mark.parametrize("make", [cycle.considered_methodology, lambda people: revoked(people, made(people))])
    def test_is_of_versions_that_the_committee_approved(self, people, make):
        with pytest.raises(TransitionRefused):
            proposed(people, make(people))

    def test_can_be_taken_back_until_a_decision_is_under_way(self, people, first):
        withdrawal = proposed(people, first)
        back = services.withdrawal_take_back(withdrawal_id=withdrawal.pk, actor=people.japan_secretariat, at=NOON)
        assert (back.status, DecisionItem.objects.filter(decision=None, kind="methodology_withdrawal").count()) == (
            ProposalStatus.WITHDRAWN,
            0,
        )
        again = proposed(people, first)
        decisions.open_decision(people)
        with pytest.raises(BeforeTheCommittee):
            services.withdrawal_take_back(withdrawal_id=again.pk, actor=people.host_secretariat, at=NOON)


def made(people):
    return cycle.approved_methodology(people)


class TestPages:
    def test_the_old_version_says_until_when_and_leads_to_the_new_one(self, people, first, client):
        newer = revised(people, first, days_ago=1)
        page = client.get(first.get_absolute_url()).content.decode()
        assert "A later version took its place" in page
        assert f'href="{newer.get_absolute_url()}">MN_AM900 ver2.0' in page
        page = client.get(newer.get_absolute_url()).content.decode()
        assert f'href="{first.get_absolute_url()}">MN_AM900 ver1.0' in page
        assert ">Valid<" in page

    def test_a_proposed_withdrawal_is_for_those_inside_until_it_is_decided(self, people, first, client):
        client.force_login(people.host_secretariat)
        address = reverse("methodologies:withdrawal", args=[first.pk])
        assert address in client.get(first.get_absolute_url()).content.decode()
        assert client.post(address, {"reason": ""}).context["withdrawal_form"].errors
        client.post(address, {"reason": "Ten times too high."})
        assert "Take the proposal back" in client.get(first.get_absolute_url()).content.decode()
        client.logout()
        assert "Ten times" not in client.get(first.get_absolute_url()).content.decode()
        decisions.adopted_decision(people)
        page = client.get(first.get_absolute_url()).content.decode()
        assert "Ten times too high." in page
        assert "The Joint Committee withdrew this version." in page

    def test_the_list_is_filtered_by_the_words_of_the_public_site(self, people, first, client):
        revised(people, first)
        page = client.get(reverse("methodologies:list"), {"status": "superseded"}).content.decode()
        assert "MN_AM900 ver1.0" in page
        assert "MN_AM900 ver2.0" not in page

    def test_the_interface_says_until_when(self, people, first, client):
        newer = revised(people, first)
        old = client.get(reverse("api:methodology-detail", args=[first.pk])).json()
        new = client.get(reverse("api:methodology-detail", args=[newer.pk])).json()
        assert (old["status"], old["ended_on"], new["revises"], new["ended_on"]) == (
            "superseded", "2026-11-02", "1.0", None,
        )  # fmt: skip
