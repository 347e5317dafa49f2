"""The work of signal.rs in NumPy: 50 layers of width 256, 1,000 examples, forward and backward.

Run with OPENBLAS_NUM_THREADS=1 or =2; the argument is the number type, float64 or float32.
"""

import sys
import time

import numpy as np

LAYERS, WIDTH, EXAMPLES = 50, 256, 1000
DTYPE = np.dtype(sys.argv[1] if len(sys.argv) > 1 else "float64")


def trial(x, seed):
    generator = np.random.Generator(np.random.PCG64(seed))
    scale = DTYPE.type(np.sqrt(2 / WIDTH))
    weights = [generator.standard_normal((WIDTH, WIDTH), dtype=DTYPE) * scale for _ in range(LAYERS)]
    values, masks, measured = [x], [], []
    for w in weights:
        z = values[-1] @ w
        mask = z > 0
        h = z * mask
        measured.append(h.std())
        values.append(h)
        masks.append(mask)
    g = np.ones_like(x)
    for layer in reversed(range(LAYERS)):
        g = g * masks[layer]
        measured.append(np.linalg.norm(values[layer].T @ g) / EXAMPLES)
        if layer:
            g = g @ weights[layer].T
    return measured


x = np.random.default_rng(0).standard_normal((EXAMPLES, WIDTH)).astype(DTYPE)
times = []
for seed in range(5):
    start = time.perf_counter()
    trial(x, seed)
    times.append(time.perf_counter() - start)
print(f"numpy {np.__version__} {DTYPE}: best of 5: {min(times):.3f} s")
