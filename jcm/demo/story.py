"""Drives demonstration cases through the services, step by step, by the people who may do each step."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from committee import services as committee
from committee.models import Decision, DecisionItem
from core.models import User
from jcm.demo.cast import Cast
from jcm.demo.definitions import Sketch
from methodologies import services as methodologies
from methodologies.models import Methodology, MethodologyVersion
from parties import services as parties
from parties.models import Case, PublicCall, PublicInput, SectoralScope
from projects import ports
from projects import services as projects
from projects.models import IssuanceRequest, MonitoringReport, Project
from projects.periods import months_of
from projects.rules import Amount
from registry import services as registry
from registry.models import Authorization, IssuanceLeg, Proposal
from registry.workflow import LegState


@dataclass(frozen=True, slots=True)
class Plan:
    """A project of the demonstration."""

    title: str
    location: str
    latitude: str
    longitude: str
    operation_start: date
    estimated: int
    technology: str
    lifetime: int = 17


def found_complete(case: Case | None, *, actor: User, at: datetime) -> None:
    """Tick every item of the case's checklist, as the secretariat does before it accepts."""
    assert case is not None  # whatever was submitted is a case
    items = case.rule_pack.checklist.filter(kind=case.kind).values_list("pk", flat=True)
    parties.case_check(case_id=case.pk, item_ids=list(items), actor=actor, at=at)


class Clock:
    """The demonstration's calendar: each step happens some days after the one before."""

    def __init__(self, start: date) -> None:
        self.now = datetime(start.year, start.month, start.day, 3, 0, tzinfo=UTC)

    def after(self, days: int) -> datetime:
        """Let days pass and return the time."""
        self.now += timedelta(days=days)
        return self.now

    def jump(self, year: int, month: int) -> None:
        """Go on in another year, when a monitoring period is over."""
        self.now = self.now.replace(year=year, month=month, day=1)


