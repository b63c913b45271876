"""Countries, partnerships, organisations, roles, third-party entities, rule packs and cases."""

from parties.models.applications import DesignationApplication, DesignationMeasure
from parties.models.cases import Case, CaseStage, CaseTick
from parties.models.countries import JAPAN, Country, Partnership, SectoralScope
from parties.models.entities import (
    Designation,
    DesignationQuerySet,
    DesignationTerm,
    Task,
    Terms,
    is_accredited,
    is_in_force,
)
from parties.models.inputs import PublicCall, PublicInput
from parties.models.packs import ChecklistItem, Holiday, RulePack
from parties.models.people import (
    NEEDS_SECOND,
    Invitation,
    InvitationQuerySet,
    Organisation,
    Role,
    RoleAssignment,
    RoleAssignmentQuerySet,
)
from parties.models.rulebook import RuleDocument, RuleSet, SpecialMeasure

__all__ = [
    "JAPAN",
    "NEEDS_SECOND",
    "Case",
    "CaseStage",
    "CaseTick",
    "ChecklistItem",
    "Country",
    "Designation",
    "DesignationApplication",
    "DesignationMeasure",
    "DesignationQuerySet",
    "DesignationTerm",
    "Holiday",
    "Invitation",
    "InvitationQuerySet",
    "Organisation",
    "Partnership",
    "PublicCall",
    "PublicInput",
    "Role",
    "RoleAssignment",
    "RoleAssignmentQuerySet",
    "RuleDocument",
    "RulePack",
    "RuleSet",
    "SectoralScope",
    "SpecialMeasure",
    "Task",
    "Terms",
    "is_accredited",
    "is_in_force",
]
