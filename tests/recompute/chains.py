"""Recomputes the chains of a page: a = b = c ≈ d.

What earlier lines define is known to later ones. Where the page prints a rule in symbols and then
the same line with the numbers put in, each number is compared with the name in whose place it
stands, and the whole is computed from the exact values of those names.
"""

import functools
import itertools
import re
from dataclasses import dataclass, field
from fractions import Fraction

import values
from evaluate import CONSTANTS, Evaluator, compare, constant
from mathml import (
    Call,
    Cases,
    Chain,
    Huge,
    Lit,
    Mat,
    Op,
    Sym,
    Tup,
    Unread,
    Words,
    binary,
    children,
    literals,
    show,
    symbols,
)
from values import Real, Undefined, Unknown, around, is_matrix

MOST_COMBINATIONS = 300
# The nodes of a computation graph and their adjoints, which runs know by other names.
GRAPH_NODE = re.compile(r"v_\{\d+\}|bar\(v\)_\{\d+\}|∂L/∂v_\{\d+\}|∂v_\{\d+\}/∂v_\{\d+\}")
# Functions whose derivative at a kink is a convention.
KINKED = {"ReLU", "LeakyReLU", "ELU", "SELU", "ReLU6", "HardTanh", "sgn", "max", "min"}


@dataclass
class Definition:
    """A value of a name, and how it came: given, computed, or carried on as it was printed."""

    value: object
    source: str

    @functools.cached_property
    def key(self):
        """The same for values that are the same: the shape, and 40 digits of each end."""
        value = values.scalar(self.value)
        digits = [
            values.mpmath.nstr(values.mp(end), 40)
            for real in values.entries(value)
            for end in (real.low, real.high)
        ]
        return values.shape(value), tuple(digits)


@dataclass
class Problem:
    line: int
    chain: object
    what: str

    def __str__(self):
        return f"line {self.line}: {self.what}\n    in {show(self.chain)}"


class Environment:
    """What the page has defined so far."""

    def __init__(self, runs=None):
        self.known = {}
        self.count = 0
        self.runs = runs  # of the scenario, for what the page itself does not say

    def define(self, name, value, source):
        self.count += 1
        self.known.setdefault(name, []).append((self.count, Definition(value, source)))

    def definitions(self, name):
        """The values that a name may stand for: those of the page, then those of the runs."""
        found = self.on_page(name)
        known = {definition.key for definition in found}
        of_runs = self.runs.definitions(name) if self.runs else []
        return found + [definition for definition in of_runs if definition.key not in known]

    def first(self, name):
        """The likeliest value of a name: the latest of the page, else the first of the runs."""
        found = self.on_page(name) or (self.runs.definitions(name) if self.runs else [])
        return found[0] if found else None

    def on_page(self, name):
        """The values that the page gives a name: its own, latest first, then those of its kin."""
        found = {}
        for names in kin(name, self.known):
            entries = [entry for other in names for entry in self.known.get(other, [])]
            for _, definition in sorted(entries, key=lambda entry: -entry[0]):
                found.setdefault(definition.key, definition)
        return list(found.values())


def kin(name, known):
    """Groups of names with which a name may share a value, the nearest first.

    `w` is the latest `w_{t}`; `w_{0}` may be `w`; `u_{0}^{w}` may be `u_{0}`; `x^{(1)}` may be `x`.
    """
    dated = re.compile(re.escape(name) + r"(_\{\d+\}|\^\{\(\d+\)\})")
    yield [name] + [other for other in known if dated.fullmatch(other)]
    undated = re.sub(r"_\{\d+\}(?=\^|$)", "", name)
    if undated != name:
        yield [undated]
    unnumbered = re.sub(r"\^\{\(\d+\)\}", "", name)
    if unnumbered != name:
        yield [unnumbered]
    if re.search(r"\^\{\w", name):
        short = re.sub(r"\^\{.*\}$", "", name)
        yield [short]
        yield [re.sub(r"_\{\d+\}$", "", short)]


def alike(left, right):
    """Whether two values are the same, entry by entry."""
    if values.shape(left) != values.shape(right):
        return False
    return all(
        values.same(a.low, b.low) and values.same(a.high, b.high)
        for a, b in zip(values.entries(left), values.entries(right))
    )


def exactly(value):
    return all(real.exact for real in values.entries(value))


# What stands in the place of what: the leaves of an expression, in the order of reading.


@dataclass(frozen=True)
class Style:
    """What counts as one leaf: calls of some functions, fractions such as 2/9, powers such as 10^2."""

    opaque: tuple = ()
    fractions: bool = True
    powers: bool = True


def leaves(node, style=Style()):
    """Numbers, names, matrices of numbers and derivatives such as ReLU'(z), in the order of reading."""
    if isinstance(node, Lit) and not style.powers and is_power_of_ten(node):
        yield from (Lit(number.value, number.unit, [number]) for number in node.numbers)
    elif is_leaf(node, style):
        yield node
    else:
        for child in children(node):
            yield from leaves(child, style)


def is_leaf(node, style=Style()):
    if isinstance(node, Call) and (node.primes or node.name in style.opaque):
        return True
    if isinstance(node, (Lit, Huge, Sym, Words)):
        return True
    if isinstance(node, Op) and node.kind in ("floor", "ceil"):
        return True
    if style.fractions and is_fraction(node):
        return True
    return isinstance(node, Mat) and not any(symbols(node))


