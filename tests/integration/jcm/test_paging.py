"""Keyset paging: whatever the order, each row comes once, forwards and backwards."""

import base64
import json
from datetime import date, timedelta

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.paging import CursorUnknown, Order, SortUnknown, order_of, page_of
from parties.models import Partnership
from projects.models import ProjectIdeaNote

pytestmark = pytest.mark.django_db

SORTS = {"number": "number", "title": "title", "date": "decided_on", "country": "partnership__host__name_en"}
DAYS = [None, *(date(2024, 1, 1) + timedelta(days=n) for n in range(3))]
rows = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.sampled_from(DAYS), st.booleans()), max_size=12)


def notes(given_rows: list[tuple[str, date | None, bool]]) -> QuerySet[ProjectIdeaNote]:
    ProjectIdeaNote.objects.all().delete()
    first, second = Partnership.objects.all()[:2]
    ProjectIdeaNote.objects.bulk_create(
        ProjectIdeaNote(number=f"N{i:03}", title=title, decided_on=day, partnership=first if one else second)
        for i, (title, day, one) in enumerate(given_rows)
    )
    return ProjectIdeaNote.objects.all()


def walk(queryset: QuerySet[ProjectIdeaNote], order: Order, size: int) -> tuple[list[list[int]], str]:
    """Read every page to the end; return the keys page by page and the cursor back from the last page."""
    pages, cursor = [], ""
    while True:
        page = page_of(queryset, order=order, cursor=cursor, size=size)
        assert bool(page.previous) == bool(cursor)
        pages.append([row.pk for row in page.rows])
        if not page.next:
            return pages, page.previous
        cursor = page.next


def is_sorted(values: list[object], *, descending: bool) -> bool:
    known = [value for value in values if value is not None]
    return values[len(known) :] == [None] * (len(values) - len(known)) and known == sorted(known, reverse=descending)


class TestPageOf:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(given_rows=rows, word=st.sampled_from([*SORTS, *(f"-{key}" for key in SORTS)]), size=st.integers(1, 5))
    def test_yields_each_row_once_in_order_both_ways(
        self, given_rows: list[tuple[str, date | None, bool]], word: str, size: int
    ) -> None:
        queryset, order = notes(given_rows), order_of(SORTS, word)
        pages, back = walk(queryset, order, size)
        seen = [pk for page in pages for pk in page]
        assert sorted(seen) == sorted(queryset.values_list("pk", flat=True))
        if word.endswith("date"):
            by_pk = dict(queryset.values_list("pk", "decided_on"))
            assert is_sorted([by_pk[pk] for pk in seen], descending=word.startswith("-"))
        backwards = []
        while back:
            page = page_of(queryset, order=order, cursor=back, size=size)
            assert page.next
            backwards.insert(0, [row.pk for row in page.rows])
            back = page.previous
        assert [pk for page in backwards for pk in page] == [pk for page in pages[:-1] for pk in page]

    def test_a_row_that_comes_in_between_repeats_nothing(self) -> None:
        queryset, order = notes([("a", None, True), ("b", None, True), ("c", None, True)]), order_of(SORTS, "title")
        first = page_of(queryset, order=order, size=2)
        ProjectIdeaNote.objects.create(number="N900", title="0", partnership=Partnership.objects.all()[0])
        second = page_of(queryset, order=order, cursor=first.next, size=2)
        assert [row.title for row in (*first.rows, *second.rows)] == ["a", "b", "c"]

    def test_the_cursor_holds_its_place_when_its_row_is_gone(self) -> None:
        queryset, order = notes([("a", None, True), ("b", None, True), ("c", None, True)]), order_of(SORTS, "-title")
        first = page_of(queryset, order=order, size=2)
        first.rows[-1].delete()
        assert [row.title for row in page_of(queryset, order=order, cursor=first.next).rows] == ["a"]

    @pytest.mark.parametrize(
        "cursor",
        [
            "x",
            "é",
            "AAAA",
            base64.urlsafe_b64encode(b'{"a":1}').decode(),
            base64.urlsafe_b64encode(json.dumps(["date", "2024-99-99", 1, 0]).encode()).decode(),
            base64.urlsafe_b64encode(json.dumps(["date", "2024-01-01", "one", 0]).encode()).decode(),
            base64.urlsafe_b64encode(json.dumps(["number", "N001", 1, 0]).encode()).decode(),
            base64.urlsafe_b64encode(json.dumps(["date", [1], {}, 7]).encode()).decode(),
        ],
    )
    def test_refuses_a_cursor_of_its_own_making(self, cursor: str) -> None:
        with pytest.raises(CursorUnknown):
            page_of(ProjectIdeaNote.objects.all(), order=order_of(SORTS, "date"), cursor=cursor)

    def test_refuses_a_text_that_the_database_cannot_hold(self) -> None:
        cursor = base64.urlsafe_b64encode(json.dumps(["title", "a\0b", 1, 0]).encode()).decode()
        with pytest.raises(CursorUnknown):
            page_of(ProjectIdeaNote.objects.all(), order=order_of(SORTS, "title"), cursor=cursor)


class TestOrderOf:
    @pytest.mark.parametrize("word", ["", "-", "colour", "--title", "partnership__host__name_en"])
    def test_refuses_what_the_list_does_not_offer(self, word: str) -> None:
        with pytest.raises(SortUnknown) as refusal:
            order_of(SORTS, word)
        assert "sort" in refusal.value.fields
