"""Compares the numbers of a page with the independent runs of its scenario.

`Runs` knows what every name of a page may stand for: the values of all iterations of all runs,
those that `explore` shows, and those of the wrong turns that `mistakes` names. `Sheet` finds
each text of the scenario on the page and compares number by number, and does so for
tables, for the data of figures and for their descriptions.
"""

import difflib
import functools
import re
import unicodedata
from dataclasses import dataclass, field
from fractions import Fraction

import phrases
import values
from chains import Definition, equals, is_literal, is_numeric, literal_value, rounds, same_values
from evaluate import Evaluator, constant
from language import Tape, Wrong, parse
from mathml import Chain, Sym, literals, read_formula, show
from page import Element, Text, read
from runs import Scenario, leading, neat, rounded
from values import Real, Undefined, Unknown, is_matrix

LEAST_SCORE = 0.6  # how alike two paragraphs have to be
GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ϵ",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "ell": "ℓ",
}
ACCENTS = {"hat", "bar", "tilde"}
OPTION_NAMES = {
    "learning_rate": "α",
    "weight_decay": "λ",
    "dampening": "τ",
    "momentum_decay": "ψ",
    "trust": "τ",
    "eta_minus": "η^{−}",
    "eta_plus": "η^{+}",
    "step_min": "d_{min}",
    "step_max": "d_{max}",
    "threshold": "ρ_{min}",
    "initial_accumulator": "s_{0}",
    "learning_rate_decay": "γ",
    "ns_a": "a_{1}",
    "ns_b": "a_{3}",
    "ns_c": "a_{5}",
}


def symbol(name, index=None):
    """How a name of a scenario prints: y_hat as ŷ, W_1 as W with the index 1, alpha as α.

    With `index`, an iteration say, as in w_2 or, where there is an index already, in W_1^{(2)}.
    """
    base, *rest = name.split("_")
    digits = re.fullmatch(r"([A-Za-z]+)(\d+)", base)
    if digits and not rest:
        base, rest = digits.group(1), [digits.group(2)]
    base = GREEK.get(base, base)
    while rest and rest[-1] in ACCENTS:
        base = f"{rest.pop()}({base})"
    subs = [GREEK.get(part, part) for part in rest]
    if index is not None and subs:
        return f"{base}_{{{','.join(subs)}}}^{{({index})}}"
    if index is not None:
        return f"{base}_{{{index}}}"
    return f"{base}_{{{','.join(subs)}}}" if subs else base


def local_symbol(name, t, parameter):
    """How a state or a line of an update rule prints: u_2^w, g_{clip,2}^w, G_2."""
    base, *rest = name.split("_")
    base = GREEK.get(base, base)
    while rest and rest[-1] in ACCENTS:
        base = f"{rest.pop()}({base})"
    subs = ",".join([*(GREEK.get(part, part) for part in rest), *([str(t)] if t is not None else [])])
    found = f"{base}_{{{subs}}}" if subs else base
    return f"{found}^{{{symbol(parameter)}}}" if parameter else found


@dataclass
class Case:
    """A run and what is special about it: a value that `explore` gives it, or a mistake."""

    run: object
    changes: dict = field(default_factory=dict)

    def __str__(self):
        text = f"{self.run.setup}.{self.run.name}"
        return text + (f" with {self.changes}" if self.changes else "")


