"""The demonstration: cases that the public decks name, and others, so that every state can be seen.

The figures of the named cases are the decks' estimates; readings, people and companies are invented.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from committee import services as committee
from core.models import Source, User
from jcm.demo import definitions as sketches
from jcm.demo import meetings, subjects
from jcm.demo.cast import PASSWORD, Cast, assemble, auditor
from jcm.demo.elsewhere import ministry
from jcm.demo.story import Plan, Story
from methodologies import services as methodologies
from methodologies.models import MethodologyVersion
from parties import services as parties
from projects import services as projects
from projects.models import Project
from registry.models import Account
from registry.services import Ask


def is_loaded() -> bool:
    """Return whether the demonstration is there already."""
    return Project.objects.filter(source=Source.DEMONSTRATION).exists()


@transaction.atomic
def load(progress: Callable[[str], None], *, at: datetime) -> None:
    """Load everything, or nothing; tells `progress` the country that it works on.

    Decisions that are open for answers are opened shortly before `at`.
    """
    tellers = {"MN": _mongolia, "ID": _indonesia, "VN": _viet_nam, "TH": _thailand, "MM": _myanmar, "PH": _philippines}
    for host, teller in tellers.items():
        progress(host)
        teller(assemble(host), at)
    auditor(until=(at + timedelta(days=365)).date())


def sign_in_table() -> str:
    """Return who can sign in, as lines for a terminal: the people of one partnership, in the order of the cycle."""
    people = User.objects.filter(source=Source.DEMONSTRATION, roles__isnull=False).distinct().order_by("pk")
    mongolia = [person for person in people if _serves(person, "MN")]
    lines = [f"  {person.email:<32} {person.name}" for person in mongolia]
    return "\n".join([f"Demonstration sign-ins, password “{PASSWORD}”:", *lines]) if lines else ""


def _serves(person: User, host: str) -> bool:
    domains = (f"{host.lower()}.example", f"{host.lower()}-registry.example", "jp-registry.example", "jcm.example")
    return person.email.partition("@")[2] in domains


def _mongolia(people: Cast, at: datetime) -> None:
    """A solar plant with credits in both registries, moved and used; a request and a proposal on their way."""
    story = Story(people, date(2018, 3, 1))
    solar = story.approved_methodology(sketches.SOLAR_MONGOLIA)
    plan = Plan(
        "Installation of a 15 MW Solar Power Plant near Ulaanbaatar",
        "Near Ulaanbaatar", "47.80000", "106.50000", date(2018, 10, 1), 17_500, "Solar PV",
    )  # fmt: skip
    plant = story.registered_project(plan, solar)
    story.clock.jump(2020, 3)
    first = story.verified_report(plant, sketches.SOLAR_MONGOLIA, date(2018, 10, 1), date(2019, 12, 31))
    for leg in story.notified(first):
        story.issue(leg)
    _movements(story)
    story.clock.jump(2021, 3)
    second = story.verified_report(plant, sketches.SOLAR_MONGOLIA, date(2020, 1, 1), date(2020, 12, 31))
    japan, _host = story.notified(second)
    story.propose(japan)
    school = Plan(
        "Solar Panels on the Roofs of Schools", "Darkhan", "49.48670", "105.92280", date(2019, 9, 1), 240, "Solar PV"
    )
    roofs = story.registered_project(school, solar)
    report = story.verified_report(roofs, sketches.SCHOOL_MONGOLIA, date(2019, 9, 1), date(2020, 12, 31))
    _japan, host = story.notified(report)
    story.propose(host)
    story.clock.jump(2024, 3)
    third = story.verified_report(plant, sketches.SOLAR_MONGOLIA, date(2021, 1, 1), date(2023, 12, 31))
    waiting, host = story.notified(third)
    story.issue(host)
    story.issue(story.authorized(waiting))
    story.clock.jump(2026, 3)
    story.verified_report(plant, sketches.SOLAR_MONGOLIA, date(2024, 1, 1), date(2024, 12, 31))
    story.submitted_report(plant, sketches.SOLAR_MONGOLIA, date(2025, 1, 1), date(2025, 12, 31))
    story.draft_methodology(sketches.CHILLER_THAILAND)
    _designed(story, school, solar)
    _waiting(story, at)
    ministry(people, at)
    meetings.of_mongolia(people, at)


def _designed(story: Story, like: Plan, solar: MethodologyVersion) -> None:
    """One design with the third-party entity, one request for registration."""
    story.designed_project(replace(like, title="Solar Power Plant near Khovd", location="Khovd",
                                   latitude="48.00560", longitude="91.64190", estimated=9_100), solar)  # fmt: skip
    story.requested_project(replace(like, title="Solar Power Plant near Choibalsan", location="Choibalsan",
                                    latitude="48.07800", longitude="114.53500", estimated=6_300), solar)  # fmt: skip


def _waiting(story: Story, at: datetime) -> None:
    """Entities; a decision open for answers; a proposal that a colleague of the company is asked to approve."""
    subjects.of_mongolia(story)
    story.considered_methodology(sketches.TRANSFORMERS_VIET_NAM)
    story.clock.now = at - timedelta(days=4)
    story.decision("The Joint Committee approves the methodology for efficient transformers.")
    beneficiary, year = story.people.company.name, story.clock.now.year
    offset = Ask(quantity=100, purpose="voluntary", beneficiary=beneficiary, reporting_year=year)
    story.asked("cancellation", offset, reason="The emissions of our annual meeting.")


def _movements(story: Story) -> None:
    """A transfer and a retirement of the company's credits."""
    story.representatives()
    government = Account.objects.get(registry=story.own_account.registry, kind=Account.Kind.GOVERNMENT)
    story.moved("transfer", Ask(quantity=1_200, to_account=government), reason="The government's agreed share.")
    retired = Ask(quantity=500, purpose="ndc", beneficiary="Government of Japan", reporting_year=2020)
    story.moved("retirement", retired, reason="For the contribution of Japan.")