def is_power_of_ten(literal):
    return len(literal.numbers) == 2 and literal.numbers[0].token == "10"


def is_fraction(node):
    """A fraction of whole numbers, such as 2/9."""
    return (
        isinstance(node, Op)
        and node.kind == "/"
        and all(map(is_whole, node.args))
        and node.args[1].value != 0
    )


def is_whole(node):
    return isinstance(node, Lit) and node.value.denominator == 1


def skeleton(node, style=Style()):
    """The functions of an expression in the order of reading, without signs and products."""
    if isinstance(node, Lit) and not style.powers and is_power_of_ten(node):
        return ["^"]
    if is_leaf(node, style):
        return []
    own = []
    if isinstance(node, Call):
        own = [node.name]
    elif isinstance(node, Op) and node.kind not in ("+", "-", "neg", "*", "juxta", "odot"):
        own = [node.kind]
    elif isinstance(node, (Tup, Cases, Mat)):
        own = [type(node).__name__]
    return own + [part for child in children(node) for part in skeleton(child, style)]


def pairs(symbolic, numeric):
    """Each leaf of a line in symbols with the number that stands in its place; None if none do."""
    calls = tuple(sorted({call.name for call in calls_of(symbolic)}))
    for opaque in ((), ("cos", "sin"), calls):
        for fractions, powers in itertools.product((True, False), repeat=2):
            first = Style(opaque, fractions, True)
            second = Style((), fractions, powers)
            if skeleton(symbolic, first) == skeleton(numeric, second):
                left, right = list(leaves(symbolic, first)), list(leaves(numeric, second))
                if len(left) == len(right):
                    return list(zip(left, right))
    return side_by_side(symbolic, numeric)


SUMS, FACTORS = ("+", "-"), ("*", "juxta", "odot")


def side_by_side(symbolic, numeric):
    """As `pairs`, where whole expressions such as 1/5 + √2/10 stand in the place of names."""
    if isinstance(symbolic, (Sym, Call)) and not (
        isinstance(numeric, Call) and not getattr(symbolic, "primes", 0)
    ):
        return [(symbolic, numeric)]
    if isinstance(symbolic, Lit) and isinstance(numeric, Lit):
        return [(symbolic, numeric)]
    if (
        isinstance(symbolic, Op)
        and symbolic.kind == "neg"
        and not (isinstance(numeric, Op) and numeric.kind == "neg")
    ):
        return side_by_side(symbolic.args[0], numeric)
    if isinstance(symbolic, Op) and isinstance(numeric, Op):
        same = symbolic.kind == numeric.kind or any(
            symbolic.kind in group and numeric.kind in group for group in (SUMS, FACTORS)
        )
        if same and len(symbolic.args) == len(numeric.args):
            args = list(numeric.args)
            if (symbolic.kind, numeric.kind) in (("+", "-"), ("-", "+")):
                args[1] = Op("neg", [args[1]])  # a sign has been drawn into the sum
            return joined(map(side_by_side, symbolic.args, args))
    if isinstance(symbolic, Call) and isinstance(numeric, Call) and symbolic.name == numeric.name:
        return joined(map(side_by_side, symbolic.args, numeric.args))
    return None


def joined(parts):
    parts = list(parts)
    return None if None in parts else [pair for part in parts for pair in part]


def calls_of(node):
    if isinstance(node, Call):
        yield node
    for child in children(node):
        yield from calls_of(child)


def is_literal(node):
    """A number, or a matrix of numbers, with or without a sign."""
    if isinstance(node, Op) and node.kind == "neg":
        return is_literal(node.args[0])
    if is_fraction(node):
        return True
    if isinstance(node, Mat):
        return all(is_literal(entry) for row in node.rows for entry in row)
    return isinstance(node, Lit)


def is_numeric(node):
    """Whether an expression has no names but π and e."""
    return not unreadable(node) and all(symbol.name in CONSTANTS for symbol in symbols(node))


def unreadable(node):
    return isinstance(node, (Words, Tup, Huge)) or any(unreadable(child) for child in children(node))


# Literals: what is printed, entry by entry.


def printed(node):
    """The entries of a literal as (value, unit, numbers), with the shape of the matrix, or None."""
    if isinstance(node, Mat):
        rows = [[printed(entry)[0][0] for entry in row] for row in node.rows]
        return [entry for row in rows for entry in row], (len(rows), len(rows[0]))
    if isinstance(node, Op) and node.kind == "neg":
        found, shape = printed(node.args[0])
        return [(-value, unit, numbers) for value, unit, numbers in found], shape
    if isinstance(node, Op):
        above, below = node.args
        return [(above.value / below.value, None, above.numbers + below.numbers)], None
    return [(node.value, node.unit, node.numbers)], None


def shaped(found, shape, make):
    """Entries as a value: a number, or a matrix of that shape."""
    made = [make(*entry) for entry in found]
    if shape is None:
        return made[0]
    rows, columns = shape
    return [made[row * columns : (row + 1) * columns] for row in range(rows)]


def literal_value(node):
    found, shape = printed(node)
    return shaped(found, shape, lambda value, unit, numbers: Real(value))


