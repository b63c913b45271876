"""The Joint Committee itself proposes a methodology or a revision: its secretariat writes, the rest is as usual."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core.errors import NotPermitted
from methodologies import selectors, services
from methodologies.models import MethodologyVersion
from methodologies.workflow import Status
from tests.factories import cycle
from tests.factories.cycle import NOON, SOLAR, TEXTS

pytestmark = pytest.mark.django_db


def proposed(people, *, actor=None, **other):
    return services.methodology_propose(
        partnership=people.partnership,
        proponent=None,
        title="Reviewed factors",
        sectoral_scope=cycle.SectoralScope.objects.get(number=1),
        texts=TEXTS,
        definition=SOLAR,
        actor=actor or people.host_secretariat,
        at=NOON,
        **other,
    )


class TestProposal:
    def test_bears_the_name_of_the_committee(self, people):
        draft = proposed(people)
        assert (draft.proponent_name, draft.proponent, draft.by_committee) == ("The Joint Committee", None, True)

    @pytest.mark.parametrize("who", ["participant", "tpe", "host_chair"])
    def test_is_written_by_the_secretariat_alone(self, people, who):
        with pytest.raises(NotPermitted):
            proposed(people, actor=getattr(people, who))

    def test_is_not_written_by_the_secretariat_of_another_partnership(self, people, strangers):
        with pytest.raises(NotPermitted):
            proposed(people, actor=strangers.host_secretariat)
        draft = proposed(people)
        with pytest.raises(NotPermitted):
            services.methodology_update(version_id=draft.pk, title="x", actor=strangers.host_secretariat, at=NOON)

    def test_of_a_record_without_proponent_belongs_to_nobody(self, people):
        version = cycle.drafted_methodology(people)
        MethodologyVersion.objects.filter(pk=version.pk).update(proponent=None)
        with pytest.raises(NotPermitted):
            services.methodology_update(version_id=version.pk, title="x", actor=people.host_secretariat, at=NOON)

    def test_has_one_proponent_in_the_database_too(self, people):
        version = cycle.drafted_methodology(people)
        with pytest.raises(IntegrityError, match="methodologies_one_proponent"), transaction.atomic():
            MethodologyVersion.objects.filter(pk=version.pk).update(by_committee=True)

    def test_goes_the_way_of_all_methodologies(self, people):
        first = cycle.approved_methodology(people)
        draft = proposed(people, methodology=first.methodology, minor=True)
        submitted = services.methodology_submit(version_id=draft.pk, actor=people.japan_secretariat, at=NOON)
        called = services.methodology_accept(version_id=submitted.pk, actor=people.japan_secretariat, at=NOON)
        services.methodology_consider(version_id=called.pk, at=NOON)
        services.methodology_approve(version_id=draft.pk, decision=cycle.decision(people), at=NOON)
        first.refresh_from_db()
        draft.refresh_from_db()
        assert (first.status, draft.status, draft.label) == (Status.SUPERSEDED, Status.APPROVED, "MN_AM900 ver1.1")


class TestDraft:
    def test_is_seen_by_both_secretariats_only(self, people, strangers):
        draft = proposed(people)
        for who, sees in (
            (people.host_secretariat, True), (people.japan_secretariat, True), (people.participant, False),
            (people.host_chair, False), (strangers.host_secretariat, False),
        ):  # fmt: skip
            assert selectors.methodology_list(viewer=who, at=NOON).filter(pk=draft.pk).exists() is sees

    def test_waits_in_their_inbox(self, people):
        draft = proposed(people)
        (item,) = selectors.inbox_items(viewer=people.japan_secretariat, at=NOON)
        assert (item.kind, item.url) == ("Finish a draft methodology", draft.get_absolute_url())


class TestForm:
    def test_offers_the_committee_to_the_secretariat(self, people, strangers, client):
        client.force_login(people.host_secretariat)
        address = reverse("methodologies:propose")
        page = client.get(address).content.decode()
        assert '<option value="" selected>The Joint Committee</option>' in page
        assert str(strangers.partnership) not in page
        client.post(address, {"partnership": people.partnership.pk, "proponent": "", "title": "Reviewed"})
        assert MethodologyVersion.objects.get().by_committee

    def test_wants_a_company_of_a_participant(self, people, client):
        client.force_login(people.participant)
        page = client.post(
            reverse("methodologies:propose"), {"partnership": people.partnership.pk, "proponent": "", "title": "Mine"}
        )
        assert list(page.context["where"].errors) == ["proponent"]
        assert not MethodologyVersion.objects.exists()

    def test_lets_the_secretariat_revise_methodologies_of_its_partnership(self, people, strangers, client):
        version = cycle.approved_methodology(people)
        address = reverse("methodologies:revise", args=[version.methodology.number])
        client.force_login(people.japan_secretariat)
        assert address in client.get(version.get_absolute_url()).content.decode()
        client.post(address, {"proponent": "", "title": "Reviewed", "minor": "on"})
        revision = MethodologyVersion.objects.get(title="Reviewed")
        assert (revision.by_committee, revision.version, revision.revises) == (True, "1.1", version)
        client.force_login(strangers.host_secretariat)
        assert client.get(address).status_code == 403
