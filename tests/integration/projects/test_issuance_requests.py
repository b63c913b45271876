"""Requests for issuance: amounts that sum exactly, accounts that exist, one open request a report."""

from datetime import date

import pytest

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from projects import ports, services
from projects.errors import ProjectNotRegistered
from projects.models import IssuanceRequest, ProjectParticipant
from projects.workflow import RequestStatus
from registry.models import Account
from tests.factories import cycle, holders
from tests.factories.cycle import NOON


@pytest.fixture
def report(people):
    return cycle.verified_report(people)


@pytest.fixture
def accounts(people):
    """Each side's government account."""
    governments = Account.objects.filter(registry__party__in=people.partnership.parties, kind="government")
    return {
        found.registry.party.iso2: ports.AccountChoice(found.number, str(found), found.registry.party)
        for found in governments.select_related("registry__party")
    }


def submit(report, people, amounts, *, actor=None):
    return services.issuance_request_submit(
        report_id=report.pk, allocations=amounts, actor=actor or people.participant, at=NOON
    )


def amount(accounts, code, quantity, *, vintage=2025):
    return (vintage, accounts[code].party, accounts[code].number, quantity)


class TestIssuanceRequestSubmit:
    def test_keeps_the_amounts_as_given(self, people, report, accounts):
        amounts = [amount(accounts, "JP", 6376), amount(accounts, "MN", 1594)]
        request = submit(report, people, amounts)
        found = set(request.allocations.values_list("vintage", "account_number", "quantity"))
        assert found == {(2025, accounts["JP"].number, 6376), (2025, accounts["MN"].number, 1594)}
        assert (request.status, request.submitted_by, request.submitted_at) == (
            RequestStatus.SUBMITTED,
            people.participant,
            NOON,
        )
        assert Event.objects.get(name="issuance_request.submitted").subject_id == str(request.pk)

    def test_lets_one_side_have_everything(self, people, report, accounts):
        assert submit(report, people, [amount(accounts, "MN", 7970)]).allocations.count() == 1

    def refused(self, report, people, amounts):
        with pytest.raises(InvalidInput) as refusal:
            submit(report, people, amounts)
        assert not IssuanceRequest.objects.exists()
        return refusal.value.fields

    @pytest.mark.parametrize("total", [7969, 7971])
    def test_refuses_a_tonne_too_few_or_too_many(self, people, report, accounts, total):
        found = self.refused(report, people, [amount(accounts, "JP", total)])
        assert found == {"vintage 2025": f"2025: the amounts sum to {total:,} t, but 7,970 t were verified."}

    def test_refuses_a_vintage_that_was_not_verified(self, people, report, accounts):
        amounts = [amount(accounts, "JP", 7970), amount(accounts, "JP", 1, vintage=2024)]
        assert set(self.refused(report, people, amounts)) == {"vintage 2024"}

    def test_checks_each_vintage_by_itself(self, people, accounts):
        report = cycle.verified_report(people, start=date(2024, 1, 1), end=date(2025, 12, 31))
        amounts = [amount(accounts, "JP", 7971, vintage=2024), amount(accounts, "JP", 7969)]
        assert set(self.refused(report, people, amounts)) == {"vintage 2024", "vintage 2025"}

    @pytest.mark.parametrize("quantity", [0, -1])
    def test_refuses_amounts_that_are_not_above_nought(self, people, report, accounts, quantity):
        amounts = [amount(accounts, "JP", 7970 - quantity), amount(accounts, "MN", quantity)]
        assert "above nought" in self.refused(report, people, amounts)["allocations"]

    def test_refuses_an_account_twice(self, people, report, accounts):
        amounts = [amount(accounts, "JP", 7000), amount(accounts, "JP", 970)]
        assert "named twice" in self.refused(report, people, amounts)["allocations"]

    def test_refuses_an_account_that_does_not_exist(self, people, report, accounts):
        party = accounts["JP"].party
        assert "JP-9999999-99" in self.refused(report, people, [(2025, party, "JP-9999999-99", 7970)])["allocations"]

    def test_refuses_an_account_of_the_other_side(self, people, report, accounts):
        wrong = (2025, accounts["MN"].party, accounts["JP"].number, 7970)
        assert set(self.refused(report, people, [wrong])) == {"allocations"}

    def test_refuses_an_account_of_a_third_party(self, people, strangers, report):
        host = strangers.partnership.host
        number = Account.objects.get(registry__party=host, kind="government").number
        assert set(self.refused(report, people, [(2025, host, number, 7970)])) == {"allocations"}

    def test_lets_a_participant_have_its_share(self, people, report, accounts):
        mine = holders.account("Alpha")
        ProjectParticipant.objects.create(project=report.project, organisation=mine.holder, party=accounts["JP"].party)
        amounts = [amount(accounts, "JP", 7000), (2025, accounts["JP"].party, mine.number, 970)]
        assert submit(report, people, amounts).allocations.count() == 2

    @pytest.mark.parametrize("state", ["open", "suspended"])
    def test_refuses_accounts_of_others_and_accounts_that_are_not_open(self, people, report, accounts, state):
        mine = holders.account("Alpha")
        if state != "open":
            ProjectParticipant.objects.create(
                project=report.project, organisation=mine.holder, party=accounts["JP"].party
            )
            Account.objects.filter(pk=mine.pk).update(state=state)
        amounts = [amount(accounts, "JP", 7000), (2025, accounts["JP"].party, mine.number, 970)]
        assert mine.number in self.refused(report, people, amounts)["allocations"]
        assert mine.number not in [choice.number for choice in ports.account_choices(report.project)]

    def test_refuses_when_nothing_was_verified(self, people, accounts):
        table = cycle.solar_table(date(2025, 1, 1), date(2025, 12, 31), values=["0"] * 12)
        report = cycle.verified_report(people, table=table)
        assert "nothing can be issued" in self.refused(report, people, [])["allocations"]

    def test_needs_no_amount_for_a_year_of_nought(self, people, accounts):
        table = cycle.solar_table(date(2024, 1, 1), date(2025, 12, 31))
        table = "\n".join(
            ",".join([*row.split(",")[:3], "0", "MWh"]) if ",2024-" in row else row for row in table.splitlines()
        )
        report = cycle.verified_report(people, table=table, start=date(2024, 1, 1), end=date(2025, 12, 31))
        assert submit(report, people, [amount(accounts, "JP", 7970)]).pk

    def test_refuses_a_report_that_is_not_verified(self, people, accounts):
        report = cycle.submitted_report(people)
        with pytest.raises(TransitionRefused):
            submit(report, people, [amount(accounts, "JP", 7970)])

    def test_refuses_a_second_open_request(self, people, report):
        submit(report, people, cycle.split(report))
        with pytest.raises(TransitionRefused):
            submit(report, people, cycle.split(report))

    def test_refuses_after_the_decision(self, people):
        request = cycle.decided_request(people)
        with pytest.raises(TransitionRefused):
            submit(request.report, people, cycle.split(request.report))

    @pytest.mark.parametrize("end", ["withdraw", "deny"])
    def test_may_be_made_anew_after_the_first_ended(self, people, report, end):
        first = cycle.considered_request(people, report=report)
        if end == "withdraw":
            services.issuance_request_withdraw(request_id=first.pk, actor=people.participant, at=NOON)
        else:
            services.issuance_request_deny(
                request_id=first.pk, decision=cycle.decision(people), reason="Later.", at=NOON
            )
        second = submit(report, people, cycle.split(report))
        assert second.pk != first.pk

    def test_may_come_before_registration(self, people):
        report = cycle.verified_report(people, project=cycle.validated_project(people))
        assert submit(report, people, cycle.split(report)).pk

    def test_refuses_other_people(self, people, report, strangers):
        for person in (people.tpe, people.host_secretariat, strangers.participant):
            with pytest.raises(NotPermitted):
                submit(report, people, cycle.split(report), actor=person)

    def test_corrects_what_was_returned(self, people, report, accounts):
        first = submit(report, people, cycle.split(report))
        services.issuance_request_return(
            request_id=first.pk, reason="80 to 20, please.", actor=people.host_secretariat, at=NOON
        )
        again = submit(report, people, [amount(accounts, "JP", 7970)])
        assert (again.pk, again.status, again.status_reason) == (first.pk, RequestStatus.SUBMITTED, "")
        assert list(again.allocations.values_list("quantity", flat=True)) == [7970]


