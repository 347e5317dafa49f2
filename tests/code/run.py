"""Runs the scripts of the cell `code` and compares what they print with the exact trace.

    python3 tests/code/run.py [--library numpy|pytorch] [--gradsheet PATH] [SCENARIO...]

Without scenarios, those beside this file are taken. Every value that a script prints has to
agree with the trace to nine digits. Where something is undefined, the script has to print no
finite number; where the sheet says that double precision ends elsewhere, it has to end there.
"""

import argparse
import contextlib
import io
import json
import math
import re
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

TOLERANCE = 1e-9
HERE = Path(__file__).resolve().parent
BLOCK = re.compile(r"^```python\n(.*?)^```$(.*?)(?=^```python|\Z)", re.M | re.S)
HEAD = re.compile(r"# (\w+)\.(\w+) with (\w+)")
ENDS = re.compile(r"this script ends with \$(.*?)\$", re.I)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--library", choices=["numpy", "pytorch"])
    arguments.add_argument("--gradsheet", default="target/debug/gradsheet")
    arguments.add_argument("scenarios", nargs="*", type=Path)
    arguments = arguments.parse_args()
    scenarios = arguments.scenarios or sorted(HERE.glob("*.yaml"))
    warnings.simplefilter("ignore")
    counts, wrong = {}, []
    for scenario in scenarios:
        for title, library, problems in check(scenario, arguments):
            counts[library] = counts.get(library, 0) + 1
            wrong += [f"{scenario.name}: {title} ({library}): {problem}" for problem in problems]
    print("\n".join(wrong))
    print(", ".join(f"{count} scripts with {library}" for library, count in counts.items()))
    print(f"{len(wrong)} problems")
    sys.exit(1 if wrong or not counts else 0)


def check(scenario, arguments):
    with tempfile.TemporaryDirectory() as folder:
        render = [arguments.gradsheet, "render", scenario, "--to", "md", "-o", folder]
        subprocess.run([*render, "--audience", "solutions"], check=True)
        sheet = Path(folder, scenario.stem, "solutions.md").read_text()
    trace = [arguments.gradsheet, "trace", scenario]
    trace = json.loads(subprocess.run(trace, check=True, capture_output=True).stdout)
    for script, remarks in BLOCK.findall(sheet):
        setup, run, library = HEAD.match(script).groups()
        if arguments.library in (None, library.lower()):
            iterations = trace["setups"][setup]["runs"][run]["iterations"][1:]
            yield f"{setup}.{run}", library, list(compare(execute(script), iterations, remarks))


def execute(script):
    """The lines that a script prints, each as a mapping; or what it raised."""
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            exec(compile(script, "script", "exec"), {"__name__": "__main__"})
    except Exception as error:  # What a script raises is a result of its own.
        return error
    return [read(line) for line in output.getvalue().splitlines()]


def read(line):
    parts = re.split(r" ?([A-Za-z][\w.]*)=", line)
    values = {"inf": math.inf, "nan": math.nan}
    return {name: eval(text, values) for name, text in zip(parts[1::2], parts[2::2])}


def compare(printed, iterations, remarks):
    if isinstance(printed, Exception):
        yield f"raised {printed!r}"
        return
    elsewhere = ENDS.search(remarks)
    if elsewhere:
        for name, value in re.findall(r"(\w) \\approx (-?[\d.]+)", elsewhere[1]):
            if not close(printed[-1][name], float(value), 1e-3):
                yield f"ends with {name} = {printed[-1][name]}, but the sheet says {value}"
        if all(not different(*pair) for pair in pairs(printed[-1], iterations[-1])):
            yield "agrees with the trace, but the sheet says that it does not"
        return
    if len(printed) < len(iterations):
        yield f"printed {len(printed)} of {len(iterations)} iterations"
    for line, iteration in zip(printed, iterations):
        undefined = [own for _, own, exact in pairs(line, iteration) if exact is None]
        if undefined and all(map(math.isfinite, undefined)):
            yield f"t{iteration['t']} is undefined, but every number is finite"
        if line["t"] != iteration["t"]:
            yield f"iteration {iteration['t']} is called {line['t']}"
        for name, own, exact in pairs(line, iteration):
            if different(name, own, exact):
                yield f"t{iteration['t']}: {name} = {own}, exactly {exact}"


def pairs(line, iteration):
    """Every number of the trace that a script prints: its name, and both values."""
    expected = dict(iteration["parameters"])
    for state, values in iteration["state"].items():
        expected |= {f"{state}.{name}": value for name, value in values.items()}
    if "loss" in line:
        expected["loss"] = iteration["loss"]
    for name, value in expected.items():
        label = name + "_" * (name == "t")
        if label not in line:
            yield name, "nothing", "a value"
        else:
            yield from entries(name, line[label], value)


def entries(name, own, exact):
    if isinstance(exact, list):
        if not isinstance(own, list) or len(own) != len(exact):
            yield name, own, "a matrix"
            return
        for row, (inner, value) in enumerate(zip(own, exact), start=1):
            yield from entries(f"{name}.{row}", inner, value)
    elif "undefined" in exact:
        yield name, own, None
    else:
        yield name, own, float(exact["decimal"])


def different(name, own, exact):
    if exact is None:
        return False
    if isinstance(own, (str, list)) or isinstance(exact, str):
        return True
    return not close(own, exact, TOLERANCE)


def close(own, exact, tolerance):
    return abs(own - exact) <= tolerance * max(1e-3, abs(exact))


if __name__ == "__main__":
    main()
