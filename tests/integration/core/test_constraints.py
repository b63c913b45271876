"""Rules below Python that all apps share."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from core.constraints import LegalMoves
from core.models import Event, User
from jcm.management.commands.workflows import WORKFLOWS
from tests.factories.cycle import NOON
from tests.factories.ledger import person

pytestmark = pytest.mark.django_db
KEPT = [
    (model, rule)
    for model in apps.get_models()
    for rule in model._meta.constraints
    if isinstance(rule, LegalMoves)
]  # fmt: skip


class TestLegalMoves:
    @pytest.mark.parametrize(("model", "rule"), KEPT, ids=[rule.name for _model, rule in KEPT])
    def test_are_what_the_workflow_says_in_the_database_too(self, model, rule):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT prosrc, tgenabled FROM pg_proc p JOIN pg_trigger t ON t.tgfoid = p.oid "
                "WHERE p.proname = %s AND t.tgrelid = %s::regclass",
                [rule.name, model._meta.db_table],
            )
            source, enabled = cursor.fetchone()
        moves = "(" + ", ".join(f"'{a}:{b}'" for a, b in rule.edges) + ")"
        assert moves in source
        assert enabled == "O"

    def test_are_kept_for_every_workflow_of_the_reference_and_for_no_other(self):
        assert len({rule.name for _model, rule in KEPT}) == len(KEPT)
        kept = {tuple(sorted(tuple(edge) for edge in rule.edges)) for _model, rule in KEPT}
        assert kept == {tuple(workflow.edges()) for workflow in WORKFLOWS.values()}

    def test_cannot_be_ignored(self):
        """As the triggers of a library could be that was used before."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT proname FROM pg_proc WHERE prosrc ILIKE '%%current_setting%%ignore%%'")
            assert cursor.fetchall() == []


class TestPeople:
    def test_whom_an_event_names_stay(self):
        someone = person("Someone")
        Event.objects.create(name="x.happened", actor=someone, at=NOON)
        with pytest.raises(IntegrityError, match="named by an event"), transaction.atomic():
            User.objects.filter(pk=someone.pk)._raw_delete("default")

    def test_whom_nothing_names_can_go(self):
        someone = person("Nobody")
        User.objects.filter(pk=someone.pk)._raw_delete("default")
        assert not User.objects.filter(pk=someone.pk).exists()
