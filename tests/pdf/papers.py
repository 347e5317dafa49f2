#!/usr/bin/env python3
"""Reads the PDFs of the shipped scenarios as their readers would, and compares them with the rest.

    python3 tests/pdf/papers.py --gradsheet target/release/gradsheet [--output FOLDER]

Needs `pdftotext`, `pdfinfo` and `pdftoppm` (poppler); with the Python package `pdfua` at hand, its
checks of PDF/UA-1 run too. What is held:

- every answer of a variant, as the key displays it, stands in the text of its solutions;
- every number of a sheet's Markdown stands in the text of its PDF;
- no number of four or more digits that only the solutions' Markdown has stands in the handout;
- every formula of the shipped sheets has the same signs in the PDF as in the page;
- papers of many variants that are joined have an even number of pages each, in their order.

With `--output`, `formulas.html` in that folder shows every formula in both renderings side by side,
for a person to look through.
"""

import argparse
import collections
import csv
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Accents are combining or spacing, depending on the font; signs that grow are built of pieces.
SAME = {
    "\u0302": "\u02c6", "^": "\u02c6", "\u0303": "\u02dc", "~": "\u02dc", "\u223c": "\u02dc",
    "\u0304": "\u00af", "\u203e": "\u00af", "\u0305": "\u00af", "\u0307": "\u02d9",
    "\u239b": "(", "\u239e": ")", "\u23a8": "{", "\u23ac": "}", "\u23a1": "[", "\u23a4": "]",
    "\u2225": "\u2016", "\u2223": "|", "\u22c5": "\u00b7", "\u03f5": "\u03b5",
    "\u20d7": "\u2192",
}
# The other pieces, the root's sign (an element in a page), and what does not show.
UNSEEN = set("\u239c\u239d\u239f\u23a0\u23a7\u23a9\u23aa\u23ab\u23ad\u23a2\u23a3\u23a5\u23a6\u221a\u2061\u200b\u2062\u00ad")


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def pages(pdf):
    """The text of each page."""
    return run("pdftotext", "-enc", "UTF-8", pdf, "-").split("\f")[:-1]


def signs(text):
    """The signs of a text, whatever their order, size and slant."""
    # Decomposed first, so that an accent counts apart from its letter.
    text = unicodedata.normalize("NFKD", text)
    kept = (SAME.get(sign, sign) for sign in text if not sign.isspace() and sign not in UNSEEN)
    return collections.Counter(kept)


def numbers(text):
    """The numbers of four or more digits of a text."""
    text = text.replace("\u2212", "-").replace("{,}", ".")
    found = re.findall(r"\d+(?:\.\d+)?", text)
    return {number for number in found if len(number.replace(".", "").strip("0")) >= 4}


def answers(problems, folder):
    """The answers of an exam's default paper and of its variants."""
    count = 0
    for scenario in sorted((ROOT / "scenarios").glob("exam-*.yaml")):
        run(GRADSHEET, "variants", scenario, "--count", 5, "--to", "pdf", "-o", folder)
        variants = folder / scenario.stem / "variants"
        for row in csv.DictReader(open(variants / "key.csv", encoding="utf-8")):
            paper = variants / f"variant-{int(row['variant']):03}" / "solutions.pdf"
            text = TEXTS.setdefault(paper, "".join(pages(paper))).replace("\u2212", "-")
            value = row["displayed"]
            # A number in a matrix stands between blanks; a decimal may be a fraction on the sheet.
            if value not in text and "e" not in value:
                problems.append(f"{paper}: {row['path']} = {value} is not in its text")
            count += 1
    return count


