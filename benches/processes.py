#!/usr/bin/env python3
"""The program as a process: what a user waits for, with the processor time and the memory it takes.

    cargo build --release
    python3 benches/processes.py                  every figure
    python3 benches/processes.py render site      those whose names begin so
    python3 benches/processes.py --python /path/to/python beside
                                                  what else could be used, where that Python has it

Each figure is the median of several runs on an otherwise idle machine. Nothing is kept from an
earlier run: the site's cache is in a folder of its own. What is written goes below the folder for
temporary files; `TMPDIR=/dev/shm` keeps it in memory, where a disk would add its own time.
`cargo bench` times the stages inside of a process, `cargo bench --bench floor` compares variants
with what their bytes cost the libraries.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORKSHEET = ROOT / "scenarios" / "optimization-initialization.yaml"
EXAM = ROOT / "scenarios" / "exam-optimizers.yaml"

# A page of a course: two optimizers for two steps, a question, a plot. Every page has its own numbers.
PAGE = """title: "Sheet {number}: two steps"
tags: [sgd, momentum]
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {{w: {w}, b: {b}}}
    data: [{{x: {x}, y: 0}}, {{x: {other}, y: 1}}]
    batches: [[1], [2]]
    optimizers:
      sgd: {{kind: sgd, learning_rate: 0.1}}
      momentum: {{kind: momentum, learning_rate: 0.1, beta: 0.5}}
cells:
  - markdown: |
      # Sheet {number}

      A unit $\\hat{{y}} = \\max(0, wx + b)$ with the loss $L = \\frac{{1}}{{2}}(\\hat{{y}} - y)^2$ starts
      at $w = << neuron.sgd.t0.w | tex >>$ and $b = << neuron.sgd.t0.b | tex >>$.
  - rules: [neuron.sgd, neuron.momentum]
  - question: Two steps by hand
    setup: neuron
    parts:
      - ask: Take both steps with SGD.
        answers: [sgd.t1.w, sgd.t1.b, sgd.t2.w, sgd.t2.b]
      - ask: Take both steps with momentum.
        answers: [momentum.t2.w, momentum.t2.b]
      - plot: trajectory
        of: [sgd, momentum]
