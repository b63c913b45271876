"""What attacks/ledger.py cannot try in its one database transaction: a movement that comes after the commit."""

import pytest
from django.db import IntegrityError, transaction

from registry import services
from registry.models import CreditBlock, Movement
from tests.factories.ledger import NOON, leg, registered_project


@pytest.mark.django_db(transaction=True)
class TestFinishedTransaction:
    def test_cannot_be_added_to(self):
        with transaction.atomic():
            approved = leg(registered_project(), {2019: 40})
        entry = services.credits_issue(leg_id=approved.pk, at=NOON)
        done = entry.movements.get()
        with pytest.raises(IntegrityError, match="finished transaction"):
            Movement.objects.create(
                transaction=entry,
                series=done.series,
                first=41,
                last=50,
                from_account=done.from_account,
                to_account=done.to_account,
            )
        assert CreditBlock.objects.get().last == 40
