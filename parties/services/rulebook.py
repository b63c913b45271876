"""Rule documents: drafted as a set by the secretariat, adopted as one item (jcm.md 2.5)."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from core import events
from core.errors import InvalidInput, TransitionRefused
from core.findings import enforce
from core.models import User
from core.services import MEDIA_TYPES, document_file
from core.texts import Unreadable, text_of
from parties import policies, rules
from parties.decision import DecisionReference
from parties.models import Partnership, RuleDocument, RuleSet
from parties.rulebook import DOCUMENTS
from parties.services.cases import case_move, case_open
from parties.workflow import RULE_SET, CaseKind, RuleSetStatus, Stage


@transaction.atomic
def rule_set_draft(*, partnership: Partnership, title: str, summary: str, actor: User, at: datetime) -> RuleSet:
    """Begin a set of documents. `source` follows the actor. Raises NotPermitted for others than the secretariat."""
    policies.check_is_secretariat(actor, partnership, at=at)
    made = RuleSet.objects.create(
        partnership=partnership,
        title=title,
        summary=summary,
        drafted_by=actor,
        drafted_at=at,
        source=actor.record_source,
    )
    events.emit("rule_set.drafted", made, actor=actor, at=at)
    return made


@transaction.atomic
def rule_document_add(
    *,
    set_id: int,
    code: str,
    version: str,
    actor: User,
    at: datetime,
    title: str = "",
    effective_from: date | None = None,
    file: "UploadedFile[bytes] | None" = None,
    text: str = "",
) -> RuleDocument:
    """Put a document into a draft set; the words of a DOCX are read from it where no `text` is given.

    Raises NotPermitted, TransitionRefused once the set is proposed, or InvalidInput that names the field.
    """
    rule_set = _draft(set_id, actor=actor, at=at)
    enforce(rules.r_rule_01(rule_set, code, version), rules.r_rule_02(has_file=file is not None, text=text))
    kind, usual = DOCUMENTS[code]
    made = RuleDocument(
        rule_set=rule_set,
        partnership=rule_set.partnership,
        kind=kind,
        code=code,
        version=version,
        title=title.strip() or str(usual),
        effective_from=effective_from,
        text=text.strip() or _words(file),
    )
    if file is not None:
        made.document = document_file(title=made.label, files={"public": file}, actor=actor, at=at)
    made.save()
    events.emit("rule_document.added", made, actor=actor, at=at, data={"label": made.label})
    return made


def _words(file: "UploadedFile[bytes] | None") -> str:
    if file is None:
        return ""
    name = file.name or ""
    media_type = MEDIA_TYPES.get(name[name.rfind(".") :].lower(), "")
    try:
        return text_of(media_type, file.read())
    except Unreadable as problem:
        raise InvalidInput(fields={"file": _("This file cannot be read. Save it again and retry.")}) from problem
    finally:
        file.seek(0)


@transaction.atomic
def rule_document_remove(*, document_id: int, actor: User, at: datetime) -> RuleSet:
    """Take a document out of a draft set. Raises NotPermitted or TransitionRefused."""
    document = RuleDocument.objects.select_related("partnership__host").get(pk=document_id)
    rule_set = _draft(document.rule_set_id, actor=actor, at=at)
    label = document.label
    document.delete()
    events.emit("rule_document.removed", rule_set, actor=actor, at=at, data={"label": label})
    return rule_set


def _draft(set_id: int, *, actor: User, at: datetime) -> RuleSet:
    rule_set = _locked(set_id)
    policies.check_is_secretariat(actor, rule_set.partnership, at=at)
    if rule_set.status != RuleSetStatus.DRAFT:
        raise TransitionRefused(action="change", state=rule_set.status)
    return rule_set


@transaction.atomic
def rule_set_propose(*, set_id: int, actor: User, at: datetime) -> RuleSet:
    """Put a set on the agenda of the Joint Committee.

    Raises NotPermitted, TransitionRefused, or InvalidInput for a set without documents.
    """
    rule_set = _locked(set_id)
    policies.check_is_secretariat(actor, rule_set.partnership, at=at)
    rule_set.status = RULE_SET.next_state("propose", state=rule_set.status)
    enforce(rules.r_rule_03(rule_set))
    rule_set.case = case_open(
        partnership=rule_set.partnership,
        kind=CaseKind.RULE_ADOPTION,
        title=rule_set.title,
        url=rule_set.get_absolute_url(),
        stage=Stage.CONSIDERATION,
        actor=actor,
        at=at,
    )
    rule_set.save()
    events.emit("rule_set.proposed", rule_set, actor=actor, at=at)
    return rule_set


@transaction.atomic
def rule_set_withdraw(*, set_id: int, actor: User, at: datetime) -> RuleSet:
    """Take a set back before the Joint Committee decides. Raises NotPermitted or TransitionRefused."""
    rule_set = _locked(set_id)
    policies.check_is_secretariat(actor, rule_set.partnership, at=at)
    rule_set.status = RULE_SET.next_state("withdraw", state=rule_set.status)
    rule_set.save()
    case_move(case_id=rule_set.case_id, stage=Stage.WITHDRAWN, actor=actor, at=at)
    events.emit("rule_set.withdrawn", rule_set, actor=actor, at=at)
    return rule_set


@transaction.atomic
def rule_documents_adopt(*, set_id: int, decision: DecisionReference, at: datetime) -> RuleSet:
    """Carry out the adoption: each document is in force from its day on and supersedes the version before.

    Raises TransitionRefused, or InvalidInput where a version was adopted meanwhile.
    """
    rule_set = _locked(set_id)
    target = RULE_SET.next_state("adopt", state=rule_set.status)
    for document in rule_set.documents.select_for_update(of=("self",)).select_related("partnership__host"):
        enforce(rules.r_rule_01(rule_set, document.code, document.version, own=document.pk))
        document.supersedes = latest(rule_set.partnership, document.code)
        document.effective_from = document.effective_from or decision.adopted_on
        document.save(update_fields=["supersedes", "effective_from"])
    return _decided(rule_set, target, "rule_set.adopted", decision=decision, at=at)


@transaction.atomic
def rule_documents_deny(*, set_id: int, decision: DecisionReference, reason: str, at: datetime) -> RuleSet:
    """Record that the Joint Committee did not adopt a set. Raises TransitionRefused, InvalidInput."""
    rule_set = _locked(set_id)
    target = RULE_SET.next_state("deny", state=rule_set.status)
    enforce(rules.r_reason(reason))
    rule_set.status_reason = reason.strip()
    return _decided(rule_set, target, "rule_set.denied", decision=decision, at=at)


def latest(partnership: Partnership, code: str) -> RuleDocument | None:
    """Return the newest adopted version of a document."""
    adopted = RuleDocument.objects.filter(partnership=partnership, code=code, rule_set__status=RuleSetStatus.ADOPTED)
    return adopted.order_by("-version").first()


def _decided(rule_set: RuleSet, target: str, event: str, *, decision: DecisionReference, at: datetime) -> RuleSet:
    rule_set.status, rule_set.decided_on = target, decision.adopted_on
    rule_set.decision_number = decision.number
    rule_set.save()
    case_move(case_id=rule_set.case_id, stage=Stage.DECIDED, reason=decision.number, actor=None, at=at)
    events.emit(event, rule_set, actor=None, at=at, data={"decision": decision.number})
    return rule_set


def _locked(set_id: int) -> RuleSet:
    related = RuleSet.objects.select_related("partnership__host", "partnership__acquirer")
    return related.select_for_update(of=("self",)).get(pk=set_id)
