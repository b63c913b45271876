"""Numbered rules on the content of designs, reports and requests. The docstring says what must hold.

Each rule returns its findings (field → sentence); nothing found means that the rule is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TypedDict

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core.findings import Findings
from methodologies.engine.calculate import fixed_values
from methodologies.engine.definition import DefinitionError
from methodologies.rules import in_words, r_pm_08
from parties.models import Country, Designation, Organisation, Partnership, Task, Terms, is_accredited
from parties.selectors import day_of, pack_in_force
from parties.workflow import DesignationStatus
from projects.calculation import definition_of, fixed_of
from projects.models import MonitoringReport, Project
from projects.ports import AccountChoice
from projects.workflow import CLOSED, IdeaNoteStatus

Amount = tuple[int, Country, str, int]


class IdeaContent(TypedDict):
    """What an idea note says; participants are one organisation a line."""

    title: str
    summary: str
    technology: str
    location: str
    participants_japan: str
    participants_host: str
    expected_per_year: int | None
    contribution: str


# --- idea notes (jcm.md 1.2) --------------------------------------------------------------------------------------


def r_pin_01(content: IdeaContent) -> Findings:
    """R-PIN-01: an idea note says what is planned, where, by whom on both sides, and what it should bring."""
    required = {
        "title": _("Give the planned project a title."),
        "summary": _("Say what is planned."),
        "technology": _("Name the technology."),
        "location": _("Say where the project would be."),
        "participants_japan": _("Name the participants of Japan."),
        "participants_host": _("Name the participants of the partner country."),
        "contribution": _("Say what the project contributes, and to what."),
    }
    found = {field: text for field, text in required.items() if not str(content[field]).strip()}  # type: ignore[literal-required]
    if content["expected_per_year"] is None:
        found["expected_per_year"] = _("Estimate the reductions of a year.")
    return found


# --- design (jcm.md 1.4) ----------------------------------------------------------------------------------------


def r_pd_01(project: Project) -> Findings:
    """R-PD-01: a design says what the project is, where, from when, for how long, and how much it should reduce."""
    required = {
        "title": (project.title, _("Give the project a title.")),
        "description": (project.description, _("Describe the project.")),
        "location": (project.location, _("Say where the project is.")),
        "operation_start": (project.operation_start, _("Give the day on which operation starts.")),
        "lifetime_years": (project.lifetime_years, _("Give the expected lifetime in years.")),
        "estimated_per_year": (project.estimated_per_year, _("Estimate the reductions of a year.")),
    }
    return {field: text for field, (value, text) in required.items() if value in (None, "")}


def r_pd_02(project: Project) -> Findings:
    """R-PD-02: a design applies at least one methodology that the same Joint Committee approved."""
    versions = list(project.methodologies.select_related("methodology"))
    if not versions:
        return {"methodologies": _("Choose at least one approved methodology.")}
    for version in versions:
        if not version.was_approved or version.methodology.partnership_id != project.partnership_id:
            return {
                "methodologies": _("%(label)s is not an approved methodology of this partnership.")
                % {"label": version.label}
            }
    return {}


def r_pd_03(project: Project) -> Findings:
    """R-PD-03: both sides take part."""
    present = {participant.party_id for participant in project.participants.all()}
    missing = [str(party) for party in project.partnership.parties if party.pk not in present]
    if missing:
        return {
            "participants": _("Name a participant of each side; missing: %(sides)s.") % {"sides": ", ".join(missing)}
        }
    return {}


def r_pd_04(project: Project) -> Findings:
    """R-PD-04: operation starts on or after the day from which the partnership accepts projects."""
    earliest = project.partnership.earliest_operation
    if project.operation_start and project.operation_start < earliest:
        return {"operation_start": _("Operation may not start before %(day)s.") % {"day": earliest.isoformat()}}
    return {}


def r_pd_05(project: Project) -> Findings:
    """R-PD-05: every value that the methodologies fix ex ante is there, from the project or as a default."""
    if not project.methodologies.exists():
        return {}
    try:
        definition = definition_of(project)
        fixed_values(definition, fixed_of(project, definition))
    except DefinitionError as problem:
        return {"fixed_values": _("%(where)s: %(problem)s") % {"where": problem.where, "problem": in_words(problem)}}
    return {}


def r_pd_06(project: Project, organisations: Iterable[Organisation]) -> Findings:
    """R-PD-06: who submits a design works for one of its participants."""
    named = {participant.organisation_id for participant in project.participants.all()}
    if named.isdisjoint(organisation.pk for organisation in organisations):
        return {"participants": _("Your own organisation must be one of the participants.")}
    return {}


def r_pd_07(project: Project, day: date) -> Findings:
    """R-PD-07: on the day of its submission a design applies versions that are valid then, or in the pack's grace."""
    grace = pack_in_force(project.partnership, day).methodology_grace_days
    for version in project.methodologies.select_related("methodology"):
        if fault := r_pm_08(version, day, grace=grace):
            return {"methodologies": fault}
    return {}


