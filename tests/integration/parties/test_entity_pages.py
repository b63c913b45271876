"""The pages of third-party entities: what each person sees and does there."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from parties.models import Designation, DesignationApplication, DesignationMeasure
from tests.factories import entities
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db


def text(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


class TestApply:
    def asked(self, people, **changes):
        return {
            "organisation": entities.body(people).pk,
            "partnership": people.partnership.pk,
            "basis": "iso_14065",
            "accreditation_body": "Accreditation Board",
            "certificate_number": "AB-7",
            "accredited_until": (timezone.now() + timedelta(days=900)).date().isoformat(),
            "scopes_validation": [scope.pk for scope in entities.scopes(1, 3)],
            "scopes_verification": [scope.pk for scope in entities.scopes(1)],
            **changes,
        }

    def test_files_what_the_form_says(self, client, people):
        client.force_login(people.tpe)
        sent = self.asked(people, restricted=SimpleUploadedFile("certificate.pdf", b"%PDF-1.7 x"))
        response = client.post(reverse("parties:application-new"), sent)
        application = DesignationApplication.objects.get()
        assert response["Location"] == application.get_absolute_url()
        assert sorted(scope.number for scope in application.scopes_validation.all()) == [1, 3]
        assert [r.access for r in application.document.renditions.all()] == ["restricted"]

    def test_shows_what_is_wrong_at_its_field(self, client, people):
        client.force_login(people.tpe)
        page = client.post(reverse("parties:application-new"), self.asked(people, certificate_number=""))
        assert "Give the number of the certificate." in page.content.decode()
        assert not DesignationApplication.objects.exists()

    def test_the_secretariat_returns_and_the_entity_corrects(self, client, people):
        application = entities.filed(people)
        client.force_login(people.host_secretariat)
        assert "Check an application for designation" in text(client, reverse("inbox"))
        client.post(reverse("parties:application-return", args=[application.pk]), {"reason": "The scan is cut."})
        client.force_login(people.tpe)
        assert "Correct a returned application" in text(client, reverse("inbox"))
        edit = reverse("parties:application-edit", args=[application.pk])
        assert "The scan is cut." in text(client, edit)
        client.post(edit, self.asked(people, certificate_number="AB-8"))
        application.refresh_from_db()
        assert (application.status, application.certificate_number) == ("submitted", "AB-8")

    def test_extends_a_designation(self, client, people):
        designation = entities.granted(people)
        client.force_login(people.tpe)
        address = reverse("parties:application-extend", args=[designation.number])
        assert address in text(client, designation.get_absolute_url())
        client.post(address, self.asked(people, kind="renewal"))
        assert designation.applications.filter(kind="renewal", status="submitted").exists()


class TestEntityPage:
    def test_tells_scopes_accreditation_and_history(self, client, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "suspend", days=3, reason="An inquiry is open.", work_may_finish=True)
        shown = text(client, designation.get_absolute_url())
        for words in ("Accreditation Board, AB-1", "31 March 2029", "An inquiry is open.", "MN_JC903", "Suspended"):
            assert words in shown
        assert "Work under way may be finished." in shown
        assert "Propose a measure" not in shown
        assert "Give up the designation" not in shown

    def test_says_of_an_expired_one_that_it_is(self, client, people):
        designation = entities.granted(people)
        Designation.objects.filter(pk=designation.pk).update(valid_until=NOON.date())
        assert "Expired" in text(client, designation.get_absolute_url())

    def test_leads_the_secretariat_to_a_measure(self, client, people):
        designation = entities.granted(people)
        client.force_login(people.host_secretariat)
        address = reverse("parties:measure-new", args=[designation.number])
        assert address in text(client, designation.get_absolute_url())
        response = client.post(address, {"kind": "withdraw", "reason": "Accreditation lost."})
        measure = DesignationMeasure.objects.get()
        assert response["Location"] == measure.get_absolute_url()
        assert "Accreditation lost." in text(client, measure.get_absolute_url())

    def test_is_given_up_with_a_reason(self, client, people):
        designation = entities.granted(people)
        client.force_login(people.tpe)
        address = reverse("parties:give-up", args=[designation.number])
        assert client.post(address, {"reason": ""}).status_code == 200
        client.post(address, {"reason": "We close."})
        designation.refresh_from_db()
        assert designation.status == "given_up"
        assert "We close." in text(client, designation.get_absolute_url())


class TestList:
    def test_keeps_those_in_force_on_a_day(self, client, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "suspend", days=3)
        for days, listed in ((2, True), (3, False)):
            day = (NOON + timedelta(days=days)).date().isoformat()
            shown = text(client, f"/tpes/?in_force_on={day}")
            assert (designation.number in shown) is listed

    def test_offers_what_is_in_force_today(self, client, people):
        assert f"?in_force_on={timezone.now().date().isoformat()}" in text(client, "/tpes/")

    def test_keeps_one_state(self, client, people):
        designation = entities.granted(people)
        entities.carried_out(people, designation, "suspend")
        shown = text(client, "/tpes/?status=suspended")
        assert designation.number in shown
        assert people.designation.number not in shown
