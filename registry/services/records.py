"""Issuances as the public record gives them: without request and signatures, with what it says and no more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import Source
from core.quantities import by_vintage
from parties.models import Country
from projects.models import Project
from projects.workflow import ProjectStatus
from registry.errors import explained
from registry.models import Account, IssuanceLeg, IssuanceNotification, LegLine, Registry
from registry.services.issuance import first_state, leg_record
from registry.workflow import LEG, LegState

Change = Literal["created", "changed", "unchanged"]
PENDING = (LegState.NOTIFIED, LegState.AWAITING_AUTHORIZATION)
IN_HAND = (LegState.PROPOSED, LegState.APPROVED)
# The record gives the day only; noon in UTC falls on that day in every Party's capital.
NOON = time(12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PublishedIssuance:
    """What one row of the public list of issuances says. None: it does not say.

    `key` names the notification, `keys` all that the list names today. `party` is None where both sides stand
    together; `notified` and `issued` are whole tonnes of the side, or of both together.
    """

    key: str
    keys: Collection[str]
    projects: tuple[Project, ...]
    period_start: date | None
    period_end: date | None
    decided_on: date | None
    party: Country | None
    notified: int | None
    issued_on: date | None
    issued: int | None
    note: str

    @property
    def period(self) -> tuple[date, date] | None:
        """The first and last day of the monitoring period, if both are known."""
        return (self.period_start, self.period_end) if self.period_start and self.period_end else None

    @property
    def measures(self) -> bool:
        """Whether credits can be made of it: it gives the period, one project, and the amount issued, if any was."""
        is_whole = self.period is not None and len(self.projects) == 1
        return is_whole and (self.issued_on is None or self.issued is not None)


@transaction.atomic
def issuance_record(row: PublishedIssuance) -> tuple[IssuanceNotification, Change]:
    """Record one row of the public list, and issue through the ledger what it says was issued.

    The amount of a period that crosses calendar years is apportioned to vintages by days, marked as estimated. Where
    the period or the split between the sides is missing, the notification is kept as incomplete and no credits are
    made. A leg without a date of issuance stays pending, a leg of nought is closed. Repeating a row changes nothing;
    amounts never change. Raises InvalidInput or LedgerRefused.
    """
    _check(row)
    with explained():
        notification, change = _notification(row)
        if row.party is None:
            told = _total_follow(notification, row)
        elif row.notified is not None:
            told = _leg_follow(notification, row, row.party, row.notified)
        else:
            told = "unchanged"
        _completeness_follow(notification)
        connection.check_constraints()  # what waits for the commit speaks here, where the row is known
    return notification, told if change == "unchanged" else change


def _check(row: PublishedIssuance) -> None:
    """Raise InvalidInput where the row contradicts itself or what is known of the project."""
    project = row.projects[0]
    if any(other.status != ProjectStatus.REGISTERED for other in row.projects):
        raise InvalidInput(fields={"projects": _("Credits are issued for registered projects only.")})
    if row.party and row.party not in project.partnership.parties:
        raise InvalidInput(fields={"party": _("This country is no side of the project's partnership.")})
    says_issued = row.issued is not None and (row.issued > 0 or row.issued_on is not None)
    if row.party and row.notified is not None and says_issued and row.issued != row.notified:
        raise InvalidInput(fields={"issued": _("The issued amount differs from the notified amount.")})
    _check_dates(row, earliest=project.partnership.earliest_operation)


def _check_dates(row: PublishedIssuance, *, earliest: date) -> None:
    start, end = row.period_start, row.period_end
    if start and start < earliest:
        raise InvalidInput(fields={"period_start": _("Reductions count from %(day)s on.") % {"day": earliest}})
    if start and end and end < start:
        raise InvalidInput(fields={"period_end": _("The monitoring period ends before it starts.")})
    if end and row.decided_on and row.decided_on < end:
        raise InvalidInput(fields={"decided_on": _("The Joint Committee decided before the period ended.")})
    if row.decided_on and row.issued_on and row.issued_on < row.decided_on:
        raise InvalidInput(fields={"issued_on": _("The credits were issued before the Joint Committee decided.")})


def _notification(row: PublishedIssuance) -> tuple[IssuanceNotification, Change]:
    locked = IssuanceNotification.objects.select_for_update(of=("self",))
    notification = locked.filter(record_key=row.key).first()
    if notification is not None and notification.note == row.note:
        return notification, "unchanged"
    if notification is None:
        _check_no_overlap(row)
        kept = _kept_without_period(row)
        notification = kept or IssuanceNotification(
            project=row.projects[0], source=Source.PUBLIC_RECORD, incomplete=True
        )
    is_new = notification.pk is None
    notification.record_key, notification.note, notification.decided_on = row.key, row.note, row.decided_on
    notification.period_start, notification.period_end = row.period_start, row.period_end
    notification.save()
    if is_new:
        notification.shared_with.set(row.projects[1:])
    return notification, "created" if is_new else "changed"


def _check_no_overlap(row: PublishedIssuance) -> None:
    if row.period is None:
        return
    start, end = row.period
    same_time = IssuanceNotification.objects.filter(period_start__lte=end, period_end__gte=start)
    other = same_time.filter(Q(project__in=row.projects) | Q(shared_with__in=row.projects)).first()
    if other is not None:
        told = _("Periods of one project do not overlap; %(other)s is recorded.") % {"other": other}
        raise InvalidInput(fields={"period_start": told})


def _kept_without_period(row: PublishedIssuance) -> IssuanceNotification | None:
    """Return the notification that was kept while the public list did not name its period, which `row` does."""
    if row.period is None or row.notified is None:
        return None
    kept = IssuanceLeg.objects.filter(
        Q(issued_on=row.issued_on) | Q(issued_on=None),
        registry__party=row.party,
        notified=row.notified,
        incomplete=True,
        source=Source.PUBLIC_RECORD,
        notification__project=row.projects[0],
        notification__period_start=None,
    )
    leg = kept.exclude(notification__record_key__in=row.keys).select_related("notification").first()
    return leg.notification if leg else None


def _total_follow(notification: IssuanceNotification, row: PublishedIssuance) -> Change:
    total = row.notified if row.issued is None else row.issued
    if total in {None, notification.published_total}:
        return "unchanged"
    if notification.published_total is not None:
        raise InvalidInput(fields={"issued": _differs(notification.published_total)})
    notification.published_total = total
    notification.save(update_fields=["published_total"])
    return "changed"


def _differs(recorded: int) -> str:
    return _("Recorded are %(recorded)s t; an amount that was notified never changes.") % {"recorded": recorded}


def _leg_follow(notification: IssuanceNotification, row: PublishedIssuance, party: Country, notified: int) -> Change:
    legs = notification.legs.select_for_update(of=("self",)).select_related("registry__party")
    leg = legs.filter(registry__party=party).first()
    change: Change = "unchanged"
    if leg is None:
        leg, change = _leg_create(notification, row, party, notified), "created"
    _check_leg(leg, row)
    if leg.incomplete and row.measures:
        change = "changed"
        _leg_complete(leg, row)
    if row.issued_on and leg.state in PENDING:
        change = "created" if change == "created" else "changed"
        _leg_issue(leg, row.issued_on)
    return change


def _leg_create(
    notification: IssuanceNotification, row: PublishedIssuance, party: Country, notified: int
) -> IssuanceLeg:
    vintages = _vintages(row, notified)
    is_known = bool(vintages) or not notified
    leg = IssuanceLeg.objects.create(
        notification=notification,
        registry=Registry.objects.select_related("party").get(party=party),
        notified=notified,
        state=first_state(row.projects[0].partnership, party, vintages) if is_known else LegState.NOTIFIED,
        source=Source.PUBLIC_RECORD,
        incomplete=not is_known,
    )
    _lines_write(leg, row, vintages)
    return leg


def _vintages(row: PublishedIssuance, notified: int) -> dict[int, int]:
    if row.period is None or not row.measures:
        return {}
    return by_vintage(notified, start=row.period[0], end=row.period[1])


def _lines_write(leg: IssuanceLeg, row: PublishedIssuance, vintages: dict[int, int]) -> None:
    """Give the amounts to the government's account: the public record names no other."""
    account = Account.objects.get(registry=leg.registry, kind=Account.Kind.GOVERNMENT)
    is_one_year = row.period is not None and row.period[0].year == row.period[1].year
    LegLine.objects.bulk_create(
        LegLine(leg=leg, vintage=vintage, account=account, quantity=quantity, estimated=not is_one_year)
        for vintage, quantity in vintages.items()
    )


