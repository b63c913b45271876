"""Letters about a case, in its submitter's language."""

import pytest
from django.core import mail

from core.services import deliveries_finish
from methodologies import services as methodologies
from parties import services
from tests.factories import cycle
from tests.factories.cycle import NOON


def letters():
    deliveries_finish()
    return [(letter.to, letter.subject, letter.body) for letter in mail.outbox]


class TestLetters:
    def test_acknowledge_with_the_number_and_the_day(self, people):
        cycle.submitted_methodology(people)
        ((to, subject, body),) = letters()
        assert to == [people.participant.email]
        assert "MN_PM900" in subject
        assert "8 November 2026" in body
        assert "/cases/MN_PM900/" in body

    def test_speak_the_submitters_language(self, people):
        people.participant.language = "ja"
        people.participant.save()
        cycle.submitted_methodology(people)
        ((_to, subject, _body),) = letters()
        assert "受付" in subject

    def test_name_what_was_not_found(self, people):
        version = cycle.submitted_methodology(people)
        items = list(version.case.rule_pack.checklist.filter(kind="methodology").order_by("order"))
        services.case_check(case_id=version.case_id, item_ids=[items[0].pk], actor=people.host_secretariat, at=NOON)
        methodologies.methodology_return(
            version_id=version.pk, reason="See the list.", actor=people.host_secretariat, at=NOON
        )
        _to, _subject, body = letters()[-1]
        assert "See the list." in body
        assert str(items[1]) in body
        assert str(items[0]) not in body

    @pytest.mark.parametrize("state", ["approved"])
    def test_tell_the_decision(self, people, state):
        cycle.approved_methodology(people)
        assert "Decided: MN_PM900" in [subject for _to, subject, _body in letters()]