def _indonesia(people: Cast, _at: datetime) -> None:
    """Waste heat of the cement industry with credits; hybrid buses in validation."""
    story = Story(people, date(2017, 4, 3))
    waste_heat = story.approved_methodology(sketches.CEMENT_INDONESIA)
    plan = Plan(
        "Power Generation by Waste Heat Recovery in the Cement Industry",
        "Tuban, East Java", "-6.86500", "111.93000", date(2018, 1, 1), 122_000, "Waste heat recovery",
    )  # fmt: skip
    plant = story.registered_project(plan, waste_heat)
    story.clock.jump(2021, 2)
    report = story.verified_report(plant, sketches.CEMENT_INDONESIA, date(2018, 1, 1), date(2020, 12, 31))
    for leg in story.notified(report, japan_percent=60):
        story.issue(leg)
    story.clock.jump(2025, 2)
    later = story.verified_report(plant, sketches.CEMENT_INDONESIA, date(2021, 1, 1), date(2023, 12, 31))
    story.notified(later, japan_percent=60)
    last = story.verified_report(plant, sketches.CEMENT_INDONESIA, date(2024, 1, 1), date(2024, 12, 31))
    story.submitted_request(last, japan_percent=60)
    buses = story.approved_methodology(sketches.BUSES_INDONESIA)
    fleet = Plan(
        "Introduction of CNG-Diesel Hybrid Equipment to Public Buses",
        "Semarang, Central Java", "-6.99320", "110.42030", date(2019, 1, 1), 330, "Transport",
    )  # fmt: skip
    story.designed_project(fleet, buses)
    story.approved_methodology(sketches.BUSES_INDONESIA, buses.methodology)
    subjects.of_indonesia(story)


def _viet_nam(people: Cast, _at: datetime) -> None:
    """Efficient transformers: requests returned, withdrawn, not approved; a report returned."""
    story = Story(people, date(2019, 5, 6))
    sketch = sketches.TRANSFORMERS_VIET_NAM
    transformers = story.approved_methodology(sketch)
    plan = Plan(
        "Energy-efficient Amorphous Transformers in Southern and Central Power Grids",
        "Southern and central Viet Nam", "10.77690", "106.70090", date(2018, 5, 1), 7_972, "Energy distribution",
    )  # fmt: skip
    grid = story.registered_project(plan, transformers)
    story.clock.jump(2021, 3)
    returned = story.submitted_request(story.verified_report(grid, sketch, date(2018, 5, 1), date(2018, 12, 31)))
    projects.issuance_request_return(
        request_id=returned.pk,
        reason="The verification report is not attached.",
        actor=people.host_secretariat,
        at=story.clock.after(4),
    )
    withdrawn = story.submitted_request(story.verified_report(grid, sketch, date(2019, 1, 1), date(2019, 12, 31)))
    projects.issuance_request_withdraw(request_id=withdrawn.pk, actor=people.participant, at=story.clock.after(4))
    story.considered_request(story.verified_report(grid, sketch, date(2020, 1, 1), date(2020, 12, 31)))
    story.adopted("The allocation does not follow the agreed shares.", outcome="deny")
    story.clock.jump(2024, 3)
    story.considered_request(story.verified_report(grid, sketch, date(2021, 1, 1), date(2021, 12, 31)))
    sent_back = story.submitted_report(grid, sketch, date(2022, 1, 1), date(2022, 12, 31))
    projects.report_return(
        report_id=sent_back.pk,
        reason="The calibration certificate of meter 1 is out of date.",
        actor=people.tpe,
        at=story.clock.after(9),
    )
    story.measured_report(grid, sketch, date(2023, 1, 1), date(2023, 12, 31))


