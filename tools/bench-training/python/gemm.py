# The machine's peak: the best rate at which PyTorch multiplies float32 matrices. See node/gemm.mjs.
import sys
import time

import torch

from meter import command, say, task

own = task()
torch.set_num_threads(own["threads"])


def prepare(shape):
    rows, inner, columns = shape
    a, b = torch.rand(rows, inner) - 0.5, torch.rand(inner, columns) - 0.5
    c = torch.empty(rows, columns)
    torch.mm(a, b, out=c)
    return shape, 2 * rows * inner * columns, lambda: torch.mm(a, b, out=c)


def best_rate(flops, run, seconds):
    end, best = time.perf_counter() + seconds, 0
    while True:
        begun = time.perf_counter()
        run()
        best = max(best, flops / (time.perf_counter() - begun))
        if time.perf_counter() >= end:
            return best


prepared = [prepare(shape) for shape in own["shapes"]]
say({"first": True})
say({"ready": True, "versions": {"torch": torch.__version__}})
while True:
    word, seconds = command()
    if word != "run":
        sys.exit(0)
    each = seconds / len(prepared)
    say({"rates": [{"shape": s, "rate": best_rate(f, run, each)} for s, f, run in prepared]})
