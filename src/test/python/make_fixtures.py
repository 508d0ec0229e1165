#!/usr/bin/env python3
"""Writes the PyTorch truth that the Java tests are held against.

    /usr/bin/python3 src/test/python/make_fixtures.py

regenerates every file of src/test/resources/fixtures/. See README.md beside this file.

Three rules make the truth trustworthy:
  * Everything is computed in float64, from weights and data that are exactly representable in
    float32. So the reader of a fixture starts from the very same numbers, and any difference in
    the result is the reader's rounding, not ours.
  * Without truncation the numbers come from torch.nn.RNN and autograd, not from a formula of ours.
    PyTorch has no (k1, k2) truncation, so there a time loop with explicit detach() is used; it is
    the slowest and most literal reading of the definition, and it is checked below against nn.RNN
    and against a second, independent way to compute the same thing.
  * Each case is seeded by its own name: adding or removing a case leaves the others unchanged.
"""
import json
import math
import os
import struct
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.set_num_threads(1)  # one thread: one order of summation, so the same bits on every run
torch.set_default_dtype(torch.float64)

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.normpath(os.path.join(HERE, "..", "resources", "fixtures"))
CONSUMER = os.path.normpath(os.path.join(HERE, "..", "..", "it", "consumer", "src", "test", "resources"))
IGNORE = -100


# ---------------------------------------------------------------------------------------------
# safetensors, written by hand so that nothing but numpy and torch is needed:
# 8 bytes little-endian header length, JSON header padded with spaces to 8 bytes, then the data.
# ---------------------------------------------------------------------------------------------

DTYPES = {np.dtype("float32"): "F32", np.dtype("float64"): "F64", np.dtype("int64"): "I64"}


