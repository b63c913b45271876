"""What every page knows about the site."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from core import selectors


class Site:
    """The site as its pages show it. Asked of the database only where a page asks, once a page."""

    @property
    def name(self) -> str:
        """What the site is called."""
        return _("JCM Registry")

    @cached_property
    def demonstration(self) -> bool:
        """Whether demonstration data is among what is shown."""
        return selectors.has_demonstration()

    @cached_property
    def data_as_of(self) -> datetime | None:
        """When public records were loaded last."""
        return selectors.public_records_of()


def site(_request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, whether it shows demonstration data, and the age of the public records."""
    shown = Site()
    # The sign-in pages of allauth have a `site` of their own, so templates may ask for `installation` too.
    return {"site": shown, "installation": shown}
