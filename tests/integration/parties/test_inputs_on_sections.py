"""A public input may name the section that it is about: it is shown, filtered and exported with it."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import InvalidInput
from parties import services
from parties.casework import sections_commented
from parties.models import PublicCall, PublicInput
from parties.sections import heading_of
from parties.workflow import CaseKind
from tests.factories import cycle
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def called(people):
    return cycle.called_methodology(people)


def sent(case, section="", text="Too vague."):
    number = PublicInput.objects.count()
    content = {"name": "Nergui", "organisation": "", "country": "", "text": text, "section": section}
    content["email"] = f"n{number}@herders.example"
    return services.input_send(call_id=case.call.pk, content=content, sender=str(number), at=NOON)


def published(people, case, **other):
    made = sent(case, **other)
    services.input_confirm(token=services.confirmation_token(made), at=NOON)
    return services.input_publish(input_id=made.pk, actor=people.host_secretariat, at=NOON)


class TestInputSend:
    @pytest.mark.parametrize("letter", ["A", "I", ""])
    def test_takes_a_section_of_the_methodology_or_none(self, called, letter):
        assert sent(called.case, letter).section == letter

    @pytest.mark.parametrize("letter", ["J", "a"])
    def test_refuses_another(self, called, letter):
        with pytest.raises(InvalidInput) as refusal:
            sent(called.case, letter)
        assert refusal.value.fields == {"section": "Choose a section of this form."}

    def test_knows_the_sections_of_a_design(self, people):
        case = cycle.designed_project(people).case
        assert sent(case, "E").about == "E. Local stakeholder consultation"
        with pytest.raises(InvalidInput):
            sent(case, "G")

    def test_knows_none_of_other_cases(self):
        assert heading_of(CaseKind.PIN, "A") == ""


class TestPages:
    def test_the_methodology_leads_to_the_form_with_its_section_chosen(self, called, client):
        PublicCall.objects.update(closes_at=timezone.now() + timedelta(days=1))
        page = client.get(called.get_absolute_url()).content.decode()
        (link,) = re.findall(r'href="(\S+\?section=D)">Comment on section D', page)
        assert '<option value="D" selected>D. Eligibility criteria' in client.get(link).content.decode()

    def test_the_case_shows_filters_and_counts(self, people, called, client):
        for section, text in (("D", "Too vague."), ("D", "Too narrow."), ("F", "Too high."), ("", "Good.")):
            published(people, called.case, section=section, text=text)
        sent(called.case, "G")
        address = reverse("parties:case", args=[called.case.number])
        assert sections_commented(called.case) == [
            ("D", "D. Eligibility criteria", 2),
            ("F", "F. Establishment and calculation of reference emissions", 1),
        ]
        assert client.get(address).content.decode().count("· D. Eligibility criteria ·") == 2
        body = client.get(address, {"section": "D"}).content.decode()
        assert ("Too narrow." in body, "Too high." in body, "Good." in body) == (True, False, False)

    def test_the_form_of_an_unknown_section_says_so(self, called, client):
        PublicCall.objects.update(closes_at=timezone.now() + timedelta(days=1))
        address = reverse("parties:input-new", args=[called.case.number])
        page = client.post(address, {"name": "N", "email": "n@x.example", "text": "T", "section": "Z", "website": ""})
        assert list(page.context["form"].errors) == ["section"]
        assert not PublicInput.objects.exists()


class TestExport:
    def rows(self, client, case, **query):
        answer = client.get(reverse("parties:inputs-csv", args=[case.number]), query)
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_has_the_section_and_can_be_of_one(self, people, called, client):
        published(people, called.case, section="D", text="Too vague.")
        published(people, called.case, text="Good.")
        assert [(row["section"], row["text"]) for row in self.rows(client, called.case)] == [
            ("D", "Too vague."),
            ("", "Good."),
        ]
        assert [row["text"] for row in self.rows(client, called.case, section="D")] == ["Too vague."]
