"""The dossier of a case: what changed between submissions, inputs, decisions, files; as a page and as one file."""

import hashlib
import io
import json
import zipfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from jcm.demo.cast import Cast, assemble
from jcm.dossier import versions
from methodologies import services as methodologies
from methodologies.models import MethodologyVersion
from parties import services as parties
from parties.models import SectoralScope
from tests.factories import cycle, rulebook
from tests.factories.cycle import NOON, SOLAR, TEXTS
from tests.factories.decisions import declared, open_decision
from tests.factories.files import pdf
from tests.papers import text_of


@pytest.fixture
def people(db) -> Cast:
    return assemble("MN")


@pytest.fixture
def cast(transactional_db) -> Cast:
    with transaction.atomic():
        return assemble("MN")


@pytest.fixture
def resubmitted(cast) -> MethodologyVersion:
    """A methodology that came back and was changed. Each step is a transaction of its own, as on the site."""
    now = timezone.now()
    content = {
        "title": "Solar power", "sectoral_scope": SectoralScope.objects.first(), "definition": SOLAR,
        "texts": TEXTS | {"summary": "Electricity from the plant replaces grid electricity."},
    }  # fmt: skip
    version = methodologies.methodology_propose(
        partnership=cast.partnership, proponent=cast.company, actor=cast.participant, at=now, **content
    )
    methodologies.methodology_submit(version_id=version.pk, actor=cast.participant, at=now)
    methodologies.methodology_return(
        version_id=version.pk, reason="Name the grid.", actor=cast.host_secretariat, at=now
    )
    changed = content | {"texts": {"summary": "Electricity from the plant replaces electricity of the central grid."}}
    methodologies.methodology_update(version_id=version.pk, actor=cast.participant, at=now, **changed)
    methodologies.methodology_submit(version_id=version.pk, actor=cast.participant, at=now)
    version.refresh_from_db()
    return version


