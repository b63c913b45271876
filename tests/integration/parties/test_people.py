"""Who gets a role and who loses it."""

import re
import time
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import services as kernel
from core.errors import InvalidInput, NotPermitted, SamePerson
from core.models import Event, User
from jcm.demo.cast import Cast, assemble
from parties import services
from parties.models import Invitation, Organisation, Partnership, Role, RoleAssignment
from parties.policies import is_secretariat
from parties.selectors.people import partnerships_of
from parties.services import Grant
from tests.factories.ledger import person

pytestmark = pytest.mark.django_db
NOW = timezone.now()  # letters are delivered by the clock
GOOD = "seven swans swim slowly"


@pytest.fixture
def cast() -> Cast:
    return assemble("MN")


def side(cast: Cast, role: Role = Role.MEMBER) -> Grant:
    return Grant(role, partnership=cast.partnership, party=cast.partnership.host)


def invite(cast: Cast, grant: Grant, actor: User | None, **changes: object) -> Invitation:
    asked = {"email": "new@people.example", "name": "New", "language": "en", "valid_from": NOW.date()}
    return services.invite(grant=grant, actor=actor, at=NOW, **{**asked, "valid_until": None, **changes})


def letters() -> list[str]:
    """Deliver what waits, and return the addresses in the letters' texts."""
    kernel.deliveries_finish()
    return [re.search(r"(/invitations/\S+)", letter.body)[1] for letter in mail.outbox]


class TestInvite:
    def test_gives_the_role_once_it_is_accepted(self, cast):
        invite(cast, side(cast), cast.host_secretariat)
        (address,) = letters()
        assert mail.outbox[0].to == ["new@people.example"]
        answer = Client().post(address, {"password": GOOD})
        assert answer.status_code == 302
        newcomer = User.objects.get(email="new@people.example")
        assert newcomer.check_password(GOOD)
        held = newcomer.roles.get()
        assert (held.role, held.partnership, held.party) == (Role.MEMBER, cast.partnership, cast.partnership.host)
        assert Event.objects.filter(name="role.begun", actor=newcomer).exists()
        assert Client().post(address, {"password": GOOD}).status_code == 404

    def test_writes_in_the_language_of_the_reader(self, cast):
        invite(cast, side(cast), cast.host_secretariat, language="ja")
        letters()
        assert "招待" in mail.outbox[0].subject

    def test_gives_a_known_person_one_role_more(self, cast):
        known = person("Known")
        invite(cast, side(cast), cast.host_secretariat, email=known.email.upper())
        (address,) = letters()
        browser = Client()
        assert known.email in browser.get(address).content.decode()
        assert browser.post(address).status_code == 403
        browser.force_login(cast.participant)
        assert browser.post(address).status_code == 403
        browser.force_login(known)
        assert browser.post(address).status_code == 302
        assert known.roles.get().role == Role.MEMBER

    def test_refuses_a_weak_password_and_keeps_the_invitation_open(self, cast):
        invite(cast, side(cast), cast.host_secretariat)
        (address,) = letters()
        answer = Client().post(address, {"password": "short"})
        assert answer.status_code == 200
        assert "12" in str(answer.context["form"].errors["password"])
        assert not User.objects.filter(email="new@people.example").exists()
        assert Client().post(address, {"password": GOOD}).status_code == 302

    @pytest.mark.parametrize(
        "who", ["participant", "tpe", "host_chair", "host_member", "japan_secretariat", "host_proposer"]
    )
    def test_to_the_committee_comes_from_the_secretariat_of_its_side(self, cast, who):
        with pytest.raises(NotPermitted):
            invite(cast, side(cast), getattr(cast, who))

    def test_of_another_partnership_is_refused(self, cast):
        with pytest.raises(NotPermitted):
            invite(cast, side(assemble("VN")), cast.host_secretariat)

    def test_of_colleagues_comes_from_colleagues(self, cast):
        grant = Grant(Role.PARTICIPANT, organisation=cast.company)
        assert invite(cast, grant, cast.participant).role_text.endswith(f"({cast.company})")
        with pytest.raises(NotPermitted):
            invite(cast, Grant(Role.PARTICIPANT, organisation=cast.partner_company), cast.participant)

    def test_of_the_first_person_comes_from_a_secretariat_and_of_no_second(self, cast):
        fresh = Organisation.objects.create(name="Fresh Energy")
        grant = Grant(Role.PARTICIPANT, organisation=fresh)
        invite(cast, grant, cast.host_secretariat)
        (address,) = letters()
        Client().post(address, {"password": GOOD})
        with pytest.raises(NotPermitted):
            invite(cast, grant, cast.host_secretariat, email="second@people.example")

    def test_of_the_first_person_comes_from_a_secretariat_of_its_country(self, cast):
        abroad = Organisation.objects.create(name="Fresh Energy", country=assemble("VN").partnership.host)
        with pytest.raises(NotPermitted):
            invite(cast, Grant(Role.PARTICIPANT, organisation=abroad), cast.host_secretariat)
        at_home = Organisation.objects.create(name="Steppe Energy", country=cast.partnership.host)
        assert invite(cast, Grant(Role.PARTICIPANT, organisation=at_home), cast.host_secretariat)

    def test_of_an_expert_has_an_end(self, cast):
        with pytest.raises(InvalidInput) as refused:
            invite(cast, side(cast, Role.EXPERT), cast.host_secretariat)
        assert list(refused.value.fields) == ["valid_until"]
        assert invite(cast, side(cast, Role.EXPERT), cast.host_secretariat, valid_until=NOW.date())

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"valid_until": NOW.date() - timedelta(1)}, "valid_until"),
            ({"email": "holder"}, "email"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, cast, changes, field):
        if changes.get("email"):
            changes = {"email": cast.host_member.email}
        with pytest.raises(InvalidInput) as refused:
            invite(cast, side(cast), cast.host_secretariat, **changes)
        assert list(refused.value.fields) == [field]

    def test_is_over_after_two_weeks(self, cast):
        invitation = invite(cast, side(cast), cast.host_secretariat)
        with pytest.raises(InvalidInput, match="no longer open"):
            services.invitation_accept(
                invitation_id=invitation.pk, user=None, password=GOOD, at=NOW + timedelta(days=15)
            )

    def test_is_not_sent_once_it_was_withdrawn(self, cast):
        invitation = invite(cast, side(cast), cast.host_secretariat)
        services.invitation_withdraw(invitation_id=invitation.pk, actor=cast.host_secretariat, at=NOW)
        assert letters() == []


