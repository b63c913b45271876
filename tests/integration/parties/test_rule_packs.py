"""Rule packs: drafted, proposed, adopted; final once adopted; new cases only."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from parties import packs, services
from parties.decision import DecisionReference
from parties.errors import PackInPreparation
from parties.models import ChecklistItem, Partnership, RulePack
from parties.selectors import pack_in_force
from parties.services.packs import ChecklistLine
from parties.workflow import CaseKind, PackStatus
from tests.factories.cycle import NOON, submitted_methodology

TODAY = NOON.date()


def drafted(people):
    return services.pack_draft(partnership=people.partnership, actor=people.host_secretariat, at=NOON)


def proposed(people, **settings):
    pack = drafted(people)
    services.pack_change(
        pack_id=pack.pk, settings=settings, checklists={}, effective_from=pack.effective_from, note="Longer",
        actor=people.host_secretariat, at=NOON,
    )  # fmt: skip
    return services.pack_propose(pack_id=pack.pk, actor=people.japan_secretariat, at=NOON)


def reference(people, number="MN_JC900", day=TODAY):
    return DecisionReference(number, day, (people.japan_chair.name, people.host_chair.name))


def adopted(people, **settings):
    pack = proposed(people, **settings)
    return services.pack_adopt(pack_id=pack.pk, decision=reference(people), at=NOON)


class TestReference:
    def test_gives_every_partnership_a_pack_with_checklists(self, db):
        assert Partnership.objects.exists()
        assert not Partnership.objects.exclude(rule_packs__status=PackStatus.ADOPTED).exists()
        assert set(ChecklistItem.objects.values_list("pack__partnership", "kind").distinct()) == {
            (pk, kind) for pk in Partnership.objects.values_list("pk", flat=True) for kind in CaseKind.values
        }

    def test_takes_the_defaults_of_the_source(self, people):
        pack = pack_in_force(people.partnership, TODAY)
        assert pack.number == "JCM_MN_RP_ver01.0"
        assert (pack.pm_public_inputs_days, pack.pdd_public_inputs_days, pack.electronic_decision_days) == (15, 30, 10)
        assert pack.time_zone == "Asia/Ulaanbaatar"


class TestPackInForce:
    def test_changes_on_the_day(self, people):
        new = adopted(people, pm_completeness_days=9)
        assert pack_in_force(people.partnership, new.effective_from - timedelta(days=1)).version == 1
        assert pack_in_force(people.partnership, new.effective_from).version == 2

    def test_is_the_first_one_before_there_was_any(self, people):
        assert pack_in_force(people.partnership, date(1999, 1, 1)).version == 1


class TestPackDraft:
    def test_copies_the_present_one(self, people):
        pack = drafted(people)
        assert (pack.number, pack.status) == ("JCM_MN_RP_ver02.0", PackStatus.DRAFT)
        assert packs.differences(pack_in_force(people.partnership, TODAY), pack) == []

    def test_is_for_the_secretariat(self, people):
        with pytest.raises(NotPermitted):
            services.pack_draft(partnership=people.partnership, actor=people.host_chair, at=NOON)

    def test_refuses_a_second_one(self, people):
        drafted(people)
        with pytest.raises(PackInPreparation, match=r"JCM_MN_RP_ver02\.0"):
            drafted(people)


class TestPackChange:
    def test_is_told_setting_by_setting(self, people):
        pack = drafted(people)
        lines = {"pin": [ChecklistLine("F_PIN", "The note is signed", "署名がある")]}
        services.pack_change(
            pack_id=pack.pk, settings={"pm_public_inputs_days": 20}, checklists=lines,
            effective_from=date(2027, 1, 1), note="", actor=people.host_secretariat, at=NOON,
        )  # fmt: skip
        pack.refresh_from_db()
        told = packs.differences(pack_in_force(people.partnership, TODAY), pack)
        assert (told[0].before, told[0].after) == ("15", "20")
        assert [d.after for d in told][1:] == ["F_PIN: The note is signed", "", ""]

    @pytest.mark.parametrize(
        ("settings", "field"),
        [
            ({"electronic_decision_days": 0}, "electronic_decision_days"),
            ({"pm_consideration_max_days": 5}, "pm_consideration_max_days"),
            ({"time_zone": "Mars/Olympus"}, "time_zone"),
            ({"quorum": 0}, "quorum"),
            ({"pin_days": 731}, "pin_days"),
        ],
    )
    def test_refuses_what_cannot_be(self, people, settings, field):
        pack = drafted(people)
        with pytest.raises(InvalidInput) as refusal:
            services.pack_change(
                pack_id=pack.pk, settings=settings, checklists={}, effective_from=date(2027, 1, 1), note="",
                actor=people.host_secretariat, at=NOON,
            )  # fmt: skip
        assert list(refusal.value.fields) == [field]

    def test_refuses_once_proposed(self, people):
        pack = proposed(people)
        with pytest.raises(TransitionRefused):
            services.pack_change(
                pack_id=pack.pk, settings={}, checklists={}, effective_from=date(2027, 1, 1), note="",
                actor=people.host_secretariat, at=NOON,
            )  # fmt: skip


class TestPackPropose:
    def test_refuses_a_day_that_is_over(self, people):
        pack = drafted(people)
        RulePack.objects.filter(pk=pack.pk).update(effective_from=TODAY)
        with pytest.raises(InvalidInput) as refusal:
            services.pack_propose(pack_id=pack.pk, actor=people.host_secretariat, at=NOON)
        assert list(refusal.value.fields) == ["effective_from"]

    def test_can_be_taken_back(self, people):
        pack = services.pack_take_back(pack_id=proposed(people).pk, actor=people.host_secretariat, at=NOON)
        assert pack.status == PackStatus.DRAFT


class TestPackAdopt:
    def test_keeps_the_decision(self, people):
        pack = adopted(people)
        assert (pack.status, pack.decision_number, pack.adopted_on) == (PackStatus.ADOPTED, "MN_JC900", TODAY)

    def test_never_takes_effect_before_it_is_known(self, people):
        late = date(2027, 3, 1)
        pack = services.pack_adopt(pack_id=proposed(people).pk, decision=reference(people, day=late), at=NOON)
        assert pack.effective_from == date(2027, 3, 2)

    def test_needs_a_proposal(self, people):
        with pytest.raises(TransitionRefused):
            services.pack_adopt(pack_id=drafted(people).pk, decision=reference(people), at=NOON)

    def test_changes_new_cases_only(self, people):
        before = submitted_methodology(people).case
        new = adopted(people, pm_completeness_days=9)
        before.refresh_from_db()
        assert before.rule_pack.version == 1
        later = services.case_open(
            partnership=people.partnership, kind=CaseKind.METHODOLOGY, title="Later", url="/", actor=people.participant,
            at=NOON + (new.effective_from - TODAY),
        )  # fmt: skip
        assert later.rule_pack == new
        assert (later.due_at - before.due_at).days == (new.effective_from - TODAY).days + 2


FINAL, KEEPS, DENIED, JUMPS = "is adopted and final", "keeps its rule pack", "permission denied", "does not go from"
CHECKLIST = "checklist of an adopted rule pack is final"
ATTACKS = {
    "change": ("UPDATE parties_rulepack SET pm_completeness_days = 1 WHERE id = %(pack)s", FINAL),
    "reopen": ("UPDATE parties_rulepack SET status = 'draft' WHERE id = %(pack)s", FINAL),
    "backdate": ("UPDATE parties_rulepack SET effective_from = '2000-01-01' WHERE id = %(pack)s", FINAL),
    "delete": ("DELETE FROM parties_rulepack WHERE id = %(pack)s", FINAL),
    "change its checklist": ("UPDATE parties_checklistitem SET text_en = 'x' WHERE pack_id = %(pack)s", CHECKLIST),
    "empty its checklist": ("DELETE FROM parties_checklistitem WHERE pack_id = %(pack)s", CHECKLIST),
    "lengthen its checklist": (
        """INSERT INTO parties_checklistitem (pack_id, kind, "order", code, text_en, text_ja)
           VALUES (%(pack)s, 'pin', 99, '', 'x', 'x')""",
        CHECKLIST,
    ),
    "move a case to it": ("UPDATE parties_case SET rule_pack_id = %(pack)s", KEEPS),
    "make the case jump": ("UPDATE parties_case SET stage = 'decided'", JUMPS),
    "rewrite the log": ("UPDATE parties_casestage SET from_at = now()", DENIED),
    "cut the log": ("DELETE FROM parties_casestage", DENIED),
}


class TestPostgres:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_refuses_to(self, people, attack):
        submitted_methodology(people)
        statement, refused = ATTACKS[attack]
        pack = adopted(people)
        with pytest.raises(DatabaseError, match=refused), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {"pack": pack.pk})
