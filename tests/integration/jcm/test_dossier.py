"""The dossier of a case: what changed between submissions, inputs, decisions, files; as a page and as one file."""

import io
import json
import zipfile

import pytest
from django.db import transaction
from django.utils import timezone

from jcm import dossier
from jcm.demo.cast import Cast, assemble
from methodologies import services as methodologies
from methodologies.models import MethodologyVersion
from parties.models import SectoralScope
from tests.factories.cycle import SOLAR


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
        "summary": "Electricity from the plant replaces grid electricity.",
    }  # fmt: skip
    version = methodologies.methodology_propose(
        partnership=cast.partnership, proponent=cast.company, actor=cast.participant, at=now, **content
    )
    methodologies.methodology_submit(version_id=version.pk, actor=cast.participant, at=now)
    methodologies.methodology_return(
        version_id=version.pk, reason="Name the grid.", actor=cast.host_secretariat, at=now
    )
    changed = content | {"summary": "Electricity from the plant replaces electricity of the central grid."}
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
        assert change.label == "Summary"
        added = [piece.text for passage in change.passages for piece in passage.pieces if piece.kind == "added"]
        assert "central" in " ".join(added)
        assert "Electricity" not in " ".join(added)
        assert "<ins>" in page.content.decode()

    def test_keeps_each_submission_as_it_was(self, cast, resubmitted):
        first, second = dossier.versions_of(resubmitted, resubmitted.case)
        assert first.said["summary"].endswith("replaces grid electricity.")
        assert second.said["summary"].endswith("central grid.")
        assert first.by == str(cast.participant)

    def test_comes_as_one_file(self, client, cast, resubmitted):
        client.force_login(cast.host_chair)
        answer = client.get(f"/cases/{resubmitted.case.number}/dossier.zip")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            assert packed.namelist() == ["case.json", "public-inputs.csv"]
            facts = json.loads(packed.read("case.json"))
        assert [len(facts["submissions"]), facts["stages"][-1]["stage"]] == [2, "submitted"]

    def test_is_hidden_with_its_case(self, client, resubmitted):
        for end in ("/dossier/", "/dossier.zip"):
            assert client.get(f"/cases/{resubmitted.case.number}{end}").status_code == 404
