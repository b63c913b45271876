"""Forms about people and their roles."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from parties.models import Organisation, Role
from parties.services import Grant


def day_field(label: Any, *, required: bool, help_text: Any = "") -> forms.DateField:
    """Return a field for a day, entered with the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


class InviteForm(forms.Form):
    """Whom to invite, and to which of the roles that the person may give."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"))
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES)
    role = forms.ChoiceField(label=_("Role"))
    organisation = forms.ModelChoiceField(
        label=_("Organisation"),
        queryset=Organisation.objects.all(),
        required=False,
        help_text=_(
            "For the first person of a project participant or third-party entity; that person invites the others."
        ),
    )
    valid_from = day_field(_("From"), required=True)
    valid_until = day_field(_("Until"), required=False, help_text=_("Empty: until it is ended."))

    def __init__(
        self, *args: Any, grants: Mapping[str, Grant], of_organisations: bool, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._grants = grants
        choices: list[tuple[str, object]] = [(key, grant.label) for key, grant in grants.items()]
        if of_organisations:
            choices += [(role.value, role.label) for role in (Role.PARTICIPANT, Role.TPE)]
        else:
            del self.fields["organisation"]
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = choices
        self.fields["valid_from"].initial = today

    def clean(self) -> dict[str, Any]:
        """Put the role with its scope into `grant`; ask for the organisation where it is to be chosen."""
        given = super().clean() or {}
        key, organisation = given.pop("role", ""), given.pop("organisation", None)
        if key in self._grants:
            given["grant"] = self._grants[key]
        elif organisation is not None:
            given["grant"] = Grant(Role(key), organisation=organisation)
        elif key:
            self.add_error("organisation", _("Choose the organisation for which the person works."))
        return given


class RoleEndForm(forms.Form):
    """The last day of a role."""

    last_day = day_field(_("Last day"), required=True)


class PasswordForm(forms.Form):
    """The password of somebody who comes in."""

    password = forms.CharField(
        label=_("Choose a password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=_("At least 12 characters; a passkey or a second factor is set up after signing in."),
    )
