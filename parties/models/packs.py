"""Rule packs: the deadlines, practices and checklists of a partnership, in force from a day on."""

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import User
from parties.clock import Calendar
from parties.models.countries import Partnership
from parties.workflow import PACK, CaseKind, PackStatus

# The columns that a secretariat sets, in the order of its screens.
DAYS = (
    "pm_completeness_days", "pm_public_inputs_days", "pm_consideration_days", "pm_consideration_max_days",
    "pdd_public_inputs_days", "reg_completeness_days", "iss_completeness_days", "prc_completeness_days",
    "renewal_completeness_days", "tpe_application_completeness_days", "pin_days", "electronic_decision_days",
    "publication_after_decision_days", "methodology_grace_days",
)  # fmt: skip
PRACTICES = (
    "time_zone", "opening_day_counts", "holidays_extend", "generation", "allocation", "languages", "quorum",
)  # fmt: skip
SETTINGS = (*DAYS, *PRACTICES)
DAYS_HELP = _("Calendar days; a reminder, never a block.")


def _days(label: object, default: int, help_text: object = DAYS_HELP) -> "models.PositiveSmallIntegerField[int, int]":
    return models.PositiveSmallIntegerField(label, default=default, help_text=help_text)  # type: ignore[arg-type]


class RulePack(models.Model):
    """The procedural settings of one partnership, in force from a day until the next pack.

    A case keeps the pack of the day on which it was first submitted. The defaults and their certainty stand in
    jcm.md 1.11 and 2.2. PostgreSQL keeps an adopted pack as it is (parties/sql/packs.sql).
    """

    class Generation(models.TextChoices):
        """Which of the two sets of rules the partnership follows (jcm.md 1.2)."""

        CLASSIC = "classic", _("Classic")
        PARIS_ALIGNED = "paris_aligned", _("Aligned with the Paris Agreement")

    class Allocation(models.TextChoices):
        """When the percentages of both sides are fixed (jcm.md 1.9)."""

        REQUEST = "request", _("In each request for issuance")
        REGISTRATION = "registration", _("At registration, for all issuances")

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="rule_packs")
    version = models.PositiveSmallIntegerField(_("version"))
    number = models.CharField(_("number"), max_length=40, unique=True)
    effective_from = models.DateField(
        _("in force from"), help_text=_("Cases that are submitted earlier keep the pack before.")
    )
    status = models.CharField(_("status"), max_length=16, choices=PackStatus.choices, default=PackStatus.DRAFT)
    note = models.TextField(_("what changes and why"), blank=True)

    pm_completeness_days = _days(_("completeness check of a methodology"), 7)
    pm_public_inputs_days = _days(
        _("public inputs on a methodology"), 15, _("Calendar days. 0 means that there is no call.")
    )
    pm_consideration_days = _days(_("consideration of a methodology"), 60)
    pm_consideration_max_days = _days(_("longest consideration of a methodology"), 90)
    pdd_public_inputs_days = _days(
        _("public inputs on a project design"), 30, _("Calendar days. 0 means that there is no call.")
    )
    reg_completeness_days = _days(_("completeness check of a registration"), 7)
    iss_completeness_days = _days(_("completeness check of an issuance"), 7)
    prc_completeness_days = _days(_("completeness check of a change after registration"), 7)
    renewal_completeness_days = _days(_("completeness check of a renewal"), 7)
    tpe_application_completeness_days = _days(_("completeness check of an application as third-party entity"), 7)
    pin_days = _days(_("answer to a project idea note"), 30)
    electronic_decision_days = _days(
        _("electronic decision"), 10, _("Calendar days. A member's silence until their end is consent.")
    )
    publication_after_decision_days = _days(_("publication after a decision"), 5)
    methodology_grace_days = _days(
        _("use of an older version of a methodology"), 0, _("Calendar days after the newer version is approved.")
    )

    time_zone = models.CharField(
        _("time zone of deadlines"), max_length=40, help_text=_("Deadlines end at 24:00 there, for example Asia/Tokyo.")
    )
    opening_day_counts = models.BooleanField(_("the opening day counts"), default=True)
    holidays_extend = models.BooleanField(_("a deadline on a holiday moves to the next day"), default=False)
    generation = models.CharField(
        _("generation of the rules"), max_length=16, choices=Generation.choices, default=Generation.CLASSIC
    )
    allocation = models.CharField(
        _("percentages of the two sides"), max_length=16, choices=Allocation.choices, default=Allocation.REQUEST
    )
    languages = models.CharField(
        _("languages"),
        max_length=40,
        default="en",
        help_text=_("Two-letter codes with commas between them; the first is the language of record."),
    )
    quorum = models.PositiveSmallIntegerField(
        _("quorum of each side"), default=1, help_text=_("Members of each side, its co-chair included.")
    )

    drafted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(null=True)
    adopted_on = models.DateField(_("adopted on"), null=True)
    decision_number = models.CharField(_("decision"), max_length=40, blank=True)

    class Meta:
        ordering = ["partnership", "version"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "version"], name="parties_pack_version_once"),
            models.UniqueConstraint(
                fields=["partnership", "effective_from"],
                condition=Q(status=PackStatus.ADOPTED),
                name="parties_one_pack_from_a_day",
            ),
            models.UniqueConstraint(
                fields=["partnership"], condition=~Q(status=PackStatus.ADOPTED), name="parties_one_pack_in_preparation"
            ),
            models.CheckConstraint(
                condition=Q(drafted_by=None, drafted_at=None) | Q(drafted_by__isnull=False, drafted_at__isnull=False),
                name="parties_pack_drafted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(electronic_decision_days__gte=1), name="parties_electronic_decision_takes_a_day"
            ),
            models.CheckConstraint(
                condition=Q(pm_consideration_max_days__gte=F("pm_consideration_days")),
                name="parties_longest_consideration_is_longest",
            ),
            models.CheckConstraint(
                condition=Q(languages__regex=r"^[a-z]{2}(,[a-z]{2})*$"), name="parties_pack_languages_are_codes"
            ),
            LegalMoves(name="parties_rulepack_legal_moves", field="status", edges=PACK.edges()),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("parties:pack", args=[self.number])

    @property
    def zone(self) -> ZoneInfo:
        """Where deadlines end at 24:00."""
        return ZoneInfo(self.time_zone)

    @property
    def calendar(self) -> Calendar:
        """How this pack counts days; holidays come from the database where they matter."""
        holidays: frozenset[object] = frozenset()
        if self.holidays_extend:
            parties = (self.partnership.host_id, self.partnership.acquirer_id)
            holidays = frozenset(Holiday.objects.filter(country__in=parties).values_list("day", flat=True))
        return Calendar(self.zone, self.opening_day_counts, holidays)  # type: ignore[arg-type]


class Holiday(models.Model):
    """A public holiday of a Party."""

    country = models.ForeignKey("parties.Country", on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["country", "day"], name="parties_one_holiday_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class ChecklistItem(models.Model):
    """One thing that the secretariat looks for before a case of this kind is complete."""

    pack = models.ForeignKey(RulePack, on_delete=models.CASCADE, related_name="checklist")
    kind = models.CharField(_("kind of case"), max_length=32, choices=CaseKind.choices)
    order = models.PositiveSmallIntegerField()
    code = models.CharField(_("form or document"), max_length=40, blank=True)
    text_en = models.CharField(max_length=200)
    text_ja = models.CharField(max_length=200)

    class Meta:
        ordering = ["kind", "order"]
        constraints = [models.UniqueConstraint(fields=["pack", "kind", "order"], name="parties_checklist_order")]

    def __str__(self) -> str:
        return f"{self.code}: {self.text}" if self.code else self.text

    @property
    def text(self) -> str:
        """The sentence in the reader's language."""
        return self.text_ja if get_language() == "ja" else self.text_en
