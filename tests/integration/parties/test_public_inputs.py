"""Public inputs: sent without an account, confirmed by e-mail, moderated, answered; nothing is public before."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted, TransitionRefused
from core.models import Event
from core.services import deliveries_finish
from parties import services
from parties.errors import CallClosed, LinkExpired, TooManyInputs
from parties.models import PublicCall, PublicInput
from parties.workflow import InputStatus
from tests.factories import cycle
from tests.factories.cycle import NOON
from tests.factories.packs import silent_pack

DAY = timedelta(days=1)
CONTENT = {
    "name": "Nergui",
    "organisation": "Herders' Association",
    "country": "Mongolia",
    "email": "nergui@herders.example",
    "text": "The wells run dry.",
}


@pytest.fixture
def called(people):
    return cycle.called_methodology(people)


def sent(version, *, at=NOON, sender="here", **other):
    content = CONTENT | {name: value for name, value in other.items() if name in CONTENT}
    attachment = other.get("attachment")
    return services.input_send(
        call_id=version.case.call.pk, content=content, sender=sender, attachment=attachment, at=at
    )


def confirmed(version, **other):
    made = sent(version, **other)
    return services.input_confirm(token=services.confirmation_token(made), at=NOON)


def published(people, version, **other):
    made = confirmed(version, **other)
    return services.input_publish(input_id=made.pk, actor=people.host_secretariat, at=NOON)


def pdf(content=b"%PDF-1.7 wells"):
    return SimpleUploadedFile("wells.pdf", content, content_type="application/pdf")


class TestCallOpen:
    def test_of_a_project_runs_beside_validation_for_thirty_days(self, people):
        project = cycle.designed_project(people)
        # 2 November to 1 December, until midnight in Ulaanbaatar.
        assert project.case.call.closes_at == datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
        cycle.project_services.project_validate(
            project_id=project.pk, designation_id=people.designation.pk, statement="Good.", actor=people.tpe, at=NOON
        )
        project.refresh_from_db()
        assert (project.status, project.case.call.closed_at) == ("validated", None)

    def test_does_not_happen_where_the_pack_asks_for_none(self, people):
        silent_pack(people.partnership)
        assert not hasattr(cycle.designed_project(people).case, "call")


class TestInputSend:
    def test_gives_a_reference(self, called):
        assert sent(called).reference == "MN_PM900-PI900"

    def test_is_refused_from_the_deadline_on(self, called):
        call = called.case.call
        sent(called, at=call.closes_at - timedelta(seconds=1))
        with pytest.raises(CallClosed):
            sent(called, at=call.closes_at)

    @pytest.mark.parametrize("same", ["sender", "email"])
    def test_is_refused_for_a_flood(self, called, same):
        for number in range(5):
            other = {"sender": "here" if same == "sender" else f"place {number}"}
            sent(called, email=f"{number}@x.example" if same == "sender" else CONTENT["email"], **other)
        other = {"sender": "here", "email": "new@x.example"} if same == "sender" else {"sender": "elsewhere"}
        with pytest.raises(TooManyInputs):
            sent(called, **other)
        assert sent(called, at=NOON + timedelta(minutes=61), **other)

    def test_checks_the_attachment(self, called):
        with pytest.raises(InvalidInput) as refusal:
            sent(called, attachment=SimpleUploadedFile("virus.exe", b"MZ"))
        assert list(refusal.value.fields) == ["attachment"]

    def test_names_nobody_in_the_story(self, called):
        made = sent(called)
        event = Event.objects.get(name="public_input.sent")
        said = f"{event.subject_label} {event.data} {event.actor}"
        assert made.name not in said
        assert made.email not in said


class TestInputConfirm:
    def test_lasts_three_days(self, called):
        made = sent(called)
        token = services.confirmation_token(made)
        with pytest.raises(LinkExpired):
            services.input_confirm(token=token, at=NOON + 3 * DAY + timedelta(seconds=1))
        assert services.input_confirm(token=token, at=NOON + 3 * DAY).status == InputStatus.RECEIVED

    def test_may_be_pressed_twice(self, called):
        made = confirmed(called)
        again = services.input_confirm(token=services.confirmation_token(made), at=NOON + DAY)
        assert again.confirmed_at == NOON

    def test_refuses_a_link_that_was_changed(self, called):
        with pytest.raises(LinkExpired):
            services.input_confirm(token=services.confirmation_token(sent(called))[:-1] + "x", at=NOON)


class TestInputsForget:
    def test_deletes_what_nobody_confirmed(self, called):
        kept, _lost = confirmed(called), sent(called)
        services.inputs_forget(at=NOON + 3 * DAY)
        assert PublicInput.objects.count() == 2
        services.inputs_forget(at=NOON + 3 * DAY + timedelta(seconds=1))
        assert PublicInput.objects.get() == kept


class TestModeration:
    def test_publishes_the_attachment_too(self, people, called):
        made = published(people, called, attachment=pdf())
        rendition = made.document.renditions.get()
        assert (rendition.access, rendition.file_name, made.document.filed_by) == (
            "public", "wells.pdf", people.host_secretariat,
        )  # fmt: skip

    def test_waits_for_the_confirmation(self, people, called):
        with pytest.raises(TransitionRefused):
            services.input_publish(input_id=sent(called).pk, actor=people.host_secretariat, at=NOON)

    def test_needs_a_reason_to_refuse(self, people, called):
        made = confirmed(called)
        with pytest.raises(InvalidInput):
            services.input_refuse(input_id=made.pk, reason=" ", actor=people.host_secretariat, at=NOON)
        refused = services.input_refuse(input_id=made.pk, reason="Spam", actor=people.host_secretariat, at=NOON)
        assert (refused.status, refused.refusal) == (InputStatus.REFUSED, "Spam")

    @pytest.mark.parametrize("who", ["participant", "host_chair", "tpe"])
    def test_is_for_the_secretariat(self, people, called, who):
        made = confirmed(called)
        with pytest.raises(NotPermitted):
            services.input_publish(input_id=made.pk, actor=getattr(people, who), at=NOON)


class TestInputReply:
    @pytest.mark.parametrize("who", ["participant", "japan_secretariat"])
    def test_comes_from_the_proponent_or_the_secretariat(self, people, called, who):
        made = published(people, called)
        made = services.input_reply(input_id=made.pk, text="They will be deeper.", actor=getattr(people, who), at=NOON)
        assert (made.reply, made.replied_by) == ("They will be deeper.", getattr(people, who))

    def test_is_refused_to_others_and_before_publication(self, people, strangers, called):
        made = confirmed(called)
        with pytest.raises(TransitionRefused):
            services.input_reply(input_id=made.pk, text="x", actor=people.participant, at=NOON)
        with pytest.raises(NotPermitted):
            services.input_reply(input_id=made.pk, text="x", actor=strangers.participant, at=NOON)


class TestJourney:
    """Through the pages, as somebody without an account."""

    @pytest.fixture
    def open_call(self, people):
        version = cycle.called_methodology(people)
        now = timezone.now()
        PublicCall.objects.update(opened_at=now - DAY, closes_at=now + DAY)
        return version.case

    def send(self, case, **other):
        url = reverse("parties:input-new", args=[case.number])
        return Client().post(url, CONTENT | {"website": ""} | other)

    def test_from_the_form_to_the_public_list(self, people, open_call):
        page = reverse("parties:case", args=[open_call.number])
        answer = self.send(open_call, attachment=pdf())
        assert "Open the link in your e-mail" in answer.content.decode()
        deliveries_finish()
        letter = mail.outbox[-1]
        assert letter.to == [CONTENT["email"]]
        link = re.search(r"/inputs/confirm/\S+", letter.body).group()
        assert Client().get(link).status_code == 200
        assert PublicInput.objects.get().status == InputStatus.UNCONFIRMED, "opening the link alone confirms nothing"
        assert "MN_PM900-PI900" in Client().post(link).content.decode()
        secretary = Client()
        secretary.force_login(people.host_secretariat)
        assert CONTENT["text"] not in Client().get(page).content.decode()
        assert CONTENT["text"] in secretary.get(page).content.decode()
        made = PublicInput.objects.get()
        secretary.post(reverse("parties:input-publish", args=[open_call.number, made.pk]))
        body = Client().get(page).content.decode()
        assert CONTENT["text"] in body
        assert CONTENT["email"] not in body
        file = Client().get(reverse("parties:input-file", args=[open_call.number, made.pk]))
        assert b"".join(file.streaming_content) == b"%PDF-1.7 wells"
        table = Client().get(reverse("parties:inputs-csv", args=[open_call.number])).content.decode("utf-8-sig")
        assert CONTENT["text"] in table
        assert CONTENT["email"] not in table

    def test_a_program_that_fills_everything_is_told_nothing(self, open_call):
        answer = self.send(open_call, website="https://spam.example")
        assert "Open the link in your e-mail" in answer.content.decode()
        assert not PublicInput.objects.exists()

    def test_the_attachment_is_closed_until_it_is_published(self, people, open_call):
        self.send(open_call, attachment=pdf())
        made = PublicInput.objects.get()
        url = reverse("parties:input-file", args=[open_call.number, made.pk])
        services.input_confirm(token=services.confirmation_token(made), at=timezone.now())
        assert Client().get(url).status_code == 404
        inside = Client()
        inside.force_login(people.participant)
        assert inside.get(url).status_code == 404

    def test_faults_stand_at_their_fields(self, open_call):
        body = self.send(open_call, email="nobody", text="").content.decode()
        assert body.count("form-group--invalid") == 2


class TestCanary:
    """What is not public is nowhere to be seen by the public."""

    def test_of_inputs(self, people, called):
        secrets = {
            "name": "Quokkawhisper",
            "organisation": "Numbatmurmur",
            "text": "Bilbyhush",
            "email": "dunnart@x.example",
        }
        sent(called, **secrets | {"text": "Pottoroolull"})
        confirmed(called, **secrets)
        refused = confirmed(called, **secrets | {"text": "Wombatsigh"})
        services.input_refuse(input_id=refused.pk, reason="Bandicootrest", actor=people.host_secretariat, at=NOON)
        shown = confirmed(called, email="quollbreath@x.example", name="Shown")
        services.input_publish(input_id=shown.pk, actor=people.host_secretariat, at=NOON)
        hidden = (
            "Quokkawhisper", "Numbatmurmur", "Bilbyhush", "dunnart", "Pottoroolull", "Wombatsigh", "Bandicootrest",
            "quollbreath",
        )  # fmt: skip
        for viewer in (None, people.participant, people.host_chair):
            client = Client()
            if viewer:
                client.force_login(viewer)
            number = called.case.number
            pages = [
                client.get(reverse("parties:case", args=[number])),
                client.get(reverse("parties:inputs-csv", args=[number])),
                client.get(called.get_absolute_url()),
                client.get("/search/?q=whisper"),
            ]
            for page in pages:
                assert page.status_code == 200
                body = page.content.decode()
                assert not [word for word in hidden if word in body], page.request["PATH_INFO"]