def literal_range(node):
    """What a rounded literal may have been: half a unit of its last digit to both sides."""
    found, shape = printed(node)
    return shaped(
        found,
        shape,
        lambda value, unit, numbers: around(value, unit) if may_be_rounded(value, unit) else Real(value),
    )


def equals(value, node):
    """Whether a value is exactly what a literal prints."""
    return fits(
        value, node, lambda real, printed_value, unit: real.exact and values.same(real.low, printed_value)
    )


def rounds(value, node):
    """Whether a value, if exact, rounds to what a literal prints."""
    return fits(
        value,
        node,
        lambda real, printed_value, unit: (
            values.same(real.low, printed_value)
            if unit is None
            else values.prints_as(real, printed_value, unit)
        ),
    )


def stands_for(value, node):
    """Whether a number in a line may be this value, rounded: whole numbers such as 3 are not."""
    return fits(
        value,
        node,
        lambda real, printed_value, unit: (
            values.prints_as(real, printed_value, unit)
            if may_be_rounded(printed_value, unit)
            else real.exact and values.same(real.low, printed_value)
        ),
    )


def may_be_rounded(value, unit):
    """A fraction is no rounded number, and neither is a whole number of one digit."""
    return unit is not None and (unit != 1 or abs(value) >= 10)


def fits(value, node, test):
    found, shape = printed(node)
    value = values.scalar(value) if shape is None else value
    if shape is None and is_matrix(value) and found[0][0] == 0:
        return all(test(real, *found[0][:2]) for real in values.entries(value))  # 0 for a matrix of zeros
    if shape == (1, 1) and not is_matrix(value):
        value = [[value]]
    if values.shape(value) != shape:
        return False
    return all(test(real, *entry[:2]) for real, entry in zip(values.entries(value), found))


def unsigned(node):
    """A literal without its sign: printing may move it to the sum or the fraction around."""
    return node.args[0] if isinstance(node, Op) and node.kind == "neg" else node


def absolute(value):
    return value if is_matrix(value) else values.real_abs(value)


@dataclass
class Option:
    """A value that a name may have in a line; `known` if the page defines it so."""

    value: object
    known: bool
    remark: str = ""


@dataclass
class Member:
    node: object
    rounded: bool  # whether it stands behind ≈
    value: object = None  # a Real or a matrix, if it can be computed
    weak: bool = False  # computed from rounded inputs whose exact values are not known
    undefined: bool = False
    bound: dict = field(default_factory=dict)  # name -> value
    places: dict = field(default_factory=dict)  # leaf -> value in a line of numbers
    replaced: list = field(default_factory=list)  # (literal, how it is known)