"""


class Bench:
    def __init__(self, program, desk, only):
        self.program, self.desk, self.only = str(program), desk, only

    def wanted(self, name):
        return not self.only or any(name.startswith(one) for one in self.only)

    def run(self, arguments, **settings):
        """Seconds on the wall and of the processor, and the greatest memory in MiB."""
        environment = {**os.environ, **settings.pop("env", {})}
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(argument) for argument in arguments],
            cwd=self.desk,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **settings,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        if status:
            raise SystemExit(f"{arguments}: status {status}")
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def figure(self, name, arguments, times, before=lambda: None, per=1, **settings):
        if not self.wanted(name):
            return None
        runs = []
        for _ in range(times):
            before()
            runs.append(self.run(arguments, **settings))
        wall, cpu, memory = (statistics.median(column) for column in zip(*runs))
        each = f" | {1e3 * cpu / per:8.2f} ms CPU each" if per > 1 else ""
        print(f"{name:<44}{wall:9.3f} s | {cpu:8.3f} s CPU | {memory:6.0f} MiB{each}", flush=True)
        return wall

    def own(self, name, arguments, times, **settings):
        return self.figure(name, [self.program, *arguments], times, **settings)


def aside(*folders):
    """Moves what an earlier run left out of the way: ext4 makes new files slowly for a while after
    many were deleted."""

    def go():
        for folder in folders:
            if folder.exists():
                folder.rename(Path(tempfile.mkdtemp(prefix="earlier-", dir=folder.parent)) / folder.name)

    return go


def course(folder, count):
    folder.mkdir(parents=True)
    (folder / "gradsheet.yaml").write_text("title: A course of many pages\n")
    for number in range(1, count + 1):
        page = folder / f"week-{number % 10}" / f"sheet-{number:04}.yaml"
        page.parent.mkdir(exist_ok=True)
        page.write_text(page_text(number))


def page_text(number, b=1):
    x, other = 1 + number % 7, -(1 + number % 5)
    return PAGE.format(number=number, w=f"{number / 100:.2f}", b=b, x=x, other=other)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*")
    parser.add_argument("--gradsheet", default=ROOT / "target" / "release" / "gradsheet", type=Path)
    parser.add_argument("--python", default=sys.executable, help="a Python with NumPy, PyTorch, matplotlib")
    parser.add_argument("--pages", type=int, default=1000)
    arguments = parser.parse_args()
    desk = Path(tempfile.mkdtemp())
    bench = Bench(arguments.gradsheet.resolve(), desk, arguments.only)
    try:
        start_up(bench)
        variants(bench)
        site(bench, arguments.pages)
        beside(bench, arguments.python)
    finally:
        shutil.rmtree(desk)


def start_up(bench):
    bench.own("start --help", ["--help"], 21)
    bench.own("check the worksheet", ["check", WORKSHEET], 21)
    out = bench.desk / "rendered"
    bench.own("render the worksheet", ["render", WORKSHEET, "-o", out], 21, before=aside(out))
    # The same sheet with next to no trials in its experiments.
    quick = bench.desk / "quick.yaml"
    quick.write_text(re.sub(r"trials: \d+", "trials: 2", WORKSHEET.read_text()))
    bench.own("render the worksheet, two trials", ["render", quick, "-o", out], 21, before=aside(out))
    bench.own("render all scenarios", ["render", *sorted(WORKSHEET.parent.glob("*.yaml")), "-o", out], 3, before=aside(out))
    bench.own("trace 1,000 iterations of Adam", ["trace", ROOT / "benches" / "adam.yaml"], 3)


def variants(bench):
    out = bench.desk / "variants"
    for count in (200, 1000):
        command = ["variants", EXAM, "--count", count, "--to", "html", "-o", out]
        bench.own(f"variants {count} of the exam", command, 3, before=aside(out), per=count)
    # A larger space to draw them from.
    large = bench.desk / "large.yaml"
    large.write_text(EXAM.read_text().replace("step: 0.05", "step: 0.002"))
    for count in (1000, 10000):
        command = ["variants", large, "--count", count, "--to", "html", "-o", out]
        bench.own(f"variants {count}, finer steps", command, 1, before=aside(out), per=count)


def site(bench, count):
    if not bench.wanted("site"):
        return
    folder, out, cache = bench.desk / "course", bench.desk / "site", bench.desk / "cache"
    course(folder, count)
    command, env = ["site", folder, "-o", out], {"XDG_CACHE_HOME": str(cache)}
    bench.own(f"site of {count} pages", command, 3, before=aside(out, cache), per=count, env=env)
    bench.own("site, nothing changed", command, 5, env=env)
    changes = iter(range(2, 100))
    page = folder / "week-1" / "sheet-0001.yaml"
    change = lambda: page.write_text(page_text(1, next(changes)))
    bench.own("site, one page changed", command, 5, before=change, env=env)


def beside(bench, python):
    """What else could be used."""
    for library, name, code in BESIDE:
        known = subprocess.run([python, "-c", f"import {library}"], capture_output=True).returncode == 0
        if known and bench.wanted("beside"):
            said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, cwd=bench.desk)
            print(f"{'beside: ' + name:<44}{said.stdout.strip()}", flush=True)
    mdbook = shutil.which("mdbook")
    if mdbook and bench.wanted("beside"):
        book = bench.desk / "book"
        (book / "src").mkdir(parents=True)
        (book / "book.toml").write_text('[book]\ntitle = "Many pages"\n')
        text = (ROOT / "output" / "one-neuron" / "solutions.md").read_text()
        names = [f"page-{number}" for number in range(1000)]
        for number, name in enumerate(names):
            (book / "src" / f"{name}.md").write_text(text.replace("One neuron", f"Neuron {number}"))
        (book / "src" / "SUMMARY.md").write_text("\n".join(f"- [{name}]({name}.md)" for name in names))
        bench.figure("beside: mdBook, 1,000 finished pages", [mdbook, "build", book], 3)


STEP = """
import time, torch
torch.set_num_threads(1)
w, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (1.0, 1.0))
x, y = torch.tensor(3.0, dtype=torch.float64), torch.tensor(1.0, dtype=torch.float64)
optimizer = {optimizer}
def step():
    optimizer.zero_grad()
    loss = 0.5 * (torch.relu(w * x + b) - y) ** 2
    loss.backward()
    optimizer.step()
for _ in range(200): step()
times = []
for _ in range(5):
    start = time.perf_counter()
    for _ in range(1000): step()
    times.append(time.perf_counter() - start)
print(f'{{1e3 * sorted(times)[2]:.1f}} us a step, torch', torch.__version__)
"""

PLOT = """
import io, time, matplotlib
matplotlib.use('svg')
import numpy as np, matplotlib.pyplot as plt
def sheet(k):
    w, b, path = 1 + k / 100, -1.0, [(1 + k / 100, -1.0)]
    for x, y in ((3, 0), (-3, 0)):
        z = w * x + b
        g = max(z, 0) - y if z > 0 else 0
        w, b = w - 0.5 * g * x, b - 0.5 * g
        path.append((w, b))
    xs, ys = np.meshgrid(np.linspace(-8, 8, 64), np.linspace(-5, 2, 48))
    loss = sum(0.25 * (np.maximum(xs * x + ys, 0) - y) ** 2 for x, y in ((3, 0), (-3, 0)))
    figure, axes = plt.subplots()
    axes.contour(xs, ys, loss)
    axes.plot(*zip(*path), marker='o')
    out = io.StringIO()
    figure.savefig(out, format='svg')
    plt.close(figure)
    return f'<h1>Sheet {{k}}</h1><p>w = {{w}}, b = {{b}}</p>' + out.getvalue()
sheet(0)
start = time.perf_counter()
for k in range(20): sheet(k)
print(f'{{1e3 * (time.perf_counter() - start) / 20:.0f}} ms a page with one plot, matplotlib', matplotlib.__version__)
""".replace("{{", "{").replace("}}", "}")

BESIDE = [
    ("torch", "PyTorch, one step of SGD", STEP.format(optimizer="torch.optim.SGD([w, b], lr=0.01)")),
    ("torch", "PyTorch, one step of Adam", STEP.format(optimizer="torch.optim.Adam([w, b], lr=0.01)")),
    ("matplotlib", "a Python script, a page with a plot", PLOT),
]

main()
