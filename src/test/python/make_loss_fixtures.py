#!/usr/bin/env python3
"""Writes the PyTorch truth of losses with weights, label smoothing, and binary cross-entropy.

    /usr/bin/python3 src/test/python/make_loss_fixtures.py

regenerates the files of src/test/resources/fixtures/ whose case is named "loss-..." or "train-loss-...". Networks, truncation and
training are those of make_fixtures.py; here is the loss. A weight of 0 goes with a target that nobody may read.
"""
import os

import numpy as np
import torch
import torch.nn.functional as F

import make_fixtures as base


class LossCase(base.Case):
    """class_weights, pos_weight: lists of O numbers; loss_weights: whether the batch has them; logits: what multiplies the head."""

    def __init__(self, name, loss="cross-entropy", class_weights=None, pos_weight=None, label_smoothing=None,
                 loss_weights=None, logits=1.0, **more):
        self.class_weights, self.pos_weight, self.label_smoothing = class_weights, pos_weight, label_smoothing
        self.loss_weights, self.logits = loss_weights, logits
        super().__init__(name, loss=loss, **more)

    def _draw(self, r):
        super()._draw(r)
        for name in ("head.weight", "head.bias"):
            self.weights[name] = (self.logits * self.weights[name]).astype(np.float32)
        targets = self.batch["targets"]
        if self.loss == "bce":
            # Half of them certain, half in between.
            certain = r.uniform(size=targets.shape) < 0.5
            targets[...] = np.where(certain, r.randint(0, 2, size=targets.shape), r.uniform(size=targets.shape))
        if self.loss_weights is not None:
            weights = self.loss_weights(r, targets.shape[:2] if self.loss_at == "every" else targets.shape[:1])
            self.batch["loss_weights"] = weights.astype(np.float32)
            targets[weights == 0] = 1000 if self.loss == "cross-entropy" else np.nan
        if self.lengths is not None and self.loss_at == "every":
            for row, n in enumerate(self.lengths):
                targets[n:, row] = 1000 if self.loss == "cross-entropy" else np.nan
                if self.loss_weights is not None:
                    self.batch["loss_weights"][n:, row] = np.nan

    def options(self):
        o = super().options()
        for name in ("class_weights", "pos_weight"):
            if getattr(self, name) is not None:
                o[name] = ",".join(repr(v) for v in getattr(self, name))
        if self.label_smoothing is not None:
            o["label_smoothing"] = repr(self.label_smoothing)
        return o


def tensor(numbers):
    return None if numbers is None else torch.tensor(np.array(numbers, dtype=np.float32).astype(np.float64))


def losses_of(c, y, goal):
    """The loss of each target [N], unweighted by the batch, and what each counts in a mean."""
    if c.loss == "cross-entropy":
        w = tensor(c.class_weights)
        losses = F.cross_entropy(y, goal, weight=w, ignore_index=base.IGNORE, reduction="none",
                                 label_smoothing=c.label_smoothing or 0.0)
        valid = goal != base.IGNORE
        return losses, valid * (1.0 if w is None else w[goal.clamp(min=0)])
    each = (F.mse_loss(y, goal, reduction="none") if c.loss == "mse" else
            F.binary_cross_entropy_with_logits(y, goal, pos_weight=tensor(c.pos_weight), reduction="none"))
    return each.sum(-1), torch.full((len(y),), float(c.O))


def loss_sum_and_weight(c, output, s, e):
    """output: head outputs of the steps [s, e). sum(w·loss) and sum(w) over the targets of these steps."""
    targets, last = base.targets_of(c), base.last_step(c)
    w = c.batch.get("loss_weights")
    w = torch.ones(targets.shape[:2] if c.loss_at == "every" else targets.shape[:1]) if w is None \
        else torch.from_numpy(w.astype(np.float64))
    if c.loss_at == "every":
        y, goal, w = output.reshape(-1, c.O), targets[s:e].reshape(-1, *targets.shape[2:]), w[s:e].reshape(-1)
        inside = (torch.arange(s, e)[:, None] <= last[None, :]).reshape(-1)
    else:
        inside = (s <= last) & (last < e)
        y, goal = output[(last - s).clamp(0, e - s - 1), torch.arange(c.B)], targets
    wanted = inside & (w != 0)  # selected, not multiplied by 0: 0 * NaN is NaN
    if not wanted.any():
        return output.sum() * 0.0, 0.0
    losses, counts = losses_of(c, y[wanted], goal[wanted])
    return (w[wanted] * losses).sum(), (w[wanted] * counts).sum().item()


def divisor(c, weight):
    return weight if c.reduction == "mean" and weight > 0 else 1.0


base.loss_sum_and_count, base.divisor = loss_sum_and_weight, divisor


def check_means_are_torchs_means(c):
    """Without weights of the batch's own, the mean over a whole batch is the criterion's."""
    loss, output, _, _, _ = base.full_gradient(c, base.parameters(c))
    y, goal = output.reshape(-1, c.O), base.targets_of(c)
    if c.loss == "cross-entropy":
        criterion = torch.nn.CrossEntropyLoss(weight=tensor(c.class_weights), ignore_index=base.IGNORE,
                                              label_smoothing=c.label_smoothing or 0.0, reduction=c.reduction)
        truth = criterion(y, goal.reshape(-1))
    else:
        criterion = torch.nn.BCEWithLogitsLoss(pos_weight=tensor(c.pos_weight), reduction=c.reduction)
        truth = criterion(y, goal.reshape(-1, c.O))
    assert torch.isclose(loss, truth, rtol=1e-13, atol=0), (c.name, loss.item(), truth.item())


