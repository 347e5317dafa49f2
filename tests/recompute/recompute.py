"""Recomputes every number of rendered solution sheets from what the pages themselves say.

    python3 recompute.py PAGE.html... [--runs SCENARIO.yaml | --runs FOLDER] [--draws FOLDER] [--list]

Chains such as w_1 = w_0 - αg = 1 - 0.5·6 = -2 are computed exactly; each member has to agree with
every other, `=` exactly and `≈` in all its digits, and each number that is put in has to be the
value of the name in whose place it stands. With `--runs`, an independent implementation of the
scenario's runs is the source of everything else: tables, texts, the data and descriptions of
figures. FOLDER/STEM.yaml belongs to STEM/solutions.html, and to STEM/variants/variant-001/solutions.html
with the variables that the manifest beside it names. Numbers that were drawn at random are
taken from the initial states of DRAWS/STEM.json, a trace.

The statuses of numbers: `exact` and `rounded`, recomputed in a chain; `run`, a value of an
independent run; `explained`, agrees with what the rounded numbers put in explain; `theory`,
recomputed theory of an experiment; `formula`, part of a formula in symbols; `given`, an input;
`code`, in a script; `counter`, counts or marks something; `tick`, at an axis; `estimate`, of a
Monte-Carlo experiment; `typed`, as the author typed it in the scenario, and not recomputed;
`open`, not covered. Exit status 1 where a number is wrong.
"""

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path

import against_runs
import experiments
import phrases
import values
from chains import Checker, equals, is_literal, literal_value
from mathml import Call, Chain, Unread, read_formula, show
from page import STATUSES, Element, Page, Text, read
from runs import Scenario, draws_of
from values import exact

EQUALS = Element("math", {}, 0)
EQUALS.children.append(Element("mo", {}, 0, EQUALS, [Text("=", 0)]))


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("pages", nargs="+", type=Path)
    arguments.add_argument("--runs", type=Path, help="the scenario, or the folder of the scenarios")
    arguments.add_argument("--draws", type=Path, help="a folder of traces, for numbers that were drawn")
    arguments.add_argument("--list", action="store_true", help="list every number that is not covered")
    arguments = arguments.parse_args()
    wrong = 0
    for path in arguments.pages:
        result = check(Page(path), runs_for(path, arguments))
        print(result.report(arguments.list))
        wrong += len(result.problems)
    sys.exit(1 if wrong else 0)


def runs_for(path, arguments):
    """The independent runs of the scenario that a page belongs to, if it is there."""
    variant = re.fullmatch(r"variant-(\d+)", path.parent.name)
    stem = path.parents[2].name if variant else path.parent.name
    scenario = arguments.runs
    if scenario and scenario.is_dir():
        scenario /= f"{stem}.yaml"
    if not scenario or not scenario.exists():
        return None
    draws = arguments.draws / f"{stem}.json" if arguments.draws else None
    drawn = draws_of(json.loads(draws.read_text(encoding="utf-8"))) if draws and draws.exists() else None
    chosen = assignment(path.parents[1] / "manifest.json", int(variant.group(1))) if variant else None
    return against_runs.Runs(Scenario(scenario, drawn, chosen))


def assignment(manifest, number):
    """The variables of a variant."""
    variants = json.loads(manifest.read_text(encoding="utf-8"))["variants"]
    return next(variant["variables"] for variant in variants if variant["variant"] == number)


class Result:
    """What was found on a page."""

    def __init__(self, page):
        self.page = page
        self.problems = []
        self.remarks = []
        self.unread = []
        self.symbolic = []

    def counts(self):
        return Counter(number.status or "open" for number in self.page.numbers)

    def report(self, all_open=False):
        counts = self.counts()
        total = sum(counts.values())
        lines = [f"{self.page.path.parent.name}/{self.page.path.name}: {total} numbers"]
        lines.append("  " + ", ".join(f"{counts[s]} {s}" for s in [*STATUSES, "open"] if counts[s]))
        if self.unread:
            lines.append(f"  {len(self.unread)} formulas not read")
            lines += [f"    {text}" for text in self.unread]
        lines += [f"  WRONG {self.page.path}, {problem}" for problem in self.problems]
        lines += [f"  remark: {remark}" for remark in self.remarks]
        if all_open:
            lines += [f"  open: {text}" for text in self.open_numbers()]
        return "\n".join(lines)

    def open_numbers(self, statuses=(None, "typed")):
        """The numbers that are not covered, by the block that they stand in."""
        blocks = {}
        for number in self.page.numbers:
            if number.status in statuses:
                blocks.setdefault(number.block, []).append(number)
        for block, numbers in blocks.items():
            tokens = " ".join(n.token + ("*" if n.status == "typed" else "") for n in numbers)
            yield f"line {block.line} ({block.kind}): {tokens}  |  {block.context()[:160]}"


