"""Refusals of the committee."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CommitteeIncomplete(DomainError):
    """A decision can only be opened when each side has exactly one co-chair."""

    code = "committee-incomplete"
    title = _("Each side needs one co-chair in office before a decision can be opened.")


class NothingToDecide(DomainError):
    """A decision needs at least one item of the agenda."""

    code = "nothing-to-decide"
    status = 422
    title = _("Choose at least one item of the agenda.")


class AnswersClosed(DomainError):
    """The decision no longer takes answers."""

    code = "answers-closed"
    title = _("This decision no longer takes answers.")


class BeforeTheCommittee(DomainError):
    """A case cannot be withdrawn while a decision about it is prepared or open."""

    code = "before-the-committee"
    title = _("The Joint Committee is deciding this case. Ask the secretariat to withdraw that decision first.")


class DeclarationMissing(DomainError):
    """Who answers has first said of each item whether there is a conflict of interest."""

    code = "declaration-missing"
    title = _("Declare for each item whether you have a conflict of interest. Then you can answer.")


class DelegationOverlaps(DomainError):
    """A member has one delegate at a time."""

    code = "delegation-overlaps"
    title = _("You have named a delegate for some of these days already. End that delegation first.")


class AlreadySucceeded(DomainError):
    """A decision is recirculated or superseded by one other."""

    code = "already-succeeded"
    title = _("Another decision takes the place of this one already. Work on that one, or withdraw it first.")


class NoQuorum(DomainError):
    """A meeting decides with both co-chairs, or their delegates, and enough members of each side."""

    code = "no-quorum"
    title = _("The meeting has no quorum: both co-chairs (or delegates) and enough members of each side are needed.")


class NotAgreed(DomainError):
    """Nothing is adopted while a co-chair who took no part has no delegate, or somebody objects."""

    code = "not-agreed"
    title = _("Both co-chairs must be there, themselves or by a delegate, and without a conflict of interest.")


class MeetingNotOpen(DomainError):
    """A meeting decides while it is in session."""

    code = "meeting-not-open"
    title = _("The meeting is not in session. Open it and record who is there.")
