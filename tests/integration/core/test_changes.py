"""What rows said before and after is kept, whoever changes them."""

import pytest
from django.apps import apps
from django.db import connection, transaction

from core import changes, events
from core.models import Event, RowChange, User
from parties.models import Organisation
from tests.factories.cycle import NOON
from tests.factories.ledger import person

pytestmark = pytest.mark.django_db


def of(record: object) -> list[tuple[object, object]]:
    told = RowChange.objects.filter(subject_table=record._meta.db_table, subject_id=str(record.pk)).order_by("pk")
    return [(change.before, change.after) for change in told]


class TestRows:
    def test_tell_what_they_said(self):
        company = Organisation.objects.create(name="Kibo")
        pk = company.pk
        Organisation.objects.filter(pk=pk).update(name="Kibou")
        company.delete()
        company.pk = pk
        first, second, third = of(company)
        assert first[0] is None
        assert first[1]["name"] == "Kibo"
        assert second == ({"name": "Kibo"}, {"name": "Kibou"})
        assert third[0]["name"] == "Kibou"
        assert third[1] is None

    def test_that_stay_the_same_tell_nothing(self):
        company = Organisation.objects.create(name="Kibo")
        company.save()
        assert len(of(company)) == 1

    def test_tell_of_raw_sql_too(self):
        company = Organisation.objects.create(name="Kibo")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE parties_organisation SET name = 'Quietly' WHERE id = %s", [company.pk])
        assert of(company)[-1] == ({"name": "Kibo"}, {"name": "Quietly"})

    def test_do_not_tell_a_password(self):
        somebody = User.objects.create_user("a@example.org", "correct horse battery staple", name="A")
        somebody.set_password("another one")
        somebody.name = "B"
        somebody.save()
        assert of(somebody)[-1] == ({"name": "A"}, {"name": "B"})
        assert "password" not in of(somebody)[0][1]

    def test_carry_the_transaction_of_the_event(self):
        company = Organisation.objects.create(name="Kibo")
        with transaction.atomic():
            Organisation.objects.filter(pk=company.pk).update(name="Kibou")
            event = events.emit("organisation.renamed", company, actor=person("Someone"), at=NOON)
        event.refresh_from_db()
        change = RowChange.objects.filter(subject_table="parties_organisation").latest("pk")
        assert change.database_transaction == event.database_transaction
        assert Event.objects.get(pk=event.pk).database_transaction is not None


class TestTables:
    def test_keep_changes_as_the_models_say(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT tgrelid::regclass::text, tgenabled FROM pg_trigger WHERE tgname LIKE 'core_row_changed'"
            )
            present = dict(cursor.fetchall())
        assert present == {model._meta.db_table: "O" for model in changes.kept()}

    def test_that_keep_none_are_few_and_known(self):
        left_out = {model._meta.label for model in apps.get_models() if not getattr(model, "keeps_changes", True)}
        assert left_out == {
            "core.Delivery", "core.Desk", "core.NumberSeries", "projects.MeterReading", "projects.YearlyResult",
            "registry.Proposal", "registry.ProposalLine",
        }  # fmt: skip
