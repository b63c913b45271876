"""The secretariat's screens of rule packs: draft, change, dry run, propose; adopted by the Joint Committee."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from committee.models import DecisionItem
from parties import casework, services
from parties.models import RulePack
from parties.models.packs import SETTINGS
from parties.selectors import pack_in_force
from parties.workflow import CaseKind, PackStatus
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision

DAY = timedelta(days=1)


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def drafted(people, **settings):
    pack = services.pack_draft(partnership=people.partnership, actor=people.host_secretariat, at=NOON)
    return services.pack_change(
        pack_id=pack.pk, settings=settings, checklists={}, effective_from=pack.effective_from, note="",
        actor=people.host_secretariat, at=NOON,
    )  # fmt: skip


def typed(pack, **changes):
    """Return what the form sends for this pack."""
    form = {name: getattr(pack, name) for name in SETTINGS if not isinstance(getattr(pack, name), bool)}
    form |= {name: "on" for name in SETTINGS if getattr(pack, name) is True}
    lists = {f"checklist_{kind}": "" for kind in CaseKind.values}
    return {"effective_from": "2030-01-01", "note": "", **form, **lists, **changes}


class TestDryRun:
    def test_lists_the_open_cases_with_their_pack_and_both_deadlines(self, people):
        submitted = cycle.submitted_methodology(people).case
        project = cycle.designed_project(people).case
        new = drafted(people, pm_completeness_days=10)
        rows = {row.case.pk: row for row in casework.dry_run(new, at=NOON)}
        touched = rows[submitted.pk]
        assert (touched.due_on, touched.due_then, touched.differs) == (date(2026, 11, 8), date(2026, 11, 11), True)
        assert touched.case.rule_pack.version == 1
        assert (rows[project.pk].due_on, rows[project.pk].differs) == (None, False)

    def test_leaves_decided_cases_out(self, people):
        approved = cycle.approved_methodology(people)
        assert approved.case_id not in {row.case.pk for row in casework.dry_run(drafted(people), at=NOON)}

    def test_asks_no_more_questions_for_more_cases(self, people, django_assert_max_num_queries):
        new = drafted(people, pm_completeness_days=10)
        for _number in range(8):
            cycle.submitted_methodology(people)
        with django_assert_max_num_queries(4):
            assert len(casework.dry_run(new, at=NOON)) == 8


class TestPages:
    def test_lead_from_the_draft_to_the_agenda(self, people):
        secretary = browser(people.host_secretariat)
        secretary.post(reverse("parties:pack-draft", args=["mongolia"]))
        pack = RulePack.objects.get(status=PackStatus.DRAFT)
        edit = reverse("parties:pack-edit", args=[pack.number])
        assert secretary.get(edit).status_code == 200
        lines = "F_PIN | The note is signed | 署名がある\n | Two sides | 両国"
        sent = secretary.post(edit, typed(pack, pm_public_inputs_days=20, checklist_pin=lines))
        assert sent.status_code == 302
        page = secretary.get(pack.get_absolute_url()).content.decode()
        assert "The note is signed" in page
        cycle.submitted_methodology(people)
        dry = secretary.get(reverse("parties:pack-dry-run", args=[pack.number])).content.decode()
        assert "MN_PM900" in dry
        secretary.post(reverse("parties:pack-propose", args=[pack.number]))
        item = DecisionItem.objects.get(kind=DecisionItem.Kind.RULES_ADOPTION)
        assert item.rule_pack == pack
        assert pack.number in item.subject

    def test_show_faults_at_their_fields(self, people):
        pack = drafted(people)
        sent = browser(people.host_secretariat).post(
            reverse("parties:pack-edit", args=[pack.number]),
            typed(pack, time_zone="Mars/Olympus", checklist_pin="only one part"),
        )
        assert "Line 1: write form" in sent.content.decode()
        sent = browser(people.host_secretariat).post(
            reverse("parties:pack-edit", args=[pack.number]), typed(pack, time_zone="Mars/Olympus")
        )
        assert "Choose a time zone by its name" in sent.content.decode()

    def test_hide_drafts_from_everybody_else(self, people, strangers):
        pack = drafted(people)
        url = pack.get_absolute_url()
        for client in (Client(), browser(strangers.host_secretariat), browser(people.participant)):
            assert client.get(url).status_code == 404
            assert pack.number not in client.get(reverse("parties:packs", args=["mongolia"])).content.decode()
        assert browser(people.host_chair).get(url).status_code == 200


class TestDecision:
    @pytest.fixture
    def proposed(self, people):
        pack = drafted(people, pm_completeness_days=9)
        services.pack_propose(pack_id=pack.pk, actor=people.host_secretariat, at=NOON)
        return pack

    def test_adopts_the_pack(self, people, proposed):
        decision = adopted_decision(people)
        proposed.refresh_from_db()
        assert (proposed.status, proposed.decision_number) == (PackStatus.ADOPTED, decision.number)
        assert pack_in_force(people.partnership, proposed.effective_from) == proposed

    def test_not_to_adopt_makes_it_a_draft_again(self, people, proposed):
        adopted_decision(people, outcome="deny")
        proposed.refresh_from_db()
        assert proposed.status == PackStatus.DRAFT

    def test_does_not_happen_when_it_is_taken_back(self, people, proposed):
        services.pack_take_back(pack_id=proposed.pk, actor=people.host_secretariat, at=NOON)
        assert not DecisionItem.objects.filter(kind=DecisionItem.Kind.RULES_ADOPTION).exists()
