"""Trying a methodology with numbers of one's own: a form made from its definition, and one calendar year's result."""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from methodologies.engine.calculate import by_year
from methodologies.engine.definition import Definition, DefinitionError, Dimension, Parameter
from methodologies.engine.evaluate import Key
from methodologies.engine.reading import decimal_text
from methodologies.explanation import YearExplained, explained_year
from methodologies.rules import in_words
from methodologies.workbook import Content, Measured, sums

MOST_MEMBERS = 10
YEAR = 2024  # which one does not matter: it is the only one


class CalculatorForm(forms.Form):
    """A number for each parameter that is monitored or fixed ex ante, for each member of its dimensions."""

    def __init__(self, definition: Definition, data: Mapping[str, str]) -> None:
        self.definition = definition
        self.members = {each.symbol: _members(each, data) for each in definition.dimensions}
        entered = self._names() <= set(data)
        super().__init__(data if entered else None, initial=dict(data))
        for dimension in definition.dimensions:
            if not dimension.members:
                self.fields[_counter(dimension)] = _count(dimension, len(self.members[dimension.symbol]))
        for parameter, key in self._asked():
            self.fields[_name(parameter, key)] = _field(parameter, key)

    def _asked(self) -> Iterator[tuple[Parameter, Key]]:
        for parameter in self.definition.parameters:
            if parameter.kind in {"monitored", "fixed"}:
                for key in product(*(self.members[dimension] for dimension in parameter.over)):
                    yield parameter, key

    def _names(self) -> set[str]:
        return {_name(parameter, key) for parameter, key in self._asked()}

    def content(self, title: str) -> Content:
        """Return what was entered, as the content of a workbook."""
        readings, fixed = [], dict[str, Any]()
        for parameter, key in self._asked():
            value: Fraction | str = self.cleaned_data[_name(parameter, key)]
            if parameter.kind == "monitored":
                assert isinstance(value, Fraction)
                readings.append(Measured(date(YEAR, 1, 1), parameter.symbol, key, "", value))
            elif parameter.over:
                fixed.setdefault(parameter.symbol, {})[key] = value
            else:
                fixed[parameter.symbol] = value
        return Content(title, self.definition, fixed, readings, self.members)

    def result(self) -> YearExplained | None:
        """Return the year's result, or None after saying on the form why there is none."""
        entered = self.content("")
        try:
            (year,) = by_year(self.definition, readings=sums(entered), fixed=entered.fixed, members=entered.members)
        except DefinitionError as problem:
            self.add_error(None, in_words(problem))
            return None
        return explained_year(self.definition, year)


class _Decimal(forms.CharField):
    """An exact decimal within the bounds of its parameter."""

    def __init__(self, parameter: Parameter, **kwargs: Any) -> None:
        super().__init__(max_length=26, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)
        self.parameter = parameter

    def clean(self, value: Any) -> Fraction:
        parameter = self.parameter
        try:
            number = decimal_text(super().clean(value), where=parameter.symbol)
        except DefinitionError as problem:
            raise forms.ValidationError(in_words(problem)) from problem
        low, high = parameter.minimum, parameter.maximum
        if (low is not None and number < low) or (high is not None and number > high):
            bounds = {"low": "–" if low is None else float(low), "high": "–" if high is None else float(high)}
            raise forms.ValidationError(_("This is not between %(low)s and %(high)s.") % bounds)
        return number


def _members(dimension: Dimension, data: Mapping[str, str]) -> tuple[str, ...]:
    given = data.get(_counter(dimension), "1")
    count = int(given) if given.isascii() and given.isdigit() else 1
    return dimension.members or tuple(str(number) for number in range(1, min(max(count, 1), MOST_MEMBERS) + 1))


def _counter(dimension: Dimension) -> str:
    return f"{dimension.symbol}-count"


def _name(parameter: Parameter, key: Key) -> str:
    return "-".join((parameter.symbol, *key))


def _count(dimension: Dimension, present: int) -> forms.Field:
    label = _("How many of each: %(dimension)s") % {"dimension": dimension.name or dimension.symbol}
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_MEMBERS, initial=present)


def _field(parameter: Parameter, key: Key) -> forms.Field:
    index = f" ({', '.join(key)})" if key else ""
    unit = f" [{parameter.unit}]" if parameter.unit not in {"1", "-", "–"} else ""
    label, help_text = f"{parameter.symbol}{index}{unit}", parameter.name
    if parameter.choices:
        choices = [(choice, choice) for choice in parameter.choices]
        return forms.ChoiceField(label=label, help_text=help_text, choices=choices)
    default = parameter.defaults.get(key[0]) if parameter.defaults else None
    text = parameter.default_text if default is None else f"{float(default):f}".rstrip("0").rstrip(".")
    return _Decimal(parameter, label=label, help_text=help_text, initial=text)
