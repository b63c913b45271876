"""Designation of third-party entities: application, grant, extension, measures, history."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from committee.errors import BeforeTheCommittee
from committee.models import DecisionItem
from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from parties import services
from parties.models import Designation, DesignationApplication, DesignationTerm
from parties.workflow import ApplicationStatus, DesignationStatus, ProposalStatus
from tests.factories import cycle, entities
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision, open_decision
from tests.factories.files import pdf

TODAY = NOON.date()


def day(after: int) -> date:
    return TODAY + timedelta(days=after)


def told(name: str) -> list[Event]:
    return list(Event.objects.filter(name=name))


class TestApplicationFile:
    def test_keeps_what_the_entity_says(self, people):
        application = entities.filed(people)
        assert application.status == ApplicationStatus.SUBMITTED
        assert [s.number for s in application.scopes_verification.all()] == [1, 3]
        assert (application.submitted_by, application.accredited_until) == (people.tpe, entities.ENDS)
        assert len(told("designation_application.submitted")) == 1

    def test_stores_both_renditions(self, people):
        files = {access: SimpleUploadedFile(f"{access}.pdf", pdf("x")) for access in ("public", "restricted")}
        application = entities.filed(people, files=files)
        assert {r.access for r in application.document.renditions.all()} == {"public", "restricted"}

    def test_refuses_people_of_other_organisations(self, people, strangers):
        body = entities.body(people)
        for person in (people.participant, people.host_secretariat, strangers.tpe):
            with pytest.raises(NotPermitted):
                services.application_file(
                    partnership=people.partnership, organisation=body, content=entities.content(), actor=person, at=NOON
                )

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"scopes_validation": [], "scopes_verification": []}, "scopes_validation"),
            ({"accredited_until": day(-1)}, "accredited_until"),
            ({"accreditation_body": " "}, "accreditation_body"),
            ({"certificate_number": ""}, "certificate_number"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, people, wrong, field):
        with pytest.raises(InvalidInput) as refusal:
            entities.filed(people, **wrong)
        assert set(refusal.value.fields) == {field}
        assert not DesignationApplication.objects.exists()

    def test_takes_an_accreditation_on_its_last_day(self, people):
        assert entities.filed(people, accredited_until=TODAY).pk

    def test_asks_no_certificate_of_an_operational_entity(self, people):
        assert entities.filed(people, basis="cdm_doe", accreditation_body="", certificate_number="").pk

    def test_refuses_a_second_one_at_the_same_time(self, people):
        entities.filed(people)
        with pytest.raises(InvalidInput, match="under way"):
            entities.filed(people)

    def test_sends_a_designated_entity_to_its_designation(self, people):
        with pytest.raises(InvalidInput, match="TPE-MN-900 is designated already"):
            entities.filed(people, people.designation.organisation)

    def test_extends_only_what_stands(self, people):
        with pytest.raises(InvalidInput, match="no designation"):
            entities.filed(people, kind="scopes")

    def test_asks_for_scopes_that_are_missing(self, people):
        designation = entities.granted(people)
        with pytest.raises(InvalidInput, match="has these scopes already"):
            entities.filed(people, designation.organisation, kind="scopes")


class TestApplicationCheck:
    def test_is_the_secretariats(self, people, strangers):
        application = entities.filed(people)
        for person in (people.tpe, people.japan_chair, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.application_accept(application_id=application.pk, actor=person, at=NOON)
            with pytest.raises(NotPermitted):
                services.application_return(application_id=application.pk, reason="Why.", actor=person, at=NOON)

    def test_returns_with_a_reason_and_takes_the_correction(self, people):
        application = entities.filed(people)
        with pytest.raises(InvalidInput):
            services.application_return(
                application_id=application.pk, reason=" ", actor=people.host_secretariat, at=NOON
            )
        services.application_return(
            application_id=application.pk, reason="The certificate.", actor=people.host_secretariat, at=NOON
        )
        corrected = services.application_correct(
            application_id=application.pk,
            content=entities.content(certificate_number="AB-2", scopes_validation=entities.scopes(13)),
            actor=people.tpe,
            at=NOON,
        )
        assert (corrected.status, corrected.status_reason) == (ApplicationStatus.SUBMITTED, "")
        assert corrected.certificate_number == "AB-2"
        assert [s.number for s in corrected.scopes_validation.all()] == [13]

    def test_correction_is_for_what_was_returned(self, people):
        application = entities.filed(people)
        with pytest.raises(TransitionRefused):
            services.application_correct(
                application_id=application.pk, content=entities.content(), actor=people.tpe, at=NOON
            )

    def test_puts_a_complete_one_on_the_agenda_until_it_is_withdrawn(self, people):
        application = entities.considered(people)
        item = DecisionItem.objects.get()
        assert (item.kind, item.designation_application) == ("tpe_designation", application)
        services.application_withdraw(application_id=application.pk, actor=people.tpe, at=NOON)
        assert not DecisionItem.objects.exists()


class TestDesignationGrant:
    def test_follows_from_the_committees_decision(self, people):
        application = entities.considered(people)
        decision = adopted_decision(people)
        application.refresh_from_db()
        designation = application.designation
        assert (designation.number, designation.status) == ("TPE-MN-901", DesignationStatus.DESIGNATED)
        assert (designation.designated_on, designation.valid_until) == (TODAY, entities.ENDS)
        assert [s.number for s in designation.scopes_validation.all()] == [1]
        assert [s.number for s in designation.scopes_verification.all()] == [1, 3]
        assert (application.status, application.decision_number) == (ApplicationStatus.GRANTED, decision.number)
        assert decision.items.get().entity == designation

    def test_denial_keeps_the_reason(self, people):
        application = entities.considered(people)
        adopted_decision(people, outcome="deny")
        application.refresh_from_db()
        assert (application.status, application.designation) == (ApplicationStatus.DENIED, None)
        assert application.status_reason == "The Joint Committee decides as proposed."

    def test_numbers_run_on(self, people):
        assert entities.granted(people).number == "TPE-MN-901"
        assert entities.granted(people, entities.body(people, "Another")).number == "TPE-MN-902"

    def test_refuses_what_is_not_considered(self, people):
        application = entities.filed(people)
        with pytest.raises(TransitionRefused):
            services.designation_grant(application_id=application.pk, decision=cycle.decision(people), at=NOON)

    def test_refuses_an_application_for_more(self, people):
        designation = entities.granted(people)
        more = entities.considered(people, designation.organisation, kind="renewal")
        with pytest.raises(TransitionRefused):
            services.designation_grant(application_id=more.pk, decision=cycle.decision(people), at=NOON)


class TestDesignationExtend:
    def extended(self, people, designation, *, days, **asked):
        at = NOON + timedelta(days=days)
        application = entities.considered(people, designation.organisation, at=at, **asked)
        return services.designation_extend(application_id=application.pk, decision=entities.later(people, days), at=at)

    def test_adds_scopes(self, people):
        designation = entities.granted(people)
        more = self.extended(
            people, designation, days=5, kind="scopes", scopes_validation=entities.scopes(13), scopes_verification=[]
        )
        assert [s.number for s in more.scopes_validation.order_by("number")] == [1, 13]
        assert [s.number for s in more.scopes_verification.order_by("number")] == [1, 3]
        assert not designation.allows("validation", 13, on=day(4))
        assert Designation.objects.get(pk=designation.pk).allows("validation", 13, on=day(5))

    def test_renews_with_the_scopes_that_are_accredited(self, people):
        designation = entities.granted(people, accredited_until=day(10))
        renewed = self.extended(
            people, designation, days=20, kind="renewal", accredited_until=day(400), scopes_verification=[]
        )
        assert renewed.valid_until == day(400)
        assert not renewed.scopes_verification.exists()
        # Between the end of the old accreditation and the renewal nothing was allowed, and that stays true.
        allowed = [renewed.allows("validation", 1, on=day(n)) for n in (0, 10, 11, 19, 20, 400, 401)]
        assert allowed == [True, True, False, False, True, True, False]
        assert renewed.allows("verification", 3, on=day(10))
        assert not renewed.allows("verification", 3, on=day(20))

    def test_goes_the_way_of_the_committee(self, people):
        designation = entities.granted(people)
        entities.considered(people, designation.organisation, kind="renewal", accredited_until=day(2000))
        adopted_decision(people)
        designation.refresh_from_db()
        assert designation.valid_until == day(2000)


class TestMeasures:
    def test_suspend_and_resume(self, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "suspend", days=3, work_may_finish=True)
        back = entities.carried_out(people, designation, "resume", days=7)
        assert back.status == DesignationStatus.DESIGNATED
        allowed = [back.allows("validation", 1, on=day(n)) for n in (-1, 0, 2, 3, 6, 7)]
        assert allowed == [False, True, True, False, False, True]
        then = back.terms_on(day(5))
        assert (then.status, then.work_may_finish, then.valid_from) == ("suspended", True, day(3))
        terms = DesignationTerm.objects.filter(designation=designation).values_list("change", "reason")
        assert list(terms)[1] == ("suspended", "The accreditation body opened an inquiry.")

    def test_withdraw_for_good(self, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "withdraw", days=1)
        designation.refresh_from_db()
        assert designation.status == DesignationStatus.WITHDRAWN
        with pytest.raises(TransitionRefused):
            entities.proposed(people, designation, "resume")
        with pytest.raises(IntegrityError), transaction.atomic():
            Designation.objects.filter(pk=designation.pk).update(status=DesignationStatus.DESIGNATED)

    def test_withdraw_scopes(self, people):
        designation = entities.granted(people)
        after = entities.carried_out(
            people, designation, "withdraw_scopes", days=2, scopes_verification=entities.scopes(3)
        )
        assert after.status == DesignationStatus.DESIGNATED
        assert [after.allows("verification", 3, on=day(n)) for n in (1, 2)] == [True, False]
        assert after.allows("verification", 1, on=day(2))

    def test_scopes_withdrawn_while_suspended_leave_the_suspension_as_it_was(self, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "suspend", days=1, work_may_finish=True)
        after = entities.carried_out(
            people, designation, "withdraw_scopes", days=2, scopes_verification=entities.scopes(3)
        )
        assert (after.status, after.terms_on(day(2)).work_may_finish) == (DesignationStatus.SUSPENDED, True)

    @pytest.mark.parametrize(
        ("kind", "other", "field"),
        [
            ("suspend", {"reason": " "}, "reason"),
            ("withdraw_scopes", {}, "scopes_validation"),
            ("withdraw_scopes", {"scopes_validation": [3]}, "scopes_validation"),
            ("withdraw_scopes", {"scopes_validation": [1], "scopes_verification": [1, 3]}, "scopes_validation"),
            ("suspend", {"scopes_validation": [1]}, "kind"),
            ("withdraw", {"work_may_finish": True}, "work_may_finish"),
        ],
    )
    def test_refuse_what_makes_no_sense(self, people, kind, other, field):
        designation = entities.granted(people)
        asked = {name: entities.scopes(*value) if name.startswith("scopes") else value for name, value in other.items()}
        with pytest.raises(InvalidInput) as refusal:
            entities.proposed(people, designation, kind, **asked)
        assert set(refusal.value.fields) == {field}

    def test_are_proposed_by_the_secretariat_one_at_a_time(self, people, strangers):
        designation = entities.granted(people)
        for person in (people.tpe, people.japan_chair, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.measure_propose(
                    designation_id=designation.pk, kind="suspend", reason="Why.", actor=person, at=NOON
                )
        entities.proposed(people, designation, "suspend")
        with pytest.raises(InvalidInput, match="proposed already"):
            entities.proposed(people, designation, "withdraw")

    def test_wait_on_the_agenda_and_follow_the_decision(self, people):
        designation = entities.granted(people)
        measure = entities.proposed(people, designation, "suspend")
        adopted_decision(people)
        measure.refresh_from_db()
        designation.refresh_from_db()
        assert (measure.status, designation.status) == (ProposalStatus.ADOPTED, DesignationStatus.SUSPENDED)

    def test_not_adopted_change_nothing(self, people):
        designation = entities.granted(people)
        measure = entities.proposed(people, designation, "suspend")
        adopted_decision(people, outcome="deny")
        measure.refresh_from_db()
        designation.refresh_from_db()
        assert (measure.status, designation.status) == (ProposalStatus.DENIED, DesignationStatus.DESIGNATED)

    def test_taken_back_leave_the_agenda(self, people):
        measure = entities.proposed(people, entities.granted(people), "suspend")
        services.measure_withdraw(measure_id=measure.pk, actor=people.japan_secretariat, at=NOON)
        assert not DecisionItem.objects.filter(designation_measure=measure).exists()


class TestGiveUp:
    def given_up(self, people, designation, **other):
        return services.designation_give_up(
            designation_id=designation.pk, **{"reason": "We close.", "actor": people.tpe, "at": NOON, **other}
        )

    def test_ends_the_designation_today(self, people):
        designation = entities.granted(people)
        self.given_up(people, designation, at=NOON + timedelta(days=2))
        after = Designation.objects.get(pk=designation.pk)
        assert after.status == DesignationStatus.GIVEN_UP
        assert [after.allows("validation", 1, on=day(n)) for n in (1, 2)] == [True, False]
        assert after.terms.last().author == people.tpe

    def test_is_the_entitys_own_act(self, people, strangers):
        designation = entities.granted(people)
        for person in (people.host_secretariat, people.participant, strangers.tpe):
            with pytest.raises(NotPermitted):
                self.given_up(people, designation, actor=person)

    def test_takes_along_what_was_proposed_about_it(self, people):
        designation = entities.granted(people)
        measure = entities.proposed(people, designation, "suspend")
        application = entities.considered(people, designation.organisation, kind="renewal")
        self.given_up(people, designation)
        measure.refresh_from_db()
        application.refresh_from_db()
        assert (measure.status, application.status) == (ProposalStatus.WITHDRAWN, ApplicationStatus.WITHDRAWN)
        assert not DecisionItem.objects.filter(designation=designation).exists()

    def test_waits_while_the_committee_decides(self, people):
        designation = entities.granted(people)
        entities.proposed(people, designation, "suspend")
        open_decision(people)
        with pytest.raises(BeforeTheCommittee), transaction.atomic():
            self.given_up(people, designation)
        designation.refresh_from_db()
        assert designation.status == DesignationStatus.DESIGNATED

    def test_makes_room_for_a_new_application(self, people):
        designation = entities.granted(people)
        self.given_up(people, designation)
        again = entities.granted(people, designation.organisation)
        assert again.number == "TPE-MN-902"


class TestHistory:
    def test_of_a_recorded_designation_begins_with_its_day(self, people):
        """A designation that only a list tells of gets a history when it changes for the first time."""
        Designation.objects.filter(pk=people.designation.pk).update(designated_on=day(-100))
        assert not people.designation.terms.exists()
        entities.carried_out(people, people.designation, "suspend")
        terms = people.designation.terms.values_list("change", "valid_from", "ended_on")
        assert list(terms) == [("recorded", day(-100), TODAY), ("suspended", TODAY, None)]

    def test_two_changes_of_one_day_leave_the_last(self, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "suspend")
        after = entities.carried_out(people, designation, "resume")
        assert after.terms_on(TODAY).status == DesignationStatus.DESIGNATED

    def test_periods_cannot_overlap(self, people):
        designation = entities.granted(people)
        first = designation.terms.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            DesignationTerm.objects.create(
                designation=designation,
                valid_from=day(5),
                status="designated",
                scopes_validation=[],
                scopes_verification=[],
                change=first.change,
                recorded_at=NOON,
            )

    def test_lists_agree_with_single_records(self, people):
        """What the database answers for a day is what each record answers."""
        entities.granted(people, accredited_until=day(9))
        changed = entities.granted(people, entities.body(people, "Changed"))
        entities.carried_out(people, changed, "suspend", days=2)
        entities.carried_out(people, changed, "resume", days=4)
        entities.carried_out(people, changed, "withdraw", days=6)
        for n in range(-2, 12):
            listed = {d.pk for d in Designation.objects.on(day(n))}
            single = {d.pk for d in Designation.objects.all() if d.allows("validation", 1, on=day(n))}
            assert listed == single, n