class Checker:
    """Checks the chains of a page in their order."""

    def __init__(self, runs=None):
        self.known = Environment(runs)
        self.problems = []
        self.remarks = []
        self.symbolic = []
        self.names = []  # of the last tuple
        self.derived = self.strict = False
        self.kinks = runs.kinks if runs else []  # derivatives at a kink that set-ups choose
        self.zero_over_zero = False  # whether 0/0 counts as 0

    def row(self, chains, line, derived=False):
        """Checks a row of chains; what stands in brackets behind a line holds for the line.

        In a derivation, a line of numbers that does not fit the line in symbols is wrong; in
        prose, where names may stand for something else for once, it is only remarked.
        """
        self.derived = derived
        self.strict = len(chains) > 1  # a condition behind a line holds for the line
        for chain in chains:
            self.note_names(chain)
        chains = [part for chain in chains for part in parts(chain)]
        chains.sort(key=lambda chain: not is_condition(chain))
        for chain in chains:
            if isinstance(chain, Chain):
                self.chain(chain, line)
            elif isinstance(chain, Tup):
                self.tuple(chain)

    def note_names(self, chain):
        first = chain.members[0] if isinstance(chain, Chain) and chain.relations else None
        if isinstance(first, Tup):
            inside = [member.members[0] for member in first.members]
            if all(isinstance(node, Sym) for node in inside):
                self.names = [node.name for node in inside]

    def tuple(self, node):
        """(1, 1.6) alone means the names of the last tuple: (x, y) = (1, 0)."""
        found = [member.members[0] for member in node.members]
        if len(found) != len(self.names) or not all(map(is_literal, found)):
            return
        for name, literal in zip(self.names, found):
            self.known.define(name, literal_value(literal), "given")
            settle(literal, "given")

    def chain(self, chain, line):
        """Checks one chain: equalities first, then comparisons between what is equal."""
        groups, comparisons = [[0]], []
        for place, relation in enumerate(chain.relations):
            if relation in "=≈":
                groups[-1].append(place + 1)
            else:
                comparisons.append(relation)
                groups.append([place + 1])
        found = []
        for group in groups:
            members = [chain.members[place] for place in group]
            relations = [chain.relations[place - 1] for place in group[1:]]
            found.append(self.group(members, relations, chain, line))
        for relation, left, right, group in zip(comparisons, found, found[1:], groups[1:]):
            self.comparison(relation, left, right, chain, line)

    def comparison(self, relation, left, right, chain, line):
        if relation not in "<>≤≥≠" or left is None or right is None:
            return
        try:
            holds = all(compare(relation, a, b) for a, b in zip(values.entries(left), values.entries(right)))
        except Unknown:
            return
        if not holds:
            if self.strict or not any(symbols(chain)):
                self.report(line, chain, f"{show_value(left)} {relation} {show_value(right)} does not hold")
            return
        for literal in literals(chain):
            settle(literal, "exact", "a comparison that holds")

    def group(self, nodes, relations, chain, line):
        """Checks members that are equal or about equal; returns their value where it is known."""
        members = [
            Member(node, place > 0 and relations[place - 1] == "≈") for place, node in enumerate(nodes)
        ]
        if len(members) == 1:
            if not is_literal(nodes[0]) and not is_estimate(nodes[0]):
                for literal in literals(nodes[0]):
                    settle(literal, "formula", "part of a formula that is not compared with anything")
            return self.single(nodes[0])
        self.bind(members, chain, line)
        for relation, before, member in zip(relations, members, members[1:]):
            self.same_function(before.node, member.node, relation, chain, line)
        for member in members:
            self.compute(member)
        self.unequal_names(members, chain, line)
        value, weak = self.agreement(members, relations, chain, line)
        if self.derived and self.known.runs and value is not None and len(members) > 2:
            self.head(members[0].node, members[-1], chain, line)
        self.define(members, value, weak)
        return value

    def same_function(self, before, node, relation, chain, line):
        """In ReLU(0.65·(-3) - 1.35) = ReLU(-3.3) the arguments are the same, not the values alone."""
        if not (isinstance(before, Call) and isinstance(node, Call) and before.name == node.name):
            return
        if len(before.args) == len(node.args) == 1 and is_numeric(before) and is_literal(node.args[0]):
            right = self.weak_value(before.args[0], relation)
            if right is not None and not (rounds if relation == "≈" else equals)(right, node.args[0]):
                self.report(
                    line, chain, f"{show(node.args[0])} is not {show(before.args[0])} = {show_value(right)}"
                )

    def weak_value(self, node, relation):
        """The value of numbers; behind ≈ they may be rounded."""
        try:
            return self.evaluate(node, {}, self.rounded_literal if relation == "≈" else None)
        except (Unknown, Undefined):
            return None

    def head(self, node, result, chain, line):
        """Whether the name that a derivation ends in has that value in a run."""
        if not isinstance(node, Sym) or not is_literal(result.node) or GRAPH_NODE.fullmatch(node.name):
            return
        known = self.known.runs.definitions(node.name)
        if not any(
            (rounds if result.rounded else equals)(definition.value, result.node) for definition in known
        ):
            self.report(line, chain, f"no run has {node.name} = {show(result.node)}")

    def single(self, node):
        """The value of an expression that stands alone, or at one side of a comparison."""
        return next(self.all_values(node), None)

    # Which number stands for which name.

    def bind(self, members, chain, line):
        """Finds, for each line of numbers, the names of the line in symbols before it."""
        for place, member in enumerate(members[1:], 1):
            before, after = members[place - 1], members[place + 1 :][:1]
            if is_numeric(before.node) or not is_numeric(member.node):
                continue
            if isinstance(before.node, Sym) and before is members[0]:
                continue  # the name that this chain defines
            found = pairs(before.node, member.node)
            if found:
                self.bind_line(found, before, member, after, chain, line)
            elif not is_literal(member.node) and not isinstance(member.node, Call):
                self.report_derived(
                    line, chain, f"{show(member.node)} can't be put beside {show(before.node)}"
                )

    def bind_line(self, found, before, member, after, chain, line):
        """Takes the values of names for which both lines and the result agree.

        Of these it takes values that belong together, the latest.
        """
        options = self.options(found, before, member, chain, line)
        first = agreeing = None
        for chosen in itertools.islice(itertools.product(*options.values()), MOST_COMBINATIONS):
            binding = dict(zip(options, chosen))
            first = first or binding
            self.put(binding, found, before, member)
            if self.lines_agree(before, member, after):
                agreeing = agreeing or binding
                known = not any(option.remark for option in chosen)
                if not self.known.runs or (known and self.of_one_iteration(binding)):
                    break
        else:
            binding = agreeing or first
            self.put(binding, found, before, member)
        remarks = [option.remark for option in binding.values() if option.remark]
        for remark in remarks:
            (self.report if self.known.runs else self.remark)(line, chain, remark)
        if self.known.runs and not remarks and not self.of_one_iteration(binding):
            text = ", ".join(
                f"{name} = {show_value(option.value)}"
                for name, option in binding.items()
                if isinstance(name, str)
            )
            self.report(line, chain, f"no iteration of a run has all of {text}")

    def of_one_iteration(self, binding):
        """Whether the values of a line are those of one iteration of one run."""
        wanted = {
            name: Definition(option.value, "").key
            for name, option in binding.items()
            if isinstance(name, str) and option.known and self.known.runs.definitions(name)
        }
        return len(wanted) < 2 or any(
            all(environment.get(name) == key for name, key in wanted.items())
            for environment in self.known.runs.keys
        )

    def options(self, found, before, member, chain, line):
        """For each name (or derivative) of a line the values that fit the number in its place."""
        signs = {**signs_of(before.node), **signs_of(member.node)}
        options = {}
        for leaf, atom in found:
            if not is_literal(atom) and not is_numeric(atom):
                continue
            if is_literal(leaf):
                if not equals(literal_value(unsigned(atom)), unsigned(leaf)):
                    self.report(line, chain, f"{show(atom)} stands in the place of {show(leaf)}")
                continue
            key = leaf.name if isinstance(leaf, Sym) else leaf
            sign = signs.get(leaf, 1) * signs.get(atom, 1)
            fitting = self.fitting(leaf, atom, sign, before, member)
            if key in options:
                both = [
                    option
                    for option in options[key]
                    if any(alike(option.value, other.value) for other in fitting)
                ]
                if not both:
                    self.report(
                        line, chain, f"{show(leaf)} has two values in one line, one of them {show(atom)}"
                    )
                options[key] = both or options[key]
            else:
                options[key] = fitting
        return options

    def fitting(self, leaf, atom, sign, before, member):
        """The known values of a leaf that print as the number in its place; that number if none does."""
        if isinstance(leaf, Sym):
            known = self.known.definitions(leaf.name)
        else:
            known = self.evaluated(leaf)
        if not is_literal(atom):
            return self.fitting_expression(known, leaf, atom)
        found = [definition for definition in known if matches(definition, atom, member.rounded)]
        found.sort(
            key=lambda d: (
                not has_sign(d.value, atom, sign),
                member.rounded and d.source == "carried",  # behind ≈ the exact value is likelier
                not equals(absolute(d.value), unsigned(atom)),
            )
        )
        found = [Option(definition.value, True) for definition in found]
        if found and not member.rounded:
            return found
        value = literal_range(atom) if member.rounded else literal_value(atom)
        if sign < 0:
            value = values.each(values.real_negative, value)
        remark = ""
        if self.derived and isinstance(leaf, Sym) and not GRAPH_NODE.fullmatch(leaf.name):
            remark = f"{leaf.name} has no value on the page or in a run"
        if self.derived and isinstance(leaf, (Call, Op)):
            remark = f"{show(leaf)} has no value by what is known of its names"
        if known:
            remark = f"{show(atom)} stands for {show(leaf)}, which should be " + " or ".join(
                show_value(definition.value) for definition in known[:4]
            )
        return found + [Option(value, False, remark)]

    def fitting_expression(self, known, leaf, atom):
        """The values of a leaf that are exactly the expression in its place, such as 1/5 + √2/10."""
        try:
            value = self.evaluate(atom, {})
        except (Unknown, Undefined):
            return [Option(definition.value, True) for definition in known[:1]] or [Option(None, False)]
        if any(same_values(definition.value, value) for definition in known if exactly(definition.value)):
            return [Option(value, True)]
        return [Option(value, False, f"{show(atom)} stands for {show(leaf)}, which has another value")]

    def evaluated(self, leaf):
        """The values of a derivative such as ReLU'(z), from what the page says of z."""
        unique = {}
        for value in self.all_values(leaf):
            definition = Definition(value, "computed")
            unique.setdefault(definition.key, definition)
        found = list(unique.values())
        if isinstance(leaf, Call) and (leaf.primes or leaf.name == "sgn") and leaf.name in KINKED:
            found += [Definition(values.exact(slope), "convention") for slope in self.kinks]
        return found

    def all_values(self, node):
        """The values of an expression, for all values of its names, the latest first."""
        names = sorted({symbol.name for symbol in symbols(node)})
        names = [name for name in names if self.known.on_page(name) or name not in CONSTANTS]
        options = [[definition.value for definition in self.known.on_page(name)] for name in names]
        lookups = (
            dict(zip(names, combination))
            for combination in itertools.islice(itertools.product(*options), MOST_COMBINATIONS)
        )
        if self.known.runs:
            if all(self.known.runs.definitions(name) for name in names):
                lookups = itertools.islice(lookups, 1)  # of values that belong together, only the latest
            lookups = itertools.chain(lookups, self.of_runs(names, options))
        for lookup in lookups:
            try:
                yield values.scalar(self.evaluate(node, lookup))
            except (Unknown, Undefined):
                continue

    def of_runs(self, names, options):
        """The values of names in each iteration of each run, which belong together."""
        latest = {name: option[0] for name, option in zip(names, options) if option}
        seen = set()
        for environment in self.known.runs.environments:
            found = {name: environment.get(name, latest.get(name)) for name in names}
            key = tuple(id(value) for value in found.values())
            if None not in found.values() and key not in seen:
                seen.add(key)
                yield found

    def evaluate(self, node, lookup, literal=None, known=None):
        def value_of(symbol):
            return lookup[symbol.name] if symbol.name in lookup else constant(symbol)

        evaluator = Evaluator(value_of, literal or exact_literal, known)
        evaluator.zero_over_zero = self.zero_over_zero
        return evaluator.value(node)

    @staticmethod
    def put(binding, found, before, member):
        """Puts values in the places of names and of the numbers that stand for them."""
        before.bound = {key: option.value for key, option in binding.items()}
        member.places, member.replaced = {}, []
        for leaf, atom in found:
            if is_literal(leaf) and is_literal(atom):
                member.replaced.append((atom, "exact"))
                continue
            option = binding.get(leaf.name if isinstance(leaf, Sym) else leaf)
            if option is None or not is_literal(atom):
                continue
            member.places[unsigned(atom)] = (
                absolute(option.value) if not isinstance(unsigned(atom), Mat) else option.value
            )
            if option.known:
                same = equals(option.value, atom) or equals(absolute(option.value), unsigned(atom))
                member.replaced.append((atom, "exact" if same else "rounded"))

    def lines_agree(self, before, member, after):
        try:
            left = self.evaluate(before.node, self.latest_of(before), None, before.bound)
            right = self.evaluate(member.node, {}, None, member.places)
        except Unknown:
            return True
        except Undefined:
            return True
        if after and is_literal(after[0].node) and not rounds(left, after[0].node):
            return False
        return overlap(left, right)

    # Values.

    def compute(self, member):
        node = member.node
        if is_literal(node):
            member.value = literal_value(node)
            return
        try:
            if is_numeric(node):
                member.value = self.compute_numeric(member)
            elif isinstance(node, Sym) and not member.bound:
                return
            else:
                literal = self.rounded_literal if member.rounded else exact_literal
                member.value = self.evaluate(node, self.latest_of(member), literal, member.bound)
        except Unknown:
            return
        except Undefined:
            member.undefined = firm(member)

    def compute_numeric(self, member):
        """The value of a line of numbers; a rounded number whose exact value is not known is a range."""

        def literal(node):
            if node in member.places:
                return member.places[node]
            if member.rounded and node.unit < 1:
                member.weak = True
                return around(node.value, node.unit)
            return Real(node.value)

        return self.evaluate(member.node, {}, literal, member.places)

    @staticmethod
    def rounded_literal(literal):
        """A factor such as 0.003 behind ≈, which may be rounded."""
        if literal.unit < 1:
            return around(literal.value, literal.unit)
        return Real(literal.value)

    def latest_of(self, member):
        """The values of the names of a line: those that fit the next line, else the latest."""
        found = {}
        for symbol in symbols(member.node):
            if symbol.name in member.bound:
                found[symbol.name] = member.bound[symbol.name]
            elif first := self.known.first(symbol.name):
                found[symbol.name] = first.value
        return found

    def unequal_names(self, members, chain, line):
        """Lines in symbols whose names may have several values: those that agree are taken."""
        sure = [m for m in members if m.value is not None and (is_numeric(m.node) or m.bound)]
        if not sure:
            return
        target = best(sure)
        for member in members:
            if member.value is None or member.bound or is_numeric(member.node):
                continue
            if not agree(member.value, target.value, target):
                found = (v for v in self.all_values(member.node) if agree(v, target.value, target))
                before, member.value = member.value, next(found, None)
                if member.value is None:
                    self.report_derived(
                        line,
                        chain,
                        f"{show(member.node)} is {show_value(before)} by what the page says, not {show(target.node)}",
                    )

    # Agreement.

    def agreement(self, members, relations, chain, line):
        """Compares all members with each other; returns the value, and whether it is only a range."""
        if any(m.undefined for m in members):
            self.undefined(members, chain, line)
            return None, False
        found = [m for m in members if m.value is not None]
        if not found:
            self.note_symbolic(members, chain)
            return None, False
        reference = best(found)
        value, weak = reference.value, not exactly(reference.value)
        self.note_symbolic(members, chain)
        if all(
            [self.compare_members(reference, m, members, chain, line) for m in found if m is not reference]
        ):
            self.settle(members, reference, weak)
        return value, weak

    def compare_members(self, reference, member, members, chain, line):
        """Whether a member agrees with the best known value of its chain."""
        if is_literal(member.node):
            right = (rounds if member.rounded else equals)(reference.value, member.node)
            if not right and not member.rounded:
                right = self.equals_before(member, members) or (
                    not exactly(reference.value) and rounds(reference.value, member.node)
                )
        elif exactly(member.value) and exactly(reference.value) and not member.weak:
            right = same_values(reference.value, member.value)
        else:
            right = overlap(reference.value, member.value)
        if not right:
            right = self.in_binary(reference, member) or self.conventional(reference.node, member.node)
        if not right and not firm(reference) and not firm(member):
            return False  # names have several values on this page, and these may be others
        if not right and not (self.problems and self.problems[-1].chain is chain):
            self.report(
                line,
                chain,
                f"{show(member.node)}"
                + (f" = {show_value(member.value)}" if not is_literal(member.node) else "")
                + f" does not agree with {show(reference.node)} = {show_value(reference.value)}",
            )
        return right

    def equals_before(self, member, members):
        """Whether a line of printed numbers is exactly the number behind its = sign."""
        before = members[members.index(member) - 1]
        if not is_numeric(before.node):
            return False
        try:
            return equals(self.evaluate(before.node, {}), member.node)
        except (Unknown, Undefined):
            return False

    def conventional(self, call, literal):
        """Whether a formula chooses a derivative at a kink, as a set-up does: ReLU'(0) = 1."""
        if is_literal(call):
            call, literal = literal, call
        if not (isinstance(call, Call) and call.primes == 1 and call.name in KINKED and is_literal(literal)):
            return False
        if not is_literal(call.args[0]) or printed(call.args[0])[0][0][0] != 0:
            return False
        slope = printed(literal)[0][0][0]
        return slope in self.kinks if self.known.runs else 0 <= slope <= 1

    def in_binary(self, reference, member):
        """Whether both agree once significands such as 1.101 in 1.101 · 2^{-4} are read in binary."""

        def literal(node):
            found = binary(node) if node.unit < 1 else None
            return Real((found or node).value)

        try:
            left = self.evaluate(reference.node, {}, literal)
            return same_values(left, self.evaluate(member.node, {}, literal))
        except (Unknown, Undefined):
            return False

    def undefined(self, members, chain, line):
        said = isinstance(members[-1].node, Words) and members[-1].node.text == "undefined"
        if not said:
            self.report(line, chain, "this has no value, but the page gives one")
            return
        for member in members:
            for literal in literals(member.node):
                settle(literal, "exact", "undefined, as the page says")

    def settle(self, members, reference, weak):
        """Notes for each number of a chain how it was checked."""
        computed = [m for m in members if m.value is not None]
        for member in members:
            for atom, status in member.replaced:
                settle(atom, status, "stands for a name that the page defines")
        if len(computed) == 1:
            self.lone(computed[0], members)
            return
        expressions = [m for m in computed if not is_literal(m.node)]
        for member in computed:
            if is_literal(member.node):
                if not expressions:
                    self.restated(member, members)
                    continue
                status = "explained" if weak else "rounded" if member.rounded else "exact"
            else:
                status = "explained" if member.weak and weak else "rounded" if member.weak else "exact"
            for literal in literals(member.node):
                settle(literal, status)

    def lone(self, member, members):
        """A single value: a definition, or a result whose derivation has names without values."""
        if is_literal(member.node) and all(isinstance(m.node, Sym) for m in members if m is not member):
            self.restated(member, members)
        elif is_literal(member.node):
            self.note_symbolic(members, None)
        elif not is_numeric(member.node):
            for literal in literals(member.node):
                settle(literal, "formula", "part of a formula, evaluated but not compared")

    def restated(self, member, members):
        """A name with its value: computed earlier on this page, or given."""
        for other in members:
            if isinstance(other.node, Sym):
                for definition in self.known.definitions(other.node.name):
                    if definition.source not in ("given", "input", "run") and (
                        rounds if member.rounded else equals
                    )(definition.value, member.node):
                        for literal in literals(member.node):
                            settle(
                                literal,
                                "rounded" if member.rounded else "exact",
                                "computed earlier on the page",
                            )
                        return
        for other in members:
            if isinstance(other.node, Sym) and self.of_run(other.node.name, member):
                return
        if not member.rounded:
            for literal in literals(member.node):
                settle(literal, "given")

    def of_run(self, name, member):
        """A name with a value that it has in a run, or that the scenario gives it."""
        for definition in self.known.runs.definitions(name) if self.known.runs else []:
            if (rounds if member.rounded else equals)(definition.value, member.node):
                status = "given" if definition.source == "input" else "run"
                for literal in literals(member.node):
                    settle(
                        literal,
                        status,
                        "so has the scenario" if status == "given" else "a value of that name in a run",
                    )
                return True
        return False

    def note_symbolic(self, members, chain):
        for left, right in zip(members, members[1:]):
            if (
                not isinstance(left.node, Sym)
                and not isinstance(right.node, Sym)
                and identical(left.node, right.node)
            ):
                settle(left.node, "exact", "an identity")
                settle(right.node, "exact", "an identity")
        if any(any(literals(m.node)) for m in members):
            self.symbolic.append(" = ".join(show(m.node) for m in members))
        for member in members:
            if not is_literal(member.node):
                for literal in literals(member.node):
                    settle(literal, "formula", "part of a formula whose names have no values")

    def define(self, members, value, weak):
        """Gives the names of a chain its value: the exact one, and the one that is printed."""
        result = next((m for m in reversed(members) if is_literal(m.node)), None)
        computed = any(m.value is not None and not is_literal(m.node) for m in members)
        source = "computed" if computed else "given"
        for member in members:
            if not isinstance(member.node, Sym):
                continue
            if result is not None and (value is None or not equals(value, result.node)):
                if not result.rounded:
                    self.known.define(member.node.name, literal_value(result.node), source)
                else:
                    self.known.define(member.node.name, literal_value(result.node), "carried")
            if value is not None and not (weak and is_literal(members[-1].node) and not result):
                if weak and result is not None and result.rounded:
                    value = meet(value, literal_range(result.node))
                if result is members[-1] and result.rounded and not computed:
                    continue  # only a rounded number is known
                self.known.define(member.node.name, value, source)

    # Reports.

    def report(self, line, chain, what):
        self.problems.append(Problem(line, chain, what))

    def report_derived(self, line, chain, what):
        (self.report if self.derived and self.known.runs else self.remark)(line, chain, what)

    def remark(self, line, chain, what):
        self.remarks.append(Problem(line, chain, what))


