"""One object of every kind in every state that a permission depends on, and people of every kind."""

import itertools
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signing import dumps
from django.db import connection
from django.utils import timezone

from committee import services as committee
from committee.models import Decision, DecisionItem
from core.models import Rendition, User
from jcm.demo.cast import Cast, assemble
from methodologies import services as methodologies
from methodologies.models import MethodologyVersion
from parties import services as parties
from parties.models import Designation, Organisation, Partnership, Role, RoleAssignment
from parties.receivers import INVITATION
from parties.services import Grant, invite
from projects import services as projects
from projects.models import IssuanceRequest, MonitoringReport
from registry import services as registry
from registry.models import Account, Certificate, Checkpoint, CreditBlock, IssuanceLeg, LogEntry, Registry
from registry.serials import read
from tests.factories import cycle, entities, exchange, gate, ideas, ledger, rulebook
from tests.factories.decisions import answered, declared
from tests.factories.files import pdf, xlsx

# Texts that only some may read; none of them is a part of another.
DRAFT_METHODOLOGY = "Quietheron"
RETURNED_METHODOLOGY = "Silentotter"
DRAFT_PROJECT = "Hushedbadger"
RESTRICTED_NAME = "mutedlynx"
PROPOSED_WITHDRAWAL = "Muzzledmagpie"
RESTRICTED_SHEET_NAME = "mumrabbit"
RESTRICTED_CELL = "muffledmink"
RESTRICTED_SHEET = xlsx({"Inputs": [[RESTRICTED_CELL]]})
RESTRICTED_WORD = "whisperingibex"
RESTRICTED_FILE = pdf(RESTRICTED_WORD)
OBJECTION = "Unspokenmarten"
UNADOPTED = "Stillsparrow"
MINUTES = "Softspokenheron"
RETURNED_PROJECT = "Tacitcrane"
RETURNED_REPORT = "Mutewolverine"
RETURNED_REQUEST = "Noiselessbison"
RETURNED_APPLICATION = "Voicelessgull"
PROPOSED_MEASURE = "Unvoicedmoth"
UNPUBLISHED_INPUT = "Softspokenwallaby"
SENDERS_ADDRESS = "taciturnquoll"
FILED_IDEA = "Dumbstruckeel"
RETURNED_IDEA = "Wordlesswren"
DRAFT_RULES = "Soundlessstoat"
PROPOSED_SPECIAL = "Inaudibleibis"
CANARIES = (
    DRAFT_METHODOLOGY, RETURNED_METHODOLOGY, DRAFT_PROJECT, RESTRICTED_NAME, RESTRICTED_WORD,
    OBJECTION, UNADOPTED, MINUTES, RETURNED_PROJECT, RETURNED_REPORT, RETURNED_REQUEST, RETURNED_APPLICATION,
    PROPOSED_MEASURE, UNPUBLISHED_INPUT, SENDERS_ADDRESS, FILED_IDEA, RETURNED_IDEA, DRAFT_RULES,
    PROPOSED_SPECIAL, PROPOSED_WITHDRAWAL, RESTRICTED_SHEET_NAME, RESTRICTED_CELL,
)  # fmt: skip


@dataclass
class World:
    """People by name, and the arguments of addresses by the name of a state: `places["draft"] == {"pk": 7}`."""

    mongolia: Cast
    viet_nam: Cast
    people: dict[str, User | None] = field(default_factory=dict)
    places: dict[str, dict[str, object]] = field(default_factory=dict)


def build() -> World:
    """Make everything through the services, for the partnerships of Mongolia and Viet Nam."""
    world = World(assemble("MN"), assemble("VN"))
    world.people = _people(world)
    _methodologies(world)
    _projects(world)
    _reports(world)
    _requests(world)
    _decisions(world)
    _meetings(world)
    _entities(world)
    _ideas(world)
    _rules(world)
    _legs(world)
    _accounts(world)
    _applications(world)
    _authorizations(world)
    _elsewhere(world)
    _log(world)
    _cases(world)
    _invitations(world)
    world.places |= {
        "": {},
        "no_calendar": {"key": "unknown"},
        "mongolia": {"slug": "mongolia"},
        "tpe": {"number": world.mongolia.designation.number},
    }
    return world