def save(file_name, tensors, metadata=None, folder=OUT):
    header = {}
    if metadata:
        header["__metadata__"] = {k: str(v) for k, v in metadata.items()}
    blobs, offset = [], 0
    # Wide types first, so that every tensor is aligned to its own element size.
    for name, a in sorted(tensors.items(), key=lambda kv: (-kv[1].dtype.itemsize, kv[0])):
        blob = np.ascontiguousarray(a).astype(a.dtype.newbyteorder("<")).tobytes()
        header[name] = {"dtype": DTYPES[a.dtype], "shape": list(a.shape),
                        "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, file_name), "wb") as f:
        f.write(struct.pack("<Q", len(text)))
        f.write(text)
        for blob in blobs:
            f.write(blob)


def f64(t):
    return np.array(t.detach().numpy(), dtype=np.float64)


# ---------------------------------------------------------------------------------------------
# Drawing a case. numpy's RandomState is used because its stream is frozen for all versions.
# ---------------------------------------------------------------------------------------------

class Case:
    """One network, one batch, one set of options."""

    def __init__(self, name, cell="tanh", layers=1, T=5, B=2, I=3, H=4, O=3, loss="cross-entropy",
                 loss_at="every", reduction="mean", ids=False, h0=False, ignore=None, lengths=None,
                 tbptt=None, clip_norm=None, clip_value=None, gain=1.5, recurrent=None,
                 x_scale=1.0, bias_gain=None, margin=2e-4, keep_steps=True, resets=None):
        self.__dict__.update(locals())
        del self.__dict__["self"]
        # ReLU has a kink: where a pre-activation is within float32 rounding of zero, a float32
        # implementation may rightly fall on the other side. Draw again until none is that near.
        for salt in range(1000):
            self._draw(np.random.RandomState(zlib.crc32(("%s/%d" % (name, salt)).encode())))
            if cell != "relu" or self._distance_from_kink() >= margin:
                return
        raise AssertionError("no draw of %s keeps away from the kink" % name)

    def _draw(self, r):
        def uniform(limit, *shape):
            return r.uniform(-limit, limit, size=shape).astype(np.float32)

        T, B, I, H, O, L = self.T, self.B, self.I, self.H, self.O, self.layers
        limit = self.gain / math.sqrt(H)
        bias = limit if self.bias_gain is None else self.bias_gain / math.sqrt(H)
        w = {}
        for k in range(L):
            w["rnn.weight_ih_l%d" % k] = uniform(limit, H, I if k == 0 else H)
            if self.recurrent is None:
                w["rnn.weight_hh_l%d" % k] = uniform(limit, H, H)
            else:
                # A slightly disturbed, scaled rotation of the units (for ReLU) or rotation with
                # signs (for tanh): its eigenvalues lie near the unit circle, so over thousands of
                # steps the gradient neither dies out nor explodes. Plain uniform weights would
                # make it exactly the kind of zero that a broken implementation gets right too.
                scale, noise = self.recurrent
                sign = np.ones(H) if self.cell == "relu" else r.choice([-1.0, 1.0], size=H)
                m = scale * np.roll(np.eye(H), 1, axis=0) * sign
                w["rnn.weight_hh_l%d" % k] = (m + r.uniform(-noise, noise, (H, H))).astype(np.float32)
            w["rnn.bias_ih_l%d" % k] = uniform(bias, H)
            w["rnn.bias_hh_l%d" % k] = uniform(bias, H)
        w["head.weight"] = uniform(self.gain / math.sqrt(H), O, H)
        w["head.bias"] = uniform(self.gain / math.sqrt(H), O)
        self.weights = w

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
            b["h0"] = uniform(0.9, L, B, H) if self.cell == "tanh" else np.abs(uniform(0.9, L, B, H))
        if self.ignore is not None:
            self.ignore(b["targets"], r)
        if self.lengths is not None:
            b["lengths"] = np.array(self.lengths, dtype=np.int64)
            # Padding must never be read, so it holds what would spoil every sum it enters.
            for row, n in enumerate(self.lengths):
                b["x"][n:, row] = np.nan
                if every and self.loss == "mse":
                    b["targets"][n:, row] = np.nan
        if self.resets is not None:  # of each row, the steps with which a sequence begins
            b["resets"] = np.zeros((T, B), dtype=np.int64)
            for row, beginnings in enumerate(self.resets):
                b["resets"][list(beginnings), row] = 1
        self.batch = b

    def _distance_from_kink(self):
        """The smallest |pre-activation| of all valid steps."""
        nearest = [math.inf]

        def look(t, z):
            rows = np.ones(self.B, bool) if self.lengths is None else np.array(self.lengths) > t
            if rows.any():
                nearest[0] = min(nearest[0], z.abs()[torch.from_numpy(rows)].min().item())

        with torch.no_grad():
            loop_states(self, parameters(self), dense_input(self), initial_state(self), self.T, look=look)
        return nearest[0]

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
        return {"cell": self.cell, "layers": self.layers, "input_size": self.I,
                "hidden_size": self.H, "output_size": self.O, "bidirectional": "false"}

    def save_inputs(self):
        save(self.name + ".weights.safetensors", self.weights, self.network())
        save(self.name + ".batch.safetensors", self.batch)


class Network(torch.nn.Module):
    def __init__(self, c):
        super().__init__()
        self.rnn = torch.nn.RNN(c.I, c.H, c.layers, nonlinearity=c.cell)
        self.head = torch.nn.Linear(c.H, c.O)
        with torch.no_grad():
            for k, v in self.named_parameters():
                v.copy_(torch.from_numpy(c.weights[k].astype(np.float64)))


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
        return F.one_hot(torch.from_numpy(c.batch["ids"]), c.I).to(torch.float64)
    return torch.from_numpy(c.batch["x"].astype(np.float64))


def initial_state(c):
    if c.h0:
        return torch.from_numpy(c.batch["h0"].astype(np.float64))
    return torch.zeros(c.layers, c.B, c.H)


def targets_of(c):
    t = torch.from_numpy(c.batch["targets"])
    return t if c.loss == "cross-entropy" else t.to(torch.float64)


# ---------------------------------------------------------------------------------------------
# The loss: the sum over the wanted targets of the steps [s, e), and their number.
# ---------------------------------------------------------------------------------------------

def last_step(c):
    return torch.tensor(c.lengths if c.lengths is not None else [c.T] * c.B) - 1


def loss_sum_and_count(c, output, s, e):
    """output: head outputs of the steps [s, e). Each target belongs to the step it is for."""
    targets = targets_of(c)
    if c.loss_at == "every":
        y, goal = output.reshape(-1, c.O), targets[s:e].reshape(-1, *targets.shape[2:])
        if c.lengths is not None:
            valid = (torch.arange(s, e)[:, None] <= last_step(c)[None, :]).reshape(-1)
            y, goal = y[valid], goal[valid]  # selected, not multiplied by 0: 0 * NaN is NaN
    else:
        rows = [b for b in range(c.B) if s <= last_step(c)[b] < e]
        if not rows:
            return output.sum() * 0.0, 0
        y = torch.stack([output[last_step(c)[b] - s, b] for b in rows])
        goal = targets[rows]
    if c.loss == "cross-entropy":
        return (F.cross_entropy(y, goal, ignore_index=IGNORE, reduction="sum"),
                int((goal != IGNORE).sum()))
    return F.mse_loss(y, goal, reduction="sum"), y.numel()


def divisor(c, count):
    """mean: the number of valid targets (times O for mse); no valid target gives loss 0, not 0/0."""
    return float(max(count, 1)) if c.reduction == "mean" else 1.0


# ---------------------------------------------------------------------------------------------
# Full backpropagation: torch.nn.RNN.
# ---------------------------------------------------------------------------------------------

def rnn_forward(c, network, x, h0):
    if c.lengths is None:
        y, h_n = network.rnn(x, h0)
    else:
        packed = pack_padded_sequence(x, torch.tensor(c.lengths), enforce_sorted=False)
        y, h_n = network.rnn(packed, h0)
        y, _ = pad_packed_sequence(y, total_length=c.T)  # zeros at padded steps, so head.bias there
    return network.head(y), h_n


def pieces_forward(c, network, x, h0):
    """Row by row, sequence by sequence: each that begins with a reset starts from an explicit zero state."""
    assert c.lengths is None
    tops, finals = [], []
    for b in range(c.B):
        top, h = [], h0[:, b:b + 1]
        cuts = sorted({0, c.T} | set(c.resets[b]))
        for start, end in zip(cuts, cuts[1:]):
            if start in c.resets[b]:
                h = torch.zeros(c.layers, 1, c.H)
            y, h = network.rnn(x[start:end, b:b + 1], h)
            top.append(y)
        tops.append(torch.cat(top))
        finals.append(h)
    return network.head(torch.cat(tops, dim=1)), torch.cat(finals, dim=1)


def full_gradient(c, p):
    x = dense_input(c).requires_grad_()
    h0 = initial_state(c).requires_grad_()
    forward = rnn_forward if c.resets is None else pieces_forward
    output, h_n = forward(c, p.network, x, h0)
    total, count = loss_sum_and_count(c, output, 0, c.T)
    loss = total / divisor(c, count)
    loss.backward()
    return loss, output, h_n, x.grad, h0.grad


# ---------------------------------------------------------------------------------------------
# Truncated backpropagation (k1, k2).
# ---------------------------------------------------------------------------------------------

def pre_activation(p, k, below, h):
    return (F.linear(below, p["rnn.weight_ih_l%d" % k], p["rnn.bias_ih_l%d" % k])
            + F.linear(h, p["rnn.weight_hh_l%d" % k], p["rnn.bias_hh_l%d" % k]))


def loop_states(c, p, x, h0, end, constant_up_to=-1, look=None):
    """States h_1 .. h_end of the top layer, and h_end of all layers.

    h_j is what step j-1 produces. Every layer's h_j with j <= constant_up_to is detached, and the
    detached value is what everybody sees: the next step, the next layer and the head.
    """
    act = torch.tanh if c.cell == "tanh" else torch.relu
    h = [h0[k].detach() if constant_up_to >= 0 else h0[k] for k in range(c.layers)]
    top = []
    for t in range(end):
        below = x[t]
        for k in range(c.layers):
            before = h[k]
            if c.resets is not None:
                before = before.masked_fill(torch.from_numpy(c.batch["resets"][t] != 0)[:, None], 0.0)
            z = pre_activation(p, k, below, before)
            if look:
                look(t, z)
            h[k] = act(z)
            if t + 1 <= constant_up_to:
                h[k] = h[k].detach()
            below = h[k]
        top.append(below)
    return top, torch.stack(h)


def truncated_gradient(c, p):
    """Sum over the segments of the gradient of the segment's own loss; no update in between.

    For each segment the forward pass is run again from step 0, with the states that are k2 or
    more steps before the segment's end (e) made constants. When k2 > k1 that leaves live states in
    earlier segments; only the losses of [s, e) are summed, so earlier losses are not injected again.
    A mean divides by the whole sequence's count.
    """
    x, h0, k2 = dense_input(c), initial_state(c), c.tbptt[1]
    with torch.no_grad():
        top, h_n = loop_states(c, p, x, h0, c.T)
        output = F.linear(torch.stack(top), p["head.weight"], p["head.bias"])
        _, count = loss_sum_and_count(c, output, 0, c.T)
    loss = torch.zeros(())
    for s, e in c.segments():
        top, _ = loop_states(c, p, x, h0, e, constant_up_to=e - k2)
        y = F.linear(torch.stack(top[s:e]), p["head.weight"], p["head.bias"])
        total, _ = loss_sum_and_count(c, y, s, e)
        part = total / divisor(c, count)
        part.backward()  # adds to the gradients of the segments before
        loss = loss + part.detach()
    return loss, output, h_n


def clip(c, p):
    """Clips in place and returns the global norm before clipping."""
    norm = torch.sqrt(sum((v.grad ** 2).sum() for v in p.values()))
    if c.clip_norm is not None:
        assert torch.isclose(torch.nn.utils.clip_grad_norm_(p.values(), c.clip_norm), norm)
    if c.clip_value is not None:
        torch.nn.utils.clip_grad_value_(p.values(), c.clip_value)
    return norm


def ensure_gradients(p):
    for v in p.values():  # a parameter that nothing reached has gradient zero, not none
        if v.grad is None:
            v.grad = torch.zeros_like(v)


def write_gradient_case(c):
    p = parameters(c)
    expected = {}
    if c.tbptt:
        loss, output, h_n = truncated_gradient(c, p)
    else:
        loss, output, h_n, dx, dh0 = full_gradient(c, p)
        if not c.ids:
            expected["grad.x"] = f64(dx)
        expected["grad.h0"] = f64(dh0)
    ensure_gradients(p)
    norm = clip(c, p)
    expected["loss"] = f64(loss.reshape(1))
    expected["grad_norm"] = f64(norm.reshape(1))
    expected["h_n"] = f64(h_n)
    if c.keep_steps:
        expected["output"] = f64(output)
    for k, v in p.items():
        expected["grad." + k] = f64(v.grad)
    for k, v in expected.items():
        assert np.isfinite(v).all(), (c.name, k)
    if c.clip_norm is not None:
        assert (norm.item() > c.clip_norm) == ("inactive" not in c.name)
    if c.clip_value is not None:  # some values must be clamped and some must not
        g = np.concatenate([f64(v.grad).ravel() for v in p.values()])
        assert 0.1 < (np.abs(g) == c.clip_value).mean() < 0.9
    c.save_inputs()
    save(c.name + ".expected.safetensors", expected, c.options())
    return expected


# ---------------------------------------------------------------------------------------------
# Training.
# ---------------------------------------------------------------------------------------------

def training_segment(c, p, x, store, s, e, k2, count):
    """Sum of the losses of the segment [s, e) and their number, with its gradient added to p, from stored activations.

    store[k][j] is layer k's state h_j as it was computed when its own segment ran, possibly with
    older weights. States of this segment are computed now; earlier ones are reused as they are,
    while the way back through them uses the weights of now. To get exactly that from autograd, a
    state is written as

        h = stored + f'(stored) * (z - z.detach())

    whose value is the stored one and whose derivative is that of f(z), with z of today's weights.
    """
    with torch.no_grad():
        act = torch.tanh if c.cell == "tanh" else torch.relu
        for t in range(s, e):
            below = x[t]
            for k in range(c.layers):
                below = act(pre_activation(p, k, below, store[k][t]))
                store[k].append(below)
                assert len(store[k]) == t + 2
    first = max(e - k2, 0)  # step `first` is the first one whose state h_{first+1} is not constant
    h = [store[k][first] for k in range(c.layers)]
    live = {}
    for t in range(first, e):
        below = x[t]
        for k in range(c.layers):
            z = pre_activation(p, k, below, h[k])
            kept = store[k][t + 1]
            slope = 1 - kept ** 2 if c.cell == "tanh" else (kept > 0).to(torch.float64)
            h[k] = kept + slope * (z - z.detach())
            below = h[k]
        live[t] = below
    top = [live[t] if t in live else store[-1][t + 1] for t in range(s, e)]
    y = F.linear(torch.stack(top), p["head.weight"], p["head.bias"])
    total, own_count = loss_sum_and_count(c, y, s, e)
    loss = total / divisor(c, own_count if count is None else count)
    loss.backward()
    return total.item(), own_count


def new_store(c):
    return [[initial_state(c)[k]] for k in range(c.layers)]


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
        x, store, total, count = dense_input(c), new_store(c), 0.0, 0
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


# ---------------------------------------------------------------------------------------------
# Checks of this script itself.
# ---------------------------------------------------------------------------------------------

def gradients_of(p):
    ensure_gradients(p)
    return {k: v.grad.clone() for k, v in p.items()}


def assert_same(a, b, what, tolerance=1e-11):
    for k in a:
        worst = (a[k] - b[k]).abs().max().item()
        scale = max(a[k].abs().max().item(), 1e-3)
        assert worst <= tolerance * scale, (what, k, worst, scale)


def check_loop_is_rnn():
    """Truncation that truncates nothing is nn.RNN: one long segment, or a long enough memory.

    The second has k1 < T but k2 >= T: each segment reaches back to step 0, and the sum of the
    segments is the whole gradient.
    """
    for tbptt in ((7, 7), (50, 50), (3, 7)):
        for cell in ("tanh", "relu"):
            for resets in (None, [(2, 3), (), (0, 6)]):
                c = Case("check-loop", cell=cell, layers=3, T=7, B=3, I=2, H=5, O=3, h0=True, tbptt=tbptt,
                         resets=resets)
                p, q = parameters(c), parameters(c)
                loss, output, h_n = truncated_gradient(c, p)
                loss_q, output_q, h_n_q, _, _ = full_gradient(c, q)
                assert_same({"loss": loss, "out": output, "h": h_n},
                            {"loss": loss_q.detach(), "out": output_q.detach(), "h": h_n_q.detach()}, "loop")
                assert_same(gradients_of(p), gradients_of(q), "loop is nn.RNN")


def check_two_ways_of_truncating():
    """The recomputing loop against stored activations, for weights that do not change."""
    for tbptt in ((4, 4), (4, 1), (5, 3), (3, 8), (2, 5), (1, 1), (20, 4)):
        for layers in (1, 3):
            c = Case("check-two-ways", layers=layers, T=11, B=2, I=3, H=5, O=4, loss="mse", tbptt=tbptt)
            p, q = parameters(c), parameters(c)
            truncated_gradient(c, p)
            x, store = dense_input(c), new_store(c)
            for s, e in c.segments():
                training_segment(c, q, x, store, s, e, tbptt[1], c.T * c.B * c.O)
            assert_same(gradients_of(p), gradients_of(q), "two ways %s" % (tbptt,))


def check_training_loop_is_the_usual_one(c, o):
    """Where k1 = k2 divides T, truncated training is the well-known loop with h = h.detach()."""
    assert c.tbptt[0] == c.tbptt[1] and c.T % c.tbptt[0] == 0 and c.loss_at == "every"
    network = Network(c)
    optimizer = make_optimizer(list(network.parameters()), o)
    criterion = torch.nn.CrossEntropyLoss() if c.loss == "cross-entropy" else torch.nn.MSELoss()
    x, targets, mine = dense_input(c), targets_of(c), []
    for _ in range(10):
        h, total = initial_state(c), 0.0
        for s, e in c.segments():
            optimizer.zero_grad()
            y, h = network.rnn(x[s:e], h)
            h = h.detach()
            y = network.head(y)
            loss = criterion(y.reshape(-1, c.O), targets[s:e].reshape(-1, *targets.shape[2:]))
            loss.backward()
            optimizer.step()
            total += loss.item() / len(c.segments())
        mine.append(total)
    assert np.allclose(mine, train(c, o)[0], rtol=1e-10, atol=0)


def check_finite_differences():
    """Every parameter and the initial state, with variable lengths and NaN in the padding."""
    c = Case("check-fd", layers=2, T=6, B=3, I=2, H=3, O=2, loss="mse", h0=True, lengths=[2, 5, 1])
    p = parameters(c)
    _, _, _, dx, dh0 = full_gradient(c, p)
    x, h0, step = dense_input(c), initial_state(c), 1e-6

    def value():
        with torch.no_grad():
            total, count = loss_sum_and_count(c, rnn_forward(c, p.network, x, h0)[0], 0, c.T)
            return (total / divisor(c, count)).item()

    for name, v, g in [(k, v, v.grad) for k, v in p.items()] + [("h0", h0, dh0), ("x", x, dx)]:
        flat, grad = v.data.view(-1), g.reshape(-1)
        for i in range(flat.numel()):
            if torch.isnan(flat[i]):  # padding
                assert grad[i] == 0
                continue
            keep = flat[i].item()
            flat[i] = keep + step
            up = value()
            flat[i] = keep - step
            down = value()
            flat[i] = keep
            assert abs((up - down) / (2 * step) - grad[i].item()) < 1e-8, (name, i)


def check_mean_is_torchs_mean():
    c = Case("check-mean", T=6, B=4, O=5, ignore=ignore_some)
    p = parameters(c)
    loss, output, _, _, _ = full_gradient(c, p)
    assert torch.isclose(loss, F.cross_entropy(output.reshape(-1, c.O), targets_of(c).reshape(-1),
                                               ignore_index=IGNORE), rtol=1e-14, atol=0)


# ---------------------------------------------------------------------------------------------
# The cases.
# ---------------------------------------------------------------------------------------------

def ignore_some(targets, r):
    targets[r.uniform(size=targets.shape) < 0.3] = IGNORE
    targets[0].flat[0] = IGNORE
    targets[-1].flat[-1] = 0  # at least one is wanted


def ignore_some_and_row_2(targets, r):
    ignore_some(targets, r)
    targets[..., 2] = IGNORE  # this batch row has no target at all


def ignore_all(targets, r):
    targets[...] = IGNORE


def gradient_cases():
    C = Case
    # Full backpropagation.
    yield C("tanh-ce-every", T=5, B=2, I=3, H=4, O=3)
    yield C("relu-mse-every", cell="relu", T=7, B=3, I=5, H=8, O=2, loss="mse")
    yield C("tanh-l2-ce-last-h0", layers=2, T=11, B=9, I=7, H=17, O=5, loss_at="last", h0=True)
    yield C("relu-l3-mse-last-h0", cell="relu", layers=3, T=6, B=5, I=4, H=13, O=3, loss="mse",
            loss_at="last", h0=True, gain=1.7)
    yield C("tanh-l3-mse-every", layers=3, T=13, B=9, I=11, H=33, O=7, loss="mse")
    yield C("relu-l2-ce-every-sum-h0", cell="relu", layers=2, T=8, B=7, I=3, H=19, O=5,
            reduction="sum", h0=True)
    yield C("tanh-ids-ce-every", T=17, B=9, I=23, H=17, O=23, ids=True)
    yield C("relu-l2-ids-ce-last-h0", cell="relu", layers=2, T=9, B=4, I=6, H=11, O=4, ids=True,
            loss_at="last", h0=True)
    yield C("tanh-ignore-every", T=9, B=5, I=3, H=7, O=4, ignore=ignore_some_and_row_2)
    yield C("tanh-ignore-last-sum", layers=2, T=5, B=7, I=3, H=6, O=4, loss_at="last",
            reduction="sum", ignore=ignore_some_and_row_2)
    yield C("tanh-ignore-all", T=4, B=2, I=3, H=5, O=3, ignore=ignore_all)
    yield C("tanh-all-ones-mse", T=1, B=1, I=1, H=1, O=1, loss="mse", h0=True)
    yield C("relu-b1-i1-o1-mse-sum", cell="relu", T=10, B=1, I=1, H=5, O=1, loss="mse", reduction="sum")
    yield C("tanh-h1-l2-mse-last", layers=2, T=6, B=3, I=2, H=1, O=1, loss="mse", loss_at="last")
    yield C("tanh-t1-l2-ce", layers=2, T=1, B=3, I=4, H=5, O=3)

    # Clipping.
    yield C("tanh-clip-norm", layers=2, T=7, B=3, I=4, H=9, O=5, reduction="sum", clip_norm=0.25)
    yield C("tanh-clip-norm-inactive", T=7, B=3, I=4, H=9, O=5, clip_norm=100.0)
    yield C("relu-clip-value", cell="relu", T=7, B=3, I=4, H=9, O=2, loss="mse", clip_value=0.0625)

    # Long sequences.
    yield C("tanh-t2000-mse-every", T=2000, B=2, I=1, H=5, O=1, loss="mse",
            recurrent=(1.01, 0.02), x_scale=0.005, bias_gain=0.005)
    yield C("relu-t2000-ce-every", cell="relu", T=2000, B=1, I=2, H=5, O=2,
            recurrent=(0.998, 0.003), x_scale=0.1, bias_gain=0.02, margin=2e-5)
    yield C("tanh-l2-t2000-tbptt", layers=2, T=2000, B=1, I=2, H=5, O=3, tbptt=(150, 210),
            recurrent=(1.0, 0.02), x_scale=0.05, bias_gain=0.01, keep_steps=False)

    # Truncation (k1, k2).
    yield C("tbptt-same", T=12, B=3, I=4, H=7, O=5, tbptt=(4, 4))
    yield C("tbptt-same-ragged-l2-h0", layers=2, T=11, B=3, I=4, H=7, O=5, h0=True, tbptt=(4, 4))
    yield C("tbptt-short-memory", T=13, B=2, I=3, H=9, O=4, loss="mse", tbptt=(5, 2))
    yield C("tbptt-short-memory-relu-l3", cell="relu", layers=3, T=12, B=5, I=3, H=11, O=4,
            reduction="sum", tbptt=(6, 4), gain=1.7)
    yield C("tbptt-long-memory", T=13, B=3, I=2, H=5, O=3, tbptt=(3, 7), h0=True)
    yield C("tbptt-long-memory-l2-ids", layers=2, T=17, B=4, I=9, H=13, O=9, ids=True,
            ignore=ignore_some, tbptt=(4, 9))
    yield C("tbptt-k1-1-k2-3-l2", layers=2, T=7, B=2, I=3, H=5, O=3, loss="mse", tbptt=(1, 3))
    yield C("tbptt-k1-past-end", layers=2, T=7, B=3, I=3, H=6, O=4, tbptt=(10, 10))
    yield C("tbptt-last-short-memory", layers=2, T=12, B=3, I=3, H=6, O=4, loss_at="last", tbptt=(4, 2))
    yield C("tbptt-last-long-memory", cell="relu", T=10, B=3, I=3, H=6, O=2, loss="mse",
            loss_at="last", tbptt=(4, 5), gain=1.7)
    yield C("tbptt-clip-norm", T=10, B=3, I=3, H=6, O=4, reduction="sum", tbptt=(3, 5), clip_norm=0.5)

    # Variable lengths, in no order; the second has no row as long as T.
    yield C("lengths-mse-every", layers=2, T=9, B=6, I=3, H=8, O=2, loss="mse", h0=True,
            lengths=[4, 9, 1, 6, 9, 2])
    yield C("lengths-ce-last", cell="relu", layers=2, T=8, B=5, I=3, H=7, O=4, loss_at="last",
            lengths=[3, 7, 5, 1, 5])


    # Rows that begin anew: at the first step, at the last, twice running, never.
    yield C("resets-l3-ce-h0", layers=3, T=11, B=4, I=3, H=9, O=4, h0=True,
            resets=[(0, 7), (4, 5), (), (3, 10)])
    yield C("resets-relu-l2-mse-last-h0", cell="relu", layers=2, T=9, B=3, I=4, H=7, O=2, loss="mse",
            loss_at="last", h0=True, resets=[(1, 6), (8,), ()], gain=1.7)
    yield C("resets-tbptt-l2-ids", layers=2, T=17, B=4, I=9, H=13, O=9, ids=True, tbptt=(4, 9),
            resets=[(4, 6), (0,), (11, 12, 16), (8,)])
    yield C("resets-tbptt-short-memory", T=13, B=3, I=3, H=9, O=4, loss="mse", h0=True, tbptt=(5, 2),
            resets=[(4,), (3, 9), (5, 12)])


ADAM = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def training_cases():
    def small(name, **more):
        return Case("train-" + name, **dict(dict(T=7, B=3, I=2, H=5, O=3), **more))

    yield small("sgd"), {"optimizer": "sgd", "lr": 0.25}
    yield small("sgd-decay", loss="mse"), {"optimizer": "sgd", "lr": 0.1, "weight_decay": 0.05}
    yield small("momentum", layers=2), {"optimizer": "sgd", "lr": 0.05, "momentum": 0.9}
    yield small("nesterov"), {"optimizer": "sgd", "lr": 0.05, "momentum": 0.9, "nesterov": True}
    yield small("rmsprop", loss="mse", layers=2), \
        {"optimizer": "rmsprop", "lr": 0.003, "alpha": 0.99, "eps": 1e-8}
    yield small("adam", layers=2), dict(ADAM, optimizer="adam", lr=0.02)
    yield small("adamw"), dict(ADAM, optimizer="adamw", lr=0.02, weight_decay=0.1)
    yield small("clip-norm", layers=2, reduction="sum", clip_norm=1.0), {"optimizer": "sgd", "lr": 0.1}
    # k1 = k2 and a whole number of segments: the usual loop with h.detach().
    yield small("tbptt", T=12, layers=2, tbptt=(4, 4)), {"optimizer": "sgd", "lr": 0.1}
    # Segments 0-3, 4-7, 8-9: the last has 2 steps but a memory of 4, so it also reaches back
    # into steps 6 and 7, whose activations are one update old.
    yield small("tbptt-ragged", T=10, layers=2, tbptt=(4, 4)), {"optimizer": "sgd", "lr": 0.1}
    # k2 > k1 throughout, and the moments of Adam count the updates, not the training steps.
    yield small("tbptt-long-memory", T=10, layers=2, tbptt=(3, 5)), dict(ADAM, optimizer="adam", lr=0.01)


def write_consumer_case():
    """The recurrent layers alone, between somebody else's input transform and loss (src/it/consumer):

    u = raw Mᵀ, (h, h_n) = nn.RNN(u, h0), loss = Σ cos(h) + Σ h_n²
    """
    T, B, R, I, H, L = 11, 3, 4, 5, 17, 2
    torch.manual_seed(zlib.crc32(b"consumer"))
    # Drawn as float32, so that the reader starts from the same numbers.
    draw = lambda *shape: torch.randn(*shape, dtype=torch.float32).double().requires_grad_()
    rnn = torch.nn.RNN(I, H, L)
    with torch.no_grad():
        for p in rnn.parameters():
            p.copy_(p.float().double())
    raw, m, h0 = draw(T, B, R), draw(I, R), draw(L, B, H)
    u = raw @ m.T
    u.retain_grad()
    h, h_n = rnn(u, h0)
    loss = torch.cos(h).sum() + (h_n ** 2).sum()
    loss.backward()
    weights = {"rnn." + k: v.detach().float().numpy() for k, v in rnn.named_parameters()}
    save("weights.safetensors", weights, {"cell": "tanh", "layers": L, "input_size": I, "hidden_size": H,
                                          "output_size": 0, "bidirectional": "false"}, CONSUMER)
    tensors = {"raw": raw.detach().float().numpy(), "transform": m.detach().float().numpy(),
               "h0": h0.detach().float().numpy()}
    for name, value in (("h", h), ("h_n", h_n), ("grad.u", u.grad), ("grad.raw", raw.grad),
                        ("grad.transform", m.grad), ("grad.h0", h0.grad), ("loss", loss.reshape(1))):
        tensors[name] = f64(value)
    for k, v in rnn.named_parameters():
        tensors["grad.rnn." + k] = f64(v.grad)
    save("case.safetensors", tensors, None, CONSUMER)


def main():
    os.makedirs(OUT, exist_ok=True)
    for f in os.listdir(OUT):  # a case that was renamed or removed leaves nothing behind
        if f.endswith(".safetensors") and "loss-" not in f:  # those are make_loss_fixtures.py's
            os.remove(os.path.join(OUT, f))

    check_mean_is_torchs_mean()
    check_loop_is_rnn()
    check_two_ways_of_truncating()
    check_finite_differences()

    write_consumer_case()
    for c in gradient_cases():
        e = write_gradient_case(c)
        through_time = "  |grad.h0| %.2g" % np.abs(e["grad.h0"]).max() if "grad.h0" in e else ""
        print("%-28s loss %-10.5g grad norm %-10.4g%s" % (c.name, e["loss"][0], e["grad_norm"][0], through_time))
    for c, o in training_cases():
        if c.name == "train-tbptt":
            check_training_loop_is_the_usual_one(c, o)
        losses = write_training_case(c, o)
        print("%-28s loss %.5g -> %.5g" % (c.name, losses[0], losses[-1]))

    sizes = [os.path.getsize(os.path.join(OUT, f)) for f in os.listdir(OUT)]
    print("%d files, %d bytes" % (len(sizes), sum(sizes)))
    assert sum(sizes) < 1_500_000


if __name__ == "__main__":
    main()
