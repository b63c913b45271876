"""countries.csv: partner countries and the day of each bilateral document.

What the system knows of a country is reference data that its administrators keep: the file adds the countries that
are missing, and a day that differs is reported and left, since lists disagree by a day (jcm.md 4.1).
"""

from collections.abc import Hashable

from django.utils.text import slugify
from django.utils.translation import gettext as _

from jcm.importer.loader import CREATED, UNCHANGED, Loaded, Loader
from jcm.importer.table import Refused, Row
from parties.models import JAPAN, Country, Partnership
from registry import reference


class Countries(Loader):
    """Adds the partner countries that the reference data lacks."""

    name = "countries"
    columns = ("name_en", "name_ja", "iso2", "iso3", "jcm_code", "signed_date")

    def identity(self, row: Row) -> Hashable:
        return row.required("iso2")

    def load(self, row: Row) -> Loaded:
        iso2, iso3 = self._codes(row)
        signed_on = row.day("signed_date")
        if signed_on is None:
            raise Refused("signed_date", _("A partnership needs the date of its bilateral document."))
        known = self.partnerships.get(iso2)
        if known is None:
            return Loaded(CREATED, self._create(row, iso2, iso3, Partnership(signed_on=signed_on)))
        if known.host.iso3 != iso3:
            raise Refused("iso3", _("%(iso2)s is %(iso3)s.") % {"iso2": iso2, "iso3": known.host.iso3})
        if known.signed_on != signed_on:
            row.differs("signed_date", _("%(day)s is recorded and was kept.") % {"day": known.signed_on})
        return Loaded(UNCHANGED, known)

    def _codes(self, row: Row) -> tuple[str, str]:
        codes = {"iso2": 2, "iso3": 3}
        for column, length in codes.items():
            text = row.required(column)
            if not (len(text) == length and text.isascii() and text.isalpha() and text.isupper()):
                raise Refused(column, _("“%(text)s” is not a country code.") % {"text": text[:40]})
        if row.text("iso2") == JAPAN:
            raise Refused("iso2", _("Japan is the other side of every partnership."))
        if row.text("jcm_code") != row.text("iso2"):
            raise Refused("jcm_code", _("Numbers start with the country's ISO code; another code is not supported."))
        return row.text("iso2"), row.text("iso3")

    def _create(self, row: Row, iso2: str, iso3: str, partnership: Partnership) -> Partnership:
        name = row.required("name_en", limit=80)
        partnership.host = Country.objects.create(
            iso2=iso2,
            iso3=iso3,
            slug=slugify(name),
            name_en=name,
            name_ja=row.required("name_ja", limit=80),
            time_zone="UTC",
        )
        row.lacks("iso2", _("The file has no time zone; deadlines count in UTC until it is set."))
        partnership.acquirer = Country.objects.get(iso2=JAPAN)
        partnership.save()
        reference.load()  # the new Party's rule pack, registry and accounts
        return partnership