class Runs:
    """What the names of a page may stand for, by the runs of its scenario."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.cases = [Case(run) for run in scenario.runs.values()]
        # Figures show the exact run of one that goes on from rounded numbers.
        self.exact = [
            Case(scenario.attempt(run.setup, run.name, {"exact": True}))
            for run in scenario.runs.values()
            if run.display.carry
        ]
        self.explored = []
        self.wrong = []
        self.find(scenario.source.get("cells") or [], None)
        self.kinks = sorted(set(self.chosen_kinks()))

    # What the cells ask for beside the runs.

    def find(self, cells, setup):
        for cell in cells:
            if not isinstance(cell, dict):
                continue
            inner = cell.get("setup", setup)
            if "explore" in cell:
                self.explore(cell, inner)
            if "mistakes" in cell:
                self.mistakes(cell, inner)
            self.find(cell.get("parts") or [], inner)

    def run_of(self, path, setup):
        """The set-up and the run that a path begins with."""
        parts = path.split(".")
        if parts[0] in self.scenario.setups and len(parts) > 1:
            return parts[0], parts[1]
        if setup is None and len(self.scenario.setups) == 1:
            setup = next(iter(self.scenario.setups))
        return setup, parts[0]

    def explore(self, cell, setup):
        ((option, listed),) = cell["explore"].items()
        of = cell.get("of") or []
        for path in [of] if isinstance(of, str) else of:
            setup_name, name = self.run_of(path, setup)
            if name not in (self.scenario.setups.get(setup_name, {}).get("optimizers") or {}):
                continue
            for value in listed:
                run = self.explored_run(setup_name, name, option, value)
                if run:
                    self.explored.append(Case(run, {option: self.scenario.number(value)}))

    def explored_run(self, setup, name, option, value):
        if option in self.scenario.variables:
            chosen = {**self.scenario.chosen, option: value}
            other = Scenario(self.scenario.path, self.scenario.draws, chosen)
            return other.runs.get((setup, name))
        if option in (self.scenario.setups[setup].get("init") or {}):
            return self.scenario.attempt(setup, name, {"init": {option: value}})
        return self.scenario.attempt(setup, name, {"options": {option: value}})

    def mistakes(self, cell, setup):
        answers = [
            next(iter(answer)) if isinstance(answer, dict) else answer for answer in cell.get("answers") or []
        ]
        asked = {}
        for path in answers:
            found = re.search(r"\.t(\d+)\.", path)
            if found:
                key = self.run_of(path, setup)
                asked[key] = min(asked.get(key, 10**9), int(found.group(1)))
        for mistake in cell["mistakes"]:
            mistake = {"kind": mistake} if isinstance(mistake, str) else mistake
            for (setup_name, name), first in asked.items():
                changes = mistake.get("custom") or {"mistake": mistake["kind"]}
                since = int(mistake.get("from", first))
                run = self.scenario.attempt(setup_name, name, changes, since)
                if run:
                    self.wrong.append(Case(run, changes))

    def chosen_kinks(self):
        for description in self.scenario.setups.values():
            for found in re.findall(r"at_kink=([\d./]+)", description.get("model") or ""):
                yield Fraction(found)
                yield 1 - Fraction(found)  # the other argument's share of a maximum

    # What names stand for.

    @functools.cached_property
    def environments(self):
        """For every iteration of every run, and every example in it: name -> value."""
        found = [environment for case in self.cases + self.explored for environment in self.of_case(case)]
        return found + [self.outside(setup) for setup in self.scenario.setups]

    @functools.cached_property
    def keys(self):
        """The environments with a key for each value, for comparison."""
        seen = {}

        def key(value):
            if id(value) not in seen:
                seen[id(value)] = Definition(value, "").key
            return seen[id(value)]

        return [
            {name: key(value) for name, value in environment.items()} for environment in self.environments
        ]

    @functools.cached_property
    def wrong_environments(self):
        return [(case, list(self.of_case(case))) for case in self.wrong]

    def outside(self, setup):
        """Names that no run is needed for: variables, sizes, data."""
        found = {symbol(name): value for name, value in self.scenario.variables.items()}
        for name, value in (self.scenario.setups[setup].get("dimensions") or {}).items():
            found[symbol(name)] = Real(Fraction(value))
        return found

    def of_case(self, case):
        run = case.run
        always = self.outside(run.setup) | self.of_options(run)
        for record in run.records:
            always |= dated(record)
        for before, record in zip(run.records, run.records[1:]):
            now = always | current(before, record)
            for place in range(max(1, len(record.examples))):
                yield now | of_example(record, place)
        yield always | {symbol(name): value for name, value in run.records[-1].parameters.items() if value}

    def of_options(self, run):
        found = {}
        for name, value in run.options.items():
            if name == "weight_decay" and value == 0:
                continue
            if not isinstance(value, (str, list, dict)):
                found[OPTION_NAMES.get(name) or symbol(name)] = Real(value)
        clip = self.scenario.setups[run.setup]["optimizers"][run.name].get("clip") or self.scenario.setups[
            run.setup
        ].get("clip")
        if clip:
            found["c"] = Real(self.scenario.number(clip["at"]))
        return found

    def definitions(self, name):
        """All values of a name, each once, with the run."""
        return self.known().get(name, [])

    def inputs(self):
        """The scenario's own numbers by name: variables, options, the start, the data."""
        for case in self.cases + self.explored:
            run = case.run
            start = run.records[0]
            yield self.outside(run.setup) | self.of_options(run) | dated(start)
            yield {symbol(name): value for name, value in start.parameters.items()}
            for example in (
                self.scenario.data(run.setup)
                if isinstance(self.scenario.setups[run.setup].get("data"), list)
                else []
            ):
                yield {symbol(name): value for name, value in example.items()}
        for setup in self.scenario.setups:
            yield self.outside(setup)

    @functools.lru_cache(maxsize=1)
    def known(self):
        found = {}
        seen = {}  # values that the iterations of a run have in common are looked at once
        sources = [(environment, "input") for environment in self.inputs()]
        for environment, source in sources + [(environment, "run") for environment in self.environments]:
            for name, value in environment.items():
                if (name, id(value)) not in seen:
                    seen[name, id(value)] = definition = Definition(value, source)
                    found.setdefault(name, {}).setdefault(definition.key, definition)
        return {name: list(entry.values()) for name, entry in found.items()}


def dated(record):
    """The names of one iteration that carry its number: w_2, u_2^w, α_2."""
    t = record.t
    found = dated_values(t, record.parameters, record.state)
    for (line, name), value in record.locals.items():
        found[local_symbol(line, t, name)] = value
        found.setdefault(local_symbol(line, t, None), value)
    if record.rate is not None:
        found[f"α_{{{t}}}"] = Real(record.rate)
    return found


def dated_values(t, parameters, state):
    found = {}
    for name, value in parameters.items():
        if value is not None:
            found[symbol(name, t)] = value
            found |= named_entries(name, value, lambda entry: f"{entry}^{{({t})}}")
    for (kind, name), value in state.items():
        found[local_symbol(kind, t, name)] = value
        found.setdefault(local_symbol(kind, t, None), value)
    return found


def current(before, record):
    """The names of one iteration that carry no number: w before it, the gradient in it."""
    found = {"t": values.exact(record.t), "k": values.exact(record.t - 1)}
    for name, value in before.parameters.items():
        found[symbol(name)] = value
        found |= named_entries(name, value)
    found |= dated_values(record.t, *record.unrounded)
    for name, value in record.ahead.items():
        found[f"tilde({symbol(name)})"] = value
    for (state, name), value in before.state.items():
        found[local_symbol(state, None, name)] = value
    for name, value in record.gradient.items():
        found[f"∇_{{{symbol(name)}}} L"] = found[f"∂L/∂{symbol(name)}"] = value
        found |= named_entries(name, value, lambda entry: f"∇_{{{entry}}} L")
    if len(record.gradient) == 1:
        found["g"] = next(iter(record.gradient.values()))
    if record.loss is not None:
        found["L"] = record.loss
    return found