def _people(world: World) -> dict[str, User | None]:
    mongolia, viet_nam = world.mongolia, world.viet_nam
    mine = (
        "participant", "tpe", "japan_secretariat", "host_secretariat", "japan_chair", "host_chair",
        "host_member", "japan_proposer", "japan_approver", "host_proposer", "host_approver",
    )  # fmt: skip
    # Japan's registry administrators serve all partnerships: they are the same people in both casts.
    theirs = ("participant", "tpe", "host_secretariat", "host_chair", "host_member", "host_proposer", "host_approver")
    return {
        "anonymous": None,
        **{name: getattr(mongolia, name) for name in mine},
        "rival": _worker(world, "rival", Role.PARTICIPANT),
        "retired_tpe": _retired_tpe(world),
        "former": _former(world),
        **_watchers(mongolia.partnership),
        **{f"vn_{name.removeprefix('host_')}": getattr(viet_nam, name) for name in theirs},
    }


def _worker(world: World, name: str, role: Role) -> User:
    """Return somebody with this role in an organisation of their own."""
    person = User.objects.create(email=f"{name}@people.example", name=name)
    company = Organisation.objects.create(name=f"Organisation of {name}", country=world.mongolia.partnership.host)
    RoleAssignment.objects.create(user=person, role=role, organisation=company, valid_from=date(2013, 1, 1))
    return person


def _retired_tpe(world: World) -> User:
    """Return a verifier whose entity was designated until 2020."""
    person = _worker(world, "retired", Role.TPE)
    Designation.objects.create(
        number="TPE-MN-801",
        partnership=world.mongolia.partnership,
        organisation=person.roles.get().organisation,
        designated_on=date(2014, 1, 1),
        valid_until=date(2020, 12, 31),
    )
    return person


def _invitations(world: World) -> None:
    mongolia = world.mongolia
    host = mongolia.partnership.host
    asked = {"name": "Guest", "language": "en", "valid_from": date(2026, 1, 1), "valid_until": None}
    now = timezone.now()
    member = invite(
        email="guest@people.example", grant=Grant(Role.MEMBER, mongolia.partnership, host),
        actor=mongolia.host_secretariat, at=now, **asked,
    )  # fmt: skip
    keeper = invite(
        email="keeper@people.example", grant=Grant(Role.REGISTRY_APPROVER, party=host),
        actor=mongolia.host_proposer, at=now, **asked,
    )  # fmt: skip
    role = RoleAssignment.objects.get(user=mongolia.host_member, role=Role.MEMBER)
    world.places |= {
        "invited_member": {"pk": member.pk},
        "invited_keeper": {"pk": keeper.pk},
        "invitation": {"token": dumps(member.pk, salt=INVITATION)},
        "role": {"pk": role.pk},
    }


def _watchers(partnership: Partnership) -> dict[str, User]:
    """Return those who read more than others, and those who serve more than one partnership."""
    host, lasting = {"party": partnership.host}, {"valid_until": date(2099, 12, 31)}
    scopes: dict[Role, dict[str, Any]] = {
        Role.AUDITOR: lasting,
        Role.EXPERT: {"partnership": partnership, **host, **lasting},
        Role.GOVERNMENT_VIEWER: host,
        Role.JCM_AGENCY: {"party": partnership.acquirer},
        Role.OPERATOR: {},
    }
    people = {}
    for role, scope in scopes.items():
        person = User.objects.create(email=f"{role}@people.example", name=str(role.label))
        RoleAssignment.objects.create(user=person, role=role, valid_from=date(2013, 1, 1), **scope)
        people[str(role)] = person
    return people


def _former(world: World) -> User:
    """Return somebody who was chair, secretariat and registry administrator of Mongolia, until 2020."""
    person = User.objects.create(email="former@people.example", name="Former")
    partnership = world.mongolia.partnership
    for role in (Role.CO_CHAIR, Role.SECRETARIAT, Role.REGISTRY_PROPOSER, Role.REGISTRY_APPROVER):
        RoleAssignment.objects.create(
            user=person,
            role=role,
            partnership=partnership,
            party=partnership.host,
            valid_from=date(2013, 1, 1),
            valid_until=date(2020, 12, 31),
        )
    return person


