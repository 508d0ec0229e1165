"""Cases of odd sizes in which every two factors meet in every two of their values, as far as they go together."""
import itertools

from case import Case

SIZES = ("T", "B", "I", "H", "O")


def pair(**case):
    """Named by what it is; in the ReLU cases weights are larger, lest whole layers be zero."""
    sizes = "".join("-%s%d" % (k.lower(), case[k]) for k in SIZES)
    name = "pair-%s-l%d%s%s" % (case["cell"], case["layers"], "-bi" if case.get("bidirectional") else "", sizes)
    gain = 1.7 if case["cell"] == "relu" else 1.5
    return Case(("resets-" if "resets" in case else "") + name, gain=gain, **case)


def covering_cases():
    yield pair(cell="tanh", layers=1, T=7, B=1, I=1, H=17, O=2, loss="mse", ids=True, tbptt=(4, 4))
    yield pair(cell="tanh", layers=1, bidirectional=True, T=2, B=2, I=17, H=2, O=5, lengths=[2, 2], h0=True,
               loss_at="last")
    yield pair(cell="tanh", layers=2, bidirectional=True, T=1, B=3, I=3, H=2, O=2, h0=True, loss_at="last", ids=True)
    yield pair(cell="tanh", layers=2, bidirectional=True, T=2, B=7, I=3, H=5, O=2,
               resets=[(0,), (0, 1), (0, 1), (0, 1), (0, 1), (0,), (1,)], loss_at="last", reduction="sum", ids=True)
    yield pair(cell="tanh", layers=3, T=11, B=1, I=1, H=5, O=1, resets=[(4,)], h0=True, loss="mse", loss_at="last",
               reduction="sum", tbptt=(2, 7))
    yield pair(cell="tanh", layers=3, T=11, B=3, I=1, H=17, O=1, lengths=[11, 1, 10], resets=[(8, 10), (), (0, 3)],
               h0=True, loss="mse", loss_at="last", ids=True)
    yield pair(cell="tanh", layers=3, T=11, B=7, I=3, H=1, O=5,
               resets=[(1, 4, 7), (), (), (10,), (5, 7, 9), (), (3, 7)], h0=True, loss="mse", ids=True, tbptt=(4, 3))
    yield pair(cell="relu", layers=1, T=11, B=2, I=3, H=17, O=1, loss="mse", reduction="sum", ids=True, tbptt=(5, 2))
    yield pair(cell="relu", layers=2, T=1, B=7, I=1, H=17, O=5, h0=True, loss_at="last")
    yield pair(cell="relu", layers=2, T=7, B=1, I=17, H=1, O=5, resets=[(2, 4)], h0=True, loss="mse", ids=True,
               tbptt=(5, 2))
    yield pair(cell="relu", layers=2, T=7, B=2, I=3, H=1, O=5, h0=True, loss="mse", ids=True, tbptt=(2, 7))
    yield pair(cell="relu", layers=2, T=7, B=2, I=3, H=5, O=2, loss="mse", reduction="sum", ids=True, tbptt=(3, 3))
    yield pair(cell="relu", layers=2, bidirectional=True, T=2, B=3, I=3, H=17, O=1, lengths=[2, 1, 2], loss="mse",
               reduction="sum", ids=True)
    yield pair(cell="relu", layers=3, bidirectional=True, T=11, B=7, I=17, H=2, O=2, lengths=[9, 11, 8, 3, 1, 2, 4],
               resets=[(2,), (1,), (2, 3, 5), (), (0,), (0, 1), (0,)], loss="mse", reduction="sum", ids=True)
    yield pair(cell="gru", layers=1, T=7, B=3, I=3, H=1, O=5, h0=True, loss="mse", reduction="sum", tbptt=(4, 4))
    yield pair(cell="gru", layers=1, T=7, B=7, I=3, H=17, O=5, lengths=[4, 5, 3, 6, 1, 6, 1], loss_at="last")
    yield pair(cell="gru", layers=1, bidirectional=True, T=2, B=1, I=3, H=2, O=2, h0=True, reduction="sum", ids=True)
    yield pair(cell="gru", layers=1, bidirectional=True, T=7, B=3, I=1, H=1, O=1, lengths=[7, 1, 3],
               resets=[(2, 6), (0,), ()], h0=True, loss="mse", loss_at="last")
    yield pair(cell="gru", layers=2, T=7, B=3, I=17, H=2, O=5, resets=[(0,), (1, 2), (3,)], loss="mse",
               reduction="sum", ids=True, tbptt=(2, 7))
    yield pair(cell="gru", layers=2, T=11, B=7, I=17, H=1, O=1,
               resets=[(), (1, 3, 8), (5, 8), (2, 9), (1, 4, 10), (4, 5), ()], loss="mse", loss_at="last", reduction="sum",
               ids=True, tbptt=(3, 3))
    yield pair(cell="gru", layers=3, T=11, B=2, I=1, H=2, O=1, resets=[(4,), ()], h0=True, loss="mse",
               loss_at="last", reduction="sum", ids=True, tbptt=(4, 3))
    yield pair(cell="gru", layers=3, bidirectional=True, T=1, B=1, I=3, H=1, O=2, reduction="sum", ids=True)
    yield pair(cell="gru", layers=3, bidirectional=True, T=11, B=7, I=17, H=5, O=2,
               lengths=[4, 11, 10, 5, 11, 9, 6], h0=True)
    yield pair(cell="lstm", layers=1, T=7, B=7, I=17, H=17, O=2,
               resets=[(0, 6), (), (2, 3, 5), (1, 2, 5), (0, 3), (4,), (0, 6)], loss_at="last", tbptt=(3, 5))
    yield pair(cell="lstm", layers=1, bidirectional=True, T=1, B=2, I=17, H=5, O=1, h0=True, loss="mse",
               reduction="sum")
    yield pair(cell="lstm", layers=2, bidirectional=True, T=7, B=2, I=3, H=5, O=5, lengths=[7, 1],
               resets=[(), (0,)], h0=True, reduction="sum", ids=True)
    yield pair(cell="lstm", layers=3, T=2, B=2, I=1, H=1, O=2, lengths=[2, 2], loss="mse", ids=True)
    yield pair(cell="lstm", layers=3, T=7, B=3, I=3, H=5, O=2, h0=True, loss_at="last", tbptt=(5, 2))
    yield pair(cell="lstm", layers=3, T=11, B=1, I=17, H=2, O=5, h0=True, tbptt=(4, 4))


