"""Serial numbers in a registry's own form: written everywhere, read back beside the usual form, never changed."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry import selectors, serials
from registry.holdings import Wanted
from registry.models import CreditBlock, LogLeaf, Registry

pytestmark = pytest.mark.django_db
OWN = "JCM.{registry}.{host}.{vintage}.{project}:{first}_{last}"


@pytest.fixture
def own(holder):
    """The holder, in a registry that writes serial numbers in a form of its own."""
    Registry.objects.filter(pk=holder.registry.pk).update(serial_pattern=OWN)
    holder.account.registry.refresh_from_db()
    return holder


def text(holder, first, last, vintage=2019):
    return f"JCM.JP.MN.{vintage}.{holder.project.number}:{first}_{last}"


class TestOwnForm:
    def test_is_written(self, own):
        assert {block.serial for block in CreditBlock.objects.filter(account=own.account)} == {
            text(own, 1, 100), text(own, 1, 50, 2020), text(own, 1, 30, 2022),
        }  # fmt: skip
        proposal = own.done(own.propose(5))
        assert str(proposal.lines.get()) == str(proposal.transaction.movements.get()) == text(own, 1, 5)

    def test_is_read_beside_the_usual_form(self, own):
        usual = f"JP-MN-{own.project.number}-2019-3-7"
        for typed in (text(own, 3, 7), f"  {text(own, 3, 7).lower()} ", usual):
            assert str(serials.read(typed)) == usual
        assert selectors.serial_lookup(serials.read(text(own, 3, 7))).text == text(own, 3, 7)

    def test_counts_for_its_own_registry_only(self, own):
        foreign = text(own, 3, 7).replace(".JP.", ".MN.")
        assert serials.read(foreign) is None

    def test_is_shown_to_the_public(self, own, browse):
        block = CreditBlock.objects.filter(account=own.account, series__vintage=2019).get()
        page = browse(None).get(block.get_absolute_url(), follow=True)
        assert page.status_code == 200
        assert page.redirect_chain[0][0].endswith(f"JP-MN-{own.project.number}-2019-1-100/")
        assert text(own, 1, 100) in page.text

    def test_is_answered_to_programs(self, own, client):
        answer = client.get(f"/api/v1/credits/{text(own, 3, 7)}/").json()
        assert (answer["found"], answer["blocks"][0]["serial"]) == (5, text(own, 1, 100))

    def test_is_taken_from_a_person(self, own, browse):
        sent = {"key": str(uuid.uuid4()), "to_account": own.other.number, "serial": text(own, 3, 7)}
        page = browse(own.people["proposer"]).post(reverse("registry:transfer", args=[own.account.number]), sent)
        assert page.context["preview"].lines == [(text(own, 3, 7), 2019, 5)]

    def test_does_not_touch_the_log(self, own):
        own.done(own.propose(5))
        leaf = LogLeaf.objects.get(transaction__kind="transfer")
        assert f'"series":"JP-MN-{own.project.number}-2019"' in leaf.body

    def test_is_named_in_a_refusal(self, own):
        series = CreditBlock.objects.get(account=own.account, series__vintage=2019).series
        proposal = own.propose(5, wanted=Wanted(series_id=series.pk, first=11, last=15))
        assert str(proposal.lines.get()) == text(own, 11, 15)


class TestSetting:
    def test_is_checked(self, holder):
        holder.registry.serial_pattern = "{registry}-{host}"
        with pytest.raises(ValidationError, match="serial_pattern"):
            holder.registry.full_clean()

    @pytest.mark.parametrize(
        "pattern",
        [
            "{registry}-{host}",
            "{registry}-{host}-{project}-{vintage}-{first}-{first}",
            "{registry}{host}-{project}-{vintage}-{first}-{last}",
            "{registry}-{host}-{project}-{vintage}-{first}/{last}",
        ],
    )
    def test_is_checked_by_the_database(self, holder, pattern):
        with pytest.raises(IntegrityError, match="registry_serial_pattern_has_each_field_once"), transaction.atomic():
            Registry.objects.filter(pk=holder.registry.pk).update(serial_pattern=pattern)

    def test_stays_once_numbers_were_written_in_it(self, own):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            Registry.objects.filter(pk=own.registry.pk).update(
                serial_pattern="{registry}.{host}.{project}.{vintage}.{first}.{last}"
            )
        assert refusal.value.__cause__.diag.constraint_name == "registry_serial_pattern_stays"

    def test_may_change_before(self, own):
        other = Registry.objects.get(party__iso2="MN")
        for pattern in (OWN, "{registry}.{host}.{project}.{vintage}.{first}.{last}"):
            Registry.objects.filter(pk=other.pk).update(serial_pattern=pattern)
