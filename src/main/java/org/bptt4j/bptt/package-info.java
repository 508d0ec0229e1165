/**
 * Backpropagation through time, written once over {@link org.bptt4j.backend.Backend}.
 *
 * <p>{@link org.bptt4j.bptt.Bptt} walks over {@link org.bptt4j.bptt.Segment segments}; in each, {@link
 * org.bptt4j.bptt.RecurrentStack} sweeps the layers forward and backward and {@link org.bptt4j.bptt.Head} stands between
 * them. Full BPTT is one segment. Nothing here knows any hardware.
 */
package org.bptt4j.bptt;
