"""The gallery of components at /design/, with sample data of its own: nothing here comes from the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from jcm import charts, maps

SAMPLE_PLACES = [
    ("VN", "Viet Nam", 54),
    ("MN", "Mongolia", 13),
    ("PW", "Palau", 4),
    ("CL", "Chile", 1),
    ("SN", "Senegal", 0),
]
SAMPLE_ROWS = [
    {
        "number": "MN004",
        "title": "10 MW solar power plant",
        "country": "Mongolia",
        "state": "registered",
        "issued": 43012,
    },
    {
        "number": "VN017",
        "title": "Efficient transformers",
        "country": "Viet Nam",
        "state": "validation",
        "issued": 7972,
    },
    {
        "number": "ID901",
        "title": "Waste heat recovery",
        "country": "Indonesia",
        "state": "withdrawn",
        "demonstration": True,
    },
]


class SampleForm(forms.Form):
    """Every kind of field that the pages use."""

    title = forms.CharField(label=_("Project title"), help_text=_("As on the project design document."))
    tonnes = forms.IntegerField(
        label=_("Emission reductions"), min_value=1, help_text=_("Whole tonnes of CO₂ equivalent.")
    )
    start = forms.DateField(label=_("Start of operation"), widget=forms.DateInput(attrs={"type": "date"}))
    scope = forms.ChoiceField(label=_("Sectoral scope"), choices=[("1", _("Energy industries")), ("13", _("Waste"))])
    vote = forms.ChoiceField(
        label=_("Your answer"), widget=forms.RadioSelect, choices=[("yes", _("Agree")), ("no", _("Object"))]
    )
    areas = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple, choices=[("en", "English"), ("ja", "日本語")]
    )
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    report = forms.FileField(label=_("Monitoring report"), required=False)
    sure = forms.BooleanField(label=_("I have read the rules of the partnership"))


class Gallery(TemplateView):
    """Show each component once, so that a change of style is seen everywhere at once."""

    template_name = "design/gallery.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add sample forms, charts and a map."""
        now = timezone.now()
        refused = SampleForm({"tonnes": "-5", "scope": "1", "vote": "yes"}, auto_id="refused_%s")
        refused.is_valid()
        return super().get_context_data(
            **kwargs,
            form=SampleForm(),
            refused=refused,
            filter={"form": _Filter(auto_id="filter_%s")},
            rows=SAMPLE_ROWS,
            previous_url="?cursor=a",
            next_url="?cursor=b",
            soon=now + timedelta(days=2, hours=3),
            later=now + timedelta(days=19),
            over=datetime(2026, 1, 31, 15, tzinfo=UTC),
            when=datetime(2026, 11, 22, 9, tzinfo=UTC),
            map=_map(),
            bars=charts.bars(
                [(name, count) for _code, name, count in SAMPLE_PLACES],
                label_heading=str(_("Country")),
                value_heading=str(_("Projects")),
            ),
            columns=charts.columns(
                [str(year) for year in range(2016, 2027)],
                [
                    (str(_("Japan")), [40, 1200, 3100, 2800, 5200, 4100, 9400, 8800, 12_000, 15_300, 9000]),
                    (str(_("Partner countries")), [9, 700, 1500, 1400, 2600, 1900, 4700, 4200, 6100, 7400, 4800]),
                ],
                heading=str(_("Year")),
                unit="t",
            ),
        )


class _Filter(forms.Form):
    country = forms.ChoiceField(label=_("Country"), required=False, choices=[("", _("All")), ("vn", _("Viet Nam"))])
    status = forms.MultipleChoiceField(
        label=_("Status"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("registered", _("Registered")), ("validation", _("Validation"))],
    )


def _map() -> maps.WorldMap:
    named = {code: (name, count) for code, name, count in SAMPLE_PLACES}
    places = [maps.Place("JP", "Japan", role="japan")]
    for code in sorted(maps.country_codes() - {"JP"}):
        name, count = named.get(code, (code, 0))
        places.append(maps.Place(code, f"{name}: {count}", "#map", count))
    return maps.world_map(places)
