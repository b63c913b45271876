"""GX-ETS: a warning above a share of declared emissions, with what was retired or proposed before."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry import services
from registry.holdings import Wanted
from registry.models import Registry
from registry.selectors.gx_ets import Use, warnings

pytestmark = pytest.mark.django_db
GX = {"purpose": "gx_ets", "beneficiary": "Alpha Works", "reporting_year": 2026, "wanted": Wanted(vintage=2022)}


def told(holder, quantity, declared=100, name="Alpha Works", year=2026):
    return warnings(holder.registry, [Use(name, year, quantity, declared)])


class TestWarnings:
    @pytest.mark.parametrize(("quantity", "warned"), [(10, False), (11, True)])
    def test_come_above_the_share(self, holder, quantity, warned):
        assert bool(told(holder, quantity)) is warned

    def test_count_what_was_retired_and_what_is_proposed(self, holder):
        holder.done(holder.propose(4, kind="retirement", **GX))
        holder.propose(5, kind="retirement", **{**GX, "beneficiary": "ALPHA works"})
        assert told(holder, 1) == []
        [sentence] = told(holder, 2)
        assert sentence.startswith("For Alpha Works and 2026, 11 tCO2eq would be retired for GX-ETS")
        assert "more than 10 percent of the declared emissions of 100 tCO2eq" in sentence

    def test_leave_out_what_does_not_count(self, holder):
        rejected = holder.propose(9, kind="retirement", **GX)
        services.proposal_reject(proposal_id=rejected.pk, actor=holder.people["approver"], at=timezone.now())
        for other in ({"beneficiary": "Beta"}, {"reporting_year": 2025}, {"purpose": "ndc"}):
            holder.propose(3, kind="retirement", **{**GX, **other})
        assert told(holder, 10) == []

    def test_follow_the_setting_of_the_registry(self, holder):
        holder.registry.gx_ets_share = 5
        assert told(holder, 5) == []
        assert "more than 5 percent" in told(holder, 6)[0]
        with pytest.raises(IntegrityError, match="registry_share_is_a_percentage"), transaction.atomic():
            Registry.objects.update(gx_ets_share=101)

    def test_add_up_the_parts_of_one_request(self, holder):
        parts = [Use("Alpha", 2026, 6, 100), Use("alpha", 2026, 5, None), Use("Beta", 2026, 1, None)]
        above, silent = warnings(holder.registry, parts)
        assert "11 tCO2eq" in above
        assert silent.endswith("for: Beta (2026).")