class Story:
    """The cases of one partnership."""

    def __init__(self, people: Cast, start: date) -> None:
        self.people = people
        self.clock = Clock(start)
        self.japan, self.host = people.partnership.parties
        self.own_account = registry.account_open(
            party=self.japan, holder=people.company, source=people.participant.source
        )

    # --- decisions ---

    def decision(self, text: str, *, outcome: str = DecisionItem.Outcome.APPROVE) -> Decision:
        """Put everything on the agenda to an electronic decision that is open for answers."""
        waiting = DecisionItem.objects.filter(partnership=self.people.partnership, decision=None)
        prepared = committee.decision_prepare(
            partnership=self.people.partnership,
            item_ids=list(waiting.values_list("pk", flat=True)),
            text=text,
            outcome=outcome,
            actor=self.people.host_secretariat,
            at=self.clock.after(2),
        )
        return committee.decision_open(
            decision_id=prepared.pk, actor=self.people.japan_secretariat, at=self.clock.after(1)
        )

    def adopted(self, text: str, *, outcome: str = DecisionItem.Outcome.APPROVE) -> Decision:
        """Let the co-chairs affirm and the members keep silent until the deadline."""
        decision = self.decision(text, outcome=outcome)
        for chair in (self.people.japan_chair, self.people.host_chair):
            self.answer(decision, chair)
        committee.decisions_close_due(at=self.clock.after(8))
        decision.refresh_from_db()
        return decision

    def answer(self, decision: Decision, member: User, value: str = "affirm", reason: str = "") -> None:
        """Let a member declare that there is no conflict of interest, and answer two days later."""
        statements = dict.fromkeys(decision.items.values_list("pk", flat=True), "")
        committee.conflicts_declare(statements=statements, actor=member, at=self.clock.now)
        committee.decision_answer(
            decision_id=decision.pk, value=value, reason=reason, actor=member, at=self.clock.after(2)
        )

    # --- methodologies ---

    def draft_methodology(self, sketch: Sketch, revises: Methodology | None = None) -> MethodologyVersion:
        """Let the participant propose a methodology, or a minor revision of one."""
        return methodologies.methodology_propose(
            partnership=self.people.partnership,
            title=sketch.title,
            sectoral_scope=SectoralScope.objects.get(number=sketch.scope),
            texts=sketch.texts(),
            definition=sketch.definition(),
            proponent=self.people.company,
            methodology=revises,
            minor=revises is not None,
            actor=self.people.participant,
            at=self.clock.after(1),
        )

    def submitted_methodology(self, sketch: Sketch, revises: Methodology | None = None) -> MethodologyVersion:
        """Bring a methodology to the secretariat."""
        draft = self.draft_methodology(sketch, revises)
        at = self.clock.after(1)
        return methodologies.methodology_submit(version_id=draft.pk, actor=self.people.participant, at=at)

    def called_methodology(self, sketch: Sketch, revises: Methodology | None = None) -> MethodologyVersion:
        """Find a methodology complete, so that everybody can comment."""
        version = self.submitted_methodology(sketch, revises)
        at = self.clock.after(5)
        found_complete(version.case, actor=self.people.japan_secretariat, at=at)
        return methodologies.methodology_accept(version_id=version.pk, actor=self.people.japan_secretariat, at=at)

    def public_input(self, version: MethodologyVersion, name: str, text: str) -> PublicInput:
        """Let somebody without an account comment on a methodology, and confirm the address."""
        content: parties.InputContent = {
            "name": name, "organisation": "", "country": self.host.name_en, "email": "resident@people.example",
            "text": text,
        }  # fmt: skip
        call = PublicCall.objects.get(case=version.case_id)
        made = parties.input_send(call_id=call.pk, content=content, sender="", at=self.clock.after(1))
        return parties.input_confirm(token=parties.confirmation_token(made), at=self.clock.now)

    def considered_methodology(self, sketch: Sketch, revises: Methodology | None = None) -> MethodologyVersion:
        """Bring a methodology to the agenda, once everybody could comment for fifteen days."""
        version = self.called_methodology(sketch, revises)
        parties.calls_close_due(at=self.clock.after(16))
        version.refresh_from_db()
        return version

    def approved_methodology(self, sketch: Sketch, revises: Methodology | None = None) -> MethodologyVersion:
        """Bring a methodology through the committee."""
        version = self.considered_methodology(sketch, revises)
        self.adopted(f"The Joint Committee approves the methodology “{sketch.title}”.")
        version.refresh_from_db()
        return version

    # --- projects ---

    def draft_project(self, plan: Plan, version: MethodologyVersion) -> Project:
        """Let the participant write a complete design."""
        people = self.people
        draft = projects.project_draft(
            partnership=people.partnership, title=plan.title, actor=people.participant, at=self.clock.after(3)
        )
        changes: projects.DesignChanges = {
            "description": f"Demonstration project. {version.summary}",
            "technology": plan.technology,
            "location": plan.location,
            "latitude": Decimal(plan.latitude),
            "longitude": Decimal(plan.longitude),
            "operation_start": plan.operation_start,
            "lifetime_years": plan.lifetime,
            "estimated_per_year": plan.estimated,
            "methodologies": [version],
            "participants": [
                projects.ParticipantLine(people.company.name, self.japan, focal_point=True),
                projects.ParticipantLine(people.partner_company.name, self.host),
            ],
        }
        at = self.clock.after(1)
        return projects.project_update(project_id=draft.pk, changes=changes, actor=people.participant, at=at)

    def designed_project(self, plan: Plan, version: MethodologyVersion) -> Project:
        """Bring a project to validation."""
        draft = self.draft_project(plan, version)
        at = self.clock.after(1)
        return projects.project_submit_design(project_id=draft.pk, actor=self.people.participant, at=at)

    def validated_project(self, plan: Plan, version: MethodologyVersion) -> Project:
        """Let the third-party entity validate a project."""
        project = self.designed_project(plan, version)
        return projects.project_validate(
            project_id=project.pk,
            designation_id=self.people.designation.pk,
            statement="The design meets the rules and the methodology. No corrective action request is open.",
            actor=self.people.tpe,
            at=self.clock.after(31),
        )

    def requested_project(self, plan: Plan, version: MethodologyVersion) -> Project:
        """Bring a project to the secretariat."""
        project = self.validated_project(plan, version)
        at = self.clock.after(4)
        return projects.project_request_registration(project_id=project.pk, actor=self.people.participant, at=at)

    def considered_project(self, plan: Plan, version: MethodologyVersion) -> Project:
        """Bring a project to the agenda."""
        project = self.requested_project(plan, version)
        at = self.clock.after(5)
        found_complete(project.case, actor=self.people.japan_secretariat, at=at)
        return projects.project_accept(project_id=project.pk, actor=self.people.japan_secretariat, at=at)

    def registered_project(self, plan: Plan, version: MethodologyVersion) -> Project:
        """Bring a project through the committee."""
        project = self.considered_project(plan, version)
        self.adopted(f"The Joint Committee registers the project “{plan.title}”.")
        project.refresh_from_db()
        return project

    # --- monitoring ---

    def measured_report(self, project: Project, sketch: Sketch, start: date, end: date) -> MonitoringReport:
        """Let the participant report monthly readings that sway with the seasons."""
        people, at = self.people, self.clock.after(20)
        report = projects.report_create(
            project_id=project.pk, period_start=start, period_end=end, actor=people.participant, at=at
        )
        lines = ["meter,parameter,month,value,unit"]
        for symbol, _name, unit in sketch.monitored:
            for month in months_of(start, end):
                # A plain figure, a little above and below the typical month.
                value = Decimal(sketch.typical[symbol]) * (100 + (month.month * 7) % 9 - 4) / 100
                lines.append(f"Meter 1,{symbol},{month:%Y-%m},{value.normalize():f},{unit}")
        rows = projects.readings_read("\n".join(lines))
        return projects.readings_replace(report_id=report.pk, rows=rows, actor=people.participant, at=at)

    def submitted_report(self, project: Project, sketch: Sketch, start: date, end: date) -> MonitoringReport:
        """Bring a report to the third-party entity."""
        report = self.measured_report(project, sketch, start, end)
        at = self.clock.after(1)
        return projects.report_submit(report_id=report.pk, actor=self.people.participant, at=at)

    def verified_report(self, project: Project, sketch: Sketch, start: date, end: date) -> MonitoringReport:
        """Let the third-party entity verify a report."""
        report = self.submitted_report(project, sketch, start, end)
        return projects.report_verify(
            report_id=report.pk,
            designation_id=self.people.designation.pk,
            statement="The reductions follow from the readings and are free of material misstatement.",
            actor=self.people.tpe,
            at=self.clock.after(25),
        )

    # --- issuance ---

    def submitted_request(self, report: MonitoringReport, *, japan_percent: int = 80) -> IssuanceRequest:
        """Ask for issuance: Japan's share rounded down, half of it to the participant; the rest to the host."""
        choices = reversed(ports.account_choices(report.project))
        government = {choice.party.pk: choice.number for choice in choices}
        amounts: list[Amount] = []
        for result in report.results.filter(reductions__gt=0):
            japan = result.reductions * japan_percent // 100
            parts = [
                (self.japan, government[self.japan.pk], japan - japan // 2),
                (self.japan, self.own_account.number, japan // 2),
                (self.host, government[self.host.pk], result.reductions - japan),
            ]
            amounts += [(result.year, party, number, quantity) for party, number, quantity in parts if quantity]
        return projects.issuance_request_submit(
            report_id=report.pk, allocations=amounts, actor=self.people.participant, at=self.clock.after(3)
        )

    def considered_request(self, report: MonitoringReport, *, japan_percent: int = 80) -> IssuanceRequest:
        """Bring a request to the agenda."""
        request = self.submitted_request(report, japan_percent=japan_percent)
        at = self.clock.after(4)
        found_complete(request.case, actor=self.people.host_secretariat, at=at)
        return projects.issuance_request_accept(request_id=request.pk, actor=self.people.host_secretariat, at=at)

    def notified(self, report: MonitoringReport, *, japan_percent: int = 80) -> list[IssuanceLeg]:
        """Bring a request through the committee; return the legs, Japan's first."""
        request = self.considered_request(report, japan_percent=japan_percent)
        self.adopted(f"The Joint Committee decides the amount of credits for {report}.")
        legs = IssuanceLeg.objects.filter(notification__request=request)
        return sorted(legs, key=lambda leg: leg.registry.party_id != self.japan.pk)

    def authorized(self, leg: IssuanceLeg) -> IssuanceLeg:
        """Let both Parties authorize what a waiting leg would issue; return the leg, which may be issued now."""
        project = leg.notification.project
        vintages = sorted(line.vintage for line in leg.lines.all())
        desks = (
            (self.japan, self.people.japan_proposer, self.people.japan_approver),
            (self.host, self.people.host_proposer, self.people.host_approver),
        )
        for party, proposer, approver in desks:
            day = self.clock.after(7)
            made = registry.authorization_record(
                approach=project.partnership.cooperative_approach,
                party=party,
                project=project,
                vintage_from=vintages[0],
                vintage_to=vintages[-1],
                quantity=leg.notified,
                purpose=Authorization.Purpose.NDC,
                authorized_on=day.date(),
                reference=f"Letter of authorization of {party.name_en} for {project.number}",
                actor=proposer,
                at=day,
            )
            registry.authorization_confirm(authorization_id=made.pk, actor=approver, at=self.clock.after(1))
        leg.refresh_from_db()
        return leg

    def propose(self, leg: IssuanceLeg) -> IssuanceLeg:
        """Let the registry's first person propose."""
        mine = leg.registry.party_id == self.japan.pk
        proposer = self.people.japan_proposer if mine else self.people.host_proposer
        return registry.leg_propose(leg_id=leg.pk, actor=proposer, at=self.clock.after(1))

    # --- the ledger ---

    def representatives(self) -> None:
        """Let the participant propose for the company's account, and a colleague approve."""
        at = self.clock.after(1)
        for user, right in ((self.people.participant, "propose"), (self.people.colleague, "approve")):
            registry.representative_add(
                account_id=self.own_account.pk, user=user, right=right, actor=self.people.japan_proposer, at=at
            )

    def asked(self, kind: str, ask: registry.Ask, *, reason: str) -> Proposal:
        """Let the participant propose to move credits of the company's account."""
        return registry.proposal_create(
            kind=kind,
            from_account=self.own_account,
            asks=[ask],
            key=f"demonstration {kind} {self.clock.now:%Y-%m-%d}",
            actor=self.people.participant,
            at=self.clock.after(1),
            reason=reason,
        )

    def moved(self, kind: str, ask: registry.Ask, *, reason: str) -> None:
        """Bring a movement to its end: the colleague approves, and it is carried out at its time."""
        proposal = self.asked(kind, ask, reason=reason)
        approved = registry.proposal_approve(
            proposal_id=proposal.pk, actor=self.people.colleague, at=self.clock.after(1)
        )
        self.clock.now = max(self.clock.now, approved.execute_at or self.clock.now)
        # At the story's own time; the worker that is asked too finds it done.
        registry.proposal_execute(proposal_id=proposal.pk, at=self.clock.now)

    def issue(self, leg: IssuanceLeg) -> None:
        """Let two people of the registry issue a notified leg."""
        if leg.state != LegState.NOTIFIED:
            return
        self.propose(leg)
        mine = leg.registry.party_id == self.japan.pk
        approver = self.people.japan_approver if mine else self.people.host_approver
        at = self.clock.after(1)
        registry.leg_approve(leg_id=leg.pk, actor=approver, at=at)
        # At the story's own time; the worker that is asked too finds it done.
        registry.credits_issue(leg_id=leg.pk, at=at)
