"""Meetings: planned in turn, opened with a quorum, decided in by consensus, minuted."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from committee import services, voices
from committee.errors import MeetingNotOpen, NoQuorum, NotAgreed
from committee.models import DecisionItem, Meeting
from committee.services import Details, Present
from committee.workflow import DecisionStatus, MeetingStatus
from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from core.models import Event
from methodologies.workflow import Status
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.decisions import answered, declared, prepared_decision
from tests.factories.files import pdf

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
PDF = pdf("Minutes")
ROOM = Present("in_person")


@pytest.fixture
def cast():
    return cycle.cast("MN")


@pytest.fixture
def considered(cast):
    return cycle.considered_methodology(cast)


def details(cast, **other) -> Details:
    return Details(
        number=other.get("number", 10), place=other.get("place", "Ulaanbaatar"), form=other.get("form", "hybrid"),
        host=other.get("host", cast.partnership.host), starts_on=other.get("starts_on", TODAY),
        ends_on=other.get("ends_on", TODAY),
    )  # fmt: skip


def planned(cast, **other) -> Meeting:
    return services.meeting_plan(
        partnership=cast.partnership, details=details(cast, **other), actor=cast.host_secretariat, at=NOON
    )


def in_session(cast, present=None) -> Meeting:
    meeting = planned(cast)
    services.meeting_open(meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)
    seats = present or {person.pk: ROOM for person in (cast.japan_chair, cast.host_chair, cast.host_member)}
    return services.attendance_record(meeting_id=meeting.pk, present=seats, actor=cast.host_secretariat, at=NOON)


def tabled(cast, meeting):
    decision = prepared_decision(cast)
    return services.decision_table(decision_id=decision.pk, meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)


class TestPlan:
    def test_names_the_meeting_as_people_do(self, cast):
        meeting = planned(cast)
        assert str(meeting) == "10th Joint Committee in Ulaanbaatar and online"
        with translation.override("ja"):
            assert "第10回" in str(meeting)
        names = {number: str(planned(cast, number=number, form="in_person")) for number in (1, 2, 3, 11, 21)}
        assert [name.split()[0] for name in names.values()] == ["1st", "2nd", "3rd", "11th", "21st"]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"place": ""}, "place"), ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"), ({"number": 10}, "number")],
    )
    def test_refuses(self, cast, wrong, field):
        planned(cast)
        with pytest.raises(InvalidInput) as refusal:
            planned(cast, **{"number": 11, **wrong})
        assert list(refusal.value.fields) == [field]

    def test_is_for_the_secretariat(self, cast):
        with pytest.raises(NotPermitted):
            services.meeting_plan(partnership=cast.partnership, details=details(cast), actor=cast.host_chair, at=NOON)

    def test_suggests_the_other_side_as_the_next_host(self, client, cast, time_machine):
        time_machine.move_to(NOON)
        client.force_login(cast.host_secretariat)
        address = reverse("committee:meetings", args=["mongolia"])
        planned(cast, host=cast.partnership.host)
        form = client.get(address).context["form"]
        assert (form["number"].value(), form["host"].value()) == (11, cast.partnership.acquirer.pk)
        sent = {"number": 11, "form": "online", "host": cast.partnership.acquirer.pk, "starts_on": "2027-01-05",
                "ends_on": "2027-01-05"}  # fmt: skip
        client.post(address, sent)
        assert str(Meeting.objects.get(number=11)) == "11th Joint Committee, online"

    def test_is_seen_by_the_committee_alone(self, client, cast):
        meeting = planned(cast)
        assert client.get(meeting.get_absolute_url()).status_code == 404
        client.force_login(cast.japan_member)
        assert client.get(meeting.get_absolute_url()).status_code == 200

    def test_may_be_changed_and_cancelled(self, cast):
        meeting = planned(cast)
        services.meeting_change(
            meeting_id=meeting.pk, details=details(cast, place="Darkhan"), actor=cast.host_secretariat, at=NOON
        )
        meeting = services.meeting_cancel(meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)
        assert (meeting.place, meeting.status) == ("Darkhan", MeetingStatus.CANCELLED)
        with pytest.raises(TransitionRefused):
            services.meeting_open(meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)


class TestAgenda:
    def test_takes_items_and_other_points_in_their_order(self, client, cast, considered, time_machine):
        time_machine.move_to(NOON)
        meeting, item = planned(cast), DecisionItem.objects.get()
        client.force_login(cast.host_secretariat)
        sent = {f"position_{item.pk}": 2, "topics": "1 Opening\n3. Any other business"}
        client.post(reverse("committee:meeting-agenda", args=[meeting.pk]), sent)
        entries = [(entry.position, entry.title, entry.item) for entry in meeting.entries.all()]
        assert entries == [(1, "Opening", None), (2, str(item), item), (3, "Any other business", None)]

    def test_refuses_items_of_another_committee(self, cast):
        other = cycle.cast("VN")
        cycle.considered_methodology(other)
        with pytest.raises(InvalidInput):
            services.meeting_agenda(
                meeting_id=planned(cast).pk, entries=[("", DecisionItem.objects.get().pk)],
                actor=cast.host_secretariat, at=NOON,
            )  # fmt: skip


class TestAttendance:
    def test_makes_a_quorum_with_both_co_chairs(self, cast):
        meeting = in_session(cast)
        assert voices.has_quorum(meeting)
        assert not voices.has_quorum(in_session_again(cast, meeting, {cast.japan_chair.pk: ROOM}))

    def test_counts_a_delegate_of_the_same_side_for_the_co_chair(self, cast):
        present = {cast.japan_chair.pk: ROOM, cast.host_chair.pk: Present("online", cast.host_member.pk)}
        assert voices.has_quorum(in_session(cast, present))

    @pytest.mark.parametrize("stand_in", ["japan_member", "host_secretariat", "participant"])
    def test_refuses_a_delegate_who_does_not_sit_on_that_side(self, cast, stand_in):
        present = {cast.host_chair.pk: Present("online", getattr(cast, stand_in).pk)}
        with pytest.raises(InvalidInput):
            in_session(cast, present)

    def test_is_recorded_in_session(self, cast):
        with pytest.raises(MeetingNotOpen):
            services.attendance_record(meeting_id=planned(cast).pk, present={}, actor=cast.host_secretariat, at=NOON)

    def test_begins_on_the_first_day(self, cast):
        meeting = planned(cast, starts_on=TODAY + timedelta(days=2), ends_on=TODAY + timedelta(days=2))
        with pytest.raises(InvalidInput):
            services.meeting_open(meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)


def in_session_again(cast, meeting, present):
    return services.attendance_record(meeting_id=meeting.pk, present=present, actor=cast.host_secretariat, at=NOON)


class TestDecisions:
    def test_are_adopted_when_both_co_chairs_confirm(self, cast, considered):
        decision = tabled(cast, in_session(cast))
        assert decision.closes_at is None
        assert answered(decision, cast.japan_chair).status == DecisionStatus.OPEN
        decision = answered(decision, cast.host_chair)
        considered.refresh_from_db()
        assert (decision.status, decision.mode, considered.status) == ("adopted", "meeting", Status.APPROVED)
        assert decision.meeting == "10th Joint Committee in Ulaanbaatar and online"

    def test_may_be_recorded_by_a_second_person(self, cast, considered):
        meeting = in_session(cast, {
            cast.japan_chair.pk: ROOM, cast.host_chair.pk: Present("online", cast.host_member.pk),
        })  # fmt: skip
        decision = tabled(cast, meeting)
        with pytest.raises(SamePerson):
            services.decision_record(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
        later = NOON + timedelta(days=3)
        decision = services.decision_record(decision_id=decision.pk, actor=cast.japan_secretariat, at=later)
        assert (decision.status, decision.recorded_by) == (DecisionStatus.ADOPTED, cast.japan_secretariat)
        assert decision.adopted_on == TODAY, "the meeting decided, not the record of it"
        assert Event.objects.get(name="decision.adopted").data["signatories"] == [
            cast.japan_chair.name, f"{cast.host_member.name} (for {cast.host_chair.name})",
        ]  # fmt: skip

    def test_are_stopped_by_anybody_there(self, cast, considered):
        decision = tabled(cast, in_session(cast))
        assert answered(decision, cast.host_member, "object", "Not so.").status == DecisionStatus.OBJECTED

    def test_are_not_for_somebody_who_is_absent(self, cast, considered):
        decision = tabled(cast, in_session(cast))
        with pytest.raises(NotPermitted):
            answered(decision, cast.japan_member)

    def test_need_a_quorum(self, cast, considered):
        meeting = in_session(cast, {cast.japan_chair.pk: ROOM})
        with pytest.raises(NoQuorum):
            tabled(cast, meeting)

    def test_need_a_meeting_in_session(self, cast, considered):
        with pytest.raises(MeetingNotOpen):
            tabled(cast, planned(cast))

    def test_are_not_adopted_with_a_recused_co_chair(self, cast, considered):
        decision = tabled(cast, in_session(cast))
        declared(decision, cast.host_chair, conflict="My sister directs the company.")
        with pytest.raises(NotAgreed):
            services.decision_record(decision_id=decision.pk, actor=cast.japan_secretariat, at=NOON)

    def test_have_an_outcome_for_each_item(self, cast, considered):
        other = cycle.considered_methodology(cast, title="Another")
        third = cycle.considered_methodology(cast, title="A third")
        items = {item.methodology_version_id: item.pk for item in DecisionItem.objects.all()}
        decision = services.decision_prepare(
            partnership=cast.partnership, item_ids=items.values(), text="The default value is 0.5.",
            outcomes={items[other.pk]: "approve_with_revisions", items[third.pk]: "deny"},
            actor=cast.host_secretariat, at=NOON,
        )  # fmt: skip
        meeting = in_session(cast)
        services.decision_table(decision_id=decision.pk, meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)
        services.decision_record(decision_id=decision.pk, actor=cast.japan_secretariat, at=NOON)
        states = []
        for version in (considered, other, third):
            version.refresh_from_db()
            states.append((version.status, version.status_reason))
        assert states == [
            ("approved", ""), ("approved", "The default value is 0.5."), ("denied", "The default value is 0.5."),
        ]  # fmt: skip

    def test_are_approved_with_revisions_only_where_that_makes_sense(self, cast):
        cycle.considered_project(cast)
        with pytest.raises(InvalidInput):
            prepared_decision(cast, outcome="approve_with_revisions")

    def test_are_on_the_public_page_of_the_meeting(self, client, cast, considered):
        meeting = in_session(cast)
        decision = tabled(cast, meeting)
        assert decision.number not in client.get(meeting.get_absolute_url()).content.decode()
        services.decision_record(decision_id=decision.pk, actor=cast.japan_secretariat, at=NOON)
        page = client.get(meeting.get_absolute_url()).content.decode()
        assert decision.number in page
        assert cast.host_chair.name not in page
        page = client.get(decision.get_absolute_url()).content.decode()
        assert meeting.get_absolute_url() in page

    def test_must_be_settled_before_the_meeting_closes(self, cast, considered):
        meeting = in_session(cast)
        decision = tabled(cast, meeting)
        with pytest.raises(InvalidInput):
            services.meeting_close(meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)
        services.decision_withdraw(decision_id=decision.pk, actor=cast.host_secretariat, at=NOON)
        closed = services.meeting_close(meeting_id=meeting.pk, actor=cast.host_secretariat, at=NOON)
        assert closed.status == MeetingStatus.CLOSED


class TestMinutes:
    WORDS = "Whispered in the corridor."

    def test_are_restricted_until_published(self, client, cast, time_machine):
        time_machine.move_to(NOON)
        meeting = in_session(cast)
        client.force_login(cast.host_secretariat)
        papers = {"restricted": SimpleUploadedFile("r.pdf", PDF), "public": SimpleUploadedFile("p.pdf", PDF)}
        client.post(reverse("committee:meeting-minutes", args=[meeting.pk]), {"text": self.WORDS, **papers})
        files = {access: reverse("committee:meeting-document", args=[meeting.pk, access]) for access in papers}
        assert [self.status(client, address) for address in files.values()] == [200, 200]
        client.logout()
        assert self.WORDS not in client.get(meeting.get_absolute_url()).content.decode()
        assert [self.status(client, address) for address in files.values()] == [404, 404]
        client.force_login(cast.host_secretariat)
        for verb in ("close", "publish"):
            client.post(reverse("committee:meeting-move", args=[meeting.pk, verb]))
        client.logout()
        assert self.WORDS in client.get(meeting.get_absolute_url()).content.decode()
        assert [self.status(client, address) for address in files.values()] == [404, 200]

    def test_are_final_once_published(self, cast):
        meeting = in_session(cast)
        asked = {"meeting_id": meeting.pk, "actor": cast.host_secretariat, "at": NOON}
        services.minutes_write(text=self.WORDS, files={}, **asked)
        with pytest.raises(TransitionRefused):
            services.minutes_publish(**asked)
        services.meeting_close(**asked)
        services.minutes_publish(**asked)
        with pytest.raises(TransitionRefused):
            services.minutes_write(text="Otherwise.", files={}, **asked)

    @staticmethod
    def status(client, address):
        response = client.get(address)
        b"".join(response)
        return response.status_code


class TestActionItems:
    def test_are_ticked_off_by_who_is_responsible(self, cast):
        meeting = in_session(cast)
        action = services.action_add(
            meeting_id=meeting.pk, text="Send the data.", responsible=cast.host_member, due_on=date(2026, 12, 1),
            actor=cast.host_secretariat, at=NOON,
        )  # fmt: skip
        with pytest.raises(NotPermitted):
            services.action_done(action_id=action.pk, actor=cast.japan_member, at=NOON)
        done = services.action_done(action_id=action.pk, actor=cast.host_member, at=NOON)
        assert (done.done_by, done.done_at) == (cast.host_member, NOON)
        with pytest.raises(TransitionRefused):
            services.action_done(action_id=action.pk, actor=cast.host_member, at=NOON)

    def test_are_for_people_inside(self, cast):
        with pytest.raises(InvalidInput):
            services.action_add(
                meeting_id=in_session(cast).pk, text="Send the data.", responsible=cast.participant, due_on=None,
                actor=cast.host_secretariat, at=NOON,
            )  # fmt: skip


class TestPages:
    def test_bring_a_meeting_to_its_end(self, client, cast, considered, time_machine):
        time_machine.move_to(NOON)
        meeting, decision = planned(cast), prepared_decision(cast)
        client.force_login(cast.host_secretariat)

        def press(name, *args, **sent):
            assert client.post(reverse(f"committee:{name}", args=args), sent).status_code == 302

        press("meeting-move", meeting.pk, "open")
        press("meeting-attendance", meeting.pk, **{
            f"there_{cast.japan_chair.pk}": "online", f"there_{cast.host_chair.pk}": "in_person",
            f"by_{cast.host_chair.pk}": cast.host_member.pk,
        })  # fmt: skip
        press("meeting-action", meeting.pk, text="Send the data.", responsible=cast.host_member.pk)
        press("decision-table", decision.pk, meeting=meeting.pk)
        client.force_login(cast.japan_secretariat)
        press("decision-record", decision.pk)
        decision.refresh_from_db()
        assert decision.status == DecisionStatus.ADOPTED
        page = client.get(meeting.get_absolute_url()).content.decode()
        for words in ("There is a quorum.", f"represented by {cast.host_member.name}", "Send the data."):
            assert words in page
        client.force_login(cast.host_member)
        press("action-done", meeting.actions.get().pk)