class TestIssuanceRequestAccept:
    def test_puts_it_on_the_way_to_the_committee(self, people):
        request = cycle.considered_request(people)
        assert request.status == RequestStatus.CONSIDERED
        assert Event.objects.get(name="issuance_request.considered").actor == people.japan_secretariat

    def test_refuses_others(self, people, strangers):
        request = cycle.submitted_request(people)
        for person in (people.participant, people.tpe, people.japan_chair, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.issuance_request_accept(request_id=request.pk, actor=person, at=NOON)


class TestIssuanceRequestReturn:
    def test_refuses_without_a_reason(self, people):
        with pytest.raises(InvalidInput):
            services.issuance_request_return(
                request_id=cycle.submitted_request(people).pk, reason="", actor=people.host_secretariat, at=NOON
            )

    def test_refuses_the_participant(self, people):
        with pytest.raises(NotPermitted):
            services.issuance_request_return(
                request_id=cycle.submitted_request(people).pk, reason="No", actor=people.participant, at=NOON
            )


class TestIssuanceRequestWithdraw:
    def test_refuses_the_secretariat(self, people):
        with pytest.raises(NotPermitted):
            services.issuance_request_withdraw(
                request_id=cycle.submitted_request(people).pk, actor=people.host_secretariat, at=NOON
            )

    def test_refuses_after_the_decision(self, people):
        with pytest.raises(TransitionRefused):
            services.issuance_request_withdraw(
                request_id=cycle.decided_request(people).pk, actor=people.participant, at=NOON
            )


class TestIssuanceRequestDecide:
    def test_records_the_decision(self, people):
        request = cycle.decided_request(people)
        request.refresh_from_db()
        assert (request.status, request.decided_on, request.decision_number) == (
            RequestStatus.DECIDED,
            NOON.date(),
            "MN_JC900",
        )
        assert Event.objects.get(name="issuance_request.decided").data == {"decision": "MN_JC900"}

    def test_refuses_before_the_project_is_registered(self, people):
        report = cycle.verified_report(people, project=cycle.considered_project(people))
        request = cycle.considered_request(people, report=report)
        with pytest.raises(ProjectNotRegistered, match="not registered"):
            services.issuance_request_decide(request_id=request.pk, decision=cycle.decision(people), at=NOON)
        services.project_register(project_id=report.project_id, decision=cycle.decision(people), at=NOON)
        decided = services.issuance_request_decide(request_id=request.pk, decision=cycle.decision(people), at=NOON)
        assert decided.status == RequestStatus.DECIDED

    def test_refuses_what_the_secretariat_has_not_passed_on(self, people):
        with pytest.raises(TransitionRefused):
            services.issuance_request_decide(
                request_id=cycle.submitted_request(people).pk, decision=cycle.decision(people), at=NOON
            )

    def test_happens_once(self, people):
        request = cycle.decided_request(people)
        with pytest.raises(TransitionRefused):
            services.issuance_request_decide(request_id=request.pk, decision=cycle.decision(people), at=NOON)


class TestIssuanceRequestDeny:
    def test_keeps_the_reason(self, people):
        request = cycle.considered_request(people)
        services.issuance_request_deny(request_id=request.pk, decision=cycle.decision(people), reason="Later.", at=NOON)
        request.refresh_from_db()
        assert (request.status, request.status_reason, request.decided_on) == (RequestStatus.DENIED, "Later.", None)


class TestAccountPort:
    def test_without_a_registry_no_account_is_known(self, report, monkeypatch):
        monkeypatch.setattr(ports, "_directories", [])
        assert ports.account_choices(report.project) == []

    def test_the_last_directory_counts(self, people, report, monkeypatch):
        monkeypatch.setattr(ports, "_directories", [])
        japan = people.partnership.acquirer
        ports.register_accounts(lambda _project: [("JP-1", "First", japan)])
        ports.register_accounts(lambda _project: [("JP-2", "Second", japan)])
        assert ports.account_choices(report.project) == [("JP-2", "Second", japan)]