def some(r, shape):
    w = r.uniform(0.05, 3.0, size=shape)
    w[r.uniform(size=shape) < 0.3] = 0
    w.flat[0], w.flat[-1] = 0, 1.5
    return w


def none(r, shape):
    return np.zeros(shape)


def gradient_cases():
    C = LossCase
    w4 = [0.25, 2.0, 0.0, 1.5]
    yield C("loss-bce", loss="bce", T=7, B=3, I=5, H=8, O=4)
    yield C("loss-bce-o1-last", loss="bce", layers=2, T=6, B=5, I=2, H=7, O=1, loss_at="last", h0=True)
    yield C("loss-bce-pos-weight-sum", loss="bce", cell="relu", T=6, B=3, I=3, H=9, O=3, reduction="sum",
            pos_weight=[0.5, 3.0, 0.0])
    yield C("loss-bce-extreme", loss="bce", T=5, B=3, I=3, H=6, O=17, logits=1e4)
    yield C("loss-bce-weights-lengths", loss="bce", T=8, B=4, I=3, H=7, O=5, lengths=[3, 8, 1, 6],
            pos_weight=[1.0, 0.2, 2.0, 5.0, 1.5], loss_weights=some)
    yield C("loss-ce-class-weights", T=9, B=5, I=3, H=7, O=4, ignore=base.ignore_some, class_weights=w4)
    yield C("loss-ce-smoothing", layers=2, T=6, B=4, I=3, H=8, O=17, label_smoothing=0.1)
    yield C("loss-ce-smoothing-all", T=5, B=3, I=3, H=6, O=4, label_smoothing=1.0)
    yield C("loss-ce-smoothing-class-weights", T=9, B=5, I=3, H=7, O=4, ignore=base.ignore_some_and_row_2,
            class_weights=w4, label_smoothing=0.2)
    yield C("loss-ce-smoothing-class-weights-sum-last", T=5, B=7, I=3, H=6, O=4, loss_at="last", reduction="sum",
            ignore=base.ignore_some, class_weights=w4, label_smoothing=0.2)
    yield C("loss-ce-extreme", T=5, B=3, I=3, H=6, O=5, logits=1e4, label_smoothing=0.1,
            class_weights=[1.0, 2.0, 0.5, 1.0, 3.0])
    yield C("loss-ce-ignore-all", T=4, B=2, I=3, H=5, O=4, ignore=base.ignore_all, class_weights=w4,
            label_smoothing=0.1, loss_weights=some)
    yield C("loss-ce-weights", T=7, B=3, I=4, H=9, O=5, ignore=base.ignore_some, loss_weights=some)
    yield C("loss-ce-weights-last-lengths", layers=2, T=8, B=6, I=3, H=7, O=4, loss_at="last",
            lengths=[3, 7, 5, 1, 8, 5], class_weights=[1.0, 0.5, 2.0, 0.25], loss_weights=some)
    yield C("loss-ce-everything-tbptt", layers=2, T=13, B=3, I=3, H=7, O=4, tbptt=(4, 6), ignore=base.ignore_some,
            class_weights=w4, label_smoothing=0.15, loss_weights=some)
    yield C("loss-mse-weights-lengths", loss="mse", layers=2, T=9, B=4, I=3, H=8, O=2, h0=True, lengths=[4, 9, 1, 6],
            loss_weights=some)
    yield C("loss-mse-weights-sum-tbptt", loss="mse", T=11, B=2, I=3, H=6, O=3, reduction="sum", tbptt=(5, 2),
            loss_weights=some)
    yield C("loss-mse-weights-none", loss="mse", T=4, B=3, I=2, H=5, O=2, loss_weights=none)


def training_cases():
    adam = dict(base.ADAM, optimizer="adam", lr=0.02)
    small = dict(T=12, B=3, I=2, H=5, O=3)
    yield LossCase("train-loss-bce", loss="bce", pos_weight=[0.5, 1.0, 3.0], **small), adam
    # The mean of each segment divides by its own weights.
    yield LossCase("train-loss-ce-tbptt", tbptt=(4, 4), class_weights=[0.5, 1.0, 2.0], label_smoothing=0.1,
                   loss_weights=some, ignore=base.ignore_some, **small), adam


def main():
    for f in os.listdir(base.OUT):
        if f.endswith(".safetensors") and "loss-" in f:
            os.remove(os.path.join(base.OUT, f))
    for c in gradient_cases():
        if c.loss != "mse" and c.loss_weights is None and not (c.tbptt or c.lengths) and c.loss_at == "every":
            check_means_are_torchs_means(c)
            print("the criterion's own: ", end="")
        e = base.write_gradient_case(c)
        print("%-42s loss %-10.5g grad norm %-10.4g" % (c.name, e["loss"][0], e["grad_norm"][0]))
    for c, o in training_cases():
        losses = base.write_training_case(c, o)
        print("%-42s loss %.5g -> %.5g" % (c.name, losses[0], losses[-1]))


if __name__ == "__main__":
    main()
