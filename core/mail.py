"""Letters by e-mail, one template each, in the reader's language.

Outbox handlers send them, so that nothing is told of what was rolled back. A handler may run twice after a crash: both
letters then carry the same Message-ID, by which mail programs keep one.
"""

from collections.abc import Mapping
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation


def send(name: str, /, *, to: str, language: str, key: str, **context: object) -> None:
    """Send the letter templates/mail/`name`.txt; `key` tells letters apart."""
    subject, body = written(name, language=language, **context)
    headers: Mapping[str, str] = {"Message-ID": f"<{name}.{key}@{_domain()}>"}
    EmailMessage(subject=subject, body=body + "\n", to=[to], headers=dict(headers)).send()


def written(name: str, /, *, language: str, **context: object) -> tuple[str, str]:
    """Return the letter templates/mail/`name`.txt in a language: its subject, which is the first line, and the rest."""
    with translation.override(language):
        text = render_to_string(f"mail/{name}.txt", {**context, "site": settings.SITE_URL}).strip()
    subject, _newline, body = text.partition("\n")
    return subject.strip(), body.strip()


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
