"""What the templates say about numbers, days, states and addresses."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from core.templatetags import jcm

AT = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


def render(source: str, path: str = "/", **context: Any) -> str:
    request = RequestFactory().get(path)
    return Template("{% load jcm %}" + source).render(Context({"request": request, **context})).strip()


class TestNumbers:
    @pytest.mark.parametrize(("value", "text"), [(129320, "129,320\u00a0t"), (0, "0\u00a0t"), (None, "–"), ("", "–")])
    def test_tonnes_are_grouped_and_unbroken(self, value: object, text: str) -> None:
        assert jcm.tonnes(value) == text
        with translation.override("ja"):
            assert jcm.tonnes(value) == text

    def test_text_stays_as_it_is(self) -> None:
        assert jcm.number("43,012") == "43,012"


class TestDays:
    def test_a_day_is_shown_in_the_readers_language(self) -> None:
        assert jcm.day(date(2026, 11, 22)) == '<time datetime="2026-11-22">22 November 2026</time>'
        with translation.override("ja"):
            assert "2026年11月22日" in jcm.day(date(2026, 11, 22))
        assert jcm.day(None) == "–"

    def test_a_deadline_is_shown_on_the_clock_of_a_capital(self) -> None:
        assert "23 November 2026 00:30 (Tokyo)" in jcm.zone_time(AT, "Asia/Tokyo")
        assert "22 November 2026 23:30 (Улаанбаатар)" in jcm.zone_time(AT, "Asia/Ulaanbaatar", "Улаанбаатар")
        assert "15:30 (UTC)" in jcm.moment(AT)

    def test_days_left_are_whole_and_negative_when_over(self) -> None:
        assert jcm.days_left(AT, datetime(2026, 11, 20, 15, 0, tzinfo=UTC)) == 2
        assert jcm.days_left(AT, datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == -1
        assert jcm.days_left("") is None

    def test_iso_form(self) -> None:
        assert (jcm.date_iso(date(2026, 1, 2)), jcm.date_iso(AT)) == ("2026-01-02", "2026-11-22T15:30:00+00:00")
        assert jcm.date_iso(None) == ""


class TestStates:
    @pytest.mark.parametrize(
        ("state", "tone"),
        [("registered", "success"), ("under_review", "progress"), ("Rejected", "danger"), ("?", "neutral")],
    )
    def test_colour(self, state: str, tone: str) -> None:
        assert jcm.tone(state) == tone

    def test_no_state_has_two_colours(self) -> None:
        assert sum(len(states.split()) for states in jcm.TONES.values()) == len(jcm.TONE_OF)

    def test_words(self) -> None:
        assert (jcm.state_label("in_progress"), jcm.state_label("")) == ("In progress", "")


class TestLinks:
    def test_query_keeps_other_keys_in_all_their_values(self) -> None:
        text = render("{% query_replace sort='-issued' page=None %}", "/p/?status=a&status=b&page=3&sort=x")
        assert text == "?status=a&amp;status=b&amp;sort=-issued"

    def test_query_is_escaped(self) -> None:
        assert "<" not in render("{% query_replace %}", "/p/?q=%22%3E%3Cscript%3E")

    def test_sorting_goes_to_and_fro(self) -> None:
        source = "{% sort_state 'number' as s %}{{ s.aria }}|{{ s.next }}"
        assert render(source) == "|number"
        assert render(source, "/?sort=number") == "ascending|-number"
        assert render(source, "/?sort=-number") == "descending|number"

    def test_current_page_and_its_parents_are_marked(self) -> None:
        source = "{% current '/projects/' %}"
        assert render(source, "/projects/") == 'aria-current="page"'
        assert render(source, "/projects/MN004/") == 'aria-current="true"'
        assert render(source, "/credits/") == ""
        assert render("{% current '/' %}", "/credits/") == ""

    def test_error_pages_without_request(self) -> None:
        template = Template(
            "{% load jcm %}{% current '/x/' %}{% query_replace a=1 %}{% sort_state 'a' as s %}{{ s.next }}"
        )
        assert template.render(Context()) == "?a=1a"


class TestIcon:
    def test_is_silent_unless_named(self) -> None:
        assert 'aria-hidden="true"' in jcm.icon("search")
        assert 'role="img" aria-label="Search &lt;"' in jcm.icon("search", "Search <")


class TestMarksOptional:
    def test_only_beside_required_neighbours(self) -> None:
        class Mixed(forms.Form):
            title = forms.CharField()
            note = forms.CharField(required=False)

        class Filter(forms.Form):
            q = forms.CharField(required=False)

        assert [jcm.marks_optional(field) for field in Mixed()] == [False, True]
        assert not jcm.marks_optional(Filter()["q"])


def test_small_readers() -> None:
    assert [jcm.filled(text) for text in ("", " \n ", None, "<svg>")] == [False, False, False, True]
    assert jcm.lines("a | b|") == ["a", "b"]
    assert jcm.get({"a": 1}, "a") == 1
    assert jcm.get(SimpleNamespace(a=1), "a") is None
