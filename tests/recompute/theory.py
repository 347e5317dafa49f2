"""What theory says beside the estimates of an experiment, computed anew.

For layers h_l = f(h_{l-1} W_l) with independent weights of variance v and width n → ∞ a
pre-activation is normal with variance n v q, where q is the mean square of the layer below. The
generated input is not on the page, so q of the input is found from the column itself: one
number for all its rows. With listed inputs nothing is left open.
"""

import math
import re

from runs import shape_of

ACTIVATIONS = {
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "tanh": (math.tanh, lambda z: 1 - math.tanh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2),
}
STEPS = [step / 20 for step in range(-180, 181)]
WEIGHTS = [math.exp(-g * g / 2) / math.sqrt(2 * math.pi) / 20 for g in STEPS]


def expectation(function, variance):
    """The mean of a function of a normal number, by the trapezoid rule."""
    deviation = math.sqrt(variance)
    return sum(weight * function(deviation * g) for g, weight in zip(STEPS, WEIGHTS))


class Net:
    """The layers h_l = f(h_{l-1} W_l) of a set-up, with the variance of each layer's weights."""

    def __init__(self, scenario, setup, activation, initializer, gain=None):
        description = scenario.setups[setup]
        self.name = f"{setup}, {initializer}"
        self.activation = activation
        self.depth = int(description["dimensions"]["depth"])
        self.sizes = [shape_of(scenario, description, f"W_{layer}") for layer in range(1, self.depth + 1)]
        self.variances = [variance(scenario, initializer, *size, gain) for size in self.sizes]

    def activations(self, q):
        """The standard deviation of h_1, h_2, ... for an input with the mean square q."""
        function = ACTIVATIONS[self.activation][0]
        for (inputs, _), v in zip(self.sizes, self.variances):
            s = inputs * v * q
            if self.activation == "relu":
                q, mean = s / 2, math.sqrt(s / (2 * math.pi))
            else:
                q, mean = expectation(lambda z: function(z) ** 2, s), expectation(function, s)
            yield math.sqrt(q - mean * mean)

    def gradients(self, q):
        """The standard deviation of the adjoints of h_1, h_2, ..., of which the last is 1."""
        function, slope = ACTIVATIONS[self.activation]
        factors = []
        for (inputs, outputs), v in zip(self.sizes, self.variances):
            s = inputs * v * q
            if self.activation == "relu":
                q, chi = s / 2, 0.5
            else:
                q, chi = expectation(lambda z: function(z) ** 2, s), expectation(lambda z: slope(z) ** 2, s)
            factors.append(chi * v * outputs)
        found = [1.0]
        for factor in reversed(factors[1:]):
            found.append(found[-1] * factor)
        return [math.sqrt(d) for d in reversed(found)]


def variance(scenario, initializer, inputs, outputs, gain=None):
    """The variance of the entries of a weight matrix."""
    options = initializer if isinstance(initializer, dict) else {"kind": initializer}
    kind = re.sub(r"_(normal|uniform)$", "", options["kind"])
    gain = options.get("gain") if gain is None else gain
    factor = float(scenario.number(gain)) ** 2 if gain is not None else 1.0
    if kind == "kaiming":
        fan = outputs if options.get("fan") == "out" else inputs
        return (2.0 if gain is None else factor) / fan
    if kind == "xavier":
        return 2 * factor / (inputs + outputs)
    if kind == "lecun":
        return 1.0 / inputs
    if options["kind"] == "normal":
        return float(scenario.number(options.get("std", "1"))) ** 2
    raise KeyError(options["kind"])


def nets(scenario):
    """All nets that experiments of a scenario look at."""
    for setup, description in scenario.setups.items():
        pattern = r"h_\{l\} = (\w+)\(h_\{l-1\} @ W_\{l\}\) for l in 1\.\.depth"
        found = re.fullmatch(pattern, (description.get("model") or "").strip())
        if not found or found.group(1) not in ACTIVATIONS:
            continue
        start = description["init"]["W_{l}"]
        for experiment in (description.get("experiments") or {}).values():
            vary = experiment.get("vary") or {}
            for initializer in vary.get("W_{l}", [start]):
                for gain in vary.get("W_{l}.gain", [None]):
                    yield Net(scenario, setup, found.group(1), initializer, gain)


def fits(number, printed, unit):
    """Whether a number in floating point prints so, but for its last bits."""
    return abs(number - float(printed)) <= float(unit) * 0.5001


def explains(net, measure, rows):
    """Whether one mean square of the input explains a column: rows are (layer, printed, unit)."""
    series = net.activations if measure == "activations" else net.gradients
    layer, printed, unit = rows[0]
    if not printed or not all(1 <= row[0] <= net.depth for row in rows):
        return False

    def first(q):
        return list(series(q))[layer - 1]

    middle = solved(first, float(printed)) if abs(first(2.0) - first(0.5)) > 1e-12 else 1.0
    for shift in range(-20, 21):  # the first row is rounded itself: every q is tried that it allows
        found = list(series(middle * (1 + shift / 20 * float(unit) / float(printed))))
        if all(fits(found[layer - 1], printed, unit) for layer, printed, unit in rows):
            return True
    return False


def solved(function, wanted):
    """Where a function that rises or falls throughout takes a value."""
    low, high, rises = 1e-3, 1e3, function(2.0) > function(1.0)
    for _ in range(80):
        middle = math.sqrt(low * high)
        if (function(middle) < wanted) == rises:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


def one_layer(scenario):
    """σ² of the pre-activations z = xW of set-ups whose input is listed."""
    for setup, description in scenario.setups.items():
        lines = [line.strip() for line in (description.get("model") or "").splitlines()]
        if "z = x @ W" not in lines or not isinstance(description.get("data"), list):
            continue
        try:
            inputs, outputs = shape_of(scenario, description, "W")
            v = variance(scenario, description["init"]["W"], inputs, outputs)
        except (KeyError, TypeError):
            continue
        for example in scenario.data(setup):
            yield v * sum(float(real.low) ** 2 for row in example["x"] for real in row)


ONE_LAYER = {
    "active units": lambda s: 0.5,
    "mean of the activations": lambda s: math.sqrt(s / (2 * math.pi)),
    "mean square of the activations": lambda s: s / 2,
}


def density(s, place):
    """The density of a pre-activation with the variance s."""
    return math.exp(-place * place / (2 * s)) / math.sqrt(2 * math.pi * s)