def shown(problems, papers):
    """The numbers of each sheet, in Markdown and in print."""
    count = 0
    for folder in sorted(papers.iterdir()):
        for name in ("handout", "solutions"):
            markdown = (ROOT / "output" / folder.name / f"{name}.md").read_text(encoding="utf-8")
            # Scripts may be broken within a line; drawings' descriptions are not in the text.
            markdown = re.sub(r"```.*?```|!\[.*?\]\(.*?\)", "", markdown, flags=re.S)
            text = "".join(pages(folder / f"{name}.pdf"))
            wanted = set(re.findall(r"\d+(?:\.\d+)?", markdown.replace("{,}", ".")))
            problems += [f"{folder.name}: {name}.pdf lacks {number}"
                         for number in sorted(wanted) if number not in text]
            count += len(wanted)
    return count


def leaks(problems, papers):
    """Numbers of solutions in handouts."""
    count = 0
    for folder in sorted(papers.iterdir()):
        handout, solutions = (
            (ROOT / "output" / folder.name / f"{name}.md").read_text(encoding="utf-8")
            for name in ("handout", "solutions")
        )
        secrets = numbers(solutions) - numbers(handout)
        shown = numbers("".join(pages(folder / "handout.pdf")))
        problems += [f"{folder.name}: the handout has {secret}" for secret in secrets & shown]
        count += len(secrets)
    return count


def all_formulas():
    """Every display and inline formula of the shipped sheets, once."""
    found = {}
    for sheet in sorted((ROOT / "output").glob("*/*.md")):
        text = re.sub(r"^> ?", "", sheet.read_text(encoding="utf-8"), flags=re.M)
        text = re.sub(r"```.*?```", "", text, flags=re.S)
        for block, inline in re.findall(r"\$\$(.+?)\$\$|(?<![\\$])\$([^$]+?)\$", text, flags=re.S):
            # Numbers at the margin are the sheet's, not the formula's.
            tex = re.sub(r"\\tag\*?\{.*?\}", "", block or inline).strip()
            found.setdefault((tex, bool(block)))
    # The long ones first: they are where something can go wrong.
    return sorted(found, key=lambda formula: -len(formula[0]))


def formulas(problems, folder, output):
    """Every formula on a page of its own, in both renderings."""
    everything = all_formulas()
    lines = ["title: Formulas", "setups:", "  s: {model: 'y = x', init: {x: 1}}", "cells:"]
    for index, (tex, block) in enumerate(everything):
        text = f"$$\n{tex}\n$$" if block else f"${tex}$"
        lines += [f"  - page: F{index}", "  - markdown: |"]
        lines += [f"      {line}" for line in text.split("\n")]
    scenario = folder / "formulas.yaml"
    scenario.write_text("\n".join(lines) + "\n", encoding="utf-8")
    templates = folder / "templates"
    templates.mkdir()
    (templates / "preamble.typ").write_text(
        "#set page(height: auto, margin: (x: 22mm, y: 3mm), header: none, footer: none)\n"
    )
    run(GRADSHEET, "render", scenario, "--to", "html,pdf", "--audience", "handout",
        "--templates", templates, "-o", folder)
    page = (folder / "formulas" / "handout.html").read_text(encoding="utf-8")
    sections = re.split(r'<h2 id="f\d+">', page)[1:]
    pdf = folder / "formulas" / "handout.pdf"
    # The first page has the title alone.
    texts = pages(pdf)[-len(everything):]
    if not len(sections) == len(texts) == len(everything):
        raise SystemExit(f"{len(everything)} formulas, {len(sections)} sections, {len(texts)} pages")
    for (tex, _), section, text in zip(everything, sections, texts):
        section = section.split("</h2>", 1)[1].split("</main>")[0]
        in_page = signs(html.unescape(re.sub(r"<[^>]*>", "", section)))
        in_pdf = signs(text.split("\n", 1)[1])
        if in_page != in_pdf:
            lost, more = in_page - in_pdf, in_pdf - in_page
            problems.append(f"`{tex}`: lost {dict(lost)}, added {dict(more)}")
    if output:
        side_by_side(everything, page, sections, pdf, len(texts), output)
    return len(everything)


