"""Forms of third-party entities and of the secretariat that looks after them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.filing import FilingForm, file_field
from parties.models import (
    Designation,
    DesignationApplication,
    DesignationMeasure,
    Organisation,
    Partnership,
    SectoralScope,
)
from parties.services import ApplicationContent

Kind = DesignationApplication.Kind


def scopes_field(label: Any, queryset: Any = None) -> "forms.ModelMultipleChoiceField[SectoralScope]":
    """Return a field of sectoral scopes to tick."""
    scopes = SectoralScope.objects.all() if queryset is None else queryset
    return forms.ModelMultipleChoiceField(
        label=label, queryset=scopes, required=False, widget=forms.CheckboxSelectMultiple
    )


class ApplicantForm(forms.Form):
    """Who applies, and to which Joint Committee."""

    organisation = forms.ModelChoiceField(label=_("Entity"), queryset=Organisation.objects.none())
    partnership = forms.ModelChoiceField(
        label=_("Partnership"),
        queryset=Partnership.objects.select_related("host", "acquirer").order_by("host__name_en"),
    )

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["organisation"]
        assert isinstance(choice, forms.ModelChoiceField)  # narrows the type
        choice.queryset = Organisation.objects.filter(pk__in=[each.pk for each in organisations])
        if len(organisations) == 1:
            choice.initial = organisations[0].pk


class ApplicationForm(FilingForm):
    """The accreditation, the scopes asked for, and the documents."""

    basis = forms.ChoiceField(
        label=_("Accreditation"), choices=DesignationApplication.Basis.choices, widget=forms.RadioSelect
    )
    accreditation_body = forms.CharField(
        label=_("Accreditation body"),
        help_text=_("Needed for ISO 14065: a member of the International Accreditation Forum."),
        max_length=200,
        required=False,
    )
    certificate_number = forms.CharField(label=_("Certificate number"), max_length=80, required=False)
    accredited_until = forms.DateField(
        label=_("Accredited until"),
        help_text=_("The designation is in force no longer than the accreditation."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    scopes_validation = scopes_field(_("Sectoral scopes to validate in"))
    scopes_verification = scopes_field(_("Sectoral scopes to verify in"))
    competence = forms.CharField(
        label=_("Knowledge of the JCM"),
        help_text=_("Who leads and who reviews, and what they know of the rules."),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    public = file_field(
        _("Public document"),
        help_text=_("PDF, DOCX or XLSX, up to 20 MB. Everybody can read it once the designation is decided."),
    )
    restricted = file_field(_("Restricted document"), help_text=_("For the Joint Committee and its secretariat only."))

    @classmethod
    def of(cls, application: DesignationApplication, data: Any, files: Any) -> "ApplicationForm":
        """Return the form filled with what was filed."""
        names = ("basis", "accreditation_body", "certificate_number", "accredited_until", "competence")
        initial = {name: getattr(application, name) for name in names}
        initial["scopes_validation"] = [scope.pk for scope in application.scopes_validation.all()]
        initial["scopes_verification"] = [scope.pk for scope in application.scopes_verification.all()]
        return cls(data, files, initial=initial)

    def content(self) -> ApplicationContent:
        """Return what the services take."""
        content: ApplicationContent = {name: self.cleaned_data[name] for name in ApplicationContent.__annotations__}  # type: ignore[assignment]
        return content


class ExtensionForm(ApplicationForm):
    """What a designated entity asks for."""

    kind = forms.ChoiceField(
        label=_("Asked for"),
        choices=[choice for choice in Kind.choices if choice[0] != Kind.NEW],
        help_text=_("A renewed accreditation replaces the scopes by those that it covers."),
        widget=forms.RadioSelect,
    )
    field_order = ["kind"]


class MeasureForm(forms.Form):
    """What the Joint Committee shall do about a designation."""

    kind = forms.ChoiceField(label=_("Measure"), choices=DesignationMeasure.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reasons"),
        help_text=_("The members decide on these; everybody reads them once the measure is adopted."),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    work_may_finish = forms.BooleanField(
        label=_("Work under way may be finished"),
        help_text=_("Of a suspension only: designs and reports submitted before it."),
        required=False,
    )

    def __init__(self, *args: Any, designation: Designation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes_validation"] = scopes_field(
            _("Scopes no longer to validate in"), designation.scopes_validation.order_by("number")
        )
        self.fields["scopes_verification"] = scopes_field(
            _("Scopes no longer to verify in"), designation.scopes_verification.order_by("number")
        )


class ReasonForm(forms.Form):
    """Why something is sent back, or ends."""

    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}))
