"""An adopted decision as a paper."""

import pytest
from django.urls import reverse
from django.utils import translation

from committee.models import Decision
from committee.papers import decision_pdf
from core.models import Source
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.decisions import adopted_decision, open_decision
from tests.papers import text_of

pytestmark = pytest.mark.django_db
ADDRESS = "https://jcm.example/decisions/1/"


@pytest.fixture
def cast():
    return cycle.cast("MN")


@pytest.fixture
def adopted(cast) -> Decision:
    cycle.considered_methodology(cast, title="Heat for <Ulaanbaatar> & 日本語")
    return adopted_decision(cast)


class TestDecisionAsPdf:
    def test_says_who_decided_what_and_when(self, cast, adopted):
        said = text_of(decision_pdf(adopted, language="en", address=ADDRESS))
        for words in (
            f"Decision {adopted.number}", "Joint Committee of Japan and Mongolia", NOON.date().isoformat(),
            "Electronic decision", "Approval of a methodology", "Approve", "Heat for <Ulaanbaatar> & 日本語",
            "Co-chair of Mongolia", cast.host_chair.name, cast.japan_chair.name,
            "The Joint Committee decides as proposed.", ADDRESS,
        ):  # fmt: skip
            assert words in said, words
        assert cast.host_member.name not in said

    def test_is_in_japanese_whatever_the_reader_reads(self, adopted):
        with translation.override("en"):
            said = text_of(decision_pdf(adopted, language="ja", address=ADDRESS))
        for words in (f"決定 {adopted.number}", "日本・モンゴル合同委員会", "採択日", "電子的決定", "方法論の承認"):
            assert words in said, words

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_has_the_same_bytes_each_time(self, adopted, language):
        first = decision_pdf(adopted, language=language, address=ADDRESS)
        assert first == decision_pdf(adopted, language=language, address=ADDRESS)

    def test_says_that_it_is_a_demonstration(self, adopted):
        adopted.source = Source.DEMONSTRATION
        assert "Demonstration only" in text_of(decision_pdf(adopted, language="en", address=ADDRESS))

    def test_is_offered_on_the_page_once_adopted(self, client, cast, adopted):
        address = reverse("committee:decision-file", args=[adopted.pk, "en"])
        assert address in client.get(adopted.get_absolute_url()).content.decode()
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert client.get(reverse("committee:decision-file", args=[adopted.pk, "fr"])).status_code == 404

    def test_is_not_there_before(self, client, cast):
        cycle.considered_methodology(cast)
        opened = open_decision(cast)
        client.force_login(cast.host_chair)
        assert client.get(reverse("committee:decision-file", args=[opened.pk, "en"])).status_code == 404
        assert "decision-file" not in client.get(opened.get_absolute_url()).content.decode()