def r_pd_08(project: Project) -> Findings:
    """R-PD-08: a design refers only to an idea note of its partnership that met no objection."""
    note = project.idea_note
    if note and (note.partnership_id != project.partnership_id or note.status != IdeaNoteStatus.NO_OBJECTION):
        return {"idea_note": _("Choose an idea note of this partnership that met no objection.")}
    return {}


def design_findings(project: Project) -> Findings:
    """Return what still stands in the way of submitting the design, whoever submits it."""
    return {
        **r_pd_01(project),
        **r_pd_02(project),
        **r_pd_03(project),
        **r_pd_04(project),
        **r_pd_05(project),
        **r_pd_08(project),
    }


# --- validation and verification (jcm.md 1.5, 2.4) ----------------------------------------------------------------


def r_vv_01(designation: Designation, partnership: Partnership, begun_on: date | None, *, at: datetime) -> Findings:
    """R-VV-01: the third-party entity's designation by this partnership's Joint Committee is in force on the day.

    While it is suspended, only work is finished that was begun before, and only where the committee allowed that.
    """
    day = day_of(partnership, at)
    terms = designation.terms_on(day) if designation.partnership_id == partnership.pk else None
    if terms is None or not is_accredited(terms, day) or terms.status not in WORKING:
        return {
            "designation": _("Designation %(number)s is not in force in this partnership today.")
            % {"number": designation.number}
        }
    if terms.status == DesignationStatus.SUSPENDED:
        return _r_vv_01_suspended(designation, terms, begun_on)
    return {}


WORKING = (DesignationStatus.DESIGNATED, DesignationStatus.SUSPENDED)


def _r_vv_01_suspended(designation: Designation, terms: Terms, begun_on: date | None) -> Findings:
    if terms.work_may_finish and begun_on and terms.valid_from and begun_on < terms.valid_from:
        return {}
    return {
        "designation": _("Designation %(number)s is suspended, and this work was not under way or may not be finished.")
        % {"number": designation.number}
    }


def r_vv_02(designation: Designation, project: Project, task: Task, *, at: datetime) -> Findings:
    """R-VV-02: the designation covers, for this task, the sectoral scope of every methodology of the project."""
    terms = designation.terms_on(day_of(project.partnership, at))
    covered = terms.scopes[task] if terms else frozenset()
    missing = {
        str(version.sectoral_scope)
        for version in project.methodologies.select_related("sectoral_scope")
        if version.sectoral_scope is None or version.sectoral_scope.number not in covered
    }
    if missing:
        return {
            "designation": _("Designation %(number)s does not cover the sectoral scope %(scopes)s.")
            % {"number": designation.number, "scopes": ", ".join(sorted(missing))}
        }
    return {}


def r_vv_03(designation: Designation, project: Project) -> Findings:
    """R-VV-03: a third-party entity is independent: it takes no part in the project."""
    if project.participants.filter(organisation=designation.organisation_id).exists():
        return {"designation": _("A third-party entity may not examine a project in which it takes part.")}
    return {}


def r_vv_04(statement: str) -> Findings:
    """R-VV-04: an opinion is given in words."""
    return {} if statement.strip() else {"statement": _("Write your statement.")}


# --- monitoring (jcm.md 1.8) --------------------------------------------------------------------------------------


