"""The public decisions, taken again through the services: subjects are made up, numbers and days are those printed."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import models

from committee import services
from committee.models import Decision, DecisionItem, Meeting
from core.models import Source
from core.numbering import reserve
from jcm.demo.cast import Cast, assemble
from methodologies.models import Methodology, MethodologyVersion
from parties.models import DesignationApplication, RuleDocument, RuleSet, SpecialMeasure
from projects import services as projects
from projects.models import Project, ProjectIdeaNote
from tests.factories import cycle, entities, ideas, rulebook
from tests.factories.decisions import answered

METHODOLOGY = re.compile(r"\b([A-Z]{2}_AM)(\d{3})(?:\s+ver0?(\d+)\.(\d+))?(\s*\(with revisions\))?")
PROJECT = re.compile(r"\b([A-Z]{2})(\d{3})\b")
IDEA_NOTE = re.compile(r"\b([A-Z]{2}_PIN)(\d{3})\b")
PERIOD = re.compile(r"(\d{2} [A-Z][a-z]{2} \d{2})\s*-\s*(\d{2} [A-Z][a-z]{2} \d{2})")
MEETING = re.compile(r"^(\d+)\w\w Joint Committee(?: in (.+?))?(?: and (Online))?$")
REMARK = re.compile(r"\s*\((additional|new)[^()]*\)$")
# What the record calls the documents, and their codes; other words of a set name no document.
DOCUMENTS = {
    "RoI": "RoI", "Glossary": "Gls", "Spec Registry": "Spec_Registry", "PCP": "PCP", "GL PM": "GL_PM",
    "GL PDD/MR": "GL_PDD_MR", "GL SDIP": "GL_SDIP", "GL TPE": "GL_TPE", "GL VV": "GL_VV", "RoP": "RoPJC",
    "Rules of Procedures for the Joint Committee": "RoPJC",
}  # fmt: skip
YEAR = timedelta(days=365)
Subject = models.Model


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the record."""

    country: str
    day: date
    mode: str
    meeting: str
    kinds: tuple[str, ...]
    subject: str


@dataclass(slots=True)
class Taken:
    """A row that was decided again: the decision, and the subjects as they are afterwards."""

    row: Row
    decision: Decision
    subjects: list[Subject]


def rows(path: Path) -> list[Row]:
    """Return the record in the order of the days."""
    with path.open(encoding="utf-8", newline="") as file:
        found = [
            Row(
                line["country_iso2"], date.fromisoformat(line["decision_date"]), line["mode"], line["meeting"],
                tuple(line["decision_type"].split(";")), line["subject"],
            )
            for line in csv.DictReader(file)
        ]  # fmt: skip
    return sorted(found, key=lambda row: row.day)


