"""Evaluates the expressions of formulas."""

from fractions import Fraction

import mpmath

import values
from mathml import Call, Cases, Chain, Lit, Mat, Op, Sym, Tup, Words, show
from values import Real, Unknown, below, exact, is_matrix

CONSTANTS = {"π": mpmath.pi, "e": mpmath.e}


class Evaluator:
    """Evaluates expressions; `known` gives single nodes a value of their own."""

    def __init__(self, lookup, literal, known=None):
        self.lookup = lookup
        self.literal = literal
        self.known = known or {}
        self.zero_over_zero = False  # whether 0/0 counts as 0

    def value(self, node):
        if not isinstance(node, Sym) and node in self.known:
            return self.known[node]
        if isinstance(node, Lit):
            return self.literal(node)
        if isinstance(node, Sym):
            return self.lookup(node)
        if isinstance(node, Mat):
            return [[self.number(entry) for entry in row] for row in node.rows]
        if isinstance(node, Op):
            return self.operation(node)
        if isinstance(node, Call):
            return self.call(node)
        if isinstance(node, Cases):
            return self.cases(node)
        if isinstance(node, Tup) and len(node.members) == 1 and len(node.members[0].members) == 1:
            return self.value(node.members[0].members[0])
        if isinstance(node, Chain) and len(node.members) == 1:
            return self.value(node.members[0])
        raise Unknown(f"{show(node)} can't be computed")

    def number(self, node):
        value = values.scalar(self.value(node))
        if is_matrix(value):
            raise Unknown("a matrix in a matrix")
        return value

    def operation(self, node):
        kind = node.kind
        if kind == "big":
            raise Unknown(f"{show(node)} can't be computed")
        if kind == "entry":
            return self.entry(node)
        args = [self.value(arg) for arg in node.args if not (isinstance(arg, Words) and kind == "norm")]
        if kind == "neg":
            return values.each(values.real_negative, *args)
        if kind in ("+", "-", "*", "odot", "/", "^"):
            functions = {
                "+": values.real_add,
                "-": values.real_subtract,
                "*": values.real_multiply,
                "odot": values.real_multiply,
                "/": values.real_divide,
                "^": values.real_power,
            }
            if kind == "*" and all(map(is_matrix, args)) and values.shape(args[0]) != values.shape(args[1]):
                return values.matmul(*args)
            if kind == "/" and self.zero_over_zero:
                functions["/"] = no_move
            return values.each(functions[kind], *args)
        if kind == "juxta":
            return values.product(*args)
        if kind == "sqrt":
            return values.each(values.real_root, args[0])
        if kind == "root":
            return values.each(values.real_power, args[0], values.real_divide(exact(1), args[1]))
        if kind == "abs":
            return values.each(values.real_abs, args[0])
        if kind == "norm":
            return self.norm(node, args[0])
        if kind == "transpose":
            return values.transpose(args[0])
        if kind in ("floor", "ceil"):
            return self.whole(kind, args[0])
        raise Unknown(f"{show(node)} can't be computed")

    def norm(self, node, value):
        which = node.args[1].text if len(node.args) > 1 else "2"
        found = [values.real_abs(real) for real in values.entries(value)]
        if which == "1":
            return values.total(found)
        if which == "∞":
            return values.ends(lambda *ends: values.greatest(ends), *found)
        if which in ("2", "F"):
            return values.norm(value)
        raise Unknown(f"the norm {which}")

    def entry(self, node):
        """An entry of a matrix: (W)_{1,2}."""
        value = self.value(node.args[0])
        index = [int(part) for part in node.args[1].text.split(",") if part.isdigit()]
        if not is_matrix(value) or not index:
            raise Unknown(f"{show(node)} can't be computed")
        row, column = index if len(index) == 2 else (1, index[0])
        return value[row - 1][column - 1]

    @staticmethod
    def whole(kind, value):
        if is_matrix(value) or not value.exact:
            raise Unknown("a whole part")
        floor = mpmath.floor if not value.rational else (lambda number: number.__floor__())
        return exact(int(floor(value.low))) if kind == "floor" else exact(-int(floor(-value.low)))

    def cases(self, node):
        for branch, condition in node.branches:
            if condition is None or self.holds(condition):
                return self.value(branch)
        raise Unknown("no case holds")

    def holds(self, chain):
        """Whether a chain of comparisons is true of exact numbers."""
        found = [values.scalar(self.value(member)) for member in chain.members]
        return all(
            compare(relation, left, right) for relation, left, right in zip(chain.relations, found, found[1:])
        )

    def call(self, node):
        name = node.name
        if node.primes > 1:
            raise Unknown("a second derivative")
        if name in ("LeakyReLU", "ELU", "GELU", "Huber", "BCE") and node.sub:
            return self.indexed(node)
        if node.primes and name in ("max", "min"):
            return self.extreme_slope(node)
        if node.primes:
            if name not in values.SLOPES or node.sub:
                raise Unknown(f"{show(node)} can't be computed")
            return self.apply(values.SLOPES[name], node)
        if name in values.FUNCTIONS and len(node.args) == 1 and not node.sub:
            return self.apply(values.FUNCTIONS[name], node)
        if name == "log" and node.sub in ("2", "10"):
            over = values.logarithm(Fraction(int(node.sub)))
            return self.apply((lambda number: values.divide(values.logarithm(number), over), True), node)
        args = [self.value(arg) for arg in node.args]
        if name in ("max", "min") and not node.sub:
            return self.extreme({"max": values.greatest, "min": values.least}[name], args)
        if name in ("sum", "mean") and len(args) == 1:
            return values.total(values.entries(args[0])) if name == "sum" else values.mean(args[0])
        if name == "softmax":
            return values.softmax(args[0])
        if name == "lnsoftmax":
            return values.each(
                lambda real: values.real_apply(values.logarithm, True, real), values.softmax(args[0])
            )
        losses = {
            "HSE": values.half_squared_error,
            "MSE": values.mse,
            "MAE": values.mae,
            "hinge": values.hinge,
            "BCE": values.bce,
            "CE": values.cross_entropy,
        }
        if name in losses and len(args) == 2:
            return losses[name](*args)
        if name == "P" or name in ("𝔼", "Var", "𝒩"):
            raise Unknown(f"{show(node)} can't be computed")
        raise Unknown(f"the function {name} is not known")

    def extreme_slope(self, node):
        """The derivative of a maximum or minimum by its first or second argument; half where they are equal."""
        if len(node.args) != 2:
            raise Unknown(f"{show(node)} can't be computed")
        left, right = (values.scalar(self.value(arg)) for arg in node.args)
        if is_matrix(left) or is_matrix(right) or not (left.exact and right.exact):
            raise Unknown(f"{show(node)} can't be computed")
        order = values.sign(values.add(left.low, -right.low)) * (1 if node.name == "max" else -1)
        if order == 0:
            return Real(values.HALF)
        return exact(int((order > 0) == (node.sub == "1")))

    @staticmethod
    def extreme(which, args):
        if len(args) == 1:
            args = values.entries(args[0])
        result = args[0]
        for value in args[1:]:
            result = values.each(lambda *both: values.ends(lambda *ends: which(ends), *both), result, value)
        return result

    def apply(self, function, node):
        if len(node.args) != 1:
            raise Unknown(f"{show(node)} can't be computed")
        return values.each(lambda real: values.real_apply(*function, real), self.value(node.args[0]))

    def indexed(self, node):
        """A function with a constant as its index: LeakyReLU with the slope 0.1."""
        name, sub = node.name, node.sub
        if name == "GELU":
            table = values.SLOPES if node.primes else values.FUNCTIONS
            return self.apply(table["GELU_tanh"], node)
        if name == "BCE":
            return values.bce_with_logits(*(self.value(arg) for arg in node.args))
        constant = self.constant(sub)
        if name == "Huber":
            return values.huber(*(self.value(arg) for arg in node.args), constant)
        if name == "ELU":
            if node.primes:
                slope = lambda x: Fraction(1) if x > 0 else values.multiply(constant, values.exponential(x))
                return self.apply((slope, False), node)
            return self.apply((lambda x: values.elu(x, constant), True), node)
        maker = values.leaky_slope if node.primes else values.leaky
        return self.apply((maker(constant), not node.primes), node)

    def constant(self, sub):
        try:
            return Fraction(sub.replace("−", "-").strip("()"))
        except (ValueError, ZeroDivisionError):
            value = self.lookup(Sym(sub))
            if is_matrix(value) or not value.exact:
                raise Unknown(f"the constant {sub}") from None
            return value.low


def no_move(left, right):
    """A quotient, where 0/0 counts as 0."""
    if left.exact and left.low == 0 and right.exact and right.low == 0:
        return left
    return values.real_divide(left, right)


def compare(relation, left, right):
    """Whether a relation holds between two numbers; only where it is certain."""
    if relation in ("=", "≈", "≠"):
        if not (left.exact and right.exact):
            raise Unknown("a comparison of rounded numbers")
        return values.same(left.low, right.low) == (relation != "≠")
    certain = {
        "<": (below(left.high, right.low), not below(left.low, right.high)),
        ">": (below(right.high, left.low), not below(right.low, left.high)),
        "≤": (not below(right.low, left.high), below(right.high, left.low)),
        "≥": (not below(left.low, right.high), below(left.high, right.low)),
    }
    if relation not in certain:
        raise Unknown(f"the relation {relation}")
    yes, no = certain[relation]
    if yes == no:
        raise Unknown("a comparison of rounded numbers")
    return yes


def constant(node):
    """The lookup of formulas without names: only π and e have values."""
    if node.name in CONSTANTS:
        return Real(mpmath.mpf(CONSTANTS[node.name]))
    raise Unknown(node.name)
