"""How a designation comes about and changes: an entity applies, or the secretariat proposes a measure."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.constraints import LegalMoves
from core.models import Document, User, source_field
from parties.models.cases import Case
from parties.models.countries import Partnership, SectoralScope
from parties.models.entities import Designation
from parties.models.people import Organisation
from parties.workflow import APPLICATION, PENDING, PROPOSAL, ApplicationStatus, ProposalStatus


class DesignationApplication(models.Model):
    """An organisation asks one Joint Committee for designation, for more scopes, or with a renewed accreditation."""

    class Kind(models.TextChoices):
        """What is asked for."""

        NEW = "new", _("Designation")
        SCOPES = "scopes", _("Additional sectoral scopes")
        RENEWAL = "renewal", _("Renewed accreditation")

    class Basis(models.TextChoices):
        """The accreditation on which a designation rests (jcm.md 2.4)."""

        ISO_14065 = "iso_14065", _("ISO 14065 accreditation")
        CDM_DOE = "cdm_doe", _("Designated operational entity of the CDM")
        ARTICLE_6_4 = "article_6_4", _("Accreditation under Article 6.4")

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="designation_applications")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="designation_applications")
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.NEW)
    # The designation that is to change; after a grant the one that came about.
    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, null=True, related_name="applications")
    basis = models.CharField(max_length=16, choices=Basis.choices)
    accreditation_body = models.CharField(max_length=200, blank=True)
    certificate_number = models.CharField(max_length=80, blank=True)
    accredited_until = models.DateField()
    scopes_validation = models.ManyToManyField(SectoralScope, related_name="+")
    scopes_verification = models.ManyToManyField(SectoralScope, related_name="+")
    competence = models.TextField(blank=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, null=True, related_name="designation_application")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(
        _("status"), max_length=16, choices=ApplicationStatus.choices, default=ApplicationStatus.SUBMITTED
    )
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    source = source_field()
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()

    class Meta:
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="new") | Q(designation__isnull=False), name="parties_application_extends_a_designation"
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.GRANTED)
                | Q(designation__isnull=False, decided_on__isnull=False, decision_number__gt=""),
                name="parties_granted_application_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(basis="iso_14065") | Q(accreditation_body__gt="", certificate_number__gt=""),
                name="parties_iso_accreditation_has_certificate",
            ),
            models.UniqueConstraint(
                fields=["partnership", "organisation"],
                condition=Q(status__in=PENDING),
                name="parties_one_open_application",
            ),
            LegalMoves(name="parties_designationapplication_legal_moves", field="status", edges=APPLICATION.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("parties:application", args=[self.pk])


class DesignationMeasure(models.Model):
    """The secretariat proposes that the committee suspends, resumes, withdraws or narrows a designation."""

    class Kind(models.TextChoices):
        """What the committee is asked to do."""

        SUSPEND = "suspend", _("Suspension")
        RESUME = "resume", _("End of the suspension")
        WITHDRAW = "withdraw", _("Withdrawal")
        WITHDRAW_SCOPES = "withdraw_scopes", _("Withdrawal of sectoral scopes")

    designation = models.ForeignKey(Designation, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    reason = models.TextField(_("reason"))
    work_may_finish = models.BooleanField(default=False)
    scopes_validation = models.ManyToManyField(SectoralScope, related_name="+")
    scopes_verification = models.ManyToManyField(SectoralScope, related_name="+")
    status = models.CharField(
        _("status"), max_length=16, choices=ProposalStatus.choices, default=ProposalStatus.PROPOSED
    )
    status_reason = models.TextField(blank=True)
    decided_on = models.DateField(_("decided on"), null=True)
    decision_number = models.CharField(max_length=40, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__gt=""), name="parties_measure_has_reason"),
            models.CheckConstraint(
                condition=Q(work_may_finish=False) | Q(kind="suspend"), name="parties_measure_lets_work_finish"
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.ADOPTED) | Q(decided_on__isnull=False, decision_number__gt=""),
                name="parties_adopted_measure_has_decision",
            ),
            models.UniqueConstraint(
                fields=["designation"], condition=Q(status=ProposalStatus.PROPOSED), name="parties_one_open_measure"
            ),
            LegalMoves(name="parties_designationmeasure_legal_moves", field="status", edges=PROPOSAL.edges()),
        ]

    def __str__(self) -> str:
        return f"{self.designation.number}: {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("parties:measure", args=[self.designation.number, self.pk])