def of_example(record, place):
    """The names of one example's pass: z, ŷ, ∂L/∂z, and z^{(1)} where there are several."""
    found = {}
    if place >= len(record.examples):
        return found
    for other, example in enumerate(record.examples):
        mark = f"^{{({record.batch[other]})}}"
        for name, value in example.items():
            plain = "L" if name == "loss" else symbol(name)
            names = [plain + mark] + (
                [plain] if other == place and not (plain == "L" and len(record.examples) > 1) else []
            )
            found |= dict.fromkeys(names, value)
            if other == place:
                found |= named_entries(name, value)
        for name, value in record.adjoints[other].items() if other < len(record.adjoints) else ():
            plain = symbol(name)
            found[f"∂L{mark}/∂{plain}{mark}"] = value
            found[f"∇_{{{plain}}} L{mark}"] = value
            if other == place:
                found[f"bar({plain})"] = value
                found.setdefault(f"∂L/∂{plain}", value)
                if len(record.examples) == 1:
                    found[f"∂L/∂{plain}"] = value
    return found


def named_entries(name, value, form=lambda entry: entry):
    """W_{11} and b_{1} for the entries of matrices."""
    if not is_matrix(value):
        return {}
    base, found = symbol(name), {}
    if "_" in base:
        return {}
    rows, columns = values.shape(value)
    for row in range(rows):
        for column in range(columns):
            found[form(f"{base}_{{{row + 1}{column + 1}}}")] = value[row][column]
            found[form(f"{base}_{{{row + 1},{column + 1}}}")] = value[row][column]
            if 1 in (rows, columns):
                found[form(f"{base}_{{{row + column + 1}}}")] = value[row][column]
    return found


@dataclass
class Sentence:
    """A sentence of a block, from a place of its text on."""

    text: str
    begin: int
    block: object

    def match(self, template):
        return phrases.pattern(template).fullmatch(self.text)

    def numbers(self, match, group):
        """The numbers in a part of the sentence."""
        begin, end = (self.begin + place for place in match.span(group))
        return self.between(begin, end)

    def values(self, match, group):
        """As `numbers`, with None for what the page calls undefined."""
        found, numbers = [], iter(self.numbers(match, group))
        for part in re.finditer(r"undefin\w+|[−\d][\d.,·⁰¹²³⁴⁵⁶⁷⁸⁹⁻]*\d|\d", match[group]):
            found.append(None if part.group().startswith("undefin") else next(numbers, None))
        return found

    def between(self, begin, end):
        return [
            number
            for number, span in zip(self.block.numbers, self.block.spans)
            if begin <= span[0] and span[1] <= end
        ]

    def settle(self, status, note):
        for number in self.between(self.begin, self.begin + len(self.text)):
            number.settle(status, note)


# Texts of the scenario and where they stand on the page.


@dataclass
class Item:
    """A number of a source text: typed, or a slot with the value that belongs there."""

    token: str | None = None
    path: str | None = None
    options: list = field(default_factory=list)  # lists of tokens, one of which has to stand there


@dataclass
class Paragraph:
    words: list
    items: list
    text: str


def paragraphs(text):
    """The paragraphs of a source text; displayed formulas and rows of tables stand alone."""
    text = re.sub(
        r"\$\$(.*?)\$\$(\s*\{#[\w-]+\})?", lambda match: f"\n\n$${match.group(1)}$$\n\n", text, flags=re.S
    )
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip().splitlines()
        if lines and all(line.lstrip().startswith("|") for line in lines):
            yield from lines
        elif lines and all(re.match(r"\s*([-*]|\d+\.) |\s{2,}", line) for line in lines):
            yield from re.split(r"\n(?=\s*(?:[-*]|\d+\.) )", block)
        elif block.strip():
            yield block


SLOT = re.compile(r"<<(.*?)>>", re.S)


def words_of(text):
    """The words of a source text outside of formulas, in small letters."""
    text = re.sub(r"\$\$.*?\$\$|\$.*?\$", " ", text, flags=re.S)
    text = SLOT.sub(" ", re.sub(r"<%.*?%>|\]\([^)]*\)", " ", text))
    return re.findall(r"[^\W\d_]+", text.lower())