def _methodologies(world: World) -> None:
    people = world.mongolia
    sheets = {
        "public": SimpleUploadedFile("sheet.pdf", pdf("For everybody")),
        "restricted": SimpleUploadedFile(f"{RESTRICTED_SHEET_NAME}.xlsx", RESTRICTED_SHEET),
    }
    made = {
        "m draft": cycle.drafted_methodology(people, title=f"{DRAFT_METHODOLOGY} boilers"),
        "m submitted": cycle.submitted_methodology(people, title="Submitted boilers"),
        "m considered": cycle.considered_methodology(people, title="Considered boilers", files=sheets),
    }
    returned = cycle.submitted_methodology(people, title="Returned boilers")
    made["m returned"] = methodologies.methodology_return(
        version_id=returned.pk, reason=RETURNED_METHODOLOGY, actor=people.host_secretariat, at=cycle.NOON
    )
    approved = cycle.approved_methodology(people)
    world.places |= {place: {"pk": version.pk} for place, version in made.items()}
    doubted = cycle.approved_methodology(people, title="Doubted boilers")
    withdrawal = methodologies.withdrawal_propose(
        version_id=doubted.pk, reason=PROPOSED_WITHDRAWAL, actor=people.host_secretariat, at=cycle.NOON
    )
    number = approved.methodology.number
    world.places |= {
        "m approved": {"pk": approved.pk},
        "m doubted": {"number": doubted.methodology.number, "version": doubted.version},
        "m withdrawal": {"pk": doubted.pk, "withdrawal": withdrawal.pk},
        "m public sheet": {"pk": made["m considered"].pk, "access": "public"},
        "m restricted sheet": {"pk": made["m considered"].pk, "access": "restricted"},
        "m number": {"number": number},
        "m version": {"number": number, "version": approved.version},
    }


def _cases(world: World) -> None:
    """A case that everybody sees, with its call and inputs in each state, and one that only its insiders see."""
    people = world.mongolia
    case = cycle.called_methodology(people, title="Called boilers").case
    number = {"number": case.number}
    sent = []
    for text in (UNPUBLISHED_INPUT, UNPUBLISHED_INPUT, "Everybody may read this."):
        content = {"name": "Sender", "organisation": "", "country": "", "text": text}
        address = f"{SENDERS_ADDRESS}{len(sent)}@people.example"
        sent.append(
            parties.input_send(
                call_id=case.call.pk,
                content={**content, "email": address},
                sender=str(len(sent)),
                at=cycle.NOON,
                attachment=SimpleUploadedFile("input.pdf", b"%PDF-1.7 input"),
            )
        )
    for made in sent[1:]:
        parties.input_confirm(token=parties.confirmation_token(made), at=cycle.NOON)
    parties.input_publish(input_id=sent[2].pk, actor=people.host_secretariat, at=cycle.NOON)
    states = ("unconfirmed", "received", "published")
    world.places |= {f"k {state}": {**number, "pk": made.pk} for state, made in zip(states, sent, strict=True)}
    pack = parties.pack_draft(partnership=people.partnership, actor=people.host_secretariat, at=timezone.now())
    world.places |= {"k draft pack": {"number": pack.number}, "k pack": {"number": case.rule_pack.number}}
    private = MethodologyVersion.objects.get(pk=world.places["m submitted"]["pk"]).case
    world.places |= {"k called": number, "k private": {"number": private.number}, "k token": {"token": "wrong"}}
    for name, written in (("k called letter", case), ("k private letter", private)):
        row = written.stages.order_by("pk")[0]
        world.places[name] = {"number": written.number, "pk": row.pk, "language": "en"}


def _projects(world: World) -> None:
    people = world.mongolia
    draft = cycle.drafted_project(people, title=f"{DRAFT_PROJECT} solar")
    filed = cycle.drafted_project(people, title="Filed solar")
    files = {
        "public": SimpleUploadedFile("design.pdf", pdf("For everybody")),
        "restricted": SimpleUploadedFile(f"{RESTRICTED_NAME}.pdf", RESTRICTED_FILE),
    }
    projects.project_attach_document(project_id=filed.pk, files=files, actor=people.participant, at=cycle.NOON)
    filed = projects.project_submit_design(project_id=filed.pk, actor=people.participant, at=cycle.NOON)
    returned = cycle.requested_project(people, title="Returned solar")
    returned = projects.project_return(
        project_id=returned.pk, reason=RETURNED_PROJECT, actor=people.host_secretariat, at=cycle.NOON
    )
    world.places |= {
        "p draft": {"pk": draft.pk},
        "p section": {"pk": draft.pk, "section": "description"},
        "p design": {"number": filed.number},
        "p public file": {"number": filed.number, "access": "public"},
        "p restricted file": {"number": filed.number, "access": "restricted"},
        "p validated": {"number": returned.number},
        "p requested": {"number": cycle.requested_project(people).number},
        "p registered": {"number": cycle.registered_project(people).number},
    }


