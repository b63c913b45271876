"""Reductions per calendar year: floor(RE − PE), once, from the unrounded difference (jcm.md 1.10)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from core.quantities import whole_tonnes
from methodologies.engine.definition import Definition, DefinitionError, Parameter
from methodologies.engine.evaluate import Key, Scope, Value, Values, evaluate
from methodologies.engine.expression import ExpressionError, Node
from methodologies.engine.messages import gettext_noop as _

# Year, symbol, value; and the members it belongs to, where the parameter is over dimensions.
Reading = tuple[int, str, Fraction] | tuple[int, str, Fraction, Key]
# A value fixed ex ante: of all, of each member, or one of the parameter's choices.
Given = Fraction | str | Mapping[Key, Fraction | str]


@dataclass(frozen=True, slots=True)
class YearResult:
    """Emissions of one calendar year in tCO2eq, unrounded, and the whole tonnes that may be credited.

    A negative year gives no credits and is flagged by `negative`. `inputs` has what the equations were computed from.
    """

    year: int
    reference: Fraction
    project: Fraction
    reductions: int
    negative: bool
    inputs: Values = field(default_factory=dict)


def fixed_values(definition: Definition, given: Mapping[str, Given]) -> dict[str, Given]:
    """Return the ex-ante values: those given for the project, else the methodology's defaults.

    Raises DefinitionError where neither exists, or where what is given is none of the choices.
    """
    values: dict[str, Given] = {}
    for parameter in definition.fixed():
        value = given.get(parameter.symbol)
        if value is None:
            value = {(member,): amount for member, amount in parameter.defaults.items()} or parameter.default
        if value is None:
            raise DefinitionError(parameter.symbol, _("No value is fixed ex ante and the methodology has no default."))
        _check_choice(parameter, value)
        values[parameter.symbol] = value
    return values


def _check_choice(parameter: Parameter, value: Given) -> None:
    chosen = value.values() if isinstance(value, Mapping) else [value]
    if parameter.choices and not set(chosen) <= set(parameter.choices):
        choices = ", ".join(parameter.choices)
        raise DefinitionError(parameter.symbol, _("Choose one of %(choices)s."), choices=choices)


def by_year(
    definition: Definition,
    *,
    readings: Iterable[Reading],
    fixed: Mapping[str, Given],
    members: Mapping[str, Sequence[str]] | None = None,
) -> list[YearResult]:
    """Return one result per calendar year that has readings, in order of years.

    `members` names the project's own members of the dimensions whose members the methodology leaves open. Raises
    DefinitionError when an ex-ante value is missing or an equation cannot be evaluated.
    """
    results = []
    for year, scope in scopes(definition, readings=readings, fixed=fixed, members=members or {}).items():
        try:
            reference, project = evaluate(definition.reference, scope), evaluate(definition.project, scope)
        except ExpressionError as problem:
            raise DefinitionError(str(year), problem.message, **problem.values) from problem
        difference = reference - project
        results.append(YearResult(year, reference, project, whole_tonnes(difference), difference < 0, scope.values))
    return results


def scopes(
    definition: Definition,
    *,
    readings: Iterable[Reading],
    fixed: Mapping[str, Given],
    members: Mapping[str, Sequence[str]],
) -> dict[int, Scope]:
    """Return what the symbols mean in each calendar year that has readings, derived values included.

    Raises DefinitionError as `by_year` does.
    """
    of_dimension = {each.symbol: each.members or tuple(members.get(each.symbol, ())) for each in definition.dimensions}
    constants = _constants(definition, fixed_values(definition, fixed), of_dimension)
    years: dict[int, dict[str, Value]] = {}
    found = {}
    for year, measured in sorted(_aggregated(definition, readings).items()):
        values = years[year] = {**constants, **measured}
        past = [(year - each, before) for each, before in sorted(years.items(), reverse=True)]
        found[year] = Scope(values, of_dimension, past)
        try:
            _derive(definition, values, found[year])
        except ExpressionError as problem:
            raise DefinitionError(str(year), problem.message, **problem.values) from problem
    return found


def _aggregated(definition: Definition, readings: Iterable[Reading]) -> dict[int, dict[str, Value]]:
    """Return the sum, or the mean, of each year's readings, by symbol and members."""
    known = {parameter.symbol: parameter for parameter in definition.parameters}
    sums: dict[tuple[int, str, Key], list[Fraction]] = defaultdict(list)
    for year, symbol, value, *rest in readings:
        sums[year, symbol, rest[0] if rest else ()].append(value)
    years: dict[int, dict[str, Value]] = defaultdict(dict)
    for (year, symbol, key), values in sums.items():
        parameter = known.get(symbol)
        total = sum(values, Fraction(0))
        amount = total / len(values) if parameter is not None and parameter.aggregate == "mean" else total
        if parameter is None or not parameter.over:
            years[year][symbol] = amount
        else:
            per_member = years[year].setdefault(symbol, {})
            assert isinstance(per_member, dict)
            per_member[key] = amount
    return years


def _constants(
    definition: Definition, given: Mapping[str, Given], members: Mapping[str, Sequence[str]]
) -> dict[str, Value]:
    """Return the numbers of every year: what is fixed ex ante, and what tables make of it."""
    values: dict[str, Value] = {}
    for parameter in definition.parameters:
        if parameter.kind == "table":
            found = {
                key: _found(parameter, _of(given, parameter, definition, key)) for key in _keys(parameter, members)
            }
            values[parameter.symbol] = found if parameter.over else found[()]
        elif parameter.kind == "fixed" and not parameter.choices:
            values[parameter.symbol] = given[parameter.symbol]  # type: ignore[assignment]
    return values


def _keys(parameter: Parameter, members: Mapping[str, Sequence[str]]) -> Iterator[Key]:
    return product(*(members.get(dimension, ()) for dimension in parameter.over))


def _of(given: Mapping[str, Given], table: Parameter, definition: Definition, key: Key) -> Fraction | str:
    """Return by what a table is looked up for these members."""
    value = given[table.by]
    if not isinstance(value, Mapping):
        return value
    by = next(parameter for parameter in definition.parameters if parameter.symbol == table.by)
    places = [table.over.index(dimension) for dimension in by.over]
    found = value.get(tuple(key[place] for place in places))
    if found is None:
        raise DefinitionError(table.by, _("There is no value for %(symbol)s."), symbol=f"{table.by}[{', '.join(key)}]")
    return found


def _found(table: Parameter, wanted: Fraction | str) -> Fraction:
    for row in table.rows:
        if row.choice == wanted or (isinstance(wanted, Fraction) and (row.below is None or wanted < row.below)):
            return row.value
    raise DefinitionError(table.symbol, _("The table has no row for %(value)s."), value=wanted)


def _derive(definition: Definition, values: dict[str, Value], scope: Scope) -> None:
    """Add the derived values of the year, in their order."""
    for parameter in definition.parameters:
        if parameter.expression is not None:
            found = {
                key: _bound_value(parameter.expression, scope, parameter.over, key)
                for key in _keys(parameter, scope.members)
            }
            values[parameter.symbol] = found if parameter.over else found[()]


def _bound_value(node: Node, scope: Scope, over: tuple[str, ...], key: Key) -> Fraction:
    bound = Scope(scope.values, scope.members, scope.past, dict(zip(over, key, strict=True)), scope.steps)
    return evaluate(node, bound)
