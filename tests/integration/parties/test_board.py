"""The board: open cases by partnership and stage, bounded however many there are; and how long stages take."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.inbox import MOST
from core.models import Source
from jcm.demo.cast import Cast, assemble
from methodologies.models import Methodology, MethodologyVersion
from parties import services
from parties.models import Case
from parties.selectors import board as boards
from parties.workflow import CaseKind, Stage
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return assemble("MN")


def opened(cast: Cast, *, count: int = 1, **changes: object) -> list[Case]:
    """Open cases of methodologies that wait for the check of completeness, each with its record."""
    cases = []
    for n in range(count):
        case = services.case_open(
            partnership=cast.partnership, kind=CaseKind.METHODOLOGY, title=f"Solar {n}", url="/",
            actor=cast.participant, at=timezone.now(), organisation=cast.company,
        )  # fmt: skip
        family = Methodology.objects.create(partnership=cast.partnership)
        MethodologyVersion.objects.create(
            methodology=family, title=case.title, proposed_number=case.number, status="submitted", case=case,
            proponent=cast.company,
        )  # fmt: skip
        cases.append(case)
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(**changes) if changes else None
    return cases


class TestBoard:
    def test_counts_by_stage_and_says_what_is_late(self, cast, client):
        opened(cast, count=2)
        opened(cast, due_at=timezone.now() - timedelta(days=1))
        client.force_login(cast.host_secretariat)
        page = client.get(reverse("parties:board"))
        (row,) = page.context["board"]
        assert (row.cells[0].stage, row.cells[0].count, row.cells[0].overdue) == (Stage.SUBMITTED, 3, 1)
        late = client.get(reverse("parties:board"), {"overdue": "yes"}).context["rows"]
        assert len(late) == 1

    def test_shows_other_partnerships_to_nobody(self, cast, client):
        opened(cast)
        client.force_login(assemble("VN").host_secretariat)
        page = client.get(reverse("parties:board"))
        assert [row.partnership.code for row in page.context["board"]] == ["VN"]
        assert page.context["rows"] == []

    def test_leaves_out_what_is_decided(self, cast):
        (case,) = opened(cast)
        services.case_move(case_id=case.pk, stage=Stage.WITHDRAWN, actor=cast.participant, at=timezone.now())
        assert not boards.open_cases(cast.host_secretariat, at=timezone.now()).exists()

    @pytest.mark.parametrize("address", ["parties:board", "inbox"])
    def test_asks_the_database_as_often_for_many_cases_as_for_ten(self, cast, client, address):
        client.force_login(cast.host_secretariat)

        def queries() -> int:
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(reverse(address)).status_code == 200
            return len(asked)

        opened(cast, count=10)
        queries()  # the first look makes the person's desk
        few = queries()
        opened(cast, count=3 * MOST)
        assert queries() == few

    def test_is_where_the_inbox_leads_for_the_rest(self, cast, client):
        opened(cast, count=MOST + 3)
        client.force_login(cast.host_secretariat)
        items = [item for item, _new in client.get(reverse("inbox")).context["items"]]
        checks = [item for item in items if item.kind == "Check a methodology for completeness"]
        assert len(checks) == MOST + 1
        shown = client.get(next(item.url for item in checks if item.url.startswith("/board/")))
        assert shown.context["total"] == MOST + 3

    def test_puts_the_next_deadline_first_into_the_inbox(self, cast, client):
        opened(cast, count=MOST + 1, due_at=timezone.now() + timedelta(days=5))
        (urgent,) = opened(cast, due_at=timezone.now() + timedelta(hours=1))
        client.force_login(cast.host_secretariat)
        first = client.get(reverse("inbox")).context["items"][0][0]
        assert urgent.number in first.title


class TestStageTimes:
    def moved(self, cast: Cast, days: int, source: str) -> None:
        case = services.case_open(
            partnership=cast.partnership, kind=CaseKind.PIN, title="Idea", url="/", actor=cast.participant, at=NOON
        )
        Case.objects.filter(pk=case.pk).update(source=source)
        services.case_move(
            case_id=case.pk, stage=Stage.CONSIDERATION, actor=cast.host_secretariat, at=NOON + timedelta(days=days)
        )

    def test_are_the_middle_and_the_ninth_of_ten(self, cast, client):
        for days in (2, 4, 6, 8, 50):
            self.moved(cast, days, Source.ENTERED)
        self.moved(cast, 1000, Source.DEMONSTRATION)
        answer = client.get(reverse("parties:stage-times"), {"format": "csv", "country": "MN"})
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows == [
            {"kind": "pin", "stage": "submitted", "cases": "5", "median_days": "6.0", "ninth_decile_days": "33.2"}
        ]
        assert client.get(reverse("parties:stage-times"), {"country": "VN"}).context["times"] == []

    def test_are_those_of_the_demonstration_while_there_is_nothing_else(self, cast):
        self.moved(cast, 3, Source.DEMONSTRATION)
        (time,) = boards.stage_times()
        assert (time.cases, time.median) == (1, 3)

    def test_add_up_what_a_case_spent_in_a_stage_in_parts(self, cast):
        case = services.case_open(
            partnership=cast.partnership, kind=CaseKind.PIN, title="Idea", url="/", actor=cast.participant, at=NOON
        )
        for stage, day in ((Stage.RETURNED, 2), (Stage.SUBMITTED, 10), (Stage.CONSIDERATION, 13)):
            services.case_move(case_id=case.pk, stage=stage, actor=cast.host_secretariat, at=NOON + timedelta(days=day))
        times = {time.stage: time.median for time in boards.stage_times()}
        assert times == {Stage.SUBMITTED: 5, Stage.RETURNED: 8}
