"""Refusals by name. Each is one sentence for the person who asked, in that person's language."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class DomainError(Exception):
    """A request that the rules refuse. Nothing was changed.

    `code` names the refusal in the API, `status` is the HTTP status, `fields` maps a field (or row) to what is
    wrong with it.
    """

    code = "refused"
    status = 409
    title = gettext_lazy("The request was refused.")

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        self.fields = dict(fields or {})
        super().__init__(message or str(self.title))


class NotPermitted(DomainError):
    """The person may not do this."""

    code = "not-permitted"
    status = 403
    title = gettext_lazy("You may not do this.")


class InvalidInput(DomainError):
    """The content is wrong; `fields` says where."""

    code = "invalid-input"
    status = 422
    title = gettext_lazy("Please correct the marked entries.")


class TransitionRefused(DomainError):
    """The record is not in a state in which this can be done."""

    code = "transition-refused"
    title = gettext_lazy("This cannot be done in the present state.")

    def __init__(self, *, action: str, state: str) -> None:
        self.action, self.state = action, state
        super().__init__(
            _("“%(action)s” is not possible while the state is “%(state)s”. Reload the page to see what is.")
            % {"action": action.replace("_", " "), "state": state.replace("_", " ")}
        )


class SamePerson(DomainError):
    """Two different people are needed."""

    code = "two-people-needed"
    status = 403
    title = gettext_lazy("The person who proposed this may not approve it. Ask a colleague to approve.")