def side_by_side(everything, page, sections, pdf, count, output):
    """A page that shows each formula as the page and as the paper have it."""
    first = int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", pdf))[1]) - count + 1
    images = output / "formulas"
    shutil.rmtree(images, ignore_errors=True)
    images.mkdir(parents=True)
    run("pdftoppm", "-r", "110", "-f", first, "-png", pdf, images / "f")
    rows = []
    names = sorted(images.glob("f-*.png"))
    for (tex, _), section, image in zip(everything, sections, names):
        section = section.split("</h2>", 1)[1].split("</main>")[0].replace('<div class="new-page"></div>', "")
        rows.append(f"<tr><td>{section}<code>{html.escape(tex)}</code></td>"
                    f"<td><img src='formulas/{image.name}' alt='' style='width:42rem'></td></tr>")
    head = page.split("<main", 1)[0]
    table = "<table><thead><tr><th>Page<th>Paper</tr></thead>" + "\n".join(rows) + "</table>"
    (output / "formulas.html").write_text(f"{head}{table}</body></html>", encoding="utf-8")


def joined(problems, folder):
    """The papers of ten variants in one file: each begins on an odd page."""
    scenario = ROOT / "scenarios" / "exam-optimizers.yaml"
    run(GRADSHEET, "variants", scenario, "--count", 10, "--to", "pdf", "--join", "-o", folder)
    variants = folder / scenario.stem / "variants"
    codes = re.findall(r'"code":\s*"([^"]+)"', (variants / "manifest.json").read_text())
    for name in ("handouts", "solutions"):
        texts = pages(variants / f"{name}.pdf")
        starts = [next(i for i, text in enumerate(texts) if code in text) for code in codes]
        if len(codes) != 10 or any(start % 2 for start in starts) or starts != sorted(starts):
            problems.append(f"{name}.pdf: the papers begin on pages {starts}, counted from 0")
        if len(texts) % 2:
            problems.append(f"{name}.pdf: {len(texts)} pages")
    return len(codes)


def accessible(problems, folder):
    """What can be checked of PDF/UA-1 without a reader."""
    try:
        import pdfua  # noqa: F401
    except ImportError:
        print("pdfua is not at hand: PDF/UA-1 was not checked")
        return 0
    count = 0
    for pdf in sorted(folder.rglob("*.pdf")):
        done = subprocess.run([sys.executable, "-m", "pdfua", "check", str(pdf)],
                              capture_output=True, text=True)
        if done.returncode != 0:
            problems.append(f"{pdf}: {done.stdout}{done.stderr}")
        count += 1
    return count


def main():
    global GRADSHEET, TEXTS
    parser = argparse.ArgumentParser()
    parser.add_argument("--gradsheet", required=True)
    parser.add_argument("--output")
    arguments = parser.parse_args()
    GRADSHEET, TEXTS = pathlib.Path(arguments.gradsheet).resolve(), {}
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        papers = scratch / "papers"
        run(GRADSHEET, "render", *sorted((ROOT / "scenarios").glob("*.yaml")), "--to", "pdf",
            "-o", papers)
        output = pathlib.Path(arguments.output) if arguments.output else None
        checks = [
            ("answers found in the text of solutions", lambda: answers(problems, scratch / "exams")),
            ("numbers of the Markdown found in print", lambda: shown(problems, papers)),
            ("numbers of solutions looked for in handouts", lambda: leaks(problems, papers)),
            ("formulas compared with the page", lambda: formulas(problems, scratch, output)),
            ("variants joined", lambda: joined(problems, scratch / "joined")),
            ("papers checked for PDF/UA-1", lambda: accessible(problems, papers)),
        ]
        for title, check in checks:
            before = len(problems)
            count = check()
            print(f"{title}: {count}, {len(problems) - before} problems", flush=True)
    for problem in problems:
        print(problem)
    print(f"{len(checks)} passed, {len(problems)} failed" if not problems else f"0 passed, {len(problems)} failed")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