def _thailand(people: Cast, _at: datetime) -> None:
    """Floating solar before the secretariat, an absorption chiller, a rejected and a withdrawn project."""
    story = Story(people, date(2020, 2, 3))
    solar = story.approved_methodology(sketches.SOLAR_THAILAND)
    lake = Plan(
        "Introduction of a 5 MW Floating Solar Power System on an Industrial Water Reservoir",
        "Rayong", "12.68140", "101.28160", date(2020, 4, 1), 2_552, "Floating solar PV",
    )  # fmt: skip
    story.considered_project(Plan("Solar System on a Site without Title", "Chonburi", "13.36110", "100.98470",
                                  date(2019, 4, 1), 800, "Solar PV"), solar)  # fmt: skip
    story.adopted("The right to use the land is not shown.", outcome="deny")
    again = story.requested_project(Plan("Solar System of a Retail Chain", "Bangkok", "13.75630", "100.50180",
                                         date(2019, 6, 1), 1_400, "Solar PV"), solar)  # fmt: skip
    projects.project_withdraw_request(project_id=again.pk, actor=people.participant, at=story.clock.after(3))
    chiller = story.approved_methodology(sketches.CHILLER_THAILAND)
    plant = Plan(
        "Introduction of a Large-scale High-efficiency Absorption Chiller",
        "Samut Prakan", "13.59910", "100.59980", date(2021, 1, 1), 1_750, "Energy efficiency",
    )  # fmt: skip
    cooling = story.registered_project(plant, chiller)
    story.requested_project(lake, solar)
    story.considered_methodology(sketches.BUSES_INDONESIA)
    story.adopted("The reference is not conservative.", outcome="deny")
    story.clock.jump(2022, 3)
    report = story.verified_report(cooling, sketches.CHILLER_THAILAND, date(2021, 1, 1), date(2021, 12, 31))
    _closed, host = story.notified(report, japan_percent=0)
    story.issue(host)
    subjects.withdrawn(story, chiller, reason="Chillers of today are better than the reference. A new one is due.")


def _myanmar(people: Cast, at: datetime) -> None:
    """Waste to energy before the committee: a decision stopped by an objection, one open."""
    story = Story(people, date(2021, 6, 1))
    waste = story.approved_methodology(sketches.WASTE_MYANMAR)
    plan = Plan(
        "Waste-to-Energy Plant in Yangon City",
        "Yangon", "16.86610", "96.19510", date(2022, 4, 1), 4_732, "Waste to energy",
    )  # fmt: skip
    story.considered_project(plan, waste)
    stopped = story.decision("The Joint Committee registers the waste-to-energy plant.")
    story.answer(
        stopped, people.host_member, "object", "The share of fossil carbon in the waste must be measured anew."
    )
    withdrawn = story.decision("The Joint Committee registers the waste-to-energy plant, with a new measurement.")
    committee.decision_withdraw(decision_id=withdrawn.pk, actor=people.host_secretariat, at=story.clock.after(2))
    story.clock.now = at - timedelta(days=6)
    open_one = story.decision("The Joint Committee registers the waste-to-energy plant, waste measured anew.")
    story.answer(open_one, people.japan_chair)


def _philippines(people: Cast, at: datetime) -> None:
    """A geothermal binary plant, validated; a methodology in each early state, one of them open for public inputs."""
    story = Story(people, date(2022, 3, 1))
    binary = story.approved_methodology(sketches.GEOTHERMAL_PHILIPPINES)
    plan = Plan(
        "Binary Power Generation at a Geothermal Power Plant",
        "Laguna", "14.08000", "121.21000", date(2023, 6, 1), 15_200, "Geothermal power",
    )  # fmt: skip
    story.validated_project(plan, binary)
    story.draft_project(replace(plan, title="Second Binary Plant at the same Geothermal Field"), binary)
    story.submitted_methodology(sketches.SOLAR_THAILAND)
    returned = story.submitted_methodology(sketches.TRANSFORMERS_VIET_NAM)
    methodologies.methodology_return(
        version_id=returned.pk,
        reason="The source of the reference losses is missing.",
        actor=people.japan_secretariat,
        at=story.clock.after(5),
    )
    withdrawn = story.submitted_methodology(sketches.WASTE_MYANMAR)
    methodologies.methodology_withdraw(version_id=withdrawn.pk, actor=people.participant, at=story.clock.after(5))
    story.considered_methodology(sketches.CEMENT_INDONESIA)
    waiting = story.considered_methodology(sketches.CHILLER_THAILAND)
    committee.decision_prepare(
        partnership=people.partnership,
        item_ids=[waiting.decision_items.get().pk],
        text="The Joint Committee approves the methodology for absorption chillers.",
        actor=people.host_secretariat,
        at=story.clock.after(2),
    )
    _called(story, at)


def _called(story: Story, at: datetime) -> None:
    """A methodology on which everybody can comment now: one input is published and answered, one waits."""
    story.clock.now = at - timedelta(days=11)
    version = story.called_methodology(sketches.BUSES_INDONESIA)
    first = story.public_input(version, "Demonstration Resident", "Does the fuel of the depot's vehicles count too?")
    story.public_input(version, "Demonstration Passenger", "The buses should run in the evening as well.")
    secretariat = story.people.host_secretariat
    parties.input_publish(input_id=first.pk, actor=secretariat, at=story.clock.now)
    reply = "It does: the fuel of every vehicle of the line is metered."
    parties.input_reply(input_id=first.pk, text=reply, actor=story.people.participant, at=story.clock.now)
