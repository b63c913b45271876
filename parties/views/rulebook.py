"""Rule documents: everybody reads what is adopted, the secretariat proposes."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.answers import attempt, posted
from core.errors import DomainError
from core.files import file_response
from core.requests import form_refused, signed_in
from parties import policies, services
from parties.forms.rulebook import RuleDocumentForm, RuleSetForm
from parties.models import Partnership, RuleSet
from parties.selectors import day_of, partnership_list
from parties.selectors import rulebook as selectors
from parties.workflow import RULE_SET


def _partnership(slug: str) -> Partnership:
    partnership: Partnership = get_object_or_404(partnership_list(), host__slug=slug)
    return partnership


@require_safe
def rules(request: HttpRequest, slug: str) -> HttpResponse:
    """The documents of a partnership, with the versions that are in force."""
    partnership, now = _partnership(slug), timezone.now()
    serves = policies.is_secretariat(request.user, partnership, at=now)
    sets = selectors.rule_set_list(viewer=request.user, at=now).filter(partnership=partnership)
    context = {
        "partnership": partnership,
        "books": selectors.books_of(partnership, day_of(partnership, now)),
        "sets": sets,
        "may_propose": serves,
    }
    return render(request, "parties/rules.html", context)


@require_safe
def rule_document(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One document: its versions, and what changed between two of them (?from=03.0&to=04.0)."""
    partnership = _partnership(slug)
    versions = list(selectors.documents_of(partnership).filter(code=code))
    if not versions:
        raise Http404(code)
    after = request.GET.get("to") or versions[0].version
    before = request.GET.get("from") or (versions[1].version if len(versions) > 1 else "")
    passages, problem = selectors.difference(versions, before, after) if before else ([], "")
    context = {
        "partnership": partnership,
        "book": selectors.book_of(code, versions, day_of(partnership, timezone.now())),
        "before": before,
        "after": after,
        "passages": passages,
        "problem": problem,
    }
    return render(request, "parties/rule_document.html", context)


@require_safe
def rule_file(request: HttpRequest, slug: str, code: str, version: str) -> HttpResponseBase:
    """The file of one version; before the adoption only for the committee."""
    now = timezone.now()
    sets = selectors.rule_set_list(viewer=request.user, at=now).filter(partnership__host__slug=slug)
    rendition = selectors.file_in(sets, code, version)
    if rendition is None:
        raise Http404(code)
    return file_response(request, rendition)


@login_required
@require_http_methods(["GET", "POST"])
def rule_set_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a set of documents."""
    partnership, now, user = _partnership(slug), timezone.now(), signed_in(request)
    if not policies.is_secretariat(user, partnership, at=now):
        raise PermissionDenied
    form = RuleSetForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return redirect(services.rule_set_draft(partnership=partnership, **form.cleaned_data, actor=user, at=now))
    return render(request, "parties/rule_set_form.html", {"form": form, "partnership": partnership})


def _set(request: HttpRequest, pk: int) -> RuleSet:
    rule_set: RuleSet = get_object_or_404(selectors.rule_set_list(viewer=request.user, at=timezone.now()), pk=pk)
    return rule_set


@require_http_methods(["GET", "POST"])
def rule_set_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A set with its documents; the secretariat adds to a draft here."""
    rule_set, now = _set(request, pk), timezone.now()
    serves = policies.is_secretariat(request.user, rule_set.partnership, at=now)
    if request.method == "POST" and not serves:
        raise PermissionDenied
    form = RuleDocumentForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.rule_document_add(set_id=pk, **form.cleaned_data, actor=signed_in(request), at=now)
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return redirect(rule_set)
    context = {
        "rule_set": rule_set,
        "documents": rule_set.documents.select_related("partnership__host", "document"),
        "actions": RULE_SET.available(rule_set.status) if serves else [],
        "form": form,
    }
    return render(request, "parties/rule_set.html", context)


@login_required
@require_POST
def rule_set_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a set on the agenda."""
    rule_set, now, user = _set(request, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.rule_set_propose(set_id=pk, actor=user, at=now),
        done=_("The documents are on the Joint Committee's agenda."),
        to=rule_set.get_absolute_url(),
    )


@login_required
@require_POST
def rule_set_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a set back."""
    rule_set, now, user = _set(request, pk), timezone.now(), signed_in(request)
    return attempt(
        request,
        lambda: services.rule_set_withdraw(set_id=pk, actor=user, at=now),
        done=_("The proposed documents are withdrawn."),
        to=rule_set.get_absolute_url(),
    )


@login_required
@require_POST
def rule_document_remove(request: HttpRequest, pk: int, document: int) -> HttpResponse:
    """Take a document out of a draft set."""
    rule_set, now, user = _set(request, pk), timezone.now(), signed_in(request)
    found = get_object_or_404(rule_set.documents, pk=document)
    return attempt(
        request,
        lambda: services.rule_document_remove(document_id=found.pk, actor=user, at=now),
        done=_("The document is removed."),
        to=rule_set.get_absolute_url(),
    )