class Sheet:
    """Compares a page with its scenario."""

    def __init__(self, page, runs):
        self.page, self.runs, self.scenario = page, runs, runs.scenario
        self.problems = []
        self.remarks = []
        self.matched = 0

    def report(self, line, text):
        self.problems.append(f"line {line}: {text}")

    # Prose.

    def prose(self):
        """Finds every text of the scenario on the page, and compares its numbers in their order."""
        units = self.units()
        for text, setup in self.texts(self.scenario.source.get("cells") or [], None):
            if "<%" in text:
                self.remarks.append(f"a text with a loop or a case is not compared: {text[:60]!r}")
                continue
            for source in paragraphs(text):
                self.paragraph(source, setup, units)

    def units(self):
        """What may hold a paragraph: blocks, and rows of tables."""
        found = [
            ([block], words_on(block))
            for block in self.page.blocks
            if block.kind not in ("tick", "code", "cell")
        ]
        for table in self.page.tables:
            for row in [table.head, *table.rows]:
                found.append((row, [word for block in row for word in words_on(block)]))
        return found

    def shown_cells(self, cells):
        """The cells that this paper shows."""
        other = "solutions" if self.page.handout else "handout"
        return [cell for cell in cells if isinstance(cell, dict) and cell.get("audience") != other]

    def texts(self, cells, setup):
        """The texts that this paper shows, each with the set-up that its paths may leave out."""
        for cell in self.shown_cells(cells):
            inner = cell.get("setup", setup)
            for key in ("markdown", "text", "ask") + (() if self.page.handout else ("solution",)):
                if isinstance(cell.get(key), str):
                    yield cell[key], inner
            for mistake in [] if self.page.handout else cell.get("mistakes") or []:
                if isinstance(mistake, dict) and "remark" in mistake:
                    yield mistake["remark"], inner
            yield from self.texts(cell.get("parts") or [], inner)

    def paragraph(self, source, setup, units):
        """Finds a paragraph by its words; of similar ones, the one whose numbers fit best."""
        items = self.items(source, setup)
        if not items:
            return
        words = words_of(source)
        scored = []
        for blocks, other in units:
            if abs(len(other) - len(words)) <= 8 + len(words) // 3:
                score = (
                    difflib.SequenceMatcher(None, words, other, autojunk=False).ratio()
                    if words or other
                    else 1.0
                )
                if score >= LEAST_SCORE:
                    scored.append((score, blocks))
        scored.sort(key=lambda pair: -pair[0])
        found = []
        for score, blocks in scored[: 40 if words else 400]:
            there = [pair for block in blocks for pair in in_order(self.page, block)]
            found.append((self.cost(items, there)(0, 0)[0] - 4 * score, there))
        if not found:
            if any(item.path for item in items):
                self.remarks.append(f"not found on the page: {source[:70]!r}")
            return
        self.align(items, min(found, key=lambda pair: pair[0])[1], source)

    def items(self, source, setup):
        """The numbers of a source paragraph in their order, and the slots with their values."""
        source = re.sub(r"\]\((?!<)[^)]*\)", "]", source)
        found, place = [], 0
        for match in SLOT.finditer(source):
            found += typed(source[place : match.start()], self.page.comma)
            found.append(self.slot(match.group(1).strip(), setup))
            place = match.end()
        return found + typed(source[place:], self.page.comma)

    def slot(self, text, setup):
        path, *filters = (part.strip() for part in text.split("|"))
        try:
            value, run = self.scenario.value(path, setup)
        except (Unknown, KeyError, IndexError, ValueError, Wrong, Undefined) as reason:
            self.remarks.append(f"<< {path} >> is not known here ({reason})")
            return Item(path=path)
        display = run.display if run else self.scenario.display
        if value is None:
            return Item(path=path)
        return Item(path=path, options=tokens_of(value, display, filters))

    @staticmethod
    def cost(items, there):
        """A function that gives the least cost of aligning from a place on, and the first step."""
        tokens = plain_tokens(there)

        @functools.lru_cache(maxsize=None)
        def best(item, place):
            if item == len(items):
                return 0, None
            found = []
            options = [[items[item].token]] if items[item].token else items[item].options
            for option in options:
                size = len(option)
                if tuple(tokens[place : place + size]) == tuple(option):
                    found.append((best(item + 1, place + size)[0], ("match", size)))
            if place < len(tokens):
                found.append((best(item, place + 1)[0] + 0.05, ("skip", 1)))
            lost = 1.5 if items[item].token else 3.0 if items[item].options else 0.0
            found.append((best(item + 1, place)[0] + lost, ("lost", 0)))
            return min(found, key=lambda pair: pair[0])

        return best

    def align(self, items, there, source):
        """Puts items and numbers of the page side by side; a slot has to find its value."""
        best, tokens = self.cost(items, there), plain_tokens(there)
        item = place = 0
        while item < len(items):
            step, size = best(item, place)[1]
            if step == "match":
                for number, _ in there[place : place + size]:
                    if items[item].path:
                        number.settle("run", items[item].path)
                        self.matched += 1
                    else:
                        number.settle("typed", "as the scenario has it")
                item, place = item + 1, place + size
            elif step == "skip":
                place += 1
            else:
                line = there[0][0].line if there else 0
                if items[item].token:
                    self.report(
                        line,
                        f"the scenario has {items[item].token} here, the page {' '.join(tokens)}: {source[:60]!r}",
                    )
                if items[item].path and items[item].options:
                    self.report(
                        line,
                        f"<< {items[item].path} >> should print as {' '.join(items[item].options[0])}, which is not "
                        f"there: the page has {' '.join(tokens)} in {source[:60]!r}",
                    )
                item += 1

    # Marks.

    def marks(self):
        """The marks of the parts, as the scenario has them in its order."""
        wanted = list(self.asked(self.scenario.source.get("cells") or []))
        found = []
        for block in self.page.blocks:
            match = re.search(phrases.MARKS, block.prose())
            if match and not block.inside("div", "solution"):
                found.append((read(match.group(1), self.page.comma)[0], block))
        if [mark for mark, _ in found] != wanted:
            self.report(
                found[0][1].line if found else 0,
                f"the marks are {show_all(m for m, _ in found)}, in the scenario {show_all(wanted)}",
            )

    def asked(self, cells):
        for cell in self.shown_cells(cells):
            if "marks" in cell:
                yield self.scenario.number(cell["marks"])
            yield from self.asked(cell.get("parts") or [])

    # Tables and figures.

    def tables(self):
        for table in self.page.tables:
            head = [block.context() for block in table.head]
            if not head:
                continue
            if head[0] in ("iteration t", "Iteration t"):
                self.series_table(table, head)
            elif head[:2] in (["run", "t"], ["Lauf", "t"]):
                self.run_table(table, head)
            elif head[0] in ("example", "Beispiel"):
                self.data_table(table, head)
            elif head[0] == "z" and len(head) > 1:
                self.activation_table(table, head)

    def cases_for(self, block):
        """The cases that a figure may show: in a frame, those with the value that its label names."""
        frame = next((e for e in [block.element, *block.element.ancestors()] if "frame" in e.classes), None)
        if frame is None:
            return self.runs.cases + self.runs.exact
        label = self.frame_value(frame)
        return [
            case
            for case in self.runs.explored
            if any(label is None or values.same(value, label) for value in case.changes.values())
        ]

    def frame_value(self, frame):
        """The number in the label before a frame: α = 0.02."""
        siblings = frame.parent.elements()
        before = siblings[: siblings.index(frame)]
        for element in reversed(before):
            for block in self.page.blocks:
                if block.element is element or element in block.element.ancestors():
                    for formula in block.formulas():
                        for chain in read_formula(formula, self.page.of_element).rows[0]:
                            if isinstance(chain, Chain) and is_literal(chain.members[-1]):
                                for number in block_numbers(self.page, block):
                                    number.settle("counter", "the value of a frame")
                                return chains_value(chain.members[-1])
        return None

    def series_table(self, table, head):
        """The data of a figure: a column for each quantity of a run, a row for each iteration."""
        iterations = [int(row[0].numbers[0].value) for row in table.rows if row and row[0].numbers]
        for row in table.rows:
            for number in row[0].numbers:
                number.settle("counter", "an iteration")
        for column in range(1, len(head)):
            name, _, label = head[column].partition(", ")
            quantity = phrases.of(phrases.COLUMNS, self.page).get(name)
            if quantity:
                name = None
            cells = [row[column] for row in table.rows]
            shown = [self.shown(cell) for cell in cells]
            self.series((quantity or phrases.PARAMETER, name), label, iterations, shown, cells, table.head[0])

    def series(self, quantity, label, iterations, shown, cells, block):
        """Finds the run whose values a column has; says which value is wrong if none has them."""
        nearest = None
        for case in self.cases_for(block):
            if label and not is_labelled(label, case.run):
                continue
            wrong = self.wrong_entry(case, quantity, iterations, shown)
            if wrong is None:
                for cell in cells:
                    for number in block_numbers(self.page, cell):
                        number.settle("run", f"{case}: {quantity[1] or quantity[0]}")
                return
            if nearest is None or wrong[0] > nearest[0]:
                nearest = (*wrong, case)
        if nearest is None:
            self.remarks.append(f"no run for the column {quantity[1] or quantity[0]} of {label!r}")
        else:
            place, expected, case = nearest
            self.report(
                cells[place].line,
                f"{quantity[1] or quantity[0]} of {label or case} in iteration {iterations[place]} is {expected}, not {cells[place].context()}",
            )

    def wrong_entry(self, case, quantity, iterations, shown):
        """The first row that differs, with the value that belongs there; None if all agree."""
        for place, (t, printed) in enumerate(zip(iterations, shown)):
            if printed is None:
                continue
            try:
                value = quantity_of(case.run, *quantity, t)
            except (Unknown, Undefined):
                return place, "nothing"
            if value is None or not self.prints(value, printed):
                return place, value
        return None

    def shown(self, cell):
        """What a cell shows: (value, unit) of its number, the literal of its formula, or None."""
        if cell.numbers:
            return cell.numbers[0].value, cell.numbers[0].unit
        for formula in cell.formulas():
            rows = read_formula(formula, self.page.of_element).rows
            if rows and rows[0] and isinstance(rows[0][0], Chain) and is_literal(rows[0][0].members[-1]):
                return rows[0][0].members[-1]
        return None

    def shows(self, value, number):
        """Whether a value prints as a number of a sentence; None stands for undefined."""
        if number is None or value is None:
            return number is value
        return self.prints(value, (number.value, number.unit))

    @staticmethod
    def prints(value, printed):
        """Whether a value prints so."""
        if not isinstance(printed, tuple):
            return value is not None and rounds(value, printed)
        number, unit = printed
        if value is None:
            return False
        value = values.scalar(value)
        if is_matrix(value) or number is None:
            return False
        if number == 0:
            return value.low == 0
        return values.prints_as(value, number, unit)

    def run_table(self, table, head):
        """The table of iterations: a row for each iteration of each run."""
        names = [self.name_of(block) for block in table.head[2:]]
        groups = {}
        for row in table.rows:
            groups.setdefault(row[0].context(), []).append(row)
        for label, rows in groups.items():
            for row in rows:
                for number in block_numbers(self.page, row[1]):
                    number.settle("counter", "an iteration")
            iterations = [int(row[1].numbers[0].value) for row in rows]
            for column, name in enumerate(names, 2):
                cells = [row[column] for row in rows]
                self.series(
                    (phrases.PARAMETER, name),
                    label,
                    iterations,
                    [self.shown(cell) for cell in cells],
                    cells,
                    table.head[0],
                )

    def name_of(self, block):
        for formula in block.formulas():
            chain = read_formula(formula, self.page.of_element).rows[0][0]
            return show(chain)
        return block.context()

    def data_table(self, table, head):
        """The examples of a set-up."""
        names = [self.name_of(block) for block in table.head[1:]]
        for setup in self.scenario.setups:
            data = (
                self.scenario.data(setup) if isinstance(self.scenario.setups[setup].get("data"), list) else []
            )
            wanted = [
                [{symbol(key): value for key, value in example.items()}.get(name) for name in names]
                for example in data
            ]
            shown = [[self.shown(cell) for cell in row[1:]] for row in table.rows]
            if len(wanted) == len(shown) and all(
                value is not None and cell is not None and self.prints(value, cell)
                for row, cells in zip(wanted, shown)
                for value, cell in zip(row, cells)
            ):
                for row in table.rows:
                    for number in row[0].numbers:
                        number.settle("counter", "an example")
                    for cell in row[1:]:
                        for number in block_numbers(self.page, cell):
                            number.settle("given", f"the data of {setup}")
                return
        self.remarks.append(f"no data for the table of {', '.join(names)}")

    def activation_table(self, table, head):
        """Values and derivatives of functions at points z."""
        for column in range(1, len(head)):
            text, slope = head[column].rstrip("′"), head[column].endswith("′")
            for row in table.rows:
                point, printed = row[0].numbers, self.shown(row[column])
                if not point or printed is None:
                    continue
                self.function_value(text, slope, point[0].value, printed, row[column])
                point[0].settle("counter", "a point of a curve")

    def function_value(self, text, slope, point, printed, cell):
        try:
            value = function_at(text, point, slope)
        except (Unknown, Wrong, Undefined) as reason:
            self.remarks.append(f"the function {text} is not known ({reason})")
            return
        if self.prints(value, printed):
            for number in block_numbers(self.page, cell):
                number.settle("run", f"{text} at {point}")
        else:
            self.report(
                cell.line, f"{text}{'′' if slope else ''} at {point} is {value}, not {cell.context()}"
            )

    # Descriptions.

    def descriptions(self):
        for block in self.page.blocks:
            if block.kind == "description":
                self.description(block)

    def description(self, block):
        """The sentences of a figure's description, each by its wording."""
        text = block.prose()
        if re.search(r" 95 %\.|with the spread of one trial|mit der Streuung eines einzelnen", text):
            for number in block.numbers:
                number.settle("estimate", "a description of an experiment")
            return
        start = 0
        for sentence in re.split(r"(?<=\.)\s+(?=\w)", text):
            start = text.index(sentence, start)
            self.sentence(Sentence(sentence, start, block))
            start += len(sentence)

    def sentence(self, sentence):
        for template in phrases.of(phrases.PATHS, self.page):
            if match := sentence.match(template):
                return self.path(sentence, match)
        for template in phrases.of(phrases.CURVES, self.page):
            if match := sentence.match(template):
                return self.curve(sentence, match)
        for quantity, template in phrases.of(phrases.SENTENCES, self.page):
            if match := sentence.match(template):
                return self.told(sentence, match, quantity)
        if re.match(r"\d+ (?:nodes|Knoten),|v_\d+ = ", sentence.text):
            sentence.settle("formula", "the description of a graph")
        elif re.search(r"values from|measured|Werte von|gemessen", sentence.text):
            sentence.settle("estimate", "a description of an experiment")

    def path(self, sentence, match):
        """A path over the loss: where it starts, where it ends, how many steps."""
        steps = sentence.numbers(match, "count")[0].value if "count" in match.groupdict() else 1
        axes = phrases.pattern(phrases.of(phrases.AXES, self.page)).search(sentence.block.prose())
        for case in self.cases_for(sentence.block):
            run = case.run
            if not is_labelled(match["label"], run) or run.records[-1].t - run.records[0].t != steps:
                continue
            ends = [run.records[0].parameters, run.records[-1].parameters]
            names = [axes["x"], axes["y"]] if axes else list(ends[0])
            wanted = [found.get(name) for found in ends for name in names]
            shown = sentence.values(match, "start") + sentence.values(match, "end")
            if len(shown) == len(wanted) and all(map(self.shows, wanted, shown)):
                sentence.settle("run", f"{case}: the path")
                return
        self.report(sentence.block.line, f"no run has this: {sentence.text}")

    def curve(self, sentence, match):
        """A function and its derivative at the ends of an interval, and in the middle."""
        left, right = (sentence.numbers(match, name)[0].value for name in ("left", "right"))
        points = {"low": left, "middle": Fraction(0), "high": right}
        for prefix, slope in (("", False), ("slope_", True)):
            for name, point in points.items():
                if prefix + name not in match.groupdict():
                    continue
                number = sentence.numbers(match, prefix + name)[0]
                try:
                    value = function_at(match["name"], point, slope)
                except (Unknown, Wrong, Undefined) as reason:
                    self.remarks.append(f"the function {match['name']} is not known ({reason})")
                    return
                if self.prints(value, (number.value, number.unit)):
                    number.settle("run", f"{match['name']} at {point}")
                else:
                    self.report(
                        sentence.block.line, f"{match['name']} at {point} is {value}, not {number.token}"
                    )
        sentence.settle("counter", "a point of a curve")

    def told(self, sentence, match, quantity):
        """A series in words: its values in some iterations."""
        groups = match.groupdict()
        first = int(sentence.numbers(match, "first")[0].value)
        last = int(sentence.numbers(match, "last")[0].value) if "last" in groups else first
        if "values" in groups:
            shown = sentence.values(match, "values")
            points = list(zip(range(first, last + 1), shown)) if len(shown) == last - first + 1 else []
        elif "middle" in groups:
            half = int(sentence.numbers(match, "half")[0].value)
            points = [
                (t, sentence.values(match, name)[0])
                for t, name in ((first, "start"), (half, "middle"), (last, "end"))
            ]
        else:
            points = [(t, sentence.values(match, "start")[0]) for t in range(first, last + 1)]
        name, label = groups.get("name"), groups.get("label", "")
        if quantity == phrases.PARAMETER:
            inner = re.fullmatch(r"(\S+) \((.*)\)", name)
            name, label = inner.groups() if inner else (name, "")
        for case in self.cases_for(sentence.block):
            if label and not is_labelled(label, case.run):
                continue
            try:
                right = all(
                    self.shows(quantity_of(case.run, quantity, name, t), number) for t, number in points
                )
            except (Unknown, Undefined):
                continue
            if right and points and last == case.run.records[-1].t:
                for _, number in points:
                    if number:
                        number.settle("run", f"{case}: {name or quantity}")
                sentence.settle("counter", "an iteration")
                return
        self.report(sentence.block.line, f"no run has this: {sentence.text}")

    # Wrong turns.

    def wrong_turns(self):
        """The numbers of the mistakes: those of the runs that make them."""
        for block in self.page.blocks:
            if block.kind == "li" and is_wrong_turn(block):
                self.wrong_turn(block)

    def wrong_turn(self, block):
        chains = []
        for formula in before_colon(block):
            for row in read_formula(formula, self.page.of_element).rows:
                chains += [
                    c
                    for c in row
                    if isinstance(c, Chain) and len(c.members) > 1 and isinstance(c.members[0], Sym)
                ]
        chains = [chain for chain in chains if is_literal(chain.members[-1])]
        if not chains:
            return
        best = None
        for case, environments in self.runs.wrong_environments:
            missing = [
                chain for chain in chains if not any(has(environment, chain) for environment in environments)
            ]
            if best is None or len(missing) < len(best):
                best = missing
            if not missing:
                for chain in chains:
                    for node in chain.members[1:]:
                        settle_numbers(node, "run", f"wrong turn: {case}")
                return
        if best is not None:
            self.report(block.line, "no run with a mistake has " + ", ".join(show(chain) for chain in best))
        else:
            self.remarks.append(f"no run for the wrong turn {block.context()[:80]!r}")


