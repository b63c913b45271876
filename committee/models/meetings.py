"""Meetings of a Joint Committee: agenda, attendance, minutes, and what is to be done after them."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from committee.models.decisions import DecisionItem
from committee.workflow import MEETING, MeetingStatus
from core.constraints import LegalMoves
from core.models import Document, User, source_field
from parties.models import Country, Partnership, Role

TEENS = range(11, 14)
SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


class Meeting(models.Model):
    """One meeting, which the two sides host in turn (jcm.md 2.1)."""

    class Form(models.TextChoices):
        """How people come together."""

        IN_PERSON = "in_person", _("In person")
        ONLINE = "online", _("Online")
        HYBRID = "hybrid", _("In person and online")

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveSmallIntegerField(_("number"))
    place = models.CharField(_("place"), max_length=100, blank=True)
    form = models.CharField(_("form"), max_length=16, choices=Form.choices, default=Form.HYBRID)
    host = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", verbose_name=_("hosted by"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    status = models.CharField(_("status"), max_length=16, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED)
    minutes = models.TextField(_("minutes"), blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("minutes published"), null=True)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    source = source_field()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="committee_meeting_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="committee_meeting_ends_after_start"),
            models.CheckConstraint(condition=Q(form="online") | Q(place__gt=""), name="committee_meeting_has_place"),
            LegalMoves(name="committee_meeting_legal_moves", field="status", edges=MEETING.edges()),
        ]

    def __str__(self) -> str:
        words = {"number": self.number, "suffix": self._suffix(), "place": self.place}
        if self.place and self.form == self.Form.HYBRID:
            return str(_("%(number)s%(suffix)s Joint Committee in %(place)s and online") % words)
        if self.place:
            return str(_("%(number)s%(suffix)s Joint Committee in %(place)s") % words)
        return str(_("%(number)s%(suffix)s Joint Committee, online") % words)

    def _suffix(self) -> str:
        return "th" if self.number % 100 in TEENS else SUFFIXES.get(self.number % 10, "th")

    def get_absolute_url(self) -> str:
        return reverse("committee:meeting", args=[self.pk])


class AgendaEntry(models.Model):
    """One point of a meeting's agenda: a matter to decide, or something else to speak of."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=300)
    item = models.ForeignKey(DecisionItem, on_delete=models.CASCADE, null=True, related_name="entries")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="committee_entry_has_its_place"),
            models.UniqueConstraint(fields=["meeting", "item"], name="committee_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class Attendance(models.Model):
    """A seat that was taken at a meeting: by its holder, or by a delegate of the same side."""

    class Presence(models.TextChoices):
        """How somebody was there."""

        IN_PERSON = "in_person", _("In the room")
        ONLINE = "online", _("Online")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role.choices)
    presence = models.CharField(_("presence"), max_length=16, choices=Presence.choices)
    represented_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["party", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "member"], name="committee_seat_taken_once"),
            models.CheckConstraint(condition=~Q(member=F("represented_by")), name="committee_represented_by_another"),
        ]

    def __str__(self) -> str:
        return f"{self.represented_by or self.member}"


class ActionItem(models.Model):
    """Something that somebody is to do after a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="actions")
    text = models.CharField(_("what is to be done"), max_length=400)
    responsible = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by whom"))
    due_on = models.DateField(_("until"), null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["done_at", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="committee_action_done_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.text
