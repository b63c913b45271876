"""The pages about registries kept elsewhere, and what administrators do there."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import InvalidInput, NotPermitted, SamePerson, TransitionRefused
from registry import policies, services
from registry.models import Counterpart, Cycle, Freeze
from registry.selectors import reconciliation
from registry.workflow import CycleState
from tests.factories import exchange
from tools import conformance

pytestmark = pytest.mark.django_db
LIST = "/registry/reconciliation/"
KEY = conformance.key_of(b"7" * 32)[1]


@pytest.fixture
def made(holder):
    return exchange.counterpart(holder.registry, holder.people["keeper"], holder.people["second_keeper"])


@pytest.fixture
def cycle(made):
    """A comparison with an owner that differs."""
    return exchange.compared(exchange.side(made), made, "owner")[0]


class TestCounterpart:
    def enter(self, holder, who="keeper", **other):
        given = {"registry": holder.registry, "code": "ELSEWHERE", "name": "Elsewhere", "public_key": KEY}
        return services.counterpart_enter(**given | other, actor=holder.people[who], at=timezone.now())

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"code": "small"}, "code"), ({"code": "JP"}, "code"), ({"code": "X"}, "code"), ({"name": " "}, "name"),
            ({"public_key": "AAAA"}, "public_key"), ({"public_key": "not base64 at all"}, "public_key"),
        ],
    )  # fmt: skip
    def test_is_refused_field_by_field(self, holder, wrong, field):
        with pytest.raises(InvalidInput) as refusal:
            self.enter(holder, **wrong)
        assert list(refusal.value.fields) == [field]

    def test_is_entered_once_under_a_code(self, holder, made):
        with pytest.raises(InvalidInput):
            self.enter(holder)
        services.counterpart_stop(counterpart_id=made.pk, actor=holder.people["keeper"], at=timezone.now())
        assert self.enter(holder)

    def test_needs_a_second_administrator_of_its_registry(self, holder):
        found, now = self.enter(holder), timezone.now()
        with pytest.raises(NotPermitted):
            self.enter(holder, "foreign_keeper", code="OTHER")
        for who, refusal in (("keeper", SamePerson), ("foreign_keeper", NotPermitted), ("approver", NotPermitted)):
            with pytest.raises(refusal):
                services.counterpart_confirm(counterpart_id=found.pk, actor=holder.people[who], at=now)
        services.counterpart_confirm(counterpart_id=found.pk, actor=holder.people["second_keeper"], at=now)
        with pytest.raises(TransitionRefused):
            services.counterpart_confirm(counterpart_id=found.pk, actor=holder.people["second_keeper"], at=now)

    def test_is_stopped_once(self, holder, made):
        services.counterpart_stop(counterpart_id=made.pk, actor=holder.people["second_keeper"], at=timezone.now())
        with pytest.raises(TransitionRefused):
            services.counterpart_stop(counterpart_id=made.pk, actor=holder.people["keeper"], at=timezone.now())

    def test_is_silent_after_two_days(self, made):
        now = timezone.now()
        assert not policies.is_silent(made, None, at=now)
        assert policies.is_silent(made, None, at=now + timedelta(days=3))
        assert not policies.is_silent(made, now + timedelta(days=2), at=now + timedelta(days=3))


class TestPages:
    def test_show_each_administrator_the_own_registry(self, holder, browse, cycle):
        page = browse(holder.people["keeper"]).get(LIST)
        assert [row.code for row, _state, _silent in page.context["counterparts"]] == ["ELSEWHERE"]
        assert [row.pk for row in page.context["rows"]] == [cycle.pk]
        foreign = browse(holder.people["foreign_keeper"]).get(LIST)
        assert foreign.context["counterparts"] == []
        assert list(foreign.context["rows"]) == []
        assert browse(holder.people["foreign_keeper"]).get(cycle.get_absolute_url()).status_code == 404
        assert browse(None).get(LIST).status_code == 302

    def test_enter_confirm_compare_and_stop(self, holder, browse):
        sent = {"registry": holder.registry.pk, "code": "ELSEWHERE", "name": "Elsewhere", "public_key": KEY}
        browser = browse(holder.people["keeper"])
        assert (
            "public_key"
            in browser.post("/registry/counterparts/new/", sent | {"public_key": "A"}).context["form"].errors
        )
        url = browser.post("/registry/counterparts/new/", sent).url
        assert "Waits for a colleague" in browser.get(url).text
        browser = browse(holder.people["second_keeper"])
        assert "Confirm this registry?" in browser.get(url).text
        browser.post(f"{url}confirm/")
        browser.post(f"{url}compare/")
        assert "A comparison is under way" in browser.get(url).text
        assert Cycle.objects.get().begun_by == holder.people["second_keeper"]
        browser.post(f"{url}stop/")
        assert Counterpart.objects.get().stopped_by == holder.people["second_keeper"]
        assert "Stop the exchange?" not in browser.get(url).text

    def test_ask_who_confirms_to_prove_who_they_are(self, holder, client):
        found = exchange.counterpart(holder.registry, holder.people["keeper"], None)
        keeper = holder.people["second_keeper"]
        keeper.set_password("a long enough secret")
        keeper.save()
        client.force_login(keeper)
        answer = client.post(reverse("registry:counterpart-confirm", args=[found.pk]))
        assert answer.url.startswith(reverse("account_reauthenticate"))

    def test_show_differences_side_by_side(self, holder, browse, cycle):
        page = browse(holder.people["keeper"]).get(cycle.get_absolute_url())
        assert [found.sides for found in page.context["rows"]] == [
            [("Account", holder.account.number, "XX-2999999-00")]
        ]  # fmt: skip
        assert "XX-2999999-00" in page.text
        assert [state for _freeze, state in page.context["freezes"]] == ["frozen"]

    def test_filter_sort_and_download_differences(self, holder, browse, cycle):
        browser, url = browse(holder.people["keeper"]), cycle.get_absolute_url()
        assert list(browser.get(f"{url}?kind=gap").context["rows"]) == []
        assert len(browser.get(f"{url}?text=2019&sort=-reference").context["rows"]) == 1
        rows = list(csv.DictReader(io.StringIO(b"".join(browser.get(f"{url}?format=csv")).decode("utf-8-sig"))))
        assert [(row["kind"], "XX-2999999-00" in row["theirs"]) for row in rows] == [("owner", True)]
        cycles = list(csv.DictReader(io.StringIO(b"".join(browser.get(f"{LIST}?format=csv")).decode("utf-8-sig"))))
        assert [(row["state"], row["differences"]) for row in cycles] == [("manual", "1")]
        assert list(browser.get(f"{LIST}?state=closed&code=elsewhere").context["rows"]) == []

    def test_close_a_comparison_by_two_people(self, holder, browse, cycle):
        url = cycle.get_absolute_url()
        browser = browse(holder.people["keeper"])
        assert "Say what was corrected" in browser.post(f"{url}correct/", {"correction": " "}, follow=True).text
        browser.post(f"{url}correct/", {"correction": "They moved the credits."})
        assert "You recorded the correction" in browser.get(url).text
        assert "Ask a colleague" in browser.post(f"{url}close/", {"reason": "x"}, follow=True).text
        browse(holder.people["second_keeper"]).post(f"{url}close/", {"reason": "Equal again."})
        cycle.refresh_from_db()
        assert (cycle.state, cycle.reason) == (CycleState.CLOSED, "Equal again.")

    def test_name_the_comparison_at_the_freeze(self, holder, browse, cycle):
        page = browse(holder.people["keeper"]).get(reverse("registry:freezes"))
        assert cycle.get_absolute_url() in page.text
        assert Freeze.objects.get().why in page.text

    def test_show_what_was_refused(self, holder, browse, made):
        exchange.compared(exchange.side(made), made, "bad-signature")
        page = browse(holder.people["keeper"]).get(made.get_absolute_url())
        assert "The signature is wrong." in page.text

    def test_take_as_many_queries_for_many_rows_as_for_few(self, holder, browse, cycle, django_assert_max_num_queries):
        browser = browse(holder.people["keeper"])
        made = cycle.counterpart
        for _number in range(3):
            services.cycle_start(counterpart_id=made.pk, as_of=timezone.now(), actor=None, at=timezone.now())
            Cycle.objects.filter(state=CycleState.INITIATED).update(state=CycleState.TOTALS_DIFFER)
            Cycle.objects.filter(state=CycleState.TOTALS_DIFFER).update(state=CycleState.BLOCKS_DIFFER)
            Cycle.objects.filter(state=CycleState.BLOCKS_DIFFER).update(state=CycleState.MANUAL)
        with django_assert_max_num_queries(14):
            assert len(browser.get(LIST).context["rows"]) == 4
        with django_assert_max_num_queries(16):
            browser.get(made.get_absolute_url())


class TestInbox:
    def test_tells_what_to_confirm_examine_and_close(self, holder, cycle):
        keeper, colleague = holder.people["keeper"], holder.people["second_keeper"]
        entered = exchange.counterpart(holder.registry, keeper, None, code="NEW")

        def items(user):
            return [(item.kind, item.url) for item in reconciliation.inbox_items(viewer=user, at=timezone.now())]

        examine = ("Examine differences", cycle.get_absolute_url())
        confirm = ("Confirm a registry kept elsewhere", entered.get_absolute_url())
        assert items(keeper) == [examine]
        assert items(colleague) == [confirm, examine]
        services.cycle_correct(cycle_id=cycle.pk, correction="Done.", actor=keeper, at=timezone.now())
        assert items(keeper) == []
        assert items(colleague) == [confirm, ("Close a comparison", cycle.get_absolute_url())]
        assert items(holder.people["foreign_keeper"]) == items(holder.people["stranger"]) == []
        assert reconciliation.inbox_items(viewer=None, at=timezone.now()) == []
