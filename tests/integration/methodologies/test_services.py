"""Every step of a methodology: what it changes, what it says, whom it refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event, Source, User
from methodologies import services
from methodologies.models import MethodologyVersion
from methodologies.workflow import Status
from parties import services as parties
from parties.models import Organisation, Role, RoleAssignment, SectoralScope
from parties.workflow import Stage
from tests.factories import cycle
from tests.factories.cycle import NOON, SOLAR
from tests.factories.packs import silent_pack


def events_of(version):
    return list(Event.objects.filter(subject_id=str(version.pk)).order_by("recorded_at").values_list("name", flat=True))


def entered_by(people):
    """Return a proponent whose records are no demonstration."""
    person = User.objects.create_user("real@company.example", name="Real Person")
    RoleAssignment.objects.create(
        user=person, role=Role.PARTICIPANT, organisation=people.company, valid_from=NOON.date()
    )
    return person


class TestMethodologyPropose:
    def test_drafts_the_first_version_of_a_new_family(self, people):
        draft = cycle.drafted_methodology(people)
        assert (draft.status, draft.version, draft.proposed_number) == (Status.DRAFT, "1.0", "")
        assert draft.methodology.number is None
        assert (draft.proponent_name, draft.created_by) == (people.company.name, people.participant)
        assert events_of(draft) == ["methodology.drafted"]

    def test_marks_what_a_demonstration_person_enters(self, people):
        assert cycle.drafted_methodology(people).source == Source.DEMONSTRATION

    def test_refuses_a_proponent_that_the_person_does_not_work_for(self, people):
        with pytest.raises(NotPermitted, match="work for"):
            services.methodology_propose(
                partnership=people.partnership,
                title="T",
                sectoral_scope=None,
                definition={},
                proponent=people.partner_company,
                actor=people.participant,
                at=NOON,
            )

    def test_revises_in_small_steps_where_that_is_asked(self, people):
        family = cycle.approved_methodology(people).methodology
        steps = [
            cycle.drafted_methodology(people, methodology=family, minor=minor) for minor in (True, True, False, True)
        ]
        assert [draft.version for draft in steps] == ["1.1", "1.2", "2.0", "2.1"]

    def test_counts_on_for_a_new_version(self, people):
        first = cycle.approved_methodology(people)
        second = cycle.drafted_methodology(people, methodology=first.methodology)
        third = cycle.drafted_methodology(people, methodology=first.methodology)
        assert [second.version, third.version] == ["2.0", "3.0"]

    def test_refuses_to_revise_what_was_never_approved(self, people):
        draft = cycle.drafted_methodology(people)
        with pytest.raises(InvalidInput, match="approved methodology"):
            cycle.drafted_methodology(people, methodology=draft.methodology)

    def test_refuses_to_revise_across_partnerships(self, people, strangers):
        other = cycle.approved_methodology(strangers)
        with pytest.raises(InvalidInput, match="this partnership"):
            cycle.drafted_methodology(people, methodology=other.methodology)
        assert MethodologyVersion.objects.count() == 1


class TestMethodologyUpdate:
    def update(self, version, actor, **changes):
        content = {"title": "New", "sectoral_scope": None, "texts": {"summary": "S"}, "definition": SOLAR} | changes
        return services.methodology_update(version_id=version.pk, actor=actor, at=NOON, **content)

    @pytest.mark.parametrize("make", [cycle.drafted_methodology, cycle.returned_methodology])
    def test_changes_a_draft_and_what_was_returned(self, people, make):
        version = self.update(make(people), people.participant, title="Better")
        version.refresh_from_db()
        assert (version.title, version.sectoral_scope) == ("Better", None)

    @pytest.mark.parametrize(
        "make", [cycle.submitted_methodology, cycle.considered_methodology, cycle.approved_methodology]
    )
    def test_refuses_once_it_is_with_others(self, people, make):
        with pytest.raises(TransitionRefused):
            self.update(make(people), people.participant)

    def test_refuses_people_of_another_organisation(self, people, strangers):
        with pytest.raises(NotPermitted):
            self.update(cycle.drafted_methodology(people), strangers.participant)


class TestMethodologySubmit:
    def test_gives_the_number_of_a_proposal(self, people):
        version = cycle.submitted_methodology(people)
        version.refresh_from_db()
        assert (version.status, version.proposed_number) == (Status.SUBMITTED, "MN_PM900")
        assert events_of(version)[-1] == "methodology.submitted"

    def test_numbers_real_proposals_from_one(self, people):
        person = entered_by(people)
        version = services.methodology_propose(
            partnership=people.partnership,
            title="T",
            sectoral_scope=SectoralScope.objects.get(number=1),
            texts=cycle.TEXTS,
            definition=SOLAR,
            proponent=people.company,
            actor=person,
            at=NOON,
        )
        assert version.source == Source.ENTERED
        assert services.methodology_submit(version_id=version.pk, actor=person, at=NOON).proposed_number == "MN_PM001"

    def test_keeps_the_number_when_it_is_submitted_again(self, people):
        returned = cycle.returned_methodology(people)
        again = services.methodology_submit(version_id=returned.pk, actor=people.participant, at=NOON)
        assert (again.proposed_number, again.status_reason) == (returned.proposed_number, "")

    def test_names_everything_that_is_missing_at_once(self, people):
        draft = cycle.drafted_methodology(people)
        broken = {**SOLAR, "reference": "EG * EX"}
        services.methodology_update(
            version_id=draft.pk,
            title="T",
            sectoral_scope=None,
            texts={"summary": "", "eligibility": " "},
            definition=broken,
            actor=people.participant,
            at=NOON,
        )
        with pytest.raises(InvalidInput) as refusal:
            services.methodology_submit(version_id=draft.pk, actor=people.participant, at=NOON)
        assert set(refusal.value.fields) == {"sectoral_scope", "summary", "eligibility", "reference"}
        draft.refresh_from_db()
        assert (draft.status, draft.proposed_number) == (Status.DRAFT, "")

    def test_refuses_other_people(self, people):
        draft = cycle.drafted_methodology(people)
        with pytest.raises(NotPermitted):
            services.methodology_submit(version_id=draft.pk, actor=people.japan_secretariat, at=NOON)

    def test_refuses_a_second_time(self, people):
        version = cycle.submitted_methodology(people)
        with pytest.raises(TransitionRefused):
            services.methodology_submit(version_id=version.pk, actor=people.participant, at=NOON)


class TestMethodologyAccept:
    @pytest.mark.parametrize("side", ["japan_secretariat", "host_secretariat"])
    def test_either_sides_secretariat_puts_it_on_the_way_to_the_committee(self, people, side):
        version = cycle.submitted_methodology(people)
        services.methodology_accept(version_id=version.pk, actor=getattr(people, side), at=NOON)
        version.refresh_from_db()
        assert version.status == Status.PUBLIC_INPUTS
        assert events_of(version)[-1] == "methodology.called"
        # Fifteen days with the opening day.
        assert (version.public_inputs_from, version.public_inputs_until) == (date(2026, 11, 2), date(2026, 11, 16))
        assert version.case.call.closes_at == datetime(2026, 11, 16, 16, 0, tzinfo=UTC)

    def test_leads_to_the_committee_when_the_call_is_over(self, people):
        version = cycle.called_methodology(people)
        closes = version.case.call.closes_at
        assert parties.calls_close_due(at=closes - timedelta(seconds=1)) == 0
        assert parties.calls_close_due(at=closes) == 1
        assert parties.calls_close_due(at=closes) == 0
        version.refresh_from_db()
        assert (version.status, version.case.stage) == (Status.CONSIDERED, Stage.CONSIDERATION)
        assert version.decision_items.count() == 1

    def test_leads_there_at_once_where_the_pack_asks_for_no_inputs(self, people):
        silent_pack(people.partnership)
        version = cycle.called_methodology(people)
        assert (version.status, hasattr(version.case, "call")) == (Status.CONSIDERED, False)

    def test_can_be_followed_by_a_withdrawal_that_ends_the_call(self, people):
        version = cycle.called_methodology(people)
        services.methodology_withdraw(version_id=version.pk, actor=people.participant, at=NOON)
        assert parties.calls_close_due(at=version.case.call.closes_at) == 0

    def test_refuses_everybody_else(self, people, strangers):
        version = cycle.submitted_methodology(people)
        for person in (people.participant, people.tpe, people.japan_chair, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.methodology_accept(version_id=version.pk, actor=person, at=NOON)


class TestMethodologyReturn:
    def test_says_why(self, people):
        version = cycle.returned_methodology(people)
        version.refresh_from_db()
        assert (version.status, version.status_reason) == (Status.RETURNED, "The summary is too short.")
        event = Event.objects.get(name="methodology.returned")
        assert (event.actor, event.data) == (people.host_secretariat, {"reason": "The summary is too short."})

    def test_refuses_without_a_reason(self, people):
        version = cycle.submitted_methodology(people)
        with pytest.raises(InvalidInput, match="reason"):
            services.methodology_return(version_id=version.pk, reason=" ", actor=people.host_secretariat, at=NOON)

    def test_refuses_the_proponent(self, people):
        version = cycle.submitted_methodology(people)
        with pytest.raises(NotPermitted):
            services.methodology_return(version_id=version.pk, reason="No", actor=people.participant, at=NOON)


class TestMethodologyApprove:
    def test_records_the_decision_and_gives_the_family_its_number(self, people):
        version = cycle.approved_methodology(people)
        version.refresh_from_db()
        assert (version.status, version.approved_on) == (Status.APPROVED, NOON.date())
        assert (version.decision_number, version.methodology.number) == ("MN_JC900", "MN_AM900")
        assert version.label == "MN_AM900 ver1.0"
        event = Event.objects.get(name="methodology.approved")
        assert (event.actor, event.data) == (None, {"decision": "MN_JC900"})

    def test_keeps_the_familys_number_for_later_versions(self, people):
        first = cycle.approved_methodology(people)
        second = cycle.approved_methodology(people, methodology=first.methodology)
        assert second.label == "MN_AM900 ver2.0"

    def test_refuses_what_the_secretariat_has_not_passed_on(self, people):
        version = cycle.submitted_methodology(people)
        with pytest.raises(TransitionRefused):
            services.methodology_approve(version_id=version.pk, decision=cycle.decision(people), at=NOON)


class TestMethodologyDeny:
    def test_ends_it_with_the_reason(self, people):
        version = cycle.considered_methodology(people)
        services.methodology_deny(version_id=version.pk, decision=cycle.decision(people), reason="Too high.", at=NOON)
        version.refresh_from_db()
        assert (version.status, version.status_reason) == (Status.DENIED, "Too high.")
        assert version.methodology.number is None

    def test_refuses_without_a_reason(self, people):
        version = cycle.considered_methodology(people)
        with pytest.raises(InvalidInput):
            services.methodology_deny(version_id=version.pk, decision=cycle.decision(people), reason="", at=NOON)


class TestMethodologyWithdraw:
    @pytest.mark.parametrize(
        "make",
        [
            cycle.drafted_methodology,
            cycle.submitted_methodology,
            cycle.returned_methodology,
            cycle.considered_methodology,
        ],
    )
    def test_is_open_until_the_decision(self, people, make):
        version = services.methodology_withdraw(version_id=make(people).pk, actor=people.participant, at=NOON)
        assert version.status == Status.WITHDRAWN

    def test_refuses_after_the_decision(self, people):
        version = cycle.approved_methodology(people)
        with pytest.raises(TransitionRefused):
            services.methodology_withdraw(version_id=version.pk, actor=people.participant, at=NOON)

    def test_refuses_the_secretariat(self, people):
        version = cycle.submitted_methodology(people)
        with pytest.raises(NotPermitted):
            services.methodology_withdraw(version_id=version.pk, actor=people.japan_secretariat, at=NOON)


def test_no_number_is_given_twice(people):
    numbers = [cycle.submitted_methodology(people).proposed_number for _ in range(3)]
    assert numbers == ["MN_PM900", "MN_PM901", "MN_PM902"]
    assert Organisation.objects.filter(name=people.company.name).count() == 1
