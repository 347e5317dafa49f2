"""The runs of a scenario, computed independently of gradsheet.

    python3 runs.py SCENARIO.yaml [PATH...]

prints the values of paths such as `neuron.adam.t2.w`. From the scenario only the givens are read;
optimizers, schedules and losses are written after `SEMANTICS.md`. Numbers that gradsheet draws
(`init: kaiming_normal`) can be given as they are in the initial state of a trace: `--draws TRACE.json`.
"""

import argparse
import copy
import json
import re
from dataclasses import dataclass, field
from fractions import Fraction

import mpmath
import yaml

import values
from language import Tape, Wrong, compute, parse
from values import Real, Undefined, Unknown, exact

HALF = Fraction(1, 2)
NEAR = mpmath.mpf(10) ** -65
BITS = 600  # fractions with more bits go on as numbers of 80 digits


# Optimizers: lines `name = formula` for every parameter, with the initial states.


def sgd(options):
    return ["theta = theta - rate*g"], {}


def momentum(options):
    form, nesterov = options["form"], options["nesterov"]
    gradient = {"ema": "(1 - beta)*g", "heavy_ball": "(1 - dampening)*g", "velocity": "-rate*g"}[form]
    if form == "heavy_ball":
        gradient = f"(g if t == 1 else {gradient})"
    lines = [f"u = beta*u + {gradient}"]
    if nesterov == "true":
        step = {
            "ema": "rate*(beta*u + (1 - beta)*g)",
            "heavy_ball": "rate*(g + beta*u)",
            "velocity": "rate*g - beta*u",
        }[form]
    else:
        step = "0 - u" if form == "velocity" else "rate*u"
    return [*lines, f"theta = theta - ({step})"], {"u": 0}


def adagrad(options):
    divisor = "sqrt(s + epsilon)" if options["epsilon_place"] == "inside" else "(sqrt(s) + epsilon)"
    rate = "rate/(1 + (t - 1)*learning_rate_decay)"
    return ["s = s + g^2", f"theta = theta - {rate}*(g/{divisor})"], {"s": options["initial_accumulator"]}


def rmsprop(options):
    lines, states, second = ["v = rho*v + (1 - rho)*g^2"], {"v": 0}, "v"
    if options["centered"] == "true":
        lines.append("g_bar = rho*g_bar + (1 - rho)*g")
        states["g_bar"] = 0
        second = "(v - g_bar^2)"
    divisor = (
        f"sqrt({second} + epsilon)" if options["epsilon_place"] == "inside" else f"(sqrt({second}) + epsilon)"
    )
    if options["momentum"] == 0:
        return [*lines, f"theta = theta - rate*(g/{divisor})"], states
    states["u"] = 0
    if options["rate_place"] == "inside":
        return [*lines, f"u = momentum*u + rate*(g/{divisor})", "theta = theta - u"], states
    return [*lines, f"u = momentum*u + g/{divisor}", "theta = theta - rate*u"], states


def adadelta(options):
    return [
        "v = rho*v + (1 - rho)*g^2",
        "delta = sqrt(d + epsilon)/sqrt(v + epsilon)*g",
        "d = rho*d + (1 - rho)*delta^2",
        "theta = theta - rate*delta",
    ], {"v": 0, "d": 0}


MOMENTS = ["u = beta1*u + (1 - beta1)*g", "v = beta2*v + (1 - beta2)*g^2"]


def adam(options):
    lines, states = list(MOMENTS), {"u": 0, "v": 0}
    place, amsgrad = options["epsilon_place"], options["amsgrad"]
    corrected = options["bias_correction"] == "true"
    first, second, raw = "u", "v", "v"
    if amsgrad == "raw":
        lines.append("v_max = max(v_max, v)")
        states["v_max"], second, raw = 0, "v_max", "v_max"
    if corrected:
        lines += ["u_hat = u/(1 - beta1^t)", f"v_hat = {second}/(1 - beta2^t)"]
        first, second = "u_hat", "v_hat"
    if amsgrad == "corrected":
        lines.append(f"v_max = max(v_max, {second})")
        states["v_max"], second = 0, "v_max"
    if place == "hat" and corrected:
        root = f"sqrt({raw})" if amsgrad != "corrected" else "sqrt(v_max*(1 - beta2^t))"
        step = f"sqrt(1 - beta2^t)/(1 - beta1^t)*(u/({root} + epsilon))"
    elif place == "inside":
        step = f"{first}/sqrt({second} + epsilon)"
    else:
        step = f"{first}/(sqrt({second}) + epsilon)"
    return [*lines, f"theta = theta - rate*({step})"], states


def adamax(options):
    inside = options["epsilon_place"] == "inside"
    return [
        MOMENTS[0],
        "u_hat = u/(1 - beta1^t)",
        "n = max(beta2*n, abs(g) + epsilon)" if inside else "n = max(beta2*n, abs(g))",
        "theta = theta - rate*(u_hat/n)" if inside else "theta = theta - rate*(u_hat/(n + epsilon))",
    ], {"u": 0, "n": 0}


def nadam(options):
    states = {"u": 0, "v": 0}
    if options["form"] == "simple":
        lines = [*MOMENTS, "u_hat = beta1*u/(1 - beta1^(t + 1)) + (1 - beta1)*g/(1 - beta1^t)"]
    else:
        states["P"] = 1
        lines = [
            "mu = beta1*(1 - 1/2*0.96^(t*momentum_decay))",
            "mu_bar = beta1*(1 - 1/2*0.96^((t + 1)*momentum_decay))",
            "P = P*mu",
            *MOMENTS,
            "u_hat = mu_bar*u/(1 - P*mu_bar) + (1 - mu)*g/(1 - P)",
        ]
    lines.append("v_hat = v/(1 - beta2^t)")
    step = {
        "outside": "u_hat/(sqrt(v_hat) + epsilon)",
        "inside": "u_hat/sqrt(v_hat + epsilon)",
        "hat": "sqrt(1 - beta2^t)*(u_hat/(sqrt(v) + epsilon))",
    }[options["epsilon_place"]]
    return [*lines, f"theta = theta - rate*({step})"], states


