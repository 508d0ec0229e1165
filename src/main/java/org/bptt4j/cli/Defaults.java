package org.bptt4j.cli;

/**
 * Settings for one kind of data where the user says nothing. Cell, initialisation and layers are the same for all: tanh,
 * uniform, 1; and so is clipping: by norm, at 1.
 *
 * @param hidden H
 * @param unroll T
 * @param batch B
 * @param optimizer its name
 * @param rate learning rate
 * @param schedule its name
 * @param epochs passes over the training data
 */
record Defaults(int hidden, int unroll, int batch, String optimizer, double rate, String schedule, long epochs) {}
