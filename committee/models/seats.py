"""The voices of a decision: answers, declarations of conflicts of interest, and delegates during absence."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from committee.models.decisions import Decision, DecisionItem
from core.models import User
from parties.models import Country, Partnership, Role
from parties.models.entities import DateRange


class Answer(models.Model):
    """One seat's answer to a decision. A row exists from the opening on: no answer yet is silence.

    Silence is consent for members, never for co-chairs (jcm.md 2.2). A delegate may answer for the member.
    """

    class Value(models.TextChoices):
        """What a member may answer."""

        AFFIRM = "affirm", _("Affirms")
        OBJECT = "object", _("Objects")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="answers")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role.choices)
    value = models.CharField(_("answer"), max_length=16, choices=Value.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["party", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "member"], name="committee_one_answer_per_member"),
            models.CheckConstraint(
                condition=Q(value="", answered_at=None, given_by=None)
                | Q(answered_at__isnull=False, given_by__isnull=False) & ~Q(value=""),
                name="committee_answer_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(value="object") | Q(reason__gt=""), name="committee_objection_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_value_display() if self.value else _('no answer yet')}"

    @property
    def by_delegate(self) -> bool:
        """Whether somebody else answered on the member's behalf."""
        return self.given_by_id not in (None, self.member_id)


class Declaration(models.Model):
    """A person of the committee says of one item whether there is a conflict of interest.

    With a conflict the person is recused: hears, reads and says nothing more of the item.
    """

    item = models.ForeignKey(DecisionItem, on_delete=models.CASCADE, related_name="declarations")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    conflict = models.BooleanField(_("conflict of interest"))
    reason = models.TextField(_("what the conflict is"), blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["item", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "member"], name="committee_one_declaration_per_item"),
            models.CheckConstraint(
                condition=Q(conflict=False, reason="") | Q(conflict=True, reason__gt=""),
                name="committee_conflict_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member}: {_('conflict of interest') if self.conflict else _('no conflict of interest')}"


class Delegation(models.Model):
    """A member or co-chair lets a colleague of the same side answer during an absence, both days included.

    The days are those of the zone that the partnership had set when the delegate was named.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="delegations")
    member = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("delegate"))
    party = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    time_zone = models.CharField(max_length=40)
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="committee_delegation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(member=F("delegate")), name="committee_delegate_is_another"),
            ExclusionConstraint(
                name="committee_one_delegate_at_a_time",
                expressions=[
                    ("partnership", RangeOperators.EQUAL),
                    ("member", RangeOperators.EQUAL),
                    (DateRange("starts_on", "ends_on", Value("[]")), RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} → {self.delegate}, {self.starts_on} – {self.ends_on}"
