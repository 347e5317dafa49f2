"""Exact arithmetic for the checker: fractions, else 80 digits, and intervals for rounded inputs.

A `Real` lies between two ends. Where both are the same it is exact: a fraction, or an irrational
number to 80 digits. A rounded input is the interval of half a unit in its last place on both
sides, and what is computed from it is the interval that this explains.
"""

from fractions import Fraction
from functools import reduce

import mpmath

mpmath.mp.dps = 80
TINY = mpmath.mpf(10) ** -60  # two irrational numbers closer than this, relative to their size, agree
HALF = Fraction(1, 2)
SELU_LAMBDA = mpmath.mpf("1.0507009873554804934193349852946")
SELU_ALPHA = mpmath.mpf("1.6732632423543772848170429916717")


class Unknown(Exception):
    """A name has no value here, or an operation is none that can be computed."""


class Undefined(Exception):
    """An operation such as 0/0 has no value."""


class Real:
    """A number, or all numbers from `low` to `high`."""

    __slots__ = ("low", "high")

    def __init__(self, low, high=None):
        self.low = low
        self.high = low if high is None else high

    @property
    def exact(self):
        return self.low is self.high or self.low == self.high

    @property
    def rational(self):
        return self.exact and isinstance(self.low, Fraction)

    def __repr__(self):
        return decimal(self.low) if self.exact else f"[{decimal(self.low)}, {decimal(self.high)}]"


def exact(value):
    return Real(Fraction(value))


def around(value, unit):
    """Every number that prints as `value` when rounded to multiples of `unit`."""
    return Real(value - unit / 2, value + unit / 2)


def decimal(number, digits=12):
    if isinstance(number, Fraction) and number.denominator == 1 and abs(number) < 10**15:
        return str(number.numerator)
    return mpmath.nstr(mp(number), digits)


def mp(number):
    if isinstance(number, Fraction):
        return mpmath.mpf(number.numerator) / number.denominator
    return mpmath.mpf(number)


# Operations on single numbers: fractions stay fractions where they can.


def pair(left, right):
    """Both as fractions, or both with 80 digits."""
    left = Fraction(left) if isinstance(left, int) else left
    right = Fraction(right) if isinstance(right, int) else right
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left, right
    return mp(left), mp(right)


def below(left, right):
    left, right = pair(left, right)
    return left < right


def least(numbers):
    return reduce(lambda a, b: b if below(b, a) else a, numbers)


def greatest(numbers):
    return reduce(lambda a, b: b if below(a, b) else a, numbers)


def add(left, right):
    left, right = pair(left, right)
    found = left + right
    if not isinstance(found, Fraction) and abs(found) < TINY * abs(left):
        return Fraction(0)  # what cancels to 60 digits is taken to be zero
    return found


def multiply(left, right):
    if left == 0 or right == 0:
        return Fraction(0)
    left, right = pair(left, right)
    return left * right


def divide(left, right):
    if right == 0:
        raise Undefined("division by 0")
    left, right = pair(left, right)
    return left / right


def root(number):
    if number < 0:
        raise Undefined("the root of a negative number")
    if isinstance(number, Fraction):
        above, below = whole_root(number.numerator), whole_root(number.denominator)
        if above is not None and below is not None:
            return Fraction(above, below)
    return mpmath.sqrt(mp(number))


def whole_root(number):
    found = int(mpmath.libmp.isqrt(number))
    return found if found * found == number else None


def power(base, exponent):
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        if exponent < 0 and base == 0:
            raise Undefined("a negative power of 0")
        if abs(exponent) <= 4096:
            return base ** int(exponent)
    if base == 0 and exponent < 0:
        raise Undefined("a negative power of 0")
    if exponent == HALF:
        return root(base)
    if base < 0:
        raise Undefined("a broken power of a negative number")
    return mp(base) ** mp(exponent)


def exponential(number):
    return Fraction(1) if number == 0 else mpmath.exp(mp(number))


def logarithm(number):
    if number <= 0:
        raise Undefined("the logarithm of a number that is not positive")
    return Fraction(0) if number == 1 else mpmath.log(mp(number))


