"""The cases."""
from case import IGNORE, Case


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


    # Gated cells beyond the sizes of covering.py.
    yield C("lstm-l2-bi-lengths-h0", cell="lstm", layers=2, bidirectional=True, T=7, B=5, I=3, H=9, O=4, h0=True,
            lengths=[2, 7, 5, 1, 7])
    yield C("gru-bi-h17-mse-last", cell="gru", bidirectional=True, T=5, B=3, I=5, H=17, O=2, loss="mse",
            loss_at="last", lengths=[3, 1, 4])
    yield C("lstm-h17-tbptt-clip-norm", cell="lstm", T=11, B=3, I=2, H=17, O=3, reduction="sum", tbptt=(4, 6),
            clip_norm=0.5)
    yield C("gru-l2-clip-value", cell="gru", layers=2, T=7, B=3, I=4, H=5, O=2, loss="mse", clip_value=0.03125)
    yield C("gru-t500-ce", cell="gru", T=500, B=2, I=1, H=5, O=2, h0=True, keep_steps=False)
    yield C("lstm-t500-mse", cell="lstm", T=500, B=2, I=1, H=5, O=1, loss="mse", h0=True, keep_steps=False)


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
    yield from gated_training_cases(small)


def gated_training_cases(small):
    """Every optimiser; of each cell one in both directions with rows of different lengths."""
    both = dict(bidirectional=True, lengths=[4, 7, 2])
    for cell in ("gru", "lstm"):
        def of(name, **more):
            return small("%s-%s" % (cell, name), cell=cell, **more)

        yield of("sgd"), {"optimizer": "sgd", "lr": 0.5}
        yield of("momentum", loss="mse"), {"optimizer": "sgd", "lr": 0.1, "momentum": 0.9}
        yield of("nesterov"), {"optimizer": "sgd", "lr": 0.1, "momentum": 0.9, "nesterov": True}
        yield of("rmsprop", loss="mse", h0=True), {"optimizer": "rmsprop", "lr": 0.005, "alpha": 0.99, "eps": 1e-8}
        yield of("adam-bi-lengths", layers=2, **both), dict(ADAM, optimizer="adam", lr=0.02)
        yield of("adamw"), dict(ADAM, optimizer="adamw", lr=0.02, weight_decay=0.1)
        yield of("tbptt", T=12, layers=2, tbptt=(4, 4)), {"optimizer": "sgd", "lr": 0.3}
        # Gates of earlier segments are as old as their segment, weights are of now.
        yield of("tbptt-long-memory", T=10, layers=2, tbptt=(3, 5)), dict(ADAM, optimizer="adam", lr=0.02)
