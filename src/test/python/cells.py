"""One step of every cell, as its formula stands in PyTorch's documentation.

Each activation goes through a function gate(name, z), so that a caller can look at what goes in,
keep what comes out, or put what was kept in its place.
"""
import math

import torch
import torch.nn.functional as F

GATES = {"tanh": 1, "relu": 1, "gru": 3, "lstm": 4}
ACTIVATION = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid, "identity": lambda z: z}
SLOPE = {  # the derivative, from the value
    "tanh": lambda v: 1 - v ** 2,
    "relu": lambda v: (v > 0).to(torch.float64),
    "sigmoid": lambda v: v * (1 - v),
    "identity": torch.ones_like,
}


def activate(name, z):
    return ACTIVATION[name](z)


class Recorder:
    """Keeps the value of every gate."""

    def __init__(self):
        self.values = []

    def __call__(self, name, z):
        self.values.append(activate(name, z))
        return self.values[-1]


class Replayer:
    """Gives the kept value v of every gate, with the derivative of f(z) at v and today's z:

        v + f'(v) * (z - z.detach())
    """

    def __init__(self, values):
        self.values = iter(values)

    def __call__(self, name, z):
        kept = next(self.values)
        return kept + SLOPE[name](kept) * (z - z.detach())


class KinkDistance:
    """The smallest |z| of all rectified units."""

    def __init__(self):
        self.nearest = math.inf

    def __call__(self, name, z):
        if name == "relu":
            self.nearest = min(self.nearest, z.abs().min().item())
        return activate(name, z)


def step(c, p, k, below, state, suffix="", gate=activate):
    """The state (h,) or (h, c) of layer k behind a step that reads `below` and the state before it."""
    a = F.linear(below, p["rnn.weight_ih_l%d%s" % (k, suffix)], p["rnn.bias_ih_l%d%s" % (k, suffix)])
    b = F.linear(state[0], p["rnn.weight_hh_l%d%s" % (k, suffix)], p["rnn.bias_hh_l%d%s" % (k, suffix)])
    if c.cell == "gru":
        ar, az, an = a.chunk(3, dim=-1)
        br, bz, bn = b.chunk(3, dim=-1)
        r, z = gate("sigmoid", ar + br), gate("sigmoid", az + bz)
        n = gate("tanh", an + r * gate("identity", bn))
        return ((1 - z) * n + z * state[0],)
    if c.cell == "lstm":
        zi, zf, zg, zo = (a + b).chunk(4, dim=-1)
        i, f = gate("sigmoid", zi), gate("sigmoid", zf)
        g, o = gate("tanh", zg), gate("sigmoid", zo)
        cell = f * state[1] + i * g
        return o * torch.tanh(cell), cell
    return (gate(c.cell, a + b),)