class TestAdministrators:
    def test_are_made_by_two(self, cast):
        grant = Grant(Role.REGISTRY_APPROVER, party=cast.partnership.host)
        invitation = invite(cast, grant, cast.host_proposer)
        assert letters() == []
        with pytest.raises(InvalidInput):
            services.invitation_accept(invitation_id=invitation.pk, user=None, password=GOOD, at=NOW)
        with pytest.raises(SamePerson):
            services.invitation_confirm(invitation_id=invitation.pk, actor=cast.host_proposer, at=NOW)
        with pytest.raises(NotPermitted):
            services.invitation_confirm(invitation_id=invitation.pk, actor=cast.japan_approver, at=NOW)
        services.invitation_confirm(invitation_id=invitation.pk, actor=cast.host_approver, at=NOW)
        assert len(letters()) == 1

    def test_are_not_made_by_one_even_past_the_services(self, cast):
        invitation = invite(cast, Grant(Role.REGISTRY_APPROVER, party=cast.partnership.host), cast.host_proposer)
        with pytest.raises(IntegrityError, match="parties_accepted_invitation_was_complete"):
            Invitation.objects.filter(pk=invitation.pk).update(accepted_by=cast.host_proposer, accepted_at=NOW)

    def test_do_not_confirm_themselves_even_past_the_services(self, cast):
        invitation = invite(cast, Grant(Role.REGISTRY_APPROVER, party=cast.partnership.host), cast.host_proposer)
        with pytest.raises(IntegrityError, match="parties_invitation_takes_two_people"):
            Invitation.objects.filter(pk=invitation.pk).update(confirmed_by=cast.host_proposer, confirmed_at=NOW)


def holder(role: Role, **scope: object) -> User:
    """Return somebody with this role."""
    found = person(str(role))
    RoleAssignment.objects.create(user=found, role=role, valid_from=date(2013, 1, 1), **scope)
    return found