def settle(literal, status, note=""):
    nodes = literals(literal) if not isinstance(literal, (Lit, Huge)) else [literal]
    for node in nodes:
        for number in node.numbers:
            number.settle(status, note)


def exact_literal(literal):
    return Real(literal.value)


def parts(chain):
    """The chains in a chain: (x, y) = (3, 0) is x = 3 and y = 0, (k = 0) is k = 0."""
    if isinstance(chain, Unread):
        return [chain]
    calls = [member for member in chain.members if isinstance(member, Call) and member.name in ("𝒩", "𝒰")]
    if len(calls) > 1 and len({len(call.args) for call in calls}) == 1:
        return [chain] + [
            Chain([call.args[place] for call in calls], ["="] * (len(calls) - 1))
            for place in range(len(calls[0].args))
        ]
    if len(chain.members) == 1 and isinstance(chain.members[0], Tup):
        inside = chain.members[0].members
        if any(member.relations for member in inside):
            return [part for member in inside for part in parts(member)]
        return [chain.members[0]]
    tuples = [member for member in chain.members if isinstance(member, Tup)]
    if tuples and len(tuples) == len(chain.members):
        sizes = {len(member.members) for member in tuples}
        if len(sizes) == 1 and not any(part.relations for member in tuples for part in member.members):
            return [
                Chain([member.members[place].members[0] for member in tuples], chain.relations)
                for place in range(sizes.pop())
            ]
    return [chain]


