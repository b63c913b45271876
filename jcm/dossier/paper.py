"""A dossier as PDF, in the reader's language. Text of any length is a paragraph, since a row must fit on one page."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from committee.papers import WIDTH, WORDS, paper
from core.differences import Passage, Piece
from core.models import Source
from core.templatetags.jcm import number, tonnes
from jcm.dossier.content import Dossier
from parties import casework
from parties.clock import Reading
from registry.papers import sheet

MARKS = {"added": "u", "removed": "strike"}


def language_of_reader() -> str:
    """Return the active language where papers are written in it, else English."""
    language = get_language() or "en"
    return language if language in WORDS else "en"


def dossier_pdf(dossier: Dossier, *, at: datetime) -> bytes:
    """Return the dossier as it is at a time."""
    case = dossier.case
    body = [sheet.text(case.title, 13, bold=True, space=4 * mm), sheet.facts(_facts(dossier, at), WIDTH)]
    for title, parts in _sections(dossier):
        if told := list(parts):
            body += [Spacer(1, 5 * mm), _heading(title), *told]
    return paper(
        body,
        partnership=case.partnership,
        title=f"{_('Dossier')} {case.number}",
        language=language_of_reader(),
        warning=_("Demonstration only.") if case.source == Source.DEMONSTRATION else "",
    )


def _heading(title: str) -> Paragraph:
    heading = sheet.text(title, 12, bold=True, space=2 * mm)
    heading.keepWithNext = True  # no title at the foot of a page
    return heading


def _sections(dossier: Dossier) -> Iterator[tuple[str, Iterable[Flowable]]]:
    yield _("Stages"), _stages(dossier)
    yield _("Checklist"), _checklist(dossier)
    yield _("As last submitted"), _said(dossier)
    yield _("Submissions"), _submissions(dossier)
    yield _("What changed since the submission before"), _changes(dossier)
    yield _("What changed in the documents"), _pairs(dossier)
    yield _("Conflicts of interest"), _declarations(dossier)
    yield _("Emission reductions"), _calculation(dossier)
    yield _("Public inputs"), _inputs(dossier)
    yield _("Decisions"), _decisions(dossier)
    yield _("Documents"), _files(dossier)


def _facts(dossier: Dossier, at: datetime) -> list[tuple[str, object]]:
    case = dossier.case
    rows: list[tuple[str, object]] = [
        (_("Kind of case"), case.get_kind_display()),
        (_("Partnership"), case.partnership),
        (_("Submitted for"), case.organisation or ""),
        (_("Submitted"), _moment(dossier, case.submitted_at)),
        (_("Rule pack"), case.rule_pack.number),
        (_("Stage"), case.get_stage_display()),
        (_("Days of this stage"), _days(casework.clock_of(case, at=at)) if case.is_open else ""),
        (_("Last day of this stage"), case.due_on or ""),
        (_("Days of the whole case"), _days(casework.whole_clock_of(case, at=at))),
        (_("As of"), _moment(dossier, at)),
        (_("Page on the web"), settings.SITE_URL + case.get_absolute_url()),
    ]
    return [(label, value) for label, value in rows if value != ""]


def _days(clock: Reading) -> str:
    told = [ngettext("%(used)s day used", "%(used)s days used", clock.used) % {"used": clock.used}]
    if clock.paused:
        text = ngettext("%(paused)s day standing still", "%(paused)s days standing still", clock.paused)
        told.append(text % {"paused": clock.paused})
    if clock.left is not None and clock.left >= 0:
        told.append(ngettext("%(left)s day left", "%(left)s days left", clock.left) % {"left": clock.left})
    elif clock.left is not None:
        told.append(_("over the usual days"))
    return ", ".join(told)


def _moment(dossier: Dossier, moment: datetime) -> str:
    pack = dossier.case.rule_pack
    return f"{moment.astimezone(pack.zone):%Y-%m-%d %H:%M} ({pack.time_zone})"


def _stages(dossier: Dossier) -> Iterator[Flowable]:
    for passage in dossier.history:
        row, by = passage.row, passage.row.moved_by if dossier.inside else None
        yield _lead(_moment(dossier, row.from_at), row.get_stage_display(), by)
        if passage.stands:
            yield sheet.text(_("The clock stands still."), colour=sheet.MUTED)
        if dossier.inside:
            yield from _paragraphs(row.reason)
            if passage.missing:
                yield sheet.text(f"{_('Not found:')} {'; '.join(map(str, passage.missing))}")


def _checklist(dossier: Dossier) -> Iterator[Flowable]:
    for check in dossier.checks:
        yield sheet.text(f"{check.item} – {_('found') if check.ticked else _('not ticked')}")


def _said(dossier: Dossier) -> Iterator[Flowable]:
    for label, text in dossier.said:
        yield sheet.text(label, 8, colour=sheet.MUTED)
        yield from _paragraphs(text, space=2 * mm)


def _submissions(dossier: Dossier) -> Iterator[Flowable]:
    for version in dossier.versions:
        yield _lead(_moment(dossier, version.at), version.by)


def _changes(dossier: Dossier) -> Iterator[Flowable]:
    if dossier.changes:
        yield sheet.text(_("Added words are underlined, removed words are struck through."), colour=sheet.MUTED)
    for change in dossier.changes:
        yield sheet.text(change.label, bold=True)
        yield from map(_passage, change.passages)


def _passage(passage: Passage) -> Paragraph:
    if passage.skipped:
        text = ngettext("… %(number)s paragraph unchanged …", "… %(number)s paragraphs unchanged …", passage.skipped)
        return sheet.text(text % {"number": passage.skipped}, colour=sheet.MUTED)
    return Paragraph("".join(map(_piece, passage.pieces)), sheet.style(9.5, space=1 * mm))


def _piece(piece: Piece) -> str:
    words, mark = sheet.marked(piece.text), MARKS.get(piece.kind)
    return f"<{mark}>{words}</{mark}>" if mark else words


def _pairs(dossier: Dossier) -> Iterator[Flowable]:
    for pair in dossier.pairs:
        yield _lead(f"{pair.before.file_name} → {pair.after.file_name}", pair.after.get_access_display())
        address = reverse("dossier-change", args=[dossier.case.number, pair.after.pk])
        yield sheet.text(settings.SITE_URL + address, colour=sheet.MUTED)


def _declarations(dossier: Dossier) -> Iterator[Flowable]:
    for declaration in dossier.declarations:
        yield _lead(_moment(dossier, declaration.declared_at), declaration, declaration.item)


def _calculation(dossier: Dossier) -> Iterator[Flowable]:
    if dossier.report is None or not dossier.results:
        return
    yield sheet.text(f"{_('Monitoring report')}: {dossier.report}", space=2 * mm)
    head = [_("Year"), _("Reference emissions"), _("Project emissions"), _("Emission reductions")]
    rows = [
        (str(result.year), number(result.reference), number(result.project), tonnes(result.reductions))
        for result in dossier.results
    ]
    yield sheet.listing(head, rows, [WIDTH * part for part in (0.13, 0.29, 0.29, 0.29)], numeric=3)
    for year in dossier.years:
        yield sheet.text(str(year.result.year), bold=True)
        for equation in (year.reference, year.project, year.difference):
            yield sheet.text(equation)


def _inputs(dossier: Dossier) -> Iterator[Flowable]:
    for each in dossier.inputs:
        yield _lead(each.reference, ", ".join(filter(None, (each.name, each.organisation, each.country))), each.about)
        yield from _paragraphs(each.text)
        if each.reply:
            yield sheet.text(_("Reply"), bold=True)
            yield from _paragraphs(each.reply)


def _decisions(dossier: Dossier) -> Iterator[Flowable]:
    for decision in dossier.decisions:
        yield _lead(decision, decision.get_status_display(), decision.adopted_on)
        yield sheet.text(settings.SITE_URL + decision.get_absolute_url(), colour=sheet.MUTED)


def _files(dossier: Dossier) -> Iterator[Flowable]:
    for file in dossier.files:
        yield _lead(file.file_name, file.get_access_display(), filesizeformat(file.size))
        yield sheet.text(f"SHA-256 {file.sha256}", 8, colour=sheet.MUTED, space=1 * mm)


def _lead(*parts: object) -> Paragraph:
    return sheet.text(", ".join(str(part) for part in parts if part), bold=True)


def _paragraphs(text: str, *, space: float = 0) -> Iterator[Paragraph]:
    return (sheet.text(line, space=space) for line in text.splitlines() if line.strip())