def show_all(numbers):
    return ", ".join(str(values.decimal(number)) for number in numbers)


def is_wrong_turn(block):
    """Whether a list item tells of a mistake: its list stands behind the words "Wrong turns"."""
    lists = [e for e in [block.element, *block.element.ancestors()] if e.tag == "ul"]
    for element in lists:
        siblings = element.parent.elements()
        place = siblings.index(element)
        if place and siblings[place - 1].text().startswith(phrases.WRONG_TURNS):
            return True
    return False


def before_colon(block):
    """The formulas of a wrong turn before the colon: what would be handed in."""
    count = 0
    for part in block.parts:
        if isinstance(part, Text) and ":" in part.content:
            break
        count += isinstance(part, Element)
    for formula in block.formulas():
        if count <= 0:
            return
        yield formula
        count -= len(formula)


def has(environment, chain):
    """Whether a name has the value that a chain gives it: w_1 = 1 - 3√2/20 ≈ 0.7879, each part of it."""
    value = environment.get(chain.members[0].name)
    if value is None:
        return False
    for relation, member in zip(chain.relations, chain.members[1:]):
        if is_literal(member):
            right = rounds(value, member) if relation == "≈" else equals(value, member)
        else:
            right = is_numeric(member) and same_values(value, of_numbers(member))
        if not right:
            return False
    return True


