"""One credit's whole life in the browser: ten people, from a proposed methodology to the public serial page."""

import pytest
from playwright.sync_api import Page, expect

from committee import services as committee
from committee.models import Decision
from jcm.demo.cast import PASSWORD, Cast, assemble
from methodologies.models import MethodologyVersion
from parties import services as parties
from parties.models import PublicCall
from projects.models import MonitoringReport, Project
from registry.models import CreditBlock, IssuanceLeg
from registry.workflow import LegState
from tests.factories.cycle import TEXTS, solar_table
from tests.functional.people import Person
from tests.waiting import eventually

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def cast(transactional_db) -> Cast:
    return assemble("MN")


@pytest.fixture
def window(new_context, live_server, cast):
    """Return how a person of the cast opens a window; each signs in once."""
    opened: dict[str, Person] = {}

    def of(name: str) -> Person:
        if name not in opened:
            opened[name] = Person(new_context, live_server.url, getattr(cast, name))
        return opened[name]

    return of


def decide(window, text: str) -> Decision:
    """One secretariat prepares, the other opens; both co-chairs affirm; the members keep silent to the end."""
    host = window("host_secretariat")
    host.open_from_inbox("Put to the Joint Committee")
    for box in host.page.locator("main input[type=checkbox]").all():
        box.check()
    host.fill(text=text)
    host.press("Prepare the decision")
    japan = window("japan_secretariat")
    japan.open_from_inbox("Open a prepared decision")
    japan.press("Open for answers")
    japan.sees("Open for answers")
    for chair in ("japan_chair", "host_chair"):
        person = window(chair)
        person.open_from_inbox("Answer an electronic decision")
        for box in person.page.get_by_label("No conflict of interest").all():
            box.check()
        person.press("Record my declaration")
        person.page.get_by_label("I affirm").check()
        person.press("Record my answer")
        person.sees("Your answer is recorded.")
    decision = Decision.objects.latest("pk")
    assert decision.status == "open", "members are silent: only the deadline adopts"
    committee.decisions_close_due(at=decision.closes_at)
    decision.refresh_from_db()
    assert decision.status == "adopted"
    return decision


def approve_methodology(window, cast: Cast) -> MethodologyVersion:
    participant = window("participant")
    participant.open("/inbox/")
    participant.follow("Propose a methodology")
    participant.fill(
        partnership=str(cast.partnership),
        title="Installation of Solar PV System",
        sectoral_scope="1. Energy industries (renewable-/non-renewable sources)",
        **TEXTS,
        symbol_1="EG",
        name_1="Electricity generated",
        unit_1="MWh",
        kind_1="Monitored by meters",
        symbol_2="EF",
        name_2="Emission factor of the grid",
        unit_2="tCO2/MWh",
        kind_2="Fixed ex ante",
        default_2="0.797",
        reference="EG * EF",
        project="0",
    )
    participant.press("Save draft")
    participant.press("Submit")
    participant.sees("MN_PM900")
    secretariat = window("japan_secretariat")
    secretariat.open_from_inbox("Check a methodology for completeness")
    secretariat.press("Complete: ask the public")
    secretariat.sees("Open for public inputs")
    parties.calls_close_due(at=PublicCall.objects.get().closes_at)
    decide(window, "The Joint Committee approves the methodology.")
    return MethodologyVersion.objects.get(methodology__number="MN_AM900")


def register_project(window, cast: Cast, version: MethodologyVersion) -> Project:
    participant = window("participant")
    participant.open("/inbox/")
    participant.follow("Design a project")
    participant.fill(partnership=str(cast.partnership), title="Solar power plant near Ulaanbaatar")
    participant.press("Begin")
    sections = {
        "description": {
            "description": "A photovoltaic plant that feeds the grid.",
            "technology": "Solar PV",
            "location": "Near Ulaanbaatar",
            "latitude": "47.8",
            "longitude": "106.5",
        },
        "operation": {"operation_start": "2019-07-01", "lifetime_years": "17", "estimated_per_year": "7900"},
        "participants": {
            "acquirer": cast.company.name,
            "host": cast.partner_company.name,
        },
    }
    design = participant.page.url
    for name, values in sections.items():
        participant.open(f"{design}{name}/")
        participant.fill(**values)
        participant.press("Save")
    participant.open(f"{design}methodologies/")
    participant.page.get_by_label(str(version)).check()
    participant.press("Save")
    participant.open(design)
    participant.press("Submit for validation")
    participant.sees("MN900")
    verifier = window("tpe")
    verifier.open_from_inbox("Validate a project")
    verifier.follow("Validate the design")
    verifier.fill(statement="The design meets the rules and the methodology.")
    verifier.press("Sign the opinion")
    participant.open_from_inbox("Request registration")
    participant.press("Request registration")
    secretariat = window("host_secretariat")
    secretariat.open_from_inbox("Check a request for registration")
    secretariat.press("Complete: put it on the agenda")
    decide(window, "The Joint Committee registers the project.")
    return Project.objects.get(number="MN900")


