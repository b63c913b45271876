"""Which records count, and what kind of data this installation shows."""

from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, Max, Model, Q, QuerySet

from core.models import ImportRun, Source, User

Row = TypeVar("Row", bound=Model)


def counted(queryset: QuerySet[Row], source: str = "source") -> QuerySet[Row]:
    """Leave demonstration records out once public records are loaded (a finished ImportRun exists).

    Before that the totals show the demonstration, and the page says so. `source` is the path to the record's source.
    """
    demonstration = Q(**{source: Source.DEMONSTRATION})
    return queryset.filter(~demonstration | ~Exists(ImportRun.objects.all()))


def has_demonstration() -> bool:
    """Return whether this installation holds demonstration data: its people came with it."""
    return User.objects.filter(source=Source.DEMONSTRATION).exists()


def public_records_of() -> datetime | None:
    """Return when public records were loaded last, or None where they never were."""
    latest: datetime | None = ImportRun.objects.aggregate(latest=Max("finished_at"))["latest"]
    return latest