class TestJcmAgency:
    @pytest.fixture
    def agency(self, cast) -> User:
        return holder(Role.JCM_AGENCY, party=cast.partnership.acquirer)

    def test_serves_its_side_of_every_partnership(self, cast, agency):
        elsewhere = assemble("VN")
        for partnership in (cast.partnership, elsewhere.partnership):
            japan, host = (
                Grant(Role.MEMBER, partnership, partnership.acquirer),
                Grant(Role.MEMBER, partnership, partnership.host),
            )
            assert invite(cast, japan, agency)
            with pytest.raises(NotPermitted):
                invite(cast, host, agency)
        served = partnerships_of(agency, Role.SECRETARIAT, at=NOW)
        assert {*served} == {*Partnership.objects.filter(acquirer=cast.partnership.acquirer)}
        assert {cast.partnership, elsewhere.partnership} <= {*served}

    def test_of_one_party_is_nobody_elsewhere(self, cast):
        of_host = holder(Role.JCM_AGENCY, party=cast.partnership.host)
        elsewhere = assemble("VN").partnership
        assert {*partnerships_of(of_host, Role.SECRETARIAT, at=NOW)} == {cast.partnership}
        assert not is_secretariat(of_host, elsewhere, at=NOW)

    def test_chooses_partnership_and_role_on_the_page(self, cast, agency):
        browser = Client()
        browser.force_login(agency)
        page = browser.get(reverse("parties:people"))
        there = {role.user for role in page.context["roles"]}
        assert cast.japan_member in there
        assert cast.host_member not in there

    def test_is_made_by_two(self, cast, agency):
        invite(cast, Grant(Role.JCM_AGENCY, party=cast.partnership.acquirer), agency)
        assert letters() == []


class TestOperator:
    def test_brings_in_an_auditor_together_with_another(self, cast):
        one, other = holder(Role.OPERATOR), person("Second operator")
        RoleAssignment.objects.create(user=other, role=Role.OPERATOR, valid_from=date(2013, 1, 1))
        invitation = invite(cast, Grant(Role.AUDITOR), one, valid_until=NOW.date() + timedelta(30))
        assert letters() == []
        with pytest.raises(SamePerson):
            services.invitation_confirm(invitation_id=invitation.pk, actor=one, at=NOW)
        services.invitation_confirm(invitation_id=invitation.pk, actor=other, at=NOW)
        assert len(letters()) == 1

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.REGISTRY_APPROVER, Role.PARTICIPANT])
    def test_makes_nobody_who_decides_or_moves_credits(self, cast, role):
        scope = {"party": cast.partnership.host} if role != Role.PARTICIPANT else {"organisation": cast.company}
        if role == Role.MEMBER:
            scope["partnership"] = cast.partnership
        with pytest.raises(NotPermitted):
            invite(cast, Grant(role, **scope), holder(Role.OPERATOR))


class TestRoleEnd:
    def test_ends_with_its_last_day(self, cast):
        held = RoleAssignment.objects.get(user=cast.host_member, role=Role.MEMBER)
        services.role_end(assignment_id=held.pk, last_day=NOW.date(), actor=cast.host_secretariat, at=NOW)
        of_member = RoleAssignment.objects.filter(user=cast.host_member)
        assert of_member.on(NOW.date()).exists()
        assert not of_member.on(NOW.date() + timedelta(1)).exists()

    def test_is_for_those_who_give_it(self, cast):
        held = RoleAssignment.objects.get(user=cast.host_member, role=Role.MEMBER)
        for stranger in (cast.japan_secretariat, cast.host_member, cast.participant):
            with pytest.raises(NotPermitted):
                services.role_end(assignment_id=held.pk, last_day=NOW.date(), actor=stranger, at=NOW)

    def test_never_reaches_back(self, cast):
        held = RoleAssignment.objects.get(user=cast.host_member, role=Role.MEMBER)
        with pytest.raises(InvalidInput):
            services.role_end(assignment_id=held.pk, last_day=date(2020, 1, 1), actor=cast.host_secretariat, at=NOW)


class TestPages:
    def test_lead_from_the_list_to_the_letter(self, cast):
        browser = Client()
        browser.force_login(cast.host_secretariat)
        page = browser.get(reverse("parties:people"))
        assert cast.host_member in [role.user for role in page.context["roles"]]
        assert cast.japan_member not in [role.user for role in page.context["roles"]]

    def test_ask_for_the_organisation(self, cast):
        browser = Client()
        browser.force_login(cast.host_secretariat)
        session = browser.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(cast.host_secretariat.pk)
        session.save()
        asked = {"name": "N", "email": "n@people.example", "language": "en", "valid_from": NOW.date().isoformat()}
        page = browser.post(reverse("parties:invite"), asked | {"role": "participant"})
        assert "organisation" in page.context["form"].errors


class TestCommand:
    def test_brings_in_an_auditor(self, db, capsys):
        call_command("invite", "auditor", "audit@people.example", "Audit", "--until", "2099-12-31")
        assert "audit@people.example" in capsys.readouterr().out
        assert Invitation.objects.get().invited_by is None

    @pytest.mark.parametrize(
        "arguments", [["auditor", "a@people.example", "A"], ["member", "a@people.example", "A", "--partnership", "XX"]]
    )
    def test_says_what_is_missing(self, db, arguments):
        with pytest.raises(CommandError):
            call_command("invite", *arguments)
