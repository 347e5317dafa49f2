"""The `pytorch` conventions against PyTorch itself: random short runs of every optimizer.

    python3 tests/frameworks/pytorch.py target/debug/gradsheet [RUNS]

Gradients are given, so that only clipping, weight decay, schedules and the rules are judged,
in double precision. Muon is left out: PyTorch runs it in bfloat16. Needs PyTorch and the built
program; found right with PyTorch 2.15.0.
"""

import json
import os
import random
import subprocess
import sys
import tempfile

import torch

torch.set_default_dtype(torch.float64)
RELATIVE, ABSOLUTE = 1e-9, 1e-12


def pick(*values):
    return random.choice(values)


def sgd():
    return "sgd", {}, lambda p, lr, wd: torch.optim.SGD(p, lr=lr, weight_decay=wd)


def momentum():
    beta, damp, nesterov = pick(.5, .9), pick(0, .5, 1), pick(False, True)
    if nesterov:
        damp = 0
    own = {"beta": beta, "dampening": damp, "nesterov": str(nesterov).lower()}
    return "momentum", own, lambda p, lr, wd: torch.optim.SGD(
        p, lr=lr, momentum=beta, dampening=damp, nesterov=nesterov, weight_decay=wd)


def adagrad():
    lrd, s0, eps = pick(0, .5), pick(0, .1, 1), pick(1e-10, .01)
    own = {"learning_rate_decay": lrd, "initial_accumulator": s0, "epsilon": eps}
    return "adagrad", own, lambda p, lr, wd: torch.optim.Adagrad(
        p, lr=lr, lr_decay=lrd, initial_accumulator_value=s0, eps=eps, weight_decay=wd)


def rmsprop():
    rho, eps, c, m = pick(.99, .5), pick(1e-8, .1), pick(False, True), pick(0, .9)
    own = {"rho": rho, "epsilon": eps, "centered": str(c).lower(), "momentum": m}
    return "rmsprop", own, lambda p, lr, wd: torch.optim.RMSprop(
        p, lr=lr, alpha=rho, eps=eps, centered=c, momentum=m, weight_decay=wd)


def adadelta():
    rho, eps = pick(.9, .5), pick(1e-6, .1)
    return "adadelta", {"rho": rho, "epsilon": eps}, lambda p, lr, wd: torch.optim.Adadelta(
        p, lr=lr, rho=rho, eps=eps, weight_decay=wd)


def moments():
    return pick(.9, .5), pick(.999, .5, .9), pick(1e-8, .1)


def adam():
    b1, b2, eps = moments()
    ams = pick(False, True)
    own = {"beta1": b1, "beta2": b2, "epsilon": eps, "amsgrad": "raw" if ams else "false"}
    return "adam", own, lambda p, lr, wd: torch.optim.Adam(
        p, lr=lr, betas=(b1, b2), eps=eps, amsgrad=ams, weight_decay=wd)


def adamw():
    b1, b2, eps = moments()
    ams = pick(False, True)
    own = {"beta1": b1, "beta2": b2, "epsilon": eps, "amsgrad": "raw" if ams else "false"}
    return "adamw", own, lambda p, lr, wd: torch.optim.AdamW(
        p, lr=lr, betas=(b1, b2), eps=eps, amsgrad=ams, weight_decay=wd)


def plain(kind, make):
    def draw():
        b1, b2, eps = moments()
        own = {"beta1": b1, "beta2": b2, "epsilon": eps}
        return kind, own, lambda p, lr, wd: make(
            p, lr=lr, betas=(b1, b2), eps=eps, weight_decay=wd)
    return draw


def nadam():
    b1, b2, eps = moments()
    psi = pick(.004, .5)
    own = {"beta1": b1, "beta2": b2, "epsilon": eps, "momentum_decay": psi}
    return "nadam", own, lambda p, lr, wd: torch.optim.NAdam(
        p, lr=lr, betas=(b1, b2), eps=eps, momentum_decay=psi, weight_decay=wd)


def rprop():
    minus, plus, low, high = pick(.5, .25), pick(1.2, 2), pick(1e-6, .05), pick(50, .2)
    own = {"eta_minus": minus, "eta_plus": plus, "step_min": low, "step_max": high}
    return "rprop", own, lambda p, lr, wd: torch.optim.Rprop(
        p, lr=lr, etas=(minus, plus), step_sizes=(low, high))