def verify_report(window, project: Project) -> MonitoringReport:
    participant = window("participant")
    participant.open(f"{project.get_absolute_url()}reports/new/")
    participant.fill(period_start="2019-07-01", period_end="2020-12-31")
    participant.press("Begin the report")
    report = MonitoringReport.objects.get()
    participant.open(f"{report.get_absolute_url()}readings/")
    participant.fill(pasted=solar_table(report.period_start, report.period_end))
    participant.press("Upload and calculate")
    participant.sees("7,970")
    participant.press("Submit")
    verifier = window("tpe")
    verifier.open_from_inbox("Verify a report")
    verifier.follow("Verify")
    verifier.fill(statement="The reductions follow from the readings.")
    verifier.press("Sign the verification")
    return report


def request_issuance(window, report: MonitoringReport) -> None:
    participant = window("participant")
    participant.open_from_inbox("Request issuance")
    participant.follow("Request issuance")
    verified = dict(report.results.values_list("year", "reductions"))
    for row, party in ((1, "JP"), (2, "MN")):
        number = participant.page.locator(f"main [name=account_{row}] option").filter(has_text=f"({party}-1").first
        participant.page.locator(f"main [name=account_{row}]").select_option(value=number.get_attribute("value"))
        for year, tonnes in verified.items():
            share = tonnes * 80 // 100 if party == "JP" else tonnes - tonnes * 80 // 100
            participant.fill(**{f"t_{row}_{year}": str(share)})
    participant.press("Check the answers")
    participant.press("Submit the request")
    participant.sees("Request received")
    secretariat = window("japan_secretariat")
    secretariat.open_from_inbox("Check a request for issuance")
    secretariat.press("Complete: put it on the agenda")
    decide(window, "The Joint Committee decides the amount of credits.")


def issue(window, side: str) -> None:
    """Two administrators of one registry: one proposes, the other approves; a worker issues."""
    proposer = window(f"{side}_proposer")
    proposer.open_from_inbox("Propose an issuance")
    proposer.press("Propose")
    proposer.sees("You proposed this issuance. Another administrator must approve it.")
    approver = window(f"{side}_approver")
    approver.open_from_inbox("Approve an issuance")
    approver.press("Approve and issue")
    approver.sees("Please reauthenticate")
    approver.fill(password=PASSWORD)
    approver.press("Confirm")
    approver.sees("Approved.")


def test_a_credit_goes_from_methodology_to_both_registries_and_the_public(window, cast, worker_process, page: Page):
    version = approve_methodology(window, cast)
    project = register_project(window, cast, version)
    report = verify_report(window, project)
    request_issuance(window, report)
    for side in ("japan", "host"):
        issue(window, side)

    def both_issued() -> bool:
        return IssuanceLeg.objects.filter(state=LegState.ISSUED).count() == 2

    eventually(both_issued)
    # July to December 2019: 4,869.875 MWh × 0.797 = 3,881.29… t; 2020: 10,000.5 MWh × 0.797 = 7,970.39… t
    totals = {(b.series.registry.party.iso2, b.series.vintage): b.quantity for b in CreditBlock.objects.all()}
    assert totals == {("JP", 2019): 3104, ("MN", 2019): 777, ("JP", 2020): 6376, ("MN", 2020): 1594}
    page.goto(window("participant").site)
    search = page.get_by_role("main").get_by_role("searchbox")
    search.fill("JP-MN-MN900-2020-17")
    search.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("JP-MN-MN900-2020-1-6376")
    expect(page.get_by_role("main")).to_contain_text("Solar power plant near Ulaanbaatar")
    expect(page.get_by_role("main")).to_contain_text("MN_JC902")
    page.goto(f"{window('participant').site}{project.get_absolute_url()}")
    expect(page.get_by_role("main")).to_contain_text("9,480")
