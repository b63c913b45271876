"""What a rule pack must be, and how two of them differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import InvalidInput
from parties.errors import PackInPreparation
from parties.models import ChecklistItem, Partnership, RulePack
from parties.models.packs import DAYS, SETTINGS
from parties.selectors import pack_in_force
from parties.workflow import CaseKind, PackStatus, Stage

LONGEST = 730


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting or checklist that differs: before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting in words, with what it is counted in."""

    label: str
    value: str
    unit: str


# Which column holds the days of a stage, by kind of case; what is not here has no deadline.
DAYS_OF: Mapping[tuple[str, str], str] = {
    (CaseKind.METHODOLOGY, Stage.SUBMITTED): "pm_completeness_days",
    (CaseKind.METHODOLOGY, Stage.PUBLIC_INPUTS): "pm_public_inputs_days",
    (CaseKind.METHODOLOGY, Stage.CONSIDERATION): "pm_consideration_days",
    (CaseKind.METHODOLOGY_REVISION, Stage.SUBMITTED): "pm_completeness_days",
    (CaseKind.METHODOLOGY_REVISION, Stage.PUBLIC_INPUTS): "pm_public_inputs_days",
    (CaseKind.METHODOLOGY_REVISION, Stage.CONSIDERATION): "pm_consideration_days",
    (CaseKind.PIN, Stage.SUBMITTED): "reg_completeness_days",
    (CaseKind.PIN, Stage.CONSIDERATION): "pin_days",
    (CaseKind.PROJECT, Stage.SUBMITTED): "reg_completeness_days",
    (CaseKind.POST_REGISTRATION_CHANGE, Stage.SUBMITTED): "prc_completeness_days",
    (CaseKind.ISSUANCE, Stage.SUBMITTED): "iss_completeness_days",
    (CaseKind.TPE_DESIGNATION, Stage.SUBMITTED): "tpe_application_completeness_days",
}


def most_days_of(pack: RulePack, kind: str, stage: str) -> int | None:
    """Return to how many days a stage can be extended; None where no rule says so (jcm.md 1.3)."""
    if DAYS_OF.get((kind, stage)) != "pm_consideration_days":
        return None
    return pack.pm_consideration_max_days


def days_of(pack: RulePack, kind: str, stage: str) -> int | None:
    """Return the days that a pack gives a stage of this kind of case; None where it sets none."""
    column = DAYS_OF.get((kind, stage))
    return getattr(pack, column) if column else None


def pack_number(partnership: Partnership, version: int) -> str:
    """Return the number of a rule pack, for example JCM_MN_RP_ver02.0."""
    return f"JCM_{partnership.code}_RP_ver{version:02d}.0"


def day_after(day: date) -> date:
    """Return the next day: rules are known before they bind."""
    return day + timedelta(days=1)


def earliest_start(partnership: Partnership, at: datetime) -> date:
    """Return the first day from which a pack adopted today could be in force: after today and after every pack."""
    adopted = partnership.rule_packs.filter(status=PackStatus.ADOPTED).values_list("effective_from", flat=True)
    return day_after(max([pack_in_force(partnership, at.date()).calendar.day(at), *adopted]))


def check_none_in_preparation(partnership: Partnership) -> None:
    """Raise PackInPreparation where a draft or a proposal exists."""
    other = partnership.rule_packs.exclude(status=PackStatus.ADOPTED).first()
    if other is not None:
        raise PackInPreparation(_("%(number)s is in preparation. Change that one.") % {"number": other.number})


def check_start(pack: RulePack, at: datetime) -> None:
    """Raise InvalidInput unless the pack begins in the future and after every adopted pack."""
    earliest = earliest_start(pack.partnership, at)
    if pack.effective_from < earliest:
        text = _("Choose %(day)s or a later day: a pack never works backwards.") % {"day": earliest.isoformat()}
        raise InvalidInput(fields={"effective_from": text})


def check(pack: RulePack) -> None:
    """Raise InvalidInput that names every setting that is not right."""
    found = {name: _("At most %(days)s days.") % {"days": LONGEST} for name in DAYS if getattr(pack, name) > LONGEST}
    if pack.electronic_decision_days < 1:
        found["electronic_decision_days"] = _("An electronic decision takes at least one day.")
    if pack.pm_consideration_max_days < pack.pm_consideration_days:
        found["pm_consideration_max_days"] = _("The longest consideration is not shorter than the usual one.")
    if pack.time_zone not in available_timezones():
        found["time_zone"] = _("Choose a time zone by its name, for example Asia/Tokyo.")
    if pack.quorum < 1:
        found["quorum"] = _("At least one member of each side.")
    if found:
        raise InvalidInput(fields=found)


def checklists(pack: RulePack) -> dict[str, list[ChecklistItem]]:
    """Return the checklist of every kind of case that has one, in their order."""
    lists: dict[str, list[ChecklistItem]] = {}
    for item in pack.checklist.order_by("kind", "order"):
        lists.setdefault(item.kind, []).append(item)
    return lists


def differences(before: RulePack, after: RulePack) -> list[Difference]:
    """Return what differs between two packs, in the order of the screen."""
    found = [
        Difference(label_of(name), shown(before, name), shown(after, name))
        for name in SETTINGS
        if getattr(before, name) != getattr(after, name)
    ]
    old, new = checklists(before), checklists(after)
    for kind, label in CaseKind.choices:
        pairs = zip_longest(map(str, old.get(kind, [])), map(str, new.get(kind, [])), fillvalue="")
        title = _("Checklist: %(kind)s") % {"kind": label}
        found += [Difference(title, one, other) for one, other in pairs if one != other]
    return found


def comes(pack: RulePack, at: datetime) -> bool:
    """Return whether a pack is not in force yet: in preparation, or adopted for a later day."""
    return pack.status != PackStatus.ADOPTED or pack.effective_from > at.date()


def settings_shown(pack: RulePack) -> list[Setting]:
    """Return every setting in words, in the order of the screen."""
    return [Setting(label_of(name), shown(pack, name), unit_of(pack, name)) for name in SETTINGS]


def unit_of(pack: RulePack, name: str) -> str:
    """Return in what a setting is counted."""
    if name not in DAYS:
        return ""
    return ngettext("calendar day", "calendar days", getattr(pack, name))


def checklists_shown(pack: RulePack) -> list[tuple[str, list[ChecklistItem]]]:
    """Return the checklists with the name of the kind of case, in the order of the project cycle."""
    lists = checklists(pack)
    return [(str(label), lists[kind]) for kind, label in CaseKind.choices if kind in lists]


def label_of(name: str) -> str:
    """Return what a setting is called."""
    label = str(RulePack._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def shown(pack: RulePack, name: str) -> str:
    """Return the value of a setting in words."""
    value = getattr(pack, name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    display = getattr(pack, f"get_{name}_display", None)
    return str(display() if display else value)