def radam(options):
    step = {
        "outside": "u_hat/(sqrt(v_hat) + epsilon)",
        "inside": "u_hat/sqrt(v_hat + epsilon)",
        "hat": "sqrt(1 - beta2^t)*(u_hat/(sqrt(v) + epsilon))",
    }[options["epsilon_place"]]
    return [
        *MOMENTS,
        "u_hat = u/(1 - beta1^t)",
        "rho_max = 2/(1 - beta2) - 1",
        "rho = rho_max - 2*t*beta2^t/(1 - beta2^t)",
        "r = sqrt((rho - 4)*(rho - 2)*rho_max/((rho_max - 4)*(rho_max - 2)*rho)) if rho > threshold else 1",
        "v_hat = v/(1 - beta2^t)",
        f"theta = theta - rate*r*({step}) if rho > threshold else theta - rate*u_hat",
    ], {"u": 0, "v": 0}


def sign_sgd(options):
    return ["theta = theta - rate*sign(g)"], {}


def signum(options):
    return ["u = beta*u + (1 - beta)*g", "theta = theta - rate*sign(u)"], {"u": 0}


def lion(options):
    return [
        "c = beta1*u + (1 - beta1)*g",
        "u = beta2*u + (1 - beta2)*g",
        "theta = theta - rate*sign(c)",
    ], {"u": 0}


def rprop(options):
    return [
        "p = g_prev*g",
        "eta = each(p)",
        "d = min(max(eta*d, step_min), step_max)",
        "g_prev = g*kept(p)",
        "theta = theta - d*sign(g_prev)",
    ], {"d": options["learning_rate"], "g_prev": 0}


def lars(options):
    return [
        "phi = 1 if norm(theta) == 0 else 1 if norm(g) == 0 else trust*norm(theta)/(norm(g) + epsilon)",
        "u = beta*u + rate*phi*g",
        "theta = theta - u",
    ], {"u": 0}


def lamb(options):
    step = {
        "outside": "u_hat/(sqrt(v_hat) + epsilon)",
        "inside": "u_hat/sqrt(v_hat + epsilon)",
        "hat": "sqrt(1 - beta2^t)*(u_hat/(sqrt(v) + epsilon))",
    }[options["epsilon_place"]]
    if options["decay_kind"] == "inside":
        step += " + weight_decay*theta"
    return [
        *MOMENTS,
        "u_hat = u/(1 - beta1^t)",
        "v_hat = v/(1 - beta2^t)",
        f"r = {step}",
        "phi = 1 if norm(theta) == 0 else 1 if norm(r) == 0 else norm(theta)/norm(r)",
        "theta = theta - rate*phi*r",
    ], {"u": 0, "v": 0}


def muon(options):
    lines = ["u = beta*u + (1 - beta)*g"]
    start = "u"
    if options["nesterov"] == "true":
        lines.append("N = beta*u + (1 - beta)*g")
        start = "N"
    lines.append(f"X_0 = {start}/max(norm({start}), epsilon)")
    for step in range(int(options["ns_steps"])):
        lines.append(f"A_{step + 1} = X_{step} @ X_{step}.T")
        a = f"A_{step + 1}"
        lines.append(f"X_{step + 1} = ns_a*X_{step} + (ns_b*{a} + ns_c*({a} @ {a})) @ X_{step}")
    scale = {
        "original": "sqrt(max(1, rows/columns))",
        "match_rms_adamw": "0.2*sqrt(max(rows, columns))",
        "ratio": "sqrt(rows/columns)",
    }[options["scale"]]
    return [*lines, f"s = {scale}", f"theta = theta - rate*s*X_{int(options['ns_steps'])}"], {"u": 0}


def custom(options):
    lines = [line.split("#")[0].strip() for line in options["rule"].splitlines()]
    return [line for line in lines if line], dict(options["state"])


