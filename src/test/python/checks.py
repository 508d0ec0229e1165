"""Checks of these scripts themselves, run each time."""
import numpy as np
import torch
import torch.nn.functional as F

from case import IGNORE, Case, Network, dense_input, initial_state, parameters, targets_of
from cases import ignore_some
from cells import GATES
from gradients import (divisor, ensure_gradients, full_gradient, loss_sum_and_count, pieces_forward, rnn_forward,
                       truncated_gradient)
from loops import row_states
from training import Store, make_optimizer, train, training_segment


def gradients_of(p):
    ensure_gradients(p)
    return {k: v.grad.clone() for k, v in p.items()}


def assert_same(a, b, what, tolerance=1e-11):
    for k in a:
        worst = (a[k] - b[k]).abs().max().item()
        scale = max(a[k].abs().max().item(), 1e-3)
        assert worst <= tolerance * scale, (what, k, worst, scale)


def flat(name, tensors):
    return {name + str(i): v.detach() for i, v in enumerate(tensors)}


def check_loop_is_rnn():
    """Truncation that truncates nothing is PyTorch's network: one long segment, or a long enough memory.

    The second has k1 < T but k2 >= T: each segment reaches back to step 0, and the sum of the
    segments is the whole gradient.
    """
    for tbptt in ((7, 7), (50, 50), (3, 7)):
        for cell in GATES:
            for resets in (None, [(2, 3), (), (0, 6)]):
                c = Case("check-loop", cell=cell, layers=3, T=7, B=3, I=2, H=5, O=3, h0=True, tbptt=tbptt,
                         resets=resets)
                p, q = parameters(c), parameters(c)
                loss, output, final = truncated_gradient(c, p)
                loss_q, output_q, final_q, _, _ = full_gradient(c, q)
                assert_same(dict(flat("state", final), loss=loss, out=output),
                            dict(flat("state", final_q), loss=loss_q.detach(), out=output_q.detach()), "loop")
                assert_same(gradients_of(p), gradients_of(q), "loop is nn.RNN")


def check_rows_are_rnn():
    """The loop of one row, layer, direction and step at a time against PyTorch's packed sequences and pieces."""
    for cell in GATES:
        for bidirectional in (False, True):
            for lengths, resets in ((None, None), ([3, 6, 1], None), (None, [(0, 2, 3), (), (5,)]),
                                    ([4, 6, 3], [(0, 2), (3, 5), ()])):
                c = Case("check-rows", cell=cell, layers=2, T=6, B=3, I=2, H=4, O=3, h0=True, lengths=lengths,
                         resets=resets, bidirectional=bidirectional)
                p, q = parameters(c), parameters(c)
                loss, output, final, _, d = full_gradient(c, p)
                state = tuple(v.requires_grad_() for v in initial_state(c))
                top, final_q = row_states(c, q, dense_input(c), state)
                output_q = q.network.head(top)
                total, count = loss_sum_and_count(c, output_q, 0, c.T)
                (total / divisor(c, count)).backward()
                assert_same(dict(flat("final", final), **flat("d", d), out=output.detach()),
                            dict(flat("final", final_q), **flat("d", [v.grad for v in state]),
                                 out=output_q.detach()), "rows")
                assert_same(gradients_of(p), gradients_of(q), "rows are %s" % cell)


def check_two_ways_of_truncating():
    """The recomputing loop against stored activations, for weights that do not change."""
    for tbptt in ((4, 4), (4, 1), (5, 3), (3, 8), (2, 5), (1, 1), (20, 4)):
        for layers in (1, 3):
            for cell in ("tanh", "gru", "lstm"):
                c = Case("check-two-ways", cell=cell, layers=layers, T=11, B=2, I=3, H=5, O=4, loss="mse",
                         tbptt=tbptt)
                p, q = parameters(c), parameters(c)
                truncated_gradient(c, p)
                x, store = dense_input(c), Store(c)
                for s, e in c.segments():
                    training_segment(c, q, x, store, s, e, tbptt[1], c.T * c.B * c.O)
                assert_same(gradients_of(p), gradients_of(q), "two ways %s %s" % (cell, tbptt))


def check_training_loop_is_the_usual_one(c, o):
    """Where k1 = k2 divides T, truncated training is the well-known loop with h = h.detach()."""
    assert c.tbptt[0] == c.tbptt[1] and c.T % c.tbptt[0] == 0 and c.loss_at == "every"
    network = Network(c)
    optimizer = make_optimizer(list(network.parameters()), o)
    criterion = torch.nn.CrossEntropyLoss() if c.loss == "cross-entropy" else torch.nn.MSELoss()
    x, targets, mine = dense_input(c), targets_of(c), []
    for _ in range(10):
        state, total = initial_state(c), 0.0
        for s, e in c.segments():
            optimizer.zero_grad()
            y, state = network.run(x[s:e], state)
            state = tuple(v.detach() for v in state)
            y = network.head(y)
            loss = criterion(y.reshape(-1, c.O), targets[s:e].reshape(-1, *targets.shape[2:]))
            loss.backward()
            optimizer.step()
            total += loss.item() / len(c.segments())
        mine.append(total)
    assert np.allclose(mine, train(c, o)[0], rtol=1e-10, atol=0)


def check_finite_differences():
    """Every parameter, the initial states and x, with variable lengths and NaN in the padding, and with resets."""
    base = dict(layers=2, T=6, B=3, I=2, H=3, O=2, loss="mse", h0=True)
    check_slopes(Case("check-fd", lengths=[2, 5, 1], **base), rnn_forward)
    for cell in ("gru", "lstm"):
        check_slopes(Case("check-fd-" + cell, cell=cell, lengths=[2, 5, 1], bidirectional=True, **base), rnn_forward)
        check_slopes(Case("check-fd-resets-" + cell, cell=cell, resets=[(0, 2), (), (5,)], bidirectional=True, **base),
                     pieces_forward)


def check_slopes(c, forward):
    p = parameters(c)
    _, _, _, dx, dstate = full_gradient(c, p)
    x, state, step = dense_input(c), initial_state(c), 1e-6

    def value():
        with torch.no_grad():
            total, count = loss_sum_and_count(c, forward(c, p.network, x, state)[0], 0, c.T)
            return (total / divisor(c, count)).item()

    for name, v, g in [(k, v, v.grad) for k, v in p.items()] + [("x", x, dx)] + \
            [("state", v, g) for v, g in zip(state, dstate)]:
        flat_v, grad = v.data.view(-1), g.reshape(-1)
        for i in range(flat_v.numel()):
            if torch.isnan(flat_v[i]):  # padding
                assert grad[i] == 0
                continue
            keep = flat_v[i].item()
            flat_v[i] = keep + step
            up = value()
            flat_v[i] = keep - step
            down = value()
            flat_v[i] = keep
            assert abs((up - down) / (2 * step) - grad[i].item()) < 1e-8, (c.name, name, i)


def check_mean_is_torchs_mean():
    c = Case("check-mean", T=6, B=4, O=5, ignore=ignore_some)
    p = parameters(c)
    loss, output, _, _, _ = full_gradient(c, p)
    assert torch.isclose(loss, F.cross_entropy(output.reshape(-1, c.O), targets_of(c).reshape(-1),
                                               ignore_index=IGNORE), rtol=1e-14, atol=0)


