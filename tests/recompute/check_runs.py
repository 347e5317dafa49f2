"""Checks `runs.py` itself.

    python3 check_runs.py FOLDER                 against certified results, NAME.expect.json beside NAME.yaml
    python3 check_runs.py --gradsheet PATH SCENARIO.yaml...    against what `gradsheet trace` prints

With a trace every value of every iteration is compared to 38 digits: parameters, states, gradients,
losses, rates, and the values and adjoints of every example.
"""

import argparse
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import mpmath

import values
from runs import Scenario, draws_of, traced
from values import Undefined, Unknown

DIGITS = mpmath.mpf(10) ** -38


def main():
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("paths", nargs="+", type=Path)
    arguments.add_argument("--gradsheet", help="the program whose traces are compared")
    arguments = arguments.parse_args()
    compared, wrong = 0, []
    for path in arguments.paths:
        if path.is_dir():
            scenarios = [p for p in sorted(path.glob("*.yaml")) if p.with_suffix(".expect.json").exists()]
            found = [pair for scenario in scenarios for pair in expected(scenario)]
        else:
            found = list(of_trace(path, arguments.gradsheet))
        compared += len(found)
        wrong += [what for what, right in found if not right]
    print("\n".join(wrong + [f"{compared} values compared, {len(wrong)} differ"]))
    sys.exit(1 if wrong or not compared else 0)


def expected(path):
    """Each certified value with whether the runs have it."""
    expect = json.loads(path.with_suffix(".expect.json").read_text(encoding="utf-8"))
    if not expect.get("checks"):
        return
    scenario = Scenario(path)
    for check in expect["checks"]:
        try:
            value = values.scalar(scenario.value(check["path"])[0]).low
        except (Undefined, Unknown):
            value = None
        yield f"{path.name}: {check['path']} is {value}, not {check['value']}", meets(value, check)


def meets(value, check):
    if value is None or check["value"] == "undefined":
        return value is None and check["value"] == "undefined"
    if check["tol"] == "0":
        return values.same(value, Fraction(check["value"]))
    return abs(values.mp(value) - mpmath.mpf(check["value"])) <= mpmath.mpf(check["tol"])


def of_trace(path, gradsheet):
    """Each value of a trace with whether the runs have it."""
    trace = subprocess.run([gradsheet, "trace", path], check=True, capture_output=True).stdout
    trace = json.loads(trace)
    scenario = Scenario(path, draws_of(trace))
    for key, reason in scenario.failed.items():
        yield f"{path.name}: {'.'.join(key[:2])} was not carried out ({reason})", False
    for (setup, name), run in scenario.runs.items():
        found = trace["setups"][setup]["runs"][name]
        iterations = found["carried"] if run.display.carry and "carried" in found else found["iterations"]
        same = len(iterations) == len(run.records)
        yield f"{path.name}: {setup}.{name} has another number of iterations", same
        for theirs, ours in zip(iterations, run.records):
            for what, value, printed in compared_values(theirs, ours):
                yield f"{path.name}: {setup}.{name}.t{ours.t}.{what} is {value}", agree(value, printed)


def compared_values(theirs, ours):
    for name, value in theirs["parameters"].items():
        yield name, ours.parameters.get(name), value
    for state, entries in theirs.get("state", {}).items():
        for name, value in entries.items():
            if (state, name) in ours.state:
                yield f"{state}.{name}", ours.state[state, name], value
    if not ours.used:
        return
    for name, value in theirs.get("gradient", {}).items():
        yield f"grad.{name}", ours.gradient[name], value
    if "loss" in theirs and ours.loss is not None:
        yield "loss", ours.loss, theirs["loss"]
    if "learning_rate" in theirs:
        yield "learning_rate", values.Real(ours.rate), theirs["learning_rate"]
    for place, example in enumerate(theirs.get("examples", [])):
        for name, value in example["values"].items():
            yield f"e{place + 1}.{name}", ours.examples[place][name], value
        for name, value in example["adjoints"].items():
            yield f"e{place + 1}.adjoint.{name}", ours.adjoints[place].get(name), value


def agree(value, printed):
    entries = [printed] if isinstance(printed, dict) else [entry for row in printed for entry in row]
    if value is None:
        return any("undefined" in entry for entry in entries)
    ours = values.entries(value)
    return len(ours) == len(entries) and all(
        "undefined" not in entry and close(real.low, traced(entry).low) for real, entry in zip(ours, entries)
    )


def close(left, right):
    left, right = values.mp(left), values.mp(right)
    return abs(left - right) <= DIGITS * max(abs(right), mpmath.mpf(10) ** -30)


if __name__ == "__main__":
    main()
