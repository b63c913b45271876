"""Meetings of the demonstration: one that was held, one that is planned."""

from datetime import datetime, timedelta

from committee import services as committee
from core.numbering import DEMONSTRATION_START
from jcm.demo.cast import Cast

MINUTES = """The meeting was opened by both co-chairs.

The state of the projects was reviewed. The secretariat was asked to send the figures of the last year to both sides."""


def of_mongolia(people: Cast, at: datetime) -> None:
    """A meeting with published minutes and something left to do, and the next one with its agenda."""
    held, clerk = at - timedelta(days=60), people.host_secretariat
    japan, host = people.partnership.parties
    first = committee.meeting_plan(
        partnership=people.partnership,
        details=committee.Details(
            number=DEMONSTRATION_START, place="Ulaanbaatar", form="hybrid", host=host,
            starts_on=held.date(), ends_on=held.date(),
        ),
        actor=clerk,
        at=held - timedelta(days=90),
    )  # fmt: skip
    points = [("Opening", None), ("State of the projects", None), ("Any other business", None)]
    committee.meeting_agenda(meeting_id=first.pk, entries=points, actor=clerk, at=held - timedelta(days=30))
    began = held + timedelta(hours=12)  # the day has begun everywhere
    committee.meeting_open(meeting_id=first.pk, actor=clerk, at=began)
    there = (people.japan_chair, people.host_chair, people.japan_member, people.host_member)
    present = {person.pk: committee.Present("in_person") for person in there}
    committee.attendance_record(meeting_id=first.pk, present=present, actor=clerk, at=began)
    committee.action_add(
        meeting_id=first.pk, text="Send the figures of the last year to both sides.",
        responsible=people.japan_secretariat, due_on=(at + timedelta(days=30)).date(), actor=clerk, at=began,
    )  # fmt: skip
    committee.minutes_write(meeting_id=first.pk, text=MINUTES, files={}, actor=clerk, at=began)
    committee.meeting_close(meeting_id=first.pk, actor=clerk, at=began)
    committee.minutes_publish(meeting_id=first.pk, actor=clerk, at=began + timedelta(days=5))
    day = (at + timedelta(days=300)).date()
    following = committee.meeting_plan(
        partnership=people.partnership,
        details=committee.Details(
            number=DEMONSTRATION_START + 1, place="Tokyo", form="in_person", host=japan, starts_on=day, ends_on=day
        ),
        actor=clerk,
        at=at,
    )
    committee.meeting_agenda(meeting_id=following.pk, entries=points, actor=clerk, at=at)