def sigmoid(number):
    return HALF if number == 0 else 1 / (1 + mpmath.exp(-mp(number)))


def tanh(number):
    return Fraction(0) if number == 0 else mpmath.tanh(mp(number))


def normal_below(number):
    return HALF if number == 0 else mpmath.ncdf(mp(number))


def normal_density(number):
    return mpmath.npdf(mp(number))


def sign(number):
    return Fraction(int(number > 0) - int(number < 0))


def relu(number):
    return number if number > 0 else Fraction(0)


def elu(number, alpha=Fraction(1)):
    return number if number >= 0 else multiply(alpha, exponential(number) - 1)


def selu(number):
    scaled = number if number >= 0 else SELU_ALPHA * (exponential(number) - 1)
    return multiply(SELU_LAMBDA, scaled)


def softplus(number):
    return mpmath.log(1 + mpmath.exp(mp(number)))


def silu(number):
    return multiply(number, sigmoid(number))


def gelu(number):
    return multiply(number, normal_below(number))


def gelu_tanh(number):
    inner = mpmath.sqrt(2 / mpmath.pi) * (mp(number) + mpmath.mpf("0.044715") * mp(number) ** 3)
    return multiply(number, (1 + mpmath.tanh(inner)) / 2)


def clamp(low, high):
    return lambda number: least([greatest([number, Fraction(low)]), Fraction(high)])


# Derivatives. At a kink the convention of the sheets holds: ReLU'(0) = 0 and so on.


def step(*bounds):
    """1 strictly between two bounds, else 0."""
    low, high = bounds
    return lambda number: Fraction((low is None or number > low) and (high is None or number < high))


def sigmoid_slope(number):
    value = sigmoid(number)
    return multiply(value, 1 - value)


def tanh_slope(number):
    value = tanh(number)
    return 1 - value * value


def silu_slope(number):
    value = sigmoid(number)
    return multiply(value, 1 + multiply(number, 1 - value))


def gelu_slope(number):
    return add(normal_below(number), multiply(number, normal_density(number)))


def gelu_tanh_slope(number):
    factor, number = mpmath.sqrt(2 / mpmath.pi), mp(number)
    inner = factor * (number + mpmath.mpf("0.044715") * number**3)
    slope = factor * (1 + 3 * mpmath.mpf("0.044715") * number**2)
    return (1 + mpmath.tanh(inner)) / 2 + number / 2 * (1 - mpmath.tanh(inner) ** 2) * slope


def selu_slope(number):
    return SELU_LAMBDA if number > 0 else SELU_LAMBDA * SELU_ALPHA * exponential(number)


# name -> function of one number, and whether it never falls, so that ends go to ends.
FUNCTIONS = {
    "ReLU": (relu, True),
    "ReLU6": (clamp(0, 6), True),
    "HardTanh": (clamp(-1, 1), True),
    "exp": (exponential, True),
    "ln": (logarithm, True),
    "log": (logarithm, True),
    "σ": (sigmoid, True),
    "sigmoid": (sigmoid, True),
    "tanh": (tanh, True),
    "Φ": (normal_below, True),
    "φ": (normal_density, False),
    "sgn": (sign, True),
    "sign": (sign, True),
    "softplus": (softplus, True),
    "ELU": (elu, True),
    "SELU": (selu, True),
    "SiLU": (silu, False),
    "GELU": (gelu, False),
    "GELU_tanh": (gelu_tanh, False),
    "sin": (lambda number: mpmath.sin(mp(number)) if number else Fraction(0), False),
    "cos": (lambda number: mpmath.cos(mp(number)) if number else Fraction(1), False),
}
SLOPES = {
    "ReLU": (step(0, None), True),
    "ReLU6": (step(0, 6), False),
    "HardTanh": (step(-1, 1), False),
    "exp": (exponential, True),
    "σ": (sigmoid_slope, False),
    "sigmoid": (sigmoid_slope, False),
    "tanh": (tanh_slope, False),
    "softplus": (sigmoid, True),
    "ELU": (lambda number: Fraction(1) if number > 0 else exponential(number), True),
    "SELU": (selu_slope, True),
    "SiLU": (silu_slope, False),
    "GELU": (gelu_slope, False),
    "GELU_tanh": (gelu_tanh_slope, False),
    "sin": (FUNCTIONS["cos"][0], False),
    "cos": (lambda number: -FUNCTIONS["sin"][0](number), False),
}


