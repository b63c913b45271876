"""Third-party entities and their designations."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.constraints import LegalMoves
from core.models import Source, User, source_field
from parties.models.countries import Partnership, SectoralScope
from parties.models.people import Organisation
from parties.workflow import DESIGNATION, DesignationStatus


class DateRange(Func):
    """PostgreSQL's daterange(from, to, bounds)."""

    function = "daterange"
    output_field = DateRangeField()


class Task(models.TextChoices):
    """What a third-party entity is designated for; the scopes of the two may differ."""

    VALIDATION = "validation", _("Validation")
    VERIFICATION = "verification", _("Verification")


@dataclass(frozen=True, slots=True)
class Terms:
    """What held of a designation on one day."""

    status: str
    valid_from: date | None
    accredited_until: date | None
    scopes: dict[str, frozenset[int]]
    work_may_finish: bool = False


class DesignationQuerySet(models.QuerySet["Designation"]):
    """Questions about designations."""

    def on(self, day: date) -> "DesignationQuerySet":
        """Designations under which new work may be done on this day."""
        return self._holding(day, Q(status=DesignationStatus.DESIGNATED))

    def at_work(self, day: date) -> "DesignationQuerySet":
        """Designations under which work may be done on this day, be it only what was begun before a suspension."""
        return self._holding(day, Q(status=DesignationStatus.DESIGNATED) | Q(work_may_finish=True))

    def _holding(self, day: date, state: Q) -> "DesignationQuerySet":
        history = DesignationTerm.objects.filter(designation=OuterRef("pk"))
        lasting = Q(accredited_until=None) | Q(accredited_until__gte=day)
        then = history.on(day).filter(state, lasting)
        return self.filter(Exists(then) | ~Exists(history) & _by_the_record(day))


def _by_the_record(day: date) -> Q:
    begun = Q(designated_on=None) | Q(designated_on__lte=day)
    lasting = Q(valid_until=None) | Q(valid_until__gte=day)
    return begun & lasting & Q(status=DesignationStatus.DESIGNATED)


class Designation(models.Model):
    """A third-party entity designated by one Joint Committee, with separate scopes for validation and verification.

    The columns tell what holds now, the terms what held when; a designation that never changed has no terms.
    Expiry is computed from `valid_until`, the end of the accreditation, never trusted from a flag (jcm.md 2.4).
    """

    Status = DesignationStatus

    number = models.CharField(_("number"), max_length=20, unique=True)
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="designations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="designations")
    scopes_validation = models.ManyToManyField(SectoralScope, related_name="+")
    scopes_verification = models.ManyToManyField(SectoralScope, related_name="+")
    designated_on = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    status = models.CharField(max_length=16, choices=DesignationStatus.choices, default=DesignationStatus.DESIGNATED)
    source = source_field()

    objects: ClassVar[DesignationQuerySet] = DesignationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(designated_on__isnull=False) | Q(source=Source.PUBLIC_RECORD),
                name="parties_designation_has_date",
            ),
            LegalMoves(name="parties_designation_legal_moves", field="status", edges=DESIGNATION.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.organisation}"

    def get_absolute_url(self) -> str:
        return reverse("parties:tpe", args=[self.number])

    def terms_on(self, day: date) -> Terms | None:
        """Return what held on this day; None before the designation began."""
        terms = list(self.terms.all())
        if not terms:
            return self._recorded() if self.designated_on is None or self.designated_on <= day else None
        then = [term for term in terms if term.valid_from <= day and (term.ended_on is None or day < term.ended_on)]
        return then[0].told() if then else None

    def _recorded(self) -> Terms:
        scopes = {
            Task.VALIDATION.value: self.scopes_validation.all(),
            Task.VERIFICATION.value: self.scopes_verification.all(),
        }
        return Terms(
            status=self.status,
            valid_from=self.designated_on,
            accredited_until=self.valid_until,
            scopes={task: frozenset(scope.number for scope in allowed) for task, allowed in scopes.items()},
        )

    def allows(self, task: str, scope: int, *, on: date) -> bool:
        """Whether the entity might begin this task in the sectoral scope with this number on that day."""
        terms = self.terms_on(on)
        return terms is not None and is_in_force(terms, on) and scope in terms.scopes[task]


def is_in_force(terms: Terms, day: date) -> bool:
    """Whether new work may begin under these terms on a day on which they hold."""
    return terms.status == DesignationStatus.DESIGNATED and is_accredited(terms, day)


def is_accredited(terms: Terms, day: date) -> bool:
    """Whether the accreditation on which these terms rest has not run out."""
    return terms.accredited_until is None or terms.accredited_until >= day


class DesignationTermQuerySet(models.QuerySet["DesignationTerm"]):
    """Questions about the history of designations."""

    def on(self, day: date) -> "DesignationTermQuerySet":
        """The terms that held on this day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), valid_from__lte=day)


class DesignationTerm(models.Model):
    """What held of a designation from one day on until the day on which something changed (`ended_on`, exclusive)."""

    class Change(models.TextChoices):
        """What began this part of the history."""

        RECORDED = "recorded", _("Designated, as recorded")
        GRANTED_NEW = "granted_new", _("Designated")
        GRANTED_SCOPES = "granted_scopes", _("Additional sectoral scopes")
        GRANTED_RENEWAL = "granted_renewal", _("Renewed accreditation")
        SUSPENDED = "suspended", _("Suspended")
        RESUMED = "resumed", _("Suspension ended")
        WITHDRAWN = "withdrawn", pgettext_lazy("designation", "Withdrawn")
        SCOPES_WITHDRAWN = "scopes_withdrawn", _("Sectoral scopes withdrawn")
        GIVEN_UP = "given_up", _("Given up by the entity")

    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="terms")
    valid_from = models.DateField()
    ended_on = models.DateField(null=True)
    status = models.CharField(max_length=16, choices=DesignationStatus.choices)
    accredited_until = models.DateField(null=True)
    scopes_validation = ArrayField(models.PositiveSmallIntegerField())
    scopes_verification = ArrayField(models.PositiveSmallIntegerField())
    work_may_finish = models.BooleanField(default=False)
    change = models.CharField(max_length=24, choices=Change.choices)
    reason = models.TextField(_("reason"), blank=True)
    decision_number = models.CharField(max_length=40, blank=True)
    # Nobody where the committee decided, or a public record says so.
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar[DesignationTermQuerySet] = DesignationTermQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["designation", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("valid_from")), name="parties_term_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(work_may_finish=False) | Q(status=DesignationStatus.SUSPENDED),
                name="parties_only_suspended_work_finishes",
            ),
            ExclusionConstraint(
                name="parties_terms_do_not_overlap",
                expressions=[
                    ("designation", RangeOperators.EQUAL),
                    (DateRange("valid_from", "ended_on", Value("[)")), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.designation.number} {self.valid_from}: {self.get_status_display()}"

    def told(self) -> Terms:
        """Return the terms without their story."""
        return Terms(
            status=self.status,
            valid_from=self.valid_from,
            accredited_until=self.accredited_until,
            scopes={
                Task.VALIDATION.value: frozenset(self.scopes_validation),
                Task.VERIFICATION.value: frozenset(self.scopes_verification),
            },
            work_may_finish=self.work_may_finish,
        )
