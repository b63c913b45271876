"""Conflicts of interest take a voice away; delegates lend one."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from committee import services
from committee.errors import AnswersClosed, DeclarationMissing, DelegationOverlaps
from committee.models import Answer, DecisionItem, Declaration, Delegation
from committee.papers import decision_pdf
from committee.workflow import DecisionStatus
from core.errors import InvalidInput, NotPermitted
from core.models import Event
from jcm.inbox import items_for
from parties.models import Role, RoleAssignment
from projects import services as project_services
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision, answered, declared, open_decision
from tests.factories.ledger import person
from tests.papers import text_of

pytestmark = pytest.mark.django_db
CONFLICT = "My sister directs the company."


@pytest.fixture
def cast():
    return cycle.cast("MN")


@pytest.fixture
def decision(cast):
    """Open a decision on one methodology."""
    cycle.considered_methodology(cast)
    return open_decision(cast)


def holder(role, **scope):
    """Return somebody with this role."""
    found = person(str(role))
    RoleAssignment.objects.create(user=found, role=role, valid_from=date(2013, 1, 1), **scope)
    return found


TODAY = NOON.date()
NEXT_WEEK = TODAY + timedelta(days=5)


def delegation(cast, away, stand_in, *, first=TODAY, last=NEXT_WEEK, at=NOON):
    return services.delegation_name(
        partnership=cast.partnership, delegate=stand_in, starts_on=first, ends_on=last, actor=away, at=at
    )


class TestDeclare:
    def test_comes_before_the_answer(self, cast, decision):
        with pytest.raises(DeclarationMissing):
            services.decision_answer(
                decision_id=decision.pk, value="affirm", reason="", actor=cast.host_member, at=NOON
            )

    def test_takes_the_voice_of_a_member(self, cast, decision):
        declared(decision, cast.host_member, conflict=CONFLICT)
        with pytest.raises(NotPermitted):
            answered(decision, cast.host_member, "object", "I do not like it.")
        for member in (cast.japan_member, cast.japan_chair, cast.host_chair):
            decision = answered(decision, member)
        assert decision.status == DecisionStatus.ADOPTED, "everybody who counts has affirmed"

    def test_makes_what_the_member_answered_before_count_for_nothing(self, cast, decision):
        for member in (cast.japan_member, cast.japan_chair, cast.host_chair):
            decision = answered(decision, member)
        assert decision.status == DecisionStatus.OPEN
        declared(decision, cast.host_member, conflict=CONFLICT)
        decision.refresh_from_db()
        assert decision.status == DecisionStatus.ADOPTED, "the last voice that was missing counts no more"

    def test_of_a_co_chair_asks_for_a_delegate(self, cast, decision):
        declared(decision, cast.host_chair, conflict=CONFLICT)
        answered(decision, cast.japan_chair)
        assert services.decisions_close_due(at=decision.closes_at) == 0
        delegation(cast, cast.host_chair, cast.host_member, last=date(2026, 12, 1))
        late = decision.closes_at + timedelta(days=1)
        decision = answered(decision, cast.host_member, member_id=cast.host_chair.pk, at=late)
        assert decision.status == DecisionStatus.ADOPTED
        assert Event.objects.get(name="decision.adopted").data["signatories"] == [
            cast.japan_chair.name,
            f"{cast.host_member.name} (for {cast.host_chair.name})",
        ]

    def test_of_one_item_counts_for_the_whole_bundle(self, cast):
        cycle.considered_methodology(cast)
        cycle.considered_methodology(cast, title="Another")
        decision = open_decision(cast)
        first, second = decision.items.all()
        services.conflicts_declare(statements={first.pk: "", second.pk: CONFLICT}, actor=cast.host_member, at=NOON)
        with pytest.raises(NotPermitted):
            answered(decision, cast.host_member)

    def test_may_be_corrected_until_the_decision_is_over(self, cast, decision):
        declared(decision, cast.host_member, conflict=CONFLICT)
        declared(decision, cast.host_member)
        assert answered(decision, cast.host_member).status == DecisionStatus.OPEN
        assert [
            event.data["conflict"] for event in Event.objects.filter(name="conflict.declared").order_by("recorded_at")
        ] == [
            True,
            False,
        ]

    def test_is_refused_once_the_answers_have_adopted(self, cast, decision):
        """Even while nobody has looked yet: the deadline adopted it, not the task that sees it."""
        for chair in (cast.japan_chair, cast.host_chair):
            answered(decision, chair)
        with pytest.raises(AnswersClosed):
            declared(decision, cast.host_chair, conflict=CONFLICT, at=decision.closes_at)
        with pytest.raises(AnswersClosed):
            declared(adopted_decision_of(cast), cast.host_member)

    def test_is_for_the_committee(self, cast, decision):
        for who in (cast.host_secretariat, cast.participant, cycle.cast("VN").host_member):
            with pytest.raises(NotPermitted):
                declared(decision, who)

    def test_goes_back_to_the_agenda_with_the_matter(self, cast, decision):
        declared(decision, cast.host_member, conflict=CONFLICT)
        services.decision_withdraw(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
        waiting = DecisionItem.objects.get(decision=None)
        assert [d.reason for d in waiting.declarations.filter(member=cast.host_member)] == [CONFLICT]

    def test_is_final_with_the_decision(self, cast, decision):
        declared(decision, cast.host_member, conflict=CONFLICT)
        for member in (cast.japan_member, cast.japan_chair, cast.host_chair):
            decision = answered(decision, member)
        changes = (
            lambda: Declaration.objects.filter(member=cast.host_member).update(conflict=False, reason=""),
            lambda: Declaration.objects.filter(member=cast.host_member).delete(),
            lambda: Answer.objects.filter(decision=decision).update(reason="Something else."),
            lambda: Answer.objects.filter(decision=decision).delete(),
            lambda: decision.items.update(subject="Something else."),
            lambda: decision.items.create(partnership=cast.partnership, kind="issuance", subject="More"),
        )
        for change in changes:
            with pytest.raises(IntegrityError), transaction.atomic():
                change()


def adopted_decision_of(cast):
    cycle.considered_methodology(cast, title="Third")
    services.decisions_close_due(at=NOON + timedelta(days=30))
    return adopted_decision(cast)


class TestRestrictedDocuments:
    @pytest.fixture
    def filed(self, cast):
        project = cycle.drafted_project(cast)
        files = {"restricted": SimpleUploadedFile("design.pdf", b"%PDF-1.7 secret")}
        project_services.project_attach_document(project_id=project.pk, files=files, actor=cast.participant, at=NOON)
        return project

    def considered(self, cast, project):
        steps = (
            lambda: project_services.project_submit_design(project_id=project.pk, actor=cast.participant, at=NOON),
            lambda: project_services.project_validate(
                project_id=project.pk, designation_id=cast.designation.pk, statement="Sound.", actor=cast.tpe, at=NOON
            ),
            lambda: project_services.project_request_registration(
                project_id=project.pk, actor=cast.participant, at=NOON
            ),
            lambda: project_services.project_accept(project_id=project.pk, actor=cast.host_secretariat, at=NOON),
        )
        for step in steps:
            project = step()
        return project

    def status(self, client, who, project):
        client.force_login(who)
        response = client.get(reverse("projects:document", args=[project.number, "restricted"]))
        b"".join(response)
        return response.status_code

    def test_open_with_the_declaration(self, client, cast, filed):
        project = self.considered(cast, filed)
        assert self.status(client, cast.host_secretariat, project) == 200
        assert self.status(client, cast.host_member, project) == 403
        item = DecisionItem.objects.get(project=project)
        services.conflicts_declare(statements={item.pk: ""}, actor=cast.host_member, at=NOON)
        assert self.status(client, cast.host_member, project) == 200
        services.conflicts_declare(statements={item.pk: CONFLICT}, actor=cast.host_member, at=NOON)
        assert self.status(client, cast.host_member, project) == 403
        assert self.status(client, cast.host_chair, project) == 403

    def test_open_to_an_expert_with_the_declaration_and_with_the_role(self, client, cast, filed):
        project, scope = self.considered(cast, filed), {"partnership": cast.partnership, "party": cast.partnership.host}
        expert = holder(Role.EXPERT, **scope, valid_until=date(2099, 12, 31))
        assert self.status(client, expert, project) == 403
        item = DecisionItem.objects.get(project=project)
        services.conflicts_declare(statements={item.pk: ""}, actor=expert, at=NOON)
        assert self.status(client, expert, project) == 200
        expert.roles.update(valid_until=NOON.date() - timedelta(days=1))
        assert self.status(client, expert, project) == 404

    @pytest.mark.parametrize("wide", [True, False])
    def test_never_open_to_a_government_viewer(self, client, cast, filed, wide):
        project = self.considered(cast, filed)
        partnership = None if wide else cast.partnership
        viewer = holder(Role.GOVERNMENT_VIEWER, partnership=partnership, party=cast.partnership.host)
        item = DecisionItem.objects.get(project=project)
        with pytest.raises(NotPermitted):
            services.conflicts_declare(statements={item.pk: ""}, actor=viewer, at=NOON)
        assert client.get(reverse("committee:agenda", args=["mongolia"])).status_code == 302
        assert self.status(client, viewer, project) == 403
        assert project.title in client.get(reverse("committee:agenda", args=["mongolia"])).content.decode()
        assert client.get(reverse("committee:agenda", args=["viet-nam"])).status_code == 404


class TestExpert:
    def test_has_no_voice_and_takes_none_away(self, cast, decision):
        scope = {"partnership": cast.partnership, "party": cast.partnership.host}
        expert = holder(Role.EXPERT, **scope, valid_until=NEXT_WEEK)
        declared(decision, expert, conflict=CONFLICT)
        with pytest.raises(NotPermitted):
            answered(decision, expert, "object", "I advise against it.")
        for member in (cast.japan_member, cast.host_member, cast.japan_chair, cast.host_chair):
            decision = answered(decision, member)
        assert decision.status == DecisionStatus.ADOPTED


class TestDelegate:
    def test_answers_on_behalf_of_the_absent(self, cast, decision):
        delegation(cast, cast.host_chair, cast.host_member)
        answered(decision, cast.host_member, member_id=cast.host_chair.pk)
        seat = decision.answers.get(member=cast.host_chair)
        assert (seat.value, seat.given_by, seat.by_delegate) == ("affirm", cast.host_member, True)
        event = Event.objects.get(name="decision.answered")
        assert (event.actor, event.data["on_behalf_of"]) == (cast.host_member, cast.host_chair.name)

    def test_answers_only_on_the_days_and_for_the_one_who_asked(self, cast, decision):
        delegation(cast, cast.host_chair, cast.host_member, first=date(2026, 11, 4), last=date(2026, 11, 5))
        # 4 November begins in Ulaanbaatar at 16:00 UTC on the third.
        begins = NOON.replace(day=3, hour=16)
        with pytest.raises(NotPermitted):
            answered(decision, cast.host_member, member_id=cast.host_chair.pk, at=begins - timedelta(seconds=1))
        with pytest.raises(NotPermitted):
            answered(decision, cast.host_member, member_id=cast.japan_chair.pk, at=begins)
        answered(decision, cast.host_member, member_id=cast.host_chair.pk, at=begins)
        with pytest.raises(NotPermitted):
            answered(decision, cast.host_member, member_id=cast.host_chair.pk, at=begins + timedelta(days=2))

    def test_may_be_called_back(self, cast, decision):
        named = delegation(cast, cast.host_chair, cast.host_member)
        services.delegation_end(delegation_id=named.pk, actor=cast.host_chair, at=NOON)
        with pytest.raises(NotPermitted):
            answered(decision, cast.host_member, member_id=cast.host_chair.pk)
        with pytest.raises(InvalidInput):
            services.delegation_end(delegation_id=named.pk, actor=cast.host_chair, at=NOON)
        assert delegation(cast, cast.host_chair, cast.host_member).pk != named.pk

    def test_is_ended_by_nobody_else(self, cast):
        named = delegation(cast, cast.host_chair, cast.host_member)
        with pytest.raises(NotPermitted):
            services.delegation_end(delegation_id=named.pk, actor=cast.host_member, at=NOON)

    @pytest.mark.parametrize("stand_in", ["japan_member", "host_secretariat", "host_chair", "participant"])
    def test_sits_on_the_same_side(self, cast, stand_in):
        with pytest.raises(InvalidInput) as refusal:
            delegation(cast, cast.host_chair, getattr(cast, stand_in))
        assert list(refusal.value.fields) == ["delegate"]

    @pytest.mark.parametrize("who", ["host_secretariat", "participant", "tpe"])
    def test_is_named_by_somebody_who_sits(self, cast, who):
        with pytest.raises(NotPermitted):
            delegation(cast, getattr(cast, who), cast.host_member)

    def test_is_named_for_days_to_come(self, cast):
        with pytest.raises(InvalidInput):
            delegation(cast, cast.host_chair, cast.host_member, first=date(2026, 11, 5), last=date(2026, 11, 4))
        with pytest.raises(InvalidInput):
            delegation(cast, cast.host_chair, cast.host_member, first=date(2026, 10, 1), last=date(2026, 11, 1))

    def test_is_one_at_a_time(self, cast):
        delegation(cast, cast.host_chair, cast.host_member)
        with pytest.raises(DelegationOverlaps):
            delegation(cast, cast.host_chair, cast.host_member, first=NOON.date() + timedelta(days=5),
                       last=NOON.date() + timedelta(days=9))  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(
                partnership=cast.partnership, member=cast.host_chair, delegate=cast.japan_chair,
                party=cast.partnership.host, starts_on=NOON.date(), ends_on=NOON.date(), named_at=NOON,
            )  # fmt: skip

    def test_finds_the_absent_colleagues_answer_in_the_inbox(self, cast, decision):
        def kinds(at):
            return [item.kind for item in items_for(cast.host_member, at=at)]

        assert kinds(NOON) == ["Answer an electronic decision"]
        delegation(cast, cast.host_chair, cast.host_member)
        behalf = f"Answer an electronic decision for {cast.host_chair.name}"
        assert sorted(kinds(NOON)) == ["Answer an electronic decision", behalf]
        declared(decision, cast.host_member, conflict=CONFLICT)
        assert kinds(NOON) == []


class TestLateAnswers:
    def test_of_members_are_refused_while_a_chair_is_awaited(self, cast, decision):
        answered(decision, cast.japan_chair)
        declared(decision, cast.host_member)
        with pytest.raises(AnswersClosed):
            answered(decision, cast.host_member, "object", "Too late.", at=decision.closes_at)
        assert (
            answered(decision, cast.host_chair, "object", "Not yet.", at=decision.closes_at).status
            == DecisionStatus.OBJECTED
        )

    def test_cannot_undo_what_the_deadline_adopted(self, cast, decision):
        for member in (cast.japan_chair, cast.host_chair):
            answered(decision, member)
        with pytest.raises(AnswersClosed):
            answered(decision, cast.host_chair, "object", "I have changed my mind.", at=decision.closes_at)
        services.decisions_close_due(at=decision.closes_at + timedelta(days=3))
        decision.refresh_from_db()
        assert decision.adopted_on == date(2026, 11, 12), "the day on which the days were over, not that of the task"


class TestPages:
    def test_let_a_member_declare_and_then_answer(self, client, cast, decision, time_machine):
        time_machine.move_to(NOON)
        client.force_login(cast.host_member)
        page = client.get(decision.get_absolute_url()).content.decode()
        assert "First declare your conflicts of interest above." in page
        item = decision.items.get()
        address = reverse("committee:decision-declare", args=[decision.pk])
        assert "Say what the conflict is." in client.post(address, {f"conflict_{item.pk}": "yes"}).content.decode()
        client.post(address, {f"conflict_{item.pk}": "no"})
        assert "Record my answer" in client.get(decision.get_absolute_url()).content.decode()
        client.post(reverse("committee:decision-answer", args=[decision.pk]), {"value": "affirm"})
        assert decision.answers.get(member=cast.host_member).value == "affirm"

    def test_let_a_delegate_choose_for_whom(self, client, cast, decision, time_machine):
        time_machine.move_to(NOON)
        delegation(cast, cast.host_chair, cast.host_member)
        declared(decision, cast.host_member)
        client.force_login(cast.host_member)
        page = client.get(decision.get_absolute_url()).content.decode()
        assert f'<option value="{cast.host_chair.pk}">{cast.host_chair.name}</option>' in page
        given = {"value": "affirm", "member_id": cast.host_chair.pk}
        client.post(reverse("committee:decision-answer", args=[decision.pk]), given)
        page = client.get(decision.get_absolute_url()).content.decode()
        assert f"given by {cast.host_member.name} on behalf of {cast.host_chair.name}" in page

    def test_tell_the_public_how_many_took_no_part_and_not_who(self, client, cast, decision):
        declared(decision, cast.host_member, conflict=CONFLICT)
        for member in (cast.japan_member, cast.japan_chair, cast.host_chair):
            decision = answered(decision, member)
        page = client.get(decision.get_absolute_url()).content.decode()
        assert "1 member took no part" in page
        said = text_of(decision_pdf(decision, language="en", address="https://jcm.example/"))
        assert "1 of the committee (conflict of interest)" in said
        for told in (page, said):
            assert cast.host_member.name not in told
            assert CONFLICT not in told
        client.force_login(cast.japan_member)
        assert cast.host_member.name in client.get(decision.get_absolute_url()).content.decode()

    def test_tell_the_secretariat_to_split_a_bundle(self, client, cast):
        cycle.considered_methodology(cast)
        cycle.considered_methodology(cast, title="Another")
        decision = open_decision(cast)
        client.force_login(cast.host_secretariat)
        assert "put the item to a decision of its own" not in client.get(decision.get_absolute_url()).content.decode()
        item = decision.items.first()
        services.conflicts_declare(statements={item.pk: CONFLICT}, actor=cast.host_chair, at=NOON)
        page = client.get(decision.get_absolute_url()).content.decode()
        assert "put the item to a decision of its own" in page
        assert "this decision cannot be adopted" in page

    def test_name_a_delegate_and_call_him_back(self, client, cast, time_machine):
        time_machine.move_to(NOON)
        address = reverse("committee:delegations", args=["mongolia"])
        client.force_login(cast.host_chair)
        days = {"starts_on": "2026-11-03", "ends_on": "2026-11-09"}
        client.post(address, {"delegate": cast.host_member.pk, **days})
        named = Delegation.objects.get()
        assert (named.member, named.delegate, named.party) == (
            cast.host_chair, cast.host_member, cast.partnership.host,
        )  # fmt: skip
        assert cast.host_member.name in client.get(address).content.decode()
        client.post(reverse("committee:delegation-end", args=[named.pk]))
        named.refresh_from_db()
        assert named.ended_at is not None
