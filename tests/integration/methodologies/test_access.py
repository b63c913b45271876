"""Who sees which methodology, who may do what, and what waits in whose inbox."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from methodologies import policies, selectors, services
from methodologies.models import MethodologyVersion
from methodologies.workflow import ONCE_APPROVED, Status
from tests.factories import cycle
from tests.factories.cycle import NOON


def withdrawn(people):
    submitted = cycle.submitted_methodology(people)
    return services.methodology_withdraw(version_id=submitted.pk, actor=people.participant, at=NOON)


def discarded(people):
    draft = cycle.drafted_methodology(people)
    return services.methodology_withdraw(version_id=draft.pk, actor=people.participant, at=NOON)


def denied(people):
    considered = cycle.considered_methodology(people)
    return services.methodology_deny(
        version_id=considered.pk, decision=cycle.decision(people), reason="Too high.", at=NOON
    )


def superseded(people):
    version = cycle.approved_methodology(people)
    cycle.approved_methodology(people, methodology=version.methodology)
    return MethodologyVersion.objects.get(pk=version.pk)


def revoked(people):
    version = cycle.approved_methodology(people)
    withdrawal = services.withdrawal_propose(
        version_id=version.pk, reason="Wrong.", actor=people.host_secretariat, at=NOON
    )
    return services.withdrawal_adopt(withdrawal_id=withdrawal.pk, decision=cycle.decision(people), at=NOON)


MAKERS = {
    "draft": cycle.drafted_methodology,
    "discarded": discarded,
    "submitted": cycle.submitted_methodology,
    "returned": cycle.returned_methodology,
    "called": cycle.called_methodology,
    "considered": cycle.considered_methodology,
    "approved": cycle.approved_methodology,
    "superseded": superseded,
    "revoked": revoked,
    "denied": denied,
    "withdrawn": withdrawn,
}
OPEN = {"called", "considered", "approved", "superseded", "revoked", "denied"}
SUBMITTED = OPEN | {"submitted", "returned", "withdrawn"}
SEEN = {
    "participant": set(MAKERS),
    "japan_secretariat": SUBMITTED,
    "host_chair": SUBMITTED,
    "japan_member": SUBMITTED,
    "tpe": SUBMITTED,
    "japan_proposer": OPEN,
    "anonymous": OPEN,
    "stranger": OPEN,
}


def person_of(people, strangers, who):
    if who == "anonymous":
        return AnonymousUser()
    return strangers.host_secretariat if who == "stranger" else getattr(people, who)


@pytest.mark.parametrize("who", SEEN)
def test_each_sees_what_the_table_says(people, strangers, who):
    made = {MAKERS[name](people).pk: name for name in MAKERS}
    viewer = person_of(people, strangers, who)
    seen = selectors.methodology_list(viewer=viewer, at=NOON).filter(pk__in=made)
    assert {made[version.pk] for version in seen} == SEEN[who]


MAY = {
    ("participant", "draft"): ["submit", "withdraw"],
    ("participant", "submitted"): ["withdraw"],
    ("participant", "returned"): ["submit", "withdraw"],
    ("participant", "called"): ["withdraw"],
    ("participant", "considered"): ["withdraw"],
    ("japan_secretariat", "submitted"): ["accept", "return"],
    ("host_secretariat", "submitted"): ["accept", "return"],
}


@pytest.mark.parametrize("state", MAKERS)
def test_each_may_do_what_the_table_says(people, strangers, state):
    version = MAKERS[state](people)
    for who in ("participant", "tpe", "japan_secretariat", "host_secretariat", "japan_chair", "anonymous", "stranger"):
        viewer = person_of(people, strangers, who)
        assert policies.available(viewer, version, at=NOON) == MAY.get((who, state), []), who
        assert policies.can_edit(viewer, version, at=NOON) == (who == "participant" and state in {"draft", "returned"})


class TestRoleInForce:
    def test_a_role_that_has_ended_opens_nothing(self, people):
        version = cycle.submitted_methodology(people)
        people.host_secretariat.roles.update(valid_until=NOON.date() - timedelta(days=1))
        assert policies.available(people.host_secretariat, version, at=NOON) == []
        assert not selectors.methodology_list(viewer=people.host_secretariat, at=NOON).filter(pk=version.pk).exists()

    def test_a_role_that_has_not_begun_opens_nothing(self, people):
        version = cycle.drafted_methodology(people)
        people.participant.roles.update(valid_from=NOON.date() + timedelta(days=1))
        assert policies.available(people.participant, version, at=NOON) == []


class TestInboxItems:
    def kinds(self, viewer):
        return [(item.kind, item.waiting_since) for item in selectors.inbox_items(viewer=viewer, at=NOON)]

    def test_secretariat_gets_what_was_submitted_with_seven_days(self, people):
        version = cycle.submitted_methodology(people)
        (item,) = selectors.inbox_items(viewer=people.japan_secretariat, at=NOON)
        assert (item.title, item.url) == (str(version), version.get_absolute_url())
        assert (item.waiting_since, item.due_at) == (NOON, version.case.due_at)

    def test_proponent_gets_drafts_and_returned_ones(self, people):
        cycle.drafted_methodology(people)
        cycle.returned_methodology(people)
        assert self.kinds(people.participant) == [
            ("Correct a returned methodology", NOON),
            ("Finish a draft methodology", NOON),
        ]

    def test_nothing_waits_for_others(self, people, strangers):
        cycle.submitted_methodology(people)
        cycle.drafted_methodology(people)
        for viewer in (people.tpe, people.japan_chair, strangers.host_secretariat, AnonymousUser()):
            assert self.kinds(viewer) == []

    def test_what_is_done_waits_no_more(self, people):
        cycle.considered_methodology(people)
        assert self.kinds(people.japan_secretariat) == []

    def test_asks_as_many_queries_for_ten_as_for_one(self, people, django_assert_max_num_queries):
        for _ in range(10):
            cycle.submitted_methodology(people)
        with django_assert_max_num_queries(8):
            assert len(selectors.inbox_items(viewer=people.japan_secretariat, at=NOON)) == 10


def test_public_means_called_considered_or_decided(people):
    for make in MAKERS.values():
        make(people)
    found = set(MethodologyVersion.objects.public().values_list("status", flat=True))
    assert found == {Status.PUBLIC_INPUTS, Status.CONSIDERED, Status.DENIED, *ONCE_APPROVED}
