"""Reads presentation MathML into expression trees.

`read_formula` gives the chains of a formula, such as `w_1 = w_0 - \\alpha g = 1 - 0.5 \\cdot 6 = -2`:
members with relations between them. What does not parse is an `Unread`, with its reason.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction

from page import LARGEST_EXPONENT, plain

RELATIONS = set("=≈<>≤≥←→∈∼∝≠≡≪≫⇒⟹⟺⇔↦⊂⊆")
OPENING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉", "⟨": "⟩"}
FENCES = {"|", "∣", "‖", "∥"}  # the same sign opens and closes
PRODUCTS = {"⋅": "*", "·": "*", "×": "*", "∗": "*", "⊙": "odot", "/": "/", "∘": "odot"}
BIG = {"∑", "∏", "∫"}
ONE_FORM = str.maketrans("εϕϑϱ", "ϵφθρ")
# What has a state or a line of an update rule for each parameter: u^p is the state u of p.
STATES = {"u", "v", "s", "d", "n", "g", "c", "η", "hat(u)", "hat(v)", "bar(g)", "G", "X"}
PRIMES = {"′": 1, "″": 2, "'": 1}
# What is a function wherever a bracket or an argument follows.
FUNCTIONS = {
    "ReLU",
    "LeakyReLU",
    "ELU",
    "SELU",
    "ReLU6",
    "HardTanh",
    "softplus",
    "SiLU",
    "GELU",
    "softmax",
    "tanh",
    "σ",
    "Φ",
    "φ",
    "sigmoid",
    "sinh",
    "cosh",
    "exp",
    "ln",
    "log",
    "sgn",
    "sign",
    "max",
    "min",
    "sin",
    "cos",
    "sum",
    "mean",
    "erf",
    "lnsoftmax",
    "HSE",
    "MSE",
    "MAE",
    "Huber",
    "hinge",
    "BCE",
    "CE",
    "Var",
    "P",
    "𝔼",
    "𝒩",
    "𝒰",
    "E",
    "f",
    "ℓ",
    "L",
    "g",
    "𝔼",
    "Pr",
    "diag",
    "tr",
    "det",
    "arg",
    "cov",
    "Cov",
    "O",
    "𝒪",
    "clip",
    "J",
    "F",
    "h",
    "x",
    "y",
}
# Those that are functions only where a bracket follows at once.
LETTERS = {"σ", "φ", "P", "E", "f", "ℓ", "L", "g", "O", "J", "F", "h", "x", "y", "𝒩", "𝒰", "𝔼"}


class CannotRead(Exception):
    """This is not the mathematics that the checker knows."""


@dataclass(eq=False)
class Lit:
    """A printed number, with the unit of its last digit and the `Number`s that it is made of."""

    value: Fraction
    unit: Fraction
    numbers: list

    def __str__(self):
        return "·".join(number.token for number in self.numbers)


@dataclass(eq=False)
class Huge:
    """A power of ten too large or too small to be written out: its exponent alone."""

    exponent: Lit
    numbers: list


@dataclass(eq=False)
class Sym:
    """A name, such as `u_{1}^{w}`."""

    name: str


@dataclass(eq=False)
class Op:
    """An operation: + - neg * odot / ^ sqrt root abs norm transpose floor ceil."""

    kind: str
    args: list


@dataclass(eq=False)
class Call:
    """A function of arguments; `primes` counts the derivatives, `sub` is an index of the function."""

    name: str
    args: list
    primes: int = 0
    sub: str = ""


@dataclass(eq=False)
class Mat:
    rows: list


@dataclass(eq=False)
class Tup:
    """Several things in brackets, such as (x, y), or (x = 3, y = 0): members are chains."""

    members: list
    bracket: str = "("


@dataclass(eq=False)
class Cases:
    """Values, each with the chain that is its condition; the last may have none."""

    branches: list


@dataclass(eq=False)
class Words:
    text: str


@dataclass(eq=False)
class Chain:
    """Members with a relation between each two."""

    members: list
    relations: list


@dataclass(eq=False)
class Unread:
    reason: str
    element: object


@dataclass
class Token:
    kind: str  # number, name, sign, open, close, fence, node, words, space, table
    value: object = None
    power: object = None  # tokens of a superscript on a closing bracket
    sub: str = ""
    primes: int = 0


@dataclass
class Formula:
    """A formula: its rows, each with its chains; and the numbers that are but parts of names."""

    rows: list = field(default_factory=list)
    counters: list = field(default_factory=list)


def read_formula(formula_elements, of_element):
    """The chains of a formula, row by row; a long one stands in several elements `math`."""
    reader = Reader(of_element)
    formula = Formula(counters=reader.counters)
    for row in rows_of(formula_elements):
        try:
            found = segments(reader.tokens(row))
        except CannotRead as reason:
            formula.rows.append([Unread(str(reason), row)])
            continue
        if found and begins_with_relation(found[0]) and formula.rows and goes_on(formula.rows[-1], found[0]):
            formula.rows[-1] += [chain_of(segment, row) for segment in found[1:]]
        else:
            formula.rows.append([chain_of(segment, row) for segment in found])
    return formula


def chain_of(segment, row):
    try:
        return Parser(segment).chain()
    except CannotRead as reason:
        return Unread(str(reason), row)


def begins_with_relation(segment):
    return segment[0].kind == "sign" and segment[0].value in RELATIONS and len(segment) > 1


def goes_on(chains, segment):
    """Lets the last chain of the row before go on with a row that begins with a relation."""
    if not chains or not isinstance(chains[-1], Chain):
        return False
    try:
        rest = Parser(segment[1:]).chain()
    except CannotRead:
        return False
    chains[-1].members += rest.members
    chains[-1].relations += [segment[0].value, *rest.relations]
    return True


def rows_of(formula):
    """The rows of a formula of aligned lines, or its single one: lists of elements."""
    children = [child for math in formula for child in math.elements()]
    while len(children) == 1 and children[0].tag in ("mrow", "mstyle"):
        children = children[0].elements()
    if len(children) == 1 and children[0].tag == "mtable" and "cases" not in children[0].classes:
        for row in children[0].elements():
            yield [item for cell in row.elements() for item in cell.elements()]
    else:
        yield children


class Reader:
    """Turns MathML into a flat list of tokens; scripts and fractions are parsed on the way."""

    def __init__(self, of_element):
        self.of_element = of_element
        self.counters = []

    def tokens(self, elements):
        found = []
        for element in elements:
            found += self.element(element)
        return self.joined(found)

    def element(self, element):
        method = getattr(self, element.tag, None)
        if method is None:
            raise CannotRead(f"element {element.tag}")
        return method(element)

    def inner(self, element):
        return self.tokens(element.elements())

    def parsed(self, element):
        return Parser(self.inner_of(element)).everything()

    def inner_of(self, element):
        return self.inner(element) if element.tag in ("mrow", "mstyle") else self.tokens([element])

    # Leaves.

    def mn(self, element):
        number = self.of_element[element]
        if number.value is None:
            raise CannotRead("a number out of bounds")
        return [Token("number", Lit(number.value, number.unit, [number]))]

    def mi(self, element):
        return [Token("name", element.text().strip().translate(ONE_FORM))]

    def mo(self, element):
        sign = element.text().strip().replace("-", "−")
        if sign in PRIMES:
            return [Token("prime", PRIMES[sign])]
        if sign in ("\u2061", "\u2062", "\u2063", ""):
            return []
        if sign in FENCES:
            return [Token("fence", {"∣": "|", "∥": "‖"}.get(sign, sign))]
        if sign in OPENING:
            return [Token("open", sign)]
        if sign in OPENING.values():
            return [Token("close", sign)]
        if sign in ("∇", "∂", "…", "⋯"):
            return [Token("name", sign)]
        if sign in BIG:
            return [Token("big", sign)]
        return [Token("sign", sign)]

    def mtext(self, element):
        words = re.sub(r"\s+", " ", element.text()).strip()
        if re.fullmatch(r"[A-Za-z]\w*", words) and words not in ("if", "otherwise", "undefined", "and"):
            return [Token("name", words)]
        return [Token("words", words)] if words else []

    def mspace(self, element):
        width = re.match(r"([\d.]+)em", element.attributes.get("width") or "")
        return [Token("space", float(width.group(1)) if width else 0.0)]

    def mphantom(self, element):
        return []

    # Groups.

    def mrow(self, element):
        return self.inner(element)

    mstyle = mpadded = mrow

    def mfrac(self, element):
        above, below = (self.parsed(child) for child in element.elements())
        return [Token("node", quotient(above, below))]

    def msqrt(self, element):
        return [Token("node", Op("sqrt", [Parser(self.inner(element)).everything()]))]

    def mroot(self, element):
        radicand, degree = (self.parsed(child) for child in element.elements())
        return [Token("node", Op("root", [radicand, degree]))]

    def mtable(self, element):
        if "cases" in element.classes:
            return [Token("cases", [self.branch(row) for row in element.elements()])]
        rows = [
            [Parser(self.inner(cell)).everything() for cell in row.elements()] for row in element.elements()
        ]
        return [Token("table", rows)]

    def branch(self, row):
        value, condition = (self.inner(cell) for cell in row.elements())
        words = " ".join(token.value for token in condition if token.kind == "words")
        condition = [token for token in condition if token.kind != "words"]
        if words.startswith("if"):
            return Parser(value).everything(), Parser(condition).chain()
        return Parser(value).everything(), None

    def mover(self, element):
        base, accent = element.elements()
        names = {
            "ˆ": "hat",
            "^": "hat",
            "¯": "bar",
            "‾": "bar",
            "~": "tilde",
            "˜": "tilde",
            "→": "vec",
            "ˇ": "check",
            "˙": "dot",
        }
        sign = accent.text().strip()
        if sign not in names:
            raise CannotRead(f"accent {sign}")
        return [Token("name", f"{names[sign]}({self.name(base)})")]

    def munder(self, element):
        base, under = element.elements()
        if base.text().strip() in BIG:
            return [Token("big", f"{base.text().strip()}_{{{self.name(under)}}}")]
        return [Token("name", f"{self.name(base)}_{{{self.name(under)}}}")]

    def munderover(self, element):
        base, under, over = element.elements()
        if base.text().strip() in BIG:
            return [Token("big", f"{base.text().strip()}_{{{self.name(under)}}}^{{{self.name(over)}}}")]
        return [Token("name", f"{self.name(base)}_{{{self.name(under)}}}^{{{self.name(over)}}}")]

    # Scripts: either part of a name, or an operation.

    def msub(self, element):
        base, sub = element.elements()
        if base.text().strip() in BIG:
            return self.munder(element)
        return self.with_sub(self.tokens([base]), self.name(sub))

    def msup(self, element):
        base, raised = element.elements()
        return self.with_power(self.tokens([base]), raised)

    def msubsup(self, element):
        base, sub, raised = element.elements()
        if base.text().strip() in BIG:
            return self.munderover(element)
        return self.with_power(self.with_sub(self.tokens([base]), self.name(sub)), raised)

    @staticmethod
    def with_sub(base, sub):
        last = base[-1]
        if last.kind == "name":
            return [*base[:-1], Token("name", f"{last.value}_{{{sub}}}", primes=last.primes)]
        if last.kind in ("close", "fence"):
            return [*base[:-1], Token(last.kind, last.value, last.power, sub)]
        if last.kind == "number" and sub == "2":
            return [*base[:-1], Token("node", binary(last.value))]
        raise CannotRead(f"an index of a {last.kind}")

    def with_power(self, base, raised):
        last = base[-1]
        inner = self.inner_of(raised)
        if last.kind == "name" and last.value == "ℝ":
            return [*base[:-1], Token("name", f"ℝ^{{{self.name(raised)}}}")]
        if len(inner) == 1 and inner[0].kind == "prime":
            return [*base, inner[0]]
        if last.kind == "name" and is_part_of_name(inner, last.value):
            return [*base[:-1], Token("name", f"{last.value}^{{{self.name(raised)}}}")]
        if len(inner) == 1 and inner[0].kind == "name" and inner[0].value in ("⊤", "T", "𝖳"):
            power = "transpose"
        else:
            power = Parser(inner).everything()
        if last.kind in ("close", "fence"):
            return [*base[:-1], Token(last.kind, last.value, power, last.sub)]
        if last.kind == "name" and bare(last.value) in FUNCTIONS - LETTERS:
            return [*base, Token("power", power)]
        return [*base[:-1], Token("node", raise_to(node_of(last), power))]

    def name(self, element):
        """A part of a name as text; its numbers count something."""
        for leaf in [element, *element.find("mn")]:
            if leaf.tag == "mn":
                self.counters.append(self.of_element[leaf])
        tokens = self.inner_of(element)
        return "".join(text_of(token) for token in tokens)

    @staticmethod
    def joined(tokens):
        """Joins 700, a thin space and 000 to one number, ∇_w and L to one name, and so on."""
        done = []
        for token in tokens:
            if token.kind == "prime" and done and done[-1].kind in ("name", "close"):
                done[-1].primes += token.value
            elif (
                token.kind == "number"
                and len(done) > 1
                and done[-1].kind == "space"
                and done[-2].kind == "number"
                and re.fullmatch(r"\d{3}", token.value.numbers[0].token)
            ):
                done.pop()
                first = done.pop().value
                value = first.value * 1000 + token.value.value
                done.append(Token("number", Lit(value, Fraction(1), first.numbers + token.value.numbers)))
            else:
                done.append(token)
        return done


def binary(literal):
    """The value of 0.101, say, as a number with the base 2; None where there are other digits."""
    whole, _, fraction = literal.numbers[0].token.partition(".")
    if not re.fullmatch(r"[01]+", whole + fraction):
        return None
    places = len(fraction)
    return Lit(Fraction(int(whole + fraction, 2), 2**places), Fraction(1, 2**places), literal.numbers)


def is_part_of_name(tokens, base):
    """Whether a superscript is part of a name: u^w, η^+, z^*, x^{(1)}, not x^2, β^t, W^⊤."""
    if not tokens:
        return False
    if tokens[0].kind == "open" and tokens[0].value == "(":
        return len(tokens) == 3
    if len(tokens) != 1:
        return False
    token = tokens[0]
    if token.kind == "sign":
        return token.value in ("+", "−", "∗", "*", "⋆")
    if token.kind != "name" or token.value in ("⊤", "T", "𝖳", "t"):
        return False
    return token.value not in ("k", "n", "l", "p", "r", "s", "e") or bare(base) in STATES


def text_of(token):
    if token.kind == "number":
        return str(token.value.numbers[0].token)
    if token.kind in ("name", "sign", "open", "close", "words", "fence"):
        return str(token.value)
    if token.kind == "node":
        return show(token.value)
    return ""


def node_of(token):
    if token.kind == "number":
        return token.value
    if token.kind == "name":
        return Sym(token.value)
    if token.kind == "node":
        return token.value
    raise CannotRead(f"a power of a {token.kind}")


def raise_to(base, power):
    if power == "transpose":
        return Op("transpose", [base])
    if isinstance(base, Lit) and base.value == 10 and len(base.numbers) == 1:
        literal = power_of_ten(base, power)
        if literal is not None:
            return literal
    return Op("^", [base, power])


def power_of_ten(base, power):
    """10^{-8} is a number as it stands; 10^{-56800219230.01} is known by its exponent alone."""
    sign, exponent = (-1, power.args[0]) if is_negative(power) else (1, power)
    if not isinstance(exponent, Lit):
        return None
    numbers = base.numbers + exponent.numbers
    if exponent.value.denominator == 1 and exponent.value <= LARGEST_EXPONENT:
        value = Fraction(10) ** (sign * int(exponent.value))
        return Lit(value, value, numbers)
    return Huge(Lit(sign * exponent.value, exponent.unit, exponent.numbers), numbers)


def is_negative(node):
    return isinstance(node, Op) and node.kind == "neg"


def quotient(above, below):
    """A fraction; ∂L/∂w is a name."""
    if isinstance(above, Sym) and isinstance(below, Sym):
        for sign in ("∂", "d "):
            if above.name.startswith(sign) and below.name.startswith(sign):
                return Sym(f"{above.name}/{below.name}")
    return Op("/", [above, below])


def segments(tokens):
    """Splits at commas, wide spaces and words outside all brackets."""
    found, depth = [[]], 0
    for place, token in enumerate(tokens):
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth -= 1
        outside = depth == 0
        if outside and token.kind == "sign" and token.value in (",", ";"):
            found.append([])
        elif outside and token.kind == "space" and token.value >= 0.9:
            found.append([])
        elif outside and token.kind == "words" and token.value != "undefined":
            found.append([])
        elif token.kind == "sign" and token.value in (".", "!", "?") and place == len(tokens) - 1:
            continue
        else:
            found[-1].append(token)
    found = [[token for token in segment if token.kind != "space"] for segment in found]
    return [segment for segment in found if segment and not is_lone_relation(segment)]


def is_lone_relation(segment):
    return len(segment) == 1 and segment[0].kind == "sign" and segment[0].value in RELATIONS


class Parser:
    """A parser of one chain, by precedence."""

    def __init__(self, tokens):
        self.tokens = [token for token in tokens if token.kind != "space"]
        self.place = 0

    def peek(self, kind=None, *values):
        if self.place >= len(self.tokens):
            return None
        token = self.tokens[self.place]
        if kind is not None and token.kind != kind:
            return None
        if values and token.value not in values:
            return None
        return token

    def take(self, kind=None, *values):
        token = self.peek(kind, *values)
        if token is not None:
            self.place += 1
        return token

    def expect(self, kind, *values):
        token = self.take(kind, *values)
        if token is None:
            found = self.peek()
            raise CannotRead(
                f"{values[0] if values else kind} expected, {text_of(found) if found else 'the end'} found"
            )
        return token

    def everything(self):
        """The whole as one expression."""
        node = self.sum()
        if self.peek() is not None:
            raise CannotRead(f"{text_of(self.peek())!r} is left over")
        return node

    def chain(self):
        """The whole as a chain; one that stands in brackets alone loses them."""
        chain = self.part_of_chain()
        if self.peek() is not None:
            raise CannotRead(f"{text_of(self.peek())!r} is left over")
        return chain

    def part_of_chain(self):
        members, relations = [self.sum()], []
        while (token := self.peek("sign")) is not None and token.value in RELATIONS:
            relations.append(self.take().value)
            members.append(self.sum())
        return Chain(members, relations)

    def sum(self):
        if self.take("sign", "−"):
            node = Op("neg", [self.product()])
        elif self.peek("sign", "±", "∓") and self.place + 1 < len(self.tokens):
            node = Op(self.take().value, [self.product()])
        else:
            self.take("sign", "+")
            node = self.product()
        while token := self.take("sign", "+", "−", "±", "∓"):
            node = Op({"−": "-"}.get(token.value, token.value), [node, self.product()])
        return node

    def product(self):
        node = self.juxtaposed()
        while token := self.peek("sign", *PRODUCTS):
            self.take()
            if self.take("sign", "−"):
                right = Op("neg", [self.juxtaposed()])
            else:
                right = self.juxtaposed()
            kind = PRODUCTS[token.value]
            node = quotient(node, right) if kind == "/" else scaled(kind, node, right)
        return node

    def juxtaposed(self):
        node = self.factor()
        while self.starts_factor():
            node = Op("juxta", [node, self.factor()])
        return node

    def starts_factor(self):
        token = self.peek()
        if token is None or token.kind in ("sign", "close", "words", "prime", "power", "cases"):
            return False
        if token.kind == "fence":
            return token.value not in getattr(self, "fences", [])
        return True

    def factor(self):
        token = self.take()
        if token is None:
            raise CannotRead("the end of the formula")
        if token.kind == "number":
            return token.value
        if token.kind == "node":
            return token.value
        if token.kind == "words" or (token.kind == "sign" and token.value == "±"):
            return Words(token.value)
        if token.kind == "table":
            return Mat(token.value)
        if token.kind == "big":
            return Op("big", [Words(token.value), self.product()])
        if token.kind == "name":
            return self.named(token)
        if token.kind == "open":
            return self.bracket(token)
        if token.kind == "fence":
            return self.fenced(token)
        raise CannotRead(f"{text_of(token)!r}")

    def named(self, token):
        name = token.value
        if bare(name) in ("∇", "∂", "∇²") or name == "d":
            return self.derivative(name)
        function, sub = split_index(name)
        if function in FUNCTIONS or token.primes:
            power = self.take("power")
            follows = self.peek("open", "(") or (
                self.peek("open", "[") if function in ("𝔼", "E", "Var") else None
            )
            if follows and (function not in LETTERS or self.is_call(function)):
                opening = self.take()
                call = Call(function, self.arguments(OPENING[opening.value]), token.primes, sub)
                return self.closed(call, power)
            if function in FUNCTIONS - LETTERS and self.starts_factor() and not self.peek("open"):
                call = Call(function, [self.argument()], token.primes, sub)
                return Op("^", [call, power.value]) if power else call
        return Sym(name + "′" * token.primes)

    def is_call(self, function):
        """Whether a letter with a bracket is a function of it: f(x), not x (1 - y)."""
        depth = 0
        for token in self.tokens[self.place :]:
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
            if depth == 0:
                break
            if function in ("x", "y", "h", "g", "E", "O") and token.kind == "sign" and token.value in "+−":
                return False
        return True

    def argument(self):
        """The argument of a function without brackets: ln x, log 2n."""
        node = self.factor()
        while self.starts_factor() and self.peek().kind in ("number", "name", "node"):
            node = Op("juxta", [node, self.factor()])
        return node

    def derivative(self, sign):
        """∇_w L and ∂L are names, whatever they are made of."""
        token = self.peek("name")
        if token is None:
            return Sym(sign)
        self.take()
        if token.value in ("max", "min") and self.peek("open", "("):
            self.take()
            return self.closed(Call(token.value, self.arguments(")"), 1, split_index(sign)[1]))
        name = Sym(f"{sign} {token.value}" if sign[0] in "∇d" else f"{sign}{token.value}")
        if self.peek("open", "(") and sign.startswith("∇"):
            self.take()
            inner = self.arguments(")")
            name.name += "(" + ", ".join(show(argument) for argument in inner) + ")"
        return name

    def arguments(self, closing):
        found = [self.sum()]
        while True:
            if self.take("sign", ",", ";") or (
                self.peek("sign") and self.peek().value in RELATIONS and self.take()
            ):
                found.append(self.sum())
            elif self.peek("fence", "|"):
                self.take()
                found.append(self.sum())
            else:
                break
        self.closing = self.expect("close", closing)
        return found

    def closed(self, node, power=None):
        """What stands on the bracket that closed a node: a power, a transposition, an index."""
        if power is not None:
            node = Op("^", [node, power.value])
        closing = self.closing
        if closing.sub:
            node = Op("entry", [node, Words(closing.sub)])
        if closing.power is not None:
            node = raise_to(node, closing.power)
        if closing.primes:
            node = Op("prime", [node])
        return node

    def bracket(self, token):
        closing = OPENING[token.value]
        if cases := self.take("cases"):
            return Cases(cases.value)
        kept = getattr(self, "fences", [])
        self.fences = []
        members = [self.part_of_chain()]
        while self.take("sign", ",", ";") or self.take("words"):
            members.append(self.part_of_chain())
        if token.value in "[(" and self.peek("close", ")", "]"):
            self.closing = self.take()  # half-open intervals close with the other bracket
        else:
            self.closing = self.expect("close", closing)
        self.fences = kept
        if token.value == "⌊":
            return self.closed(Op("floor", [members[0].members[0]]))
        if token.value == "⌈":
            return self.closed(Op("ceil", [members[0].members[0]]))
        if len(members) == 1 and not members[0].relations and token.value != "{":
            return self.closed(members[0].members[0])
        return self.closed(Tup(members, token.value))

    def fenced(self, token):
        self.fences = [*getattr(self, "fences", []), token.value]
        inner = self.sum()
        self.closing = self.expect("fence", token.value)
        self.fences = self.fences[:-1]
        sub, self.closing.sub = self.closing.sub, ""
        node = Op("abs" if token.value == "|" else "norm", [inner] + ([Words(sub)] if sub else []))
        return self.closed(node)


def scaled(kind, left, right):
    """A product; 1.5 · 10^{-3} is a number in scientific notation."""
    if (
        kind == "*"
        and isinstance(left, Lit)
        and isinstance(right, Lit)
        and len(left.numbers) == 1
        and len(right.numbers) == 2
        and right.numbers[0].token == "10"
    ):
        return Lit(left.value * right.value, left.unit * right.value, left.numbers + right.numbers)
    if isinstance(left, Op) and left.kind == "*" and is_mantissa(left.args[1]):
        inner = scaled(kind, left.args[1], right)
        if isinstance(inner, Lit):
            return Op("*", [left.args[0], inner])
    return Op(kind, [left, right])


def is_mantissa(node):
    return isinstance(node, Lit) and len(node.numbers) == 1 and 1 <= node.value < 10 and node.unit < 1


def bare(name):
    return name.split("_{")[0].split("^{")[0]


def split_index(name):
    """LeakyReLU_{a} is the function LeakyReLU with the index a."""
    match = re.fullmatch(r"([^_^]+)(?:_\{(.*)\})?", name)
    return (match.group(1), match.group(2) or "") if match else (name, "")


def show(node):
    """An expression in plain characters, for reports."""
    if isinstance(node, Lit):
        return str(node)
    if isinstance(node, Huge):
        return f"10^{node.exponent}"
    if isinstance(node, Sym):
        return node.name
    if isinstance(node, Call):
        sub = f"_{node.sub}" if node.sub else ""
        return f"{node.name}{'′' * node.primes}{sub}({', '.join(map(show, node.args))})"
    if isinstance(node, Mat):
        return "(" + "; ".join(" ".join(map(show, row)) for row in node.rows) + ")"
    if isinstance(node, Tup):
        return "(" + ", ".join(map(show, node.members)) + ")"
    if isinstance(node, Words):
        return node.text
    if isinstance(node, Cases):
        return (
            "{"
            + "; ".join(
                f"{show(value)} if {condition and show(condition)}" for value, condition in node.branches
            )
            + "}"
        )
    if isinstance(node, Chain):
        text = show(node.members[0])
        for relation, member in zip(node.relations, node.members[1:]):
            text += f" {relation} {show(member)}"
        return text
    if isinstance(node, Unread):
        return "".join(plain(element) for element in node.element)
    if len(node.args) == 1 or node.kind in ("norm", "abs", "entry"):
        signs = {"neg": "−", "sqrt": "√", "transpose": "⊤"}
        return f"{signs.get(node.kind, node.kind)}({', '.join(map(show, node.args))})"
    sign = {"juxta": " ", "*": "·", "odot": "⊙"}.get(node.kind, node.kind)
    return "(" + sign.join(map(show, node.args)) + ")"


def literals(node):
    """All printed numbers of an expression, in the order in which they are read."""
    if isinstance(node, (Lit, Huge)):
        yield node
    else:
        for child in children(node):
            yield from literals(child)


def children(node):
    if isinstance(node, (Op, Call)):
        return list(node.args)
    if isinstance(node, Mat):
        return [entry for row in node.rows for entry in row]
    if isinstance(node, Cases):
        return [part for branch in node.branches for part in branch if part is not None]
    if isinstance(node, (Tup, Chain)):
        return list(node.members)
    return []


def symbols(node):
    """All names of an expression, in the order in which they are read."""
    if isinstance(node, Sym):
        yield node
    else:
        for child in children(node):
            yield from symbols(child)
