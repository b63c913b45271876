"""Public inputs: sent without an account, confirmed by a link, moderated and answered on the case's page."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import spreadsheets
from core.answers import attempt, posted
from core.errors import DomainError
from core.files import file_response
from core.requests import client_address, form_refused, signed_in
from core.services import StoredFile
from parties import casework, policies, services
from parties.errors import LinkExpired
from parties.forms.cases import InputForm
from parties.models import Case, PublicInput
from parties.views.cases import case_of
from parties.workflow import InputStatus

HEAD = (
    "reference", "sent_at", "name", "organisation", "country", "section", "text", "attachment", "reply", "replied_at",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def input_new(request: HttpRequest, number: str) -> HttpResponse:
    """Anybody says something about a case; the address is confirmed by e-mail."""
    case = case_of(request, number)
    call = casework.call_of(case)
    if call is None:
        raise Http404
    about = {"section": request.GET.get("section", "")}
    form = InputForm(posted(request), request.FILES or None, kind=case.kind, initial=about)
    if request.method == "POST" and form.is_valid():
        try:
            if not form.cleaned_data["website"]:  # a program filled what people do not see: it is told nothing
                services.input_send(
                    call_id=call.pk,
                    content=form.content(),
                    attachment=form.cleaned_data["attachment"],
                    sender=_sender(request),
                    at=timezone.now(),
                )
        except DomainError as refusal:
            form_refused(form, refusal)
        else:
            return render(request, "parties/input_sent.html", {"case": case})
    context = {"case": case, "call": call, "call_open": call.takes_inputs(timezone.now()), "form": form}
    return render(request, "parties/input_new.html", context)


def _sender(request: HttpRequest) -> str:
    return salted_hmac("public input", client_address(request)).hexdigest()


@require_http_methods(["GET", "POST"])
def input_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the e-mail: a button, since programs open links too, then the receipt."""
    if request.method != "POST":
        return render(request, "parties/input_confirm.html")
    try:
        made = services.input_confirm(token=token, at=timezone.now())
    except LinkExpired as refusal:
        return render(request, "parties/input_confirm.html", {"refusal": refusal}, status=404)
    return render(request, "parties/input_confirm.html", {"input": made})


@require_safe
def inputs_csv(request: HttpRequest, number: str) -> HttpResponse:
    """The published inputs with their replies, all or those on one section."""
    case = case_of(request, number)
    rows = [
        (
            made.reference, made.sent_at.isoformat(), made.name, made.organisation, made.country, made.section,
            made.text, made.attachment_name, made.reply, made.replied_at.isoformat() if made.replied_at else "",
        )
        for made in casework.inputs_public(case, section=request.GET.get("section", ""))
    ]  # fmt: skip
    content = spreadsheets.csv_file([HEAD, *rows])
    return spreadsheets.download(f"public-inputs-{case.number}", "csv", content, at=timezone.now())


@require_safe
def input_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The attachment: of a published input for everybody, of the others for the secretariat."""
    case = case_of(request, number)
    serves = policies.is_secretariat(request.user, case.partnership, at=timezone.now())
    found = casework.inputs_public(case)
    if serves:
        found = PublicInput.objects.filter(call__case=case).exclude(status=InputStatus.UNCONFIRMED)
    made = get_object_or_404(found.exclude(attachment_sha256=""), pk=pk)
    attached = StoredFile(made.attachment_name, made.attachment_type, made.attachment_size, made.attachment_sha256)
    return file_response(request, attached)


@login_required
@require_POST
def input_publish(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The secretariat shows an input to everybody."""
    return _moderate(
        request, number, pk, services.input_publish, done=_("The input is published."),
    )  # fmt: skip


@login_required
@require_POST
def input_refuse(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The secretariat does not publish an input, or takes it away, with a reason."""

    def refuse(**given: object) -> PublicInput:
        return services.input_refuse(reason=request.POST.get("reason", ""), **given)  # type: ignore[arg-type]

    return _moderate(request, number, pk, refuse, done=_("The input is not published."))


def _moderate(
    request: HttpRequest, number: str, pk: int, act: Callable[..., PublicInput], *, done: str
) -> HttpResponse:
    now, user, case = timezone.now(), signed_in(request), case_of(request, number)
    if not policies.is_secretariat(user, case.partnership, at=now):
        raise PermissionDenied
    made = _confirmed(case, pk)
    return attempt(request, lambda: act(input_id=made.pk, actor=user, at=now), done=done, to=case.get_absolute_url())


def _confirmed(case: Case, pk: int) -> PublicInput:
    return get_object_or_404(PublicInput.objects.exclude(status=InputStatus.UNCONFIRMED), call__case=case, pk=pk)


@login_required
@require_POST
def input_reply(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The proponent or the secretariat answers a published input."""
    now, user, case = timezone.now(), signed_in(request), case_of(request, number)
    made = get_object_or_404(casework.inputs_public(case), pk=pk)
    return attempt(
        request,
        lambda: services.input_reply(input_id=made.pk, text=request.POST.get("text", ""), actor=user, at=now),
        done=_("The reply is published."),
        to=case.get_absolute_url(),
    )