def _reports(world: World) -> None:
    people = world.mongolia
    returned = cycle.submitted_report(people)
    returned = projects.report_return(report_id=returned.pk, reason=RETURNED_REPORT, actor=people.tpe, at=cycle.NOON)
    made: dict[str, MonitoringReport] = {
        "r draft": cycle.measured_report(people),
        "r submitted": cycle.submitted_report(people),
        "r returned": returned,
        "r verified": cycle.verified_report(people),
    }
    world.places |= {place: {"number": report.project.number, "pk": report.pk} for place, report in made.items()}
    readings = {"r reading": made["r verified"], "r draft reading": made["r draft"]}
    world.places |= {place: {"pk": report.readings.all()[0].pk} for place, report in readings.items()}


def _requests(world: World) -> None:
    people = world.mongolia
    returned = cycle.submitted_request(people)
    returned = projects.issuance_request_return(
        request_id=returned.pk, reason=RETURNED_REQUEST, actor=people.host_secretariat, at=cycle.NOON
    )
    made: dict[str, IssuanceRequest] = {
        "q submitted": cycle.submitted_request(people),
        "q returned": returned,
        "q decided": cycle.decided_request(people),
    }
    world.places |= {
        place: {"number": request.report.project.number, "pk": request.pk} for place, request in made.items()
    }


def _decisions(world: World) -> None:
    prepared = _decision(world, f"{UNADOPTED} is proposed.")
    stopped = _opened(world, _decision(world, "To be stopped."))
    answered(stopped, world.mongolia.host_member, "object", OBJECTION, at=timezone.now())
    adopted = _opened(world, _decision(world, "To be adopted."))
    people = world.mongolia
    for member in (people.japan_member, people.host_member, people.japan_chair, people.host_chair):
        answered(adopted, member, at=timezone.now())
    opened = _opened(world, _decision(world, "To be answered."))
    for member in (people.japan_chair, people.host_chair, people.host_member):
        declared(opened, member, at=timezone.now())
    delegation = committee.delegation_name(
        partnership=people.partnership, delegate=people.host_chair, starts_on=date(2100, 1, 1),
        ends_on=date(2100, 1, 2), actor=people.host_member, at=timezone.now(),
    )  # fmt: skip
    world.places["delegation"] = {"pk": delegation.pk}
    decisions = {"d prepared": prepared, "d stopped": stopped, "d adopted": adopted, "d open": opened}
    world.places |= {place: {"pk": decision.pk} for place, decision in decisions.items()}
    world.places |= {f"{place} file": {"pk": d.pk, "language": "en"} for place, d in decisions.items()}


def _decision(world: World, text: str) -> Decision:
    """Prepare a decision about a new methodology."""
    people = world.mongolia
    version = cycle.considered_methodology(people, title="For the committee")
    item = DecisionItem.objects.get(methodology_version=version, decision=None)
    return committee.decision_prepare(
        partnership=people.partnership, item_ids=[item.pk], text=text, actor=people.host_secretariat, at=timezone.now()
    )


