"""The secretariat's letters about a case as PDF."""

import hashlib

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.services import deliveries_finish
from jcm.demo.cast import Cast
from methodologies import services as methodologies
from parties import letters, services
from parties.models import Case
from parties.workflow import Stage
from projects import services as projects
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision
from tests.factories.files import pdf
from tests.papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cycle.cast("MN")


def address(case: Case, stage: str, language: str = "en") -> str:
    found = [letter.row.pk for letter in letters.letters_of(case) if letter.row.stage == stage]
    return reverse("case-letter", args=[case.number, found[-1], language])


class TestLetterOnPaper:
    def test_acknowledges_what_was_received_and_until_when_it_is_checked(self, client, people):
        version = cycle.submitted_methodology(people)
        client.force_login(people.participant)
        told = text_of(client.get(address(version.case, Stage.SUBMITTED)).content)
        for words in (
            f"Received: {version.case.number}", "Secretariat of the Joint Committee of Japan and Mongolia",
            "8 November 2026", "2026-11-02", people.participant.name, "Demonstration only.",
        ):  # fmt: skip
            assert words in told, words

    def test_says_what_the_mail_says(self, client, people):
        version = cycle.submitted_methodology(people)
        deliveries_finish()
        client.force_login(people.participant)
        told = text_of(client.get(address(version.case, Stage.SUBMITTED)).content)
        (letter,) = mail.outbox
        assert "".join(letter.body.split()) in "".join(told.split())  # a line that is broken loses its space

    def test_lists_the_files_with_their_hashes(self, client, people):
        draft, content = cycle.drafted_project(people), pdf("The design")
        files = {"public": SimpleUploadedFile("design.pdf", content)}
        projects.project_attach_document(project_id=draft.pk, files=files, actor=people.participant, at=NOON)
        project = projects.project_submit_design(project_id=draft.pk, actor=people.participant, at=NOON)
        client.force_login(people.participant)
        told = text_of(client.get(address(project.case, Stage.VALIDATION)).content)
        assert "design.pdf" in told
        assert hashlib.sha256(content).hexdigest() in told

    def test_keeps_the_day_that_it_named_when_the_clock_stops(self, client, people):
        case = cycle.submitted_methodology(people).case
        services.case_pause(case_id=case.pk, reason="Waiting.", actor=people.host_secretariat, at=NOON)
        client.force_login(people.participant)
        assert "8 November 2026" in text_of(client.get(address(case, Stage.SUBMITTED)).content)
        assert len(letters.letters_of(case)) == 1

    def test_names_what_was_not_found(self, client, people):
        version = cycle.submitted_methodology(people)
        items = list(version.case.rule_pack.checklist.filter(kind="methodology").order_by("order"))
        services.case_check(case_id=version.case_id, item_ids=[items[0].pk], actor=people.host_secretariat, at=NOON)
        methodologies.methodology_return(
            version_id=version.pk, reason="See the list.", actor=people.host_secretariat, at=NOON
        )
        client.force_login(people.host_member)
        told = text_of(client.get(address(version.case, Stage.RETURNED)).content)
        assert "See the list." in told
        assert str(items[1])[:30] in told
        assert str(items[0]) not in told

    def test_gives_notice_of_the_decision(self, client, people):
        version = cycle.considered_methodology(people)
        decision = adopted_decision(people)
        client.force_login(people.participant)
        told = text_of(client.get(address(version.case, Stage.DECIDED)).content)
        for words in (f"Decided: {version.case.number}", str(decision), "Approve", decision.get_absolute_url()):
            assert words in told, words

    def test_is_in_japanese_whatever_the_reader_reads(self, client, people):
        case = cycle.submitted_methodology(people).case
        client.force_login(people.participant)
        told = text_of(client.get(address(case, Stage.SUBMITTED, "ja")).content)
        assert "日本・モンゴル合同委員会事務局" in told
        assert "2026年11月8日" in told

    def test_is_offered_to_its_submitter_and_the_committee_only(self, client, people):
        case = cycle.called_methodology(people).case
        link = address(case, Stage.SUBMITTED)
        assert client.get(link).status_code == 404
        assert link not in client.get(case.get_absolute_url()).content.decode()
        for person in (people.participant, people.colleague, people.host_member, people.japan_secretariat):
            client.force_login(person)
            assert link in client.get(case.get_absolute_url()).content.decode()
            assert client.get(link).status_code == 200

    @pytest.mark.parametrize("language", ["fr", "EN"])
    def test_is_there_in_no_other_language(self, client, people, language):
        case = cycle.submitted_methodology(people).case
        client.force_login(people.participant)
        assert client.get(address(case, Stage.SUBMITTED, language)).status_code == 404
