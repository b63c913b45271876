"""Filed documents on their way to a reader."""

from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from core import previews
from core.models import Rendition
from core.services import StoredFile, content_path
from core.texts import Unreadable


def file_response(request: HttpRequest, file: Rendition | StoredFile) -> HttpResponseBase:
    """Answer with the file, to be saved under its own name; with ?preview, with a page that shows it.

    Whoever calls has asked whether the reader may, so that a preview is never open to more people than the file.
    """
    asked = request.GET.get("preview")
    if asked is None:
        content = storages["documents"].open(content_path(file.sha256))
        return FileResponse(content, as_attachment=True, filename=file.file_name, content_type=file.media_type)
    return _page(request, file) if asked == "" else _image(file, asked)


def _page(request: HttpRequest, file: Rendition | StoredFile) -> HttpResponse:
    part, sheet = (_number(request.GET.get(name, "")) for name in ("part", "sheet"))
    context: dict[str, object] = {"file": file, "address": request.path}
    try:
        context["preview"] = previews.preview_of(file.media_type, file.sha256, part=part, sheet=sheet)
    except Unreadable as problem:
        context["problem"] = str(problem)
    return render(request, "core/preview.html", context)


def _image(file: Rendition | StoredFile, page: str) -> HttpResponse:
    try:
        return HttpResponse(previews.image_of(file.sha256, _number(page)), content_type="image/webp")
    except Unreadable as problem:
        raise Http404(page) from problem


def _number(text: str) -> int:
    """Return what the address asks for; the first where it asks for no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