def _meetings(world: World) -> None:
    """A planned meeting, and one in session with minutes, an action item and a decision before it."""
    people, now = world.mongolia, timezone.now()
    clerk: dict[str, Any] = {"actor": people.host_secretariat, "at": now}
    planned, opened = (
        committee.meeting_plan(
            partnership=people.partnership, **clerk,
            details=committee.Details(
                number=number, place="Ulaanbaatar", form="hybrid", host=people.partnership.host,
                starts_on=date(2020, 1, 1), ends_on=date(2020, 1, 2),
            ),
        )
        for number in (101, 102)
    )  # fmt: skip
    committee.meeting_open(meeting_id=opened.pk, **clerk)
    present = {person.pk: committee.Present("online") for person in (people.japan_chair, people.host_chair)}
    committee.attendance_record(meeting_id=opened.pk, present=present, **clerk)
    paper = SimpleUploadedFile("minutes.pdf", pdf("Minutes"))
    committee.minutes_write(meeting_id=opened.pk, text=MINUTES, files={"restricted": paper}, **clerk)
    action = committee.action_add(
        meeting_id=opened.pk, text="Send the data.", responsible=people.host_member, due_on=None, **clerk
    )
    tabled = _decision(world, "To be confirmed.")
    committee.decision_table(decision_id=tabled.pk, meeting_id=opened.pk, **clerk)
    world.places |= {
        "t planned": {"pk": planned.pk},
        "t planned open": {"pk": planned.pk, "verb": "open"},
        "t open": {"pk": opened.pk},
        "t minutes": {"pk": opened.pk, "access": "restricted"},
        "t action": {"pk": action.pk},
        "d tabled": {"pk": tabled.pk},
    }


def _opened(world: World, decision: Decision) -> Decision:
    return committee.decision_open(decision_id=decision.pk, actor=world.mongolia.japan_secretariat, at=timezone.now())


def _papers() -> dict[str, SimpleUploadedFile]:
    """Return a public and a restricted paper, which can be read once."""
    return {
        "public": SimpleUploadedFile("application.pdf", pdf("For everybody")),
        "restricted": SimpleUploadedFile(f"{RESTRICTED_NAME}.pdf", RESTRICTED_FILE),
    }


def _entities(world: World) -> None:
    """Applications of the verifier's other organisations, and measures on their designations."""
    people = world.mongolia
    submitted = entities.filed(people, entities.body(people, "Applicant"))
    returned = parties.application_return(
        application_id=entities.filed(people, entities.body(people, "Returned")).pk,
        reason=RETURNED_APPLICATION, actor=people.host_secretariat, at=cycle.NOON,
    )  # fmt: skip
    first, second = (entities.granted(people, entities.body(people, name), files=_papers()) for name in ("One", "Two"))
    proposed = entities.proposed(people, first, "suspend", reason=PROPOSED_MEASURE)
    entities.carried_out(people, second, "suspend")
    granted = first.applications.get()
    world.places |= {
        "a submitted": {"pk": submitted.pk},
        "a returned": {"pk": returned.pk},
        "a public file": {"pk": granted.pk, "access": "public"},
        "a restricted file": {"pk": granted.pk, "access": "restricted"},
        "measure proposed": {"number": first.number, "pk": proposed.pk},
        "measure adopted": {"number": second.number, "pk": second.measures.get().pk},
    }


def _ideas(world: World) -> None:
    """Idea notes of the participant: filed, returned, and answered with files."""
    people = world.mongolia
    files = {
        "public": SimpleUploadedFile("idea.pdf", pdf("For everybody")),
        "restricted": SimpleUploadedFile(f"{RESTRICTED_NAME}.pdf", RESTRICTED_FILE),
    }
    filed = ideas.filed(people, title=f"{FILED_IDEA} biogas")
    returned = projects.idea_note_return(
        note_id=ideas.filed(people).pk, reason=RETURNED_IDEA, actor=people.host_secretariat, at=cycle.NOON
    )
    answered = ideas.answered(people, files=files)
    world.places |= {
        "idea filed": {"number": filed.number},
        "idea returned": {"number": returned.number},
        "idea answered": {"number": answered.number},
        "idea public file": {"number": answered.number, "access": "public"},
        "idea restricted file": {"number": answered.number, "access": "restricted"},
    }


