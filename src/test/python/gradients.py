"""Losses and their gradients, by full and by truncated backpropagation."""
import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from case import IGNORE, dense_input, initial_state, parameters, targets_of
from loops import loop_states
from tensors import f64, save


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
# ---------------------------------------------------------------------------------------------
# Full backpropagation: torch.nn.RNN, GRU and LSTM.
# ---------------------------------------------------------------------------------------------

def rnn_forward(c, network, x, state):
    if c.lengths is None:
        y, final = network.run(x, state)
    else:
        packed = pack_padded_sequence(x, torch.tensor(c.lengths), enforce_sorted=False)
        y, final = network.run(packed, state)
        y, _ = pad_packed_sequence(y, total_length=c.T)  # zeros at padded steps, so head.bias there
    return network.head(y), final


def pieces_forward(c, network, x, state):
    """Row by row, sequence by sequence: each that begins with a reset starts from an explicit zero state.

    In reverse a row starts with its last sequence, and ends with its first.
    """
    tops, finals = [], []
    forward = torch.arange(c.layers * c.directions) % c.directions == 0
    for b in range(c.B):
        n = c.T if c.lengths is None else c.lengths[b]
        top, ends = [], []
        cuts = sorted({0, n} | set(c.resets[b]))
        for start, end in zip(cuts, cuts[1:]):
            known = forward & (start == 0 and start not in c.resets[b]) | ~forward & (end == n)
            known = known[:, None, None]
            s = tuple(torch.where(known, v[:, b:b + 1], torch.zeros(())) for v in state)
            y, final = network.run(x[start:end, b:b + 1], s)
            top.append(y)
            ends.append(final)
        top.append(torch.zeros(c.T - n, 1, c.directions * c.H))
        tops.append(torch.cat(top))
        finals.append(tuple(torch.where(forward[:, None, None], last, first)
                            for last, first in zip(ends[-1], ends[0])))
    return network.head(torch.cat(tops, dim=1)), tuple(torch.cat(v, dim=1) for v in zip(*finals))


def full_gradient(c, p):
    """Loss, output, final states, gradient of x, gradients of the initial states."""
    x = dense_input(c).requires_grad_()
    state = tuple(v.requires_grad_() for v in initial_state(c))
    forward = rnn_forward if c.resets is None else pieces_forward
    output, final = forward(c, p.network, x, state)
    total, count = loss_sum_and_count(c, output, 0, c.T)
    loss = total / divisor(c, count)
    loss.backward()
    return loss, output, final, x.grad, tuple(v.grad for v in state)


# ---------------------------------------------------------------------------------------------
# Truncated backpropagation (k1, k2).
# ---------------------------------------------------------------------------------------------

def truncated_gradient(c, p):
    """Sum over the segments of the gradient of the segment's own loss; no update in between.

    For each segment the forward pass is run again from step 0, with the states that are k2 or
    more steps before the segment's end (e) made constants. When k2 > k1 that leaves live states in
    earlier segments; only the losses of [s, e) are summed, so earlier losses are not injected again.
    A mean divides by the whole sequence's count.
    """
    assert not c.bidirectional and c.lengths is None
    x, state, k2 = dense_input(c), initial_state(c), c.tbptt[1]
    with torch.no_grad():
        top, final = loop_states(c, p, x, state, c.T)
        output = F.linear(torch.stack(top), p["head.weight"], p["head.bias"])
        _, count = loss_sum_and_count(c, output, 0, c.T)
    loss = torch.zeros(())
    for s, e in c.segments():
        top, _ = loop_states(c, p, x, state, e, constant_up_to=e - k2)
        y = F.linear(torch.stack(top[s:e]), p["head.weight"], p["head.bias"])
        total, _ = loss_sum_and_count(c, y, s, e)
        part = total / divisor(c, count)
        part.backward()  # adds to the gradients of the segments before
        loss = loss + part.detach()
    return loss, output, final


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


def expected_of(c, p):
    """What the case expects, by the names of its file; p holds the gradients afterwards."""
    expected = {}
    if c.tbptt:
        loss, output, final = truncated_gradient(c, p)
    else:
        loss, output, final, dx, dstate = full_gradient(c, p)
        if not c.ids:
            expected["grad.x"] = f64(dx)
        for name, v in zip(("grad.h0", "grad.c0"), dstate):
            expected[name] = f64(v)
    ensure_gradients(p)
    norm = clip(c, p)
    expected["loss"] = f64(loss.reshape(1))
    expected["grad_norm"] = f64(norm.reshape(1))
    for name, v in zip(("h_n", "c_n"), final):
        expected[name] = f64(v)
    if c.keep_steps:
        expected["output"] = f64(output)
    for k, v in p.items():
        expected["grad." + k] = f64(v.grad)
    for k, v in expected.items():
        assert np.isfinite(v).all(), (c.name, k)
    return expected


def write_gradient_case(c):
    p = parameters(c)
    expected = expected_of(c, p)
    if c.clip_norm is not None:
        assert (expected["grad_norm"][0] > c.clip_norm) == ("inactive" not in c.name)
    if c.clip_value is not None:  # some values must be clamped and some must not
        g = np.concatenate([f64(v.grad).ravel() for v in p.values()])
        assert 0.1 < (np.abs(g) == c.clip_value).mean() < 0.9
    c.save_inputs()
    save(c.name + ".expected.safetensors", expected, c.options())
    return expected
