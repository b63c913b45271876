"""The deadlines of a person: as a page, and as a calendar that other programs follow."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Alarm, Calendar, Event

from core import desk
from core.inbox import Item
from core.models import Desk
from core.requests import signed_in
from jcm.inbox import items_for

HOUR = timedelta(hours=1)


class DigestForm(forms.Form):
    """How often a letter lists what waits."""

    digest = forms.ChoiceField(
        label=gettext_lazy("Digest by e-mail"), choices=Desk.Digest.choices, widget=forms.RadioSelect
    )


def with_deadline(items: Iterable[Item]) -> list[Item]:
    """Keep what has a deadline, the next one first."""
    return [item for item in items if item.due_at is not None]


@login_required
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Show my deadlines and how they reach me; a POST chooses the digest."""
    user, now = signed_in(request), timezone.now()
    mine = Desk.objects.filter(user=user).first() or Desk(user=user)
    form = DigestForm(request.POST if request.method == "POST" else None, initial={"digest": mine.digest})
    if request.method == "POST" and form.is_valid():
        desk.digest_choose(user=user, digest=form.cleaned_data["digest"])
        messages.success(request, _("Your choice is saved."))
        return redirect("calendar")
    address = ""
    if mine.calendar_key:
        address = settings.SITE_URL + reverse("calendar-feed", args=[mine.calendar_key])
    context = {"items": with_deadline(items_for(user, at=now)), "address": address, "form": form, "now": now}
    return render(request, "jcm/calendar.html", context)


@login_required
@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """Make an address for my calendar, or a new one in place of the old."""
    desk.calendar_renew(user=signed_in(request))
    messages.success(request, _("Your calendar has an address of its own. Keep it to yourself."))
    return redirect("calendar")


@login_required
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Take the address away."""
    desk.calendar_close(user=signed_in(request))
    messages.success(request, _("The address no longer answers."))
    return redirect("calendar")


@require_safe
def feed(_request: HttpRequest, key: str) -> HttpResponse:
    """Answer a calendar program, which knows no sign-in but the address."""
    mine = get_object_or_404(Desk.objects.select_related("user"), calendar_key=key, user__is_active=True)
    now = timezone.now()
    with translation.override(mine.user.language):
        content = ics(with_deadline(items_for(mine.user, at=now)), at=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    return response


def ics(items: Iterable[Item], *, at: datetime) -> bytes:
    """Write deadlines as RFC 5545: an hour that ends with the deadline, with a reminder the day before."""
    found = Calendar()
    found.add("prodid", "-//Joint Crediting Mechanism//Registry//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", _("Deadlines of the Joint Crediting Mechanism"))
    host = urlsplit(settings.SITE_URL).hostname
    for item in items:
        assert item.due_at is not None
        entry = Event()
        # The same matter keeps its entry when its deadline moves.
        identity = hashlib.sha256(f"{item.url} {item.kind}".encode()).hexdigest()[:32]
        entry.add("uid", f"{identity}@{host}")
        entry.add("summary", f"{item.kind}: {item.title}")
        entry.add("url", settings.SITE_URL + item.url)
        entry.add("dtstamp", at)
        entry.add("dtstart", item.due_at - HOUR)
        entry.add("dtend", item.due_at)
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", item.kind)
        reminder.add("trigger", timedelta(days=-1))
        entry.add_component(reminder)
        found.add_component(entry)
    content: bytes = found.to_ical()
    return content
