"""Human numbers such as VN017 or MN_AM003. Allotted under lock, never reused."""

from django.db import transaction

from core.models import NumberSeries, Source

DEMONSTRATION_START = 900


def allot(key: str, *, source: str) -> int:
    """Return the next number of the series `key`; call inside the transaction that uses it.

    Demonstration records run in a series of their own from 900 up, so that they never take a real number.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("numbers are allotted inside a transaction")
    demonstration = source == Source.DEMONSTRATION
    series, _ = NumberSeries.objects.get_or_create(
        key=f"{key}:demonstration" if demonstration else key,
        defaults={"next": DEMONSTRATION_START if demonstration else 1},
    )
    series = NumberSeries.objects.select_for_update().get(pk=series.pk)
    number = series.next
    series.next += 1
    series.save(update_fields=["next"])
    return number


def reserve(key: str, number: int) -> None:
    """Make sure that `number`, taken from a public record, is never allotted again."""
    NumberSeries.objects.get_or_create(key=key)
    NumberSeries.objects.filter(key=key, next__lte=number).update(next=number + 1)
