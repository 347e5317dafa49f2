"""Reads a rendered page: its blocks of text and formulas, its tables, its figures, its numbers.

Only the HTML is read. Every number that a reader sees becomes a `Number`, and whoever checks one
says so in its `status`; what nobody checked is left over, and is reported.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

VOID = {"br", "hr", "img", "input", "link", "meta", "mspace"}
INLINE = {"a", "b", "br", "code", "em", "i", "math", "span", "strong", "sub", "sup", "wbr"}
HIDDEN = {"head", "script", "style"}
LARGEST_EXPONENT = 10_000  # beyond, a number has no value here: it is compared by its exponent
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass(eq=False)
class Element:
    """An element of the page; `children` holds elements and `Text`s."""

    tag: str
    attributes: dict
    line: int
    parent: "Element | None" = None
    children: list = field(default_factory=list)

    @property
    def classes(self):
        return (self.attributes.get("class") or "").split()

    def elements(self):
        return [child for child in self.children if isinstance(child, Element)]

    def find(self, *tags):
        """All elements below this one with one of these tags, in document order."""
        for child in self.elements():
            if child.tag in tags:
                yield child
            yield from child.find(*tags)

    def text(self):
        return "".join(
            child.text() if isinstance(child, Element) else child.content for child in self.children
        )

    def ancestors(self):
        element = self.parent
        while element is not None:
            yield element
            element = element.parent


@dataclass
class Text:
    content: str
    line: int


class Builder(HTMLParser):
    """Builds the tree of elements, each with the line that it begins in."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("page", {}, 1)

    def handle_starttag(self, tag, attributes):
        element = Element(tag, dict(attributes), self.getpos()[0], self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_startendtag(self, tag, attributes):
        element = Element(tag, dict(attributes), self.getpos()[0], self.open)
        self.open.children.append(element)

    def handle_endtag(self, tag):
        element = self.open
        while element.tag != tag and element.parent is not None:
            element = element.parent
        if element.parent is not None:
            self.open = element.parent

    def handle_data(self, content):
        self.open.children.append(Text(content, self.getpos()[0]))


@dataclass(eq=False)
class Number:
    """A number that the page prints: the token as it stands, its value, the unit of its last digit."""

    token: str
    line: int
    block: "Block"
    value: Fraction
    unit: Fraction
    status: str | None = None
    note: str = ""

    def settle(self, status, note=""):
        """Notes how this number was checked; a stronger check is kept."""
        if self.status is None or STRENGTH[status] < STRENGTH[self.status]:
            self.status, self.note = status, note


# From the strongest check to the weakest. `recompute.py` explains each.
STATUSES = [
    "exact",
    "rounded",
    "run",
    "explained",
    "theory",
    "formula",
    "given",
    "code",
    "counter",
    "tick",
    "estimate",
    "typed",
]
STRENGTH = {status: place for place, status in enumerate(STATUSES)}


@dataclass(eq=False)
class Block:
    """A stretch of text and formulas: a paragraph, a heading, a cell, a label of a figure."""

    kind: str
    element: Element
    line: int
    parts: list = field(default_factory=list)  # `Text`s and elements `math`
    numbers: list = field(default_factory=list)  # those of the text, as they stand
    spans: list = field(default_factory=list)  # where in `prose()` each number stands
    marks: list = field(default_factory=list)  # those of single lines: [1.5]

    def prose(self):
        """The text, with a gap for every formula."""
        return "".join(part.content if isinstance(part, Text) else "\0" for part in self.parts)

    def math(self):
        return [part for part in self.parts if isinstance(part, Element)]

    def formulas(self):
        """The formulas, each a list of elements `math`: long ones are broken into several."""
        found, broken = [], False
        for part in self.parts:
            if isinstance(part, Element):
                if broken:
                    found[-1].append(part)
                else:
                    found.append([part])
            broken = isinstance(part, Element)
        return found

    def context(self):
        """The whole block in a few words, for reports."""
        words = "".join(part.content if isinstance(part, Text) else plain(part) for part in self.parts)
        return re.sub(r"\s+", " ", words).strip()

    def inside(self, tag, name=None):
        return any(
            element.tag == tag and (name is None or name in element.classes)
            for element in [self.element, *self.element.ancestors()]
        )


@dataclass(eq=False)
class Table:
    element: Element
    head: list  # blocks
    rows: list  # lists of blocks


class Page:
    """A page: its blocks in document order, its tables, and all its numbers."""

    def __init__(self, path, text=None):
        self.path = Path(path)
        builder = Builder()
        builder.feed(self.path.read_text(encoding="utf-8") if text is None else text)
        root = builder.root
        self.language = next(iter(root.find("html"))).attributes.get("lang") or "en"
        self.comma = self.language.startswith("de")
        self.handout = "handout" in self.path.stem
        self.main = next(iter(root.find("main")))
        self.numbers = []
        self.of_element = {}  # a Number for each element `mn`
        self.blocks = list(self._blocks(self.main, []))
        self.by_element = {}
        for block in self.blocks:
            self.by_element.setdefault(block.element, []).append(block)
            self._number(block)
        self.tables = [self._table(element) for element in self.main.find("table")]

    def _blocks(self, element, run):
        """Splits the children of an element into blocks; what stands in one line stays together."""
        for child in element.children:
            if isinstance(child, Text):
                run.append(child)
            elif child.tag in HIDDEN:
                continue
            elif child.tag == "math":
                run.append(child)
            elif child.tag in INLINE:
                yield from self._inline(child, run)
            else:
                yield from self._flush(element, run)
                yield from self._blocks(child, [])
        yield from self._flush(element, run)

    def _inline(self, element, run):
        """An inline element joins the line; a formula set apart, a block of its own, does not."""
        if "formula" in element.classes and "inline" not in element.classes:
            yield from self._flush(element.parent, run)
            yield from self._blocks(element, [])
            return
        for child in element.children:
            if isinstance(child, Text):
                run.append(child)
            elif child.tag == "math":
                run.append(child)
            else:
                yield from self._inline(child, run)

    @staticmethod
    def _flush(element, run):
        if any(isinstance(part, Element) or part.content.strip() for part in run):
            block = Block(kind_of(element), element, run[0].line, list(run))
            block.line = next(part.line for part in run if isinstance(part, Element) or part.content.strip())
            yield block
        run.clear()

    def _number(self, block):
        """Collects the numbers of a block, those of formulas and those of the text."""
        for token, span in tokens(block.prose(), self.comma, block.kind == "code"):
            number = make(token, block.line, block, self.comma)
            block.numbers.append(number)
            block.spans.append(span)
            self.numbers.append(number)
        for math in block.math():
            for element in math.find("mn"):
                number = make(element.text(), element.line, block, self.comma)
                self.of_element[element] = number
                self.numbers.append(number)
            for element in math.find("mtext"):  # marks beside a line: [1.5]
                for token in re.findall(r"\[(\d+(?:[.,]\d+)?)\]", element.text()):
                    number = make(token, element.line, block, self.comma)
                    number.settle("counter", "marks of a line")
                    block.marks.append(number)
                    self.numbers.append(number)

    def _table(self, element):
        rows = [
            [self._cell(cell) for cell in row.elements() if cell.tag in ("td", "th")]
            for row in element.find("tr")
        ]
        return Table(element, rows[0], rows[1:])

    def _cell(self, cell):
        blocks = self.by_element.get(cell)
        return blocks[0] if blocks else Block("cell", cell, cell.line)


def kind_of(element):
    """What kind of block an element holds."""
    names = [element.tag, *(ancestor.tag for ancestor in element.ancestors())]
    if "svg" in names:
        return {"desc": "description", "title": "title"}.get(element.tag, "tick")
    if "pre" in names:
        return "code"
    if element.tag in ("td", "th"):
        return "cell"
    if element.tag in ("h1", "h2", "h3", "h4"):
        return "heading"
    return element.tag


def tokens(text, comma, code):
    """The numbers of a text, each with its span; `code` allows for exponents such as 1e-8."""
    point = "," if comma and not code else r"\."
    minus = "-" if code else "−-"
    digits = rf"\d+(?:[\u2009\u202f]\d{{3}})*(?:{point}\d+)?"
    exponent = r"(?:e-?\d+)?" if code else r"(?:\s?·\s?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"
    sign = rf"(?:(?<![\w\)\]\0])[{minus}])?"
    pattern = re.compile(rf"(?<![\w.]){sign}(?<![\w.]){digits}{exponent}(?![\w])")
    for match in pattern.finditer(text):
        yield match.group(), match.span()


def make(token, line, block, comma):
    value, unit = read(token, comma)
    return Number(token, line, block, value, unit)


def read(token, comma=False):
    """The value of a token, and the unit of its last digit: `2.50` is 5/2 in units of 1/100."""
    text = re.sub(r"[\u2009\u202f\s]", "", token).replace("−", "-")
    text = text.replace(",", ".") if comma else text.replace(",", "")
    power = re.fullmatch(r"(-?)(?:(\d+(?:\.\d+)?)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    if power:
        sign, mantissa, exponent = power.groups()
        exponent = int(exponent.translate(SUPERSCRIPTS))
        if abs(exponent) > LARGEST_EXPONENT:
            return None, None
        scale = Fraction(10) ** exponent
        value, unit = read(mantissa or "1")
        return (-value if sign else value) * scale, unit * scale
    raised = re.fullmatch(r"(-?\d+)([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text)
    if raised:
        base, exponent = raised.groups()
        return Fraction(base) ** int(exponent.translate(SUPERSCRIPTS)), Fraction(1)
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    scale = Fraction(10) ** int(exponent or 0)
    return Fraction(mantissa) * scale, Fraction(1, 10**decimals) * scale


def plain(element):
    """A formula in plain characters, for reports."""
    inner = [plain(child) for child in element.elements()]
    if not inner:
        return re.sub(r"\s+", " ", element.text()) if element.tag != "mspace" else " "
    if element.tag == "mfrac":
        return f"({inner[0]})/({inner[1]})"
    if element.tag == "msqrt":
        return f"√({''.join(inner)})"
    if element.tag in ("msub", "munder"):
        return f"{inner[0]}_{inner[1]}"
    if element.tag == "msup":
        return f"{inner[0]}^{inner[1]}"
    if element.tag in ("msubsup", "munderover"):
        return f"{inner[0]}_{inner[1]}^{inner[2]}"
    if element.tag == "mtr":
        return " ".join(inner) + "; "
    return "".join(inner)