def is_condition(chain):
    """Whether a chain merely gives names numbers, as (k = 0) does behind a line."""
    return (
        isinstance(chain, Chain)
        and len(chain.members) == 2
        and chain.relations == ["="]
        and isinstance(chain.members[0], Sym)
        and is_literal(chain.members[1])
    )


def matches(definition, atom, rounded):
    """Whether a number in a line may stand for this definition: behind = only exactly."""
    value, plain_atom = absolute(definition.value), unsigned(atom)
    if exactly(value) and (equals(definition.value, atom) or equals(value, plain_atom)):
        return True
    return rounded and (stands_for(definition.value, atom) or stands_for(value, plain_atom))


def has_sign(value, atom, sign):
    """Whether a value has the sign that the lines give it."""
    if is_matrix(value) or isinstance(unsigned(atom), Mat):
        return True
    negative = isinstance(atom, Op) and atom.kind == "neg"
    return (value.low < 0) == ((sign < 0) != negative) or value.low == 0


def signs_of(node, sign=1):
    """The leaves of an expression whose sign has been drawn into the sum or product around them."""
    if is_leaf(node):
        return {node: sign}
    if isinstance(node, Op) and node.kind == "neg" and is_leaf(node.args[0]):
        return {node.args[0]: -sign}
    if not isinstance(node, Op):
        return {leaf: found for child in children(node) for leaf, found in signs_of(child).items()}
    signs = {"neg": [-sign], "-": [sign, -sign], "+": [sign, sign]}.get(node.kind)
    if signs is None:
        signs = [sign if node.kind in ("*", "juxta", "odot", "/") else 1] + [1] * (len(node.args) - 1)
    found = {}
    for child, inner in zip(node.args, signs):
        found.update(signs_of(child, inner))
    return found