RULES = {
    "sgd": sgd,
    "momentum": momentum,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adadelta": adadelta,
    "adam": adam,
    "adamw": adam,
    "adamax": adamax,
    "nadam": nadam,
    "radam": radam,
    "sign_sgd": sign_sgd,
    "signum": signum,
    "lion": lion,
    "rprop": rprop,
    "lars": lars,
    "lamb": lamb,
    "muon": muon,
    "custom": custom,
}
BETAS = {"beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", "epsilon_place": "outside"}
DEFAULTS = {
    "sgd": {},
    "momentum": {"beta": "0.9", "form": "ema", "dampening": "0", "nesterov": "false"},
    "adagrad": {
        "initial_accumulator": "0",
        "learning_rate_decay": "0",
        "epsilon": "1e-10",
        "epsilon_place": "outside",
    },
    "rmsprop": {
        "rho": "0.99",
        "epsilon": "1e-8",
        "epsilon_place": "outside",
        "centered": "false",
        "momentum": "0",
        "rate_place": "outside",
    },
    "adadelta": {"rho": "0.9", "epsilon": "1e-6"},
    "adam": {**BETAS, "bias_correction": "true", "amsgrad": "false"},
    "adamw": {**BETAS, "bias_correction": "true", "amsgrad": "false", "weight_decay": "0.01"},
    "adamax": BETAS,
    "nadam": {**BETAS, "form": "scheduled", "momentum_decay": "0.004"},
    "radam": {**BETAS, "threshold": "5"},
    "sign_sgd": {},
    "signum": {"beta": "0.9"},
    "lion": {"beta1": "0.9", "beta2": "0.99"},
    "rprop": {"eta_minus": "0.5", "eta_plus": "1.2", "step_min": "1e-6", "step_max": "50"},
    "lars": {"beta": "0.9", "trust": "0.001", "epsilon": "0"},
    "lamb": {**BETAS, "epsilon": "1e-6"},
    "muon": {
        "beta": "0.95",
        "nesterov": "true",
        "ns_steps": "5",
        "ns_a": "3.4445",
        "ns_b": "-4.775",
        "ns_c": "2.0315",
        "epsilon": "1e-7",
        "scale": "original",
        "weight_decay": "0.1",
    },
    "custom": {"state": {}, "options": {}},
}
DECAY_KINDS = {"adamw": "decoupled", "lion": "decoupled", "muon": "decoupled", "lamb": "inside"}
KEPT_BY_SGD = ("learning_rate", "display", "schedule", "clip", "weight_decay")
WORDS = {
    "form",
    "nesterov",
    "epsilon_place",
    "centered",
    "rate_place",
    "bias_correction",
    "amsgrad",
    "scale",
    "zero_over_zero",
    "kind",
    "convention",
    "rule",
    "title",
    "decay_kind",
    "decay_on",
}
DECOUPLED = {"decay_kind": "decoupled"}
CONVENTIONS = {
    ("sgd", "keras"): DECOUPLED,
    ("sgd", "optax"): DECOUPLED,
    ("momentum", "pytorch"): {"form": "heavy_ball"},
    ("momentum", "keras"): {"form": "velocity", **DECOUPLED},
    ("momentum", "optax"): {"form": "heavy_ball", **DECOUPLED},
    ("momentum", "paper"): {"form": "heavy_ball"},
    ("adagrad", "keras"): {
        "epsilon": "1e-7",
        "epsilon_place": "inside",
        "initial_accumulator": "0.1",
        **DECOUPLED,
    },
    ("adagrad", "optax"): {
        "epsilon": "1e-7",
        "epsilon_place": "inside",
        "initial_accumulator": "0.1",
        "zero_over_zero": "no_move",
        **DECOUPLED,
    },
    ("rmsprop", "keras"): {
        "rho": "0.9",
        "epsilon": "1e-7",
        "epsilon_place": "inside",
        "rate_place": "inside",
        **DECOUPLED,
    },
    ("rmsprop", "optax"): {"rho": "0.9", "epsilon_place": "inside", "rate_place": "inside", **DECOUPLED},
    ("adadelta", "keras"): {"rho": "0.95", "epsilon": "1e-7", **DECOUPLED},
    ("adam", "keras"): {"epsilon": "1e-7", "epsilon_place": "hat", **DECOUPLED},
    ("adam", "optax"): DECOUPLED,
    ("adamw", "keras"): {"epsilon": "1e-7", "epsilon_place": "hat", "weight_decay": "0.004"},
    ("adamw", "optax"): {"weight_decay": "1e-4"},
    ("adamax", "pytorch"): {"epsilon_place": "inside"},
    ("adamax", "keras"): {"epsilon": "1e-7", **DECOUPLED},
    ("adamax", "optax"): {"epsilon_place": "inside", **DECOUPLED},
    ("adamax", "paper"): {"epsilon": "0"},
    ("nadam", "keras"): {"momentum_decay": "1", "epsilon": "1e-7", **DECOUPLED},
    ("nadam", "optax"): {"form": "simple", **DECOUPLED},
    ("radam", "pytorch"): {"epsilon_place": "hat"},
    ("radam", "optax"): DECOUPLED,
    ("radam", "paper"): {"threshold": "4", "epsilon": "0"},
    ("lion", "optax"): {"weight_decay": "0.001"},
    ("lamb", "keras"): {"epsilon": "1e-7", **DECOUPLED},
    ("muon", "paper"): {"weight_decay": "0"},
}


# Schedules: the rate of the iteration with k iterations before it.


def scheduled(schedule, k, rate, number):
    if schedule is None or schedule == "constant":
        return rate
    if isinstance(schedule, str):
        raise Wrong(f"the schedule {schedule}")
    if "chain" in schedule:
        for part in schedule["chain"]:
            rate = scheduled(part, k, rate, number)
        return rate
    option = {
        name: number(value)
        for name, value in schedule.items()
        if isinstance(value, str) and name not in ("kind", "form", "staircase")
    }
    return SCHEDULES[schedule["kind"]](k, rate, option, schedule, number)