def check(page, runs=None):
    """Checks a page: its chains, its tables and figures, its texts."""
    result = Result(page)
    values.ties_to_even = bool(runs and runs.scenario.display.half_even)
    if runs:
        sheet = against_runs.compare(page, runs)
        result.problems += sheet.problems
        result.remarks += sheet.remarks
        result.remarks += [
            f"no run {'.'.join(key[:2])}: {reason}" for key, reason in runs.scenario.failed.items()
        ]
    chains(page, runs, result)
    experiments.check(page, result, runs)
    counters(page)
    consecutive(page, result)
    marks(page, result)
    ticks(page, result)
    labels(page, result)
    code(page, runs)
    return result


def chains(page, runs, result):
    """Checks all formulas of a page in their order."""
    checker = Checker(runs)
    checker.zero_over_zero = any(
        words in block.context() for block in page.blocks for words in phrases.NO_MOVE
    )
    for block in page.blocks:
        formulas = [read_formula(formula, page.of_element) for formula in joined(block)]
        if block.kind == "p":
            slopes(block, [row for found in formulas for row in found.rows], result)
        for found in formulas:
            for number in found.counters:
                number.settle("counter", "part of a name")
            for row in found.rows:
                result.unread += [
                    f"line {block.line}: {show(chain)} ({chain.reason})"
                    for chain in row
                    if isinstance(chain, Unread)
                ]
                if not against_runs.is_wrong_turn(block):
                    readable = [chain for chain in row if not isinstance(chain, Unread)]
                    checker.row(readable, block.line, is_derivation(block))
    result.problems += checker.problems
    result.remarks += checker.remarks
    result.symbolic = checker.symbolic


def slopes(block, rows, result):
    """Where a sentence names a pre-activation and then the derivative there, both are the same number."""
    chains = [chain for row in rows for chain in row if isinstance(chain, Chain) and len(chain.members) == 2]
    calls = [chain for chain in chains if isinstance(chain.members[0], Call) and chain.members[0].primes == 1]
    others = [chain.members[1] for chain in chains if chain not in calls and is_literal(chain.members[1])]
    for chain in calls:
        argument = chain.members[0].args[0]
        if not is_literal(argument) or not others or equals(exact(0), argument):
            continue  # at 0 it is a convention, which stands anywhere
        if not any(equals(literal_value(o), argument) for o in others):
            result.problems.append(
                f"line {block.line}: {show(chain)} stands beside another number: {block.context()[:80]}"
            )


def is_derivation(block):
    """Whether a block holds aligned lines, or a sentence that gradsheet has put together."""
    if any(words in block.prose() for words in phrases.GENERATED):
        return True
    return any("pairs" in table.classes for math in block.math() for table in math.find("mtable"))


def joined(block):
    """The formulas of a block; "z is exactly 0" is read as z = 0."""
    found, words = [], ""
    for part in block.parts:
        if isinstance(part, Element):
            if found and not words:
                found[-1].append(part)
            elif found and words.strip() in phrases.EXACTLY:
                found[-1] += [EQUALS, part]
            else:
                found.append([part])
            words = ""
        else:
            words += part.content
    return found


def counters(page):
    """Numbers that count: of headings, figures, iterations, marks."""
    for block in page.blocks:
        text = block.prose()
        for pattern in phrases.COUNTING:
            for match in re.finditer(pattern, text):
                for number, span in zip(block.numbers, block.spans):
                    if match.start() <= span[0] < match.end():
                        number.settle("counter", match.group())


def consecutive(page, result):
    """Questions, figures and tables are numbered from 1 on, one by one; a handout has not all of them."""
    for kinds, pattern in (
        (("heading",), r"(\d+)\. "),
        (("figcaption",), r"(?:Figure|Abbildung) (\d+)[.:]"),
        (("p",), r"(?:Table|Tabelle) (\d+)[.:]"),
    ):
        last = 0
        for block in page.blocks:
            match = re.match(pattern, block.prose()) if block.kind in kinds else None
            if match:
                number = int(match.group(1))
                right = number == last + 1 or (number == last and block.inside("div", "frame"))
                if not right and not (page.handout and number > last and kinds != ("heading",)):
                    result.problems.append(f"line {block.line}: {match.group()!r} comes after {last}")
                last = number


