#!/usr/bin/env python3
"""Makes the seeds of the fuzzers from the shipped scenarios, the fixtures and what they render to.

    seeds.py FOLDER

writes FOLDER/scenario, FOLDER/expression, FOLDER/page and FOLDER/paper, one file a seed, named after
its content, and a dictionary beside each, FOLDER/scenario.dict. Nothing of this is kept: what the
scenarios, the fixtures and the words in the readers become, the seeds become too.
"""
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Longer texts keep a fuzzer busy with themselves.
LONGEST = {"scenario": 8000, "expression": 400, "page": 6000, "paper": 1500}
# Of the generated scenarios each one is much like the others.
EVERY = 6


def scenarios():
    """The text of every scenario, valid or not; of files with many, some of them."""
    for path in sorted(ROOT.glob("scenarios/*.yaml")) + sorted(ROOT.glob("tests/**/*.yaml")):
        if {"target", "node_modules", "fuzz"} & set(path.relative_to(ROOT).parts):
            continue
        documents = re.split(r"^---\n", path.read_text(encoding="utf-8", errors="replace"), flags=re.M)
        if len(documents) > 10:
            documents = documents[::EVERY]
        yield from documents


def pieces(text):
    """A scenario with its head and one cell at a time, for one that is long."""
    head, mark, cells = text.partition("\ncells:\n")
    if not mark:
        return
    for cell in re.split(r"^(?=  - )", cells, flags=re.M):
        if cell.startswith("  - "):
            yield head + mark + cell


def blocks(text):
    """The texts of block scalars, without their indentation."""
    for match in re.finditer(r"^( *)(?:- )?[\w']+: [|>][-+]?\n((?:\1 +.*\n|\n)+)", text, re.M):
        lines = match.group(2).split("\n")
        indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
        yield "\n".join(line[indent:] for line in lines)


def expressions(text):
    """The right sides of definitions, and texts in quotes, some of which are expressions too."""
    for match in re.finditer(r"^\s+\w+ = (.+)$", text, re.M):
        yield match.group(1)
    for match in re.finditer(r'"([^"\n]*[-+*/^(][^"\n]*)"', text):
        yield match.group(1)


def formulas(text):
    for match in re.finditer(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", text, re.S):
        yield (match.group(1) or match.group(2)).strip()


def write(folder, target, text):
    data = text.encode()
    if 0 < len(data) <= LONGEST[target]:
        (folder / target / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def words(pattern):
    """The short texts in quotes in source files: keys of the scenario language, names of functions."""
    found = set()
    for path in sorted(ROOT.glob(pattern)):
        found |= set(re.findall(r'"([A-Za-z_][\w.]{1,24})"', path.read_text(encoding="utf-8")))
    return sorted(found)


def dictionary(folder, target, tokens):
    quoted = (token.replace("\\", "\\\\").replace('"', '\\"') for token in tokens)
    lines = "".join(f'"{token}"\n' for token in quoted)
    (folder / f"{target}.dict").write_text(lines, encoding="utf-8")


def dictionaries(folder):
    functions = words("src/formula/function/table.rs")
    operators = [*"+-*/^@(),=", ".T", "form=", "at_kink=", "1e-8", "0.5", "1/3"]
    dictionary(folder, "expression", operators + functions)
    keys = [f"{word}: " for word in words("src/scenario/**/*.rs") + words("src/catalogue/*.rs")]
    signs = ["  - ", "- ", ": |2", "<< ", " >>", " | tex", "sgd.t1.", "data.d1.", "&a ", "*a", "{", "}"]
    dictionary(folder, "scenario", signs + functions + keys)
    markdown = ["# ", "> ", "> [!NOTE]", "**", "```", "| a |", "|---|", "[^1]", "![a](figures/", "](#", "$$",
                "$", "<!-- frames -->", "{#a}", "<script>", "&lt;", "\\tag{1}", "javascript:", "onload="]
    dictionary(folder, "page", markdown + signs + functions + keys)
    latex = (pathlib.Path(__file__).parent / "latex.dict").read_text(encoding="utf-8")
    (folder / "paper.dict").write_text(latex, encoding="utf-8")


def main():
    folder = pathlib.Path(sys.argv[1])
    for target in LONGEST:
        (folder / target).mkdir(parents=True, exist_ok=True)
    dictionaries(folder)
    for text in scenarios():
        for whole in [text, *pieces(text)]:
            write(folder, "scenario", whole)
            write(folder, "page", whole)
        for block in blocks(text):
            write(folder, "page", block)
            if "$" in block:
                write(folder, "paper", block)
        for expression in expressions(text):
            write(folder, "expression", expression)
        for formula in formulas(text):
            write(folder, "paper", formula)
    for path in sorted(ROOT.glob("output/**/*.md")):
        text = path.read_text(encoding="utf-8")
        for formula in formulas(text):
            write(folder, "paper", formula)
        for section in re.split(r"^(?=#)", text, flags=re.M):
            write(folder, "page", section)
            write(folder, "paper", section)
    for line in (ROOT / "tests/fixtures/functions/table.txt").read_text(encoding="utf-8").splitlines():
        write(folder, "expression", line.split("|")[0])
    # What links, scripts and quotes look like where a page must not have them.
    for hostile in [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1)) <img src=x onerror=alert(1)>",
        "![a\" onload=\"b](x \"y\")",
        "| <b onclick=a> | `</code><script>` |\n|---|---|\n| $\\text{</math><script>}$ | b |",
        "```space 5cm\" onload=\"x\n```\n\n> [!NOTE]\n> <svg onload=a>",
        "[a][b]\n\n[b]: jAvAsCrIpT&colon;alert(1) 'c'",
        "# T {#a\" onclick=\"b}\n\n<!-- --!> <script> -->\n\nx[^1]\n\n[^1]: <a href='data:text/html,x'>",
    ]:
        write(folder, "page", hostile)
        write(folder, "paper", f"$x$ {hostile}")


if __name__ == "__main__":
    main()
