"""The secretariat's letters about a case on paper, for those who submitted it and for the committee.

The words are those of the mails. Below them stands what was received, or what was decided.
"""

from collections.abc import Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from committee.models import Decision
from committee.papers import WIDTH, WORDS, paper
from committee.selectors import items_about
from committee.workflow import DecisionStatus
from core import mail
from core.models import Rendition, Source
from jcm.dossier.content import record_of
from jcm.dossier.versions import documents_at
from parties import letters, policies
from parties.letters import Letter
from parties.models import Case
from parties.views.cases import case_of
from registry.papers import sheet


@require_safe
def case_letter(request: HttpRequest, number: str, pk: int, language: str) -> HttpResponse:
    """One letter as PDF, in English or Japanese."""
    case = case_of(request, number)
    found = next((letter for letter in letters.letters_of(case) if letter.row.pk == pk), None)
    if found is None or language not in WORDS or not policies.is_inside_case(request.user, case, at=timezone.now()):
        raise Http404(number)
    response = HttpResponse(letter_pdf(case, found, language=language), content_type="application/pdf")
    name = f"{case.number}-{found.row.from_at.astimezone(case.rule_pack.zone):%Y-%m-%d}-{language}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def letter_pdf(case: Case, letter: Letter, *, language: str) -> bytes:
    """Return a letter in "en" or "ja"."""
    subject, text = mail.written(letter.kind.template, language=language, **letters.told(case, letter.row))
    sent = letter.row.from_at.astimezone(case.rule_pack.zone)
    with translation.override(language):
        facts = [
            (_("Date"), f"{sent:%Y-%m-%d}"),
            (_("Addressed to"), ", ".join(str(name) for name in (case.submitted_by, case.organisation) if name)),
            (_("Number"), case.number),
        ]
        body = [
            sheet.facts(facts, WIDTH),
            Spacer(1, 6 * mm),
            *(sheet.text(line, 10.5, space=2 * mm) for line in text.splitlines() if line.strip()),
            *_enclosed(case, letter),
        ]
        warning = _("Demonstration only.") if case.source == Source.DEMONSTRATION else ""
    return paper(
        body, partnership=case.partnership, title=subject, language=language, warning=warning, office="secretariat"
    )


def _enclosed(case: Case, letter: Letter) -> Iterator[Flowable]:
    told = {letters.RECEIVED: _received, letters.DECIDED: _decided}.get(letter.kind)
    lines = list(told(case, letter)) if told else []
    if lines:
        yield Spacer(1, 6 * mm)
        yield sheet.text(_("What was received") if told is _received else _("What is decided"), 12, bold=True)
        yield from (sheet.text(line, space=1 * mm) for line in lines)


def _received(case: Case, letter: Letter) -> Iterator[str]:
    record = record_of(case)
    documents = documents_at(record, case, letter.row.from_at) if record is not None else []
    for file in Rendition.objects.filter(document__in=documents).order_by("document", "access"):
        yield f"{file.file_name} ({file.get_access_display()}, {filesizeformat(file.size)}), SHA-256 {file.sha256}"


def _decided(case: Case, _letter: Letter) -> Iterator[str]:
    items = items_about(record_of(case)).filter(decision__status=DecisionStatus.ADOPTED).order_by("decision__pk", "pk")
    for item in items.select_related("decision__partnership__host")[:1]:  # a later decision is no part of this letter
        decision: Decision = item.decision  # type: ignore[assignment]  # an item on the agenda has none
        yield f"{decision}, {decision.adopted_on}"
        yield f"{item}: {item.get_outcome_display()}"
        yield settings.SITE_URL + decision.get_absolute_url()