def r_mr_01(project: Project) -> Findings:
    """R-MR-01: monitoring is reported for projects with a reference number that were not given up."""
    if not project.number:
        return {"project": _("Submit the design document first: the project has no reference number yet.")}
    if project.status in CLOSED:
        return {"project": _("The project is closed: “%(status)s”.") % {"status": project.get_status_display()}}
    return {}


def r_mr_02(project: Project, start: date) -> Findings:
    """R-MR-02: a monitoring period starts on or after the start of operation; registration may come later."""
    if project.operation_start is None or start < project.operation_start:
        day = project.operation_start.isoformat() if project.operation_start else "–"
        return {"period_start": _("The period may not start before operation does: %(day)s.") % {"day": day}}
    return {}


def r_mr_03(partnership: Partnership, start: date, end: date) -> Findings:
    """R-MR-03: no period crosses the day that parts reductions before the Paris Agreement from those after."""
    parting = partnership.split_after
    if parting and start <= parting < end:
        return {
            "period_end": _("A period may not cross the end of %(day)s. Make two reports.")
            % {"day": parting.isoformat()}
        }
    return {}


def r_mr_04(start: date, end: date, *, at: datetime) -> Findings:
    """R-MR-04: a period ends after it starts, and has ended."""
    if end < start:
        return {"period_end": _("The last day is before the first.")}
    if end >= at.date():
        return {"period_end": _("The period is not over yet.")}
    return {}


def r_mr_05(report: MonitoringReport) -> Findings:
    """R-MR-05: a submitted report has the readings of its whole period."""
    if not report.results.exists():
        return {"readings": _("Upload the meter readings of the period first.")}
    return {}


# --- issuance (jcm.md 1.9) ----------------------------------------------------------------------------------------


def r_ir_01(amounts: Sequence[Amount]) -> Findings:
    """R-IR-01: amounts are whole tonnes above nought, and each account is named once a vintage."""
    seen: set[tuple[int, str]] = set()
    for vintage, _party, account, quantity in amounts:
        if quantity <= 0:
            return {"allocations": _("Every amount must be a whole number of tonnes above nought.")}
        if (vintage, account) in seen:
            return {
                "allocations": _("Account %(account)s is named twice for %(vintage)s.")
                % {"account": account, "vintage": vintage}
            }
        seen.add((vintage, account))
    return {}


def r_ir_02(amounts: Sequence[Amount], verified: Mapping[int, int]) -> Findings:
    """R-IR-02: the amounts of each vintage sum to its verified reductions exactly; nothing else is asked for."""
    asked: dict[int, int] = {}
    for vintage, _party, _account, quantity in amounts:
        asked[vintage] = asked.get(vintage, 0) + quantity
    found = {}
    for vintage in sorted(set(asked) | set(verified)):
        sums = {"asked": asked.get(vintage, 0), "verified": verified.get(vintage, 0)}
        if sums["asked"] != sums["verified"]:
            words = {name: number_format(tonnes, force_grouping=True) for name, tonnes in sums.items()}
            found[f"vintage {vintage}"] = _(
                "%(vintage)s: the amounts sum to %(asked)s t, but %(verified)s t were verified."
            ) % {"vintage": vintage, **words}
    return found


def r_ir_03(amounts: Sequence[Amount], partnership: Partnership, accounts: Iterable[AccountChoice]) -> Findings:
    """R-IR-03: every account is open in the registry of the side that it is named for, and held by that government or
    by a participant of the project."""
    known = {account.number: account.party.pk for account in accounts}
    sides = {party.pk for party in partnership.parties}
    for _vintage, party, account, _quantity in amounts:
        if party.pk not in sides or account[:2] != party.iso2 or known.get(account) != party.pk:
            return {
                "allocations": _(
                    "The registry of %(party)s has no account %(account)s of its government or of a participant."
                )
                % {"account": account, "party": party}
            }
    return {}


def r_ir_04(verified: Mapping[int, int]) -> Findings:
    """R-IR-04: there is something to issue."""
    if any(verified.values()):
        return {}
    return {"allocations": _("No reductions were verified, so nothing can be issued.")}