def leaky(slope):
    return lambda number: number if number > 0 else multiply(slope, number)


def leaky_slope(slope):
    return lambda number: Fraction(1) if number > 0 else slope


# Operations on `Real`s.


def ends(operation, *reals):
    """An operation whose extremes lie at the ends of its arguments."""
    if all(real.exact for real in reals):
        return Real(operation(*(real.low for real in reals)))
    corners = [[]]
    for real in reals:
        ends_of = [real.low] if real.exact else [real.low, real.high]
        corners = [corner + [end] for corner in corners for end in ends_of]
    found = [operation(*corner) for corner in corners]
    return Real(least(found), greatest(found))


def real_add(left, right):
    return ends(add, left, right)


def real_negative(real):
    return Real(-real.low) if real.exact else Real(-real.high, -real.low)


def real_subtract(left, right):
    return real_add(left, real_negative(right))


def real_multiply(left, right):
    return ends(multiply, left, right)


def real_divide(left, right):
    if right.low <= 0 <= right.high and not right.exact:
        raise Unknown("division by an interval around 0")
    return ends(divide, left, right)


def real_power(base, exponent):
    if not exponent.exact:
        return ends(power, base, exponent)
    whole = exponent.low == int(exponent.low)
    if whole and int(exponent.low) % 2 == 0 and not base.exact and base.low < 0 < base.high:
        return Real(Fraction(0), greatest([power(base.low, exponent.low), power(base.high, exponent.low)]))
    return ends(lambda number: power(number, exponent.low), base)


def real_root(real):
    low = greatest([real.low, Fraction(0)]) if not real.exact else real.low
    return Real(root(low)) if real.exact else Real(root(low), root(real.high))


def real_abs(real):
    if real.exact:
        return Real(abs(real.low))
    if real.low < 0 < real.high:
        return Real(Fraction(0), greatest([-real.low, real.high]))
    return ends(abs, real)


def real_apply(function, rises, real):
    if real.exact:
        return Real(function(real.low))
    if rises:
        return Real(function(real.low), function(real.high))
    return scanned(function, real)


def scanned(function, real):
    """The values of a function that may turn on the way: by samples, with a margin."""
    width = add(real.high, -real.low)
    found = [function(add(real.low, multiply(width, Fraction(step, 16)))) for step in range(17)]
    low, high = mp(least(found)), mp(greatest(found))
    return Real(low - (high - low) / 4, high + (high - low) / 4)


def same(left, right):
    """Whether two exact numbers agree: fractions exactly, others to 60 digits."""
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left == right
    left, right = mp(left), mp(right)
    return abs(left - right) <= TINY * max(1, abs(left), abs(right))


ties_to_even = False  # how a page rounds ties: away from zero, or to the even digit


def rounds_to(number, printed, unit):
    """Whether an exact number, rounded to multiples of `unit`, is `printed`."""
    scaled = divide(abs(number), unit)
    if isinstance(scaled, Fraction):
        whole = round(scaled) if ties_to_even else (scaled + HALF).__floor__()
    else:
        whole = int(mpmath.floor(scaled + mpmath.mpf("0.5") + TINY))
    rounded = whole * unit
    return (rounded if number >= 0 else -rounded) == printed


def may_round_to(real, printed, unit):
    """Whether some number of an interval rounds to what is printed."""
    if real.exact:
        return rounds_to(real.low, printed, unit)
    return not below(printed + unit / 2, real.low) and not below(real.high, printed - unit / 2)


def prints_as(real, printed, unit):
    """As `may_round_to`; the last zeros of 2320 may stand for digits that are not asked for."""
    while True:
        if may_round_to(real, printed, unit):
            return True
        if unit < 1 or printed == 0 or printed % (10 * unit) != 0:
            return False
        unit *= 10


# Matrices: lists of rows of `Real`s.


def is_matrix(value):
    return isinstance(value, list)


def shape(value):
    return (len(value), len(value[0])) if is_matrix(value) else None


