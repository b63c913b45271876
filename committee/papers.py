"""A decision of a Joint Committee as PDF: what is decided, by whom, when. Its wording is fixed here."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import translation
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table

from committee import selectors, voices
from committee.models import Answer, Decision
from core.models import Source
from parties.models import Partnership, Role
from parties.selectors import pack_in_force
from registry.papers import sheet

WIDTH = A4[0] - 2 * sheet.MARGIN
WORDS = {
    "en": {
        "mechanism": "Joint Crediting Mechanism",
        "committee": "Joint Committee of {japan} and {host}",
        "secretariat": "Secretariat of the Joint Committee of {japan} and {host}",
        "title": "Decision {number}",
        "unnumbered": "Decision",
        "demonstration": "Demonstration only. This decision was not taken.",
        "record": "Taken over from the public record.",
        "adopted_on": "Adopted on",
        "mode": "How it was taken",
        "meeting": "Meeting",
        "opened_at": "Opened for answers",
        "closes_at": "Answers until",
        "chair": "Co-chair of {party}",
        "supersedes": "Takes the place of",
        "successor": "Superseded by",
        "recused": "Took no part",
        "people": "{number} of the committee (conflict of interest)",
        "decided": "What is decided",
        "kind": "Matter",
        "subject": "Subject",
        "outcome": "Decided",
        "check": "The public record of this decision",
        "page": "{title}, page {page}",
    },
    "ja": {
        "mechanism": "二国間クレジット制度",
        "committee": "{japan}・{host}合同委員会",
        "secretariat": "{japan}・{host}合同委員会事務局",
        "title": "決定 {number}",
        "unnumbered": "決定",
        "demonstration": "デモンストレーション用。実際の決定ではありません。",
        "record": "公開記録から取り込んだものです。",
        "adopted_on": "採択日",
        "mode": "決定の方法",
        "meeting": "会合",
        "opened_at": "回答の開始",
        "closes_at": "回答の期限",
        "chair": "{party}の共同議長",
        "supersedes": "置き換える決定",
        "successor": "この決定に代わる決定",
        "recused": "不参加",
        "people": "委員{number}名（利益相反）",
        "decided": "決定事項",
        "kind": "案件",
        "subject": "対象",
        "outcome": "結果",
        "check": "この決定の公開ページ",
        "page": "{title}、{page}ページ",
    },
}


def paper(
    body: list[Flowable],
    *,
    partnership: Partnership,
    title: str,
    language: str,
    warning: str = "",
    office: Literal["committee", "secretariat"] = "committee",
) -> bytes:
    """Return a paper of a partnership's Joint Committee as PDF: whose it is above the title, page numbers below."""
    words = WORDS[language]
    with translation.override(language):
        japan, host = (str(party.name) for party in partnership.parties)
    author = f"{words['mechanism']}  {words[office].format(japan=japan, host=host)}"
    head = [
        sheet.text(author, 10, colour=sheet.MUTED, space=6 * mm),
        *([sheet.text(warning, 11, bold=True, colour=sheet.BRAND, space=4 * mm)] if warning else []),
        sheet.text(title, 24, bold=True, colour=sheet.BRAND, space=5 * mm),
    ]
    return sheet.pdf(
        [*head, *body],
        title=title,
        author=author,
        language=language,
        foot=lambda page: words["page"].format(title=title, page=page),
    )


def decision_pdf(decision: Decision, *, language: str, address: str) -> bytes:
    """Return the adopted decision in "en" or "ja"; `address` is its public page."""
    words = WORDS[language]
    title = words["title"].format(number=decision.number) if decision.number else words["unnumbered"]
    with translation.override(language):
        body = [
            sheet.facts(_facts(words, decision), WIDTH),
            Spacer(1, 6 * mm),
            sheet.text(words["decided"], 12, bold=True, space=2 * mm),
            *([sheet.text(decision.text, space=3 * mm)] if decision.text else []),
            _items(words, decision),
            Spacer(1, 8 * mm),
            sheet.QrCode(address, 32 * mm),
            sheet.text(f"{words['check']}: {address}", 8),
        ]
    warning = words["demonstration"] if decision.source == Source.DEMONSTRATION else ""
    return paper(body, partnership=decision.partnership, title=title, language=language, warning=warning)


def _facts(words: dict[str, str], decision: Decision) -> list[tuple[str, object]]:
    day = decision.opened_at.date() if decision.opened_at else decision.adopted_on
    zone = pack_in_force(decision.partnership, day).time_zone if day else ""
    recused = voices.recused(decision).count()
    rows: list[tuple[str, object]] = [
        (words["adopted_on"], decision.adopted_on),
        (words["mode"], decision.get_mode_display()),
        (words["meeting"], decision.meeting),
        *((words[name], _moment(getattr(decision, name), zone)) for name in ("opened_at", "closes_at")),
        *(
            (words["chair"].format(party=answer.party.name), voices.signature(answer))
            for answer in decision.answers.select_related("party", "member", "given_by").order_by("pk")
            if answer.role == Role.CO_CHAIR and answer.value == Answer.Value.AFFIRM
        ),
        (words["supersedes"], str(decision.supersedes or "")),
        (words["successor"], str(selectors.successor_of(decision) or "")),
        (words["recused"], words["people"].format(number=recused) if recused else ""),
    ]
    known = [(label, value) for label, value in rows if value not in ("", None)]
    return [*known, ("", words["record"])] if decision.source == Source.PUBLIC_RECORD else known


def _moment(moment: datetime | None, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})" if moment else ""


def _items(words: dict[str, str], decision: Decision) -> Table:
    rows = [
        (item.get_kind_display(), item.subject, item.get_outcome_display()) for item in selectors.items_of(decision)
    ]
    head = [words[name] for name in ("kind", "subject", "outcome")]
    return sheet.listing(head, rows, [WIDTH * part for part in (0.3, 0.5, 0.2)], numeric=0)
