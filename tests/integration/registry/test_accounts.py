"""Accounts: applied for, checked and opened by two people, suspended, closed; who acts; what is trusted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from core.models import Event
from parties.models import Country, Organisation, Role, RoleAssignment
from registry import services
from registry.accounts import is_account_number
from registry.errors import LedgerRefused
from registry.models import Account, AccountApplication, AccountRepresentative
from registry.selectors import accounts
from registry.workflow import AccountState
from tests.factories import holders
from tests.factories.ledger import person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)  # noon in Tokyo, a Monday; Tuesday is a holiday in Japan


def paper(name="paper.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1.7 paper")


class Applicant:
    """A company without an account, and somebody who works there."""

    def __init__(self):
        self.company = Organisation.objects.create(name="Delta", country=Country.objects.get(iso2="JP"))
        self.user = person("applicant")
        RoleAssignment.objects.create(
            user=self.user, role=Role.PARTICIPANT, organisation=self.company, valid_from=date(2020, 1, 1)
        )

    def apply(self, holder, **changed):
        words = {
            "registry": holder.registry, "holder": self.company, "representative": "Dana Delta",
            "email": "registry@delta.example", "address": "1 Delta Street", "files": {"Extract": paper()},
            "actor": self.user, "at": timezone.now(),
        }  # fmt: skip
        return services.account_apply(**{**words, **changed})


@pytest.fixture
def applicant():
    return Applicant()


def act(holder, verb, account, who="keeper", **words):
    service = getattr(services, f"account_{verb}")
    return service(account_id=account.pk, actor=holder.people[who], at=timezone.now(), **words)


class TestApply:
    def test_makes_an_account_that_is_not_open_yet(self, holder, applicant):
        account = applicant.apply(holder)
        assert account.state == AccountState.APPLIED
        assert is_account_number(account.number)
        assert account.application.documents.get().renditions.get().access == "restricted"
        with pytest.raises(InvalidInput), transaction.atomic():
            holder.propose(1, to_account=account)

    def test_refuses_people_from_elsewhere(self, holder, applicant):
        with pytest.raises(NotPermitted):
            applicant.apply(holder, actor=holder.people["stranger"])

    def test_refuses_a_second_account_but_not_a_second_try(self, holder, applicant):
        account = applicant.apply(holder)
        with pytest.raises(InvalidInput) as refusal:
            applicant.apply(holder)
        assert list(refusal.value.fields) == ["registry"]
        act(holder, "refuse", account, reason="The extract is too old.")
        assert applicant.apply(holder).number != account.number

    def test_stores_nothing_with_an_unsuitable_file(self, holder, applicant):
        with pytest.raises(InvalidInput), transaction.atomic():
            applicant.apply(holder, files={"Extract": paper("paper.exe")})
        assert not AccountApplication.objects.exists()


class TestOpening:
    def test_needs_two_administrators(self, holder, applicant):
        account = act(holder, "check", applicant.apply(holder), "second_keeper")
        with pytest.raises(SamePerson):
            act(holder, "approve", account, "second_keeper")
        third = holders.keeper("third", Role.REGISTRY_APPROVER)
        opened = services.account_approve(account_id=account.pk, actor=third, at=timezone.now())
        assert opened.state == AccountState.OPEN
        names = Event.objects.filter(subject_id=str(account.pk), subject_type="registry.account").order_by("at")
        assert list(names.values_list("name", flat=True)) == [
            "account.applied_for", "account.checked", "account.opened",
        ]  # fmt: skip

    def test_is_kept_by_the_database(self, holder, applicant):
        account = act(holder, "check", applicant.apply(holder), "second_keeper")
        with pytest.raises(IntegrityError, match="registry_account_opened_by_second_person"), transaction.atomic():
            AccountApplication.objects.filter(account=account).update(
                opened_by=holder.people["second_keeper"], opened_at=timezone.now()
            )

    def test_refuses_who_only_proposes(self, holder, applicant):
        account = act(holder, "check", applicant.apply(holder), "second_keeper")
        with pytest.raises(NotPermitted):
            act(holder, "approve", account, "keeper")

    def test_refuses_what_nobody_checked(self, holder, applicant):
        with pytest.raises(TransitionRefused):
            act(holder, "approve", applicant.apply(holder), "second_keeper")

    @pytest.mark.parametrize("who", ["proposer", "foreign_keeper", "stranger"])
    def test_refuses_everybody_but_the_registrys_administrators(self, holder, applicant, who):
        account = applicant.apply(holder)
        for verb, words in (("check", {}), ("approve", {}), ("refuse", {"reason": "No."})):
            with pytest.raises(NotPermitted):
                act(holder, verb, account, who, **words)

    def test_is_refused_with_a_reason(self, holder, applicant):
        account = applicant.apply(holder)
        with pytest.raises(InvalidInput) as refusal:
            act(holder, "refuse", account, reason=" ")
        assert list(refusal.value.fields) == ["reason"]
        assert act(holder, "refuse", account, reason="No extract.").state == AccountState.REFUSED
        account.application.refresh_from_db()
        assert account.application.reason == "No extract."


class TestState:
    def test_suspended_accounts_do_not_propose(self, holder):
        act(holder, "suspend", holder.account, reason="Dormant")
        with pytest.raises(InvalidInput) as refusal:
            holder.propose(1)
        assert list(refusal.value.fields) == ["account"]
        act(holder, "resume", holder.account, reason="Active again")
        assert holder.propose(1)

    def test_closes_only_an_empty_account(self, holder):
        with pytest.raises(LedgerRefused, match="still holds credits"), transaction.atomic():
            act(holder, "close", holder.account, reason="The company ended.")
        assert act(holder, "close", holder.other, reason="The company ended.").state == AccountState.CLOSED
        with pytest.raises(TransitionRefused):
            act(holder, "resume", holder.other, reason="No.")

    @pytest.mark.parametrize("verb", ["suspend", "resume", "close"])
    def test_needs_an_administrator_and_a_reason(self, holder, verb):
        for who in ("proposer", "foreign_keeper"):
            with pytest.raises(NotPermitted):
                act(holder, verb, holder.other, who, reason="Why")
        with pytest.raises(InvalidInput):
            act(holder, verb, holder.other, reason="")

    def test_leaves_the_governments_accounts_open(self, holder):
        for account in holder.registry.accounts.exclude(kind=Account.Kind.ENTITY):
            with pytest.raises(NotPermitted):
                act(holder, "suspend", account, reason="Why")


class TestRepresentatives:
    def add(self, holder, user, who="keeper", **words):
        return services.representative_add(
            **{"account_id": holder.account.pk, "user": user, "right": "propose", **words},
            actor=holder.people[who],
            at=timezone.now(),
        )

    def test_act_from_the_same_day_until_they_are_removed(self, holder):
        row = self.add(holder, holder.people["stranger"])
        assert accounts.account_list(viewer=holder.people["stranger"], at=timezone.now()).get() == holder.account
        services.representative_remove(representative_id=row.pk, actor=holder.people["keeper"], at=timezone.now())
        assert not accounts.account_list(viewer=holder.people["stranger"], at=timezone.now()).exists()
        assert self.add(holder, holder.people["stranger"])
        assert Event.objects.filter(name__startswith="account.representative").count() == 3

    def test_of_long_standing_end_yesterday_and_stay_on_record(self, holder):
        row = holder.account.representatives.get(user=holder.people["viewer"])
        services.representative_remove(representative_id=row.pk, actor=holder.people["keeper"], at=NOON)
        row.refresh_from_db()
        assert row.valid_until == NOON.date() - timedelta(days=1)

    def test_are_named_once_for_each_right(self, holder):
        with pytest.raises(InvalidInput) as refusal:
            self.add(holder, holder.people["proposer"])
        assert list(refusal.value.fields) == ["email"]
        assert self.add(holder, holder.people["proposer"], right="approve")

    def test_are_not_named_for_the_past(self, holder):
        with pytest.raises(InvalidInput) as refusal:
            self.add(holder, holder.people["stranger"], valid_until=date(2020, 1, 1))
        assert list(refusal.value.fields) == ["valid_until"]

    def test_are_named_and_removed_by_administrators_only(self, holder):
        row = holder.account.representatives.first()
        for who in ("approver", "foreign_keeper"):
            with pytest.raises(NotPermitted):
                self.add(holder, holder.people["stranger"], who)
            with pytest.raises(NotPermitted):
                services.representative_remove(representative_id=row.pk, actor=holder.people[who], at=NOON)

    def test_are_for_entities_only(self, holder):
        government = holder.registry.accounts.get(kind="government")
        with pytest.raises(NotPermitted):
            self.add(holder, holder.people["stranger"], account_id=government.pk)


class TestTrust:
    def add(self, holder, who="approver", at=NOON, **words):
        named = {"account_id": holder.account.pk, "destination": holder.other, **words}
        return services.trust_add(**named, actor=holder.people[who], at=at)

    def test_counts_from_the_fourth_working_day(self, holder):
        # Tuesday is Culture Day: the working days are 4, 5, 6 and 9 November.
        assert self.add(holder).effective_from == date(2026, 11, 9)

    def test_takes_the_number_of_days_from_the_registry(self, holder):
        holder.account.registry.trusted_after_working_days = 1
        holder.account.registry.save()
        assert self.add(holder).effective_from == date(2026, 11, 4)

    def test_shortens_no_delay_on_its_first_day(self, holder):
        self.add(holder, at=timezone.now())
        assert holder.approve(holder.propose()).execute_at > timezone.now()

    def test_shortens_the_delay_once_it_counts(self, holder):
        self.add(holder, at=timezone.now() - timedelta(days=21))
        assert holder.approve(holder.propose()).execute_at <= timezone.now()

    def test_refuses_who_only_proposes(self, holder):
        row = self.add(holder)
        for who in ("proposer", "viewer", "keeper"):
            with pytest.raises(NotPermitted):
                self.add(holder, who)
            with pytest.raises(NotPermitted):
                services.trust_remove(trust_id=row.pk, actor=holder.people[who], at=NOON)

    def test_refuses_accounts_to_which_nothing_can_go_and_a_second_time(self, holder):
        self.add(holder)
        for destination in (holder.other, holder.account, holder.registry.accounts.get(kind="retirement")):
            with pytest.raises(InvalidInput) as refusal:
                self.add(holder, destination=destination)
            assert list(refusal.value.fields) == ["to_account"]

    def test_ends_at_once_and_once(self, holder):
        row = self.add(holder)
        services.trust_remove(trust_id=row.pk, actor=holder.people["approver"], at=NOON)
        with pytest.raises(InvalidInput):
            services.trust_remove(trust_id=row.pk, actor=holder.people["approver"], at=NOON)
        assert self.add(holder)


def of(name, account, *more):
    return reverse(f"registry:{name}", args=[account.number, *more])


class TestPages:
    def test_take_an_application(self, holder, applicant, browse):
        url = reverse("registry:account-apply")
        sent = {
            "registry": holder.registry.pk, "holder": applicant.company.pk, "representative": "Dana Delta",
            "email": "registry@delta.example", "address": "1 Delta Street", "extract": paper(), "identity": paper(),
        }  # fmt: skip
        browser = browse(applicant.user)
        assert browser.get(url).status_code == 200
        answer = browser.post(url, sent, follow=True)
        account = Account.objects.get(holder=applicant.company)
        assert answer.redirect_chain[-1][0] == account.get_absolute_url()
        assert account.application.documents.count() == 2
        assert browse(holder.people["stranger"]).get(url).status_code == 403
        assert browse(None).get(url).status_code == 302

    def test_show_what_is_missing(self, applicant, browse):
        page = browse(applicant.user).post(reverse("registry:account-apply"), {})
        assert set(page.context["form"].errors) >= {"registry", "extract", "identity", "email"}

    def test_give_the_documents_to_administrators_and_to_who_applied(self, holder, applicant, browse):
        account = applicant.apply(holder)
        rendition = account.application.documents.get().renditions.get()
        url = of("account-document", account, rendition.pk)
        for user, status in (
            (holder.people["keeper"], 200), (applicant.user, 200), (holder.people["foreign_keeper"], 404),
            (holder.people["stranger"], 404),
        ):  # fmt: skip
            answer = browse(user).get(url)
            assert answer.status_code == status
            if status == 200:
                assert b"".join(answer) == b"%PDF-1.7 paper"
        assert browse(None).get(url).status_code == 302

    def test_of_administration_open_to_administrators(self, holder, browse):
        for name, user in holder.people.items():
            status = {"keeper": 200, "second_keeper": 200, "stranger": 404, "foreign_keeper": 404}.get(name, 403)
            assert browse(user).get(of("account-manage", holder.account)).status_code == status, name

    def test_bring_an_application_to_its_end(self, holder, applicant, browse):
        account = applicant.apply(holder)
        page = browse(holder.people["keeper"]).get(of("account-manage", account))
        assert page.context["actions"] == {"check", "refuse"}
        assert accounts.inbox_items(viewer=holder.people["keeper"], at=timezone.now())[0].kind == "Check an application"
        browse(holder.people["keeper"]).post(of("account-check", account))
        assert accounts.inbox_items(viewer=holder.people["keeper"], at=timezone.now()) == []
        opens = accounts.inbox_items(viewer=holder.people["second_keeper"], at=timezone.now())
        assert [item.kind for item in opens] == ["Open an account"]
        browse(holder.people["second_keeper"]).post(of("account-approve", account))
        account.refresh_from_db()
        assert account.state == AccountState.OPEN

    @pytest.mark.parametrize(
        "move",
        [
            ("refuse", AccountState.APPLIED, AccountState.REFUSED),
            ("suspend", AccountState.OPEN, AccountState.SUSPENDED),
            ("resume", AccountState.SUSPENDED, AccountState.OPEN),
            ("close", AccountState.OPEN, AccountState.CLOSED),
        ],
    )
    def test_move_an_account_with_a_reason(self, holder, applicant, browse, move):
        verb, before, after = move
        account = applicant.apply(holder) if before == AccountState.APPLIED else holder.other
        if before == AccountState.SUSPENDED:
            act(holder, "suspend", account, reason="Dormant")
        url = of(f"account-{verb}", account)
        assert browse(holder.people["stranger"]).post(url, {"reason": "Why"}).status_code == 404
        assert browse(None).post(url).status_code == 302
        browser = browse(holder.people["keeper"])
        assert browser.get(url).status_code == 405
        assert "Please correct" in browser.post(url, {"reason": ""}, follow=True).text
        browser.post(url, {"reason": "Why"})
        account.refresh_from_db()
        assert account.state == after

    def test_add_and_remove_representatives(self, holder, browse):
        url = of("representative-add", holder.account)
        browser = browse(holder.people["keeper"])
        page = browser.post(url, {"email": "nobody@nowhere.example", "right": "view"})
        assert page.context["person_form"].errors["email"] == ["Nobody signs in with this address."]
        browser.post(url, {"email": holder.people["stranger"].email, "right": "view"})
        row = AccountRepresentative.objects.get(user=holder.people["stranger"])
        remove = of("representative-remove", holder.account, row.pk)
        assert browse(holder.people["proposer"]).post(url).status_code == 403
        assert browse(holder.people["proposer"]).post(remove).status_code == 403
        browse(holder.people["keeper"]).post(remove)
        assert not AccountRepresentative.objects.filter(user=holder.people["stranger"]).exists()

    def test_change_the_trusted_destinations(self, holder, browse):
        url = of("trusted", holder.account)
        for name in ("proposer", "viewer", "keeper"):
            assert browse(holder.people[name]).get(url).status_code == 403
        browser = browse(holder.people["approver"])
        page = browser.post(url, {"to_account": "JP-2000002-00"})
        assert "not an account number" in page.context["form"].errors["to_account"][0]
        browser.post(url, {"to_account": holder.other.number})
        page = browser.get(url)
        [row] = page.context["trusts"]
        assert row.destination == holder.other
        browser.post(of("trust-remove", holder.account, row.pk))
        assert list(browser.get(url).context["trusts"]) == []