def firm(member):
    """Whether a value is certain: of numbers alone, or of names for which the next line has numbers."""
    return is_numeric(member.node) or bool(member.bound)


def is_estimate(node):
    """Whether an expression is an estimate with its error or interval: 0.5 ± 0.1, 0 [0, 0.002]."""
    if isinstance(node, Tup):
        return node.bracket == "["
    return isinstance(node, Op) and node.kind == "±" or any(map(is_estimate, children(node)))


def identical(left, right):
    """Whether two expressions have the same value whatever their names stand for: at two points."""
    names = sorted({symbol.name for node in (left, right) for symbol in symbols(node)} - set(CONSTANTS))
    for start in (3, 17):
        point = {name: Real(Fraction(start + 7 * place, 11 + place)) for place, name in enumerate(names)}
        try:
            found = [
                Evaluator(lambda symbol: point.get(symbol.name) or constant(symbol), exact_literal).value(
                    node
                )
                for node in (left, right)
            ]
        except (Unknown, Undefined):
            return False
        if not same_values(*found):
            return False
    return True


def best(members):
    """The member whose value is known best: from names, else an expression of exact numbers."""

    def rank(member):
        return (
            is_literal(member.node) and member.rounded,
            not exactly(member.value),
            is_literal(member.node),
            is_numeric(member.node),
            width(member.value),
        )

    return min(members, key=rank)


def width(value):
    return max(float(values.mp(real.high) - values.mp(real.low)) for real in values.entries(value))


def agree(value, other, target):
    if is_literal(target.node):
        return (rounds if target.rounded else equals)(value, target.node)
    return overlap(value, other)


def same_values(left, right):
    left, right = values.scalar(left), values.scalar(right)
    return values.shape(left) == values.shape(right) and alike(left, right)


def overlap(left, right):
    left, right = values.scalar(left), values.scalar(right)
    if values.shape(left) != values.shape(right):
        return False
    return all(
        (not values.below(b.high, a.low) and not values.below(a.high, b.low))
        or (values.same(a.low, b.low) and a.exact and b.exact)
        for a, b in zip(values.entries(left), values.entries(right))
    )


def meet(value, other):
    """What lies in both of two ranges."""
    value = values.scalar(value) if not is_matrix(other) else value
    if values.shape(value) != values.shape(other):
        return value
    return values.each(common, value, other)


def common(a, b):
    low, high = values.greatest([a.low, b.low]), values.least([a.high, b.high])
    return a if values.below(high, low) else Real(low, high)


def show_value(value):
    if is_matrix(value):
        return "(" + "; ".join(" ".join(repr(real) for real in row) for row in value) + ")"
    return repr(value)
