"""Template filters and tags that every page uses; loaded as builtins, so no template has to ask for them."""

import json
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

register = template.Library()

# "22 November 2026" is read alike on every continent; other languages keep their own form.
DAY_FORMAT = "j F Y"
NBSP = "\u00a0"
NOTHING = "–"

# The colour of a state. Colour only repeats what the text says, so an unknown state is simply grey.
TONES = {
    "success": """active adopted approved authorized completed confirmed decided designated done effective executed
        final issued met passed positive published registered resolved settled valid validated verified yes""",
    "progress": """accepted announced assigned considered current deciding deliberating in_progress notified on_agenda
        open processing received registration_requested requested review reviewing running scheduled submitted
        under_review validation verification voting""",
    "warning": """action_needed awaiting_authorization due estimated expiring frozen incomplete on_hold paused pending
        proposed returned suspended waiting""",
    "danger": """cancelled deleted denied expired failed invalid negative not_met objected overdue refused rejected
        revoked terminated""",
    "info": "new retired superseded transferred used",
}
TONE_OF = {state: name for name, states in TONES.items() for state in states.split()}


@register.filter
def number(value: object) -> str:
    """Group the digits of a number: 129320 becomes 129,320; nothing becomes a dash."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, (int, float, Decimal)):
        return str(number_format(value, force_grouping=True))
    return str(value)


@register.filter
def tonnes(value: object) -> str:
    """Write whole tonnes of CO2 equivalent, unbroken: 129,320 t."""
    text = number(value)
    return text if text == NOTHING else f"{text}{NBSP}t"


@register.filter
def tone(state: object) -> str:
    """Choose the colour of a status tag from the name of the state."""
    key = str(state).lower().replace("-", "_").replace(" ", "_")
    return TONE_OF.get(key, "neutral")


@register.filter
def state_label(state: object) -> str:
    """Put a state's machine name in words, translated where a translation exists."""
    text = str(state).replace("_", " ").replace("-", " ")
    return gettext(text[:1].upper() + text[1:]) if text else ""


@register.filter
def date_iso(value: object) -> str:
    """Write a day as 2026-11-22 and a moment as 2026-11-22T14:00:00+00:00."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else ""


def _day_format() -> str:
    return DAY_FORMAT if (get_language() or "en").startswith("en") else "DATE_FORMAT"


@register.filter
def day(value: object) -> SafeString | str:
    """Show a day in the reader's language, marked up for machines."""
    if not isinstance(value, date):
        return NOTHING
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    iso = local.date().isoformat() if isinstance(local, datetime) else local.isoformat()
    return format_html('<time datetime="{}">{}</time>', iso, date_format(local, _day_format()))


@register.filter
def day_text(value: date) -> str:
    """Write a day in the reader's language without mark-up, for letters."""
    return date_format(value, _day_format())


@register.filter
def moment(value: object) -> SafeString | str:
    """Show a moment in UTC, marked up for machines."""
    return zone_time(value, "UTC", "UTC")


@register.simple_tag
def zone_time(value: object, zone: str, place: str = "") -> SafeString | str:
    """Show a moment on the clock of one place: `{% zone_time until "Asia/Tokyo" _("Tokyo") %}`."""
    if not isinstance(value, datetime):
        return NOTHING
    local = value.astimezone(ZoneInfo(zone))
    text = f"{date_format(local, _day_format())} {local:%H:%M}"
    name = place or zone.rpartition("/")[2].replace("_", " ")
    return format_html('<time datetime="{}">{} ({})</time>', date_iso(local), text, name)


@register.filter
def days_left(until: object, now: datetime | None = None) -> int | None:
    """Count whole days from now to a deadline; negative once it has passed."""
    if not isinstance(until, datetime):
        return None
    return (until - (now or timezone.now())).days


@register.simple_tag
def icon(name: str, label: str = "", size: int = 20) -> SafeString:
    """Draw one icon of the sprite; decorative, unless a label says what it means."""
    naming = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" {1} focusable="false"><use href="{2}#{3}"></use></svg>',
        size,
        naming,
        static("icons/sprite.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def query_replace(context: Context, **changes: object) -> str:
    """Keep the page's query string but change some keys; None removes one. Gives `?…` for a link."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else {}
    pairs = [
        (key, value)
        for key in query
        if key not in changes
        for value in (query.getlist(key) if hasattr(query, "getlist") else [query[key]])
    ]
    pairs += [(key, str(value)) for key, value in changes.items() if value is not None and value != ""]
    return f"?{urlencode(pairs)}"


@register.simple_tag(takes_context=True)
def sort_state(context: Context, field: str) -> dict[str, str]:
    """Say how a list is sorted by this field now (`aria`) and what the heading's link asks for (`next`)."""
    request = context.get("request")
    current = str(request.GET.get("sort", "")) if request is not None else ""
    if current == field:
        return {"aria": "ascending", "next": f"-{field}", "icon": "arrow-up"}
    if current == f"-{field}":
        return {"aria": "descending", "next": field, "icon": "arrow-down"}
    return {"aria": "", "next": field, "icon": "arrow-down-up"}


@register.filter
def lines(value: object) -> list[str]:
    """Split text written as `a|b|c` into a list, for short attribute values of components."""
    return [part.strip() for part in str(value).split("|") if part.strip()]


@register.filter
def get(mapping: object, key: object) -> object:
    """Read one key of a mapping whose name is only known at run time."""
    return mapping.get(key) if isinstance(mapping, dict) else None


@register.filter
def said(value: object) -> str:
    """Write a value of a record as it is kept: text as it is, anything else as JSON, nothing as a dash."""
    if value is None:
        return NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def pairs(mapping: object) -> list[tuple[str, object]]:
    """List (key, value) of a mapping; `mapping.items` would be the key of this name where there is one."""
    return list(mapping.items()) if isinstance(mapping, dict) else []


@register.filter
def differences(before: object, after: object) -> list[tuple[str, str, str]]:
    """List (column, before, after) of a changed row by column; a row that came or went lacks one side."""
    old, new = (side if isinstance(side, dict) else {} for side in (before, after))
    return [(name, said(old.get(name)), said(new.get(name))) for name in sorted({*old, *new})]


@register.simple_tag(takes_context=True)
def current(context: Context, url: str, *, exact: bool = False) -> SafeString:
    """Mark a navigation link whose page, or a page below it, is shown."""
    request = context.get("request")
    path = request.path if request is not None else ""
    if path == url:
        return SafeString('aria-current="page"')
    below = not exact and url not in ("", "/") and path.startswith(url)
    return SafeString('aria-current="true"') if below else SafeString("")


@register.filter
def marks_optional(field: BoundField) -> bool:
    """Say whether a field should carry the word "optional": only where its neighbours are required."""
    return not field.field.required and any(each.required for each in field.form.fields.values())


@register.filter
def filled(text: object) -> bool:
    """Say whether a slot holds anything but blanks and line ends."""
    return bool(str(text or "").strip())
