"""Ten training steps on one batch."""
import numpy as np
import torch
import torch.nn.functional as F

from case import dense_input, initial_state, parameters
from cells import Recorder, Replayer, step
from gradients import clip, divisor, ensure_gradients, full_gradient, loss_sum_and_count
from tensors import f64, save


class Store:
    """Of each layer k: states[k][j], the state behind step j-1, and gates[k][t], what the gates of step t were."""

    def __init__(self, c):
        self.states = [[tuple(v[k] for v in initial_state(c))] for k in range(c.layers)]
        self.gates = [[] for _ in range(c.layers)]


def training_segment(c, p, x, store, s, e, k2, count):
    """Sum of the losses of the segment [s, e) and their number, with its gradient added to p, from stored activations.

    What the store holds is as it was computed when its own segment ran, possibly with older
    weights. The steps of this segment are computed now; earlier ones are reused as they are, while
    the way back through them uses the weights of now: the gates' values are the stored ones, their
    derivatives those at today's weights (see Replayer).
    """
    with torch.no_grad():
        for t in range(s, e):
            below = x[t]
            for k in range(c.layers):
                gates = Recorder()
                state = step(c, p, k, below, store.states[k][t], gate=gates)
                store.states[k].append(state)
                store.gates[k].append(gates.values)
                below = state[0]
                assert len(store.states[k]) == t + 2
    first = max(e - k2, 0)  # step `first` is the first one whose state behind it is not constant
    state = [store.states[k][first] for k in range(c.layers)]
    live = {}
    for t in range(first, e):
        below = x[t]
        for k in range(c.layers):
            state[k] = step(c, p, k, below, state[k], gate=Replayer(store.gates[k][t]))
            below = state[k][0]
        live[t] = below
    top = [live[t] if t in live else store.states[-1][t + 1][0] for t in range(s, e)]
    y = F.linear(torch.stack(top), p["head.weight"], p["head.bias"])
    total, own_count = loss_sum_and_count(c, y, s, e)
    loss = total / divisor(c, own_count if count is None else count)
    loss.backward()
    return total.item(), own_count


def make_optimizer(values, o):
    wd = o.get("weight_decay", 0.0)
    if o["optimizer"] == "sgd":
        return torch.optim.SGD(values, lr=o["lr"], momentum=o.get("momentum", 0.0),
                               nesterov=o.get("nesterov", False), weight_decay=wd)
    if o["optimizer"] == "rmsprop":
        return torch.optim.RMSprop(values, lr=o["lr"], alpha=o["alpha"], eps=o["eps"], weight_decay=wd)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[o["optimizer"]]
    return kind(values, lr=o["lr"], betas=(o["beta1"], o["beta2"]), eps=o["eps"], weight_decay=wd)


def train(c, o, steps=10):
    """`steps` training steps on the one batch, each from the batch's own initial state."""
    p = parameters(c)
    optimizer = make_optimizer(list(p.values()), o)
    losses, norms = [], []

    def update():
        ensure_gradients(p)
        norms.append(clip(c, p).item())
        optimizer.step()

    for _ in range(steps):
        if not c.tbptt:
            optimizer.zero_grad()
            losses.append(full_gradient(c, p)[0].item())
            update()
            continue
        # One update per segment, the mean over the segment's own targets, the state carried on.
        # Reported is the mean over all targets of the step, so that segments weigh by their targets.
        x, store, total, count = dense_input(c), Store(c), 0.0, 0
        for s, e in c.segments():
            optimizer.zero_grad()
            segment_total, segment_count = training_segment(c, p, x, store, s, e, c.tbptt[1], None)
            total, count = total + segment_total, count + segment_count
            update()
        losses.append(total / divisor(c, count))
    return losses, norms, p


def write_training_case(c, o, steps=10):
    losses, norms, p = train(c, o, steps)
    expected = {"losses": np.array(losses)}
    for k, v in p.items():
        expected["final." + k] = f64(v)
    if c.clip_norm is not None:  # the first updates are clipped, or this case would test nothing
        assert norms[0] > c.clip_norm
    assert losses[-1] < 0.97 * losses[0], (c.name, losses)
    metadata = dict(c.options(), steps=steps)
    for k, v in o.items():
        metadata[k] = str(v).lower() if isinstance(v, bool) else v if isinstance(v, str) else repr(v)
    c.save_inputs()
    save(c.name + ".expected.safetensors", expected, metadata)
    return losses


