"""Forms of meetings."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from committee.models import Attendance, DecisionItem, Meeting
from committee.services import Details, Present
from core.filing import FilingForm, file_field
from core.models import User
from parties.models import Country, Partnership, RoleAssignment

NUMBERED = re.compile(r"^\s*(\d{1,3})[.)\s]\s*(.+)$")
LAST = 999


def _day(label: Any, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class DetailsForm(forms.Form):
    """Where and when people meet."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=LAST)
    form = forms.ChoiceField(label=_("Form"), choices=Meeting.Form.choices, initial=Meeting.Form.HYBRID)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    host = forms.ModelChoiceField(
        queryset=Country.objects.none(), label=_("Hosted by"), help_text=_("The two sides take turns.")
    )
    starts_on = _day(_("First day"))
    ends_on = _day(_("Last day"))

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        host = self.fields["host"]
        if isinstance(host, forms.ModelChoiceField):
            host.queryset = Country.objects.filter(pk__in=[party.pk for party in partnership.parties])

    def details(self) -> Details:
        """Return what was filled in."""
        given = self.cleaned_data
        return Details(
            number=given["number"], form=given["form"], place=given["place"], host=given["host"],
            starts_on=given["starts_on"], ends_on=given["ends_on"],
        )  # fmt: skip


class MeetingAgendaForm(forms.Form):
    """Which waiting items, and what else, in which order."""

    topics = forms.CharField(
        label=_("Other points"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, with its number first, for example “1 Opening”."),
        max_length=4000,
    )

    def __init__(self, *args: Any, items: Sequence[DecisionItem], meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entries = list(meeting.entries.all())
        places = {entry.item_id: entry.position for entry in entries if entry.item_id}
        self.items = list(items)
        for item in self.items:
            self.fields[f"position_{item.pk}"] = forms.IntegerField(
                label=str(item), required=False, min_value=1, max_value=LAST, initial=places.get(item.pk),
                help_text=_("Its number on the agenda; empty where it is not on it."),
            )  # fmt: skip
        self.initial.setdefault("topics", "\n".join(f"{e.position} {e.title}" for e in entries if not e.item_id))

    def entries(self) -> list[tuple[str, int | None]]:
        """Return the points in their order: a title, or the item that it is about."""
        given = self.cleaned_data
        points: list[tuple[int, str, int | None]] = [
            (given[f"position_{item.pk}"], "", item.pk) for item in self.items if given[f"position_{item.pk}"]
        ]
        for line in filter(None, map(str.strip, given["topics"].splitlines())):
            numbered = NUMBERED.match(line)
            points.append((int(numbered[1]), numbered[2][:300], None) if numbered else (LAST, line[:300], None))
        return [(title, pk) for _place, title, pk in sorted(points, key=lambda point: point[0])]


class AttendanceForm(forms.Form):
    """Of each seat, whether and how it is taken."""

    def __init__(self, *args: Any, seats: Sequence[RoleAssignment], meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = {row.member_id: row for row in meeting.attendances.all()}
        self.seats = list(seats)
        for seat in self.seats:
            row = taken.get(seat.user_id)
            delegates = [(s.user_id, s.user.name) for s in self.seats if s.party_id == seat.party_id and s != seat]
            self.fields[f"there_{seat.user_id}"] = forms.ChoiceField(
                label=f"{seat.user.name} – {seat.get_role_display()}, {seat.party}",
                choices=[("", _("Absent")), *Attendance.Presence.choices],
                required=False,
                initial=row.presence if row else "",
            )
            self.fields[f"by_{seat.user_id}"] = forms.TypedChoiceField(
                label=_("Represented by"), choices=[("", "–"), *delegates], coerce=int, empty_value=None,
                required=False, initial=row.represented_by_id if row else None,
            )  # fmt: skip

    def present(self) -> dict[int, Present]:
        """Return how each seat is taken, by its holder's number."""
        given = self.cleaned_data
        return {
            seat.user_id: Present(given[f"there_{seat.user_id}"], given[f"by_{seat.user_id}"])
            for seat in self.seats
            if given[f"there_{seat.user_id}"]
        }


class MinutesForm(FilingForm):
    """What was said, and the signed paper."""

    text = forms.CharField(label=_("Minutes"), widget=forms.Textarea(attrs={"rows": 12}), max_length=40_000)
    restricted = file_field(_("Complete paper"))
    public = file_field(_("Public paper"), help_text=_("Everybody may open it once the minutes are published."))


class ActionForm(forms.Form):
    """What somebody is to do."""

    text = forms.CharField(label=_("What is to be done"), max_length=400)
    responsible = forms.ModelChoiceField(queryset=User.objects.none(), label=_("By whom"))
    due_on = _day(_("Until"), required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        responsible = self.fields["responsible"]
        if isinstance(responsible, forms.ModelChoiceField):
            responsible.queryset = people


class TableForm(forms.Form):
    """The meeting to which a decision is put."""

    meeting = forms.ModelChoiceField(queryset=Meeting.objects.none(), label=_("Meeting"))

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        meeting = self.fields["meeting"]
        if isinstance(meeting, forms.ModelChoiceField):
            meeting.queryset = meetings