def steps(k, rate, option, schedule, number):
    return values.multiply(
        rate, values.power(option.get("gamma", Fraction(1, 10)), Fraction(k // int(option["size"])))
    )


def multistep(k, rate, option, schedule, number):
    passed = sum(number(milestone) <= k for milestone in schedule["milestones"])
    return values.multiply(rate, values.power(option.get("gamma", Fraction(1, 10)), Fraction(passed)))


def piecewise(k, rate, option, schedule, number):
    passed = sum(number(milestone) <= k for milestone in schedule["milestones"])
    return number(schedule["rates"][passed])


def exponential(k, rate, option, schedule, number):
    size = option.get("size", Fraction(1))
    exponent = Fraction(k // int(size)) if schedule.get("staircase") == "true" else Fraction(k) / size
    return values.multiply(rate, values.power(option["gamma"], exponent))


def inverse_time(k, rate, option, schedule, number):
    return values.divide(rate, 1 + option["rate"] * k / option.get("size", Fraction(1)))


def linear(k, rate, option, schedule, number):
    start, end = option["start"], option.get("end", Fraction(1))
    return values.multiply(rate, start + (end - start) * min(k, option["period"]) / option["period"])


def polynomial(k, rate, option, schedule, number):
    minimum = option.get("minimum", Fraction(0))
    left = 1 - min(k, option["period"]) / option["period"]
    share = values.power(left, option.get("power", Fraction(1)))
    return values.add(minimum, values.multiply(values.add(rate, -minimum), share))


def cosine_of_pi(part):
    """cos(π part), exactly where it is rational."""
    known = {Fraction(0): 1, Fraction(1, 3): HALF, HALF: 0, Fraction(2, 3): -HALF, Fraction(1): -1}
    return Fraction(known[part]) if part in known else mpmath.cospi(values.mp(part))


def cosine(k, rate, option, schedule, number):
    minimum, period = option.get("minimum", Fraction(0)), option["period"]
    wave = values.add(1, cosine_of_pi(min(Fraction(k), period) / period))
    return values.add(minimum, values.multiply(values.multiply(HALF, values.add(rate, -minimum)), wave))


def one_cycle(k, rate, option, schedule, number):
    period, share = option["period"], option.get("pct_start", Fraction(3, 10))
    first, last = option.get("div_factor", Fraction(25)), option.get("final_div_factor", Fraction(10**4))
    if schedule.get("form") == "optax":
        peak, end = Fraction((share * period).__floor__()), period
    else:
        peak, end = share * period - 1, period - 1
    if k <= peak:
        wave = values.add(1, cosine_of_pi(min(Fraction(k), peak) / peak))
        factor = values.add(1, -values.multiply(HALF * (1 - 1 / first), wave))
    else:
        low = 1 / (first * last)
        wave = values.add(1, cosine_of_pi((min(Fraction(k), end) - peak) / (end - peak)))
        factor = values.add(low, values.multiply(HALF * (1 - low), wave))
    return values.multiply(rate, factor)


def warmup(k, rate, option, schedule, number):
    period, start = option["period"], option.get("start", Fraction(0))
    if k < period:
        return values.multiply(rate, start + (1 - start) * k / period)
    return scheduled(schedule.get("then"), k - int(period), rate, number)


SCHEDULES = {
    "constant": lambda k, rate, *rest: rate,
    "step": steps,
    "multistep": multistep,
    "piecewise": piecewise,
    "exponential": exponential,
    "inverse_time": inverse_time,
    "linear": linear,
    "polynomial": polynomial,
    "cosine": cosine,
    "one_cycle": one_cycle,
    "warmup": warmup,
}


# Display: how a number prints.


@dataclass
class Display:
    decimals: int | None = None
    significant: int | None = 4
    carry: bool = False
    exact_form: bool = False
    half_even: bool = False

    def but(self, settings):
        """With the settings of an inner `display`."""
        settings = settings or {}
        found = copy.copy(self)
        if "decimals" in settings:
            found.decimals, found.significant = int(settings["decimals"]), None
        if "significant" in settings:
            found.decimals, found.significant = None, int(settings["significant"])
        if "rounding" in settings:
            found.half_even = settings["rounding"] == "half_even"
        if "carry" in settings:
            found.carry = settings["carry"] == "displayed"
        if "exact_form" in settings:
            found.exact_form = settings["exact_form"] == "true"
        return found

    def places(self, number):
        """To how many decimals a number is rounded; below 0 for large numbers."""
        if number == 0:
            return self.decimals or 0
        magnitude = leading(number)
        if self.decimals is not None:
            return (
                self.decimals if magnitude >= -self.decimals or rounded(number, self.decimals) else -magnitude
            )
        places = self.significant - 1 - magnitude
        if leading(rounded(number, places)) > magnitude:
            places -= 1
        return places

    def round(self, number):
        """A number as it is carried on: rounded, but for integers."""
        if isinstance(number, Fraction) and number.denominator == 1:
            return number
        return rounded(number, self.places(number), self.half_even)


def leading(number):
    """The power of ten of the first digit: 0 for 2.5, -2 for 0.03."""
    size = abs(number)
    found = int(mpmath.floor(mpmath.log10(values.mp(size))))
    while values.below(size, Fraction(10) ** found):
        found -= 1
    while not values.below(size, Fraction(10) ** (found + 1)):
        found += 1
    return found


def rounded(number, places, half_even=False):
    """Half away from zero, or to the even digit."""
    scaled = values.multiply(abs(number), Fraction(10) ** places)
    if isinstance(scaled, Fraction):
        whole = round(scaled) if half_even else (scaled + HALF).__floor__()
    else:
        whole = int(mpmath.floor(scaled + mpmath.mpf(1) / 2))
    found = Fraction(whole) / Fraction(10) ** places
    return -found if number < 0 else found


# Set-ups and their runs.


@dataclass
class Record:
    """What happened in one iteration; `t` is 0 before the first."""

    t: int
    parameters: dict
    state: dict  # (state, parameter) -> value
    rate: object = None
    batch: list = field(default_factory=list)
    examples: list = field(default_factory=list)  # name -> value, for each example of the batch
    adjoints: list = field(default_factory=list)
    gradients: list = field(default_factory=list)
    gradient: dict = field(default_factory=dict)
    used: dict = field(default_factory=dict)
    ahead: dict = field(default_factory=dict)  # where the gradient is taken, if not at the parameters
    locals: dict = field(default_factory=dict)  # (name, parameter) -> value of a line of the rule
    loss: object = None
    unrounded: tuple = ({}, {})  # parameters and states as they are before they are rounded to be carried on
    undefined: bool = False


@dataclass
class Run:
    setup: str
    name: str
    kind: str
    options: dict
    display: Display
    records: list
    notes: dict = field(default_factory=dict)

    def record(self, t):
        for record in self.records:
            if record.t == t:
                return record
        raise Unknown(f"no iteration {t}")


class Scenario:
    """A scenario's set-ups, with every number of the default assignment."""

    def __init__(self, path, draws=None, chosen=None):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.source = yaml.load(file, yaml.BaseLoader)
        self.draws = draws or {}
        self.display = Display().but(self.source.get("display"))
        self.chosen = chosen or {}
        self.variables = self.assign(self.chosen)
        self.setups = self.source.get("setups") or {}
        self.runs = {}
        self.failed = {}
        for setup, description in self.setups.items():
            for optimizer in description.get("optimizers") or {}:
                self.attempt(setup, optimizer)

    def attempt(self, setup, optimizer, changes=None, since=None):
        """Carries out a run; one that cannot be is noted with its reason.

        With `changes` it is another one: from the iteration `since` on, if that is given.
        """
        try:
            run = Runner(self, setup, optimizer, changes, since).run()
        except (Unknown, Wrong, Undefined, KeyError, ValueError, TypeError) as reason:
            self.failed[setup, optimizer, str(changes or "")] = f"{type(reason).__name__}: {reason}"
            return None
        if changes is None:
            self.runs[setup, optimizer] = run
        return run

    def assign(self, chosen):
        """The default assignment, but for the variables that are chosen."""
        found = {}
        for name, description in (self.source.get("variables") or {}).items():
            if "expression" in description:
                text = description["expression"]
            elif name in chosen:
                text = chosen[name]
            elif "default" in description:
                text = description["default"]
            elif "choose" in description:
                text = description["choose"][0]
            else:
                text = next(iter(description.get("integers") or description.get("decimals")))
            found[name] = compute(parse(text), found)
        return found

    def number(self, text):
        """The exact number of a text: 0.1, 1e-8, "2/9", or a formula of variables."""
        value = values.scalar(compute(parse(text), self.variables))
        return value.low

    # Paths.

    def value(self, path, setup=None):
        """The value of a path such as neuron.adam.t2.u.w, and the run that it is of."""
        parts = path.strip().split(".")
        if len(parts) == 1 and parts[0] in self.variables:
            return self.variables[parts[0]], None
        if parts[0] in self.setups:
            setup, parts = parts[0], parts[1:]
        if setup is None and len(self.setups) == 1:
            setup = next(iter(self.setups))
        if setup is None:
            raise Unknown(path)
        if parts[0] == "data":
            example = self.data(setup)[int(parts[1][1:]) - 1]
            return self.entry(example[parts[2]], parts[3:]), None
        run = self.runs.get((setup, parts[0]))
        if run is None:
            raise Unknown(f"no run {setup}.{parts[0]}")
        if not re.fullmatch(r"t\d+", parts[1]):
            return Real(run.options[parts[1]]) if not isinstance(run.options[parts[1]], str) else None, run
        return self.of_record(run, run.record(int(parts[1][1:])), parts[2:]), run

    def of_record(self, run, record, parts):
        head, rest = parts[0], parts[1:]
        if re.fullmatch(r"e\d+", head):
            place = int(head[1:]) - 1
            if rest[0] == "adjoint":
                return self.entry(record.adjoints[place][rest[1]], rest[2:])
            if rest[0] == "grad":
                return self.entry(record.gradients[place][rest[1]], rest[2:])
            return self.entry(record.examples[place][rest[0]], rest[1:])
        if head == "grad":
            return self.entry(record.gradient[rest[0]], rest[1:])
        if head == "used_grad":
            return self.entry(record.used[rest[0]], rest[1:])
        if head == "adjoint":
            return self.entry(record.adjoints[0][rest[0]], rest[1:])
        if rest and (head, rest[0]) in record.state:
            return self.entry(record.state[head, rest[0]], rest[1:])
        if head in record.parameters:
            return self.entry(record.parameters[head], rest)
        if head == "loss":
            return record.loss
        if head == "learning_rate":
            return Real(record.rate)
        if len(record.examples) == 1 and head in record.examples[0]:
            return self.entry(record.examples[0][head], rest)
        raise Unknown(".".join(parts))

    @staticmethod
    def entry(value, parts):
        if value is None:
            raise Undefined("this update has no value")
        if not parts:
            return value
        row, column = (int(part[1:]) - 1 for part in parts)
        return value[row][column]

    def data(self, setup):
        description = self.setups[setup]
        return [
            {name: shaped(self, value, shape_of(self, description, name)) for name, value in example.items()}
            for example in description.get("data") or []
        ]


def shaped(scenario, value, shape):
    """A number, a list or nested lists as a value of a shape."""
    if isinstance(value, list):
        rows = value if isinstance(value[0], list) else [value]
        return [[Real(scenario.number(entry)) for entry in row] for row in rows]
    single = Real(scenario.number(value))
    if shape is None:
        return single
    return [[single] * shape[1] for _ in range(shape[0])]


def shape_of(scenario, description, name):
    """The shape of a name, as `shapes` says; indexed names stand there as W_{l}."""
    dimensions = {key: int(value) for key, value in (description.get("dimensions") or {}).items()}
    for pattern, sizes in (description.get("shapes") or {}).items():
        index = index_of(pattern, name)
        if index is not None:
            return tuple(size(part, index, dimensions) for part in sizes)
    return None


def index_of(pattern, name):
    """The index with which a pattern such as W_{l} gives a name; {} for the name itself."""
    if pattern == name:
        return {}
    match = re.fullmatch(r"(\w*)\{(\w+)\}(\w*)", pattern)
    if match:
        found = re.fullmatch(rf"{match.group(1)}(\d+){match.group(3)}", name)
        if found:
            return {match.group(2): int(found.group(1))}
    return None


def size(part, index, dimensions):
    text = filled(part, index)
    return dimensions[text] if text in dimensions else int(text)


def filled(text, index):
    """Replaces {l-1} by its number."""
    numbers = {name: exact(value) for name, value in index.items()}
    return re.sub(r"\{([^}]*)\}", lambda match: str(int(compute(parse(match.group(1)), numbers).low)), text)


def lines_of(model, dimensions):
    """The lines `name = formula` of a model; a line with `for` is repeated."""
    for line in model.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        loop = re.fullmatch(r"(.*\S)\s+for\s+(\w+)\s+in\s+(\S+)\.\.(\S+)", line)
        if not loop:
            name, formula = line.split("=", 1)
            yield name.strip(), parse(formula)
            continue
        body, index, first, last = loop.groups()
        for number in range(int(dimensions.get(first, first)), int(dimensions.get(last, last)) + 1):
            name, formula = filled(body, {index: number}).split("=", 1)
            yield name.strip(), parse(formula)


class Runner:
    """Carries out one run."""

    def __init__(self, scenario, setup, optimizer, changes=None, since=None):
        self.scenario, self.setup, self.name = scenario, setup, optimizer
        self.description = scenario.setups[setup]
        self.changes = changes or {}
        self.since = since
        self.right = Runner(scenario, setup, optimizer) if since is not None else None
        self.source = self.changed(self.description["optimizers"][optimizer])
        self.mistake = self.changes.get("mistake")
        self.kind = self.source["kind"]
        self.display = scenario.display.but(self.description.get("display")).but(self.source.get("display"))
        self.display.carry = self.display.carry and not self.changes.get("exact")
        self.dimensions = self.description.get("dimensions") or {}
        model = self.changes.get("model", self.description.get("model") or "")
        self.lines = list(lines_of(model, self.dimensions))
        self.frozen = self.description.get("frozen") or []
        self.schedule = self.source.get("schedule", self.description.get("schedule"))
        self.clip = self.source.get("clip", self.description.get("clip"))
        self.options = self.read_options({})
        if self.clip:
            self.options["clip_at"] = self.scenario.number(self.clip["at"])

    def changed(self, source):
        """The optimizer of a run with its changes: other options, another optimizer, a mistake."""
        if "optimizer" in self.changes:
            kept = {key: source[key] for key in ("learning_rate", "display") if key in source}
            return {**kept, **self.changes["optimizer"]}
        mistake = self.changes.get("mistake")
        if mistake == "sgd_instead":
            return {"kind": "sgd", **{key: source[key] for key in source if key in KEPT_BY_SGD}}
        if mistake == "no_bias_correction":
            return {**source, "bias_correction": "false"}
        if mistake == "epsilon_misplaced":
            place = "outside" if source.get("epsilon_place") == "inside" else "inside"
            return {**source, "epsilon_place": place}
        return {**source, **self.changes.get("options", {})}

    def read_options(self, overrides):
        convention = CONVENTIONS.get((self.kind, self.source.get("convention")), {})
        found = {**DEFAULTS[self.kind], **convention, **self.source, **overrides}
        decay = overrides.get(
            "weight_decay", self.source.get("weight_decay", self.description.get("weight_decay"))
        )
        decay = found.get("weight_decay", "0") if decay is None else decay
        found.setdefault("decay_kind", DECAY_KINDS.get(self.kind, "coupled"))
        found["decay_on"] = "old"
        if isinstance(decay, dict):
            found["decay_kind"] = decay.get("kind", found["decay_kind"])
            found["decay_on"] = decay.get("on", "old")
            decay = decay["value"]
        found["weight_decay"] = decay
        if self.kind == "custom":
            for name, value in found["options"].items():
                found[name] = value
        return {name: self.option(name, value) for name, value in found.items()}

    def option(self, name, value):
        if name in WORDS or isinstance(value, dict):
            return value
        if name == "learning_rate" and isinstance(value, list):
            return [self.scenario.number(entry) for entry in value]
        if isinstance(value, list) or value in ("true", "false"):
            return value
        try:
            return self.scenario.number(value)
        except (Unknown, Wrong):
            return value

    # The start.

    def parameters(self):
        found = {}
        for pattern, value in (self.description.get("init") or {}).items():
            value = self.changes.get("init", {}).get(pattern, value)
            for name in self.names(pattern):
                found[name] = self.start(name, value)
        return found

    def names(self, pattern):
        if "{" not in pattern:
            return [pattern]
        used = {name for _, formula in self.lines for name in names_in(formula)}
        found = [name for name in used if index_of(pattern, name) is not None]
        return sorted(found, key=lambda name: int(re.search(r"\d+", name[::-1]).group()[::-1]))

    def start(self, name, value):
        drawn = isinstance(value, dict) or (
            isinstance(value, str)
            and re.fullmatch(r"[a-z]+(_[a-z]+)*", value)
            and value not in self.scenario.variables
        )
        shape = shape_of(self.scenario, self.description, name)
        if not drawn:
            return shaped(self.scenario, value, shape)
        kind = value["kind"] if isinstance(value, dict) else value
        fixed = {
            "zeros": "0",
            "ones": "1",
            "constant": value.get("value") if isinstance(value, dict) else None,
        }
        if fixed.get(kind) is not None:
            return shaped(self.scenario, fixed[kind], shape)
        if kind == "normal" and isinstance(value, dict) and value.get("std") == "0":
            return shaped(self.scenario, value.get("mean", "0"), shape)
        key = (self.setup, self.name, name)
        if key not in self.scenario.draws:
            raise Unknown(f"{name} is drawn at random")
        return self.scenario.draws[key]

    def batches(self, count):
        listed = self.description.get("batches")
        if isinstance(listed, list):
            return [[int(entry) - 1 for entry in batch] for batch in listed]
        if isinstance(listed, dict):
            if listed.get("order", "sequential") != "sequential":
                raise Unknown("shuffled batches")
            each = int(listed["size"])
            return [
                [(step * each + place) % count for place in range(each)] for step in range(self.iterations())
            ]
        return [list(range(count))] * self.iterations()

    def iterations(self):
        if "iterations" in self.description:
            return int(self.description["iterations"])
        if "gradients" in self.description:
            return len(self.description["gradients"])
        return len(self.description["batches"])

    # The run.

    def run(self):
        first = int(self.description.get("start_iteration", 0))
        parameters = self.parameters()
        state = self.initial_state(parameters)
        records = [Record(first, parameters, state)]
        self.data = self.scenario.data(self.setup) if isinstance(self.description.get("data"), list) else [{}]
        if isinstance(self.description.get("data"), dict):
            raise Unknown("generated data")
        batches = self.batches(len(self.data)) if "gradients" not in self.description else None
        for step in range(self.iterations()):
            record = Record(first + step + 1, {}, {})
            record.rate = self.rate(first + step)
            right = self.since is not None and record.t < self.since
            runner = self.right if right else self
            runner.data = self.data
            runner.iterate(record, records[-1], batches[step] if batches else None, step)
            records.append(record)
            if record.undefined:
                break
        return Run(self.setup, self.name, self.kind, self.options, self.display, records)

    def rate(self, k):
        rate = self.options["learning_rate"]
        if isinstance(rate, list):
            return rate[k - int(self.description.get("start_iteration", 0))]
        return scheduled(self.schedule, k, rate, self.scenario.number)

    def initial_state(self, parameters):
        found = {}
        given = self.description.get("initial_state") or {}
        for name, value in parameters.items():
            if name in self.frozen:
                continue
            _, states = RULES[self.kind](self.options)
            for state, start in states.items():
                start = given.get(state, {}).get(name, start)
                number = start if isinstance(start, (int, Fraction)) else None
                if number is not None:
                    found[state, name] = values.each(lambda _: exact(number), value)
                else:
                    found[state, name] = shaped(self.scenario, start, values.shape(value))
        return found

    def iterate(self, record, before, batch, step):
        trained = [name for name in before.parameters if name not in self.frozen]
        if batch is None:
            given = self.description["gradients"][step]
            record.gradient = {
                name: shaped(self.scenario, given.get(name, "0"), values.shape(before.parameters[name]))
                for name in trained
            }
        else:
            record.batch = [place + 1 for place in batch]
            try:
                self.gradient(record, self.looked_ahead(before, record), batch, trained)
            except Undefined:
                record.undefined = True
                record.parameters = dict.fromkeys(before.parameters)
                return
        record.used = self.clipped(record)
        record.parameters = {name: before.parameters[name] for name in before.parameters}
        for name in trained:
            self.update(name, record, before)
        record.unrounded = dict(record.parameters), dict(record.state)
        if self.display.carry:
            record.parameters = {name: self.carried(value) for name, value in record.parameters.items()}
            record.state = {key: self.carried(value) for key, value in record.state.items()}
        record.parameters = {name: value and shortened(value) for name, value in record.parameters.items()}
        record.state = {name: shortened(value) for name, value in record.state.items()}

    def carried(self, value):
        if value is None:
            return None
        return values.each(lambda real: Real(self.display.round(real.low)), value)

    def looked_ahead(self, before, record):
        """Where the gradient is taken: at the parameters, or for `lookahead` at the point ahead."""
        if self.options.get("nesterov") != "lookahead":
            return before.parameters
        factor = Fraction(-1) if self.options["form"] == "velocity" else record.rate
        ahead = {}
        for name, value in before.parameters.items():
            if ("u", name) not in before.state:
                ahead[name] = value
                continue
            step = values.multiply(factor, self.options["beta"])
            ahead[name] = values.each(
                lambda a, u: values.real_subtract(a, values.real_multiply(Real(step), u)),
                value,
                before.state["u", name],
            )
        record.ahead = ahead
        return ahead

    def gradient(self, record, parameters, batch, trained):
        for place in batch:
            tape = Tape(forgotten=self.mistake == "forgotten_activation_derivative")
            names = {name: tape.cell(value) for name, value in {**parameters, **self.data[place]}.items()}
            record.examples.append({name: cell.value for name, cell in names.items()})
            for name, formula in self.lines:
                found = tape.evaluate(formula, names)
                names[name] = tape.cell(found.value, (found, lambda adjoint: adjoint))
                record.examples[-1][name] = found.value
            last = names["loss"] if "loss" in names else names[self.lines[-1][0]]
            one = exact(1)
            tape.backward(last, values.each(lambda _: one, last.value))
            record.adjoints.append(
                {
                    name: cell.adjoint or values.each(lambda _: exact(0), cell.value)
                    for name, cell in names.items()
                }
            )
            record.gradients.append({name: record.adjoints[-1][name] for name in trained})
        added_up = self.description.get("reduction") == "sum"
        if self.mistake == "sum_instead_of_mean":
            added_up = not added_up
        share = Real(Fraction(1, 1 if added_up else len(batch)))
        for name in trained:
            record.gradient[name] = combined([found[name] for found in record.gradients], share)
        if "loss" in record.examples[0]:
            record.loss = values.scalar(combined([found["loss"] for found in record.examples], share))

    def clipped(self, record):
        if self.clip is None:
            return dict(record.gradient)
        at = self.scenario.number(self.clip["at"])
        if self.clip["kind"] == "value":
            clamp = lambda real: values.ends(lambda x: values.least([values.greatest([x, -at]), at]), real)
            found = {name: values.each(clamp, value) for name, value in record.gradient.items()}
        else:
            found = {}
            everything = [entry for value in record.gradient.values() for entry in values.entries(value)]
            for name, value in record.gradient.items():
                size = values.norm([everything]) if self.clip["kind"] == "global_norm" else values.norm(value)
                record.locals["G", name if self.clip["kind"] == "norm" else None] = size
                if values.below(at, size.low):
                    factor = values.real_divide(Real(at), size)
                    value = values.each(lambda real: values.real_multiply(factor, real), value)
                found[name] = value
        for name, value in found.items():
            record.locals["g_clip", name] = value
        return found

    def update(self, name, record, before):
        overrides = (self.source.get("overrides") or {}).get(name, {})
        options = self.read_options(overrides) if overrides else self.options
        lines, states = RULES[self.kind](options)
        theta, g = before.parameters[name], record.used[name]
        known = {
            key: Real(value) for key, value in options.items() if not isinstance(value, (str, list, dict))
        }
        known |= {
            "theta": theta,
            "g": g,
            "t": exact(record.t),
            "rate": Real(record.rate),
            "learning_rate": Real(record.rate),
        }
        known |= {
            "rows": exact((values.shape(theta) or (1, 1))[0]),
            "columns": exact((values.shape(theta) or (1, 1))[1]),
        }
        known |= {state: self.state_before(before, state, name, states[state], theta) for state in states}
        if self.mistake == "momentum_without_factor":
            lines = [re.sub(r"\(1 - beta1?\)\*g(?!\^)", "g", line) for line in lines]
        decay = known.get("weight_decay", exact(0))
        if decay.low != 0 and options["decay_kind"] == "coupled":
            known["g"] = self.line("g + weight_decay*theta", known, options)
            record.locals["g_decay", name] = record.used[name] = known["g"]
        for line in lines:
            target, formula = (part.strip() for part in line.split("=", 1))
            try:
                value = self.line(formula, known, options)
            except Undefined:
                record.parameters[name], record.undefined = None, True
                return
            if target == "theta" and decay.low != 0 and options["decay_kind"] == "decoupled":
                value = self.decayed(value, theta, decay, record, options["decay_on"])
            if target == "theta" and self.mistake == "sign_slip":
                value = values.each(
                    lambda new, old: values.real_subtract(values.real_add(old, old), new), value, theta
                )
            if not (self.mistake == "old_state" and target in states):
                known[target] = value
            if target in states:
                record.state[target, name] = values.each(lambda a, _: a, value, theta)
            elif target != "theta":
                record.locals[target, name] = value
        record.parameters[name] = known["theta"]
        for state in states:
            record.state.setdefault((state, name), values.each(lambda a, _: a, known[state], theta))

    def state_before(self, before, state, name, start, theta):
        """A state before an iteration; another optimizer's starts now."""
        if (state, name) in before.state:
            return before.state[state, name]
        number = start if isinstance(start, (int, Fraction)) else self.scenario.number(start)
        return values.each(lambda _: exact(number), theta)

    def line(self, formula, known, options):
        if formula == "each(p)":
            choice = {-1: options["eta_minus"], 0: Fraction(1), 1: options["eta_plus"]}
            return values.each(lambda p: Real(choice[int(values.sign(p.low))]), known["p"])
        if formula == "g*kept(p)":
            return values.each(lambda g, p: exact(0) if p.low < 0 else g, known["g"], known["p"])
        tape = Tape(options.get("zero_over_zero") == "no_move")
        cells = {key: tape.cell(value) for key, value in known.items()}
        return tape.evaluate(parse(formula), cells).value

    @staticmethod
    def decayed(value, theta, decay, record, on):
        """Decoupled decay, of the old weights or of the new ones."""
        factor = values.real_multiply(Real(record.rate), decay)
        return values.each(
            lambda new, old: values.real_subtract(
                new, values.real_multiply(factor, new if on == "new" else old)
            ),
            value,
            theta,
        )


def names_in(node):
    if node.kind == "name":
        yield node.value
    for arg in node.args:
        yield from names_in(arg)


def combined(found, share):
    result = found[0]
    for other in found[1:]:
        result = values.each(values.real_add, result, other)
    return values.each(lambda real: values.real_multiply(real, share), result)


def shortened(value):
    """Fractions that have grown too long go on with 80 digits; where roots cancel, fractions again."""

    def short(real):
        number = real.low
        if not isinstance(number, Fraction):
            return Real(neat(number))
        if isinstance(number, Fraction) and number.denominator.bit_length() > BITS:
            return Real(values.mp(number))
        return real

    return values.each(short, value)


def neat(number):
    """A number of 80 digits that is a simple fraction to 65 of them, as that fraction."""
    if isinstance(number, Fraction) or not mpmath.isfinite(number) or abs(number) > 10**12:
        return number
    near = Fraction(int(mpmath.nint(number * 5040 * 10**6)), 5040 * 10**6).limit_denominator(10**6)
    return near if abs(number - values.mp(near)) < NEAR else number


# Numbers that were drawn, from a trace.


def draws_of(trace):
    """The initial parameters of every run of a trace: (set-up, run, parameter) -> value."""
    found = {}
    for setup, description in trace["setups"].items():
        for name, run in (description.get("runs") or {}).items():
            for parameter, value in run["iterations"][0]["parameters"].items():
                found[setup, name, parameter] = traced(value)
    return found


def traced(value):
    if isinstance(value, list):
        return [[traced(entry) for entry in row] for row in value]
    text = value.get("exact")
    if text and re.fullmatch(r"-?\d+(/\d+)?", text):
        return Real(Fraction(text))
    return Real(mpmath.mpf(value["decimal"]))


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("scenario")
    arguments.add_argument("paths", nargs="*")
    arguments.add_argument("--draws", help="a trace with the numbers that were drawn")
    arguments = arguments.parse_args()
    draws = None
    if arguments.draws:
        with open(arguments.draws, encoding="utf-8") as file:
            draws = draws_of(json.load(file))
    scenario = Scenario(arguments.scenario, draws)
    for (setup, name, changes), reason in scenario.failed.items():
        print(f"{setup}.{name} {changes}: not carried out ({reason})")
    for path in arguments.paths:
        print(path, scenario.value(path)[0])
    if not arguments.paths:
        for (setup, name), run in scenario.runs.items():
            last = run.records[-1]
            print(f"{setup}.{name}: {len(run.records) - 1} iterations, ends at {last.parameters}")


if __name__ == "__main__":
    main()
