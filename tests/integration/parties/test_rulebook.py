"""Rule documents and special measures: proposed by the secretariat, adopted by the committee, read by everybody."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from committee.models import DecisionItem
from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.workflow import reachable
from parties import services
from parties.models import RuleDocument, RuleSet, SpecialMeasure
from parties.workflow import RULE_SET, RuleSetStatus
from tests.factories import cycle, rulebook
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision
from tests.factories.files import pdf
from tests.unit.core.test_texts import docx

pytestmark = pytest.mark.django_db
V1, V2 = ("PCP", "01.0", "Within seven days.\nThe end."), ("PCP", "02.0", "Within ten days.\nThe end.")


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


class TestRuleSet:
    def test_is_adopted_as_one_item(self, people):
        rule_set = rulebook.proposed(people, V1, ("Gls", "01.0", "Credit."))
        item = DecisionItem.objects.get()
        assert (item.kind, item.rule_set) == ("rules_adoption", rule_set)
        decision = adopted_decision(people)
        rule_set.refresh_from_db()
        assert (rule_set.status, rule_set.decision_number) == ("adopted", decision.number)
        assert rule_set.case.stage == "decided"
        found = RuleDocument.objects.values_list("code", "kind", "effective_from")
        assert list(found) == [("Gls", "rules", NOON.date()), ("PCP", "procedure", NOON.date())]

    def test_a_version_supersedes_the_one_before(self, people):
        first = rulebook.adopted(people, V1).documents.get()
        second = rulebook.adopted(people, V2).documents.get()
        assert (first.supersedes, second.supersedes) == (None, first)
        assert second.label == "JCM_MN_PCP_ver02.0"

    def test_not_adopted_keeps_the_reason_and_changes_nothing(self, people):
        rulebook.proposed(people, V1)
        adopted_decision(people, outcome="deny")
        rule_set = RuleSet.objects.get()
        assert (rule_set.status, rule_set.status_reason) == ("denied", "The Joint Committee decides as proposed.")
        assert rulebook.adopted(people, V1).documents.get().supersedes is None

    def test_is_the_secretariats(self, people, strangers):
        rule_set = rulebook.drafted(people)
        for person in (people.japan_chair, people.participant, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.rule_set_draft(partnership=people.partnership, title="x", summary="", actor=person, at=NOON)
            with pytest.raises(NotPermitted):
                services.rule_set_propose(set_id=rule_set.pk, actor=person, at=NOON)

    @pytest.mark.parametrize(
        ("version", "field"),
        [
            (("XYZ", "01.0", "x"), "code"),
            (("PCP", "1", "x"), "version"),
            (("PCP", "01.0", " "), "file"),
            (("RoI", "03.0", "x"), "version"),
        ],
    )
    def test_names_the_field_that_is_wrong(self, people, version, field):
        rulebook.adopted(people, ("RoI", "03.0", "x"))
        with pytest.raises(InvalidInput) as refusal:
            rulebook.drafted(people, version)
        assert set(refusal.value.fields) == {field}

    def test_holds_a_document_once(self, people):
        with pytest.raises(InvalidInput, match="has a version of this document"):
            rulebook.drafted(people, V1, V2)

    def test_cannot_be_changed_once_it_is_proposed(self, people):
        rule_set = rulebook.proposed(people, V1)
        with pytest.raises(TransitionRefused):
            services.rule_document_add(
                set_id=rule_set.pk, code="Gls", version="01.0", text="x", actor=people.host_secretariat, at=NOON
            )
        with pytest.raises(TransitionRefused):
            services.rule_document_remove(
                document_id=rule_set.documents.get().pk, actor=people.host_secretariat, at=NOON
            )

    def test_needs_a_document(self, people):
        rule_set = rulebook.drafted(people)
        services.rule_document_remove(document_id=rule_set.documents.get().pk, actor=people.host_secretariat, at=NOON)
        with pytest.raises(InvalidInput):
            services.rule_set_propose(set_id=rule_set.pk, actor=people.host_secretariat, at=NOON)

    def test_taken_back_leaves_the_agenda(self, people):
        rule_set = rulebook.proposed(people, V1)
        services.rule_set_withdraw(set_id=rule_set.pk, actor=people.host_secretariat, at=NOON)
        assert not DecisionItem.objects.exists()

    def test_two_sets_cannot_adopt_the_same_version(self, people):
        first, second = rulebook.proposed(people, V1), rulebook.proposed(people, V1)
        services.rule_documents_adopt(set_id=first.pk, decision=cycle.decision(people), at=NOON)
        with pytest.raises(InvalidInput, match="adopted already"):
            services.rule_documents_adopt(set_id=second.pk, decision=cycle.decision(people), at=NOON)

    def test_reads_the_words_of_a_docx(self, people):
        file = SimpleUploadedFile("pcp.docx", docx("<w:p><w:r><w:t>Within ten days.</w:t></w:r></w:p>"))
        document = rulebook.drafted(people, ("PCP", "02.0", ""), file=file).documents.get()
        assert document.text == "Within ten days."
        assert document.document.renditions.get().access == "public"

    def test_refuses_a_docx_that_is_none(self, people):
        with pytest.raises(InvalidInput) as refusal:
            rulebook.drafted(people, ("PCP", "02.0", ""), file=SimpleUploadedFile("pcp.docx", b"text"))
        assert set(refusal.value.fields) == {"file"}


class TestSpecialMeasure:
    def test_is_adopted_for_its_days(self, people):
        measure = rulebook.special_measure(people)
        assert DecisionItem.objects.get().special_measure == measure
        adopted_decision(people)
        measure.refresh_from_db()
        days = (date(2026, 10, 31), date(2026, 11, 1), date(2026, 12, 31), date(2027, 1, 1))
        assert [measure.is_valid_on(day) for day in days] == [False, True, True, False]

    def test_is_extended_by_a_later_decision(self, people):
        first = rulebook.adopted_measure(people)
        second = rulebook.adopted_measure(
            people, extends=first, valid_from=date(2027, 1, 1), valid_until=date(2027, 6, 30)
        )
        assert list(first.extensions.all()) == [second]

    @pytest.mark.parametrize(
        ("days", "field"),
        [
            ((date(2027, 1, 2), date(2027, 6, 30)), "valid_from"),
            ((date(2026, 12, 1), date(2026, 12, 31)), "valid_until"),
            ((date(2027, 1, 1), date(2026, 12, 31)), "valid_until"),
        ],
    )
    def test_an_extension_goes_on_without_a_gap(self, people, days, field):
        first = rulebook.adopted_measure(people)
        with pytest.raises(InvalidInput) as refusal:
            rulebook.special_measure(people, extends=first, valid_from=days[0], valid_until=days[1])
        assert set(refusal.value.fields) == {field}

    def test_only_an_adopted_one_is_extended(self, people):
        first = rulebook.special_measure(people)
        with pytest.raises(InvalidInput, match="Only an adopted measure"):
            rulebook.special_measure(people, extends=first, valid_until=date(2027, 6, 30))

    def test_not_adopted_is_never_valid(self, people):
        measure = rulebook.special_measure(people)
        adopted_decision(people, outcome="deny")
        measure.refresh_from_db()
        assert (measure.status, measure.is_valid_on(measure.valid_from)) == ("denied", False)

    def test_is_proposed_and_taken_back_by_the_secretariat(self, people, strangers):
        measure = rulebook.special_measure(people)
        for person in (people.japan_chair, strangers.host_secretariat):
            with pytest.raises(NotPermitted):
                services.special_measure_withdraw(measure_id=measure.pk, actor=person, at=NOON)
        services.special_measure_withdraw(measure_id=measure.pk, actor=people.host_secretariat, at=NOON)
        assert not DecisionItem.objects.exists()


class TestPages:
    def test_show_what_is_in_force_and_what_changed(self, client, people):
        rulebook.adopted(people, V1)
        rulebook.adopted(people, V2)
        assert "JCM_MN_PCP_ver02.0" in text(client, "/countries/mongolia/")
        assert "Project Cycle Procedure" in text(client, "/rules/mongolia/")
        shown = text(client, "/rules/mongolia/PCP/")
        assert "JCM_MN_PCP_ver01.0" in shown
        assert "<del>" in shown
        assert "seven" in shown.partition("<del>")[2].partition("</del>")[0]
        assert "ten" in shown.partition("<ins>")[2].partition("</ins>")[0]
        assert "The words are the same." in text(client, "/rules/mongolia/PCP/?from=02.0&to=02.0")
        assert "no such version" in text(client, "/rules/mongolia/PCP/?from=09.0&to=02.0")

    def test_a_version_of_the_future_is_not_in_force(self, client, people):
        rule_set = rulebook.drafted(people)
        rule_set.documents.update(effective_from=timezone.now().date() + timedelta(days=9))
        services.rule_set_propose(set_id=rule_set.pk, actor=people.host_secretariat, at=NOON)
        services.rule_documents_adopt(set_id=rule_set.pk, decision=cycle.decision(people), at=NOON)
        assert "Not yet in force" in text(client, "/rules/mongolia/")
        assert "JCM_MN_PCP_ver01.0" not in text(client, "/countries/mongolia/")

    def test_give_everybody_the_adopted_file_only(self, client, people):
        file = SimpleUploadedFile("pcp.pdf", pdf("rules"))
        rule_set = rulebook.proposed(people, ("PCP", "02.0", "x"), file=file)
        address = "/rules/mongolia/PCP/02.0/"
        assert client.get(address).status_code == 404
        services.rule_documents_adopt(set_id=rule_set.pk, decision=cycle.decision(people), at=NOON)
        assert b"".join(client.get(address)) == pdf("rules")

    def test_lead_the_secretariat_from_a_draft_to_the_agenda(self, client, people):
        client.force_login(people.host_secretariat)
        start = reverse("parties:rule-set-new", args=["mongolia"])
        assert start in text(client, "/rules/mongolia/")
        client.post(start, {"title": "First rules", "summary": "All new."})
        rule_set = RuleSet.objects.get()
        wrong = client.post(rule_set.get_absolute_url(), {"code": "PCP", "version": "2", "text": "x"})
        assert "Write the version like 04.0." in wrong.content.decode()
        client.post(rule_set.get_absolute_url(), {"code": "PCP", "version": "02.0", "text": "x"})
        client.post(reverse("parties:rule-set-propose", args=[rule_set.pk]))
        rule_set.refresh_from_db()
        assert rule_set.status == "proposed"

    def test_tell_special_measures_on_the_country_page(self, client, people):
        today = timezone.now().date()
        rulebook.adopted_measure(people, title="Valid one", valid_from=today, valid_until=today)
        rulebook.adopted_measure(people, title="Old one", valid_from=date(2020, 1, 1), valid_until=date(2020, 2, 1))
        rulebook.special_measure(people, title="Proposed one")
        shown = text(client, "/countries/mongolia/")
        assert "Old one" in shown
        assert shown.count("Valid today") == 1
        assert "Proposed one" not in shown

    def test_propose_and_extend_a_special_measure(self, client, people):
        client.force_login(people.host_secretariat)
        days = {"valid_from": "2026-11-01", "valid_until": "2026-12-31"}
        client.post(reverse("parties:special-measure-new", args=["mongolia"]), {"title": "T", "text": "x", **days})
        first = SpecialMeasure.objects.get()
        services.special_measure_adopt(measure_id=first.pk, decision=cycle.decision(people), at=NOON)
        extend = reverse("parties:special-measure-extend", args=[first.pk])
        assert extend in text(client, first.get_absolute_url())
        assert 'value="2027-01-01"' in text(client, extend)
        later = {"valid_from": "2027-01-01", "valid_until": "2027-03-31"}
        client.post(extend, {"title": "T", "text": "x", **later})
        assert first.extensions.get().valid_until == date(2027, 3, 31)


@pytest.mark.parametrize(("was", "now"), [(a, b) for a in RuleSetStatus for b in RuleSetStatus if a != b])
def test_database_agrees_with_the_workflow(people, was, now):
    row = RuleSet.objects.create(
        partnership=people.partnership, title="x", status=was, decided_on=NOON.date(), decision_number="MN_JC900",
        drafted_by=people.host_secretariat, drafted_at=NOON,
    )  # fmt: skip
    change = RuleSet.objects.filter(pk=row.pk)
    if (was, now) in RULE_SET.edges():
        assert change.update(status=now) == 1
    else:
        with pytest.raises(IntegrityError, match="does not go from"), transaction.atomic():
            change.update(status=now)


def test_every_state_can_be_reached():
    assert reachable(RULE_SET, RuleSetStatus.DRAFT) == set(RuleSetStatus)
