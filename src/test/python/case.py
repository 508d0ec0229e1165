"""One network, one batch and one set of options, drawn by chance.

numpy's RandomState is used because its stream is frozen for all versions.
"""
import math
import zlib

import numpy as np
import torch
import torch.nn.functional as F

from cells import GATES, KinkDistance
from loops import row_states
from tensors import save

IGNORE = -100


class Case:
    def __init__(self, name, cell="tanh", layers=1, T=5, B=2, I=3, H=4, O=3, loss="cross-entropy",
                 loss_at="every", reduction="mean", ids=False, h0=False, ignore=None, lengths=None,
                 tbptt=None, clip_norm=None, clip_value=None, gain=1.5, recurrent=None,
                 x_scale=1.0, bias_gain=None, margin=2e-4, keep_steps=True, resets=None, bidirectional=False):
        self.__dict__.update(locals())
        del self.__dict__["self"]
        self.directions = 2 if bidirectional else 1
        # ReLU has a kink: where a pre-activation is within float32 rounding of zero, a float32
        # implementation may rightly fall on the other side. Draw again until none is that near.
        for salt in range(1000):
            self._draw(np.random.RandomState(zlib.crc32(("%s/%d" % (name, salt)).encode())))
            if cell != "relu" or self.distance_from_kink() >= margin:
                return
        raise AssertionError("no draw of %s keeps away from the kink" % name)

    def _draw(self, r):
        self.weights = self._draw_weights(r)
        self.batch = self._draw_batch(r)

    def _draw_weights(self, r):
        I, H, O, D, rows = self.I, self.H, self.O, self.directions, GATES[self.cell] * self.H
        limit = self.gain / math.sqrt(H)
        bias = limit if self.bias_gain is None else self.bias_gain / math.sqrt(H)
        w = {}
        for k in range(self.layers):
            for end in ["", "_reverse"][:D]:
                w["rnn.weight_ih_l%d%s" % (k, end)] = uniform(r, limit, rows, I if k == 0 else D * H)
                w["rnn.weight_hh_l%d%s" % (k, end)] = \
                    uniform(r, limit, rows, H) if self.recurrent is None else self._near_rotation(r)
                w["rnn.bias_ih_l%d%s" % (k, end)] = uniform(r, bias, rows)
                w["rnn.bias_hh_l%d%s" % (k, end)] = uniform(r, bias, rows)
        w["head.weight"] = uniform(r, self.gain / math.sqrt(H), O, D * H)
        w["head.bias"] = uniform(r, self.gain / math.sqrt(H), O)
        return w

    def _near_rotation(self, r):
        """A slightly disturbed, scaled rotation of the units (for ReLU) or rotation with signs (for tanh).

        Its eigenvalues lie near the unit circle, so over thousands of steps the gradient neither
        dies out nor explodes. Plain uniform weights would make it exactly the kind of zero that a
        broken implementation gets right too.
        """
        scale, noise = self.recurrent
        H = self.H
        sign = np.ones(H) if self.cell == "relu" else r.choice([-1.0, 1.0], size=H)
        m = scale * np.roll(np.eye(H), 1, axis=0) * sign
        return (m + r.uniform(-noise, noise, (H, H))).astype(np.float32)

    def _draw_batch(self, r):
        T, B, I, O = self.T, self.B, self.I, self.O
        b = {}
        if self.ids:
            b["ids"] = r.randint(0, I, size=(T, B)).astype(np.int64)
        else:
            b["x"] = (self.x_scale * r.standard_normal((T, B, I))).astype(np.float32)
        every = self.loss_at == "every"
        if self.loss == "cross-entropy":
            b["targets"] = r.randint(0, O, size=(T, B) if every else (B,)).astype(np.int64)
        else:
            b["targets"] = r.standard_normal((T, B, O) if every else (B, O)).astype(np.float32)
        if self.h0:
            b.update(self._draw_state(r))
        if self.ignore is not None:
            self.ignore(b["targets"], r)
        if self.lengths is not None:
            b["lengths"] = np.array(self.lengths, dtype=np.int64)
            spoil_padding(b, self.lengths, every)
        if self.resets is not None:  # of each row, the steps with which a sequence begins
            b["resets"] = np.zeros((T, B), dtype=np.int64)
            for row, beginnings in enumerate(self.resets):
                b["resets"][list(beginnings), row] = 1
        return b

    def _draw_state(self, r):
        shape = (self.layers * self.directions, self.B, self.H)
        h0 = uniform(r, 0.9, *shape)
        state = {"h0": np.abs(h0) if self.cell == "relu" else h0}
        if self.cell == "lstm":
            state["c0"] = uniform(r, 1.5, *shape)
        return state

    def distance_from_kink(self):
        """The smallest |pre-activation| of all valid steps."""
        gate = KinkDistance()
        with torch.no_grad():
            row_states(self, parameters(self), dense_input(self), initial_state(self), gate)
        return gate.nearest

    def segments(self):
        k1 = self.tbptt[0] if self.tbptt else self.T
        return [(s, min(s + k1, self.T)) for s in range(0, self.T, k1)]

    def options(self):
        o = {"loss": self.loss, "loss_at": self.loss_at, "reduction": self.reduction}
        if self.tbptt:
            o["tbptt"] = "%d,%d" % self.tbptt
        if self.clip_norm is not None:
            o["clip_norm"] = repr(self.clip_norm)
        if self.clip_value is not None:
            o["clip_value"] = repr(self.clip_value)
        return o

    def network(self):
        return {"cell": self.cell, "layers": self.layers, "input_size": self.I, "hidden_size": self.H,
                "output_size": self.O, "bidirectional": str(self.bidirectional).lower()}

    def save_inputs(self):
        save(self.name + ".weights.safetensors", self.weights, self.network())
        save(self.name + ".batch.safetensors", self.batch)


