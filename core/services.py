"""Changes of the kernel: delivering events, filing documents."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core import events, redaction
from core.errors import InvalidInput
from core.models import Delivery, Document, Rendition, User

logger = logging.getLogger(__name__)

MAX_DOCUMENT_BYTES = 20 * 1024 * 1024
MEDIA_TYPES = {
    ".pdf": "application/pdf",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def delivery_run(*, delivery_id: int, at: datetime) -> bool:
    """Deliver one event to one subscriber, or do nothing when another worker has it or it is done.

    The subscriber's database effects and the mark "delivered" are one transaction, so that a process killed at any
    point leaves either both or neither. Returns whether the subscriber ran to its end.
    """
    try:
        with transaction.atomic():
            waiting = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("event")
            delivery = waiting.filter(pk=delivery_id, delivered_at=None).first()
            if delivery is None:
                return False
            events.handler_of(delivery.subscriber)(delivery.event, at)
            delivery.delivered_at = at
            delivery.attempts += 1
            delivery.last_error = ""
            delivery.save(update_fields=["delivered_at", "attempts", "last_error"])
    except Exception as problem:  # whatever went wrong, the event must not be lost
        logger.exception("delivery %s failed", delivery_id)
        _delivery_failed(delivery_id=delivery_id, at=at, problem=problem)
        return False
    return True


def _delivery_failed(*, delivery_id: int, at: datetime, problem: Exception) -> None:
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
        if delivery.delivered_at is None:
            delivery.attempts += 1
            delivery.next_try_at = at + timedelta(seconds=min(3600, 2**delivery.attempts))
            delivery.last_error = f"{type(problem).__name__}: {problem}"[:2000]
            delivery.save(update_fields=["attempts", "next_try_at", "last_error"])


def deliveries_due(*, at: datetime, queue: str | None = None, limit: int = 500) -> list[tuple[int, str]]:
    """Return (id, queue) of deliveries that should have happened by now, oldest first; of one queue or of all."""
    due = Delivery.objects.filter(delivered_at=None, next_try_at__lte=at).order_by("next_try_at", "pk")
    if queue is not None:
        due = due.filter(queue=queue)
    return list(due.values_list("pk", "queue")[:limit])


def deliveries_finish(*, queue: str | None = None) -> int:
    """Deliver in this process whatever is due, in one queue or in all, until nothing is; return how many."""
    done = 0
    while pending := deliveries_due(at=timezone.now(), queue=queue):
        ran = sum(delivery_run(delivery_id=pk, at=timezone.now()) for pk, _queue in pending)
        if not ran:
            break
        done += ran
    return done


class StoredFile(NamedTuple):
    """A file whose bytes are stored, before a document holds it."""

    file_name: str
    media_type: str
    size: int
    sha256: str


@transaction.atomic
def document_file(*, title: str, files: Mapping[str, "UploadedFile[bytes]"], actor: User, at: datetime) -> Document:
    """Store the given renditions (access → file) as one document.

    Raises InvalidInput for an empty, too large or unknown kind of file, one that the scanner refuses, or a public one
    that still tells what its restricted twin keeps back; then nothing is stored.
    """
    stored = {access: file_store(upload, field=access, twin=len(files) > 1) for access, upload in files.items()}
    return document_of(title=title, files=stored, actor=actor, at=at)


@transaction.atomic
def document_of(*, title: str, files: Mapping[str, StoredFile], actor: User, at: datetime) -> Document:
    """File renditions (access → file) that are stored already as one document."""
    document = Document.objects.create(title=title, filed_by=actor, filed_at=at, source=actor.record_source)
    for access, stored in files.items():
        Rendition.objects.create(document=document, access=access, **stored._asdict())
    events.emit("document.filed", document, actor=actor, at=at, data={"renditions": sorted(files)})
    return document


def file_store(upload: "UploadedFile[bytes]", *, field: str, twin: bool = False) -> StoredFile:
    """Store the bytes of a file under their SHA-256.

    Raises InvalidInput, which names the `field`, for an empty, too large or unknown kind of file, one that the scanner
    refuses, or a public one that still tells what its restricted `twin` keeps back.
    """
    name = upload.name or "file"
    suffix = name[name.rfind(".") :].lower()
    if suffix not in MEDIA_TYPES:
        raise InvalidInput(fields={field: _("Use a PDF, CSV, XLSX or DOCX file.")})
    if not 0 < (upload.size or 0) <= MAX_DOCUMENT_BYTES:
        raise InvalidInput(fields={field: _("The file is empty or larger than 20 MB.")})
    upload.seek(0)  # it may have been read before
    content = upload.read()
    _check_content(field, content, MEDIA_TYPES[suffix], twin=twin)
    digest = hashlib.sha256(content).hexdigest()
    path = content_path(digest)
    if not storages["documents"].exists(path):
        storages["documents"].save(path, ContentFile(content))
    return StoredFile(name[-200:], MEDIA_TYPES[suffix], len(content), digest)


def _check_content(access: str, content: bytes, media_type: str, *, twin: bool) -> None:
    if settings.DOCUMENT_SCANNER and (found := import_string(settings.DOCUMENT_SCANNER)(content)):
        raise InvalidInput(fields={access: _("The scanner refused this file: %(found)s.") % {"found": found}})
    if twin and access == Rendition.Access.PUBLIC and (told := redaction.faults(content, media_type)):
        raise InvalidInput(fields={access: " ".join(told)})


def content_path(digest: str) -> str:
    """Return where the bytes with this SHA-256 are stored."""
    return f"{digest[:2]}/{digest}"
