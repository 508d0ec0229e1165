"""Times of torch.nn's recurrent layers, which cuDNN computes on a card, as a JSON object a line on standard output:
    cudnn.py SHAPES [--seconds 60] [--device cuda]      SHAPES has lines CELL B,T,I,H
For each shape, with products in float32 and in TF32, launched one by one and as a CUDA graph: ms of forward, and of forward and backward
(gradients of x, weights and biases)."""
import argparse
import json
import statistics
import time

import torch


def layer(cell, i, h, device):
    kinds = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    return kinds[cell](i, h).to(device) if cell in kinds else torch.nn.RNN(i, h, nonlinearity=cell).to(device)


def graphed(work):
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph.replay


def milliseconds(work, seconds, cuda):
    times, begin = [], time.monotonic()
    while len(times) < 5 or (time.monotonic() - begin < seconds and len(times) < 105):
        if cuda:
            events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]
            events[0].record()
            work()
            events[1].record()
            events[1].synchronize()
            times.append(events[0].elapsed_time(events[1]))
        else:
            start = time.monotonic()
            work()
            times.append(1e3 * (time.monotonic() - start))
    return statistics.median(times[2:])  # the first two warm up


parser = argparse.ArgumentParser()
parser.add_argument("shapes", type=argparse.FileType())
parser.add_argument("--seconds", type=float, default=60)
parser.add_argument("--device", default="cuda")
options = parser.parse_args()
cuda, end = options.device == "cuda", time.monotonic() + options.seconds
rows = [(line.strip(), tf32, graph) for line in options.shapes for tf32 in (False, True) for graph in (False, True)]
print(json.dumps({"kind": "torch", "torch": torch.__version__, "cudnn": torch.backends.cudnn.version() or 0}))
for done, (shape, tf32, graph) in enumerate(rows):
    left = end - time.monotonic()
    result = {"item": f"cudnn {shape} {'tf32' if tf32 else 'float32'}{' graph' if graph else ''}", "kind": "cudnn", "row": shape,
              "precision": "tf32" if tf32 else "float32", "graph": graph, "state": "ok" if left > 0 else "no time"}
    try:
        if left > 0:
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
            cell, (b, t, i, h) = shape.split()[0], map(int, shape.split()[1].split(","))
            net, x = layer(cell, i, h, options.device), torch.randn(t, b, i, device=options.device, requires_grad=True)
            inputs, dy = [x, *net.parameters()], torch.randn(t, b, h, device=options.device)
            forward = lambda: net(x)[0]
            both = lambda: torch.autograd.grad(net(x)[0], inputs, dy)
            for name, work in (("forward_ms", forward), ("both_ms", both)):
                result[name] = milliseconds(graphed(work) if graph else work, left / (len(rows) - done) / 2, cuda)
    except Exception as e:  # goes into its line; the next one may do
        result.update(state="FAILED", why=f"{type(e).__name__}: {e}")
    print(json.dumps(result), flush=True)