def entries(value):
    return [entry for row in value for entry in row] if is_matrix(value) else [value]


def each(function, *values):
    """A function entry by entry; rows, columns and numbers are repeated as needed."""
    shapes = [shape(value) for value in values if is_matrix(value)]
    if not shapes:
        return function(*values)
    rows, columns = max(size[0] for size in shapes), max(size[1] for size in shapes)
    for size in shapes:
        if size[0] not in (1, rows) or size[1] not in (1, columns):
            raise Unknown("shapes that do not fit")
    return [
        [function(*(entry(value, row, column) for value in values)) for column in range(columns)]
        for row in range(rows)
    ]


def entry(value, row, column):
    if not is_matrix(value):
        return value
    return value[row if len(value) > 1 else 0][column if len(value[0]) > 1 else 0]


def transpose(value):
    return [list(column) for column in zip(*value)] if is_matrix(value) else value


def matmul(left, right):
    if not is_matrix(left) or not is_matrix(right):
        raise Unknown("a matrix product of numbers")
    if shape(left)[1] != shape(right)[0]:
        raise Unknown("shapes that do not fit")
    return [
        [total(real_multiply(a, b) for a, b in zip(row, column)) for column in zip(*right)] for row in left
    ]


def total(reals):
    return reduce(real_add, reals, exact(0))


def product(left, right):
    """What stands side by side: a matrix product, or a multiple."""
    if is_matrix(left) and is_matrix(right):
        return matmul(left, right)
    return each(real_multiply, left, right)


def mean(value):
    found = entries(value)
    return real_divide(total(found), exact(len(found)))


def norm(value):
    return real_root(total(real_power(real, exact(2)) for real in entries(value)))


def softmax(value):
    if not is_matrix(value):
        raise Unknown("the softmax of a single number")
    rows = []
    for row in value:
        powers = [real_apply(exponential, True, real) for real in row]
        rows.append([real_divide(power_, total(powers)) for power_ in powers])
    return rows


def scalar(value):
    """A matrix with one entry counts as its entry."""
    if is_matrix(value) and shape(value) == (1, 1):
        return value[0][0]
    return value


# Losses of a prediction and a target.


def half_squared_error(a, b):
    return real_divide(total(entries(each(squared_difference, a, b))), exact(2))


def squared_difference(a, b):
    return real_power(real_subtract(a, b), exact(2))


def mse(a, b):
    return mean(each(squared_difference, a, b))


def mae(a, b):
    return mean(each(lambda x, y: real_abs(real_subtract(x, y)), a, b))


def huber(a, b, delta):
    def single(x, y):
        rest = real_abs(real_subtract(x, y))
        return real_apply(huber_of(delta), True, rest)

    return mean(each(single, a, b))


def huber_of(delta):
    def loss(rest):
        if below(delta, rest):
            return multiply(delta, add(rest, -divide(delta, 2)))
        return divide(multiply(rest, rest), 2)

    return loss


def hinge(a, b):
    return mean(each(lambda x, y: real_apply(relu, True, real_subtract(exact(1), real_multiply(x, y))), a, b))


def bce(a, b):
    def single(p, y):
        rest = real_subtract(exact(1), p), real_subtract(exact(1), y)
        first = real_multiply(y, real_apply(logarithm, True, p)) if y.low != 0 or not y.exact else exact(0)
        other = rest[1]
        second = (
            real_multiply(other, real_apply(logarithm, True, rest[0]))
            if other.low != 0 or not other.exact
            else exact(0)
        )
        return real_negative(real_add(first, second))

    return mean(each(single, a, b))


def bce_with_logits(a, b):
    return mean(each(lambda z, y: real_subtract(real_apply(softplus, True, z), real_multiply(y, z)), a, b))


def cross_entropy(z, y):
    if shape(z) != shape(y) or not is_matrix(z):
        raise Unknown("shapes that do not fit")
    lines = []
    for row, target in zip(softmax(z), y):
        logs = [real_apply(logarithm, True, real) for real in row]
        lines.append(total(real_multiply(t, log) for t, log in zip(target, logs)))
    return real_negative(real_divide(total(lines), exact(len(lines))))
