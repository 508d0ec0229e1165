"""Explicit time loops: the literal reading of the definitions, and what PyTorch itself does not have."""
import torch

from cells import activate, step


def begins_anew(c, t, b):
    return c.resets is not None and t in c.resets[b]


def row_states(c, p, x, state, gate=activate):
    """What the top layer gives [T, B, D*H] (zeros in padding) and the final states, each [L*D, B, H].

    One row, one layer, one direction and one step at a time. In reverse a sequence begins behind its
    last step, which is the one before the next sequence's first.
    """
    tops, finals = [], []
    for b in range(c.B):
        n = c.T if c.lengths is None else c.lengths[b]
        below, final = list(x[:n, b]), []
        for k in range(c.layers):
            given = []
            for d in range(c.directions):
                s = tuple(v[k * c.directions + d, b] for v in state)
                out = [None] * n
                for t in range(n) if d == 0 else reversed(range(n)):
                    if begins_anew(c, t if d == 0 else t + 1, b):
                        s = tuple(torch.zeros(c.H) for _ in s)
                    s = step(c, p, k, below[t], s, "_reverse" if d else "", gate)
                    out[t] = s[0]
                given.append(out)
                final.append(s)
            below = [torch.cat(parts) for parts in zip(*given)]
        tops.append(torch.stack(below + [torch.zeros(c.directions * c.H)] * (c.T - n)))
        finals.append(final)
    return (torch.stack(tops, dim=1),
            tuple(torch.stack([torch.stack([f[j][i] for f in finals]) for j in range(len(finals[0]))])
                  for i in range(len(state))))


def loop_states(c, p, x, state, end, constant_up_to=-1):
    """States h_1 .. h_end of the top layer, and the states behind step end-1 of all layers; one direction.

    h_j (and c_j) is what step j-1 produces. Every layer's with j <= constant_up_to is detached, and the
    detached value is what everybody sees: the next step, the next layer and the head.
    """
    s = [tuple(v[k].detach() if constant_up_to >= 0 else v[k] for v in state) for k in range(c.layers)]
    top = []
    for t in range(end):
        below = x[t]
        for k in range(c.layers):
            before = s[k]
            if c.resets is not None:
                begins = torch.from_numpy(c.batch["resets"][t] != 0)[:, None]
                before = tuple(v.masked_fill(begins, 0.0) for v in before)
            s[k] = step(c, p, k, below, before)
            if t + 1 <= constant_up_to:
                s[k] = tuple(v.detach() for v in s[k])
            below = s[k][0]
        top.append(below)
    return top, tuple(torch.stack(v) for v in zip(*s))