@pytest.mark.django_db(transaction=True)
class TestDossier:
    def test_shows_word_by_word_what_changed_since_the_submission_before(self, client, cast, resubmitted):
        client.force_login(cast.host_chair)
        page = client.get(f"/cases/{resubmitted.case.number}/dossier/")
        (change,) = page.context["changes"]
        assert change.label == "C. Emission reduction measures"
        added = [piece.text for passage in change.passages for piece in passage.pieces if piece.kind == "added"]
        assert "central" in " ".join(added)
        assert "Electricity" not in " ".join(added)
        assert "<ins>" in page.content.decode()

    def test_keeps_each_submission_as_it_was(self, cast, resubmitted):
        first, second = versions.versions_of(resubmitted, resubmitted.case)
        assert first.said["summary"].endswith("replaces grid electricity.")
        assert second.said["summary"].endswith("central grid.")
        assert first.by == str(cast.participant)

    def test_comes_as_one_file(self, client, cast, resubmitted):
        client.force_login(cast.host_chair)
        answer = client.get(f"/cases/{resubmitted.case.number}/dossier.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert packed.namelist() == ["dossier.pdf", "case.json", "public-inputs.csv"]
            facts = json.loads(packed.read("case.json"))
        assert [len(facts["submissions"]), facts["stages"][-1]["stage"]] == [2, "submitted"]

    def test_is_hidden_with_its_case(self, client, resubmitted):
        for end in ("/dossier/", "/dossier.pdf", "/dossier.zip"):
            assert client.get(f"/cases/{resubmitted.case.number}{end}").status_code == 404


@pytest.mark.django_db
class TestDossierAsPaper:
    def paper_for(self, client, person, case) -> str:
        client.force_login(person)
        return text_of(client.get(f"/cases/{case.number}/dossier.pdf").content)

    def test_tells_those_inside_what_was_submitted_moved_and_found(self, client, people):
        version = cycle.submitted_methodology(people, summary="A line.\nAnother <line> & 日本語")
        items = list(version.case.rule_pack.checklist.filter(kind="methodology").order_by("order"))
        parties.case_check(case_id=version.case_id, item_ids=[items[0].pk], actor=people.host_secretariat, at=NOON)
        methodologies.methodology_return(
            version_id=version.pk, reason="Name the grid.", actor=people.host_secretariat, at=NOON
        )
        told = self.paper_for(client, people.host_chair, version.case)
        for words in (
            f"Dossier {version.case.number}", "Joint Committee of Japan and Mongolia", "Demonstration only.",
            "Returned as incomplete", "Name the grid.", "Another <line> & 日本語", str(people.host_secretariat),
            "Not found:", "1 day used",
        ):  # fmt: skip
            assert words in told, words

    def test_tells_everybody_of_a_public_case_only_what_its_page_tells(self, client, people):
        version = cycle.called_methodology(people, summary="Nobody outside reads this here.")
        told = text_of(client.get(f"/cases/{version.case.number}/dossier.pdf").content)
        assert "Open for public inputs" in told
        for hidden in ("Nobody outside", "Checklist", str(people.host_secretariat), str(people.participant)):
            assert hidden not in told

    def test_is_in_the_readers_language(self, client, people):
        version = cycle.called_methodology(people)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ja"
        assert "日本・モンゴル合同委員会" in text_of(client.get(f"/cases/{version.case.number}/dossier.pdf").content)

    def test_takes_texts_that_are_longer_than_a_page(self, client, people):
        version = cycle.submitted_methodology(people, summary="A very long sentence. " * 2_000)
        assert self.paper_for(client, people.host_chair, version.case).count("sentence") == 2_000

    def test_shows_how_the_reductions_of_each_year_follow(self, client, people):
        asked = cycle.submitted_request(people)
        told = self.paper_for(client, people.host_chair, asked.case)
        assert "7,970" in told
        assert "EG" in told
        page = client.get(f"/cases/{asked.case.number}/dossier/").content.decode()
        assert "How the figure of 2025 follows" in page


@pytest.mark.django_db
class TestDeclarations:
    def test_are_told_to_the_committee_without_what_the_conflict_is(self, client, people):
        version = cycle.considered_methodology(people)
        decision = open_decision(people)
        declared(decision, people.host_member, conflict="My brother owns the boilers.")
        declared(decision, people.japan_member)
        address = f"/cases/{version.case.number}/dossier"
        client.force_login(people.host_chair)
        for told in (client.get(f"{address}/").content.decode(), text_of(client.get(f"{address}.pdf").content)):
            assert f"{people.host_member}: conflict of interest" in told
            assert f"{people.japan_member}: no conflict of interest" in told
            assert "brother" not in told

    def test_are_nobody_elses(self, client, people):
        version = cycle.considered_methodology(people)
        declared(open_decision(people), people.host_member, conflict="My brother owns the boilers.")
        client.force_login(people.participant)
        for end in ("/", ".pdf"):
            answer = client.get(f"/cases/{version.case.number}/dossier{end}")
            told = text_of(answer.content) if end == ".pdf" else answer.content.decode()
            assert str(people.host_member) not in told


@pytest.mark.django_db
class TestFiles:
    def test_of_rules_are_packed_for_the_committee_before_the_adoption(self, client, people):
        file = SimpleUploadedFile("pcp.pdf", pdf("Seven days."))
        rule_set = rulebook.proposed(people, ("PCP", "01.0", "Seven days."), file=file)
        client.force_login(people.host_chair)
        answer = client.get(f"/cases/{rule_set.case.number}/dossier.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            (name,) = [name for name in packed.namelist() if name.startswith("documents/")]
            content = packed.read(name)
        assert name == "documents/1-public-pcp.pdf"
        assert content == pdf("Seven days.")
        told = text_of(client.get(f"/cases/{rule_set.case.number}/dossier.pdf").content)
        assert hashlib.sha256(content).hexdigest() in told
