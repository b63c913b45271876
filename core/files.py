"""Filed documents on their way to a reader."""

from django.core.files.storage import storages
from django.http import FileResponse

from core.models import Rendition
from core.services import content_path


def file_response(rendition: Rendition) -> FileResponse:
    """Answer with the file, to be saved under its own name. Whoever calls has asked whether the reader may."""
    content = storages["documents"].open(content_path(rendition.sha256))
    return FileResponse(content, as_attachment=True, filename=rendition.file_name, content_type=rendition.media_type)
