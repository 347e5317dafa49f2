#!/usr/bin/env python3
"""Nothing is lost: a run that is killed, interrupted, or short of room leaves whole files.

    python3 tests/lost/run.py --gradsheet target/release/gradsheet [--kills 200]

Writes variants over those of an earlier run and kills the program at random moments: every file
found afterwards is, byte for byte, the old or the new one, all of a folder from one of the two
runs. Then Ctrl-C, a full disk and a folder that can't be written. The full disk is a small tmpfs,
which only root can mount; without it that step is passed over, and says so.
"""

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAM = """title: Steps
variables:
  alpha: {choose: [0.1, 0.2, 0.25, 0.5]}
  x1: {integers: [1, 90], default: 3}
  w0: {integers: [1, 90], default: 1}
setups:
  neuron:
    model: |
      z = w*x + b
      loss = 1/2 * (z - y)^2
    init: {w: w0, b: %s}
    data: [{x: x1, y: 0}]
    iterations: 2
    optimizers:
      sgd: {kind: sgd, learning_rate: alpha}
cells:
  - question: A step
    text: "Carry out the first step."
    answers: [sgd.t1.w, sgd.t1.b]
"""

problems = []


def check(holds, what):
    if not holds:
        problems.append(what)
        print("  WRONG:", what)


def contents(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def debris(folder):
    return [path for path in folder.rglob(".gradsheet-*") if path.is_dir()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gradsheet", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    program = Path(arguments.gradsheet).resolve()
    desk = Path(tempfile.mkdtemp())
    try:
        killed(program, desk, arguments)
        interrupted(program, desk, arguments)
        read_only(program, desk)
        full(program, desk, arguments)
    finally:
        shutil.rmtree(desk, ignore_errors=True)
    print(f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


def command(program, desk, bias, arguments, output="out"):
    (desk / "exam.yaml").write_text(EXAM % bias)
    return [program, "variants", "exam.yaml", "--count", str(arguments.count), "-o", output]


def killed(program, desk, arguments):
    runs = {}
    for bias in (-1, -2):
        shutil.rmtree(desk / "out", ignore_errors=True)
        begin = time.monotonic()
        subprocess.run(command(program, desk, bias, arguments), cwd=desk, check=True, capture_output=True)
        length = time.monotonic() - begin
        runs[bias] = contents(desk / "out")
    check(runs[-1] != runs[-2], "both runs write the same, so nothing is tested")
    rng = random.Random(1)
    old, ended = -2, {-1: 0, -2: 0}
    for number in range(arguments.kills):
        new = -3 - old
        process = subprocess.Popen(command(program, desk, new, arguments), cwd=desk, stderr=subprocess.DEVNULL)
        # The end of a run, where files get their places, is met more often.
        moment = rng.uniform(0, 1.1) if number % 2 else rng.uniform(0.85, 1.05)
        time.sleep(length * moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        whole = {name: digest for name, digest in contents(desk / "out").items() if ".gradsheet-" not in name}
        if whole == runs[new]:
            old = new
        check(whole == runs[old], f"kill {number} leaves a mixture or a broken file")
        ended[old] += 1
    print(f"{arguments.kills} kills over {arguments.count} variants ({length:.2f} s each): {ended}")
    subprocess.run(command(program, desk, -1, arguments), cwd=desk, check=True, capture_output=True)
    check(contents(desk / "out") == runs[-1], "the run after the kills is not whole, or left something")
    check(not debris(desk), "the next run does not remove what killed ones left")


def begun(process, folder):
    """Waits until a command has made its scratch folder: from here on it has something to clean up."""
    while process.poll() is None and not list(folder.rglob(".gradsheet-*")):
        time.sleep(0.001)


def interrupted(program, desk, arguments):
    # So many variants that none of these runs comes to its end before the signal, on any machine.
    many = argparse.Namespace(count=25 * arguments.count)
    before = contents(desk / "out")
    for name, number in (("SIGINT", 130), ("SIGTERM", 143)):
        for delay in (0, 0.05, 0.2):
            process = subprocess.Popen(command(program, desk, -2, many), cwd=desk, stderr=subprocess.PIPE, text=True)
            begun(process, desk / "out")
            time.sleep(delay)
            process.send_signal(getattr(signal, name))
            said = process.communicate()[1]
            check(process.returncode == number, f"{name}: status {process.returncode}: {said}")
            check("panicked" not in said, f"{name}: {said}")
            check(contents(desk / "out") == before and not debris(desk), f"{name} leaves debris")
    process = subprocess.Popen(command(program, desk, -2, many, "none/new"), cwd=desk, stderr=subprocess.PIPE)
    begun(process, desk / "none" / "new")
    process.send_signal(signal.SIGINT)
    process.communicate()
    check(process.returncode == 130, f"a new folder: status {process.returncode}")
    check(not (desk / "none").exists(), "folders that were made for an interrupted run stay")
    print("interrupted: status and folders looked at")


def read_only(program, desk):
    shutil.rmtree(desk / "out", ignore_errors=True)
    render = [program, "render", "exam.yaml", "-o", "out"]
    subprocess.run(render, cwd=desk, check=True, capture_output=True)
    before = contents(desk / "out")
    (desk / "exam.yaml").write_text(EXAM % -7)
    folders = [path for path in [desk / "out", *(desk / "out").rglob("*")] if path.is_dir()]
    if os.geteuid() == 0:
        # Nothing is read-only for root but a mount.
        if subprocess.run(["mount", "--bind", desk / "out", desk / "out"], capture_output=True).returncode:
            print("read-only folder: passed over, since nothing can be mounted")
            return
        subprocess.run(["mount", "-o", "remount,ro,bind", desk / "out"], check=True)
    else:
        for folder in folders:
            folder.chmod(0o555)
    done = subprocess.run(render, cwd=desk, capture_output=True, text=True)
    if os.geteuid() == 0:
        subprocess.run(["umount", desk / "out"], check=True)
    for folder in folders:
        folder.chmod(0o755)
    check(done.returncode == 1, f"read-only folder: status {done.returncode}")
    check("can't be written" in done.stderr, f"read-only folder: {done.stderr}")
    check(contents(desk / "out") == before, "read-only folder: something changed")
    print("read-only folder:", done.stderr.strip())


def full(program, desk, arguments):
    disk = desk / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True).returncode:
        print("full disk: passed over, since no tmpfs can be mounted")
        return
    try:
        (desk / "exam.yaml").write_text(EXAM % -1)
        subprocess.run([program, "render", "exam.yaml", "-o", "disk"], cwd=desk, check=True, capture_output=True)
        before = contents(disk)
        done = subprocess.run(
            command(program, desk, -2, arguments, "disk"), cwd=desk, capture_output=True, text=True
        )
        check(done.returncode == 1, f"full disk: status {done.returncode}")
        check("No space left" in done.stderr, f"full disk: {done.stderr}")
        check(contents(disk) == before and not debris(disk), "full disk: something changed or is left")
        print("full disk, variants:", done.stderr.strip())
        room = os.statvfs(disk)
        (disk / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize))
        before = contents(disk)
        (desk / "exam.yaml").write_text(EXAM % -7)
        done = subprocess.run(
            [program, "render", "exam.yaml", "-o", "disk"], cwd=desk, capture_output=True, text=True
        )
        check(done.returncode == 1, f"full disk, render: status {done.returncode}")
        check(contents(disk) == before and not debris(disk), "full disk, render: something changed")
        print("full disk, render:", done.stderr.strip())
    finally:
        subprocess.run(["umount", disk], check=True)


main()
