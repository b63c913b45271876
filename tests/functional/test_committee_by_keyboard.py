"""A methodology from its proposal to the public decision, with the keyboard alone: returned, commented, objected to,
recirculated, affirmed."""

import re

import pytest
from django.core import mail

from committee import services as committee
from committee.models import Decision
from core import services as kernel
from jcm.demo.cast import Cast, assemble
from parties import services as parties
from parties.models import PublicCall
from tests.factories.cycle import TEXTS
from tests.functional.keyboard import Keyboard

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(transactional_db) -> Cast:
    return assemble("MN")


@pytest.fixture
def at_keyboard(new_context, live_server, cast):
    """Return how a person of the cast sits down; the public is nobody in particular."""
    seated: dict[str, Keyboard] = {}

    def sit(name: str) -> Keyboard:
        if name not in seated:
            seated[name] = Keyboard(new_context, live_server.url, getattr(cast, name, None))
        return seated[name]

    return sit


def test_a_methodology_goes_its_whole_way_by_keyboard(at_keyboard, cast):
    propose(at_keyboard("participant"), cast)
    return_and_resubmit(at_keyboard)
    number = comment(at_keyboard)
    objected = object_to(at_keyboard, prepare(at_keyboard))
    decision = affirm(at_keyboard, recirculate(at_keyboard, objected))
    public = at_keyboard("public")
    public.open(f"/decisions/{decision.pk}/")
    public.sees("The Joint Committee approves the revised methodology.")
    public.sees("Adopted")
    public.follow("Installation of Solar PV System")
    public.sees("MN_AM900")
    public.open(f"/cases/{number}/")
    public.sees("Please count the losses of the inverters.")


def propose(participant: Keyboard, cast: Cast) -> None:
    """File a methodology."""
    participant.open("/inbox/")
    participant.follow("Propose a methodology")
    participant.select("partnership", str(cast.partnership))
    participant.write("title", "Installation of Solar PV System")
    participant.select("sectoral_scope", "1. Energy industries (renewable-/non-renewable sources)")
    texts = dict(TEXTS)
    last = texts.pop("fixed_sources")  # it stands below the table of parameters
    for name, text in texts.items():
        participant.write(name, text)
    for row, (symbol, name, unit, kind) in enumerate(
        [
            ("EG", "Electricity generated", "MWh", "Monitored by meters"),
            ("EF", "Emission factor of the grid", "tCO2/MWh", "Fixed ex ante"),
        ],
        start=1,
    ):
        participant.write(f"symbol_{row}", symbol)
        participant.write(f"name_{row}", name)
        participant.write(f"unit_{row}", unit)
        participant.select(f"kind_{row}", kind)
    participant.write("default_2", "0.797")
    participant.write("reference", "EG * EF")
    participant.write("project", "0")
    participant.write("fixed_sources", last)
    participant.press("Save draft")
    participant.press("Submit")
    participant.sees("MN_PM900")


def return_and_resubmit(at_keyboard) -> None:
    """The secretariat finds it incomplete; the proponent corrects it."""
    secretariat = at_keyboard("japan_secretariat")
    secretariat.open("/inbox/")
    secretariat.follow("MN_PM900")
    secretariat.unfold("Return to the proponent")
    secretariat.write("reason", "The summary does not name the technology.")
    secretariat.press("Return")
    participant = at_keyboard("participant")
    participant.open("/inbox/")
    participant.follow("MN_PM900")
    participant.sees("The summary does not name the technology.")
    participant.follow("Change")
    participant.write("summary", "A photovoltaic system replaces grid electricity.")
    participant.press("Save and submit")
    secretariat.open("/inbox/")
    secretariat.follow("MN_PM900")
    secretariat.press("Complete: ask the public")
    secretariat.sees("Open for public inputs")


def comment(at_keyboard) -> str:
    """Somebody without an account comments; the secretariat publishes it. Return the number of the case."""
    call = PublicCall.objects.select_related("case").get()
    number = call.case.number
    public = at_keyboard("public")
    public.open(f"/cases/{number}/")
    public.follow("Send a public input")
    public.write("name", "Saran Bat")
    public.write("email", "saran@people.example")
    public.write("text", "Please count the losses of the inverters.")
    public.press("Send")
    public.sees("Open the link in your e-mail")
    kernel.deliveries_finish()
    (address,) = re.findall(r"(/inputs/confirm/\S+)", mail.outbox[-1].body)
    public.open(address)
    public.press("Confirm")
    public.sees("Your input is received")
    secretariat = at_keyboard("host_secretariat")
    secretariat.open(f"/cases/{number}/")
    secretariat.press("Publish")
    public.open(f"/cases/{number}/")
    public.sees("Please count the losses of the inverters.")
    assert "saran@people.example" not in public.page.content()
    parties.calls_close_due(at=call.closes_at)
    return number


def prepare(at_keyboard) -> Decision:
    """One secretariat words the decision, the other circulates it."""
    host = at_keyboard("host_secretariat")
    host.open("/inbox/")
    host.follow("Approval of a methodology")
    host.reach("the item", lambda focus: focus["type"] == "checkbox" and focus["name"] == "items")
    host.page.keyboard.press("Space")
    host.write("text", "The Joint Committee approves the methodology.")
    host.press("Prepare the decision")
    return circulate(at_keyboard)


def circulate(at_keyboard) -> Decision:
    """Open the newest decision for answers."""
    decision = Decision.objects.latest("pk")
    japan = at_keyboard("japan_secretariat")
    japan.open(f"/decisions/{decision.pk}/")
    japan.press("Open for answers")
    decision.refresh_from_db()
    return decision


def answer(person: Keyboard, decision: Decision, value: str, reason: str = "") -> None:
    """Declare no conflict of interest, then answer."""
    person.open("/inbox/")
    person.follow(str(decision.number))
    person.choose("No conflict of interest")
    person.press("Record my declaration")
    person.choose(value)
    if reason:
        person.write("reason", reason)
    person.press("Record my answer")
    person.sees("Your answer is recorded.")


def object_to(at_keyboard, decision: Decision) -> Decision:
    """A member objects, with a reason."""
    answer(at_keyboard("host_member"), decision, "I object", "The default factor is out of date.")
    decision.refresh_from_db()
    assert decision.status == "objected"
    return decision


def recirculate(at_keyboard, objected: Decision) -> Decision:
    """The secretariat rewords what was stopped and circulates it again; the members read the former objection."""
    host = at_keyboard("host_secretariat")
    host.open(f"/decisions/{objected.pk}/")
    host.write("text", "The Joint Committee approves the revised methodology.")
    host.press("Prepare the decision")
    decision = circulate(at_keyboard)
    assert decision.recirculates == objected
    member = at_keyboard("host_member")
    member.open(f"/decisions/{decision.pk}/")
    member.sees("The default factor is out of date.")
    return decision


def affirm(at_keyboard, decision: Decision) -> Decision:
    """Both co-chairs affirm; the members' silence to the end is consent."""
    for chair in ("japan_chair", "host_chair"):
        answer(at_keyboard(chair), decision, "I affirm")
    committee.decisions_close_due(at=decision.closes_at)
    decision.refresh_from_db()
    assert decision.status == "adopted"
    return decision
