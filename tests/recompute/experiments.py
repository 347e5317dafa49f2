"""The numbers of Monte-Carlo experiments: estimates, and what theory says beside them."""

import re
from fractions import Fraction

import theory
import values
from chains import equals, is_literal, literal_value, rounds
from evaluate import Evaluator
from evaluate import constant as of_constants
from mathml import Call, Chain, Sym, literals, read_formula
from values import Undefined, Unknown

MEASURES = re.compile(
    r"active units|dead units|mean of the|mean square of the|standard deviation of the|gradient norm|"
    r"typical value|standard error|spread from|density|‖∂L/∂"
)
BOUNDS = ("count", "from", "to", "95 % from", "95 % to")


def check(page, result, runs=None):
    """Marks estimates; checks theory where it can be computed, and the numbers of initializers."""
    for table in page.tables:
        head = [block.context() for block in table.head]
        if any(MEASURES.search(text) for text in head) and not head[0].startswith("iteration"):
            if runs:
                theories(page, table, head, runs.scenario, result)
            experiment(page, table, head)
    variances = []
    for block in page.blocks:
        found = initializer(page, block, result)
        variances += [found] if found is not None else []
        if block.prose().startswith("Theory: for a fixed input"):
            pre_activation(page, block, variances, result)


def experiment(page, table, head):
    for row in table.rows:
        for block, title in zip(row, head):
            measured = MEASURES.search(title) or "theory" in title or title in BOUNDS
            for number in numbers_of(page, block):
                number.settle("estimate" if measured else "counter", "theory" if "theory" in title else title)
    for block in table.head:
        for number in numbers_of(page, block):
            number.settle("counter", "part of a heading")


def numbers_of(page, block):
    """The numbers of a cell, those of its text and those of its formulas."""
    return block.numbers + [page.of_element[element] for math in block.math() for element in math.find("mn")]


def theories(page, table, head, scenario, result):
    """Checks the columns of theory that follow from the scenario."""
    measure = None
    for column, title in enumerate(head):
        if title.startswith("density in theory"):
            densities(page, table, head, column, scenario)
        elif title == "theory" and measure in theory.ONE_LAYER:
            one_layer(page, table, column, measure, scenario)
        elif title == "theory" and "layer" in head and measure and "standard deviation of the" in measure:
            layers(page, table, head, column, measure.rsplit(" ", 1)[1], scenario, result)
        elif title in theory.ONE_LAYER or title.startswith("standard deviation of the"):
            measure = title


def layers(page, table, head, column, measure, scenario, result):
    """A column with a row for each layer, for each case."""
    cases, name = {}, ""
    for row in table.rows:
        if head[0] != "layer":
            name = row[0].context() or name
        numbers = numbers_of(page, row[column])
        layer = re.search(r"\d+", row[head.index("layer")].context())
        if numbers and layer:
            cases.setdefault(name, []).append((int(layer.group()), numbers))
    for name, rows in cases.items():
        printed = [(layer, *printed_number(numbers)) for layer, numbers in rows]
        if any(theory.explains(net, measure, printed) for net in theory.nets(scenario)):
            for _, numbers in rows:
                for number in numbers:
                    number.settle("theory", f"variance propagation, {name}")
        elif "±" in table.rows[0][column - 1].context():
            result.problems.append(
                f"line {table.element.line}: no net of the scenario has this theory of {measure}: {name}"
            )


def printed_number(numbers):
    """The value and unit of a number in a cell: 0.5588, or 6.30 · 10^{-4} in three tokens."""
    if len(numbers) == 3:
        scale = Fraction(10) ** -int(numbers[2].value)
        return numbers[0].value * scale, numbers[0].unit * scale
    return numbers[0].value, numbers[0].unit


def one_layer(page, table, column, measure, scenario):
    for row in table.rows:
        numbers = numbers_of(page, row[column])
        wanted = [theory.ONE_LAYER[measure](s) for s in theory.one_layer(scenario)]
        if numbers and any(theory.fits(value, *printed_number(numbers)) for value in wanted):
            for number in numbers:
                number.settle("theory", measure)


def densities(page, table, head, column, scenario):
    """The normal density in the middle between the rounded bounds of a row."""
    for row in table.rows:
        bounds = [numbers_of(page, row[head.index(title)])[0] for title in ("from", "to")]
        shown = numbers_of(page, row[column])[0]
        middle = float(sum(number.value for number in bounds)) / 2
        slack = float(sum(number.unit for number in bounds)) / 4
        for s in theory.one_layer(scenario):
            ends = [theory.density(s, middle + side) for side in (-slack, 0, slack)]
            half = float(shown.unit) / 2
            if min(ends) - half <= float(shown.value) <= max(ends) + half:
                shown.settle("theory", "the normal density, as far as the rounded bounds tell")


def initializer(page, block, result):
    """σ beside 𝒩(0, σ²), and the bound beside 𝒰(-a, a)."""
    variance = None
    for formula in block.formulas():
        for row in read_formula(formula, page.of_element).rows:
            for chain in row:
                if not isinstance(chain, Chain):
                    continue
                for member in chain.members:
                    if isinstance(member, Call) and member.name == "𝒩" and len(member.args) == 2:
                        variance = constant(member.args[1]) or variance
                named = isinstance(chain.members[0], Sym) and chain.members[0].name == "σ"
                if (
                    named
                    and variance is not None
                    and is_literal(chain.members[-1])
                    and len(chain.members) == 2
                ):
                    deviation(chain, [variance], block, result)
    return variance


def pre_activation(page, block, variances, result):
    """σ of a pre-activation of weights with one of these variances, for an input with ‖x‖² = n."""
    for formula in block.formulas():
        for row in read_formula(formula, page.of_element).rows:
            for chain in row:
                if (
                    isinstance(chain, Chain)
                    and isinstance(chain.members[0], Sym)
                    and chain.members[0].name == "σ"
                ):
                    sizes = {number.value for other in page.blocks for number in sizes_in(page, other)}
                    options = [
                        values.real_multiply(variance, values.exact(size))
                        for variance in variances
                        for size in sizes
                    ]
                    deviation(chain, options, block, result)


def sizes_in(page, block):
    """The sizes that an experiment's lead names: Here n = 32, m = 16."""
    if "Each row is a Monte-Carlo estimate" not in block.prose():
        return
    for math in block.math():
        for element in math.find("mn"):
            yield page.of_element[element]


def constant(node):
    try:
        return values.scalar(Evaluator(of_constants, lambda literal: values.Real(literal.value)).value(node))
    except (Unknown, Undefined):
        return None


def deviation(chain, variances, block, result):
    found = [values.real_root(variance) for variance in variances]
    if not is_literal(chain.members[-1]):
        return
    if any((rounds if chain.relations[-1] == "≈" else equals)(value, chain.members[-1]) for value in found):
        for literal in literals(chain.members[-1]):
            for number in literal.numbers:
                number.settle("theory", "the root of the variance")
    elif found:
        result.problems.append(
            f"line {block.line}: σ is one of {found}, not {literal_value(chain.members[-1])}"
        )