def _rules(world: World) -> None:
    """Sets of rule documents, drafted and adopted; special measures, proposed and adopted."""
    people = world.mongolia
    version = ("PCP", "01.0", "Not yet")
    draft = rulebook.drafted(
        people, version, title=f"{DRAFT_RULES} rules", file=SimpleUploadedFile("draft.pdf", pdf("Not yet"))
    )
    told = ("GL_VV", "01.0", "For everybody")
    adopted = rulebook.adopted(people, told, file=SimpleUploadedFile("rules.pdf", pdf("For everybody")))
    newer = SimpleUploadedFile("newer.pdf", pdf(f"For everybody {DRAFT_RULES}"))
    proposed = rulebook.proposed(people, ("GL_VV", "02.0", "Not yet"), file=newer)
    changed = Rendition.objects.get(document=proposed.documents.get().document_id)
    world.places["k change"] = {"number": proposed.case.number, "pk": changed.pk}
    measures = {
        "special proposed": rulebook.special_measure(people, text=PROPOSED_SPECIAL),
        "special adopted": rulebook.adopted_measure(people),
    }
    world.places |= {place: {"pk": measure.pk} for place, measure in measures.items()}
    world.places |= {
        "rules draft": {"pk": draft.pk},
        "rules adopted": {"pk": adopted.pk},
        "rules document": {"pk": draft.pk, "document": draft.documents.get().pk},
        "rule": {"slug": "mongolia", "code": "GL_VV"},
        "rule file": {"slug": "mongolia", "code": "GL_VV", "version": "01.0"},
        "draft file": {"slug": "mongolia", "code": "PCP", "version": "01.0"},
    }


def _legs(world: World) -> None:
    people = world.mongolia
    made: dict[str, IssuanceLeg] = {}
    for side, party, proposer in (
        ("japan", "JP", people.japan_proposer),
        ("host", "MN", people.host_proposer),
    ):
        project = ledger.registered_project()
        made[f"l {side} notified"] = ledger.leg(project, {2020: 10}, party=party, state="notified")
        waiting = ledger.leg(project, {2020: 10}, party=party, state="notified")
        made[f"l {side} proposed"] = registry.leg_propose(leg_id=waiting.pk, actor=proposer, at=timezone.now())
        approved = ledger.leg(project, {2020: 10}, party=party)
        registry.credits_issue(leg_id=approved.pk, at=timezone.now())
    world.places |= {place: {"pk": leg.pk} for place, leg in made.items()}
    blocks = CreditBlock.objects.select_related("series__registry__party", "series__project__partnership__host")
    world.places |= {
        "a problem": {"code": "not-permitted"},
        "a key": {"key": "unknown"},
        "a reset": {"uidb36": "1", "key": "unknown"},
        "a passkey": {"pk": 1},
        "i country": {"iso2": "MN"},
        "i partnership": {"code": "MN"},
        "i issuance": {"pk": made["l host notified"].notification_id},
    }
    world.places["serial"] = {"serial": str(next(itertools.islice(blocks, 1)).serial)}


def _accounts(world: World) -> None:
    """Japan's government account with a proposal, and freezes of one credit each."""
    proposer = world.mongolia.japan_proposer
    account = Account.objects.get(registry__party__iso2="JP", kind=Account.Kind.GOVERNMENT)
    retire = registry.Ask(quantity=1, purpose="ndc", beneficiary="Government of Japan", reporting_year=2026)
    made = registry.proposal_create(
        kind="retirement", from_account=account, asks=[retire], key="world", actor=proposer, at=timezone.now()
    )
    world.places |= {
        "account": {"number": account.number},
        "proposal": {"pk": made.pk},
        "registry": {"code": "jp"},
        "registry file": {"code": "jp", "name": "account-holders", "file_format": "csv"},
        "certificate": {"number": _certificate(world, account).number},
    }
    world.places["certificate file"] = world.places["certificate"] | {"language": "en"}
    block = CreditBlock.objects.filter(account=account).first()
    frozen = [
        registry.freeze_set(
            registry=account.registry, serial=read(f"{block.series}-{number}"), reason="Drill", actor=proposer,
            at=timezone.now(),
        )
        for number in (block.last, block.last - 1)
    ]  # fmt: skip
    registry.freeze_lift_propose(freeze_id=frozen[1].pk, actor=proposer, at=timezone.now())
    world.places |= {
        "retirement": {"kind": "retirement"},
        "freeze": {"pk": frozen[0].pk},
        "freeze to lift": {"pk": frozen[1].pk},
    }


def _certificate(world: World, account: Account) -> Certificate:
    """Retire one credit of the account, and certify it."""
    people, now = world.mongolia, timezone.now()
    retire = registry.Ask(quantity=1, purpose="ndc", beneficiary="Government of Japan", reporting_year=2026)
    made = registry.proposal_create(
        kind="retirement", from_account=account, asks=[retire], key="certified", actor=people.japan_proposer, at=now
    )
    registry.proposal_approve(proposal_id=made.pk, actor=people.japan_approver, at=now)
    entry = registry.proposal_execute(proposal_id=made.pk, at=now)
    return registry.certificates_issue(transaction_id=entry, at=now)[0]


