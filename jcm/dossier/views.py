"""The dossier's page, and the same as PDF and as a ZIP file."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from committee.papers import decision_pdf
from committee.workflow import DecisionStatus
from core import spreadsheets
from core.services import content_path
from jcm.dossier.content import Dossier, gather
from jcm.dossier.documents import difference_of
from jcm.dossier.paper import dossier_pdf, language_of_reader
from parties.views.cases import case_of


@require_safe
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """Show everything about a case that this person may see."""
    gathered = gather(case_of(request, number), viewer=request.user, at=timezone.now())
    return render(request, "jcm/dossier.html", vars(gathered))


@require_safe
def dossier_change(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What changed in one file since it was last submitted or adopted."""
    case = case_of(request, number)
    gathered = gather(case, viewer=request.user, at=timezone.now())
    pair = next((pair for pair in gathered.pairs if pair.after.pk == pk), None)
    if pair is None:
        raise Http404(number)
    context = {"case": case, "pair": pair, "difference": difference_of(pair)}
    return render(request, "jcm/dossier_change.html", context)


@require_safe
def dossier_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The same as PDF."""
    case, now = case_of(request, number), timezone.now()
    content = dossier_pdf(gather(case, viewer=request.user, at=now), at=now)
    return _named(HttpResponse(content, content_type="application/pdf"), f"dossier-{case.number}.pdf")


@require_safe
def dossier_file(request: HttpRequest, number: str) -> HttpResponse:
    """The same as one ZIP file, with the documents themselves and the decisions as PDF."""
    case, now = case_of(request, number), timezone.now()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _packed(gather(case, viewer=request.user, at=now), now):
            archive.writestr(name, content)
    return _named(HttpResponse(packed.getvalue(), content_type="application/zip"), f"dossier-{case.number}.zip")


def _named(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _packed(gathered: Dossier, at: datetime) -> Iterator[tuple[str, bytes]]:
    yield "dossier.pdf", dossier_pdf(gathered, at=at)
    yield "case.json", json.dumps(_facts(gathered), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
    head = ("reference", "sent", "name", "organisation", "country", "section", "text", "reply")
    rows = [
        (i.reference, i.sent_at.isoformat(), i.name, i.organisation, i.country, i.section, i.text, i.reply)
        for i in gathered.inputs
    ]
    yield "public-inputs.csv", spreadsheets.csv_file([head, *rows])
    language = language_of_reader()
    for decision in gathered.decisions:
        if decision.status == DecisionStatus.ADOPTED:
            address = settings.SITE_URL + decision.get_absolute_url()
            paper = decision_pdf(decision, language=language, address=address)
            yield f"decisions/{decision}-{language}.pdf", paper
    for place, file in enumerate(gathered.files, start=1):
        with storages["documents"].open(content_path(file.sha256)) as content:
            yield f"documents/{place}-{file.access}-{file.file_name}", content.read()


def _facts(gathered: Dossier) -> dict[str, object]:
    case = gathered.case
    return {
        "number": case.number, "kind": case.kind, "title": case.title, "stage": case.stage,
        "partnership": case.partnership.code, "submitted_at": case.submitted_at,
        "rule_pack": case.rule_pack.number, "address": settings.SITE_URL + case.get_absolute_url(),
        "stages": [{"stage": each.row.stage, "from": each.row.from_at} for each in gathered.history],
        "submissions": [{"at": each.at, "by": each.by, "said": each.said} for each in gathered.versions],
    }  # fmt: skip