def factors(c):
    truncation = None if c.tbptt is None else (c.tbptt[0] > c.tbptt[1]) - (c.tbptt[0] < c.tbptt[1])
    rows = (c.lengths is not None, c.resets is not None)
    return dict({k: getattr(c, k) for k in SIZES}, cell=c.cell, layers=c.layers, bidirectional=c.bidirectional,
                h0=c.h0, loss=c.loss, loss_at=c.loss_at, ids=c.ids, reduction=c.reduction, rows=rows,
                truncation=truncation)


def meet(a, x, b, y):
    """Whether factor a may be x where factor b is y."""
    f = {a: x, b: y}
    lengths, resets = f.get("rows", (False, False))
    if f.get("truncation") is not None and (f.get("bidirectional") or lengths or f.get("T", 7) < 7):
        return False
    if f.get("T") == 1 and (lengths or resets) or f.get("T") == 2 and lengths and resets:
        return False
    return not (lengths and f.get("B") == 1 or f.get("O") == 1 and f.get("loss") == "cross-entropy")


def check_every_pair_occurs(cases):
    cases = [factors(c) for c in cases]
    for a, b in itertools.combinations(cases[0], 2):
        there = {(c[a], c[b]) for c in cases}
        for x, y in itertools.product({c[a] for c in cases}, {c[b] for c in cases}):
            assert (x, y) in there or not meet(a, x, b, y), "no case has %s %s and %s %s" % (a, x, b, y)
