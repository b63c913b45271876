"""Refusals of rule packs and calls for public inputs."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CallClosed(DomainError):
    """The call takes no more inputs."""

    code = "call-closed"
    title = _("The call for public inputs is closed.")


class TooManyInputs(DomainError):
    """One place or address sends more than people write."""

    code = "too-many-inputs"
    status = 429
    title = _("Several inputs came from here within the last hour. Try again in an hour.")


class LinkExpired(DomainError):
    """The link of a confirmation is wrong or too old."""

    code = "link-expired"
    status = 404
    title = _("This link is not valid any more. Send the input again.")


class PackInPreparation(DomainError):
    """A partnership prepares one rule pack at a time."""

    code = "pack-in-preparation"
    title = _("Another rule pack of this partnership is in preparation.")
