"""Countries, partnerships, organisations, roles, third-party entities."""

from parties.models.countries import JAPAN, Country, Partnership, SectoralScope
from parties.models.entities import Designation, DesignationQuerySet
from parties.models.people import Organisation, Role, RoleAssignment, RoleAssignmentQuerySet

__all__ = [
    "JAPAN",
    "Country",
    "Designation",
    "DesignationQuerySet",
    "Organisation",
    "Partnership",
    "Role",
    "RoleAssignment",
    "RoleAssignmentQuerySet",
    "SectoralScope",
]