OPTIMIZERS = [sgd, momentum, adagrad, rmsprop, adadelta, adam, adamw,
              plain("adamax", torch.optim.Adamax), nadam, plain("radam", torch.optim.RAdam), rprop]

SCHEDULES = [
    lambda: (None, None),
    lambda: (None, None),
    lambda: ("{kind: step, size: 2, gamma: 0.5}",
             lambda o: torch.optim.lr_scheduler.StepLR(o, 2, 0.5)),
    lambda: ("{kind: multistep, milestones: [1, 3]}",
             lambda o: torch.optim.lr_scheduler.MultiStepLR(o, [1, 3])),
    lambda: ("{kind: exponential, gamma: 0.9}",
             lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
    lambda: ("{kind: linear, start: 0.25, period: 3}",
             lambda o: torch.optim.lr_scheduler.LinearLR(o, 0.25, 1, 3)),
    lambda: ("{kind: polynomial, period: 9, power: 2}",
             lambda o: torch.optim.lr_scheduler.PolynomialLR(o, 9, 2)),
    lambda: ("{kind: cosine, period: 9, minimum: 0.01}",
             lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 9, 0.01)),
]


def matrix():
    return [[pick(-2, -1, -.5, 0, .25, 1, 3) for _ in range(2)] for _ in range(2)]


def floats(rows):
    return torch.tensor([[float(x) for x in row] for row in rows])


def one(program, folder, seed):
    random.seed(seed)
    kind, own, make = OPTIMIZERS[seed % len(OPTIMIZERS)]()
    steps = random.randint(1, 8)
    start, gradients = matrix(), [matrix() for _ in range(steps)]
    lr, wd = pick(.1, .01, .5), pick(None, 0, .1, .01)
    if kind == "rprop":
        wd = None
    clip = pick(None, None, "value")
    schedule, scheduler = random.choice(SCHEDULES)()
    own = {"kind": kind, "convention": "pytorch", "learning_rate": lr, **own}
    lines = [f"{key}: {value:.12f}" if isinstance(value, float) else f"{key}: {value}"
             for key, value in own.items()]
    if wd is not None:
        lines.append(f"weight_decay: {wd}")
    if clip:
        lines.append("clip: {kind: value, at: 1}")
    if schedule:
        lines.append(f"schedule: {schedule}")
    text = f"title: T\nsetups:\n  s:\n    init: {{W: {start}}}\n    gradients:\n"
    text += "".join(f"      - {{W: {g}}}\n" for g in gradients)
    text += "    optimizers:\n      o:\n" + "".join(f"        {line}\n" for line in lines)
    path = os.path.join(folder, "t.yaml")
    with open(path, "w") as file:
        file.write(text)
    run = subprocess.run([program, "trace", path], capture_output=True, text=True)
    if run.returncode:
        return kind, f"{run.stderr}\n{text}"
    found = json.loads(run.stdout)["setups"]["s"]["runs"]["o"]["iterations"]
    W = floats(start).requires_grad_()
    defaults = {"adamw": .01}
    optimizer = make([W], lr, defaults.get(kind, 0) if wd is None else wd)
    scheduler = scheduler and scheduler(optimizer)
    for t, gradient in enumerate(gradients, 1):
        W.grad = floats(gradient)
        if clip:
            torch.nn.utils.clip_grad_value_([W], 1)
        optimizer.step()
        if scheduler:
            scheduler.step()
        for i in range(2):
            for j in range(2):
                value = float(found[t]["parameters"]["W"][i][j]["decimal"])
                expected = float(W[i, j].detach())
                if abs(value - expected) > ABSOLUTE + RELATIVE * abs(expected):
                    return kind, f"t{t}.W.r{i+1}.c{j+1}: {value} but torch {expected}\n{text}"
    return kind, None


def main():
    program, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 220
    met, wrong = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(runs):
            kind, fault = one(program, folder, seed)
            met[kind] = met.get(kind, 0) + 1
            if fault:
                wrong += 1
                if wrong <= 6:
                    print(f"seed {seed}: {fault}")
    print(f"{runs} runs with torch {torch.__version__}, {wrong} disagree", met)
    sys.exit(wrong > 0)


main()
