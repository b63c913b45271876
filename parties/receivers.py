"""What parties do when something happened: letters to people who are invited."""

from datetime import datetime

from django.core.signing import dumps
from django.urls import reverse

from core import events, mail
from core.models import Event
from parties.models import Invitation

INVITATION = "invitation"  # the salt of its signed address


@events.on("invitation.ready")
def invitation_letter(event: Event, at: datetime) -> None:
    """Write to the person who is invited; an invitation that was withdrawn meanwhile is not sent."""
    related = Invitation.objects.select_related("invited_by", "partnership__host", "partnership__acquirer", "party")
    invitation = related.open(at).filter(pk=event.subject_id).first()
    if invitation is not None:
        address = reverse("parties:invitation", args=[dumps(invitation.pk, salt=INVITATION)])
        mail.send(
            "invitation",
            to=invitation.email,
            language=invitation.language,
            key=str(event.pk),
            invitation=invitation,
            address=address,
        )