def of_numbers(node):
    return Evaluator(constant, lambda literal: Real(literal.value)).value(node)


def settle_numbers(node, status, note):
    for literal in literals(node):
        for number in literal.numbers:
            number.settle(status, note)


def chains_value(node):
    return values.scalar(literal_value(node)).low


def quantity_of(run, quantity, name, t):
    """A quantity of a run in iteration t: its loss, its rate, the norm of its gradient, a parameter."""
    record = run.record(t)
    if quantity == phrases.LOSS:
        return record.loss
    if quantity == phrases.RATE:
        return Real(record.rate)
    if quantity == phrases.GRADIENT:
        found = [record.gradient[name]] if name else list(record.gradient.values())
        return values.norm([[entry for value in found for entry in values.entries(value)]])
    entry = re.fullmatch(r"(\w+?)(?:\[|_)(\d+),\s?(\d+)\]?", name)
    if entry and entry.group(1) in record.parameters:
        return record.parameters[entry.group(1)][int(entry.group(2)) - 1][int(entry.group(3)) - 1]
    if name in record.parameters:
        return record.parameters[name]
    return by_symbol(run, record, name)


def by_symbol(run, record, name):
    if name == "L":
        return record.loss
    for parameter, value in record.parameters.items():
        if symbol(parameter) == name:
            return value
    for (state, parameter), value in record.state.items():
        if local_symbol(state, None, parameter) == name:
            return value
    raise Unknown(name)


