"""A certificate as PDF, drawn from its stored facts: the same certificate has the same bytes."""

import json
from datetime import UTC, datetime
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from core.models import Source
from registry.models import Certificate
from registry.papers import sheet
from registry.papers.words import CERTIFICATE

WIDTH = A4[0] - 2 * sheet.MARGIN


def certificate_pdf(certificate: Certificate, *, language: str, address: str) -> bytes:
    """Return the certificate in "en" or "ja"; `address` is the page where it can be checked."""
    words, body = CERTIFICATE[language], json.loads(certificate.body)
    party = body["registry_name"][language]
    story: list[Flowable] = [
        *_head(words, body, party, demonstration=certificate.source == Source.DEMONSTRATION),
        sheet.facts(_facts(words, body, party, language), WIDTH),
        Spacer(1, 6 * mm),
        _lines(words, body, language),
        Spacer(1, 8 * mm),
        _check(words, certificate, address),
    ]
    registry = words["registry"].format(party=party)
    return sheet.pdf(
        story,
        title=f"{words[certificate.kind]} {certificate.number}",
        author=f"{words['mechanism']} {registry}",
        language=language,
        foot=lambda page: words["page"].format(number=certificate.number, page=page),
    )


def _head(words: dict[str, str], body: dict[str, Any], party: str, *, demonstration: bool) -> list[Flowable]:
    registry = f"{words['mechanism']}  {words['registry'].format(party=party)}"
    warning = [sheet.text(words["demonstration"], 11, bold=True, colour=sheet.BRAND, space=4 * mm)]
    return [
        sheet.text(registry, 10, colour=sheet.MUTED, space=6 * mm),
        *(warning if demonstration else []),
        sheet.text(words[body["kind"]], 24, bold=True, colour=sheet.BRAND, space=3 * mm),
        sheet.text(f"{body['quantity']:,} tCO2eq", 20, bold=True, space=4 * mm),
        sheet.text(words[f"says_{body['kind']}"], 10.5, space=5 * mm),
    ]


def _facts(words: dict[str, str], body: dict[str, Any], party: str, language: str) -> list[tuple[str, object]]:
    holding = body["kind"] == Certificate.Kind.HOLDING
    purpose = words[body["purpose"]].format(party=party) if body["purpose"] else ""
    rows: list[tuple[str, object]] = [
        (words["number"], body["number"]),
        (words["beneficiary"], body["beneficiary"]),
        (words["purpose"], purpose),
        (words["reporting_year"], body["reporting_year"]),
        (words["holder"], body["holder"][language]),
        (words["account"], body["account"]),
        (words["held_at" if holding else "as_of"], _moment(body["as_of"])),
        (words["transaction"], body["transaction"]),
        (words["issued_at"], _moment(body["issued_at"])),
        *((words["project"], title) for title in _projects(body)),
    ]
    return [(label, value) for label, value in rows if value not in ("", None)]


def _projects(body: dict[str, Any]) -> list[str]:
    """Return each project once, with its title."""
    return list(dict.fromkeys(f"{line['project']} {line['title']}" for line in body["lines"]))


def _moment(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _lines(words: dict[str, str], body: dict[str, Any], language: str) -> Table:
    rows = [
        (
            line["serial"],
            line["project"],
            line["country"][language],
            line["vintage"],
            f"{line['quantity']:,}",
        )
        for line in body["lines"]
    ]
    head = [words[name] for name in ("serial", "project", "country", "vintage", "quantity")]
    return sheet.listing(head, rows, [WIDTH * part for part in (0.4, 0.15, 0.2, 0.11, 0.14)], numeric=2)


def _check(words: dict[str, str], certificate: Certificate, address: str) -> Table:
    said = [
        sheet.text(words["check"], 9, bold=True, space=1 * mm),
        sheet.text(address, 8, space=3 * mm),
        sheet.text(words["fingerprint"], 7.5, colour=sheet.MUTED),
        sheet.text(certificate.fingerprint, 7.5),
    ]
    size = 32 * mm
    table = Table([[sheet.QrCode(address, size), said]], colWidths=[size + 6 * mm, WIDTH - size - 6 * mm])
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    return table