def marks(page, result):
    """What the lines and texts of a solution are worth is no more than the part is."""
    asked, given, line = None, [], 0
    for block in [*page.blocks, None]:
        found = re.search(phrases.MARKS, block.prose()) if block else None
        if block is None or (found and not block.inside("div", "solution")):
            if asked is not None and sum(given) > asked:
                result.problems.append(
                    f"line {line}: the solution has {sum(given)} marks, the part has {asked}"
                )
            if block:
                asked, given, line = read(found.group(1), page.comma)[0], [], block.line
        elif block.inside("div", "solution"):
            given += [number.value for number in block.marks]
            given += [read(found.group(1), page.comma)[0]] if found else []
            if block.prose().startswith(phrases.MARKS_ELSEWHERE):
                for number in block.numbers:
                    number.settle("counter", "marks")
                given += [
                    read(token, page.comma)[0]
                    for token in re.findall(r"\[(\d+(?:[.,]\d+)?)\]", block.prose())
                ]


def ticks(page, result):
    """The numbers at an axis stand at even distances, or at those of a logarithmic scale."""
    for svg in page.main.find("svg"):
        axes = {}
        for block in page.blocks:
            if block.kind == "tick" and svg in block.element.ancestors() and block.numbers:
                attributes = block.element.attributes
                for number in block.numbers:
                    number.settle("tick")
                number = block.numbers[0]
                if number.token != block.prose().strip() or number.value is None:
                    continue
                if (
                    "dy" in attributes
                    and attributes.get("text-anchor") == "middle"
                    and "em" in attributes["dy"]
                ):
                    axes.setdefault(("x", attributes["y"]), []).append((float(attributes["x"]), number))
                elif attributes.get("text-anchor") == "end":
                    axes.setdefault(("y", attributes["x"]), []).append((float(attributes["y"]), number))
        for axis, found in axes.items():
            if len(found) > 2 and not (even(found, float) or even(found, logarithm) or of_cases(svg)):
                tokens = " ".join(number.token for _, number in found)
                result.problems.append(
                    f"line {found[0][1].line}: the numbers at an axis are not evenly spaced: {tokens}"
                )


def of_cases(svg):
    """Whether a figure has an axis of cases, which stand side by side whatever their values are."""
    description = next((element.text() for element in svg.find("desc")), "")
    return "with intervals of 95 %" in description


def even(found, scale):
    """Whether places are a straight line of values."""
    try:
        points = sorted((scale(number.value), place) for place, number in found)
    except ValueError:
        return False
    (first, start), (last, end) = points[0], points[-1]
    if first == last:
        return False
    return all(
        abs(start + (value - first) / (last - first) * (end - start) - place) < 3 for value, place in points
    )


def logarithm(value):
    if value <= 0:
        raise ValueError
    return float(values.mpmath.log10(values.mp(value)))


def labels(page, result):
    """What a screen reader says of a figure is its description."""
    for svg in page.main.find("svg"):
        description = next((element.text() for element in svg.find("desc")), None)
        box = svg.parent.attributes.get("aria-label") if svg.parent else None
        if description and box and not box.endswith(description):
            result.problems.append(f"line {svg.line}: the label {box[:60]!r} is not the description")


def code(page, runs):
    """Numbers in scripts: those that the scenario gives, and small ones that belong to the code."""
    inputs = set()
    if runs:
        for environment in runs.inputs():
            for value in environment.values():
                inputs |= {abs(real.low) for real in values.entries(value)}
        inputs |= gradients(runs.scenario)
    for block in page.blocks:
        if block.kind == "code" or block.inside("code"):
            for number in block.numbers:
                if abs(number.value) in inputs or number.token in ("0", "1", "2", "0.0", "1.0"):
                    number.settle("code", "a number of the scenario, or of the code itself")


def gradients(scenario):
    found = set()
    for description in scenario.setups.values():
        for gradient in description.get("gradients") or []:
            for text in re.findall(r"[-\w./*()]+", str(list(gradient.values()))):
                try:
                    found.add(abs(scenario.number(text)))
                except Exception:  # not a number: a part of the list's text
                    continue
    return found


if __name__ == "__main__":
    main()
