"""Shows that `recompute.py` can fail: changes digits of pages and counts what is found.

    python3 mutate.py PAGE.html... [--runs FOLDER] [--draws FOLDER] [--times 200] [--seed 1] [--anywhere]

Each time one digit of one number of a numeric chain is replaced by another in a copy of the page;
with `--anywhere`, of any number of the page that is neither at an axis nor in a script. A change is
found if the check reports something that it does not report of the page itself, and noticed if a
number that was covered is not covered any more.
"""

import argparse
import random
import re
from collections import Counter
from pathlib import Path

from page import Page
from recompute import check, runs_for

NUMBER = re.compile(r"<mn>([^<]*)</mn>")
TEXT = re.compile(r">([^<>]*\d[^<>]*)<")
IN_CHAINS = {"exact", "rounded", "explained"}


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("pages", nargs="+", type=Path)
    arguments.add_argument("--runs", type=Path)
    arguments.add_argument("--draws", type=Path)
    arguments.add_argument("--times", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--anywhere", action="store_true")
    arguments = arguments.parse_args()
    chance = random.Random(arguments.seed)
    targets = [Target(path, arguments) for path in arguments.pages]
    targets = [target for target in targets if target.places]
    counts, kinds, missed = Counter(), Counter(), []
    for _ in range(arguments.times):
        target = chance.choices(targets, [len(target.places) for target in targets])[0]
        outcome, status, what = target.change(chance)
        counts[outcome] += 1
        kinds[status, outcome] += 1
        if outcome == "missed":
            missed.append(f"{target.path.parent.name} ({status}): {what}")
    print(
        ", ".join(f"{counts[key]} {key}" for key in ("found", "noticed", "missed")), f"of {arguments.times}"
    )
    for (status, outcome), count in sorted(kinds.items(), key=str):
        print(f"  {status or 'open'}: {count} {outcome}")
    print("\n".join(f"  missed: {text}" for text in missed))


class Target:
    """A page, what is reported of it as it is, and the places of its numbers."""

    def __init__(self, path, arguments):
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.runs = runs_for(path, arguments)
        page = Page(path)
        result = check(page, self.runs)
        self.known = {str(problem) for problem in result.problems}
        self.open = len(list(result.open_numbers((None,))))
        self.counts = result.counts()
        self.places = list(self.in_formulas(page, arguments.anywhere))
        if arguments.anywhere:
            self.places += self.in_texts(page)

    def in_formulas(self, page, anywhere):
        """Where the numbers of formulas stand: (begin, end, status, context)."""
        numbers = list(page.of_element.values())
        found = list(NUMBER.finditer(self.text))
        assert [number.token for number in numbers] == [match.group(1) for match in found]
        for number, match in zip(numbers, found):
            if number.token.isascii() and (number.status in IN_CHAINS or anywhere):
                yield *match.span(1), number.status, number.block.context()

    def in_texts(self, page):
        """Where the numbers of texts stand that occur in their line just once, so that they are found."""
        formulas = set(page.of_element.values())
        for number in page.numbers:
            if (
                number in formulas
                or number.block.kind in ("tick", "code")
                or not number.token.lstrip("−").isascii()
            ):
                continue
            line = self.line_of(number.line)
            found = list(
                re.finditer(rf"(?<![\w.]){re.escape(number.token)}(?![\w.]|</)", self.text[slice(*line)])
            )
            if len(found) == 1:
                begin, end = found[0].span()
                yield line[0] + begin, line[0] + end, number.status, number.block.context()

    def line_of(self, line):
        begins = [0] + [match.end() for match in re.finditer("\n", self.text)] + [len(self.text)]
        return begins[line - 1], begins[line]

    def change(self, chance):
        """Changes one digit; says whether that was found, noticed or missed."""
        begin, end, status, context = chance.choice(self.places)
        token = self.text[begin:end]
        digits = [place for place, character in enumerate(token) if character in "0123456789"]
        place = chance.choice(digits)
        other = chance.choice([digit for digit in "0123456789" if digit != token[place]])
        changed = token[:place] + other + token[place + 1 :]
        text = self.text[:begin] + changed + self.text[end:]
        result = check(Page(self.path, text), self.runs)
        what = f"{token} -> {changed} in {context[:150]}"
        if {str(problem) for problem in result.problems} - self.known:
            return "found", status, what
        if len(list(result.open_numbers((None,)))) > self.open or result.counts() != self.counts:
            return "noticed", status, what
        return "missed", status, what


if __name__ == "__main__":
    main()
