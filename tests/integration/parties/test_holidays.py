"""Public holidays: kept by the secretariat of the side, and they extend deadlines where the rule pack says so."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import NotPermitted
from parties import services
from parties.models import Holiday
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.packs import pack

REST = {date(2026, 11, 8): "Rest", date(2026, 11, 9): "More rest"}


def keep(people, who="host_secretariat", side="host"):
    country = getattr(people.partnership, side)
    services.holidays_replace(country=country, days=REST, actor=getattr(people, who), at=NOON)


class TestHolidaysReplace:
    def test_extend_a_deadline_where_the_pack_says_so(self, people):
        keep(people)
        assert cycle.submitted_methodology(people).case.due_at == datetime(2026, 11, 8, 16, 0, tzinfo=UTC)
        pack(people.partnership, holidays_extend=True)
        assert cycle.submitted_methodology(people).case.due_at == datetime(2026, 11, 10, 16, 0, tzinfo=UTC)

    def test_leaves_what_is_not_given(self, people):
        keep(people)
        services.holidays_replace(
            country=people.partnership.host, days={date(2027, 1, 1): "New Year"}, actor=people.host_secretariat, at=NOON
        )
        assert list(Holiday.objects.values_list("name", flat=True)) == ["New Year"]

    @pytest.mark.parametrize(("who", "side"), [("host_secretariat", "acquirer"), ("host_chair", "host")])
    def test_is_for_the_secretariat_of_that_side(self, people, who, side):
        with pytest.raises(NotPermitted):
            keep(people, who, side)


class TestPages:
    def test_show_and_change(self, people):
        secretary = Client()
        secretary.force_login(people.host_secretariat)
        edit = reverse("parties:holidays-edit", args=["MN"])
        bad = secretary.post(edit, {"holidays": "2027-01-01 New Year\n2027-01-01 Again"})
        assert "Line 2: write another day" in bad.content.decode()
        assert secretary.post(edit, {"holidays": "2027-01-01 New Year"}).status_code == 302
        assert "New Year" in Client().get(reverse("parties:holidays", args=["MN"])).content.decode()
        assert "2027-01-01 New Year" in secretary.get(edit).content.decode()