def is_labelled(label, run):
    """Whether a run may be called so: SGD, or SGD (slow), or SGD (dead.sgd), or by its title."""
    names = {run.options.get("title"), phrases.LABELS[run.kind], phrases.GERMAN_LABELS[run.kind]} - {None}
    if run.options.get("title"):
        names = {run.options["title"]}
    own = (run.name, f"{run.setup}.{run.name}")
    return label in names or label in own or label in {f"{name} ({inner})" for name in names for inner in own}


def function_at(text, point, slope):
    """The value or the derivative of an activation function at a point."""
    text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    node = parse(text if "(" in text else f"{text}(z)")
    tape = Tape()
    z = tape.cell(Real(point))
    result = tape.evaluate(node, {"z": z})
    if not slope:
        return result.value
    tape.backward(result, values.exact(1))
    return z.adjoint if z.adjoint is not None else values.exact(0)


# Numbers of blocks, and how values print.


def words_on(block):
    text = re.sub(
        phrases.MARKS + r"|^\s*\([a-z]\)|Solution\.|Lösung\.", " ", block.prose().replace("\0", " ")
    )
    return re.findall(r"[^\W\d_]+", text.lower())


def in_order(page, block):
    """The numbers of a block in the order of reading, each with whether it stands in a formula."""
    found, seen = [], 0
    for part in block.parts:
        if isinstance(part, Element):
            found += [(page.of_element[element], True) for element in part.find("mn")]
            seen += 1
        else:
            begin = seen
            seen += len(part.content)
            found += [
                (number, False) for number, span in zip(block.numbers, block.spans) if begin <= span[0] < seen
            ]
    return found


