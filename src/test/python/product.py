"""Every cell, number of layers and direction by every way to begin, to end and to measure, in tiny sizes.

One file for each network, product/<cell>-l<layers>[-bi].safetensors: the parameters, the inputs and
targets that its 16 cases choose from, and the expected tensors of all cases with the case as their
first dimension. `grad` is the gradient of all parameters, one behind the other in the order of the
metadata entry `parameters`. The entry `cases` says of each case what it has: h0 (and c0), lengths, mse
(else cross-entropy), last (else every step), ids (else x); where lengths are, inputs and targets are
the ones called padded.….
"""
import copy
import os

import numpy as np
import torch

from case import Case, parameters, spoil_padding
from cells import GATES
from gradients import expected_of
from tensors import OUT, save

FOLDER = os.path.join(OUT, "product")
LENGTHS = [1, 3]


def networks():
    for cell in GATES:
        for layers in (1, 2, 3):
            for bidirectional in (False, True):
                name = "%s-l%d%s" % (cell, layers, "-bi" if bidirectional else "")
                for salt in range(1000):
                    n = Network(name, salt, cell=cell, layers=layers, bidirectional=bidirectional)
                    if n.is_usable():
                        break
                else:
                    raise AssertionError("no draw of %s will do" % name)
                yield n


def words(i):
    """Input by ids or dense is the parity of the rest: any four of the five factors meet in every way."""
    chosen = [w for bit, w in enumerate(("h0", "lengths", "mse", "last")) if i >> bit & 1]
    return chosen + ["ids"] * (len(chosen) % 2)


class Network:
    def __init__(self, name, salt, **network):
        def draw(**more):
            return Case("product-%s/%d" % (name, salt), T=3, B=2, I=3, H=2, O=3, gain=2.0, margin=0, **network, **more)

        self.name, self.base = name, draw(h0=True)
        self.inputs = {k: v for k, v in self.base.batch.items() if k != "targets"}
        self.inputs["ids"] = draw(ids=True).batch["ids"]
        for loss in ("cross-entropy", "mse"):
            for at in ("every", "last"):
                self.inputs["targets.%s.%s" % (loss, at)] = draw(loss=loss, loss_at=at).batch["targets"]
        for k, v in list(self.inputs.items()):
            if k[1:] != "0" and not k.endswith(".last"):
                padded = {k.split(".")[0]: v.copy()}
                spoil_padding(padded, LENGTHS, True)
                self.inputs["padded." + k] = padded[k.split(".")[0]]
        self.inputs["lengths"] = np.array(LENGTHS, dtype=np.int64)
        self.cases = [self.case(words(i)) for i in range(16)]

    def case(self, chosen):
        c = copy.copy(self.base)
        c.h0, c.ids = "h0" in chosen, "ids" in chosen
        c.lengths = LENGTHS if "lengths" in chosen else None
        c.loss = "mse" if "mse" in chosen else "cross-entropy"
        c.loss_at = "last" if "last" in chosen else "every"

        def input_of(name):
            padded = c.lengths is not None and "padded." + name in self.inputs
            return self.inputs["padded." + name if padded else name]

        c.batch = {"targets": input_of("targets.%s.%s" % (c.loss, c.loss_at))}
        c.batch["ids" if c.ids else "x"] = input_of("ids" if c.ids else "x")
        for k in ("h0", "c0"):
            if c.h0 and k in self.inputs:
                c.batch[k] = self.inputs[k]
        return c

    def is_usable(self):
        """No unit sits on ReLU's kink, no loss is tiny, and no gradient is zero but those that must be."""
        if self.base.cell == "relu" and min(c.distance_from_kink() for c in self.cases) < 1e-3:
            return False
        for c in self.cases:
            p = parameters(c)
            # Where a softmax is next to certain, 1 - p has hardly a digit left in float32.
            if expected_of(c, p)["loss"][0] < 0.1:
                return False
            # What the top layer in reverse gives at a row's last step has seen no state but the initial one.
            zero = {"rnn.weight_hh_l%d_reverse" % (c.layers - 1)} if c.loss_at == "last" and not c.h0 else ()
            if min(v.grad.abs().max().item() for k, v in p.items() if k not in zero) < 1e-4:
                return False
        return True

    def write(self):
        stacked = {}
        for c in self.cases:
            p = parameters(c)
            expected = expected_of(c, p)
            expected.setdefault("grad.x", np.zeros((c.T, c.B, c.I)))  # ids have none
            names = ["grad." + k for k in p]
            expected["grad"] = np.concatenate([expected.pop(k).ravel() for k in names])
            for k, v in expected.items():
                stacked.setdefault(k, []).append(v)
        tensors = {"expected." + k: np.stack(v).astype(np.float32) for k, v in stacked.items()}
        metadata = dict(self.base.network(), parameters=" ".join(self.base.weights),
                        cases=",".join(" ".join(words(i)) for i in range(len(self.cases))))
        save(self.name + ".safetensors", dict(tensors, **self.base.weights, **self.inputs), metadata, FOLDER)