def _authorizations(world: World) -> None:
    """An authorization of Japan that waits for confirmation."""
    waiting = gate.recorded(world.mongolia, world.mongolia.partnership.acquirer)
    world.places |= {"authorization": {"pk": waiting.pk}, "approach": {"pk": waiting.approach_id}}


def _applications(world: World) -> None:
    """An account in each state on its way, applied for by the participant; a representative; a trusted account."""
    people, at = world.mongolia, timezone.now()
    government = Account.objects.select_related("registry__party").get(
        registry__party__iso2="JP", kind=Account.Kind.GOVERNMENT
    )
    applied, checked = (
        registry.account_apply(
            registry=government.registry, holder=company, representative="Pat", email="pat@people.example",
            address="1 Street", files={"Extract": SimpleUploadedFile("extract.pdf", b"%PDF-1.7 extract")},
            actor=people.participant, at=at,
        )
        for company in (_workplace(world, "First"), _workplace(world, "Second"))
    )  # fmt: skip
    registry.account_check(account_id=checked.pk, actor=people.japan_proposer, at=at)
    opened, suspended = (
        registry.account_open(party=government.registry.party, holder=_workplace(world, name))
        for name in ("Third", "Fourth")
    )
    registry.account_suspend(account_id=suspended.pk, reason="Dormant", actor=people.japan_proposer, at=at)
    person = registry.representative_add(
        account_id=opened.pk, user=User.objects.create(email="view@people.example", name="View"), right="view",
        actor=people.japan_proposer, at=at,
    )  # fmt: skip
    trust = registry.trust_add(account_id=government.pk, destination=opened, actor=people.japan_approver, at=at)
    document = applied.application.documents.get().renditions.get()
    world.places |= {
        "account applied": {"number": applied.number},
        "account checked": {"number": checked.number},
        "account opened": {"number": opened.number},
        "account suspended": {"number": suspended.number},
        "account document": {"number": applied.number, "pk": document.pk},
        "person": {"number": opened.number, "pk": person.pk},
        "trust": {"number": government.number, "pk": trust.pk},
    }


def _workplace(world: World, name: str) -> Organisation:
    """Return another organisation for which the participant works."""
    company = Organisation.objects.create(name=f"{name} company", country=world.mongolia.partnership.host)
    RoleAssignment.objects.create(
        user=world.mongolia.participant, role=Role.PARTICIPANT, organisation=company, valid_from=date(2013, 1, 1)
    )
    return company


def _elsewhere(world: World) -> None:
    """Registries kept elsewhere: one entered, one in use with a comparison to examine and one to close."""
    people = world.mongolia
    keepers = (people.japan_proposer, people.japan_approver)
    japan = Registry.objects.get(party__iso2="JP")
    entered = exchange.counterpart(japan, keepers[0], None, code="ENTERED")
    used = exchange.counterpart(japan, *keepers)
    other = exchange.side(used)
    examined = exchange.compared(other, used, "extra-block")[0]  # freezes nothing
    corrected = exchange.compared(other, used)[0]
    registry.cycle_correct(cycle_id=corrected.pk, correction="Mended.", actor=keepers[0], at=timezone.now())
    world.places |= {
        "counterpart entered": {"pk": entered.pk},
        "counterpart": {"pk": used.pk},
        "cycle": {"pk": examined.pk},
        "cycle corrected": {"pk": corrected.pk},
    }


def _log(world: World) -> None:
    """The log of Japan's registry, sealed."""
    with connection.cursor() as cursor:  # the leaves are written when a transaction is committed, which this is not
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    registry.logs_seal(at=timezone.now())
    entry = LogEntry.objects.filter(registry__party__iso2="JP").first()
    size = Checkpoint.objects.filter(registry=entry.registry).first().size
    world.places |= {
        "log": {"code": "jp"},
        "log size": {"code": "jp", "size": size},
        "log index": {"code": "jp", "entry": entry.index},
        "log leaf": {"code": "jp", "entry": entry.leaf_id},
    }
