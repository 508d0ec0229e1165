"""Times of torch.nn's recurrent layers, which cuDNN computes on a card, as a JSON object a line on standard output:
    cudnn.py SHAPES [--seconds 60] [--device cuda]      SHAPES has lines CELL B,T,I,H
For each shape, with products in float32 and in TF32, launched one by one and as a CUDA graph: ms of forward, and of forward and backward
(gradients of x, weights and biases)."""
import argparse, json, statistics, time
import torch


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


def milliseconds(work, seconds):
    times, begin = [], time.monotonic()
    while len(times) < 5 or (time.monotonic() - begin < seconds and len(times) < 102):
        start, events = time.monotonic(), [torch.cuda.Event(enable_timing=True) for _ in range(2 * cuda)]
        for event in events[:1]:
            event.record()
        work()
        for event in events[1:]:
            event.record()
            event.synchronize()
        times.append(events[0].elapsed_time(events[1]) if cuda else 1e3 * (time.monotonic() - start))
    return statistics.median(times[2:])  # the first two warm up


parser = argparse.ArgumentParser()
parser.add_argument("shapes", type=argparse.FileType())
parser.add_argument("--seconds", type=float, default=60)
parser.add_argument("--device", default="cuda")
options = parser.parse_args()
cuda, end, shapes = options.device == "cuda", time.monotonic() + options.seconds, options.shapes.read().splitlines()
rows = [(shape, tf32, graph) for graph in (False, True)[:1 + cuda] for tf32 in (False, True) for shape in shapes]
print(json.dumps({"kind": "torch", "torch": torch.__version__, "cudnn": torch.backends.cudnn.version() or 0}))
for done, (shape, tf32, graph) in enumerate(rows):
    left, precision = end - time.monotonic(), "tf32" if tf32 else "float32"
    result = {"item": f"cudnn {shape} {precision}{' graph' * graph}", "kind": "cudnn", "row": shape, "precision": precision, "graph": graph}
    try:
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
        cell, (b, t, i, h) = shape.split()[0], map(int, shape.split()[1].split(","))
        kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}.get(cell) or (lambda i, h: torch.nn.RNN(i, h, nonlinearity=cell))
        for name in ("forward_ms", "both_ms") if left > 0 else ():
            net, x = kind(i, h).to(options.device), torch.randn(t, b, i, device=options.device, requires_grad=True)
            dy, inputs = torch.randn(t, b, h, device=options.device), [x, *net.parameters()]
            work = (lambda: net(x)[0]) if name == "forward_ms" else (lambda: torch.autograd.grad(net(x)[0], inputs, dy))
            result[name] = milliseconds(graphed(work) if graph else work, left / (len(rows) - done) / 2)
        result["state"] = "ok" if left > 0 else "no time"
    except Exception as e:  # goes into its line; the next one may do
        result.update(state="FAILED", why=f"{type(e).__name__}: {e}")
    print(json.dumps(result), flush=True)
