"""The sections A to I and the spreadsheet: saved in parts, complete on submission, shown, filed in two renditions."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.errors import InvalidInput
from methodologies import document, services
from methodologies.models import MethodologyVersion
from methodologies.sections import TEXTS
from tests.factories import cycle
from tests.factories.cycle import NOON, SOLAR
from tests.factories.files import pdf

pytestmark = pytest.mark.django_db


def emptied(people, *columns, **content):
    draft = cycle.drafted_methodology(people, **dict.fromkeys(columns, ""))
    return services.methodology_update(version_id=draft.pk, actor=people.participant, at=NOON, **content)


def refused(people, version):
    with pytest.raises(InvalidInput) as refusal:
        services.methodology_submit(version_id=version.pk, actor=people.participant, at=NOON)
    return refusal.value.fields


class TestSubmission:
    @pytest.mark.parametrize("column", [column for column, text in TEXTS.items() if not text.optional])
    def test_names_the_section_that_is_empty(self, people, column):
        label = TEXTS[column].label
        assert refused(people, emptied(people, column)) == {column: f"Section {label} is not filled in."}

    def test_wants_no_words_to_equations_and_no_sources_where_nothing_is_fixed(self, people):
        measured = {**SOLAR, "parameters": SOLAR["parameters"][:1], "reference": "EG * 0.8 [tCO2/MWh]"}
        optional = [column for column, text in TEXTS.items() if text.optional]
        draft = emptied(people, "fixed_sources", *optional, definition=measured)
        services.methodology_submit(version_id=draft.pk, actor=people.participant, at=NOON)

    def test_keeps_what_a_change_leaves_out(self, people):
        draft = cycle.drafted_methodology(people)
        services.methodology_update(
            version_id=draft.pk, texts={"terms": "Roof: any."}, actor=people.participant, at=NOON
        )
        draft.refresh_from_db()
        assert (draft.terms, draft.sources, draft.definition) == ("Roof: any.", cycle.TEXTS["sources"], SOLAR)

    def test_refuses_a_column_that_is_no_section(self, people):
        with pytest.raises(KeyError):
            emptied(people, texts={"status": "approved"})


class TestSectionsOf:
    def test_shows_each_section_once_with_what_the_definition_says(self, people):
        sections = document.sections_of(cycle.drafted_methodology(people))
        assert [section.letter for section in sections] == list("BCDEFGHI")
        assert [section.letter for section in sections if section.calculation] == list("CFGHI")
        (fixed,) = sections[-1].calculation.fixed()
        assert (fixed.symbol, fixed.default_text) == ("EF", "0.797")

    def test_labels_the_texts_of_a_section_that_has_several(self, people):
        of_c = next(s for s in document.sections_of(cycle.drafted_methodology(people)) if s.letter == "C")
        assert [label for label, _text in of_c.texts] == [str(t.label) for t in TEXTS.values() if t.letter == "C"]

    def test_leaves_out_what_a_public_record_does_not_hold(self):
        assert document.sections_of(MethodologyVersion(summary="Solar.")) == [
            document.Section("C", "Summary of the methodology", [("C. Emission reduction measures", "Solar.")], None)
        ]


class TestPage:
    def test_has_a_table_of_contents_that_leads_to_each_section(self, people, client):
        version = cycle.approved_methodology(people)
        page = client.get(version.get_absolute_url()).content.decode()
        for letter in "BCDEFGHI":
            assert page.count(f'href="#section-{letter}"') == 1
            assert page.count(f'id="section-{letter}"') == 1
        assert "<mi>RE</mi><mo>=</mo><mrow><mi>EG</mi></mrow><mo>×</mo><mrow><mi>EF</mi></mrow>" in page
        assert "<mi>PE</mi><mo>=</mo><mn>0</mn>" in page
        assert cycle.TEXTS["eligibility"] in page

    def test_the_interface_gives_the_texts(self, people, client):
        version = cycle.approved_methodology(people)
        answer = client.get(reverse("api:methodology-detail", args=[version.pk])).json()
        assert {column: answer[column] for column in cycle.TEXTS} == cycle.TEXTS


class TestSpreadsheet:
    @property
    def files(self):
        return {
            "public": SimpleUploadedFile("public.pdf", pdf("Sheet")),
            "restricted": SimpleUploadedFile("whole.xlsx", b"PK whole"),
        }

    def test_is_filed_as_two_renditions_by_the_form(self, people, client):
        draft = cycle.drafted_methodology(people)
        client.force_login(people.participant)
        sent = {"title": "Solar", **cycle.TEXTS, **self.files}
        answer = client.post(reverse("methodologies:edit", args=[draft.pk]), sent)
        draft.refresh_from_db()
        assert (answer.status_code, sorted(r.access for r in draft.document.renditions.all())) == (
            302,
            ["public", "restricted"],
        )

    def test_a_public_twin_that_keeps_what_it_hides_is_refused_at_its_field(self, people, client):
        draft = cycle.drafted_methodology(people)
        client.force_login(people.participant)
        twins = {name: SimpleUploadedFile(f"{name}.xlsx", b"PK sheet") for name in ("public", "restricted")}
        page = client.post(reverse("methodologies:edit", args=[draft.pk]), {"title": "Solar", **twins})
        assert "as PDF" in page.context["form"].errors["public"][0]
        draft.refresh_from_db()
        assert draft.document is None

    def test_shows_the_public_one_to_everybody_and_the_other_to_those_inside(self, people, client):
        version = cycle.called_methodology(people, files=self.files)
        address = reverse("methodologies:document", args=[version.pk, "restricted"])
        page = client.get(version.get_absolute_url()).content.decode()
        assert "public.pdf" in page
        assert "whole.xlsx" not in page
        assert client.get(address).status_code == 404
        client.force_login(people.host_secretariat)
        assert "whole.xlsx" in client.get(version.get_absolute_url()).content.decode()
        assert b"".join(client.get(address)) == b"PK whole"

    def test_opens_to_a_member_after_the_declaration_only(self, people, client):
        version = cycle.considered_methodology(people, files=self.files)
        client.force_login(people.japan_member)
        assert client.get(reverse("methodologies:document", args=[version.pk, "restricted"])).status_code == 403
        assert b"whole.xlsx" in client.get(version.get_absolute_url()).content
        item = version.decision_items.get()
        item.declarations.create(member=people.japan_member, conflict=False, declared_at=NOON)
        opened = client.get(reverse("methodologies:document", args=[version.pk, "restricted"]))
        assert b"".join(opened) == b"PK whole"