def _check_leg(leg: IssuanceLeg, row: PublishedIssuance) -> None:
    if leg.notified != row.notified:
        raise InvalidInput(fields={"notified": _differs(leg.notified)})
    if leg.state == LegState.ISSUED and leg.issued_on != row.issued_on:
        told = _("Issued on %(day)s is recorded; an issuance is not undone or moved.") % {"day": leg.issued_on}
        raise InvalidInput(fields={"issued_on": told})
    if leg.state in IN_HAND and row.issued_on:
        raise InvalidInput(fields={"issued_on": _("The registry's administrators are issuing this in this system.")})


def _leg_complete(leg: IssuanceLeg, row: PublishedIssuance) -> None:
    """Write what could not be written before the record named the period, and the credits if they were issued."""
    _lines_write(leg, row, _vintages(row, leg.notified))
    leg.incomplete = False
    if leg.state == LegState.NOTIFIED:
        # Which vintages it has is known only now, and some of them wait for authorization.
        vintages = set(leg.lines.values_list("vintage", flat=True))
        leg.state = first_state(row.projects[0].partnership, leg.registry.party, vintages)
    leg.save(update_fields=["incomplete", "state"])
    if leg.state == LegState.ISSUED and leg.issued_on:
        leg_record(leg=leg, at=datetime.combine(leg.issued_on, NOON))


def _leg_issue(leg: IssuanceLeg, day: date) -> None:
    leg.state = LEG.next_state("record_issue", state=leg.state)
    leg.issued_on = day
    if leg.incomplete:
        leg.save(update_fields=["state", "issued_on"])
    else:
        leg_record(leg=leg, at=datetime.combine(day, NOON))


def _completeness_follow(notification: IssuanceNotification) -> None:
    legs = list(notification.legs.all())
    dates = (notification.period_start, notification.period_end, notification.decided_on)
    incomplete = None in dates or len(legs) < 2 or any(leg.incomplete for leg in legs)
    if notification.incomplete != incomplete:
        notification.incomplete = incomplete
        notification.save(update_fields=["incomplete"])
