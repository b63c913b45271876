"""What committees decide on beside methodologies and projects: entities, idea notes, rules."""

from datetime import date, timedelta

from jcm.demo.cast import START
from jcm.demo.story import Story, found_complete
from methodologies import services as methodologies
from methodologies.models import MethodologyVersion
from parties import services
from parties.models import Designation, DesignationApplication, Organisation, Role, RoleAssignment, SectoralScope
from projects import services as projects
from projects.models import ProjectIdeaNote

Kind = DesignationApplication.Kind


def entity(story: Story, name: str) -> Organisation:
    """Return another verification body, for which the verifier works too."""
    people = story.people
    body, _new = Organisation.objects.get_or_create(
        name=name, country=people.partnership.acquirer, defaults={"source": people.tpe.source}
    )
    RoleAssignment.objects.get_or_create(
        user=people.tpe, role=Role.TPE, organisation=body, defaults={"valid_from": START}
    )
    return body


def applied(
    story: Story, body: Organisation, *, kind: str = Kind.NEW, scopes: tuple[int, ...] = (1, 3)
) -> DesignationApplication:
    """Let a body ask for designation, or for more."""
    asked = list(SectoralScope.objects.filter(number__in=scopes))
    at = story.clock.after(3)
    return services.application_file(
        partnership=story.people.partnership,
        organisation=body,
        kind=kind,
        content={
            "basis": DesignationApplication.Basis.ISO_14065,
            "accreditation_body": "Demonstration Accreditation Board",
            "certificate_number": f"DAB-{body.pk:04d}",
            "accredited_until": date(at.year + 3, 3, 31),
            "scopes_validation": asked,
            "scopes_verification": asked,
            "competence": "Two lead verifiers and one reviewer, trained in the rules of the mechanism.",
        },
        actor=story.people.tpe,
        at=at,
    )


def designated(story: Story, body: Organisation) -> Designation:
    """Bring a body through the committee."""
    application = applied(story, body)
    at = story.clock.after(5)
    found_complete(application.case, actor=story.people.host_secretariat, at=at)
    services.application_accept(application_id=application.pk, actor=story.people.host_secretariat, at=at)
    story.adopted(f"The Joint Committee designates {body.name} as a third-party entity.")
    application.refresh_from_db()
    assert application.designation is not None  # narrows the type
    return application.designation


def suspended(story: Story, designation: Designation, *, reason: str) -> None:
    """Let the committee suspend a body, work under way excepted."""
    services.measure_propose(
        designation_id=designation.pk,
        kind="suspend",
        reason=reason,
        work_may_finish=True,
        actor=story.people.host_secretariat,
        at=story.clock.after(40),
    )
    story.adopted(f"The Joint Committee suspends the designation {designation.number}.")


def withdrawn(story: Story, version: MethodologyVersion, *, reason: str) -> None:
    """Let the committee withdraw a version that it approved."""
    at = story.clock.after(20)
    methodologies.withdrawal_propose(version_id=version.pk, reason=reason, actor=story.people.japan_secretariat, at=at)
    story.adopted(f"The Joint Committee withdraws {version.label}.")


IDEA = projects.IdeaContent(
    title="Biogas from the Waste Water of Dairies",
    summary="Closed tanks take in the waste water of three dairies; the gas replaces coal in their boilers.",
    technology="Biogas",
    location="Darkhan",
    participants_japan="Demonstration Energy Japan",
    participants_host="Demonstration Power Mongolia\nDemonstration Dairies",
    expected_per_year=3_400,
    contribution="Cleaner water and air in the city, and jobs in the country.",
)


def idea(story: Story, **changes: str) -> ProjectIdeaNote:
    """Let the participant file an idea note, and bring it to the agenda."""
    people = story.people
    content: projects.IdeaContent = {**IDEA, **changes}  # type: ignore[typeddict-item]
    note = projects.idea_note_file(
        partnership=people.partnership,
        proponent=people.company,
        content=content,
        actor=people.participant,
        at=story.clock.after(3),
    )
    at = story.clock.after(4)
    found_complete(note.case, actor=people.japan_secretariat, at=at)
    return projects.idea_note_accept(note_id=note.pk, actor=people.japan_secretariat, at=at)


PCP_2 = """Project participants submit a draft project design document.
The secretariat checks within seven days whether the submission is complete.
The Joint Committee decides on the registration."""
PCP_3 = """Project participants submit a project idea note and then a draft project design document.
The secretariat checks within seven calendar days whether the submission is complete.
Public inputs are called for during thirty days.
The Joint Committee decides on the registration."""


def rules(story: Story, title: str, documents: dict[str, tuple[str, str]]) -> None:
    """Bring a set of documents (code → version, text) through the committee."""
    secretariat = story.people.japan_secretariat
    made = services.rule_set_draft(
        partnership=story.people.partnership,
        title=title,
        summary="Demonstration texts, not those of the real documents.",
        actor=secretariat,
        at=story.clock.after(5),
    )
    for code, (version, text) in documents.items():
        at = story.clock.after(1)
        services.rule_document_add(set_id=made.pk, code=code, version=version, text=text, actor=secretariat, at=at)
    services.rule_set_propose(set_id=made.pk, actor=secretariat, at=story.clock.after(1))
    story.adopted(f"The Joint Committee adopts: {title}.")


def of_rules(story: Story) -> None:
    """Two sets of documents, one after the other, and a special measure that is extended."""
    people = story.people
    glossary = "Credit: one tonne of CO2 equivalent."
    rules(story, "First rules and guidelines", {"PCP": ("02.0", PCP_2), "Gls": ("01.0", glossary)})
    rules(story, "Revised project cycle procedure", {"PCP": ("03.0", PCP_3)})
    before = None
    for months in (6, 12):
        begins = (before.valid_until if before else story.clock.now.date()) + timedelta(days=1)
        before = services.special_measure_propose(
            partnership=people.partnership,
            title="Remote assessment instead of visits on site",
            text="Third-party entities may assess a site by video where it cannot be reached.",
            valid_from=begins,
            valid_until=begins + timedelta(days=30 * months),
            extends=before,
            actor=people.host_secretariat,
            at=story.clock.after(3),
        )
        story.adopted("The Joint Committee adopts the special measure on assessments.")
        before.refresh_from_db()


def of_mongolia(story: Story) -> None:
    """A body that was designated and asks for one more scope; two ideas, the second one with an objection."""
    of_rules(story)
    idea(story)
    story.adopted("The Joint Committee has no objection to the planned biogas project.")
    idea(story, title="Coal Briquettes from Mine Tailings", technology="Coal")
    story.adopted("The Joint Committee objects: the project would prolong the use of coal.", outcome="deny")
    body = entity(story, "Demonstration Assurance Asia")
    designated(story, body)
    applied(story, body, kind=Kind.SCOPES, scopes=(13,))


def of_indonesia(story: Story) -> None:
    """A body that is suspended."""
    body = designated(story, entity(story, "Demonstration Certification"))
    suspended(story, body, reason="The accreditation body opened an inquiry.")
