"""What the dossier of a case holds, as far as its reader may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from committee.models import Decision, Declaration
from committee.selectors import decisions_about, declarations_about
from core.models import Rendition
from jcm.dossier.documents import Pair, pairs_of
from jcm.dossier.files import address_of, files_of
from jcm.dossier.versions import Change, Version, changes_of, said_in, versions_of
from methodologies.explanation import YearExplained
from parties import casework, policies
from parties.casework import Check, Passage
from parties.models import Case, PublicInput
from parties.policies import Viewer
from projects.explanation import explained
from projects.models import IssuanceRequest, MonitoringReport, YearlyResult
from projects.selectors import report_list


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """Everything about a case that one person may see.

    What its submitter filed, who moved it and why, and the checklist are for those `inside`; the declarations are the
    committee's.
    """

    case: Case
    inside: bool
    history: list[Passage]
    checks: list[Check]
    versions: list[Version]
    said: list[tuple[str, str]]
    changes: list[Change]
    declarations: list[Declaration]
    report: MonitoringReport | None
    results: list[YearlyResult]
    years: list[YearExplained]
    inputs: list[PublicInput]
    decisions: list[Decision]
    files: list[Rendition]
    filed: list[tuple[Rendition, str]]
    pairs: list[Pair]


def gather(case: Case, *, viewer: Viewer, at: datetime) -> Dossier:
    """Return what this person may see of the case."""
    record = record_of(case)
    inside = policies.is_inside_case(viewer, case, at=at)
    versions = versions_of(record, case) if record is not None and inside else []
    report = report_of(record, viewer=viewer, at=at)
    files = files_of(record, viewer=viewer, at=at)
    return Dossier(
        case=case,
        inside=inside,
        history=casework.history_of(case),
        checks=casework.checklist_of(case) if inside else [],
        versions=versions,
        said=said_in(record, versions[-1]) if record is not None and versions else [],
        changes=changes_of(record, versions) if record is not None else [],
        declarations=declarations_about(record, viewer=viewer, at=at),
        report=report,
        results=list(report.results.all()) if report is not None else [],
        years=explained(report) if report is not None else [],
        inputs=list(casework.inputs_public(case)),
        decisions=list(decisions_about(record, viewer=viewer, at=at)),
        files=files,
        filed=[(file, address_of(record, file)) for file in files] if record is not None else [],
        pairs=pairs_of(record, versions, files, viewer=viewer, at=at) if record is not None else [],
    )


def record_of(case: Case) -> Model | None:
    """Return the record that the case is about."""
    about = (relation.name for relation in case._meta.related_objects if relation.one_to_one)
    found: Iterator[Model | None] = (getattr(case, name, None) for name in about if name != "call")
    return next(filter(None, found), None)


def report_of(record: Model | None, *, viewer: Viewer, at: datetime) -> MonitoringReport | None:
    """Return the monitoring report on which a request for issuance rests, where this person may see it."""
    if not isinstance(record, IssuanceRequest):
        return None
    return report_list(viewer=viewer, at=at).filter(pk=record.report_id).first()