def plain_tokens(there):
    return [
        unicodedata.normalize("NFKC", re.sub(r"[\u2009\u202f]", "", number.token))
        .lstrip("−-")
        .replace(",", ".")
        for number, _ in there
    ]


def block_numbers(page, block):
    return [number for number, _ in in_order(page, block)]


def typed(text, comma=False):
    """The numbers that an author has typed, as the page shows them."""
    text = re.sub(r"\{([.,])\}", r"\1", text)
    if comma:
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    text = re.sub(r"\\(?:text|mathrm|operatorname|quad|qquad)\b(?:\{[^}]*\})?", " ", text)
    text = re.sub(r"\\[td]?frac\s*(\d)\s*(\d)", r" \1 \2 ", text)
    text = re.sub(r"\\(?:[td]?frac|sqrt)\s*(\d)", r" \1 ", text)
    text = re.sub(r"[\^_](\d)", r" \1 ", text)
    text = re.sub(r"\\[A-Za-z]+|\\[,:;! ]", " ", text)
    return [Item(token=token) for token in re.findall(r"(?<![A-Za-z.\d])\d+(?:\.\d+)?", text)]


def tokens_of(value, display, filters):
    """The ways in which a value may print, each a list of tokens without signs."""
    if is_matrix(value):
        entries = [real.low for real in values.entries(value)]
        styles = [[preferred(n, display, scientific) for n in entries] for scientific in (False, True)]
        if all(ended(n) for n in entries):
            styles.append([ended(n) for n in entries])
        return [[token for tokens in style for token in tokens] for style in styles]
    number, options = neat(value.low), []
    if "exact" in filters and not isinstance(number, Fraction):
        return []  # a form with roots: the chains check it
    places = next((int(n) for f in filters for n in re.findall(r"places\s*=\s*(\d+)", f)), None)
    if places is not None:
        return [[fixed(rounded(number, places), places)], *([ended(number)] if ended(number) else [])]
    if isinstance(number, Fraction):
        if ended(number) is not None:
            options.append(ended(number))
        if number.denominator != 1:
            options.append([str(abs(number.numerator)), str(number.denominator)])
        options += powers(number)
    options += shown_as(number, display)
    return [option for option in options if option]


def preferred(number, display, scientific):
    """The way in which an entry of a matrix prints: exactly if its digits suffice, else rounded."""
    number = neat(number)
    if isinstance(number, Fraction) and ended(number) and display.round(number) == number:
        return ended(number)
    options = shown_as(number, display)
    return options[1] if scientific and len(options) > 1 and abs(leading(number)) > 3 else options[0]


def ended(number):
    """The digits of a number that ends as a decimal."""
    if not isinstance(number, Fraction):
        return None
    rest, places = number.denominator, 0
    while rest % 10 and (rest % 2 == 0 or rest % 5 == 0) or rest % 10 == 0 and rest > 1:
        rest //= 10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5
        places += 1
    if rest != 1 or places > 40:
        return None
    text = f"{abs(number.numerator) * 10**60 // number.denominator:061d}"
    whole, fraction = text[:-60].lstrip("0") or "0", text[-60:].rstrip("0")
    return [f"{whole}.{fraction}" if fraction else whole]


def powers(number):
    """10^{-8}, and 2 · 10^{-5}."""
    if number == 0:
        return []
    exponent = leading(number)
    mantissa = ended(abs(number) / Fraction(10) ** exponent)
    if mantissa is None or exponent == 0:
        return []
    power = ["10", str(abs(exponent))] if abs(exponent) != 1 else ["10"]
    return [power] if mantissa == ["1"] else [mantissa + power]


def shown_as(number, display):
    """A rounded number, plain and in scientific notation."""
    if number == 0:
        return [["0"]]
    places = display.places(number)
    found = display.round(number)
    options = [[fixed(found, max(places, 0))]]
    exponent = leading(found) if found else 0
    if found and exponent:
        digits = places + exponent
        mantissa = fixed(abs(found) / Fraction(10) ** exponent, max(digits, 0))
        options.append([mantissa, "10", str(abs(exponent))])
        if mantissa.strip("0.") == "1":
            options.append(["10", str(abs(exponent))])
    return options


def fixed(number, places):
    """A number with so many decimals."""
    scaled = abs(number) * 10**places
    text = f"{int(scaled):0{places + 1}d}"
    return f"{text[:-places]}.{text[-places:]}" if places else text


def compare(page, runs):
    """All comparisons of a page with the runs of its scenario; gives the sheet with what it found."""
    sheet = Sheet(page, runs)
    sheet.prose()
    sheet.marks()
    sheet.tables()
    sheet.descriptions()
    sheet.wrong_turns()
    return sheet