def uniform(r, limit, *shape):
    return r.uniform(-limit, limit, size=shape).astype(np.float32)


def spoil_padding(batch, lengths, every):
    """Padding must never be read, so it holds what would spoil every sum it enters, or is no symbol and no class."""
    for row, n in enumerate(lengths):
        for name in ("x", "ids") + (("targets",) if every else ()):
            if name in batch:
                a = batch[name]
                a[n:, row] = np.nan if a.dtype == np.float32 else -7


class Network(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        nn, more = torch.nn, {"bidirectional": c.bidirectional}
        if c.cell in ("tanh", "relu"):
            self.rnn = nn.RNN(c.I, c.H, c.layers, nonlinearity=c.cell, **more)
        else:
            self.rnn = {"gru": nn.GRU, "lstm": nn.LSTM}[c.cell](c.I, c.H, c.layers, **more)
        self.head = nn.Linear(c.directions * c.H, c.O)
        with torch.no_grad():
            for k, v in self.named_parameters():
                v.copy_(torch.from_numpy(c.weights[k].astype(np.float64)))

    def run(self, x, state):
        """The recurrent layers alone; state is (h,) or (h, c)."""
        y, final = self.rnn(x, state if len(state) == 2 else state[0])
        return y, final if len(state) == 2 else (final,)


class Parameters(dict):
    """Parameters by name, for the explicit loops, together with the module they belong to."""

    def __init__(self, network):
        super().__init__(network.named_parameters())
        self.network = network


def parameters(c):
    """A fresh network's parameters by name."""
    return Parameters(Network(c))


def dense_input(c):
    if c.ids:  # an id's input vector is the matching column of W_ih: the same as a one-hot input
        return F.one_hot(torch.from_numpy(c.batch["ids"]).clamp(min=0), c.I).to(torch.float64)
    return torch.from_numpy(c.batch["x"].astype(np.float64))


def initial_state(c):
    """(h0,) or (h0, c0), each [L*D, B, H]; zeros where the batch has none."""
    names = ("h0", "c0") if c.cell == "lstm" else ("h0",)
    if c.h0:
        return tuple(torch.from_numpy(c.batch[k].astype(np.float64)) for k in names)
    return tuple(torch.zeros(c.layers * c.directions, c.B, c.H) for _ in names)


def targets_of(c):
    t = torch.from_numpy(c.batch["targets"])
    return t if c.loss == "cross-entropy" else t.to(torch.float64)
