#!/usr/bin/env python3
"""Writes the PyTorch truth that the Java tests are held against.

    /usr/bin/python3 src/test/python/make_fixtures.py

regenerates every file of src/test/resources/fixtures/. See README.md beside this file.

Three rules make the truth trustworthy:
  * Everything is computed in float64, from weights and data that are exactly representable in
    float32. So the reader of a fixture starts from the very same numbers, and any difference in
    the result is the reader's rounding, not ours.
  * Without truncation the numbers come from torch.nn.RNN, GRU, LSTM and autograd, not from a formula
    of ours. PyTorch has no (k1, k2) truncation, so there a time loop with explicit detach() is used; it is
    the slowest and most literal reading of the definition, and it is checked against nn.RNN
    and against a second, independent way to compute the same thing.
  * Each case is seeded by its own name: adding or removing a case leaves the others unchanged.
"""
import os
import sys

sys.dont_write_bytecode = True

import numpy as np
import torch

torch.set_num_threads(1)  # one thread: one order of summation, so the same bits on every run
torch.set_default_dtype(torch.float64)

import checks
import product
from cases import gradient_cases, training_cases
from covering import check_every_pair_occurs, covering_cases
from consumer import write_consumer_case
from gradients import write_gradient_case
from tensors import OUT
from training import write_training_case


def written_files():
    return [os.path.join(folder, f) for folder in (OUT, product.FOLDER) if os.path.isdir(folder)
            for f in sorted(os.listdir(folder)) if f.endswith(".safetensors") and "loss-" not in f]  # those are make_loss_fixtures.py's


def main():
    for f in written_files():  # a case that was renamed or removed leaves nothing behind
        os.remove(f)

    checks.check_mean_is_torchs_mean()
    checks.check_loop_is_rnn()
    checks.check_rows_are_rnn()
    checks.check_two_ways_of_truncating()
    checks.check_finite_differences()

    write_consumer_case()
    covering = list(covering_cases())
    check_every_pair_occurs(covering)
    for c in list(gradient_cases()) + covering:
        e = write_gradient_case(c)
        through_time = "  |grad.h0| %.2g" % np.abs(e["grad.h0"]).max() if "grad.h0" in e else ""
        print("%-36s loss %-10.5g grad norm %-10.4g%s" % (c.name, e["loss"][0], e["grad_norm"][0], through_time))
    for c, o in training_cases():
        if c.name.endswith("-tbptt"):
            checks.check_training_loop_is_the_usual_one(c, o)
        losses = write_training_case(c, o)
        print("%-36s loss %.5g -> %.5g" % (c.name, losses[0], losses[-1]))

    for network in product.networks():
        network.write()
        print("product/" + network.name)

    sizes = [os.path.getsize(f) for f in written_files()]
    print("%d files, %d bytes" % (len(sizes), sum(sizes)))
    assert sum(sizes) < 1_800_000


if __name__ == "__main__":
    main()