@dataclass(slots=True)
class Replay:
    """Takes decision after decision. `set_clock` lets the factories of subjects work at another time."""

    set_clock: Callable[[datetime], None]
    casts: dict[str, Cast] = field(default_factory=dict)
    meetings: dict[tuple[str, date], Meeting] = field(default_factory=dict)

    def begin(self, record: list[Row]) -> None:
        """Let what the record takes for granted be there before the first decision, in the order of the numbers.

        Methodologies that are revised have their former versions; projects have their number from their design on.
        """
        for country in dict.fromkeys(row.country for row in record):
            self.casts[country] = assemble(country, source=Source.ENTERED)
            mine = [row for row in record if row.country == country]
            self.set_clock(_noon(min(row.day for row in mine) - YEAR / 2))
            applied = self._approved(country)
            for printed in sorted({p.groups() for row in mine for p in METHODOLOGY.finditer(row.subject) if p[3]}):
                self._former(country, printed)
            numbers = {n for row in mine for cc, n in PROJECT.findall(row.subject) if cc == country}
            for number in sorted(numbers):
                self._project(country, int(number), applied, registered=not _registers(mine, f"{country}{number}"))

    def _approved(self, country: str, methodology: Methodology | None = None) -> MethodologyVersion:
        version = cycle.approved_methodology(self.casts[country], methodology=methodology)
        DecisionItem.objects.filter(methodology_version=version).delete()
        return version

    def _former(self, country: str, printed: tuple[str | None, ...]) -> None:
        """Make every version before the one that is printed."""
        key, number, major, minor = (text or "" for text in printed[:4])
        reserve(key, int(number) - 1)
        family = None
        for _version in range(int(major) - (0 if int(minor) else 1)):
            family = self._approved(country, family).methodology

    def _project(self, country: str, number: int, applied: MethodologyVersion, *, registered: bool) -> None:
        reserve(country, number - 1)
        people = self.casts[country]
        project = cycle.considered_project(
            people, title=f"Project {country}{number:03d}", operation_start=date(2015, 1, 1), methodologies=[applied]
        )
        if registered:  # by a decision that the record does not hold
            DecisionItem.objects.filter(project=project).delete()
            projects.project_register(project_id=project.pk, decision=cycle.decision(people, "Earlier"), at=cycle.NOON)

    def take(self, row: Row) -> Taken:
        """Bring the subjects of a row to the agenda, decide them in the way of the record, and return them."""
        self.set_clock(_noon(row.day - timedelta(days=40)))
        found = [pair for kind in row.kinds for pair in getattr(self, f"_{kind}")(row)]
        items = {self._item(row, subject).pk: outcome for subject, outcome in found}
        decide = self._electronic if row.mode == "electronic" else self._in_meeting
        decision = decide(row, items)
        for subject, _outcome in found:
            subject.refresh_from_db()
        return Taken(row, decision, [subject for subject, _outcome in found])

    def _item(self, row: Row, subject: Subject) -> DecisionItem:
        name = next(f.name for f in DecisionItem._meta.get_fields() if f.related_model is type(subject))
        waiting = DecisionItem.objects.filter(decision=None, partnership=self.casts[row.country].partnership)
        return waiting.get(**{name: subject})

    # --- how it is decided ---

    def _prepared(self, row: Row, items: dict[int, str], at: datetime) -> Decision:
        people = self.casts[row.country]
        return services.decision_prepare(
            partnership=people.partnership, item_ids=items, outcomes=items, text=row.subject,
            actor=people.host_secretariat, at=at,
        )  # fmt: skip

    def _electronic(self, row: Row, items: dict[int, str]) -> Decision:
        """Everybody affirms on the day; where the day is even, the members are silent until it begins."""
        people, silent = self.casts[row.country], row.day.day % 2 == 0
        opened = _noon(row.day - timedelta(days=10 if silent else 4))
        decision = self._prepared(row, items, opened)
        services.decision_open(decision_id=decision.pk, actor=people.japan_secretariat, at=opened)
        for chair in (people.japan_chair, people.host_chair):
            answered(decision, chair, at=opened + timedelta(days=1))
        if silent:
            services.decisions_close_due(at=_noon(row.day))
        else:
            for member in (people.japan_member, people.host_member):
                answered(decision, member, at=_noon(row.day))
        decision.refresh_from_db()
        return decision

    def _in_meeting(self, row: Row, items: dict[int, str]) -> Decision:
        people, at, meeting = self.casts[row.country], _noon(row.day), self._meeting(row)
        decision = self._prepared(row, items, at)
        services.decision_table(decision_id=decision.pk, meeting_id=meeting.pk, actor=people.host_secretariat, at=at)
        return services.decision_record(decision_id=decision.pk, actor=people.japan_secretariat, at=at)

    def _meeting(self, row: Row) -> Meeting:
        """Return the meeting of that day in session; of a decision without a mode nobody knows the place."""
        key, people = (row.country, row.day), self.casts[row.country]
        if key not in self.meetings:
            printed = MEETING.match(row.meeting)
            place = (printed[2] if printed else None) or ""
            form = Meeting.Form.HYBRID if printed and printed[3] else Meeting.Form.IN_PERSON
            clerk: dict[str, Any] = {"actor": people.host_secretariat, "at": _noon(row.day)}
            meeting = services.meeting_plan(
                partnership=people.partnership,
                details=services.Details(
                    number=int(printed[1]) if printed else 1, place=place,
                    form=form if place else Meeting.Form.ONLINE, host=people.partnership.host,
                    starts_on=row.day, ends_on=row.day,
                ),
                **clerk,
            )  # fmt: skip
            services.meeting_open(meeting_id=meeting.pk, **clerk)
            there = (people.japan_chair, people.host_chair, people.japan_member, people.host_member)
            present = {person.pk: services.Present("in_person") for person in there}
            self.meetings[key] = services.attendance_record(meeting_id=meeting.pk, present=present, **clerk)
        return self.meetings[key]

    # --- what is decided: each yields the subjects on the agenda, with the proposed outcome ---

    def _methodology_approval(self, row: Row) -> Iterator[tuple[Subject, str]]:
        """A new methodology gets its number with the approval: the first printed one, then those that follow."""
        for place, printed in enumerate(METHODOLOGY.finditer(row.subject)):
            family = Methodology.objects.filter(number=f"{printed[1]}{printed[2]}").first()
            if family is None and place == 0:
                reserve(printed[1], int(printed[2]) - 1)
            version = cycle.considered_methodology(
                self.casts[row.country], methodology=family, title=f"Methodology {printed[1]}{printed[2]}",
                minor=bool(printed[4] and int(printed[4])),
            )  # fmt: skip
            yield version, "approve_with_revisions" if printed[5] else "approve"

    _methodology_revision_approval = _methodology_approval

    def _project_registration(self, row: Row) -> Iterator[tuple[Subject, str]]:
        for cc, number in PROJECT.findall(row.subject):
            yield Project.objects.get(number=f"{cc}{number}"), "approve"

    def _issuance(self, row: Row) -> Iterator[tuple[Subject, str]]:
        """Every project with the period after it; a project that the record does not name is made up."""
        people = self.casts[row.country]
        names = list(PROJECT.finditer(row.subject))
        for name in names:
            period = PERIOD.search(row.subject, name.end())
            assert period is not None
            start, end = (datetime.strptime(text, "%d %b %y").date() for text in period.groups())  # noqa: DTZ007
            yield self._request(people, Project.objects.get(number=name[0]), start, end), "approve"
        if not names:
            project = cycle.registered_project(
                assemble(row.country, source=Source.DEMONSTRATION), title="Not named", operation_start=date(2015, 1, 1)
            )
            DecisionItem.objects.filter(project=project).delete()
            yield self._request(people, project, date(2021, 1, 1), date(2021, 12, 31)), "approve"

    @staticmethod
    def _request(people: Cast, project: Project, start: date, end: date) -> Subject:
        report = cycle.verified_report(people, project=project, start=start, end=end)
        return cycle.considered_request(people, report=report)

    def _tpe_designation(self, row: Row) -> Iterator[tuple[Subject, str]]:
        people = self.casts[row.country]
        text = IDEA_NOTE.sub("", row.subject) if "pin_no_objection" in row.kinds else row.subject
        separator = "," if "pin_no_objection" in row.kinds else ";"
        for part in filter(None, (name.strip(" ;,") for name in text.split(separator))):
            if part not in _rules_of(row):
                yield self._application(people, part), "approve"

    @staticmethod
    def _application(people: Cast, part: str) -> DesignationApplication:
        name, remark = REMARK.sub("", part), REMARK.search(part)
        body = entities.body(people, name)
        standing = people.partnership.designations.filter(organisation=body).first()
        if remark and standing is None:  # designated before the record begins
            standing = entities.granted(people, body, accredited_until=date(2028, 3, 31))
            DecisionItem.objects.filter(designation_application__designation=standing).delete()
        if remark and remark[1] == "additional":
            return entities.considered(people, body, kind="scopes", scopes_validation=entities.scopes(2, 4, 6, 7))
        if standing:
            return entities.considered(people, body, kind="renewal", accredited_until=date(2030, 3, 31))
        return entities.considered(people, body)

    def _pin_no_objection(self, row: Row) -> Iterator[tuple[Subject, str]]:
        for key, number in IDEA_NOTE.findall(row.subject):
            reserve(key, int(number) - 1)
            note: ProjectIdeaNote = ideas.considered(self.casts[row.country])
            yield note, "approve"

    _pin_decision = _pin_no_objection

    def _rules_adoption(self, row: Row) -> Iterator[tuple[Subject, str]]:
        versions: dict[str, str] = {}
        for part in _rules_of(row):
            name, _space, version = part.replace(" ver", " ").rpartition(" ")
            numbered = re.fullmatch(r"\d{2}\.\d", version)
            known = name if numbered else part
            code = next((code for title, code in DOCUMENTS.items() if known.startswith(title)), "RG")
            versions.setdefault(code, version if numbered else self._next(row, code))
        documents = [(code, version, f"Text of {code}.") for code, version in versions.items()]
        made: RuleSet = rulebook.proposed(self.casts[row.country], *documents, title=row.subject[:200])
        yield made, "approve"

    def _next(self, row: Row, code: str) -> str:
        """Return the version that follows the last one; the record does not say it."""
        mine = RuleDocument.objects.filter(partnership=self.casts[row.country].partnership, code=code)
        last = mine.order_by("-version").first()
        return f"{int(last.version[:2]) + 1 if last else 1:02d}.0"

    def _special_measure(self, row: Row) -> Iterator[tuple[Subject, str]]:
        people = self.casts[row.country]
        said: dict[str, Any] = {"title": row.subject, "valid_from": row.day, "valid_until": row.day + YEAR}
        if row.subject.startswith("extension"):
            ends = row.day - timedelta(days=1)
            first = rulebook.adopted_measure(people, valid_from=row.day - YEAR, valid_until=ends)
            DecisionItem.objects.filter(special_measure=first).delete()
            said["extends"] = SpecialMeasure.objects.get(pk=first.pk)
        yield rulebook.special_measure(people, **said), "approve"


def _rules_of(row: Row) -> list[str]:
    """Return the parts of the subject that name rules: all, but the first alone where entities follow."""
    if "rules_adoption" not in row.kinds:
        return []
    parts = [part.strip() for part in row.subject.split(";")]
    return parts if len(row.kinds) == 1 else parts[:1]


def _registers(record: list[Row], number: str) -> bool:
    return any("project_registration" in row.kinds and number in row.subject for row in record)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
