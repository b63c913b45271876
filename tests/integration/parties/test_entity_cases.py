"""An application tells its case where it stands."""

import pytest

from parties import services
from parties.models import Case
from parties.workflow import CaseKind, Stage
from tests.factories import entities
from tests.factories.cycle import NOON

pytestmark = pytest.mark.django_db


def stages(application):
    return list(application.case.stages.values_list("stage", flat=True))


class TestCaseOfAnApplication:
    def test_opens_with_a_number_and_follows_to_the_decision(self, people):
        designation = entities.granted(people)
        case = Case.objects.get()
        assert (case.kind, case.number, case.organisation) == (
            CaseKind.TPE_DESIGNATION,
            "MN_TPE900",
            designation.organisation,
        )
        assert stages(designation.applications.get()) == [Stage.SUBMITTED, Stage.CONSIDERATION, Stage.DECIDED]
        assert case.stages.last().reason == "MN_JC900"

    def test_begins_anew_after_a_return(self, people):
        application = entities.filed(people)
        services.application_return(
            application_id=application.pk, reason="The certificate.", actor=people.host_secretariat, at=NOON
        )
        services.application_correct(
            application_id=application.pk, content=entities.content(), actor=people.tpe, at=NOON
        )
        services.application_withdraw(application_id=application.pk, actor=people.tpe, at=NOON)
        assert stages(application) == [Stage.SUBMITTED, Stage.RETURNED, Stage.SUBMITTED, Stage.WITHDRAWN]
